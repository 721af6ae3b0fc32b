// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";
import {IAIMining} from "aivm/abi/IAIMining.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {IMiningRewards} from "aivm/contracts/mining/IMiningRewards.sol";
import {MiningRewards} from "aivm/contracts/mining/MiningRewards.sol";
import {MiningBase} from "./MiningBase.sol";

/// @dev An issuer that is a contract: it signs what it was told.
contract IssuerContract is IERC1271 {
    mapping(bytes32 digest => bool) public approved;
    bool public burnsGas;

    function approve(bytes32 digest) external {
        approved[digest] = true;
    }

    function burnGas() external {
        burnsGas = true;
    }

    function isValidSignature(bytes32 digest, bytes calldata) external view returns (bytes4) {
        while (burnsGas) {}
        return approved[digest] ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}

/// @dev Levels 1 and 2: claims with vouchers, and who tries to get more out of them.
contract MiningRewardsVouchers is MiningBase {
    function test_ClaimVouched_PaysTheBeneficiary() public {
        uint256 snapshot = vm.snapshotState();
        for (uint16 level = 1; level <= 2; level++) {
            Signed memory signed = signedBy(STRANGER, workOf(unattested, level, 60));
            IMiningRewards.SignedVoucher memory voucher = vouch(signed, beneficiary);
            (bytes32 workId, bytes32 nonce, uint256 reward) = (idOf(signed), _nonceOf(signed), rewardOf(level, 60, 100));
            assertFalse(rewards.isVoucherUsed(issuer, unattested, nonce));
            vm.expectEmit(address(rewards));
            emit IMiningRewards.Claimed(workId, unattested, beneficiary, level, 60, reward);
            vm.prank(attacker);
            assertEq(submit(signed, voucher), reward);
            assertEq(coin.balanceOf(beneficiary), reward);
            assertEq(coin.totalSupply(), reward);
            assertTrue(AiMiningLib.isSpent(workId));
            assertTrue(rewards.isVoucherUsed(issuer, unattested, nonce));
            assertEq(rewards.lastClaim(unattested), NOW);
            vm.revertToState(snapshot);
        }
    }

    function test_ClaimVouched_AttestedDeviceDoesPublicWork() public {
        Signed memory signed = signedBy(MINER, workOf(device, 1, 60));
        assertEq(submit(signed, vouch(signed, operator)), 15e18);
        assertEq(coin.balanceOf(operator), 15e18);
    }

    function test_ClaimVouched_IssuerMayBeAContract() public {
        IssuerContract wallet = new IssuerContract();
        rewards.setIssuer(address(wallet), true);
        Signed memory signed = signedBy(STRANGER, workOf(unattested, 2, 60));
        bytes32 digest = rewards.voucherDigest(signed.workProof, keccak256(signed.publicKey), beneficiary);
        IMiningRewards.SignedVoucher memory voucher =
            IMiningRewards.SignedVoucher({issuer: address(wallet), beneficiary: beneficiary, signature: ""});
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.InvalidVoucher.selector, address(wallet), digest));
        submit(signed, voucher);
        wallet.approve(digest);
        assertEq(submit(signed, voucher), 30e18);
    }

    function test_Attack_IssuerContractThatBurnsGas() public {
        IssuerContract wallet = new IssuerContract();
        rewards.setIssuer(address(wallet), true);
        Signed memory signed = signedBy(STRANGER, workOf(unattested, 2, 60));
        bytes32 digest = rewards.voucherDigest(signed.workProof, keccak256(signed.publicKey), beneficiary);
        wallet.approve(digest);
        wallet.burnGas();
        bytes memory data = abi.encodeCall(
            rewards.claimVouched,
            (
                signed.workProof,
                signed.parameterSet,
                signed.publicKey,
                signed.signature,
                IMiningRewards.SignedVoucher({issuer: address(wallet), beneficiary: beneficiary, signature: ""})
            )
        );
        (bool ok,) = address(rewards).call{gas: 2_000_000}(data);
        assertFalse(ok);
        assertNothingPaid(signed, unattested);
    }

    function test_VoucherDigest_IsEip712() public {
        Signed memory signed = signedBy(STRANGER, workOf(unattested, 2, 45));
        bytes32 keyHash = keccak256(signed.publicKey);
        bytes32 domain = keccak256(
            abi.encode(
                keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                keccak256("aivm.MiningRewards"),
                keccak256("1"),
                block.chainid,
                address(rewards)
            )
        );
        bytes32 typehash = keccak256(
            "Voucher(bytes32 deviceId,bytes32 nonce,uint32 computeMinutes,uint16 privacyLevel,bytes32 keyHash,address beneficiary)"
        );
        bytes32 hashed = keccak256(
            abi.encode(typehash, unattested, _nonceOf(signed), uint256(45), uint256(2), keyHash, beneficiary)
        );
        assertEq(
            rewards.voucherDigest(signed.workProof, keyHash, beneficiary),
            keccak256(abi.encodePacked(hex"1901", domain, hashed))
        );
    }

    function test_RevertWhen_LevelIsNotVouched() public {
        uint16[5] memory levels = [0, 3, 4, 5, type(uint16).max];
        for (uint256 i; i < levels.length; i++) {
            Signed memory signed = signedBy(STRANGER, workOf(unattested, levels[i], 1));
            IMiningRewards.SignedVoucher memory voucher = vouch(signed, beneficiary);
            vm.expectRevert(abi.encodeWithSelector(IMiningRewards.LevelNotTaken.selector, levels[i]));
            submit(signed, voucher);
        }
    }

    function test_RevertWhen_VouchedProofIsNotOfTheHeaderAlone() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        signed.workProof = bytes.concat(signed.workProof, hex"00");
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.WorkProofLength.selector, 79));
        submit(signed, voucher);
    }

    function test_RevertWhen_VouchedWorkIsOutsideTheWindow() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        vm.warp(NOW + 3_601);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.OutsideWindow.selector, NOW, NOW + 1, NOW + 3_661));
        submit(signed, voucher);
    }

    function test_RevertWhen_BeneficiaryIsNobody() public {
        Signed memory signed = signedBy(STRANGER, workOf(unattested, 1, 1));
        IMiningRewards.SignedVoucher memory voucher = vouch(signed, address(0));
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InvalidReceiver.selector, address(0)));
        submit(signed, voucher);
        assertNothingPaid(signed, unattested);
    }

    function test_Attack_NoVoucher() public {
        Signed memory signed = signedBy(STRANGER, workOf(unattested, 1, 60));
        IMiningRewards.SignedVoucher memory voucher;
        voucher.beneficiary = beneficiary;
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.UnknownIssuer.selector, address(0)));
        submit(signed, voucher);
        // Not even where governance errs: zero signs nothing.
        rewards.setIssuer(address(0), true);
        voucher.signature = new bytes(65);
        _expectInvalid(signed, voucher);
        submit(signed, voucher);
    }

    function test_Attack_VoucherOfAStranger() public {
        Signed memory signed = signedBy(STRANGER, workOf(unattested, 1, 60));
        (address stranger, uint256 key) = makeAddrAndKey("no issuer");
        bytes32 digest = rewards.voucherDigest(signed.workProof, keccak256(signed.publicKey), beneficiary);
        IMiningRewards.SignedVoucher memory voucher =
            IMiningRewards.SignedVoucher({issuer: stranger, beneficiary: beneficiary, signature: ecdsa(key, digest)});
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.UnknownIssuer.selector, stranger));
        submit(signed, voucher);
        voucher.issuer = issuer;
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.InvalidVoucher.selector, issuer, digest));
        submit(signed, voucher);
    }

    function test_Attack_VoucherOfARemovedIssuer() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        rewards.setIssuer(issuer, false);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.UnknownIssuer.selector, issuer));
        submit(signed, voucher);
    }

    function test_Attack_FrontRunnerNamesThemselves() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        voucher.beneficiary = attacker;
        _expectInvalid(signed, voucher);
        vm.prank(attacker);
        submit(signed, voucher);
    }

    function test_Attack_VoucherWithAnotherKey() public {
        AiMiningLib.WorkProof memory work = workOf(unattested, 1, 60);
        IMiningRewards.SignedVoucher memory voucher = vouch(signedBy(MINER, work), beneficiary);
        Signed memory signed = signedBy(STRANGER, work);
        _expectInvalid(signed, voucher);
        submit(signed, voucher);
    }

    function test_Attack_VoucherForAnotherDeviceNonceLevelOrMinutes() public {
        AiMiningLib.WorkProof memory work = workOf(unattested, 1, 30);
        IMiningRewards.SignedVoucher memory voucher = vouch(signedBy(STRANGER, work), beneficiary);
        for (uint256 i; i < 4; i++) {
            AiMiningLib.WorkProof memory other = AiMiningLib.WorkProof({
                deviceId: i == 0 ? keccak256("another device") : work.deviceId,
                nonce: i == 1 ? keccak256("another nonce") : work.nonce,
                timestamp: work.timestamp,
                privacyLevel: i == 2 ? 2 : work.privacyLevel,
                computeMinutes: i == 3 ? 60 : work.computeMinutes,
                evidence: ""
            });
            Signed memory signed = signedBy(STRANGER, other);
            _expectInvalid(signed, voucher);
            submit(signed, voucher);
        }
        assertEq(coin.totalSupply(), 0);
    }

    /// @dev The id of the work is another one: the voucher itself must be used up.
    function test_Attack_VoucherAgainWithAnotherTimestamp() public {
        AiMiningLib.WorkProof memory work = workOf(unattested, 2, 60);
        Signed memory signed = signedBy(STRANGER, work);
        IMiningRewards.SignedVoucher memory voucher = vouch(signed, beneficiary);
        submit(signed, voucher);

        vm.warp(NOW + 1 hours);
        work.timestamp = uint64(block.timestamp);
        signed = signedBy(STRANGER, work);
        assertFalse(AiMiningLib.isSpent(idOf(signed)));
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.VoucherUsed.selector, issuer, unattested, work.nonce));
        submit(signed, voucher);
        assertEq(coin.totalSupply(), 30e18);
    }

    function test_Attack_VoucherReplayed() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        submit(signed, voucher);
        vm.warp(NOW + 1 hours);
        vm.expectRevert(abi.encodeWithSelector(IAIMining.WorkAlreadySpent.selector, idOf(signed)));
        submit(signed, voucher);
    }

    function test_Attack_VoucherForAnotherChain() public {
        AiMiningLib.WorkProof memory work = workOf(unattested, 1, 60);
        IMiningRewards.SignedVoucher memory voucher = vouch(signedBy(STRANGER, work), beneficiary);
        vm.chainId(block.chainid + 1);
        Signed memory signed = signedBy(STRANGER, work);
        _expectInvalid(signed, voucher);
        submit(signed, voucher);
    }

    function test_Attack_VoucherForAnotherContract() public {
        AiMiningLib.WorkProof memory work = workOf(unattested, 1, 60);
        IMiningRewards.SignedVoucher memory voucher = vouch(signedBy(STRANGER, work), beneficiary);
        rewards = new MiningRewards(coin, address(this));
        rewards.setIssuer(issuer, true);
        Signed memory signed = signedBy(STRANGER, work);
        _expectInvalid(signed, voucher);
        submit(signed, voucher);
    }

    function test_Attack_OtherFormsOfAVouchersSignature() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        bytes memory genuine = voucher.signature;
        (bytes32 r, bytes32 s, uint8 v) = _split(genuine);
        uint256 order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;
        bytes[4] memory forms = [
            abi.encodePacked(r, order - uint256(s), v == 27 ? uint8(28) : uint8(27)), // high s
            abi.encodePacked(r, uint256(s) | (v == 28 ? 1 << 255 : 0)), // 64 bytes, ERC-2098
            bytes.concat(genuine, hex"00"),
            abi.encodePacked(r, s, v - 27)
        ];
        for (uint256 i; i < forms.length; i++) {
            voucher.signature = forms[i];
            _expectInvalid(signed, voucher);
            submit(signed, voucher);
        }
        voucher.signature = genuine;
        assertEq(submit(signed, voucher), 15e18);
    }

    function test_Attack_VoucherWithoutTheDevicesSignature() public {
        (Signed memory signed, IMiningRewards.SignedVoucher memory voucher) = _vouched(1, 60);
        signed.signature[100] ^= 0x01;
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.InvalidSignature.selector, keccak256(signed.publicKey)));
        submit(signed, voucher);
    }

    /// @dev An issuer gone bad cannot use up the time of a device that is attested.
    function test_Attack_IssuerUsesUpAnAttestedDevicesTime() public {
        Signed memory signed = signedBy(STRANGER, workOf(device, 1, 1));
        IMiningRewards.SignedVoucher memory voucher = vouch(signed, attacker);
        vm.expectRevert(
            abi.encodeWithSelector(
                IMiningRewards.WrongKey.selector, keccak256(signed.publicKey), keccak256(simulatedKey(MINER))
            )
        );
        submit(signed, voucher);
        assertGt(submit(level3(60)), 0);
    }

    function test_Attack_IssuerRedirectsAnAttestedDevicesPay() public {
        Signed memory signed = signedBy(MINER, workOf(device, 1, 60));
        IMiningRewards.SignedVoucher memory voucher = vouch(signed, attacker);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.NotOperator.selector, attacker, operator));
        submit(signed, voucher);
    }

    function test_Attack_SameMinutesAtTwoLevels() public {
        submit(level3(60));
        Signed memory signed = signedBy(MINER, workOf(device, 1, 1));
        IMiningRewards.SignedVoucher memory voucher = vouch(signed, operator);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.TooManyMinutes.selector, 1, 0));
        submit(signed, voucher);
    }

    function _vouched(uint16 level, uint32 computeMinutes)
        private
        returns (Signed memory signed, IMiningRewards.SignedVoucher memory voucher)
    {
        signed = signedBy(STRANGER, workOf(unattested, level, computeMinutes));
        voucher = vouch(signed, beneficiary);
    }

    function _expectInvalid(Signed memory signed, IMiningRewards.SignedVoucher memory voucher) private {
        bytes32 digest = rewards.voucherDigest(signed.workProof, keccak256(signed.publicKey), voucher.beneficiary);
        vm.expectRevert(abi.encodeWithSelector(IMiningRewards.InvalidVoucher.selector, voucher.issuer, digest));
    }

    function _nonceOf(Signed memory signed) private pure returns (bytes32 nonce) {
        bytes memory workProof = signed.workProof;
        assembly ("memory-safe") {
            nonce := mload(add(workProof, 0x40))
        }
    }

    function _split(bytes memory signature) private pure returns (bytes32 r, bytes32 s, uint8 v) {
        assembly ("memory-safe") {
            r := mload(add(signature, 0x20))
            s := mload(add(signature, 0x40))
            v := byte(0, mload(add(signature, 0x60)))
        }
    }
}
