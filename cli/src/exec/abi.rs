//! Requests and answers as Solidity encodes them.

use super::request::{Answer, Block, Done, Known, Request, SlotKey, Status};
use crate::output::Failure;
use aivm::abi::exec::{self, AccountCode, EmittedLog, ExecAnswer, ExecRequest, ExecStatus, SlotValue};
use alloy_primitives::{Address, B256, Bytes, Log, hex};
use alloy_sol_types::SolValue;

/// Reads `abi.encode(ExecRequest)`, and nothing that an encoder would have written differently.
pub(super) fn decode(bytes: &[u8]) -> Result<Request, Failure> {
    let request = ExecRequest::abi_decode_validate(bytes)
        .ok()
        .filter(|request| request.abi_encode() == bytes)
        .ok_or_else(|| {
            Failure::new(format!(
                "the request: these {} bytes are not abi.encode(ExecRequest)",
                bytes.len()
            ))
            .next("`aivm exec --help` shows the struct; give all of its pieces, in order")
        })?;
    let slots = request.slots.into_iter().map(|entry| {
        let SlotValue { account, slot, value } = entry;
        (SlotKey { account, slot }, value)
    });
    let codes = request.codes.into_iter().map(|entry| (entry.account, entry.code));
    Ok(Request {
        target: request.target,
        caller: request.caller,
        value: request.value,
        gas: request.gas,
        is_static: request.isStatic,
        is_direct: request.isDirect,
        block: Block {
            timestamp: request.timestamp,
            number: request.blockNumber,
            chain_id: request.chainId,
        },
        data: request.data,
        known: Known {
            slots: slots.collect(),
            codes: codes.collect(),
        },
    })
}

/// Writes `abi.encode(ExecAnswer)`, in hexadecimal.
pub(super) fn encode(answer: Answer) -> String {
    let answer = match answer {
        Answer::Need { slots, codes } => ExecAnswer {
            missingSlots: slots.into_iter().map(slot).collect(),
            missingCodes: codes,
            ..empty(ExecStatus::Need)
        },
        Answer::Done(done) => ended(done),
    };
    hex::encode_prefixed(answer.abi_encode())
}

fn empty(status: ExecStatus) -> ExecAnswer {
    ExecAnswer {
        status,
        missingSlots: Vec::new(),
        missingCodes: Vec::new(),
        gasUsed: 0,
        output: Bytes::new(),
        slots: Vec::new(),
        codes: Vec::new(),
        logs: Vec::new(),
    }
}

fn ended(done: Done) -> ExecAnswer {
    let status = match done.status {
        Status::Success => ExecStatus::Success,
        Status::Revert => ExecStatus::Revert,
        Status::OutOfGas => ExecStatus::OutOfGas,
    };
    ExecAnswer {
        gasUsed: done.gas_used,
        output: done.output,
        slots: done.slots.into_iter().map(slot_value).collect(),
        codes: done.codes.into_iter().map(code).collect(),
        logs: done.logs.into_iter().map(log).collect(),
        ..empty(status)
    }
}

fn slot(SlotKey { account, slot }: SlotKey) -> exec::SlotKey {
    exec::SlotKey { account, slot }
}

fn slot_value((SlotKey { account, slot }, value): (SlotKey, B256)) -> SlotValue {
    SlotValue { account, slot, value }
}

fn code((account, code): (Address, Bytes)) -> AccountCode {
    AccountCode { account, code }
}

fn log(log: Log) -> EmittedLog {
    EmittedLog {
        account: log.address,
        topics: log.topics().to_vec(),
        data: log.data.data,
    }
}
