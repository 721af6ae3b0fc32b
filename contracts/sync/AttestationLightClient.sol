// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";
import {IPrecompile} from "../../abi/IPrecompile.sol";
import {Committees} from "./Committees.sol";
import {Governed} from "./Governed.sol";
import {RootDigests} from "./RootDigests.sol";

/// @dev The storage of state sync, slot for slot as the precompile at 0x0AAC has it, so that `eth_getProof` finds the same in
/// both. A base of its own, and the first one, so that nothing comes before it.
abstract contract LightClientStorage {
    /// @dev How often governance set a committee; zero: never.
    uint256 internal _epoch;
    uint256 internal _sourceChainId;
    /// @dev Of the latest root.
    uint256 internal _latestHeight;
    /// @dev Zero: none in this epoch.
    bytes32 internal _latestRoot;
    bool internal _isFrozen;
    /// @dev Of the equivocation.
    uint256 internal _frozenHeight;
    /// @dev Ascending in `fromHeight`, appended and never changed.
    mapping(uint256 epoch => Committees.Committee[]) internal _committees;
    mapping(uint256 epoch => mapping(uint256 height => bytes32 root)) internal _roots;
    /// @dev Never cleared, so that a committee serves once.
    mapping(bytes32 committee => bool) internal _isUsed;
}

/// @title State sync in plain Solidity, for chains without the precompile at 0x0AAC
/// @notice Takes the same canonical call data as the precompile, and gives the same answers, errors and events; what differs
/// is its price, and that its governance is its own. Other call data (trailing bytes, offsets out of place) may be taken here
/// where the precompile refuses it; value, unknown selectors and writes below a STATICCALL are refused without the
/// precompile's errors.
/// @dev Nobody but governance can set a committee, and governance can do nothing else: it signs no root and changes none.
contract AttestationLightClient is LightClientStorage, IAttestationLightClient, Governed {
    using Committees for Committees.Committee;

    /// @dev The longest arguments in bytes: lists of up to 64 members and signatures, so that the error can say what is wrong
    /// with them, and proofs of up to 64 nodes.
    uint256 private constant MAX_UPDATE_LENGTH = 4_288;
    uint256 private constant MAX_SET_LENGTH = 4_288;
    uint256 private constant MAX_ROTATE_LENGTH = 8_480;
    uint256 private constant MAX_PROOF_LENGTH = 2_304;
    uint256 private constant MAX_PROOF_AT_LENGTH = 2_336;

    constructor(address governance_) Governed(governance_) {}

    /// @inheritdoc IAttestationLightClient
    function updateRoot(bytes32 newRoot, uint256 blockHeight, bytes calldata signatures) external {
        _limitInput(MAX_UPDATE_LENGTH);
        Committees.Committee[] storage committees = _requireUpdates();
        require(newRoot != bytes32(0), ZeroRoot());
        bytes32 known = _roots[_epoch][blockHeight];
        if (_latestRoot != bytes32(0) && blockHeight <= _latestHeight && (known == bytes32(0) || known == newRoot)) {
            revert HeightNotNew(blockHeight, Math.saturatingAdd(_latestHeight, 1));
        }
        uint256 index = _committeesUntil(committees, blockHeight);
        require(index > 0, HeightNotNew(blockHeight, committees[0].fromHeight));
        Committees.Committee storage signing = committees[index - 1];
        signing.check(RootDigests.rootDigest(_sourceChainId, newRoot, blockHeight, signing.id), signatures);
        if (known == bytes32(0)) {
            _roots[_epoch][blockHeight] = newRoot;
            (_latestHeight, _latestRoot) = (blockHeight, newRoot);
            emit RootUpdated(blockHeight, newRoot);
        } else {
            // Two roots for one height, both signed. Which one is right, nobody here can tell.
            (_isFrozen, _frozenHeight) = (true, blockHeight);
            emit Equivocation(blockHeight, known, newRoot);
        }
    }

    /// @inheritdoc IAttestationLightClient
    function rotateCommittee(
        address[] calldata members,
        uint64[] calldata weights,
        uint256 fromHeight,
        bytes calldata signatures
    ) external {
        _limitInput(MAX_ROTATE_LENGTH);
        Committees.Committee[] storage committees = _requireUpdates();
        bytes32 id = Committees.validate(members, weights);
        Committees.Committee storage newest = committees[committees.length - 1];
        // A committee that signs a height at which a root is known, or which another one signs, would sign it anew.
        uint256 taken = newest.fromHeight;
        if (_latestRoot != bytes32(0)) taken = Math.max(taken, _latestHeight);
        require(fromHeight > taken, HeightNotNew(fromHeight, Math.saturatingAdd(taken, 1)));
        require(!_isUsed[id], CommitteeUsed(id));
        newest.check(RootDigests.rotationDigest(_sourceChainId, members, weights, fromHeight, newest.id), signatures);
        _pushCommittee(members, weights, fromHeight, id);
    }

    /// @inheritdoc IAttestationLightClient
    function setCommittee(uint256 chainId, address[] calldata members, uint64[] calldata weights, uint256 fromHeight)
        external
    {
        _limitInput(MAX_SET_LENGTH);
        _requireGovernance();
        require(chainId != 0, ZeroChainId());
        bytes32 id = Committees.validate(members, weights);
        require(!_isUsed[id], CommitteeUsed(id));
        ++_epoch;
        // slither-disable-next-line events-maths (CommitteeChanged has it)
        _sourceChainId = chainId;
        (_latestHeight, _latestRoot) = (0, bytes32(0));
        (_isFrozen, _frozenHeight) = (false, 0);
        _pushCommittee(members, weights, fromHeight, id);
    }

    /// @inheritdoc IAttestationLightClient
    function verifyDeviceProof(bytes32 deviceId, DeviceStatus calldata status, bytes32[] calldata merkleProof)
        external
        view
        returns (bool)
    {
        _limitInput(MAX_PROOF_LENGTH);
        _requireNotFrozen();
        bytes32 root = _latestRoot;
        require(root != bytes32(0), NoRoot());
        return MerkleProof.verifyCalldata(merkleProof, root, RootDigests.deviceLeaf(deviceId, status));
    }

    /// @inheritdoc IAttestationLightClient
    function verifyDeviceProofAt(
        uint256 height,
        bytes32 deviceId,
        DeviceStatus calldata status,
        bytes32[] calldata merkleProof
    ) external view returns (bool) {
        _limitInput(MAX_PROOF_AT_LENGTH);
        _requireNotFrozen();
        bytes32 root = _roots[_epoch][height];
        require(root != bytes32(0), UnknownHeight(height));
        return MerkleProof.verifyCalldata(merkleProof, root, RootDigests.deviceLeaf(deviceId, status));
    }

    /// @inheritdoc IAttestationLightClient
    function rootAt(uint256 height) external view returns (bytes32) {
        return _roots[_epoch][height];
    }

    /// @inheritdoc IAttestationLightClient
    function latest() external view returns (bytes32 root, uint256 height) {
        return (_latestRoot, _latestHeight);
    }

    /// @inheritdoc IAttestationLightClient
    function committee() external view returns (address[] memory members, uint64[] memory weights, uint256 fromHeight) {
        Committees.Committee[] storage committees = _committees[_epoch];
        return _lastOf(committees, committees.length);
    }

    /// @inheritdoc IAttestationLightClient
    function committeeAt(uint256 height)
        external
        view
        returns (address[] memory members, uint64[] memory weights, uint256 fromHeight)
    {
        Committees.Committee[] storage committees = _committees[_epoch];
        return _lastOf(committees, _committeesUntil(committees, height));
    }

    /// @inheritdoc IAttestationLightClient
    function sourceChainId() external view returns (uint256) {
        return _sourceChainId;
    }

    /// @inheritdoc IAttestationLightClient
    function frozen() external view returns (bool isFrozen, uint256 height) {
        return (_isFrozen, _frozenHeight);
    }

    /// @dev Appends a committee that never served, whose `fromHeight` is above that of the last.
    function _pushCommittee(address[] calldata members, uint64[] calldata weights, uint256 fromHeight, bytes32 id)
        private
    {
        _committees[_epoch].push().store(members, weights, fromHeight, id);
        _isUsed[id] = true;
        emit CommitteeChanged(id, fromHeight, _sourceChainId);
    }

    /// @dev Neither roots nor committees are accepted before governance set a committee, nor after an equivocation.
    function _requireUpdates() private view returns (Committees.Committee[] storage committees) {
        committees = _committees[_epoch];
        require(committees.length > 0, NoCommittee());
        _requireNotFrozen();
    }

    function _requireNotFrozen() private view {
        require(!_isFrozen, Frozen(_frozenHeight));
    }

    /// @dev How many committees sign from a height that is not above `height`: the last of them signs it.
    function _committeesUntil(Committees.Committee[] storage committees, uint256 height)
        private
        view
        returns (uint256 low)
    {
        uint256 high = committees.length;
        while (low < high) {
            uint256 middle = Math.average(low, high);
            if (committees[middle].fromHeight <= height) low = middle + 1;
            else high = middle;
        }
    }

    /// @dev The last of the first `count` committees, as lists; empty if there is none.
    function _lastOf(Committees.Committee[] storage committees, uint256 count)
        private
        view
        returns (address[] memory members, uint64[] memory weights, uint256 fromHeight)
    {
        if (count == 0) return (members, weights, 0);
        Committees.Committee storage last = committees[count - 1];
        (members, weights) = last.lists();
        fromHeight = last.fromHeight;
    }

    /// @dev Refuses arguments that are longer than the precompile reads, before all else.
    function _limitInput(uint256 maximum) private pure {
        uint256 length = msg.data.length - 4;
        require(length <= maximum, IPrecompile.InputTooLong(length, maximum));
    }
}
