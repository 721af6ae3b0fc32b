//! Random trees of calls to operations 03 to 08, frames of which revert, against a model that keeps two sets.
//!
//! The model says what every call answers, what is logged, and what lies in storage afterwards.

mod evm;

use aivm::abi::{
    IAIMining::{AuthorizationChanged, WorkAlreadySpent, WorkSpent},
    IPrecompile::{DelegateCallNotAllowed, InputTooShort, StaticCallNotAllowed, Unauthorized},
};
use aivm_test_support::rng::Rng;
use alloy_primitives::{Address, B256, Bytes, Log, LogData, U256};
use alloy_sol_types::SolEvent;
use evm::{
    MINING, REGISTRY, SENDER,
    asm::Scheme,
    calls,
    chain::{Adapter, Chain, Tx},
    evidence::TRUST_SCORE,
    revert_data, trace,
    tree::{CONTRACTS, FRAME_GAS, Node, Operation, contract},
    word,
};
use revm::interpreter::InstructionResult;
use std::collections::{BTreeMap, BTreeSet};

/// Transactions for each adapter.
const TRANSACTIONS: usize = 400;

/// Who calls, and how.
#[derive(Clone, Copy)]
struct Frame {
    this: Address,
    is_static: bool,
}

/// What the chain must be.
#[derive(Clone, Default)]
struct Model {
    spent: BTreeSet<B256>,
    authorized: BTreeSet<Address>,
    logs: Vec<LogData>,
}

type Answer = Result<Bytes, Bytes>;

impl Model {
    /// Runs a tree and appends what each call answers.
    fn run(&mut self, node: &Node, frame: Frame, answers: &mut Vec<Answer>) {
        match node {
            Node::Call(scheme, operation) => answers.push(self.call(*scheme, operation, frame)),
            Node::Frame {
                contract,
                scheme,
                children,
                reverts,
            } => {
                let is_static = frame.is_static || *scheme == Scheme::StaticCall;
                let saved = self.clone();
                for child in children {
                    self.run(
                        child,
                        Frame {
                            this: *contract,
                            is_static,
                        },
                        answers,
                    );
                }
                if *reverts {
                    *self = saved;
                }
            }
        }
    }

    fn call(&mut self, scheme: Scheme, operation: &Operation, frame: Frame) -> Answer {
        if scheme == Scheme::DelegateCall {
            return Err(revert_data(&DelegateCallNotAllowed {}));
        }
        if frame.is_static && operation.writes() {
            return Err(revert_data(&StaticCallNotAllowed {}));
        }
        match operation {
            Operation::VerifyTee { genuine } => {
                let score = if *genuine { u64::from(TRUST_SCORE) } else { 0 };
                Ok([word(u64::from(*genuine)), word(score)].concat().into())
            }
            Operation::IsSpent(id) => Ok(word(u64::from(self.spent.contains(id)))),
            Operation::IsAuthorized(account) => Ok(word(u64::from(self.authorized.contains(account)))),
            Operation::ComputeWorkId(proof) => {
                let hash = blake3::hash(&proof[..78]);
                Ok(Bytes::copy_from_slice(hash.as_bytes()))
            }
            Operation::MarkSpent(id) => self.mark(*id, frame.this),
            Operation::SetAuthorized(account, flag) => self.authorize(*account, *flag, frame.this),
            Operation::Short(_, minimum) => {
                let (length, minimum) = (U256::from(minimum - 1), U256::from(*minimum));
                Err(revert_data(&InputTooShort { length, minimum }))
            }
        }
    }

    fn mark(&mut self, id: B256, by: Address) -> Answer {
        if !self.authorized.contains(&by) {
            return Err(revert_data(&Unauthorized { caller: by }));
        }
        if !self.spent.insert(id) {
            return Err(revert_data(&WorkAlreadySpent { workId: id }));
        }
        self.logs.push(WorkSpent { workId: id, by }.encode_log_data());
        Ok(Bytes::new())
    }

    fn authorize(&mut self, account: Address, authorized: bool, caller: Address) -> Answer {
        if caller != contract(0) {
            return Err(revert_data(&Unauthorized { caller }));
        }
        if authorized {
            self.authorized.insert(account);
        } else {
            self.authorized.remove(&account);
        }
        let event = AuthorizationChanged { account, authorized };
        self.logs.push(event.encode_log_data());
        Ok(Bytes::new())
    }

    /// The storage of AI mining: nothing but these.
    fn storage(&self) -> BTreeMap<U256, U256> {
        let slot = |tag: &[u8], key: &[u8]| {
            let hash = blake3::hash(&[tag, key].concat());
            (U256::from_be_bytes(*hash.as_bytes()), U256::ONE)
        };
        let spent = self.spent.iter().map(|id| slot(b"spnt", &id[..]));
        spent
            .chain(self.authorized.iter().map(|account| slot(b"auth", &account[..])))
            .collect()
    }
}

/// One chain through all transactions; every so often the spent works are forgotten by a fresh one.
struct Run {
    chain: Chain,
    model: Model,
    answers: usize,
    reverts: usize,
    logs: usize,
}

impl Run {
    fn new(adapter: Adapter) -> Self {
        let governance = contract(0);
        let mut chain = Chain::new(adapter, governance);
        let submit = calls::named("submitCollateral");
        assert!(chain.send(Tx::new(REGISTRY, submit.input)).is_success());
        let model = Model {
            authorized: [governance].into(),
            ..Default::default()
        };
        Self {
            chain,
            model,
            answers: 0,
            reverts: 0,
            logs: 0,
        }
    }

    fn step(&mut self, tree: &Node) {
        tree.install(&mut self.chain, 0);
        let Node::Frame { contract, .. } = tree else {
            panic!("a tree begins with a frame")
        };
        let receipt = self.chain.send(Tx::new(*contract, []).gas_limit(FRAME_GAS[0]));

        let mut expected = Vec::new();
        self.model.logs.clear();
        self.model.run(
            tree,
            Frame {
                this: SENDER,
                is_static: false,
            },
            &mut expected,
        );
        let answer = |frame: &&trace::Frame| match frame.end().result {
            InstructionResult::Return => Ok(frame.end().output.clone()),
            InstructionResult::Revert => Err(frame.end().output.clone()),
            other => panic!("{other:?}"),
        };
        let answers: Vec<Answer> = receipt.trace.of(&[MINING]).iter().map(answer).collect();
        assert_eq!(answers, expected, "{tree:?}");
        let logs: Vec<_> = receipt
            .logs()
            .iter()
            .map(|Log { data, .. }| data.clone())
            .collect();
        assert_eq!(logs, self.model.logs, "{tree:?}");
        assert_eq!(
            self.chain.disk.accounts[&MINING].storage,
            self.model.storage(),
            "{tree:?}"
        );
        self.answers += answers.len();
        self.reverts += answers.iter().filter(|answer| answer.is_err()).count();
        self.logs += logs.len();
    }
}

#[test]
fn random_trees_of_calls() {
    for &adapter in Adapter::ALL {
        let mut rng = Rng(0x0300);
        let (mut answers, mut reverts, mut logs) = (0, 0, 0);
        for _ in 0..TRANSACTIONS / 20 {
            let mut run = Run::new(adapter);
            for _ in 0..20 {
                let tree = Node::random(&mut rng, 0, &mut (0..CONTRACTS).collect());
                run.step(&tree);
            }
            answers += run.answers;
            reverts += run.reverts;
            logs += run.logs;
        }
        assert_eq!((answers, reverts, logs), (6_395, 3_835, 447));
    }
}
