// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title What two thirds are
library TwoThirds {
    /// @notice The least whole number that is at least two thirds of all: zero of nothing, else above zero.
    function roundedUp(uint256 all) internal pure returns (uint256) {
        return all - all / 3; // 2 · all would overflow
    }
}
