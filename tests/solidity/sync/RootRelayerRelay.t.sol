// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient as I} from "aivm/abi/IAttestationLightClient.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RelayerBase} from "./RelayerBase.sol";

/// @dev Who relays, and what it earns.
abstract contract RootRelayerRelayRules is RelayerBase {
    function test_Relay_ByAnOperatorEarnsABounty() public {
        _fund(5 ether);
        vm.roll(firstBlock + 10);
        bytes memory signatures = _signRoot(team, _root(START + 1), START + 1);
        vm.expectEmit(address(client));
        emit I.RootUpdated(START + 1, _root(START + 1));
        vm.expectEmit(address(relayer));
        emit IRootRelayer.RootRelayed(START + 1, _root(START + 1), operators[0], BOUNTY);
        vm.prank(operators[0]);
        relayer.relay(_root(START + 1), START + 1, signatures);

        _assertLatest(_root(START + 1), START + 1);
        assertEq(relayer.silentSince(), firstBlock + 10);
        assertEq(relayer.creditOf(operators[0]), BOUNTY);
        assertEq(relayer.pot(), 4 ether);
        assertTrue(relayer.isPaid(START + 1));
        _assertBooks();
        vm.prank(operators[0]);
        relayer.collect();
        assertEq(operators[0].balance, BOUNTY);
        _assertBooks();
    }

    function test_Relay_WithWhatThePotHas() public {
        _fund(BOUNTY / 4);
        _relay(operators[0], START + 1);
        assertEq(relayer.creditOf(operators[0]), BOUNTY / 4);
        assertEq(relayer.pot(), 0);
        _relay(operators[1], START + 2); // an empty pot keeps nobody from relaying
        assertEq(relayer.creditOf(operators[1]), 0);
        assertFalse(relayer.isPaid(START + 2));
        _assertLatest(_root(START + 2), START + 2);
    }

    function test_RevertWhen_AStrangerRelaysInTime() public {
        bytes memory signatures = _signRoot(team, _root(START + 1), START + 1);
        vm.roll(firstBlock + SILENCE);
        _expectClosed(stranger, firstBlock + SILENCE);
        vm.prank(stranger);
        relayer.relay(_root(START + 1), START + 1, signatures);
        assertFalse(relayer.isOpen());
    }

    function test_Relay_IsOpenToAllAfterASilence() public {
        _fund(5 ether);
        vm.roll(firstBlock + SILENCE + 1);
        assertTrue(relayer.isOpen());
        _relay(stranger, START + 1);
        assertEq(relayer.creditOf(stranger), BOUNTY);
        // And closes again with the root that came.
        bytes memory signatures = _signRoot(team, _root(START + 2), START + 2);
        _expectClosed(stranger, firstBlock + 2 * SILENCE + 1);
        vm.prank(stranger);
        relayer.relay(_root(START + 2), START + 2, signatures);
    }

    function test_Relay_IsOpenToAllWithFewerThanThreeOperators() public {
        vm.prank(council);
        relayer.removeOperator(operators[2]);
        assertTrue(relayer.isOpen());
        _relay(stranger, START + 1);
        _bond(makeAddr("op 3"), MIN_BOND);
        _admit(makeAddr("op 3"));
        assertFalse(relayer.isOpen());
    }

    function test_Attack_FallbackWhileRootsComeAroundTheRelayer() public {
        _update(team, _root(START + 1), START + 1); // nobody noted it
        vm.roll(firstBlock + SILENCE + 10);
        bytes memory signatures = _signRoot(team, _root(START + 2), START + 2);
        // The relayer sees for itself that there was a root since, and counts from here.
        _expectClosed(stranger, firstBlock + 2 * SILENCE + 10);
        vm.prank(stranger);
        relayer.relay(_root(START + 2), START + 2, signatures);

        vm.prank(stranger);
        assertTrue(relayer.poke());
        assertFalse(relayer.poke());
        vm.roll(firstBlock + 2 * SILENCE + 11);
        _relay(stranger, START + 2);
    }

    function test_Attack_SameHeightTwiceEarnsOnce() public {
        _fund(5 ether);
        _relay(operators[0], START + 1);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.RootKnown(START + 1, _root(START + 1), operators[0]);
        _relay(operators[0], START + 1);
        _relay(operators[1], START + 1);
        assertEq(relayer.pot(), 4 ether);
        assertEq(relayer.creditOf(operators[1]), 0);
    }

    function test_Attack_CallDataCopiedByAFrontRunner() public {
        _fund(5 ether);
        bytes memory signatures = _signRoot(team, _root(START + 1), START + 1);
        // Through the relayer a stranger cannot.
        _expectClosed(stranger, firstBlock + SILENCE);
        vm.prank(stranger);
        relayer.relay(_root(START + 1), START + 1, signatures);
        // Around it, it can, and earns nothing by it. The operator's call still succeeds, and counts.
        vm.prank(stranger);
        client.updateRoot(_root(START + 1), START + 1, signatures);
        vm.roll(firstBlock + 3);
        _relay(operators[0], START + 1);
        assertEq(relayer.creditOf(stranger), 0);
        assertEq(relayer.creditOf(operators[0]), 0);
        assertEq(relayer.pot(), 5 ether);
        assertEq(relayer.silentSince(), firstBlock + 3);
    }

    function test_Attack_ZeroRootOfAnUnknownHeight() public {
        _fund(5 ether);
        assertEq(client.rootAt(START + 1), 0);
        vm.startPrank(operators[0]);
        _expect(I.ZeroRoot.selector);
        relayer.relay(0, START + 1, "");
        _expect(I.ZeroRoot.selector);
        relayer.relay(0, START, "");
        assertEq(relayer.pot(), 5 ether);
    }

    function test_Attack_OldRootAsASignOfLife() public {
        _relay(operators[0], START + 1);
        vm.roll(firstBlock + 20);
        _relay(operators[1], START); // known, and not the latest
        _relay(operators[1], START + 1);
        assertEq(relayer.silentSince(), firstBlock);
    }

    function test_Attack_EquivocationEarnsNothing() public {
        _fund(5 ether);
        _relay(operators[0], START + 1);
        bytes32 other = keccak256("other");
        bytes memory signatures = _signRoot(team, other, START + 1);
        vm.expectEmit(address(relayer));
        emit IRootRelayer.EquivocationRelayed(START + 1, other, operators[1]);
        vm.prank(operators[1]);
        relayer.relay(other, START + 1, signatures);
        _assertFrozen(true, START + 1);
        assertEq(relayer.creditOf(operators[1]), 0);
        assertEq(relayer.pot(), 4 ether);

        signatures = _signRoot(team, _root(START + 2), START + 2);
        _expect(I.Frozen.selector, START + 1);
        vm.prank(operators[0]);
        relayer.relay(_root(START + 2), START + 2, signatures);
    }

    function test_Attack_HeightPaidAgainInALaterEpoch() public {
        _fund(5 ether);
        _relay(operators[0], START + 1);
        team = _team("second team", 2, 1);
        _set(team, START);
        _relay(operators[0], START + 1);
        assertEq(relayer.creditOf(operators[0]), BOUNTY);
        vm.roll(firstBlock + 1);
        _relay(operators[0], START + 2);
        assertEq(relayer.creditOf(operators[0]), 2 * BOUNTY);
    }

    function test_Attack_HeightPaidAgainInALaterBlockAndEpoch() public {
        _fund(5 ether);
        _relay(operators[0], START + 1);
        team = _team("second team", 2, 1);
        _set(team, START);
        vm.roll(firstBlock + 1);
        _relay(operators[0], START + 1);
        assertEq(relayer.creditOf(operators[0]), BOUNTY);
    }

    function test_Attack_ABacklogThatEmptiesThePotInOneBlock() public {
        _fund(5 ether);
        for (uint256 i = 1; i <= 5; ++i) {
            _relay(operators[i % 2], START + i);
        }
        assertEq(relayer.creditOf(operators[1]), BOUNTY);
        assertEq(relayer.creditOf(operators[0]), 0);
        assertEq(relayer.pot(), 4 ether);
        assertFalse(relayer.isPaid(START + 5));
        vm.roll(firstBlock + 1);
        _relay(operators[0], START + 6);
        assertEq(relayer.creditOf(operators[0]), BOUNTY);
    }

    function test_RevertWhen_TheClientRefuses() public {
        bytes memory signatures = _signRoot(team, _root(START + 1), START + 1);
        vm.startPrank(operators[0]);
        vm.expectPartialRevert(I.UnknownSigner.selector);
        relayer.relay(_root(START + 2), START + 1, signatures);
        _expect(I.HeightNotNew.selector, START - 1, START + 1);
        relayer.relay(_root(START - 1), START - 1, "");
        _expect(I.InvalidSignatureLength.selector, 0);
        relayer.relay(_root(START + 1), START + 1, "");
    }
}

contract RootRelayerRelayTest is RootRelayerRelayRules {
    function test_Attack_TooLittleGasIsAllOrNothing() public {
        _fund(5 ether);
        bytes memory signatures = _signRoot(team, _root(START + 1), START + 1);
        bytes memory data = abi.encodeCall(relayer.relay, (_root(START + 1), START + 1, signatures));
        uint256 gas = 25_000;
        bool ok;
        for (; !ok; gas += 1_500) {
            uint256 state = vm.snapshotState();
            vm.prank(operators[0]);
            (ok,) = address(relayer).call{gas: gas}(data);
            (, uint256 height) = client.latest();
            assertEq(height, ok ? START + 1 : START, "root");
            assertEq(relayer.creditOf(operators[0]), ok ? BOUNTY : 0, "bounty");
            assertTrue(vm.revertToState(state)); // so that nothing is warm
        }
        assertLt(gas, 400_000);
    }

    function testFuzz_Relay_PaysAtMostTheBountyAndThePot(uint96 funds, uint8 roots) public {
        if (funds > 0) _fund(funds);
        roots = uint8(bound(roots, 1, 10));
        for (uint256 i = 1; i <= roots; ++i) {
            vm.roll(firstBlock + i);
            _relay(operators[i % 3], START + i);
        }
        uint256 earned = BOUNTY * roots < funds ? BOUNTY * roots : funds;
        assertEq(relayer.totalCredited(), earned);
        assertEq(relayer.pot(), funds - earned);
        _assertBooks();
    }
}

/// @dev The same before the precompile.
contract RootRelayerRelayToPrecompileTest is RootRelayerRelayRules {
    function _makeClient() internal override returns (I) {
        installAivm(boss);
        return stateSync;
    }
}
