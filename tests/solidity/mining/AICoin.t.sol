// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {Test} from "forge-std/Test.sol";
import {AICoin} from "aivm/contracts/mining/AICoin.sol";
import {IAICoin} from "aivm/contracts/mining/IAICoin.sol";

contract AICoinTest is Test {
    bytes32 private constant PERMIT_TYPEHASH =
        keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    AICoin private coin;
    address private governance = makeAddr("governance");
    address private minter = makeAddr("minter");
    address private spender = makeAddr("spender");
    address private holder;
    uint256 private holderKey;

    function setUp() public {
        vm.warp(1_000);
        (holder, holderKey) = makeAddrAndKey("holder");
        coin = new AICoin(governance);
        vm.etch(minter, hex"00");
        vm.prank(governance);
        coin.setMinter(minter, true);
    }

    function test_Metadata() public view {
        assertEq(coin.name(), "AI Coin");
        assertEq(coin.symbol(), "AI");
        assertEq(coin.decimals(), 18);
        assertEq(coin.totalSupply(), 0);
        assertEq(coin.owner(), governance);
    }

    function test_SetMinter() public {
        address other = makeAddr("other");
        vm.etch(other, hex"00");
        vm.expectEmit(address(coin));
        emit IAICoin.MinterChanged(other, true);
        vm.prank(governance);
        coin.setMinter(other, true);
        assertTrue(coin.isMinter(other));

        vm.expectEmit(address(coin));
        emit IAICoin.MinterChanged(other, false);
        vm.prank(governance);
        coin.setMinter(other, false);
        assertFalse(coin.isMinter(other));
    }

    function test_SetMinter_TakesAwayWhereTheCodeIsGone() public {
        vm.etch(minter, "");
        vm.prank(governance);
        coin.setMinter(minter, false);
        assertFalse(coin.isMinter(minter));
    }

    function test_RevertWhen_MinterHasNoCode() public {
        vm.prank(governance);
        vm.expectRevert(abi.encodeWithSelector(IAICoin.MinterWithoutCode.selector, spender));
        coin.setMinter(spender, true);
    }

    /// @dev An account that a key controls, and that delegates to code.
    function test_Attack_KeyThatDelegatesToCodeAsMinter() public {
        vm.etch(spender, abi.encodePacked(hex"ef0100", minter));
        vm.prank(governance);
        vm.expectRevert(abi.encodeWithSelector(IAICoin.MinterWithoutCode.selector, spender));
        coin.setMinter(spender, true);
    }

    function test_RevertWhen_GovernanceIsGivenUp() public {
        vm.prank(governance);
        vm.expectRevert(IAICoin.GovernanceRequired.selector);
        coin.renounceOwnership();
        vm.prank(minter);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, minter));
        coin.renounceOwnership();
        assertEq(coin.owner(), governance);
    }

    function test_RevertWhen_NotGovernanceNamesAMinter() public {
        vm.prank(minter);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, minter));
        coin.setMinter(minter, true);
    }

    function test_Governance_IsHandedOverInTwoSteps() public {
        vm.prank(governance);
        coin.transferOwnership(spender);
        assertEq(coin.owner(), governance);
        vm.prank(holder);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableUnauthorizedAccount.selector, holder));
        coin.acceptOwnership();
        vm.prank(spender);
        coin.acceptOwnership();
        assertEq(coin.owner(), spender);
    }

    function testFuzz_Mint(uint256 first, uint256 second) public {
        second = bound(second, 0, type(uint256).max - first);
        vm.startPrank(minter);
        coin.mint(holder, first);
        coin.mint(spender, second);
        assertEq(coin.balanceOf(holder), first);
        assertEq(coin.balanceOf(spender), second);
        assertEq(coin.totalSupply(), first + second);
    }

    function test_Attack_GovernanceMints() public {
        vm.prank(governance);
        vm.expectRevert(abi.encodeWithSelector(IAICoin.NotMinter.selector, governance));
        coin.mint(governance, 1);
    }

    function test_Attack_FormerMinterMints() public {
        vm.prank(governance);
        coin.setMinter(minter, false);
        vm.prank(minter);
        vm.expectRevert(abi.encodeWithSelector(IAICoin.NotMinter.selector, minter));
        coin.mint(minter, 1);
    }

    function test_RevertWhen_MintedToNobody() public {
        vm.prank(minter);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        coin.mint(address(0), 1);
    }

    function test_Burn() public {
        _mint(10);
        vm.prank(holder);
        coin.burn(4);
        assertEq(coin.balanceOf(holder), 6);
        assertEq(coin.totalSupply(), 6);
        vm.prank(holder);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, holder, 6, 7));
        coin.burn(7);
    }

    function test_BurnFrom_NeedsTheHoldersConsent() public {
        _mint(10);
        vm.prank(governance);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, governance, 0, 1));
        coin.burnFrom(holder, 1);
        vm.prank(holder);
        coin.approve(spender, 3);
        vm.prank(spender);
        coin.burnFrom(holder, 3);
        assertEq(coin.totalSupply(), 7);
        assertEq(coin.allowance(holder, spender), 0);
    }

    function testFuzz_Permit(uint256 value, uint256 deadline) public {
        deadline = bound(deadline, block.timestamp, type(uint256).max);
        (uint8 v, bytes32 r, bytes32 s) = _permit(value, 0, deadline);
        coin.permit(holder, spender, value, deadline, v, r, s);
        assertEq(coin.allowance(holder, spender), value);
        assertEq(coin.nonces(holder), 1);
    }

    function test_Permit_LastsUntilItsDeadline() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(5, 0, 1_000);
        uint256 snapshot = vm.snapshotState();
        coin.permit(holder, spender, 5, 1_000, v, r, s);
        vm.revertToState(snapshot);
        vm.warp(1_001);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612ExpiredSignature.selector, 1_000));
        coin.permit(holder, spender, 5, 1_000, v, r, s);
    }

    function test_Attack_PermitReplayed() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(5, 0, 2_000);
        coin.permit(holder, spender, 5, 2_000, v, r, s);
        _expectInvalid(_digest(5, 1, 2_000), v, r, s);
        coin.permit(holder, spender, 5, 2_000, v, r, s);
    }

    function test_Attack_PermitWithALaterNonce() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(5, 1, 2_000);
        _expectInvalid(_digest(5, 0, 2_000), v, r, s);
        coin.permit(holder, spender, 5, 2_000, v, r, s);
    }

    function test_Attack_PermitOfAnotherValue() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(5, 0, 2_000);
        _expectInvalid(_digest(6, 0, 2_000), v, r, s);
        coin.permit(holder, spender, 6, 2_000, v, r, s);
    }

    function test_Attack_PermitForAnotherChain() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(5, 0, 2_000);
        bytes32 here = coin.DOMAIN_SEPARATOR();
        vm.chainId(block.chainid + 1);
        assertNotEq(coin.DOMAIN_SEPARATOR(), here);
        _expectInvalid(_digest(5, 0, 2_000), v, r, s);
        coin.permit(holder, spender, 5, 2_000, v, r, s);
    }

    function test_Attack_PermitForAnotherCoin() public {
        (uint8 v, bytes32 r, bytes32 s) = _permit(5, 0, 2_000);
        coin = new AICoin(governance);
        _expectInvalid(_digest(5, 0, 2_000), v, r, s);
        coin.permit(holder, spender, 5, 2_000, v, r, s);
    }

    function _mint(uint256 amount) private {
        vm.prank(minter);
        coin.mint(holder, amount);
    }

    function _permit(uint256 value, uint256 nonce, uint256 deadline)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        return vm.sign(holderKey, _digest(value, nonce, deadline));
    }

    function _digest(uint256 value, uint256 nonce, uint256 deadline) private view returns (bytes32) {
        bytes32 hashed = keccak256(abi.encode(PERMIT_TYPEHASH, holder, spender, value, nonce, deadline));
        return keccak256(abi.encodePacked(hex"1901", coin.DOMAIN_SEPARATOR(), hashed));
    }

    /// @dev The signature is somebody's over the digest that the coin computes, but not the holder's.
    function _expectInvalid(bytes32 digest, uint8 v, bytes32 r, bytes32 s) private {
        address recovered = ecrecover(digest, v, r, s);
        vm.expectRevert(abi.encodeWithSelector(ERC20Permit.ERC2612InvalidSigner.selector, recovered, holder));
    }
}
