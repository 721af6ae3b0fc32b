//! Random trees of calls: a transaction calls a contract, which calls contracts and AI mining, to some depth.
//! Any frame may revert, be a STATICCALL, or be a DELEGATECALL to the precompile.

use super::{
    MINING,
    asm::{Scheme, Script},
    chain::Chain,
    evidence::TDX,
    mining_input, work_proof,
};
use aivm_test_support::rng::Rng;
use alloy_primitives::{Address, B256, Bytes};

/// The contracts; each is in a tree at most once. The first governs.
pub(crate) const CONTRACTS: u8 = 8;

/// The works.
const WORKS: usize = 24;

/// How deep a tree is, and the gas for a frame at each depth: enough for what is below it.
pub(crate) const FRAME_GAS: [u64; 4] = [15_000_000, 3_600_000, 900_000, 200_000];

/// The address of a contract.
pub(crate) fn contract(index: u8) -> Address {
    Address::repeat_byte(0xa0 + index)
}

fn work(index: usize) -> B256 {
    B256::with_last_byte(index as u8)
}

/// A call to AI mining.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    VerifyTee {
        genuine: bool,
    },
    IsSpent(B256),
    ComputeWorkId(Vec<u8>),
    MarkSpent(B256),
    SetAuthorized(Address, bool),
    IsAuthorized(Address),
    /// An operation of the set above with a payload that is a byte short.
    Short(u8, usize),
}

/// What a contract does: a call to AI mining, or a frame with more below it.
#[derive(Debug)]
pub(crate) enum Node {
    Call(Scheme, Operation),
    Frame {
        contract: Address,
        scheme: Scheme,
        children: Vec<Node>,
        reverts: bool,
    },
}

impl Operation {
    fn random(rng: &mut Rng) -> Self {
        let account = |rng: &mut Rng| contract(rng.below(usize::from(CONTRACTS)) as u8);
        match rng.below(20) {
            0 => Self::VerifyTee {
                genuine: rng.below(2) == 0,
            },
            1..=3 => Self::IsSpent(work(rng.below(WORKS))),
            4 => {
                let len = rng.below(40);
                let proof = work_proof(
                    work(rng.below(WORKS)),
                    rng.next_u64() as u16,
                    rng.next_u64() as u32,
                );
                Self::ComputeWorkId([proof, rng.bytes(len)].concat())
            }
            5..=11 => Self::MarkSpent(work(rng.below(WORKS))),
            12..=16 => Self::SetAuthorized(account(rng), rng.below(3) > 0),
            17 | 18 => Self::IsAuthorized(account(rng)),
            _ => {
                let shorts = [(3, 33), (4, 32), (5, 78), (6, 32), (7, 21), (8, 20)];
                let (opcode, minimum) = shorts[rng.below(shorts.len())];
                Self::Short(opcode, minimum)
            }
        }
    }

    fn input(&self) -> Bytes {
        match self {
            Self::VerifyTee { genuine } => {
                let nonce = if *genuine { TDX.nonce } else { [0; 32] };
                mining_input(3, &[&TDX.evidence[..], &nonce].concat())
            }
            Self::IsSpent(id) => mining_input(4, &id[..]),
            Self::ComputeWorkId(proof) => mining_input(5, proof),
            Self::MarkSpent(id) => mining_input(6, &id[..]),
            Self::SetAuthorized(account, flag) => {
                mining_input(7, &[&account[..], &[u8::from(*flag)]].concat())
            }
            Self::IsAuthorized(account) => mining_input(8, account.as_slice()),
            Self::Short(opcode, minimum) => mining_input(*opcode, &vec![0; minimum - 1]),
        }
    }

    /// Whether it is refused below a STATICCALL.
    pub(crate) fn writes(&self) -> bool {
        matches!(
            self,
            Self::MarkSpent(_) | Self::SetAuthorized(..) | Self::Short(6 | 7, _)
        )
    }
}

impl Node {
    /// A tree of contracts that are still free.
    pub(crate) fn random(rng: &mut Rng, depth: usize, free: &mut Vec<u8>) -> Self {
        let mut children = Vec::new();
        for _ in 0..1 + rng.below(5) {
            let schemes = [
                Scheme::Call,
                Scheme::Call,
                Scheme::Call,
                Scheme::Call,
                Scheme::Call,
                Scheme::DelegateCall,
            ];
            children.push(Self::Call(
                schemes[rng.below(schemes.len())],
                Operation::random(rng),
            ));
        }
        // Those who may do something are called more often.
        let at = if rng.below(3) > 0 {
            0
        } else {
            rng.below(free.len())
        };
        let contract = contract(free.remove(at));
        if depth + 1 < FRAME_GAS.len() {
            for _ in 0..rng.below(4) {
                if !free.is_empty() {
                    let child = Self::random(rng, depth + 1, free);
                    children.insert(rng.below(children.len() + 1), child);
                }
            }
        }
        let scheme = if depth > 0 && rng.below(10) == 0 {
            Scheme::StaticCall
        } else {
            Scheme::Call
        };
        Self::Frame {
            contract,
            scheme,
            children,
            reverts: rng.below(5) == 0,
        }
    }

    /// Puts the contracts of a tree on a chain.
    pub(crate) fn install(&self, chain: &mut Chain, depth: usize) {
        let Self::Frame {
            contract,
            children,
            reverts,
            ..
        } = self
        else {
            return;
        };
        let mut script = Script::new();
        for child in children {
            script = match child {
                Self::Call(scheme, operation) => script.step(*scheme, MINING, &operation.input()),
                Self::Frame { contract, scheme, .. } => {
                    script.step(*scheme, *contract, &[]).gas(FRAME_GAS[depth + 1])
                }
            };
            child.install(chain, depth + 1);
        }
        chain.install(
            *contract,
            &if *reverts {
                script.revert()
            } else {
                script.report()
            },
        );
    }
}
