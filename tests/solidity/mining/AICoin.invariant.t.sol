// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {AICoin} from "aivm/contracts/mining/AICoin.sol";
import {IAICoin} from "aivm/contracts/mining/IAICoin.sol";

/// @dev Three contracts, of which governance lets some mint, and three holders. It keeps the books beside the coin.
contract AICoinHandler is Test {
    AICoin public immutable COIN = new AICoin(address(this));

    uint256 public minted;
    uint256 public burned;
    uint256 public refused;
    mapping(address holder => uint256) public balances;
    mapping(address minter => bool) public mayMint;

    function minter(uint256 i) public pure returns (address) {
        return address(uint160(0xA1000 + i % 3));
    }

    function holder(uint256 i) public pure returns (address) {
        return address(uint160(0xB1000 + i % 3));
    }

    constructor() {
        for (uint256 i; i < 3; i++) {
            vm.etch(minter(i), hex"00");
        }
    }

    function setMinter(uint256 i, bool allowed) external {
        COIN.setMinter(minter(i), allowed);
        mayMint[minter(i)] = allowed;
    }

    function mint(uint256 i, uint256 to, uint128 amount) external {
        vm.prank(minter(i));
        if (mayMint[minter(i)]) {
            COIN.mint(holder(to), amount);
            (minted, balances[holder(to)]) = (minted + amount, balances[holder(to)] + amount);
        } else {
            vm.expectRevert(abi.encodeWithSelector(IAICoin.NotMinter.selector, minter(i)));
            COIN.mint(holder(to), amount);
            refused++;
        }
    }

    function transfer(uint256 from, uint256 to, uint256 amount) external {
        amount = bound(amount, 0, balances[holder(from)]);
        vm.prank(holder(from));
        assertTrue(COIN.transfer(holder(to), amount));
        balances[holder(from)] -= amount;
        balances[holder(to)] += amount;
    }

    function burn(uint256 from, uint256 amount, bool byAnother) external {
        address owner = holder(from);
        amount = bound(amount, 0, balances[owner]);
        if (byAnother) {
            vm.prank(owner);
            COIN.approve(address(this), amount);
            COIN.burnFrom(owner, amount);
        } else {
            vm.prank(owner);
            COIN.burn(amount);
        }
        (burned, balances[owner]) = (burned + amount, balances[owner] - amount);
    }
}

contract AICoinInvariant is Test {
    AICoinHandler private handler;

    function setUp() public {
        handler = new AICoinHandler();
        targetContract(address(handler));
    }

    /// @dev Coins come from minters, go by burning, and are whose the books say.
    function invariant_SupplyIsWhatWasMintedAndNotBurned() public view {
        AICoin coin = handler.COIN();
        uint256 held;
        for (uint256 i; i < 3; i++) {
            address holder = handler.holder(i);
            assertEq(coin.balanceOf(holder), handler.balances(holder));
            held += coin.balanceOf(holder);
            assertEq(coin.isMinter(handler.minter(i)), handler.mayMint(handler.minter(i)));
        }
        assertEq(coin.totalSupply(), held);
        assertEq(held, handler.minted() - handler.burned());
    }
}
