//! Ratios that were recorded, for each class of machine, and how others compare with them.
//!
//! Compared is the least time in times of ecrecover's least in the same run: the clock of the machine drops out, and so does
//! most of what else runs on it. A row is slower when it takes more than [`TOLERANCE`] times what was recorded, and
//! [`SLACK`] of ecrecover on top, which is about what reading a clock is off by.

use crate::{
    machine::Machine,
    report::Row,
    subject::{Backend, Path},
};
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;

/// How many times what was recorded a row may take.
pub const TOLERANCE: f64 = 1.25;

/// What a row may take on top of that, in times of ecrecover.
pub const SLACK: f64 = 0.005;

/// What was recorded.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// For each class of machine.
    pub machines: Vec<Entry>,
}

/// What was recorded on one machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Which machine it was.
    pub machine: Machine,
    /// Its ratios.
    pub ratios: Vec<Ratio>,
}

/// The ratio of one row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ratio {
    /// See [`Row`].
    pub precompile: String,
    /// See [`Row`].
    pub operation: String,
    /// See [`Row`].
    pub variant: String,
    /// See [`Row`].
    pub case: String,
    /// See [`Row`].
    pub path: Path,
    /// See [`Row`].
    pub backend: Backend,
    /// The least time in times of ecrecover's least.
    pub ratio: f64,
}

impl Ratio {
    fn of(row: &Row) -> Self {
        Self {
            precompile: row.precompile.clone(),
            operation: row.operation.clone(),
            variant: row.variant.clone(),
            case: row.case.clone(),
            path: row.path,
            backend: row.backend,
            ratio: row.least_ratio,
        }
    }

    fn is_of(&self, row: &Row) -> bool {
        let own = (
            &*self.precompile,
            &*self.operation,
            &*self.variant,
            &*self.case,
            self.path,
            self.backend,
        );
        own == row.key()
    }
}

/// How a run compares with what was recorded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Comparison {
    /// How many rows were compared.
    pub compared: usize,
    /// Rows that take longer than they may, with what was recorded.
    pub slower: Vec<(Row, f64)>,
    /// Rows of which nothing is recorded.
    pub unknown: Vec<Row>,
}

impl Comparison {
    /// Whether nothing is wrong, and something was compared.
    pub fn passed(&self) -> bool {
        self.compared > 0 && self.slower.is_empty() && self.unknown.is_empty()
    }

    /// What was compared and what is wrong, a line each.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for (row, recorded) in &self.slower {
            let _ = writeln!(
                text,
                "SLOWER   {} ({:?}, {}): {} of ecrecover, recorded {recorded}",
                row.name(),
                row.path,
                row.backend.name(),
                row.least_ratio
            );
        }
        for row in &self.unknown {
            let _ = writeln!(
                text,
                "UNKNOWN  {} ({:?}, {}): not recorded",
                row.name(),
                row.path,
                row.backend.name()
            );
        }
        let percent = (TOLERANCE - 1.0) * 100.0;
        let _ = write!(
            text,
            "{} rows compared with what was recorded: {} slower by more than {percent:.0} % (and {SLACK} of ecrecover), \
             {} not recorded",
            self.compared,
            self.slower.len(),
            self.unknown.len()
        );
        text
    }
}

impl Record {
    /// What was recorded on machines of this class.
    pub fn of_class(&self, class: &str) -> Option<&Entry> {
        self.machines.iter().find(|entry| entry.machine.class == class)
    }

    /// The classes that were recorded.
    pub fn classes(&self) -> Vec<&str> {
        self.machines.iter().map(|entry| &*entry.machine.class).collect()
    }

    /// Puts a run in the place of what was recorded on a machine of its class.
    pub fn replace(&mut self, machine: Machine, rows: &[Row]) {
        self.machines.retain(|entry| entry.machine.class != machine.class);
        let ratios = rows.iter().map(Ratio::of).collect();
        self.machines.push(Entry { machine, ratios });
        self.machines
            .sort_by(|one, other| one.machine.class.cmp(&other.machine.class));
    }

    /// JSON, a row in a line.
    ///
    /// # Panics
    ///
    /// Never: everything in it has a form in JSON.
    pub fn json(&self) -> String {
        let entry = |entry: &Entry| {
            let ratios: Vec<_> = entry
                .ratios
                .iter()
                .map(|ratio| format!("      {}", json(ratio)))
                .collect();
            let machine = json(&entry.machine);
            format!(
                "    {{\n      \"machine\": {machine},\n      \"ratios\": [\n{}\n      ]\n    }}",
                ratios.join(",\n")
            )
        };
        let entries: Vec<_> = self.machines.iter().map(entry).collect();
        format!("{{\n  \"machines\": [\n{}\n  ]\n}}\n", entries.join(",\n"))
    }
}

/// One line of JSON.
fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("it has a form in JSON")
}

/// Compares rows with what was recorded.
pub fn compare(rows: &[Row], entry: &Entry) -> Comparison {
    let mut comparison = Comparison::default();
    for row in rows.iter().filter(|row| !row.is_reference()) {
        match entry.ratios.iter().find(|ratio| ratio.is_of(row)) {
            None => comparison.unknown.push(row.clone()),
            Some(recorded) => {
                comparison.compared += 1;
                if row.least_ratio > recorded.ratio * TOLERANCE + SLACK {
                    comparison.slower.push((row.clone(), recorded.ratio));
                }
            }
        }
    }
    comparison
}
