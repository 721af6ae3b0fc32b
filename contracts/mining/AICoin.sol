// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Burnable} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Burnable.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IAICoin} from "./IAICoin.sol";

/// @title AI Coin
/// @dev The owner is governance.
contract AICoin is IAICoin, ERC20Burnable, ERC20Permit, Ownable2Step {
    mapping(address account => bool) private _minters;

    constructor(address governance) ERC20("AI Coin", "AI") ERC20Permit("AI Coin") Ownable(governance) {}

    /// @inheritdoc IAICoin
    function mint(address to, uint256 amount) external {
        require(_minters[msg.sender], NotMinter(msg.sender));
        _mint(to, amount);
    }

    /// @inheritdoc IAICoin
    function setMinter(address minter, bool allowed) external onlyOwner {
        require(!allowed || _isContract(minter), MinterWithoutCode(minter));
        _minters[minter] = allowed;
        emit MinterChanged(minter, allowed);
    }

    /// @inheritdoc IAICoin
    function isMinter(address account) external view returns (bool) {
        return _minters[account];
    }

    /// @inheritdoc IAICoin
    function burn(uint256 amount) public override(IAICoin, ERC20Burnable) {
        super.burn(amount);
    }

    /// @inheritdoc IAICoin
    function burnFrom(address account, uint256 amount) public override(IAICoin, ERC20Burnable) {
        super.burnFrom(account, amount);
    }

    /// @dev Without governance a minter's authority would be for ever.
    function renounceOwnership() public view override onlyOwner {
        revert GovernanceRequired();
    }

    /// @dev The code of an account that a key controls is empty, or begins with 0xef0100 (EIP-7702), as no contract's does.
    function _isContract(address account) private view returns (bool) {
        bytes memory code = account.code;
        // forge-lint: disable-next-line(unsafe-typecast)
        return code.length != 0 && bytes3(code) != 0xef0100; // its first three bytes
    }
}
