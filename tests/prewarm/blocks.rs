//! Random blocks of calls that check signatures: valid, damaged, replayed, with too little gas or with value, by contracts,
//! in frames that revert, and between them calls that change what the state says of evidence.

use super::evm::{
    CHAIN_ID, MINING, REGISTRY, SENDER, STRANGER, SYNC,
    asm::{Scheme, Script},
    chain::{Adapter, Chain, Tx},
};
use aivm::{
    Aivm,
    abi::IAttestationRegistry::{
        pauseCall, setMinTrustScoreCall, submitCollateralCall, unpauseCall, updateRootCACall,
        verifyAttestationCall, verifyAttestationForCall,
    },
    evidence::{Vendor, default_roots},
    precompiles::mining::Operation,
};
use aivm_test_support::{
    council::Council,
    fleet::{Claim, Fleet, NOW, abi_vendor},
    fuzz::{mutate, seeds},
    rng::Rng,
};
use alloy_primitives::{Address, B256, Bytes, U256};
use alloy_sol_types::SolCall;

/// How many devices of each vendor there are.
const DEVICES: usize = 3;

/// CPUs' vendors.
const CPUS: [Vendor; 4] = [Vendor::Sgx, Vendor::SevSnp, Vendor::Tdx, Vendor::ArmCca];

/// The contract that hands on what it is called with to a precompile, and then may revert.
fn forwarder(to: Address, reverts: bool) -> Address {
    to.create(u64::from(reverts))
}

/// A chain on which every device of the fleet can attest.
pub(crate) fn chain(adapter: Adapter, fleet: &Fleet) -> Chain {
    let mut chain = Chain::new(adapter, SENDER);
    chain.timestamp = NOW;
    for to in [MINING, REGISTRY, SYNC] {
        chain.install(forwarder(to, false), &Script::forward(Scheme::Call, to));
        chain.install(forwarder(to, true), &Script::forward(Scheme::Call, to).revert());
    }
    let calls: Vec<_> = fleet
        .calls()
        .into_iter()
        .map(|call| Tx::new(REGISTRY, call))
        .collect();
    for receipt in chain.block(&calls) {
        assert!(receipt.is_success(), "{:?}", receipt.result);
    }
    chain.number = 2;
    chain
}

/// Makes random blocks.
pub(crate) struct Blocks {
    rng: Rng,
    fleet: Fleet,
    messages: Vec<Vec<u8>>,
    sent: Vec<Tx>,
    nonce: u64,
    height: u64,
}

impl Blocks {
    pub(crate) fn new(seed: u64, fleet: &Fleet) -> Self {
        Self {
            rng: Rng(seed),
            fleet: fleet.clone(),
            messages: seeds(Operation::VerifyMldsa),
            sent: Vec::new(),
            nonce: 1,
            height: 200,
        }
    }

    /// A block of so many transactions.
    pub(crate) fn block(&mut self, count: usize) -> Vec<Tx> {
        (0..count).map(|_| self.tx()).collect()
    }

    fn tx(&mut self) -> Tx {
        let (to, input) = match self.rng.below(100) {
            0..25 => (MINING, self.signed_message()),
            25..50 => (MINING, self.verify_tee()),
            50..70 => (REGISTRY, self.attestation()),
            70..76 => (REGISTRY, self.collateral()),
            76..84 => (SYNC, self.sync()),
            84..88 => (REGISTRY, self.governance()),
            _ if self.sent.is_empty() => (MINING, self.signed_message()),
            _ => return self.sent[self.rng.below(self.sent.len())].clone(),
        };
        let tx = self.envelope(to, input);
        self.sent.push(tx.clone());
        tx
    }

    /// The transaction around a call.
    fn envelope(&mut self, to: Address, input: Bytes) -> Tx {
        let tx = Tx::new(to, input);
        match self.rng.below(14) {
            0 | 1 => Tx {
                to: forwarder(to, false),
                ..tx
            },
            2 => Tx {
                to: forwarder(to, true),
                ..tx
            },
            3 => tx.value(1),
            4 => tx.from(STRANGER),
            5 | 6 => {
                let limit = gas_for(&tx) + self.rng.next_u64() % 3 - 1;
                let floor = floor_gas(&tx);
                tx.gas_limit(limit.max(floor))
            }
            _ => tx,
        }
    }

    fn signed_message(&mut self) -> Bytes {
        if self.rng.below(4) == 0 {
            return mutate(&mut self.rng, &self.messages).into();
        }
        self.messages[self.rng.below(self.messages.len())].clone().into()
    }

    /// With the nonce that it was made for or another one, and perhaps a bit changed.
    fn verify_tee(&mut self) -> Bytes {
        let vendor = Vendor::ALL[self.rng.below(Vendor::ALL.len())];
        let nonce = B256::with_last_byte(self.rng.below(4) as u8);
        let device = self.fleet.device(vendor, self.rng.below(DEVICES) as u32);
        let mut evidence = device.evidence(nonce, B256::ZERO, 0);
        self.damage(&mut evidence);
        let asked = B256::with_last_byte(self.rng.below(4) as u8);
        let asked = if self.rng.below(4) == 0 { asked } else { nonce };
        [&[Operation::VerifyTee.opcode()], &evidence[..], &asked[..]]
            .concat()
            .into()
    }

    /// Changes a bit of every fourth piece of evidence.
    fn damage(&mut self, evidence: &mut [u8]) {
        if self.rng.below(4) == 0 {
            let at = self.rng.below(evidence.len());
            evidence[at] ^= 1 << self.rng.below(8);
        }
    }

    /// With a new nonce or the last one, with a GPU or without.
    fn attestation(&mut self) -> Bytes {
        let vendor = CPUS[self.rng.below(CPUS.len())];
        let device = self.fleet.device(vendor, self.rng.below(DEVICES) as u32);
        self.nonce += u64::from(self.rng.below(4) > 0);
        let claim = Claim {
            gpu: (self.rng.below(3) == 0).then(|| self.rng.below(DEVICES) as u32),
            ..Claim::new(CHAIN_ID, SENDER, U256::from(self.nonce))
        };
        let mut proof = device.prove(&claim);
        let mut quote = proof.cpuQuote.to_vec();
        self.damage(&mut quote);
        proof.cpuQuote = quote.into();
        if self.rng.below(2) == 0 {
            return verifyAttestationCall { proof }.abi_encode().into();
        }
        let operator = SENDER;
        verifyAttestationForCall { operator, proof }.abi_encode().into()
    }

    fn collateral(&mut self) -> Bytes {
        let all = self.fleet.collateral();
        let (vendor, mut collateral) = all[self.rng.below(all.len())].clone();
        self.damage(&mut collateral);
        let (vendor, collateral) = (abi_vendor(vendor), collateral.into());
        submitCollateralCall { vendor, collateral }.abi_encode().into()
    }

    fn sync(&mut self) -> Bytes {
        let council = Council::of_four(1 + u8::from(self.rng.below(6) == 0));
        if self.rng.below(6) == 0 {
            let next = Council::new(2, &[1, 2, 3]);
            return council
                .signed_rotation(&next, 1_000_000 + self.height)
                .abi_encode()
                .into();
        }
        self.height += 1;
        let mut update = council.signed_root(B256::repeat_byte(9), self.height);
        let mut signatures = update.signatures.to_vec();
        self.damage(&mut signatures);
        update.signatures = signatures.into();
        update.abi_encode().into()
    }

    /// Changes which evidence verifies: a vendor's roots, its pause, or how much is asked of all.
    fn governance(&mut self) -> Bytes {
        let roots = self.fleet.roots();
        let (vendor, fleets) = roots[self.rng.below(roots.len())].clone();
        let named = abi_vendor(vendor);
        let root = |roots: Vec<u8>| updateRootCACall {
            vendor: named,
            newRootCA: roots.into(),
        };
        match self.rng.below(8) {
            0 => root(default_roots(vendor)).abi_encode(),
            1 | 2 => root(fleets).abi_encode(),
            3 => pauseCall { vendor: named }.abi_encode(),
            4 | 5 => unpauseCall { vendor: named }.abi_encode(),
            _ => {
                let score = [50, 75][self.rng.below(2)];
                setMinTrustScoreCall { score }.abi_encode()
            }
        }
        .into()
    }
}

/// How many bytes of an input are zero, and how many are not.
fn bytes(tx: &Tx) -> (u64, u64) {
    let zeros = tx.input.iter().filter(|byte| **byte == 0).count();
    (zeros as u64, (tx.input.len() - zeros) as u64)
}

/// What a transaction and the precompile that it calls take.
pub(crate) fn gas_for(tx: &Tx) -> u64 {
    let aivm = Aivm::default();
    let price = aivm.find(tx.to).expect("a precompile").precompile.price;
    let (zeros, others) = bytes(tx);
    21_000 + 4 * zeros + 16 * others + price(&aivm.config().gas, &tx.input).gas
}

/// The least gas limit that a transaction may have (EIP-7623).
pub(crate) fn floor_gas(tx: &Tx) -> u64 {
    let (zeros, others) = bytes(tx);
    21_000 + 10 * (zeros + 4 * others)
}
