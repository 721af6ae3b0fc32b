//! A client of a chain, and what it says.

#![allow(
    dead_code,
    unused_imports,
    reason = "each test that has this module uses its own part of it"
)]

use crate::common::world::{ANYONE, GOVERNANCE, World};
use aivm::abi::IAttestationLightClient as abi;
pub(crate) use aivm_test_support::council::{Council, Height, Root, SOURCE, address, domain, key, sign};
use alloy_primitives::{Address, B256, Bytes, Log, U256, keccak256};
use alloy_sol_types::{SolCall, SolError, SolEvent};

/// From which height on the first committee signs.
pub(crate) const FROM: u64 = 100;

/// A root that tells itself from others.
pub(crate) fn root(seed: u8) -> B256 {
    keccak256([b'r', seed])
}

/// A height.
pub(crate) fn at(height: u64) -> U256 {
    U256::from(height)
}

/// The revert data of a custom error.
pub(crate) fn error(error: &impl SolError) -> Bytes {
    error.abi_encode().into()
}

/// `HeightNotNew`.
pub(crate) fn height_not_new(height: impl Into<Height>, minimum: impl Into<Height>) -> Bytes {
    error(&abi::HeightNotNew {
        height: height.into().0,
        minimum: minimum.into().0,
    })
}

/// The client.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) world: World,
}

impl Client {
    /// Without a committee.
    pub(crate) fn new() -> Self {
        Self {
            world: World::new(1_751_328_000),
        }
    }

    /// With a committee that signs from [`FROM`] on.
    pub(crate) fn following(council: &Council) -> Self {
        let mut client = Self::new();
        client.govern(&council.set(FROM)).expect("governance may");
        client
    }

    /// Anyone calls: the one event that it leaves, or the revert data.
    pub(crate) fn send(&mut self, call: &impl SolCall) -> Result<Log, Bytes> {
        self.send_as(ANYONE, call)
    }

    /// Governance calls.
    pub(crate) fn govern(&mut self, call: &impl SolCall) -> Result<Log, Bytes> {
        self.send_as(GOVERNANCE, call)
    }

    /// Someone calls.
    pub(crate) fn send_as(&mut self, caller: Address, call: &impl SolCall) -> Result<Log, Bytes> {
        let before = self.world.host.logs.len();
        let output = self.world.sync(caller, call)?;
        assert_eq!(output, Bytes::new(), "a write returns nothing");
        let logs = &self.world.host.logs[before..];
        assert_eq!(logs.len(), 1, "one event");
        Ok(logs[0].clone())
    }

    /// What a read returns, or the revert data.
    pub(crate) fn try_read<C: SolCall>(&mut self, call: &C) -> Result<C::Return, Bytes> {
        let before = self.world.host.clone();
        let output = self.world.sync(ANYONE, call);
        assert_eq!(self.world.host, before, "a read wrote");
        output.map(|output| C::abi_decode_returns(&output).expect("canonical return data"))
    }

    /// What a read returns.
    #[track_caller]
    pub(crate) fn read<C: SolCall>(&mut self, call: &C) -> C::Return {
        self.try_read(call).expect("a read")
    }

    /// The latest root and its height.
    pub(crate) fn latest(&mut self) -> (B256, U256) {
        let latest = self.read(&abi::latestCall {});
        (latest.root, latest.height)
    }

    /// The root of a height.
    pub(crate) fn root_at(&mut self, height: impl Into<Height>) -> B256 {
        let height = height.into().0;
        self.read(&abi::rootAtCall { height })
    }

    /// Whether it is frozen, and the height.
    pub(crate) fn frozen(&mut self) -> (bool, U256) {
        let frozen = self.read(&abi::frozenCall {});
        (frozen.isFrozen, frozen.height)
    }
}

/// A log of state sync.
pub(crate) fn event(event: &impl SolEvent) -> Log {
    Log {
        address: alloy_primitives::address!("0000000000000000000000000000000000000AAC"),
        data: event.encode_log_data(),
    }
}

/// `RootUpdated`.
pub(crate) fn root_updated(root: B256, height: impl Into<Height>) -> Log {
    event(&abi::RootUpdated {
        height: height.into().0,
        root,
    })
}

/// `CommitteeChanged`.
pub(crate) fn committee_changed(council: &Council, from_height: impl Into<Height>) -> Log {
    event(&abi::CommitteeChanged {
        committee: council.committee.id(),
        fromHeight: from_height.into().0,
        sourceChainId: U256::from(SOURCE),
    })
}
