//! Calls one after another, and what comes of them through an adapter.

use super::evm::{
    asm::{Scheme, Script},
    chain::{Adapter, Chain, Tx},
};
use aivm::Genesis;
use alloy_primitives::{Address, B256, Bytes, Log, U256};
use revm::{interpreter::InstructionResult, primitives::hardfork::SpecId};

/// The gas of a call that is not about gas.
pub(crate) const PLENTY: u64 = 10_000_000;

/// Frames with less are about gas.
pub(crate) const METERED_BELOW: u64 = 100_000;

/// Who pays for the transactions. It calls nothing but who makes the call.
const PAYER: Address = Address::repeat_byte(0xfa);

/// Calls on a chain that begins with the default genesis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sequence {
    pub(crate) name: String,
    pub(crate) governance: Address,
    pub(crate) calls: Vec<Call>,
}

/// A call of a precompile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) to: Address,
    /// Who makes it.
    pub(crate) caller: Address,
    pub(crate) kind: Kind,
    pub(crate) value: U256,
    pub(crate) gas: u64,
    pub(crate) number: u64,
    pub(crate) timestamp: u64,
    pub(crate) data: Bytes,
    /// What came of it in the story it is from, if it is from one.
    pub(crate) recorded: Option<(Status, Bytes)>,
}

/// How it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Call,
    Static,
    Delegate,
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Success,
    Revert,
    OutOfGas,
}

/// What came of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) status: Status,
    pub(crate) gas_used: u64,
    pub(crate) output: Bytes,
    /// The topics and the data of each log; all are of the precompile.
    pub(crate) logs: Vec<(Vec<B256>, Bytes)>,
}

impl Sequence {
    /// Makes the calls on a fresh chain.
    pub(crate) fn make(&self, adapter: Adapter) -> Vec<Ended> {
        let mut chain = Chain::bare(adapter);
        chain.spec = SpecId::CANCUN;
        let genesis = Genesis::new(self.governance);
        for (address, account) in genesis.accounts(&chain.aivm).expect("a genesis") {
            chain.disk.insert(address, &account);
        }
        chain.disk.insert(PAYER, &Default::default());
        self.calls.iter().map(|call| call.make(&mut chain)).collect()
    }
}

impl Call {
    /// Has a contract at the caller's address make it.
    fn make(&self, chain: &mut Chain) -> Ended {
        (chain.number, chain.timestamp) = (self.number, self.timestamp);
        let scheme = match self.kind {
            Kind::Call => Scheme::Call,
            Kind::Static => Scheme::StaticCall,
            Kind::Delegate => Scheme::DelegateCall,
        };
        let script = Script::new()
            .step(scheme, self.to, &self.data)
            .value(self.value.to())
            .gas(self.gas)
            .report();
        chain.install(self.caller, &script);
        let caller = chain.disk.accounts.get_mut(&self.caller).expect("installed");
        caller.balance = U256::from(10).pow(U256::from(18));
        let receipt = chain.send(Tx::new(self.caller, []).from(PAYER));
        assert!(receipt.is_success(), "the script reports: {:?}", receipt.result);
        let end = receipt.frame_of(self.to).end();
        Ended {
            status: match end.result {
                InstructionResult::Return => Status::Success,
                InstructionResult::Revert => Status::Revert,
                InstructionResult::PrecompileOOG => Status::OutOfGas,
                other => panic!("no precompile ends with {other:?}"),
            },
            gas_used: end.gas_used,
            output: end.output.clone(),
            logs: receipt.logs().iter().map(|log| self.log(log)).collect(),
        }
    }

    fn log(&self, log: &Log) -> (Vec<B256>, Bytes) {
        assert_eq!(log.address, self.to);
        (log.topics().to_vec(), log.data.data.clone())
    }
}
