//! Rows: what was measured, as programs and tables have it.

use crate::{
    case::{Kind, Target},
    measure::Times,
    subject::{Backend, Path, Subject},
};
use serde::{Deserialize, Serialize};

/// What a price must buy, at least: the gas that the work of a microsecond costs, in millions a second.
pub const MGAS_PER_S: f64 = 100.0;

/// A row of the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// The precompile's address, `reference` for the client's own.
    pub precompile: String,
    /// The operation's name.
    pub operation: String,
    /// Which of several things it does, empty where there is one.
    pub variant: String,
    /// Whose input it is: `honest`, `worst accepted`, `any accepted`, `worst rejected`.
    pub case: String,
    /// What the input is.
    pub input: String,
    /// The input's length in bytes.
    pub bytes: usize,
    /// The way to the precompile.
    pub path: Path,
    /// The signature backend.
    pub backend: Backend,
    /// The price.
    pub gas: u64,
    /// Microseconds: the median of all samples.
    pub micros: f64,
    /// A tenth of the samples were below.
    pub p10: f64,
    /// A tenth of the samples were above.
    pub p90: f64,
    /// Millions of gas that are paid for the work of a second.
    pub mgas_per_s: f64,
    /// In times of what ecrecover took within the same few milliseconds: the median.
    pub ratio_to_ecrecover: f64,
    /// The least time in times of ecrecover's least: what noise has the least part in.
    pub least_ratio: f64,
}

impl Row {
    /// What tells a row from the others.
    pub fn key(&self) -> (&str, &str, &str, &str, Path, Backend) {
        (
            &self.precompile,
            &self.operation,
            &self.variant,
            &self.case,
            self.path,
            self.backend,
        )
    }

    /// Operation, variant and case.
    pub fn name(&self) -> String {
        let variant = match self.variant.as_str() {
            "" => String::new(),
            variant => format!(" {variant}"),
        };
        format!("{}{variant}, {}", self.operation, self.case)
    }

    /// Whether it is one of the client's own.
    pub fn is_reference(&self) -> bool {
        self.precompile == Target::Reference(crate::case::ECRECOVER).name()
    }

    /// Whether it is what the main table shows: the default backend through the adapter.
    pub fn is_main(&self) -> bool {
        (self.path, self.backend) == (Path::Adapter, Backend::AwsLc)
    }

    /// Whether its price buys more time than it should.
    pub fn is_below(&self) -> bool {
        self.mgas_per_s < MGAS_PER_S
    }

    /// Whether it is an honest caller's.
    pub fn is_honest(&self) -> bool {
        [Kind::Honest, Kind::AnyAccepted]
            .iter()
            .any(|kind| kind.name() == self.case)
    }
}

/// A row for each subject, in their order.
pub fn rows(subjects: &[Subject], times: &[Times]) -> Vec<Row> {
    let least = subjects
        .iter()
        .zip(times)
        .find(|(subject, _)| subject.case.operation() == "ecrecover")
        .map_or(f64::NAN, |(_, times)| times.micros_at(0.0));
    let row = |(subject, times): (&Subject, &Times)| {
        let case = &subject.case;
        let micros = times.micros_at(0.5);
        Row {
            precompile: case.target.name().into(),
            operation: case.operation().into(),
            variant: case.variant.clone(),
            case: case.kind.name().into(),
            input: case.what.clone(),
            bytes: case.inputs.first().map_or(0, |input| input.len()),
            path: subject.path,
            backend: subject.backend,
            gas: times.gas,
            micros: rounded(micros),
            p10: rounded(times.micros_at(0.1)),
            p90: rounded(times.micros_at(0.9)),
            mgas_per_s: rounded(times.gas as f64 / micros),
            ratio_to_ecrecover: rounded(times.ratio_at(0.5)),
            least_ratio: rounded(times.micros_at(0.0) / least),
        }
    };
    subjects.iter().zip(times).map(row).collect()
}

/// Four digits that count.
fn rounded(value: f64) -> f64 {
    if value == 0.0 || !value.is_finite() {
        return value;
    }
    let digits = 3 - value.abs().log10().floor() as i32;
    let scale = 10_f64.powi(digits.clamp(0, 6));
    (value * scale).round() / scale
}

#[cfg(test)]
mod tests {
    use super::rounded;

    #[test]
    fn four_digits() {
        let values = [0.123_456, 1.234_56, 12.345_6, 123.456, 1_234.56, 123_456.7, 0.0];
        assert_eq!(
            values.map(rounded),
            [0.1235, 1.235, 12.35, 123.5, 1_235.0, 123_457.0, 0.0]
        );
    }
}
