// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Ownable, Ownable2Step} from "@openzeppelin/contracts/access/Ownable2Step.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAIMining} from "../../abi/IAIMining.sol";
import {IAttestationRegistry} from "../../abi/IAttestationRegistry.sol";
import {AiMiningLib} from "../AiMiningLib.sol";
import {IAICoin} from "./IAICoin.sol";
import {IMiningRewards} from "./IMiningRewards.sol";

/// @title Mining rewards
/// @dev The owner is governance. What is called from outside is the precompiles, the coin, and an issuer's
/// `isValidSignature` (a STATICCALL); the coin comes last.
contract MiningRewards is IMiningRewards, EIP712, Ownable2Step, ReentrancyGuardTransient {
    /// @notice How long after its end work can be claimed, in seconds; also the time that a first claim may cover.
    uint256 public constant LOOK_BACK = 3_600;

    /// @notice How far a device's clock may be ahead of the block's, in seconds.
    uint256 public constant LOOK_AHEAD = 60;

    IAttestationRegistry private constant REGISTRY = IAttestationRegistry(address(0x0AAA));

    string private constant CLAIM_TAG = "aivm.MiningRewards.v1";

    bytes32 private constant VOUCHER_TYPEHASH = keccak256(
        "Voucher(bytes32 deviceId,bytes32 nonce,uint32 computeMinutes,uint16 privacyLevel,bytes32 keyHash,address beneficiary)"
    );

    // slither-disable-next-line naming-convention (Solidity's style guide writes constants so, and forge's lint immutables)
    IAICoin private immutable COIN;

    mapping(bytes32 deviceId => uint256 time) private _lastClaim;

    mapping(address issuer => bool) private _issuers;

    mapping(address issuer => mapping(bytes32 deviceId => mapping(bytes32 nonce => bool))) private _usedVouchers;

    constructor(IAICoin coin_, address governance) EIP712("aivm.MiningRewards", "1") Ownable(governance) {
        COIN = coin_;
    }

    /// @inheritdoc IMiningRewards
    function claim(bytes calldata workProof, bytes1 parameterSet, bytes calldata publicKey, bytes calldata signature)
        external
        nonReentrant
        returns (uint256 reward)
    {
        AiMiningLib.WorkProof memory work = _decode(workProof);
        require(work.privacyLevel == 3 || work.privacyLevel == 4, LevelNotTaken(work.privacyLevel));
        bytes32 workId = _requirePayable(work, workProof);
        (bool attested, address operator) = _holder(work.deviceId, publicKey);
        require(attested, IAIMining.DeviceNotAttested(work.deviceId));
        // The precompile checks both as well, but not where the chain has it leave trust to this contract.
        require(
            work.privacyLevel != 4 || REGISTRY.isHybrid(work.deviceId), IAIMining.SovereignNeedsHybrid(work.deviceId)
        );
        _requireSigned(workProof, parameterSet, publicKey, signature);
        return _pay(workId, work, workProof, operator);
    }

    /// @inheritdoc IMiningRewards
    function claimVouched(
        bytes calldata workProof,
        bytes1 parameterSet,
        bytes calldata publicKey,
        bytes calldata signature,
        SignedVoucher calldata voucher
    ) external nonReentrant returns (uint256 reward) {
        AiMiningLib.WorkProof memory work = _decode(workProof);
        require(work.privacyLevel == 1 || work.privacyLevel == 2, LevelNotTaken(work.privacyLevel));
        bytes32 workId = _requirePayable(work, workProof);
        (bool attested, address operator) = _holder(work.deviceId, publicKey);
        require(!attested || voucher.beneficiary == operator, NotOperator(voucher.beneficiary, operator));
        _requireSigned(workProof, parameterSet, publicKey, signature);
        _useVoucher(work, keccak256(publicKey), voucher);
        return _pay(workId, work, workProof, voucher.beneficiary);
    }

    /// @inheritdoc IMiningRewards
    function setIssuer(address issuer, bool authorized) external onlyOwner {
        _issuers[issuer] = authorized;
        emit IssuerChanged(issuer, authorized);
    }

    /// @dev Without governance an issuer's authority would be for ever.
    function renounceOwnership() public view override onlyOwner {
        revert GovernanceRequired();
    }

    /// @inheritdoc IMiningRewards
    function claimMessage(bytes calldata workProof) public view returns (bytes memory) {
        require(workProof.length == AiMiningLib.HEADER_LENGTH, WorkProofLength(workProof.length));
        return abi.encodePacked(CLAIM_TAG, block.chainid, address(this), workProof);
    }

    /// @inheritdoc IMiningRewards
    function voucherDigest(bytes calldata workProof, bytes32 keyHash, address beneficiary)
        external
        view
        returns (bytes32)
    {
        return _voucherDigest(_decode(workProof), keyHash, beneficiary);
    }

    /// @inheritdoc IMiningRewards
    function isIssuer(address account) external view returns (bool) {
        return _issuers[account];
    }

    /// @inheritdoc IMiningRewards
    function isVoucherUsed(address issuer, bytes32 deviceId, bytes32 nonce) external view returns (bool) {
        return _usedVouchers[issuer][deviceId][nonce];
    }

    /// @inheritdoc IMiningRewards
    function lastClaim(bytes32 deviceId) external view returns (uint256) {
        return _lastClaim[deviceId];
    }

    /// @inheritdoc IMiningRewards
    function availableMinutes(bytes32 deviceId) public view returns (uint256) {
        uint256 last = _lastClaim[deviceId];
        return (last == 0 ? LOOK_BACK : block.timestamp - last) / 1 minutes;
    }

    /// @inheritdoc IMiningRewards
    function coin() external view returns (address) {
        return address(COIN);
    }

    /// @dev Evidence would be in neither the signature nor the work id, so there is none.
    function _decode(bytes calldata workProof) private pure returns (AiMiningLib.WorkProof memory) {
        require(workProof.length == AiMiningLib.HEADER_LENGTH, WorkProofLength(workProof.length));
        return AiMiningLib.decode(workProof);
    }

    /// @dev That nobody was paid for the work, and that the device can have done it: time and minutes.
    function _requirePayable(AiMiningLib.WorkProof memory work, bytes calldata workProof)
        private
        view
        returns (bytes32 workId)
    {
        workId = AiMiningLib.computeWorkId(workProof);
        // `markSpent` decides. Asked here as well, whoever comes second is told why.
        require(!AiMiningLib.isSpent(workId), IAIMining.WorkAlreadySpent(workId));
        uint256 latest = block.timestamp + LOOK_AHEAD;
        uint256 earliest = Math.saturatingSub(block.timestamp, LOOK_BACK);
        require(work.timestamp >= earliest && work.timestamp <= latest, OutsideWindow(work.timestamp, earliest, latest));
        require(work.computeMinutes != 0, NoMinutes());
        uint256 available = availableMinutes(work.deviceId);
        require(work.computeMinutes <= available, TooManyMinutes(work.computeMinutes, available));
    }

    /// @dev Whether the device is attested now, and whose it is. If so, the key must be the attested one.
    function _holder(bytes32 deviceId, bytes calldata publicKey)
        private
        view
        returns (bool attested, address operator)
    {
        IAttestationRegistry.DeviceStatus memory status = REGISTRY.getDeviceStatus(deviceId);
        if (status.attested) {
            (bytes32 keyHash, bytes32 attestedKey) = (keccak256(publicKey), REGISTRY.getDeviceKey(deviceId));
            require(keyHash == attestedKey, WrongKey(keyHash, attestedKey));
        }
        return (status.attested, status.operator);
    }

    function _requireSigned(
        bytes calldata workProof,
        bytes1 parameterSet,
        bytes calldata publicKey,
        bytes calldata signature
    ) private view {
        require(
            AiMiningLib.verifyMLDSA(parameterSet, publicKey, signature, claimMessage(workProof)),
            InvalidSignature(keccak256(publicKey))
        );
    }

    function _useVoucher(AiMiningLib.WorkProof memory work, bytes32 keyHash, SignedVoucher calldata voucher) private {
        address issuer = voucher.issuer;
        require(_issuers[issuer], UnknownIssuer(issuer));
        bytes32 digest = _voucherDigest(work, keyHash, voucher.beneficiary);
        require(
            SignatureChecker.isValidSignatureNowCalldata(issuer, digest, voucher.signature),
            InvalidVoucher(issuer, digest)
        );
        require(!_usedVouchers[issuer][work.deviceId][work.nonce], VoucherUsed(issuer, work.deviceId, work.nonce));
        _usedVouchers[issuer][work.deviceId][work.nonce] = true;
    }

    function _voucherDigest(AiMiningLib.WorkProof memory work, bytes32 keyHash, address beneficiary)
        private
        view
        returns (bytes32)
    {
        return _hashTypedDataV4(
            keccak256(
                abi.encode(
                    VOUCHER_TYPEHASH,
                    work.deviceId,
                    work.nonce,
                    work.computeMinutes,
                    work.privacyLevel,
                    keyHash,
                    beneficiary
                )
            )
        );
    }

    /// @dev The coin comes last: nothing is left to do when another contract runs.
    function _pay(bytes32 workId, AiMiningLib.WorkProof memory work, bytes calldata workProof, address payee)
        private
        returns (uint256 reward)
    {
        reward = AiMiningLib.calculateReward(workProof);
        require(reward != 0, NoReward(workId));
        _lastClaim[work.deviceId] = block.timestamp;
        emit Claimed(workId, work.deviceId, payee, work.privacyLevel, work.computeMinutes, reward);
        AiMiningLib.markSpent(workId);
        COIN.mint(payee, reward);
    }
}
