//! What the registry knows and the rules by which it changes.

use super::{
    model::{Answer, IDS, Record, Sent},
    story::{DEVICES, Flaw, GOVERNANCE, GUARDIAN, Op},
};
use crate::evm::revert_data;
use aivm::{
    abi::{
        IAttestationRegistry as abi,
        IAttestationRegistry::{DeviceStatus, MeasurementState},
        IPrecompile::Unauthorized,
    },
    evidence::Vendor,
};
use aivm_test_support::fleet::{CPU_SCORE, GPU_SCORE, abi_vendor, measurement_id, oracle};
use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use alloy_sol_types::SolEvent;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a revert undoes.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) records: BTreeMap<usize, Record>,
    /// Devices in the order of their leaves.
    pub(crate) order: Vec<usize>,
    pub(crate) revoked: BTreeSet<usize>,
    /// The attestations of each block, as positions in [`Model::calls`] of all time.
    pub(crate) blocks: BTreeMap<u64, Vec<usize>>,
    pub(crate) paused: BTreeSet<u8>,
    pub(crate) measurements: BTreeMap<B256, MeasurementState>,
    pub(crate) allowlists: BTreeSet<u8>,
    pub(crate) validity: u64,
    pub(crate) min_score: u8,
    /// What this transaction logs.
    pub(crate) logs: Vec<LogData>,
}

impl World {
    /// No device, and the rules that a chain begins with.
    pub(crate) fn new() -> Self {
        Self {
            records: BTreeMap::new(),
            order: Vec::new(),
            revoked: BTreeSet::new(),
            blocks: BTreeMap::new(),
            paused: BTreeSet::new(),
            measurements: BTreeMap::new(),
            allowlists: BTreeSet::new(),
            validity: 86_400,
            min_score: 50,
            logs: Vec::new(),
        }
    }
}

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
    /// the CPU evidence, then the GPU's.
    pub(crate) fn judge(&self, sent: &Sent, operator: Address, now: u64) -> Result<u8, u16> {
        let no_cpu = sent.flaw == Some(Flaw::NoCpu);
        let cpu_vendor = DEVICES[sent.evidence_of].0;
        if !no_cpu && (cpu_vendor == Vendor::Nvidia || sent.flaw == Some(Flaw::GpuAsCpu)) {
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
        let cpu = self.judge_evidence(cpu_vendor, sent.claim.measurement, damaged)?;
        if sent.evidence_of != sent.device {
            return Err(24);
        }
        if !sent.commits() {
            return Err(25);
        }
        if sent.claim.gpu.is_none() {
            return Ok(cpu);
        }
        let damaged = sent.flaw == Some(Flaw::DamagedGpu);
        let gpu = self.judge_evidence(Vendor::Nvidia, sent.claim.measurement, damaged);
        // What CPU evidence is refused for as well has a code of its own.
        let gpu = gpu.map_err(|code| if code < 100 { code + 30 } else { code })?;
        if sent.flaw == Some(Flaw::StaleGpu) {
            return Err(26);
        }
        Ok(cpu.min(gpu))
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

    /// The score of evidence of software of this number.
    fn judge_evidence(&self, vendor: Vendor, software: u8, damaged: bool) -> Result<u8, u16> {
        if self.is_paused(vendor) {
            return Err(4);
        }
        if damaged {
            return Err(forged(vendor));
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

    fn lapsed(&self, record: &Record, now: u64) -> bool {
        u128::from(now) > u128::from(record.last_seen) + u128::from(self.validity)
    }

    pub(crate) fn is_paused(&self, vendor: Vendor) -> bool {
        self.paused.contains(&0) || self.paused.contains(&vendor.number())
    }

    fn measurement(&self, id: B256) -> MeasurementState {
        self.measurements
            .get(&id)
            .copied()
            .unwrap_or(MeasurementState::Unset)
    }

    fn is_attested(&self, device: usize, record: &Record, now: u64) -> bool {
        let banned = |id: B256| self.measurement(id) == MeasurementState::Banned;
        !self.lapsed(record, now)
            && !record.released
            && !self.revoked.contains(&device)
            && !self.is_paused(DEVICES[device].0)
            && !banned(record.cpu)
            && record
                .gpu
                .is_none_or(|id| !banned(id) && !self.is_paused(Vendor::Nvidia))
    }

    /// What `getDeviceStatus` says.
    pub(crate) fn status(&self, device: usize, now: u64) -> DeviceStatus {
        let Some(record) = self.records.get(&device) else {
            return DeviceStatus {
                attested: false,
                trustScore: 0,
                lastSeen: U256::ZERO,
                operator: Address::ZERO,
                vendor: abi::TEEVendor::None,
            };
        };
        DeviceStatus {
            attested: self.is_attested(device, record, now),
            ..proven_status(device, record)
        }
    }

    /// The leaves of the registry tree.
    pub(crate) fn leaves(&self) -> Vec<B256> {
        let leaf = |device: &usize| {
            let status = proven_status(*device, &self.records[device]);
            oracle::device_leaf(IDS[*device], &status)
        };
        self.order.iter().map(leaf).collect()
    }

    pub(crate) fn other(&mut self, caller: Address, op: &Op, now: u64) -> Answer {
        let allowed = match op {
            Op::Refresh(_) | Op::Release(_) => true,
            Op::Pause(_) => caller == GOVERNANCE || caller == GUARDIAN,
            _ => caller == GOVERNANCE,
        };
        if !allowed {
            return Err(revert_data(&Unauthorized { caller }));
        }
        let log = match op {
            Op::Refresh(device) => self.refresh(*device, now)?,
            Op::Release(device) => self.release(caller, *device)?,
            Op::Revoke(device) => self.revoke(*device),
            rule => self.rule(caller, rule),
        };
        self.logs.push(log);
        Ok(Bytes::new())
    }

    fn refresh(&mut self, device: usize, now: u64) -> Result<LogData, Bytes> {
        let record = self.records.get(&device).ok_or_else(|| unknown(device))?;
        let attested = self.is_attested(device, record, now);
        self.set_proven(device, attested);
        let event = abi::DeviceRefreshed {
            deviceId: IDS[device],
            attested,
        };
        Ok(event.encode_log_data())
    }

    fn release(&mut self, caller: Address, device: usize) -> Result<LogData, Bytes> {
        let record = self.records.get_mut(&device).ok_or_else(|| unknown(device))?;
        if record.operator != caller {
            return Err(revert_data(&Unauthorized { caller }));
        }
        record.released = true;
        record.proven = false;
        let event = abi::DeviceReleased {
            deviceId: IDS[device],
            operator: caller,
        };
        Ok(event.encode_log_data())
    }

    fn revoke(&mut self, device: usize) -> LogData {
        self.revoked.insert(device);
        self.set_proven(device, false);
        let id = IDS[device];
        abi::DeviceRevoked { deviceId: id }.encode_log_data()
    }

    fn set_proven(&mut self, device: usize, attested: bool) {
        if let Some(record) = self.records.get_mut(&device) {
            record.proven = attested;
        }
    }

    fn rule(&mut self, by: Address, rule: &Op) -> LogData {
        match *rule {
            Op::SetMeasurement(vendor, software, state) => {
                let id = measurement_id(vendor, software);
                self.measurements.insert(id, state);
                let event = abi::MeasurementChanged {
                    measurementId: id,
                    state,
                };
                event.encode_log_data()
            }
            Op::RequireAllowlist(vendor, required) => {
                set(&mut self.allowlists, vendor.number(), required);
                let vendor = abi_vendor(vendor);
                abi::AllowlistRequirementChanged { vendor, required }.encode_log_data()
            }
            Op::Pause(vendor) => {
                set(&mut self.paused, number(vendor), true);
                let vendor = vendor_or_none(vendor);
                abi::Paused { vendor, by }.encode_log_data()
            }
            Op::Unpause(vendor) => {
                set(&mut self.paused, number(vendor), false);
                let vendor = vendor_or_none(vendor);
                abi::Unpaused { vendor, by }.encode_log_data()
            }
            Op::SetValidity(duration) => {
                self.validity = duration;
                abi::ValidityChanged { duration }.encode_log_data()
            }
            Op::SetMinTrustScore(score) => {
                self.min_score = score;
                abi::MinTrustScoreChanged { score }.encode_log_data()
            }
            Op::Attest(_) | Op::Refresh(_) | Op::Release(_) | Op::Revoke(_) => panic!("no rule"),
        }
    }
}

fn unknown(device: usize) -> Bytes {
    let id = IDS[device];
    revert_data(&abi::UnknownDevice { deviceId: id })
}

/// The status in a device's leaf.
pub(crate) fn proven_status(device: usize, record: &Record) -> DeviceStatus {
    DeviceStatus {
        attested: record.proven,
        trustScore: record.score,
        lastSeen: U256::from(record.last_seen),
        operator: record.operator,
        vendor: abi_vendor(DEVICES[device].0),
    }
}

/// The vendor in the words of the ABI, `None` for all.
pub(crate) fn vendor_or_none(vendor: Option<Vendor>) -> abi::TEEVendor {
    vendor.map_or(abi::TEEVendor::None, abi_vendor)
}

fn number(vendor: Option<Vendor>) -> u8 {
    vendor.map_or(0, Vendor::number)
}

fn set(members: &mut BTreeSet<u8>, member: u8, is_in: bool) {
    if is_in {
        members.insert(member);
    } else {
        members.remove(&member);
    }
}
