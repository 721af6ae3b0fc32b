// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @title AI Coin: what compute is paid in
/// @notice An ERC-20 token with permits (ERC-2612) and 18 decimals. Contracts that governance names mint it, holders burn
/// it. There is no cap: supply follows the work that minters accept, so every minter must be one that bounds itself, as
/// `MiningRewards` is bounded by the time that devices have.
///
/// Governance can name minters and nothing else: it moves, freezes and burns nobody's coins.
interface IAICoin is IERC20 {
    /// @notice Governance let a contract mint, or took that away.
    event MinterChanged(address indexed minter, bool allowed);

    /// @notice Only minters mint.
    error NotMinter(address caller);

    /// @notice A minter is a contract: its code says when it mints. A key could mint without end, and so could one whose
    /// account delegates to code (EIP-7702).
    error MinterWithoutCode(address minter);

    /// @notice There is always a governance: it alone takes a minter's authority away.
    error GovernanceRequired();

    /// @notice Mints `amount` of the smallest unit, 1e-18 AI. Minters only.
    function mint(address to, uint256 amount) external;

    /// @notice Burns the caller's coins.
    function burn(uint256 amount) external;

    /// @notice Burns coins of an account that allowed the caller to spend them.
    function burnFrom(address account, uint256 amount) external;

    /// @notice Lets a contract mint, or no longer. Governance only.
    function setMinter(address minter, bool allowed) external;

    /// @notice Whether the account may mint.
    function isMinter(address account) external view returns (bool);
}
