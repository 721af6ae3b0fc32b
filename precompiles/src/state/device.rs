//! A device's record (specification, section 5). Fixed here; the registry's attestation functions write it.
//!
//! `Device` is five slots from `keccak(deviceId ‖ 11)`:
//!
//! | slot | bits | field |
//! |---|---|---|
//! | +0 | 0–159 | `address operator` |
//! | +0 | 160–223 | `uint64 lastSeen`, Unix seconds |
//! | +0 | 224–231 | `uint8 vendor`, of the CPU evidence; 0 means that there is no record |
//! | +0 | 232–239 | `uint8 trustScore` |
//! | +0 | 240–247 | `uint8 flags`: bit 0 hybrid, bit 1 revoked |
//! | +1 | | `uint256 nonce` |
//! | +2 | | `bytes32 attestedKey` |
//! | +3 | | `bytes32 cpuMeasurement` |
//! | +4 | | `bytes32 gpuMeasurement`, zero without GPU evidence |

use super::{MeasurementState, RegistryState, low_address, low_u8, low_u64, mapping_slot, slots};
use crate::{evidence::Vendor, host::HostError};
use alloy_primitives::{Address, B256, U256};

const HYBRID: u8 = 1;
const REVOKED: u8 = 2;

/// The part of a device's record that decides whether it is attested, and how far it is trusted.
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
    /// The measurement id of the CPU evidence.
    pub cpu_measurement: B256,
    /// The measurement id of the GPU evidence, zero without any.
    pub gpu_measurement: B256,
}

impl RegistryState<'_> {
    /// The record of a device, if there is one.
    pub fn device(&mut self, id: B256) -> Result<Option<Device>, HostError> {
        let base = mapping_slot(id, slots::DEVICES);
        let word = self.get(base)?;
        let Some(vendor) = Vendor::from_number(low_u8(word.wrapping_shr(224))) else {
            return Ok(None);
        };
        let flags = low_u8(word.wrapping_shr(240));
        Ok(Some(Device {
            operator: low_address(word),
            last_seen: low_u64(word.wrapping_shr(160)),
            vendor,
            trust_score: low_u8(word.wrapping_shr(232)),
            hybrid: flags & HYBRID != 0,
            revoked: flags & REVOKED != 0,
            cpu_measurement: self.get(base.wrapping_add(U256::from(3)))?.into(),
            gpu_measurement: self.get(base.wrapping_add(U256::from(4)))?.into(),
        }))
    }

    /// The record of a device that is attested at `now`: seen within the validity, not revoked, no measurement
    /// banned, and no vendor whose evidence it rests on paused.
    pub fn attested_device(&mut self, id: B256, now: u64) -> Result<Option<Device>, HostError> {
        let Some(device) = self.device(id)? else {
            return Ok(None);
        };
        if device.revoked || now > device.last_seen.saturating_add(self.validity()?) {
            return Ok(None);
        }
        if self.is_paused(Some(device.vendor))? || (device.hybrid && self.is_paused(Some(Vendor::Nvidia))?) {
            return Ok(None);
        }
        for measurement in [device.cpu_measurement, device.gpu_measurement] {
            // Zero is no measurement: a ban of it is about no device.
            if !measurement.is_zero() && self.measurement(measurement)? == MeasurementState::Banned {
                return Ok(None);
            }
        }
        Ok(Some(device))
    }
}
