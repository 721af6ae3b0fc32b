//! The host that notes what a call touches of the state that was not given, and what it writes.

use super::request::{Answer, Block, Done, Known, SlotKey};
use crate::output::Failure;
use aivm::{Host, HostError};
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use std::collections::BTreeMap;

/// State as far as it is known. What is not counts as zero and empty, so that a call goes on and shows as much as
/// possible of what it touches.
pub(super) struct Recorder {
    block: Block,
    slots: BTreeMap<SlotKey, B256>,
    codes: BTreeMap<Address, Bytes>,
    missing_slots: Vec<SlotKey>,
    missing_codes: Vec<Address>,
    written_slots: Vec<SlotKey>,
    written_codes: Vec<Address>,
    logs: Vec<Log>,
}

impl Recorder {
    /// A host with this state.
    pub(super) fn new(block: Block, known: Known) -> Result<Self, Failure> {
        let twice = |what: String| {
            Failure::new(format!("{what} is given twice")).next("give every slot and every code once")
        };
        let mut slots = BTreeMap::new();
        for (key, value) in known.slots {
            if slots.insert(key, value).is_some() {
                return Err(twice(format!("slot {} of {}", key.slot, key.account)));
            }
        }
        let mut codes = BTreeMap::new();
        for (account, code) in known.codes {
            if codes.insert(account, code).is_some() {
                return Err(twice(format!("the code of {account}")));
            }
        }
        Ok(Self {
            block,
            slots,
            codes,
            missing_slots: Vec::new(),
            missing_codes: Vec::new(),
            written_slots: Vec::new(),
            written_codes: Vec::new(),
            logs: Vec::new(),
        })
    }

    /// What was touched and not given, if anything.
    pub(super) fn missing(&self) -> Option<Answer> {
        let nothing = self.missing_slots.is_empty() && self.missing_codes.is_empty();
        (!nothing).then(|| Answer::Need {
            slots: self.missing_slots.clone(),
            codes: self.missing_codes.clone(),
        })
    }

    /// Adds what a call that succeeded wrote and logged.
    pub(super) fn written(self, done: Done) -> Done {
        let slots = self.written_slots.iter();
        let codes = self.written_codes.iter();
        Done {
            slots: slots.map(|key| (*key, self.slots[key])).collect(),
            codes: codes
                .map(|account| (*account, self.codes[account].clone()))
                .collect(),
            logs: self.logs,
            ..done
        }
    }
}

impl Host for Recorder {
    fn storage(&mut self, account: Address, slot: U256) -> Result<U256, HostError> {
        let slot = slot.into();
        let key = SlotKey { account, slot };
        if let Some(value) = self.slots.get(&key) {
            return Ok((*value).into());
        }
        if !self.missing_slots.contains(&key) {
            self.missing_slots.push(key);
        }
        Ok(U256::ZERO)
    }

    fn set_storage(&mut self, account: Address, slot: U256, value: U256) -> Result<(), HostError> {
        let slot = slot.into();
        let key = SlotKey { account, slot };
        self.slots.insert(key, value.into());
        if !self.written_slots.contains(&key) {
            self.written_slots.push(key);
        }
        Ok(())
    }

    fn code(&mut self, account: Address) -> Result<Bytes, HostError> {
        if let Some(code) = self.codes.get(&account) {
            return Ok(code.clone());
        }
        if !self.missing_codes.contains(&account) {
            self.missing_codes.push(account);
        }
        Ok(Bytes::new())
    }

    fn set_code(&mut self, account: Address, code: Bytes) -> Result<(), HostError> {
        self.codes.insert(account, code);
        if !self.written_codes.contains(&account) {
            self.written_codes.push(account);
        }
        Ok(())
    }

    fn log(&mut self, log: Log) {
        self.logs.push(log);
    }

    fn block_timestamp(&self) -> u64 {
        self.block.timestamp
    }

    fn block_number(&self) -> u64 {
        self.block.number
    }

    fn chain_id(&self) -> u64 {
        self.block.chain_id
    }
}
