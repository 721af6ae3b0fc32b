//! The machine that was measured on.

#![allow(clippy::disallowed_methods)] // a report says when and where

use serde::{Deserialize, Serialize};
use std::{
    fs,
    time::{SystemTime, UNIX_EPOCH},
};

/// What figures depend on besides the code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// What ratios are comparable within: the architecture, and whether the signature code for AVX-512 runs.
    pub class: String,
    /// The processor, as it calls itself.
    pub cpu: String,
    /// How many cores there are. One is measured on.
    pub cores: usize,
    /// The operating system.
    pub os: String,
    /// When, as year-month-day in UTC.
    pub date: String,
}

impl Machine {
    /// This one, today.
    pub fn this() -> Self {
        let seconds = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        Self {
            class: class(),
            cpu: cpu(),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            os: std::env::consts::OS.into(),
            date: date(seconds / 86_400),
        }
    }

    /// In one line.
    pub fn line(&self) -> String {
        let Self {
            class,
            cpu,
            cores,
            os,
            date,
        } = self;
        format!("{cpu}, {cores} cores, {os} ({class}), {date}")
    }
}

/// The class of this machine.
fn class() -> String {
    let arch = std::env::consts::ARCH;
    if mldsa_verify::Path::Avx512.is_available() {
        format!("{arch} with AVX-512")
    } else {
        arch.into()
    }
}

/// The first model name of Linux' list, with the numbers of family and model, which tell generations apart.
fn cpu() -> String {
    let list = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let mut lines = list.lines().filter_map(|line| line.split_once(':'));
        lines
            .find(|(key, _)| key.trim() == name)
            .map(|(_, value)| value.trim().to_owned())
    };
    match (field("model name"), field("cpu family"), field("model")) {
        (Some(name), Some(family), Some(model)) => format!("{name} (family {family}, model {model})"),
        (Some(name), ..) => name,
        _ => "unknown processor".into(),
    }
}

/// The date of a day since 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn date(days: u64) -> String {
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year:04}-{month:02}-{day:02}")
}

#[cfg(test)]
mod tests {
    use super::date;

    #[test]
    fn dates() {
        assert_eq!(date(0), "1970-01-01");
        assert_eq!(date(11_016), "2000-02-29");
        assert_eq!(date(20_370), "2025-10-09");
        assert_eq!(date(20_819), "2027-01-01");
    }
}
