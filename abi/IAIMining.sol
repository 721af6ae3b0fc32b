// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title AI mining, at 0x0300
/// @notice Calls are one opcode byte and a packed payload, so this interface declares no functions:
///
/// | opcode | operation       | payload                                       | returns               | gas    |
/// |--------|-----------------|-----------------------------------------------|-----------------------|--------|
/// | 0x01   | VerifyMLDSA     | set(1) public key, signature, message         | bool                  | 3,000  |
/// | 0x02   | CalculateReward | work proof                                    | uint256 wei           | 1,000  |
/// | 0x03   | VerifyTEE       | evidence, nonce(32)                           | bool, uint8 score     | 5,000  |
/// | 0x04   | IsSpent         | work id(32)                                   | bool                  | 100    |
/// | 0x05   | ComputeWorkId   | work proof                                    | bytes32               | 50     |
/// | 0x06   | MarkSpent       | work id(32)                                   | nothing               | 5,000  |
/// | 0x07   | SetAuthorized   | address(20), bool(1)                          | nothing               | 25,000 |
/// | 0x08   | IsAuthorized    | address(20)                                   | bool                  | 100    |
interface IAIMining {
    /// @notice A work id was spent by an authorised mining contract.
    event WorkSpent(bytes32 indexed workId, address indexed by);

    /// @notice Governance allowed a contract to mark work as spent, or took that away.
    event AuthorizationChanged(address indexed account, bool authorized);

    /// @notice The byte names none of 0x44 (ML-DSA-44), 0x65 (ML-DSA-65), 0x87 (ML-DSA-87).
    error UnknownParameterSet(uint8 parameterSet);

    /// @notice The privacy level is none of 1 Public, 2 Private, 3 Confidential, 4 Sovereign.
    error InvalidPrivacyLevel(uint16 level);

    /// @notice Levels 3 and 4 are paid only to a device that is attested now.
    error DeviceNotAttested(bytes32 deviceId);

    /// @notice Level 4 is paid only to a device whose CPU and GPU evidence were both verified.
    error SovereignNeedsHybrid(bytes32 deviceId);

    /// @notice The first byte of the evidence numbers no vendor.
    error UnknownVendor(uint8 vendor);

    /// @notice A work id is spent once.
    error WorkAlreadySpent(bytes32 workId);

    /// @notice A bool is one byte, 0 or 1.
    error InvalidBool(uint8 value);
}
