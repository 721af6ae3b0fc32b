//! The trust score (specification, section 4): 100 less the deductions that apply. Every deduction is named here.

use super::intel::TcbStatus;

/// The score of evidence to which no deduction applies.
pub const MAX_TRUST_SCORE: u8 = 100;

/// Something that makes genuine evidence less trustworthy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deduction {
    /// Governance does not know the measurement: genuine hardware, unknown software. Every vendor but NVIDIA.
    UnknownMeasurement,
    /// Intel: `SWHardeningNeeded`.
    SwHardeningNeeded,
    /// Intel: `ConfigurationNeeded`.
    ConfigurationNeeded,
    /// Intel: `ConfigurationAndSWHardeningNeeded`.
    ConfigurationAndSwHardeningNeeded,
    /// Intel: `TDRelaunchAdvised`.
    TdRelaunchAdvised,
    /// Intel: `TDRelaunchAdvisedConfigurationNeeded`.
    TdRelaunchAdvisedConfigurationNeeded,
    /// Intel: `OutOfDate`.
    OutOfDate,
    /// Intel: `OutOfDateConfigurationNeeded`.
    OutOfDateConfigurationNeeded,
    /// AMD: a TCB of the report is below the minimum that governance set for the product.
    BelowMinimumTcb,
    /// AMD: signed by a VLEK, which a cloud provider holds, not by the chip's own VCEK.
    Vlek,
    /// NVIDIA: no golden measurements are stored for the driver and the VBIOS.
    NoGolden,
    /// NVIDIA: the report does not say which firmware the leaf certificate is for.
    NoFwid,
}

impl Deduction {
    /// Every deduction, in the order of the specification's table.
    pub const ALL: [Self; 12] = [
        Self::UnknownMeasurement,
        Self::SwHardeningNeeded,
        Self::ConfigurationNeeded,
        Self::ConfigurationAndSwHardeningNeeded,
        Self::TdRelaunchAdvised,
        Self::TdRelaunchAdvisedConfigurationNeeded,
        Self::OutOfDate,
        Self::OutOfDateConfigurationNeeded,
        Self::BelowMinimumTcb,
        Self::Vlek,
        Self::NoGolden,
        Self::NoFwid,
    ];

    /// What it takes off.
    pub const fn points(self) -> u8 {
        match self {
            Self::UnknownMeasurement => 30,
            Self::SwHardeningNeeded => 5,
            Self::ConfigurationNeeded | Self::Vlek | Self::NoFwid => 10,
            Self::ConfigurationAndSwHardeningNeeded => 15,
            Self::TdRelaunchAdvised | Self::NoGolden => 20,
            Self::TdRelaunchAdvisedConfigurationNeeded => 25,
            Self::OutOfDate | Self::BelowMinimumTcb => 40,
            Self::OutOfDateConfigurationNeeded => 45,
        }
    }

    /// What it is for, in words.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::UnknownMeasurement => "measurement on no allow list",
            Self::BelowMinimumTcb => "TCB below the governed minimum",
            Self::Vlek => "signed by a VLEK, not by the chip's VCEK",
            Self::NoGolden => "no golden measurements stored for this driver and VBIOS",
            Self::NoFwid => "no firmware id (FWID) in the report",
            Self::SwHardeningNeeded => TcbStatus::SwHardeningNeeded.name(),
            Self::ConfigurationNeeded => TcbStatus::ConfigurationNeeded.name(),
            Self::ConfigurationAndSwHardeningNeeded => TcbStatus::ConfigurationAndSwHardeningNeeded.name(),
            Self::TdRelaunchAdvised => TcbStatus::TdRelaunchAdvised.name(),
            Self::TdRelaunchAdvisedConfigurationNeeded => {
                TcbStatus::TdRelaunchAdvisedConfigurationNeeded.name()
            }
            Self::OutOfDate => TcbStatus::OutOfDate.name(),
            Self::OutOfDateConfigurationNeeded => TcbStatus::OutOfDateConfigurationNeeded.name(),
        }
    }
}

/// The deductions that apply to one piece of evidence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Deductions(Vec<Deduction>);

impl Deductions {
    /// No deduction.
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// These and one more. One that already applies does not apply twice.
    #[must_use]
    pub fn and(mut self, deduction: Deduction) -> Self {
        if !self.0.contains(&deduction) {
            self.0.push(deduction);
        }
        self
    }

    /// These, and one more if there is one.
    #[must_use]
    pub fn and_maybe(self, deduction: Option<Deduction>) -> Self {
        match deduction {
            Some(deduction) => self.and(deduction),
            None => self,
        }
    }

    /// The deductions, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = Deduction> {
        self.0.iter().copied()
    }

    /// What is left of [`MAX_TRUST_SCORE`]; never below zero.
    pub fn score(&self) -> u8 {
        self.iter().fold(MAX_TRUST_SCORE, |score, deduction| {
            score.saturating_sub(deduction.points())
        })
    }
}
