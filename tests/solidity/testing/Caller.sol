// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @notice Calls others in every way there is.
contract Caller {
    error Undone();

    function call(address target, bytes calldata data) external returns (bytes memory) {
        (bool ok, bytes memory answer) = target.call(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(answer, 0x20), mload(answer))
            }
        }
        return answer;
    }

    /// @notice The call succeeds, and is undone.
    function callAndRevert(address target, bytes calldata data) external {
        (bool ok,) = target.call(data);
        require(ok, "the call failed");
        revert Undone();
    }

    /// @notice CALLCODE, which Solidity no longer has a word for.
    function callCode(address target, bytes memory data) external returns (bool ok, bytes memory answer) {
        assembly ("memory-safe") {
            ok := callcode(gas(), target, 0, add(data, 0x20), mload(data), 0, 0)
            answer := mload(0x40)
            mstore(answer, returndatasize())
            returndatacopy(add(answer, 0x20), 0, returndatasize())
            mstore(0x40, add(add(answer, 0x20), and(add(returndatasize(), 31), not(31))))
        }
    }
}
