// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationChain} from "./IAttestationChain.sol";

/// @title Governance of 0x0AAA that takes `updateRootCA` back from `AttestationRegistry`
interface IRootCAForwarder {
    /// @notice Calls `updateRootCA` of 0x0AAA. For the `AttestationRegistry` only, which calls it when, and only when,
    /// governance itself called `updateRootCA` there.
    function forwardRootCA(IAttestationChain.TEEVendor vendor, bytes calldata newRootCA) external;
}
