//! A tiny assembler for contracts that only call.
//!
//! ```text
//! Script::forward(Scheme::DelegateCall, target)              // what it is called with, to the target
//! Script::new().call(a, input).static_call(b, input).revert()
//! ```

use alloy_primitives::{Address, Bytes};

const STOP: u8 = 0x00;
const ADD: u8 = 0x01;
const SUB: u8 = 0x03;
const CALLDATASIZE: u8 = 0x36;
const CALLDATACOPY: u8 = 0x37;
const CODECOPY: u8 = 0x39;
const RETURNDATASIZE: u8 = 0x3d;
const RETURNDATACOPY: u8 = 0x3e;
const POP: u8 = 0x50;
const MSTORE: u8 = 0x52;
const JUMP: u8 = 0x56;
const JUMPI: u8 = 0x57;
const GAS: u8 = 0x5a;
const JUMPDEST: u8 = 0x5b;
const PUSH0: u8 = 0x5f;
const PUSH1: u8 = 0x60;
const PUSH3: u8 = 0x62;
const PUSH8: u8 = 0x67;
const PUSH20: u8 = 0x73;
const SWAP1: u8 = 0x90;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;
const INVALID: u8 = 0xfe;

/// BALANCE
pub(crate) const BALANCE: u8 = 0x31;
/// EXTCODESIZE
pub(crate) const EXTCODESIZE: u8 = 0x3b;
/// EXTCODEHASH
pub(crate) const EXTCODEHASH: u8 = 0x3f;

/// The four ways to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    Call,
    StaticCall,
    DelegateCall,
    CallCode,
}

impl Scheme {
    fn opcode(self) -> u8 {
        match self {
            Self::Call => 0xf1,
            Self::CallCode => 0xf2,
            Self::DelegateCall => 0xf4,
            Self::StaticCall => 0xfa,
        }
    }

    fn takes_value(self) -> bool {
        matches!(self, Self::Call | Self::CallCode)
    }
}

/// What a call is given.
#[derive(Clone, Debug)]
enum Input {
    /// What the contract was called with.
    Calldata,
    /// These bytes of the code's data: offset, length.
    Data(usize, usize),
    /// So many bytes that lie in memory.
    Memory(usize),
}

#[derive(Clone, Debug)]
struct Step {
    scheme: Scheme,
    to: Address,
    input: Input,
    value: u64,
    gas: Option<u64>,
}

/// How a script ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// As its last call did, with the same data.
    Bubble,
    /// Successfully, with the status word of the last call and its data.
    Report,
    /// With a revert, and the same data as `Report`.
    Revert,
    /// With the invalid opcode: all gas is used.
    Invalid,
    /// Successfully, with the gas that the last call took, and what it takes to make it.
    Meter,
}

/// A contract that makes calls, one after another, whatever came of the one before.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    data: Vec<u8>,
    steps: Vec<Step>,
    end: End,
}

impl Script {
    /// Makes no call yet, and ends as the last one did.
    pub(crate) fn new() -> Self {
        Self {
            data: Vec::new(),
            steps: Vec::new(),
            end: End::Bubble,
        }
    }

    /// A contract that hands on what it is called with, and ends as that call did.
    pub(crate) fn forward(scheme: Scheme, to: Address) -> Self {
        let mut script = Self::new();
        script.steps.push(Step {
            scheme,
            to,
            input: Input::Calldata,
            value: 0,
            gas: None,
        });
        script
    }

    /// Makes a call.
    pub(crate) fn step(mut self, scheme: Scheme, to: Address, input: &[u8]) -> Self {
        let input_at = Input::Data(self.data.len(), input.len());
        self.data.extend_from_slice(input);
        self.steps.push(Step {
            scheme,
            to,
            input: input_at,
            value: 0,
            gas: None,
        });
        self
    }

    pub(crate) fn call(self, to: Address, input: &[u8]) -> Self {
        self.step(Scheme::Call, to, input)
    }

    pub(crate) fn static_call(self, to: Address, input: &[u8]) -> Self {
        self.step(Scheme::StaticCall, to, input)
    }

    /// Makes the last call once more. Its input is in memory already, and is not copied there again.
    pub(crate) fn again(mut self) -> Self {
        let mut step = self.last().clone();
        step.input = match step.input {
            Input::Data(_, len) | Input::Memory(len) => Input::Memory(len),
            Input::Calldata => Input::Calldata,
        };
        self.steps.push(step);
        self
    }

    /// Sends so many wei with the last call.
    pub(crate) fn value(mut self, wei: u64) -> Self {
        self.last().value = wei;
        self
    }

    /// Gives the last call so much gas.
    pub(crate) fn gas(mut self, gas: u64) -> Self {
        self.last().gas = Some(gas);
        self
    }

    fn last(&mut self) -> &mut Step {
        self.steps.last_mut().expect("a call")
    }

    /// Succeeds, and returns the status word of the last call and its data.
    pub(crate) fn report(self) -> Self {
        Self {
            end: End::Report,
            ..self
        }
    }

    /// Reverts, whatever the calls did.
    pub(crate) fn revert(self) -> Self {
        Self {
            end: End::Revert,
            ..self
        }
    }

    /// Fails and uses up all gas, whatever the calls did.
    pub(crate) fn invalid(self) -> Self {
        Self {
            end: End::Invalid,
            ..self
        }
    }

    /// Returns the gas that the last call took.
    pub(crate) fn meter(self) -> Self {
        Self {
            end: End::Meter,
            ..self
        }
    }

    /// The bytecode: a jump over the data, then the calls.
    pub(crate) fn code(&self) -> Bytes {
        const DATA_AT: usize = 5;
        let mut code = Vec::new();
        // The last bytes of the data may look like a PUSH32, which would swallow the JUMPDEST.
        let start = DATA_AT + self.data.len() + 33;
        push3(&mut code, start);
        code.push(JUMP);
        code.extend_from_slice(&self.data);
        code.resize(start, STOP);
        code.push(JUMPDEST);
        for (index, step) in self.steps.iter().enumerate() {
            let is_last = index + 1 == self.steps.len();
            step.assemble(&mut code, DATA_AT, is_last && matches!(self.end, End::Meter));
            if !is_last {
                code.push(POP);
            }
        }
        self.end.assemble(&mut code);
        code.into()
    }
}

impl Step {
    fn assemble(&self, code: &mut Vec<u8>, data_at: usize, metered: bool) {
        match self.input {
            Input::Calldata => code.extend([CALLDATASIZE, PUSH0, PUSH0, CALLDATACOPY]),
            Input::Data(offset, len) => {
                push3(code, len);
                push3(code, data_at + offset);
                code.extend([PUSH0, CODECOPY]);
            }
            Input::Memory(_) => {}
        }
        if metered {
            code.push(GAS);
        }
        code.extend([PUSH0, PUSH0]);
        match self.input {
            Input::Calldata => code.push(CALLDATASIZE),
            Input::Data(_, len) | Input::Memory(len) => push3(code, len),
        }
        code.push(PUSH0);
        if self.scheme.takes_value() {
            push8(code, self.value);
        }
        push20(code, self.to);
        match self.gas {
            Some(gas) => push8(code, gas),
            None => code.push(GAS),
        }
        code.push(self.scheme.opcode());
    }
}

impl End {
    fn assemble(self, code: &mut Vec<u8>) {
        match self {
            Self::Bubble => {
                code.extend([RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY]);
                let success = code.len() + 4 + 1 + 3;
                push3(code, success);
                code.extend([JUMPI, RETURNDATASIZE, PUSH0, REVERT]);
                code.extend([JUMPDEST, RETURNDATASIZE, PUSH0, RETURN]);
            }
            Self::Report | Self::Revert => {
                code.extend([PUSH0, MSTORE, RETURNDATASIZE, PUSH0, PUSH1, 32, RETURNDATACOPY]);
                code.extend([RETURNDATASIZE, PUSH1, 32, ADD, PUSH0]);
                code.push(if matches!(self, Self::Report) {
                    RETURN
                } else {
                    REVERT
                });
            }
            Self::Invalid => code.push(INVALID),
            Self::Meter => {
                code.push(POP);
                difference(code);
            }
        }
    }
}

/// A contract that returns what `opcode` says of `address`, without metering.
pub(crate) fn ask(opcode: u8, address: Address) -> Bytes {
    let mut code = Vec::new();
    push20(&mut code, address);
    code.extend([opcode, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN]);
    code.into()
}

/// A contract that returns the gas that asking `opcode` of `address` takes, and 7 more for the rest.
pub(crate) fn meter_access(opcode: u8, address: Address) -> Bytes {
    let mut code = vec![GAS];
    push20(&mut code, address);
    code.extend([opcode, POP]);
    difference(&mut code);
    code.into()
}

/// What [`meter_access`] measures besides: PUSH20, POP, GAS.
pub(crate) const METER_ACCESS_OVERHEAD: u64 = 3 + 2 + 2;

/// Returns the difference of the gas now and the gas on the stack.
fn difference(code: &mut Vec<u8>) {
    code.extend([GAS, SWAP1, SUB, PUSH0, MSTORE, PUSH1, 32, PUSH0, RETURN]);
}

fn push3(code: &mut Vec<u8>, value: usize) {
    let [0, 0, 0, 0, 0, bytes @ ..] = value.to_be_bytes() else {
        panic!("{value} takes more than three bytes");
    };
    code.push(PUSH3);
    code.extend(bytes);
}

fn push8(code: &mut Vec<u8>, value: u64) {
    code.push(PUSH8);
    code.extend(value.to_be_bytes());
}

fn push20(code: &mut Vec<u8>, address: Address) {
    code.push(PUSH20);
    code.extend(address);
}
