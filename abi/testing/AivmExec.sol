// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

// What `aivm exec` takes and answers: one call of a precompile, run by the code that clients run, for an EVM that lacks the
// precompiles, such as Foundry's. The process keeps nothing, so the caller gives what it knows of the state: a call is
// made again, with what was missing, until it ends. `aivm genesis accounts --abi` has the state before the first call,
// as (AccountCode[], SlotValue[]).

/// A storage slot.
struct SlotKey {
    address account;
    bytes32 slot;
}

/// A storage slot with its value.
struct SlotValue {
    address account;
    bytes32 slot;
    bytes32 value;
}

/// An account's code.
struct AccountCode {
    address account;
    bytes code;
}

/// A log: at most four topics.
struct EmittedLog {
    address account;
    bytes32[] topics;
    bytes data;
}

/// One call of a precompile, and what of the state is known so far.
struct ExecRequest {
    address target; // the precompile
    address caller; // the immediate sender
    uint256 value; // wei sent along
    uint64 gas; // the gas that the call may use
    bool isStatic; // whether this frame, or any above it, is a STATICCALL
    bool isDirect; // whether it is a CALL or STATICCALL, not a DELEGATECALL or CALLCODE
    uint64 timestamp; // of the block, in Unix seconds
    uint64 blockNumber;
    uint64 chainId;
    bytes data; // the call data
    SlotValue[] slots; // each slot once
    AccountCode[] codes; // each account once
}

/// How a call ended, or that it needs more of the state.
enum ExecStatus {
    Need,
    Success,
    Revert,
    OutOfGas
}

/// What came of it.
struct ExecAnswer {
    ExecStatus status;
    SlotKey[] missingSlots; // Need: give these too, and ask again
    address[] missingCodes; // Need: the codes of these too
    uint64 gasUsed; // not Need
    bytes output; // Success, Revert
    SlotValue[] slots; // Success: what is to be stored, each slot once, first written first
    AccountCode[] codes; // Success: the codes to be set
    EmittedLog[] logs; // Success: oldest first
}
