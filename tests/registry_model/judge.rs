//! The rules by which proofs are refused.

use super::{
    model::Sent,
    story::{DEVICES, Flaw},
    world::World,
};
use aivm::{abi::IAttestationRegistry::MeasurementState, evidence::Vendor};
use aivm_test_support::fleet::{CPU_SCORE, GPU_SCORE, measurement_id};
use alloy_primitives::{Address, U256};

/// The code of a report that its key did not sign.
fn forged(vendor: Vendor) -> u16 {
    match vendor {
        Vendor::Sgx | Vendor::Tdx => 147,
        Vendor::SevSnp => 430,
        Vendor::Nvidia => 538,
        Vendor::ArmCca => 644,
    }
}

impl World {
    /// The score of a proof, or the code with which it is refused: first what the registry knows of the device, then
    /// the CPU evidence, then the GPU's, then what both commit to.
    pub(crate) fn judge(&self, sent: &Sent, operator: Address, now: u64) -> Result<u8, u16> {
        let no_cpu = sent.flaw == Some(Flaw::NoCpu);
        let evidence_of = DEVICES[sent.evidence_of];
        if !no_cpu && (evidence_of.0 == Vendor::Nvidia || sent.flaw == Some(Flaw::GpuAsCpu)) {
            return Err(16);
        }
        if sent.flaw == Some(Flaw::CpuAsGpu) {
            return Err(17);
        }
        self.judge_record(sent, operator, now)?;
        if no_cpu {
            return Err(1);
        }
        let damaged = sent.flaw == Some(Flaw::DamagedCpu);
        let cpu = self.judge_evidence(evidence_of, sent.claim.measurement, damaged)?;
        if sent.evidence_of != sent.device {
            return Err(24);
        }
        let gpu = sent.gpu().map(|gpu| self.judge_gpu(sent, gpu, now)).transpose()?;
        if !sent.commits() {
            return Err(25);
        }
        match gpu {
            Some(_) if sent.flaw == Some(Flaw::StaleGpu) => Err(26),
            Some(gpu) => Ok(cpu.min(gpu)),
            None => Ok(cpu),
        }
    }

    /// The score of the GPU evidence. What CPU evidence is refused for as well has a code of its own.
    fn judge_gpu(&self, sent: &Sent, gpu: u32, now: u64) -> Result<u8, u16> {
        let damaged = sent.flaw == Some(Flaw::DamagedGpu);
        let score = self
            .judge_evidence((Vendor::Nvidia, gpu), sent.claim.measurement, damaged)
            .map_err(|code| match code {
                21 => 44,
                4..=13 => code + 30,
                other => other,
            })?;
        let Some(holder) = self
            .gpu_holders
            .get(&gpu)
            .filter(|holder| **holder != sent.device)
        else {
            return Ok(score);
        };
        let record = &self.records[holder];
        if record.gpu_device == Some(gpu) && !record.released && !self.lapsed(record, now) {
            return Err(27);
        }
        Ok(score)
    }

    fn judge_record(&self, sent: &Sent, operator: Address, now: u64) -> Result<(), u16> {
        if self.revoked.contains(&sent.device) {
            return Err(21);
        }
        let record = self.records.get(&sent.device);
        let (nonce, last) = (sent.claim.nonce, record.map_or(U256::ZERO, |record| record.nonce));
        if record.is_some() && nonce == last {
            return Err(18);
        }
        if nonce <= last {
            return Err(19);
        }
        if nonce - last > U256::ONE << 64 {
            return Err(20);
        }
        match record {
            Some(record) if record.operator != operator && !record.released && !self.lapsed(record, now) => {
                Err(22)
            }
            _ => Ok(()),
        }
    }

    /// The score of evidence of hardware (a vendor's, and its number in the fleet) that software of this number runs on.
    fn judge_evidence(
        &self,
        (vendor, hardware): (Vendor, u32),
        software: u8,
        damaged: bool,
    ) -> Result<u8, u16> {
        if self.is_paused(vendor) {
            return Err(4);
        }
        if damaged {
            return Err(forged(vendor));
        }
        if self.is_revoked(vendor, hardware) {
            return Err(21);
        }
        let state = self.measurement(measurement_id(vendor, software));
        let score = match (state, vendor) {
            (MeasurementState::Banned, _) => return Err(11),
            (MeasurementState::Unset, _) if self.allowlists.contains(&vendor.number()) => return Err(12),
            (_, Vendor::Nvidia) => GPU_SCORE,
            (MeasurementState::Allowed, _) => 100,
            _ => CPU_SCORE,
        };
        if score < self.min_score {
            Err(13)
        } else {
            Ok(score)
        }
    }
}
