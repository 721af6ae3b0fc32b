// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title A contract with a governance of its own, handed over in two steps
/// @notice Governance is one account: a timelock, a multisig, a governor. Whoever is offered it must accept it, so that it is
/// not lost to a mistyped address. Others are refused with `Unauthorized(address)` of `IPrecompile`.
interface IGoverned {
    /// @notice Governance was handed over.
    event GovernanceChanged(address indexed previous, address indexed current);

    /// @notice Governance was offered to an account; to zero: an offer was taken back.
    event GovernanceOffered(address indexed current, address indexed offered);

    /// @notice Governance cannot be nobody's.
    error ZeroGovernance();

    /// @notice Offers governance to an account, which then may accept it; zero takes an offer back. Governance only.
    function offerGovernance(address account) external;

    /// @notice Takes governance over. The account that it is offered to only.
    function acceptGovernance() external;

    /// @notice Who governs.
    function governance() external view returns (address);

    /// @notice Who may take governance over; zero if nobody may.
    function offeredGovernance() external view returns (address);
}
