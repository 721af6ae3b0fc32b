//! What the registry knows and the rules by which it changes.

use super::{
    model::{Answer, IDS, Record},
    story::{DEVICES, GOVERNANCE, GUARDIAN, Op},
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
use aivm_test_support::fleet::{abi_vendor, measurement_id, oracle};
use alloy_primitives::{Address, B256, Bytes, LogData, U256};
use alloy_sol_types::SolEvent;
use std::collections::{BTreeMap, BTreeSet};

/// Everything that a revert undoes.
#[derive(Clone, Debug)]
pub(crate) struct World {
    pub(crate) records: BTreeMap<usize, Record>,
    /// Devices in the order of their leaves.
    pub(crate) order: Vec<usize>,
    /// The device that a GPU made hybrid last, by the GPU's number.
    pub(crate) gpu_holders: BTreeMap<u32, usize>,
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
            gpu_holders: BTreeMap::new(),
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

impl World {
    pub(super) fn lapsed(&self, record: &Record, now: u64) -> bool {
        u128::from(now) > u128::from(record.last_seen) + u128::from(self.validity)
    }

    pub(crate) fn is_paused(&self, vendor: Vendor) -> bool {
        self.paused.contains(&0) || self.paused.contains(&vendor.number())
    }

    pub(super) fn measurement(&self, id: B256) -> MeasurementState {
        self.measurements
            .get(&id)
            .copied()
            .unwrap_or(MeasurementState::Unset)
    }

    /// Whether governance revoked hardware by its id, whatever is registered under it.
    pub(super) fn is_revoked(&self, vendor: Vendor, hardware: u32) -> bool {
        let mut revoked = self.revoked.iter();
        revoked.any(|device| DEVICES[*device] == (vendor, hardware))
    }

    fn is_attested(&self, device: usize, record: &Record, now: u64) -> bool {
        let gpu = record.gpu_device;
        self.is_attested_but_for_its_gpu(device, record, now)
            && !self.has_revoked_gpu(record)
            && gpu.is_none_or(|gpu| self.gpu_holders[&gpu] == device)
    }

    /// Devices that would be attested had their GPU not been revoked: only so that a test can say that there were some.
    pub(crate) fn ended_by_gpu(&self, now: u64) -> usize {
        let ended = |(device, record): &(&usize, &Record)| {
            self.is_attested_but_for_its_gpu(**device, record, now) && self.has_revoked_gpu(record)
        };
        self.records.iter().filter(ended).count()
    }

    fn has_revoked_gpu(&self, record: &Record) -> bool {
        let gpu = record.gpu_device;
        gpu.is_some_and(|gpu| self.is_revoked(Vendor::Nvidia, gpu))
    }

    fn is_attested_but_for_its_gpu(&self, device: usize, record: &Record, now: u64) -> bool {
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
