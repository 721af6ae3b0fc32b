// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {PrecompileCall} from "aivm/contracts/PrecompileCall.sol";
import {IAICoin} from "aivm/contracts/mining/IAICoin.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningRewards} from "aivm/contracts/mining/MiningRewards.sol";
import {MiningBase} from "./MiningBase.sol";

/// @dev A coin that calls back while it mints.
contract HostileCoin {
    bytes private _call;
    bool private _passesOn;

    uint256 public minted;
    bytes public answer;

    function prepare(bytes calldata data, bool passesOn) external {
        (_call, _passesOn) = (data, passesOn);
    }

    function mint(address, uint256 amount) external {
        minted += amount;
        bool ok;
        (ok, answer) = msg.sender.call(_call);
        bytes memory reason = answer;
        if (!ok && _passesOn) {
            assembly ("memory-safe") {
                revert(add(reason, 0x20), mload(reason))
            }
        }
    }
}

/// @dev A coin that will not mint.
contract BrokenCoin {
    error OutOfOrder();

    function mint(address, uint256) external pure {
        revert OutOfOrder();
    }
}

/// @dev The coin misbehaves, and gas runs out: nothing is paid twice, and nothing is spent without being paid.
contract MiningRewardsCoin is MiningBase {
    bytes private constant REENTRANT =
        abi.encodeWithSelector(ReentrancyGuardTransient.ReentrancyGuardReentrantCall.selector);

    function test_Attack_CoinClaimsTheSameWorkAgain() public {
        HostileCoin hostile = _hostile();
        Signed memory signed = level3(60);
        hostile.prepare(_callOf(signed), false);
        uint256 reward = submit(signed);
        assertEq(hostile.minted(), reward);
        assertEq(hostile.answer(), REENTRANT);
    }

    function test_Attack_CoinClaimsOtherWork() public {
        HostileCoin hostile = _hostile();
        bytes32 second = attest(tdx(2, 1));
        hostile.prepare(_callOf(signedBy(MINER, workOf(second, 3, 60))), false);
        uint256 reward = submit(level3(60));
        assertEq(hostile.minted(), reward);
        assertEq(hostile.answer(), REENTRANT);
        assertEq(rewards.lastClaim(second), 0);
    }

    function test_Attack_CoinClaimsVouchedWorkInsideAVouchedClaim() public {
        HostileCoin hostile = _hostile();
        Signed memory inner = signedBy(STRANGER, workOf(unattested, 1, 60));
        hostile.prepare(
            abi.encodeCall(
                rewards.claimVouched,
                (inner.workProof, inner.parameterSet, inner.publicKey, inner.signature, vouch(inner, attacker))
            ),
            true
        );
        Signed memory outer = signedBy(STRANGER, workOf(keccak256("another"), 1, 60));
        IMiningRewards.SignedVoucher memory voucher = vouch(outer, beneficiary);
        vm.expectRevert(REENTRANT);
        submit(outer, voucher);
        assertFalse(AiMiningLib.isSpent(idOf(outer)));
        assertFalse(AiMiningLib.isSpent(idOf(inner)));
        assertEq(hostile.minted(), 0);
    }

    /// @dev What the coin sees of this contract when it is called is what holds afterwards.
    function test_Attack_CoinReadsTheClockWhileItMints() public {
        HostileCoin hostile = _hostile();
        hostile.prepare(abi.encodeCall(rewards.lastClaim, (device)), false);
        submit(level3(60));
        assertEq(hostile.answer(), abi.encode(NOW));
    }

    function test_CoinThatReverts_LeavesTheWorkUnspent() public {
        _useCoin(address(new BrokenCoin()));
        Signed memory signed = level3(60);
        vm.expectRevert(BrokenCoin.OutOfOrder.selector);
        submit(signed);
        assertNothingPaid(signed, device);
        assertEq(rewards.availableMinutes(device), 60);

        signed = signedBy(STRANGER, workOf(unattested, 1, 60));
        IMiningRewards.SignedVoucher memory voucher = vouch(signed, beneficiary);
        vm.expectRevert(BrokenCoin.OutOfOrder.selector);
        submit(signed, voucher);
        assertNothingPaid(signed, unattested);
        assertFalse(rewards.isVoucherUsed(issuer, unattested, keccak256(abi.encode("nonce", 2))));
    }

    function test_CoinThatIsNoContract_LeavesTheWorkUnspent() public {
        _useCoin(makeAddr("nothing"));
        Signed memory signed = level3(60);
        vm.expectRevert(bytes("")); // a call to no code
        submit(signed);
        assertNothingPaid(signed, device);
    }

    /// @dev Whatever gas a claim is given: it is paid in full, or nothing happened.
    /// forge-config: default.fuzz.runs = 48
    function testFuzz_Attack_JustTooLittleGas(uint256 gas) public {
        gas = bound(gas, 5_000, 250_000);
        Signed memory signed = level3(60);
        (bool ok,) = address(rewards).call{gas: gas}(_callOf(signed));
        if (ok) {
            assertEq(coin.balanceOf(operator), rewardOf(3, 60, 70));
            assertTrue(AiMiningLib.isSpent(idOf(signed)));
            assertEq(rewards.lastClaim(device), NOW);
        } else {
            assertNothingPaid(signed, device);
        }
    }

    function test_Attack_BelowAStaticCall() public {
        Signed memory signed = level3(60);
        (bool ok, bytes memory answer) = address(rewards).staticcall{gas: 1_000_000}(_callOf(signed));
        assertFalse(ok);
        assertEq(answer, "", "the guard's own write");
        assertNothingPaid(signed, device);
    }

    function test_Attack_ChainWithoutThePrecompiles() public {
        Signed memory signed = level3(60);
        vm.etch(aiMining, "");
        vm.expectRevert(PrecompileCall.PrecompileAbsent.selector);
        submit(signed);
        assertEq(coin.totalSupply(), 0);

        vm.etch(aiMining, hex"fe"); // its account, but a client that does not know it
        vm.expectRevert(PrecompileCall.PrecompileAbsent.selector);
        submit(signed);
        assertEq(coin.totalSupply(), 0);
    }

    function _hostile() private returns (HostileCoin hostile) {
        hostile = new HostileCoin();
        _useCoin(address(hostile));
    }

    function _useCoin(address hostile) private {
        rewards = new MiningRewards(IAICoin(hostile), address(this));
        rewards.setIssuer(issuer, true);
        AiMiningLib.setAuthorized(address(rewards), true);
    }

    function _callOf(Signed memory signed) private view returns (bytes memory) {
        return
            abi.encodeCall(rewards.claim, (signed.workProof, signed.parameterSet, signed.publicKey, signed.signature));
    }
}
