//! A device's record, written slot by slot as the storage is documented, and the reward that it brings.

use super::{NOW, STRANGER, mapping, memory::Machine, work_proof};
use alloy_primitives::{B256, Bytes, U256};

/// The device.
pub(crate) const DEVICE: B256 = B256::repeat_byte(0x11);
/// Its measurements.
pub(crate) const CPU: B256 = B256::repeat_byte(0xc1);
pub(crate) const GPU: B256 = B256::repeat_byte(0x61);

/// Its GPU.
pub(crate) const GPU_DEVICE: B256 = B256::repeat_byte(0x62);

/// How long an attestation lasts by default.
pub(crate) const VALIDITY: u64 = 86_400;

/// Privacy levels.
pub(crate) const PUBLIC: u16 = 1;
pub(crate) const CONFIDENTIAL: u16 = 3;
pub(crate) const SOVEREIGN: u16 = 4;

/// A vendor.
pub(crate) const TDX: u8 = 3;
/// Flags.
pub(crate) const HYBRID: u8 = 1;
pub(crate) const REVOKED: u8 = 2;

/// A device's record, as `eth_getStorageAt` shows it.
#[derive(Clone, Copy)]
pub(crate) struct Record {
    pub(crate) last_seen: u64,
    pub(crate) vendor: u8,
    pub(crate) trust: u8,
    pub(crate) flags: u8,
    pub(crate) cpu: B256,
    pub(crate) gpu: B256,
}

/// Attested now, with CPU and GPU evidence.
pub(crate) const GOOD: Record = Record {
    last_seen: NOW,
    vendor: TDX,
    trust: 100,
    flags: HYBRID,
    cpu: CPU,
    gpu: GPU,
};

impl Record {
    fn write(&self, machine: &mut Machine) {
        let base = mapping(DEVICE, 11);
        let mut first = [0; 32];
        first[1..4].copy_from_slice(&[self.flags, self.trust, self.vendor]);
        first[4..12].copy_from_slice(&self.last_seen.to_be_bytes());
        first[12..].copy_from_slice(STRANGER.as_slice());
        let slots = [
            B256::from(first),
            B256::with_last_byte(7),
            B256::repeat_byte(0x4e),
            self.cpu,
            self.gpu,
        ];
        for (offset, value) in slots.into_iter().enumerate() {
            machine.poke(base + U256::from(offset), value.into());
        }
        machine.poke(base + U256::from(6), GPU_DEVICE.into());
        machine.poke(mapping(GPU_DEVICE, 15), DEVICE.into());
    }

    /// A machine with this record.
    pub(crate) fn machine(&self) -> Machine {
        let mut machine = Machine::new(STRANGER);
        self.write(&mut machine);
        machine
    }
}

/// Calls CalculateReward.
#[track_caller]
pub(crate) fn reward(machine: &mut Machine, level: u16, minutes: u32) -> Result<Bytes, Bytes> {
    machine.mining(STRANGER, 2, &work_proof(DEVICE, level, minutes))
}

/// So much ether, as a word of wei.
pub(crate) fn ether(text: &str) -> Bytes {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let wei: U256 = format!("{whole}{fraction:0<18}").parse().expect("decimal digits");
    Bytes::copy_from_slice(&wei.to_be_bytes::<32>())
}
