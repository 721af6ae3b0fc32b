// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";

/// @title Committees: what is one, how it is stored, and what it takes to speak for it
library Committees {
    /// @notice A committee as it is stored.
    /// @dev The layout of the precompile at 0x0AAC. `members` are words of their own: the address in bits 0 to 159, the
    /// weight in bits 160 to 223.
    struct Committee {
        uint256 fromHeight;
        bytes32 id;
        uint256[] members;
    }

    uint256 internal constant MAX_MEMBERS = 32;
    uint256 internal constant SIGNATURE_LENGTH = 65;
    uint256 private constant WEIGHT_SHIFT = 160;

    /// @notice Refuses what is no committee; else its id.
    function validate(address[] calldata members, uint64[] calldata weights) internal pure returns (bytes32 id) {
        uint256 count = members.length;
        require(count > 0 && count <= MAX_MEMBERS, IAttestationLightClient.CommitteeSize(count));
        require(count == weights.length, IAttestationLightClient.CommitteeMismatch(count, weights.length));
        address previous = address(0);
        for (uint256 i = 0; i < count; ++i) {
            require(members[i] > previous, IAttestationLightClient.CommitteeOrder(i));
            require(weights[i] > 0, IAttestationLightClient.ZeroWeight(i));
            previous = members[i];
        }
        return keccak256(abi.encode(members, weights));
    }

    /// @notice Stores a committee that `validate` let pass, in a place that was never used.
    function store(
        Committee storage self,
        address[] calldata members,
        uint64[] calldata weights,
        uint256 fromHeight,
        bytes32 id
    ) internal {
        self.fromHeight = fromHeight;
        self.id = id;
        for (uint256 i = 0; i < members.length; ++i) {
            self.members.push(uint256(weights[i]) << WEIGHT_SHIFT | uint160(members[i]));
        }
    }

    /// @notice The members and their weights, as lists.
    function lists(Committee storage self) internal view returns (address[] memory members, uint64[] memory weights) {
        uint256[] memory words = self.members;
        members = new address[](words.length);
        weights = new uint64[](words.length);
        for (uint256 i = 0; i < words.length; ++i) {
            (members[i], weights[i]) = (_member(words[i]), _weight(words[i]));
        }
    }

    /// @notice Checks signatures over a digest: 65 bytes each, their signers strictly ascending, all of them members, together
    /// above two thirds of the weight. Every one is checked, beyond the quorum too.
    function check(Committee storage self, bytes32 digest, bytes calldata signatures) internal view {
        uint256[] memory words = self.members;
        uint256 count = signatures.length / SIGNATURE_LENGTH;
        require(
            count > 0 && count <= words.length && signatures.length % SIGNATURE_LENGTH == 0,
            IAttestationLightClient.InvalidSignatureLength(signatures.length)
        );
        address previous = address(0);
        uint256 place = 0;
        uint256 weight = 0;
        for (uint256 i = 0; i < count; ++i) {
            address signer = _recover(digest, signatures[i * SIGNATURE_LENGTH:(i + 1) * SIGNATURE_LENGTH]);
            require(signer != address(0), IAttestationLightClient.InvalidSignature(i));
            require(signer > previous, IAttestationLightClient.SignerOrder(i, signer));
            // Both lists ascend, so who was passed over does not come again.
            while (place < words.length && _member(words[place]) < signer) ++place;
            require(
                place < words.length && _member(words[place]) == signer,
                IAttestationLightClient.UnknownSigner(i, signer)
            );
            weight += _weight(words[place]);
            previous = signer;
        }
        uint256 total = _total(words);
        require(weight * 3 > total * 2, IAttestationLightClient.InsufficientWeight(weight, total));
    }

    /// @dev Zero for a high s, a v other than 27 and 28, and where no key recovers.
    function _recover(bytes32 digest, bytes calldata signature) private pure returns (address signer) {
        // slither-disable-next-line unused-return (why there is no signer does not matter)
        (signer,,) = ECDSA.tryRecover(digest, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64]));
    }

    /// @dev At most 32 times 2^64 - 1.
    function _total(uint256[] memory words) private pure returns (uint256 total) {
        for (uint256 i = 0; i < words.length; ++i) {
            total += _weight(words[i]);
        }
    }

    function _member(uint256 word) private pure returns (address) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(word)); // the low bits are the address
    }

    function _weight(uint256 word) private pure returns (uint64) {
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint64(word >> WEIGHT_SHIFT); // nothing is above the weight
    }
}
