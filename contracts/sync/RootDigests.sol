// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";

/// @title What members of a committee sign, and the leaf that a device's proof begins with
/// @notice EIP-712 data in the domain (name "aivm.AttestationLightClient", version "1", chainId of the source chain). The
/// domain names neither this chain nor this contract: one set of signatures serves every client of the source chain. So
/// this is not OpenZeppelin's `EIP712`, whose domain is that of the contract. What is signed cannot be taken from one
/// committee to another, nor from one source chain to another: both are in it.
library RootDigests {
    bytes32 internal constant DOMAIN_TYPE_HASH = keccak256("EIP712Domain(string name,string version,uint256 chainId)");
    bytes32 internal constant NAME_HASH = keccak256("aivm.AttestationLightClient");
    bytes32 internal constant VERSION_HASH = keccak256("1");
    bytes32 internal constant ROOT_TYPE_HASH = keccak256("Root(bytes32 root,uint256 blockHeight,bytes32 committee)");
    bytes32 internal constant ROTATION_TYPE_HASH =
        keccak256("Rotation(address[] members,uint64[] weights,uint256 fromHeight,bytes32 committee)");

    /// @notice The domain of a source chain.
    function domainSeparator(uint256 chainId) internal pure returns (bytes32) {
        return keccak256(abi.encode(DOMAIN_TYPE_HASH, NAME_HASH, VERSION_HASH, chainId));
    }

    /// @notice What is signed to accept a root of a height; `committee` is the id of the one that signs.
    function rootDigest(uint256 chainId, bytes32 root, uint256 height, bytes32 committee)
        internal
        pure
        returns (bytes32)
    {
        return _digest(chainId, keccak256(abi.encode(ROOT_TYPE_HASH, root, height, committee)));
    }

    /// @notice What is signed to hand over to another committee from a height on; `committee` is the id of the one that
    /// signs.
    function rotationDigest(
        uint256 chainId,
        address[] memory members,
        uint64[] memory weights,
        uint256 fromHeight,
        bytes32 committee
    ) internal pure returns (bytes32) {
        // An array is hashed as the words of its elements, one after another.
        bytes32 membersHash = keccak256(abi.encodePacked(members));
        bytes32 weightsHash = keccak256(abi.encodePacked(weights));
        return
            _digest(chainId, keccak256(abi.encode(ROTATION_TYPE_HASH, membersHash, weightsHash, fromHeight, committee)));
    }

    /// @notice The leaf of a device in the registry tree. Hashed twice, so that no node passes for a leaf.
    function deviceLeaf(bytes32 deviceId, IAttestationLightClient.DeviceStatus calldata status)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(bytes.concat(keccak256(abi.encode(deviceId, status))));
    }

    function _digest(uint256 chainId, bytes32 message) private pure returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", domainSeparator(chainId), message));
    }
}
