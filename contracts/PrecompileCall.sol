// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title Calls of precompiles that may not be there
/// @notice What a precompile reverts with is passed on as it is. A missing answer is never taken for one: where nothing
/// answers, calls revert with `PrecompileAbsent`, and where too little gas was left, with `InsufficientGas`.
library PrecompileCall {
    /// @dev What the call of a precompile costs its caller, and a little more: a call that is left too little gas must never
    /// look like one that nobody answers.
    uint256 private constant CALL_COST = 200;

    /// @notice Nothing answers at the precompile's address.
    error PrecompileAbsent();

    /// @notice The call was left less gas than the operation costs.
    error InsufficientGas(uint256 available, uint256 price);

    /// @notice What answered is not the precompile: its answer is no value of the declared type.
    error UnexpectedAnswer(bytes answer);

    // slither-disable-start assembly -- the gas must be read right before the call, after Solidity has copied the input

    /// @notice What the precompile answers, which is never nothing.
    /// @param price What the operation costs by default: it tells one failure from another.
    function read(address target, bytes memory input, uint256 price) internal view returns (bytes memory answer) {
        (bool ok, uint256 left) = (false, 0);
        assembly ("memory-safe") {
            left := gas()
            ok := staticcall(gas(), target, add(input, 0x20), mload(input), 0, 0)
        }
        if (!ok) _fail(left, price);
        answer = _answer();
        // An account without code answers with nothing, as if all were well.
        if (answer.length == 0) revert PrecompileAbsent();
    }

    /// @notice The same for a call that writes, and may answer with nothing.
    function write(address target, bytes memory input, uint256 price) internal returns (bytes memory answer) {
        // So does an account without code: the code tells them apart.
        if (target.code.length == 0) revert PrecompileAbsent();
        (bool ok, uint256 left) = (false, 0);
        assembly ("memory-safe") {
            left := gas()
            ok := call(gas(), target, 0, add(input, 0x20), mload(input), 0, 0)
        }
        if (!ok) _fail(left, price);
        return _answer();
    }

    /// @dev What the last call returned.
    function _answer() private pure returns (bytes memory answer) {
        assembly ("memory-safe") {
            answer := mload(0x40)
            let size := returndatasize()
            mstore(answer, size)
            returndatacopy(add(answer, 0x20), 0, size)
            mstore(0x40, and(add(add(answer, size), 0x3f), not(0x1f)))
        }
    }

    /// @dev The precompile says why it reverts. Nothing is said when gas runs out, or when the code that marks its account
    /// is run, the invalid opcode, by a client that lacks it. Of the gas only a sixty-fourth is left then.
    function _fail(uint256 left, uint256 price) private pure {
        assembly ("memory-safe") {
            let size := returndatasize()
            if size {
                let answer := mload(0x40)
                returndatacopy(answer, 0, size)
                revert(answer, size)
            }
        }
        unchecked {
            // What EIP-150 lets through to the callee: gas is far below 2^256 / 63.
            uint256 available = left < CALL_COST ? 0 : (left - CALL_COST) * 63 / 64;
            if (available < price) revert InsufficientGas(available, price);
        }
        revert PrecompileAbsent();
    }

    // slither-disable-end assembly
}
