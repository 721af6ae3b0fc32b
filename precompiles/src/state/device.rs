//! A device's record (specification, section 5).
//!
//! `Device` is seven slots from `keccak(deviceId ‖ 11)`:
//!
//! | slot | bits | field |
//! |---|---|---|
//! | +0 | 0–159 | `address operator` |
//! | +0 | 160–223 | `uint64 lastSeen`, Unix seconds |
//! | +0 | 224–231 | `uint8 vendor`, of the CPU evidence; 0 means that there is no record |
//! | +0 | 232–239 | `uint8 trustScore` |
//! | +0 | 240–247 | `uint8 flags`: bit 0 hybrid, bit 1 revoked, bit 2 released, bit 3 what the leaf says of `attested` |
//! | +1 | | `uint256 nonce` |
//! | +2 | | `bytes32 attestedKey` |
//! | +3 | | `bytes32 cpuMeasurement` |
//! | +4 | | `bytes32 gpuMeasurement`, zero without GPU evidence |
//! | +5 | | `uint64 index` of its leaf in the registry tree |
//! | +6 | | `bytes32 gpuDevice`, the device id of the GPU, zero without GPU evidence |
//!
//! A device that was revoked before it ever attested has the revoked flag and no record.

use super::{MeasurementState, RegistryState, low_address, low_u8, low_u64, mapping_slot, slots};
use crate::{evidence::Vendor, host::HostError, tree::Status};
use alloy_primitives::{Address, B256, U256};

const HYBRID: u8 = 1;
const REVOKED: u8 = 2;
const RELEASED: u8 = 4;
const PROVEN_ATTESTED: u8 = 8;

/// A device's record, but for what only its next proof or its owner asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    /// Who attested the device.
    pub operator: Address,
    /// When, in Unix seconds.
    pub last_seen: u64,
    /// The vendor of the CPU evidence.
    pub vendor: Vendor,
    /// The score its evidence had.
    pub trust_score: u8,
    /// Whether GPU evidence was verified too.
    pub hybrid: bool,
    /// Whether governance revoked the device.
    pub revoked: bool,
    /// Whether its operator gave it up.
    pub released: bool,
    /// Whether its leaf in the registry tree says that it is attested.
    pub proven_attested: bool,
    /// The measurement id of the CPU evidence.
    pub cpu_measurement: B256,
    /// The measurement id of the GPU evidence, zero without any.
    pub gpu_measurement: B256,
    /// The device id of the GPU, zero without one.
    pub gpu_device: B256,
}

/// What a proof leaves beside the record itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProofTrace {
    /// Its nonce.
    pub nonce: U256,
    /// The hash of a key that lives in the device's enclave, zero for none.
    pub attested_key: B256,
}

impl Device {
    /// Whether the record's time is over. From then on another operator may attest the device.
    pub fn has_lapsed(&self, now: u64, validity: u64) -> bool {
        now > self.last_seen.saturating_add(validity)
    }

    /// Whether the device, and its GPU with it, belongs to its operator: neither released nor lapsed.
    pub fn is_held(&self, now: u64, validity: u64) -> bool {
        !self.released && !self.has_lapsed(now, validity)
    }

    /// The device's status, with this answer to whether it is attested.
    pub fn status(&self, attested: bool) -> Status {
        Status {
            attested,
            trust_score: self.trust_score,
            last_seen: U256::from(self.last_seen),
            operator: self.operator,
            vendor: self.vendor.number(),
        }
    }

    fn flags(&self) -> u8 {
        let flags = [
            (self.hybrid, HYBRID),
            (self.revoked, REVOKED),
            (self.released, RELEASED),
            (self.proven_attested, PROVEN_ATTESTED),
        ];
        flags
            .into_iter()
            .fold(0, |flags, (set, bit)| if set { flags | bit } else { flags })
    }

    /// The record's first slot.
    fn word(&self) -> U256 {
        let field = |value: u64, bit: usize| U256::from(value).wrapping_shl(bit);
        U256::from_be_bytes(self.operator.into_word().0)
            | field(self.last_seen, 160)
            | field(u64::from(self.vendor.number()), 224)
            | field(u64::from(self.trust_score), 232)
            | field(u64::from(self.flags()), 240)
    }
}

/// The slots of a device's record.
struct RecordSlots(U256);

impl RecordSlots {
    fn of(id: B256) -> Self {
        Self(mapping_slot(id, slots::DEVICES))
    }

    fn at(&self, offset: u64) -> U256 {
        self.0.wrapping_add(U256::from(offset))
    }

    fn word(&self) -> U256 {
        self.0
    }

    fn nonce(&self) -> U256 {
        self.at(1)
    }

    fn attested_key(&self) -> U256 {
        self.at(2)
    }

    fn cpu_measurement(&self) -> U256 {
        self.at(3)
    }

    fn gpu_measurement(&self) -> U256 {
        self.at(4)
    }

    fn index(&self) -> U256 {
        self.at(5)
    }

    fn gpu_device(&self) -> U256 {
        self.at(6)
    }
}

impl RegistryState<'_> {
    /// The record of a device, if there is one.
    pub fn device(&mut self, id: B256) -> Result<Option<Device>, HostError> {
        let record = RecordSlots::of(id);
        let word = self.get(record.word())?;
        let Some(vendor) = vendor_of(word) else {
            return Ok(None);
        };
        let flags = flags_of(word);
        let hybrid = flags & HYBRID != 0;
        let (gpu_measurement, gpu_device) = if hybrid {
            (
                self.get(record.gpu_measurement())?.into(),
                self.get(record.gpu_device())?.into(),
            )
        } else {
            (B256::ZERO, B256::ZERO)
        };
        Ok(Some(Device {
            operator: low_address(word),
            last_seen: low_u64(word.wrapping_shr(160)),
            vendor,
            trust_score: low_u8(word.wrapping_shr(232)),
            hybrid,
            revoked: flags & REVOKED != 0,
            released: flags & RELEASED != 0,
            proven_attested: flags & PROVEN_ATTESTED != 0,
            cpu_measurement: self.get(record.cpu_measurement())?.into(),
            gpu_measurement,
            gpu_device,
        }))
    }

    /// Whether a device was revoked, with a record or without.
    pub fn is_revoked(&mut self, id: B256) -> Result<bool, HostError> {
        let word = self.get(RecordSlots::of(id).word())?;
        Ok(flags_of(word) & REVOKED != 0)
    }

    /// Revokes a device that has no record.
    pub fn revoke_unknown(&mut self, id: B256) -> Result<(), HostError> {
        let flags = U256::from(REVOKED).wrapping_shl(240);
        self.set(RecordSlots::of(id).word(), flags)
    }

    /// The nonce of a device's last proof, zero without any.
    pub fn device_nonce(&mut self, id: B256) -> Result<U256, HostError> {
        self.get(RecordSlots::of(id).nonce())
    }

    /// The attested key of a device, zero for none.
    pub fn device_key(&mut self, id: B256) -> Result<B256, HostError> {
        Ok(self.get(RecordSlots::of(id).attested_key())?.into())
    }

    /// The index of a device's leaf. Of no meaning for a device without a record.
    pub fn device_index(&mut self, id: B256) -> Result<u64, HostError> {
        Ok(low_u64(self.get(RecordSlots::of(id).index())?))
    }

    /// The device that a GPU made hybrid last, zero for none.
    pub fn gpu_holder(&mut self, gpu: B256) -> Result<B256, HostError> {
        Ok(self.get(mapping_slot(gpu, slots::GPU_HOLDERS))?.into())
    }

    /// Writes what a proof says of a device into its record and its leaf; a device without a record is appended.
    pub fn record_proof(&mut self, id: B256, device: &Device, trace: &ProofTrace) -> Result<(), HostError> {
        let record = RecordSlots::of(id);
        let before = self.get(record.word())?;
        self.set(record.word(), device.word())?;
        self.set(record.nonce(), trace.nonce)?;
        self.set(record.attested_key(), trace.attested_key.into())?;
        self.set(record.cpu_measurement(), device.cpu_measurement.into())?;
        // Of a device that had no GPU and has none, both are zero.
        if device.hybrid || flags_of(before) & HYBRID != 0 {
            self.set(record.gpu_measurement(), device.gpu_measurement.into())?;
            self.set(record.gpu_device(), device.gpu_device.into())?;
        }
        if device.hybrid {
            self.set(mapping_slot(device.gpu_device, slots::GPU_HOLDERS), id.into())?;
        }
        let leaf = device.status(device.proven_attested).leaf(id);
        if vendor_of(before).is_some() {
            let index = low_u64(self.get(record.index())?);
            self.set_device_leaf(index, leaf)
        } else {
            let index = self.push_device_leaf(leaf)?;
            self.set(record.index(), U256::from(index))
        }
    }

    /// Writes the first slot of a device's record, and into its leaf whether it is attested at `now`: that answer. Where
    /// the slot stays as it is, so does the leaf, and the tree is left alone.
    pub fn refresh_device(&mut self, id: B256, device: Device, now: u64) -> Result<bool, HostError> {
        let attested = self.is_attested(id, &device, now)?;
        let device = Device {
            proven_attested: attested,
            ..device
        };
        let slot = RecordSlots::of(id).word();
        if self.get(slot)? == device.word() {
            return Ok(attested);
        }
        self.set(slot, device.word())?;
        let index = self.device_index(id)?;
        self.set_device_leaf(index, device.status(attested).leaf(id))?;
        Ok(attested)
    }

    /// Whether a device is attested at `now`: seen within the validity, not released, neither it nor its GPU revoked, its
    /// GPU still its own, no measurement banned, and no vendor whose evidence it rests on paused.
    pub fn is_attested(&mut self, id: B256, device: &Device, now: u64) -> Result<bool, HostError> {
        if device.revoked || !device.is_held(now, self.validity()?) {
            return Ok(false);
        }
        // A longer validity can bring a device back whose GPU is another one's by now.
        if device.hybrid
            && (self.gpu_holder(device.gpu_device)? != id || self.is_revoked(device.gpu_device)?)
        {
            return Ok(false);
        }
        if self.is_paused(Some(device.vendor))? || (device.hybrid && self.is_paused(Some(Vendor::Nvidia))?) {
            return Ok(false);
        }
        for measurement in [device.cpu_measurement, device.gpu_measurement] {
            // Zero is no measurement: a ban of it is about no device.
            if !measurement.is_zero() && self.measurement(measurement)? == MeasurementState::Banned {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// The record of a device that is attested at `now`.
    pub fn attested_device(&mut self, id: B256, now: u64) -> Result<Option<Device>, HostError> {
        let Some(device) = self.device(id)? else {
            return Ok(None);
        };
        Ok(self.is_attested(id, &device, now)?.then_some(device))
    }
}

/// The vendor in a record's first slot; `None` where there is no record.
fn vendor_of(word: U256) -> Option<Vendor> {
    Vendor::from_number(low_u8(word.wrapping_shr(224)))
}

/// The flags in a record's first slot.
fn flags_of(word: U256) -> u8 {
    low_u8(word.wrapping_shr(240))
}
