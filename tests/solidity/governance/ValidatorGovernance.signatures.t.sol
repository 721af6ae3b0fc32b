// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {ValidatorGovernance} from "aivm/contracts/governance/ValidatorGovernance.sol";
import {GovernanceBase} from "./GovernanceBase.sol";

/// @dev A wallet that signs as ERC-1271 has it, or misbehaves.
contract Wallet {
    enum Mood {
        Agrees,
        Refuses,
        Reverts
    }

    Mood public mood;

    function set(Mood mood_) external {
        mood = mood_;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        require(mood != Mood.Reverts);
        return mood == Mood.Agrees ? this.isValidSignature.selector : bytes4(0);
    }
}

/// Votes that others hand in.
contract ValidatorGovernanceSignaturesTest is GovernanceBase {
    address private signer;
    uint256 private signerKey;

    function setUp() public {
        deployGovernance();
        (signer, signerKey) = makeAddrAndKey("signer");
    }

    function test_VoteBySignature() public {
        (uint256 id, address voter, bytes memory signature) = _signed();
        vm.prank(stranger);
        governance.castVoteBySig(id, FOR, voter, signature);
        (, uint256 inFavour,) = governance.proposalVotes(id);
        assertEq(inFavour, 50 ether);
    }

    function test_Attack_SignedVoteWithAnotherSupport() public {
        (uint256 id, address voter, bytes memory signature) = _signed();
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        governance.castVoteBySig(id, AGAINST, voter, signature);
    }

    function test_Attack_SignedVoteForAnotherVoter() public {
        (uint256 id,, bytes memory signature) = _signed();
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, bob));
        governance.castVoteBySig(id, FOR, bob, signature);
    }

    function test_Attack_SignedVoteWithAUsedNonce() public {
        (uint256 id, address voter, bytes memory signature) = _signed();
        governance.castVoteBySig(id, FOR, voter, signature);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        governance.castVoteBySig(id, FOR, voter, signature);
    }

    function test_Attack_SignedVoteReplayedOnAnotherChain() public {
        (uint256 id, address voter, bytes memory signature) = _signed();
        vm.chainId(block.chainid + 1);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        governance.castVoteBySig(id, FOR, voter, signature);
    }

    function test_AVoteSignedAfterAForkCountsThere() public {
        (uint256 id,,) = _signed();
        vm.chainId(block.chainid + 1);
        governance.castVoteBySig(id, FOR, signer, _sign(id));
        assertTrue(governance.hasVoted(id, signer));
    }

    function test_Attack_SignedVoteReplayedOnAnotherGovernance() public {
        (uint256 id, address voter, bytes memory signature) = _signed();
        uint256 snapshot = governance.proposalSnapshot(id);
        vm.warp(snapshot - VOTING_DELAY);
        governance = new ValidatorGovernance(stake, FLOOR, address(facade), settings());
        assertEq(proposeAs(alice, note("signed")), id);
        toVoting(id);
        vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, voter));
        governance.castVoteBySig(id, FOR, voter, signature);
    }

    function test_VoteOfAWallet() public {
        Wallet wallet = new Wallet();
        bondAs(address(wallet), 50 ether);
        stakeAll();
        uint256 id = proposeAs(alice, note("wallet"));
        toVoting(id);
        for (uint8 mood = 1; mood < 3; mood++) {
            wallet.set(Wallet.Mood(mood));
            vm.expectRevert(abi.encodeWithSelector(IGovernor.GovernorInvalidSignature.selector, address(wallet)));
            governance.castVoteBySig(id, FOR, address(wallet), "");
        }
        wallet.set(Wallet.Mood.Agrees);
        governance.castVoteBySig(id, FOR, address(wallet), "");
        assertTrue(governance.hasVoted(id, address(wallet)));
    }

    /// @dev A proposal in voting, and a signed vote for it with 50 ether of stake.
    function _signed() private returns (uint256 id, address voter, bytes memory signature) {
        bondAs(signer, 50 ether);
        stakeAll();
        id = proposeAs(alice, note("signed"));
        toVoting(id);
        return (id, signer, _sign(id));
    }

    function _sign(uint256 id) private view returns (bytes memory) {
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("ValidatorGovernance"),
                keccak256("1"),
                block.chainid,
                address(governance)
            )
        );
        bytes32 ballot = keccak256(abi.encode(governance.BALLOT_TYPEHASH(), id, FOR, signer, governance.nonces(signer)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signerKey, keccak256(abi.encodePacked(hex"1901", domain, ballot)));
        return abi.encodePacked(r, s, v);
    }
}
