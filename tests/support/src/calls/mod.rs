//! Any input to the three precompiles with a Solidity ABI, on a chain where every function has something to work on. What
//! the fuzz targets and the bounded mutation test share.

mod interface;
mod seeds;

use crate::{
    council::Council,
    fleet::{Fleet, NOW},
};
use aivm::{
    Aivm, Call, Config, Genesis, MemoryHost, Outcome,
    abi::IAttestationRegistry::verifyAttestationCall,
    crypto::{AwsLc, RustCrypto},
};
use alloy_primitives::{Address, U256, address};
use alloy_sol_types::SolCall;
use interface::{is_declared, price, recoded, writes};
pub use seeds::seeds;

/// Who calls: governance, and the operator of every device.
const CALLER: Address = address!("00000000000000000000000000000000000000c0");

/// The chain's id.
const CHAIN_ID: u64 = 31_337;

/// A limit that no price reaches.
const GAS_LIMIT: u64 = 30_000_000;

/// The height of the root that state sync knows.
const HEIGHT: u64 = 200;

/// A precompile with a Solidity ABI.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contract {
    /// The attestation registry, `0x0AAA`.
    Registry,
    /// Merkle proofs, `0x0AAB`.
    Proofs,
    /// State sync, `0x0AAC`.
    Sync,
}

/// Each of them, under the name of its fuzz target.
pub const CONTRACTS: [(&str, Contract); 3] = [
    ("registry", Contract::Registry),
    ("merkle_proofs", Contract::Proofs),
    ("state_sync", Contract::Sync),
];

/// The chain, with both signature backends: devices of every vendor, which attested in block 1, and a light client of
/// another chain with a committee and a root.
#[derive(Clone, Debug)]
pub struct World {
    fast: Aivm,
    portable: Aivm,
    host: MemoryHost,
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

impl World {
    /// Genesis, and what must be called before every function has something to work on.
    ///
    /// # Panics
    ///
    /// If one of these calls is refused.
    pub fn new() -> Self {
        let fast = Aivm::new(Config::default(), AwsLc).expect("the default configuration");
        let mut world = Self {
            host: Genesis::new(CALLER).memory_host(&fast, NOW),
            portable: Aivm::new(Config::default(), RustCrypto).expect("the default configuration"),
            fast,
        };
        (world.host.chain_id, world.host.number) = (CHAIN_ID, 1);
        let fleet = Fleet::new();
        for input in fleet.calls() {
            world.prepare(Contract::Registry, &input);
        }
        for proof in seeds::attestations(&fleet, 1) {
            let call = verifyAttestationCall { proof };
            world.prepare(Contract::Registry, &call.abi_encode());
        }
        let council = Council::of_four(1);
        world.prepare(Contract::Sync, &council.set(100).abi_encode());
        let root = council.signed_root(seeds::source_status().leaf(seeds::SOURCE_DEVICE), HEIGHT);
        world.prepare(Contract::Sync, &root.abi_encode());
        world.host.number = 2;
        world
    }

    fn prepare(&mut self, contract: Contract, input: &[u8]) {
        let (outcome, host) = self.call_on(&self.fast, contract, input);
        assert!(
            matches!(outcome, Outcome::Success { .. }),
            "{contract:?}: {outcome:?}"
        );
        self.host = host;
    }

    /// Calls with the fast backend, on a copy of the state that is thrown away.
    pub fn run(&self, contract: Contract, input: &[u8]) -> (Outcome, MemoryHost) {
        self.call_on(&self.fast, contract, input)
    }

    fn call_on(&self, aivm: &Aivm, contract: Contract, input: &[u8]) -> (Outcome, MemoryHost) {
        let addresses = aivm.config().addresses;
        let to = match contract {
            Contract::Registry => addresses.registry,
            Contract::Proofs => addresses.proofs,
            Contract::Sync => addresses.sync,
        };
        let call = Call {
            input,
            gas_limit: GAS_LIMIT,
            caller: CALLER,
            value: U256::ZERO,
            is_static: false,
            is_direct: true,
        };
        let mut host = self.host.clone();
        let outcome = aivm.call(to, &mut host, &call).expect("a precompile");
        (outcome.expect("memory cannot fail"), host)
    }

    /// What holds for every input, besides that nothing panics: the price is the function's, on success and on revert; what
    /// succeeds was the canonical encoding of a call; a revert is an error of the interface, and writes and logs nothing;
    /// what writes says so with an event, and what reads leaves all as it was.
    ///
    /// # Panics
    ///
    /// If one of these does not hold.
    pub fn check(&self, contract: Contract, input: &[u8]) -> Outcome {
        let (outcome, after) = self.run(contract, input);
        match &outcome {
            Outcome::Success { gas_used, .. } => {
                assert_eq!(*gas_used, price(contract, input));
                assert_eq!(recoded(contract, input), input);
                let logs = after.logs.len() - self.host.logs.len();
                assert_eq!(logs > 0, writes(contract, input), "{logs} logs");
                assert_eq!(after != self.host, writes(contract, input));
            }
            Outcome::Revert { gas_used, output } => {
                assert_eq!(*gas_used, price(contract, input));
                assert!(is_declared(contract, output), "{output}");
                assert_eq!(after, self.host);
            }
            Outcome::OutOfGas => panic!("out of gas at {GAS_LIMIT}"),
        }
        outcome
    }

    /// [`World::check`], and both signature backends agree on outcome and state.
    ///
    /// # Panics
    ///
    /// If they do not.
    pub fn check_both(&self, contract: Contract, input: &[u8]) -> Outcome {
        let other = self.call_on(&self.portable, contract, input);
        assert_eq!(self.run(contract, input), other, "the backends disagree");
        self.check(contract, input)
    }
}
