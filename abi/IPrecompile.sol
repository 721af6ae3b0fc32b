// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title What every aivm precompile may revert with
/// @notice The rules for every call: only CALL and STATICCALL, no value, no write below a STATICCALL. The price
/// of an operation is charged whether it succeeds or reverts; the rest of the gas comes back.
interface IPrecompile {
    /// @notice DELEGATECALL and CALLCODE would lend the parent's identity to the precompile.
    error DelegateCallNotAllowed();

    /// @notice A precompile keeps no balance.
    error ValueNotAllowed();

    /// @notice A writing operation was called below a STATICCALL.
    error StaticCallNotAllowed();

    /// @notice No operation has this opcode (left-aligned, zero-padded) or selector.
    error UnknownOperation(bytes4 operation);

    /// @notice The input is shorter than the operation needs. Lengths are in bytes, without opcode or selector.
    error InputTooShort(uint256 length, uint256 minimum);

    /// @notice The input is longer than the operation takes. Lengths are in bytes, without opcode or selector.
    error InputTooLong(uint256 length, uint256 maximum);

    /// @notice The input is not the canonical ABI encoding of the function's arguments. Not of 0x0300, whose input is
    /// packed.
    error InvalidAbiEncoding(bytes4 selector);

    /// @notice The caller may not do this.
    error Unauthorized(address caller);
}
