//! What is timed: one call of a case, through the adapter for revm or bare, and nothing around it.
//!
//! Through the adapter: `PrecompileProvider::run` of [`AivmPrecompiles`] on a context of revm over a database in memory, as a
//! frame calls it. The journal is new for every call and knows the called account alone, as it does when a frame begins:
//! every slot is cold. Bare: [`Aivm::call`] over a [`MemoryHost`]. Taking back what a call wrote is never in the time.

#![allow(clippy::disallowed_methods)] // a clock, to measure with

use crate::{
    case::{Case, Target},
    undo::Undo,
    world::{BLOCK, CHAIN_ID, GAS_LIMIT, World, call},
};
use aivm::{
    Aivm, Config, MemoryHost, Outcome,
    crypto::{AwsLc, RustCrypto},
    precompiles::mining::Operation,
    revm::AivmPrecompiles,
};
use aivm_simulator::fleet::NOW;
use alloy_primitives::{B256, U256};
use mldsa_verify::Path as Lanes;
use revm::{
    Context, MainContext,
    bytecode::Bytecode,
    context::JournalTr,
    database::InMemoryDB,
    handler::{MainnetContext, PrecompileProvider},
    interpreter::{CallInput, CallInputs, CallScheme, CallValue, InstructionResult, InterpreterResult},
    primitives::hardfork::SpecId,
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

/// The way to a precompile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Path {
    /// Through the adapter for revm.
    Adapter,
    /// Without an EVM.
    Bare,
}

/// The signature backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// The default, by whatever is the fastest on this machine.
    AwsLc,
    /// The default without the ML-DSA of this project for AVX-512: what other machines have.
    Portable,
    /// Rust alone.
    RustCrypto,
}

impl Backend {
    /// Every backend.
    pub const ALL: [Self; 3] = [Self::AwsLc, Self::Portable, Self::RustCrypto];

    /// The precompiles with this backend.
    ///
    /// # Panics
    ///
    /// Never: the default configuration works.
    pub fn aivm(self) -> Aivm {
        let aivm = match self {
            Self::AwsLc => Aivm::new(Config::default(), AwsLc),
            Self::Portable => Aivm::new(Config::default(), AwsLc::portable()),
            Self::RustCrypto => Aivm::new(Config::default(), RustCrypto),
        };
        aivm.expect("the default configuration")
    }

    /// Its name in reports.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AwsLc => "aws-lc",
            Self::Portable => "portable",
            Self::RustCrypto => "rust-crypto",
        }
    }
}

/// Every chain that cases are on, in both forms, and every backend in both.
pub struct Stage {
    backends: BTreeMap<Backend, (Aivm, AivmPrecompiles)>,
    chains: BTreeMap<&'static str, Chain>,
}

struct Chain {
    context: MainnetContext<InMemoryDB>,
    host: MemoryHost,
}

impl Stage {
    /// The chains of these cases.
    ///
    /// # Panics
    ///
    /// Never: the default configuration works.
    pub fn new<'c>(cases: impl IntoIterator<Item = &'c Case>) -> Self {
        let backends = Backend::ALL.map(|backend| {
            let aivm = backend.aivm();
            let precompiles = AivmPrecompiles::new(aivm.clone(), SpecId::OSAKA, NOW).expect("free addresses");
            (backend, (aivm, precompiles))
        });
        let mut chains = BTreeMap::new();
        for case in cases {
            chains
                .entry(case.world.name)
                .or_insert_with(|| Chain::new(&case.world));
        }
        Self {
            backends: BTreeMap::from(backends),
            chains,
        }
    }

    /// Runs call number `turn` of a subject: the time of the call alone, and how it ended.
    ///
    /// # Panics
    ///
    /// If its chain is not on this stage.
    pub fn run(&mut self, subject: &Subject, turn: usize) -> (Duration, Outcome) {
        self.run_in(subject, turn, |call| {
            let start = Instant::now();
            call();
            start.elapsed()
        })
    }

    /// Runs call number `turn` of a subject inside of something that is given the call and nothing else to do.
    ///
    /// # Panics
    ///
    /// If its chain is not on this stage, or if the call is not made exactly once.
    pub fn run_in<T>(
        &mut self,
        subject: &Subject,
        turn: usize,
        around: impl FnOnce(&mut dyn FnMut()) -> T,
    ) -> (T, Outcome) {
        let chain = self
            .chains
            .get_mut(subject.case.world.name)
            .expect("a chain of the stage");
        let (aivm, precompiles) = self.backends.get_mut(&subject.backend).expect("every backend");
        let frame = &subject.frames[turn % subject.frames.len()];
        match subject.path {
            Path::Adapter => chain.through_adapter(precompiles, frame, around),
            Path::Bare => {
                let input = &subject.case.inputs[turn % subject.frames.len()];
                chain.bare(aivm, &subject.case, input, around)
            }
        }
    }
}

impl Chain {
    fn new(world: &Arc<World>) -> Self {
        let context = Context::mainnet()
            .modify_block_chained(|block| {
                (block.timestamp, block.number) = (U256::from(NOW), U256::from(BLOCK));
            })
            .modify_cfg_chained(|cfg| cfg.chain_id = CHAIN_ID)
            .with_db(world.database());
        Self {
            context,
            host: world.host.clone(),
        }
    }

    fn through_adapter<T>(
        &mut self,
        precompiles: &mut AivmPrecompiles,
        frame: &CallInputs,
        around: impl FnOnce(&mut dyn FnMut()) -> T,
    ) -> (T, Outcome) {
        let journal = &mut self.context.journaled_state;
        drop(journal.finalize());
        journal
            .load_account(frame.bytecode_address)
            .expect("memory cannot fail");
        let mut result = None;
        let value = around(&mut || result = Some(precompiles.run(&mut self.context, black_box(frame))));
        let result = result.expect("the call was made").expect("memory cannot fail");
        (value, outcome(result.expect("a precompile")))
    }

    fn bare<T>(
        &mut self,
        aivm: &Aivm,
        case: &Case,
        input: &[u8],
        around: impl FnOnce(&mut dyn FnMut()) -> T,
    ) -> (T, Outcome) {
        let mut host = Undo::new(&mut self.host);
        let (to, caller) = (case.target.address(), case.caller);
        let mut outcome = None;
        let value = around(&mut || outcome = Some(call(aivm, &mut host, to, caller, black_box(input))));
        host.undo();
        (value, outcome.expect("the call was made"))
    }
}

/// revm's result in our words.
fn outcome(result: InterpreterResult) -> Outcome {
    let gas_used = result.gas.total_gas_spent();
    let output = result.output;
    match result.result {
        InstructionResult::Return => Outcome::Success { gas_used, output },
        InstructionResult::Revert => Outcome::Revert { gas_used, output },
        _ => Outcome::OutOfGas,
    }
}

/// A case on one way, with one backend.
#[derive(Clone)]
pub struct Subject {
    /// The case.
    pub case: Arc<Case>,
    /// The way.
    pub path: Path,
    /// The backend.
    pub backend: Backend,
    frames: Vec<CallInputs>,
}

impl Subject {
    /// A case on one way, with one backend.
    pub fn new(case: &Arc<Case>, path: Path, backend: Backend) -> Self {
        Self {
            frames: case
                .inputs
                .iter()
                .map(|input| frame(case, input.clone()))
                .collect(),
            case: case.clone(),
            path,
            backend,
        }
    }

    /// What is measured of these cases: the default backend through the adapter and bare; that of machines without AVX-512
    /// where this one has it and it matters; the backend in Rust alone where signatures are checked. The references are the
    /// client's own, and only there.
    pub fn of(cases: &[Arc<Case>]) -> Vec<Self> {
        let mut subjects = Vec::new();
        for case in cases {
            let mut add = |path, backend| subjects.push(Self::new(case, path, backend));
            add(Path::Adapter, Backend::AwsLc);
            if matches!(case.target, Target::Reference(_)) {
                continue;
            }
            add(Path::Bare, Backend::AwsLc);
            if case.operation() == Operation::VerifyMldsa.name() && Lanes::Avx512.is_available() {
                add(Path::Adapter, Backend::Portable);
            }
            if case.signatures {
                add(Path::Adapter, Backend::RustCrypto);
            }
        }
        subjects
    }
}

/// The call as a frame of revm has it.
fn frame(case: &Case, input: alloy_primitives::Bytes) -> CallInputs {
    let address = case.target.address();
    CallInputs {
        input: CallInput::Bytes(input),
        return_memory_offset: 0..0,
        gas_limit: GAS_LIMIT,
        reservoir: 0,
        bytecode_address: address,
        known_bytecode: (B256::ZERO, Bytecode::default()),
        target_address: address,
        caller: case.caller,
        value: CallValue::Transfer(U256::ZERO),
        scheme: CallScheme::Call,
        is_static: false,
        charged_new_account_state_gas: false,
    }
}
