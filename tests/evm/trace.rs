//! An inspector that records every frame: what it was given, what it gave, and what it took.

use alloy_primitives::{Address, Bytes, U256};
use revm::{
    Inspector,
    context::ContextTr,
    interpreter::{CallInputs, CallOutcome, CallScheme, InstructionResult},
};

/// One frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// How it was called.
    pub(crate) scheme: CallScheme,
    pub(crate) caller: Address,
    /// Whose storage it has.
    pub(crate) target: Address,
    /// Whose code it runs.
    pub(crate) code: Address,
    pub(crate) value: U256,
    pub(crate) is_static: bool,
    pub(crate) input: Bytes,
    pub(crate) gas_limit: u64,
    pub(crate) reservoir: u64,
    /// How many frames are above it.
    pub(crate) depth: usize,
    pub(crate) outcome: Option<FrameOutcome>,
}

/// What came of a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FrameOutcome {
    pub(crate) result: InstructionResult,
    pub(crate) output: Bytes,
    pub(crate) gas_used: u64,
    pub(crate) gas_refunded: i64,
    pub(crate) reservoir: u64,
    pub(crate) state_gas: i64,
    /// Whether a precompile ran, and not code.
    pub(crate) by_precompile: bool,
}

/// A frame began or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Enter(usize),
    Exit(usize),
}

/// Every frame of a transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Trace {
    pub(crate) frames: Vec<Frame>,
    pub(crate) events: Vec<Event>,
    open: Vec<usize>,
}

impl Trace {
    /// The frames that a precompile answered at one of these addresses, in order.
    pub(crate) fn of(&self, addresses: &[Address]) -> Vec<&Frame> {
        let by_precompile = |frame: &&Frame| {
            addresses.contains(&frame.code) && frame.outcome.as_ref().is_some_and(|end| end.by_precompile)
        };
        self.frames.iter().filter(by_precompile).collect()
    }
}

impl Frame {
    /// What came of it.
    pub(crate) fn end(&self) -> &FrameOutcome {
        self.outcome.as_ref().expect("the frame ended")
    }
}

impl<CTX: ContextTr> Inspector<CTX> for Trace {
    fn call(&mut self, context: &mut CTX, inputs: &mut CallInputs) -> Option<CallOutcome> {
        let index = self.frames.len();
        self.frames.push(Frame {
            scheme: inputs.scheme,
            caller: inputs.caller,
            target: inputs.target_address,
            code: inputs.bytecode_address,
            value: inputs.value.get(),
            is_static: inputs.is_static,
            input: inputs.input.bytes(context),
            gas_limit: inputs.gas_limit,
            reservoir: inputs.reservoir,
            depth: self.open.len(),
            outcome: None,
        });
        self.open.push(index);
        self.events.push(Event::Enter(index));
        None
    }

    fn call_end(&mut self, _context: &mut CTX, _inputs: &CallInputs, outcome: &mut CallOutcome) {
        let index = self.open.pop().expect("an open frame");
        let gas = &outcome.result.gas;
        self.frames[index].outcome = Some(FrameOutcome {
            result: outcome.result.result,
            output: outcome.result.output.clone(),
            gas_used: gas.total_gas_spent(),
            gas_refunded: gas.refunded(),
            reservoir: gas.reservoir(),
            state_gas: gas.state_gas_spent(),
            by_precompile: outcome.was_precompile_called,
        });
        self.events.push(Event::Exit(index));
    }
}
