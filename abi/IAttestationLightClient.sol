// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title State sync, at 0x0AAC: a light client of another chain's attestation registry
/// @notice A committee of that chain signs the roots of its registry tree; under the latest root, any device's status
/// is proven with a logarithmic proof. Signatures are 65 bytes each (r ‖ s ‖ v, low s, v 27 or 28), their signers strictly
/// ascending, over EIP-712 data in the domain (name "aivm.AttestationLightClient", version "1", chainId of the source
/// chain). The weight of the signers must be above two thirds of the committee's.
/// Input must be the canonical ABI encoding.
interface IAttestationLightClient {
    /// @notice Whose hardware signed the evidence; as in IAttestationRegistry.
    enum TEEVendor {
        None,
        SGX,
        SEVSNP,
        TDX,
        NVIDIA,
        ARMCCA
    }

    /// @notice What the source chain's registry tree says of a device; as in IAttestationRegistry.
    struct DeviceStatus {
        bool attested;
        uint8 trustScore;
        uint256 lastSeen;
        address operator;
        TEEVendor vendor;
    }

    /// @notice A new root was accepted.
    event RootUpdated(uint256 indexed height, bytes32 root);

    /// @notice A committee signs roots of this height and above. `committee` is `keccak256(abi.encode(members, weights))`.
    event CommitteeChanged(bytes32 indexed committee, uint256 fromHeight, uint256 sourceChainId);

    /// @notice A committee signed two roots for one height. The client is frozen.
    event Equivocation(uint256 height, bytes32 have, bytes32 got);

    /// @notice No committee was ever set.
    error NoCommittee();

    /// @notice No root was accepted since the committee was set.
    error NoRoot();

    /// @notice No root is known for this height.
    error UnknownHeight(uint256 height);

    /// @notice Roots are accepted from height `minimum` on.
    error HeightNotNew(uint256 height, uint256 minimum);

    /// @notice A committee equivocated at this height; governance must set a new one.
    error Frozen(uint256 height);

    /// @notice Zero is the root of no devices, and proves nothing.
    error ZeroRoot();

    /// @notice A committee has 1 to 32 members.
    error CommitteeSize(uint256 members);

    /// @notice No chain has the id zero.
    error ZeroChainId();

    /// @notice Members and weights differ in number.
    error CommitteeMismatch(uint256 members, uint256 weights);

    /// @notice Members must be strictly ascending, and none zero.
    error CommitteeOrder(uint256 index);

    /// @notice This committee was set, or took over, before. A committee serves once: it is told by its members and weights
    /// alone, so what it signed in its first term could be replayed in its second. The same members come back with other
    /// weights, all of them doubled, say.
    error CommitteeUsed(bytes32 committee);

    /// @notice A member's weight is zero.
    error ZeroWeight(uint256 index);

    /// @notice The signatures are not 65 bytes each, or more than the committee has members.
    error InvalidSignatureLength(uint256 length);

    /// @notice This signature is malformed: high s, v other than 27 or 28, or no key recovers from it.
    error InvalidSignature(uint256 index);

    /// @notice The signers are not strictly ascending.
    error SignerOrder(uint256 index, address signer);

    /// @notice The signer is not on the committee, or signed something else: another root, height, committee or chain.
    error UnknownSigner(uint256 index, address signer);

    /// @notice The signers' weight is not above two thirds of the total.
    error InsufficientWeight(uint256 weight, uint256 total);

    /// @notice Accepts a root of the source chain's registry at a height. Anyone may call: the signatures over
    /// `Root(bytes32 root,uint256 blockHeight,bytes32 committee)` decide.
    /// @dev A root other than the one known for a height, validly signed, freezes the client; the call succeeds.
    function updateRoot(bytes32 newRoot, uint256 blockHeight, bytes calldata signatures) external;

    /// @notice Hands over to another committee from a height on. The newest committee signs
    /// `Rotation(address[] members,uint64[] weights,uint256 fromHeight,bytes32 committee)`, `committee` being itself.
    /// The next committee is one that never served: see CommitteeUsed.
    function rotateCommittee(
        address[] calldata members,
        uint64[] calldata weights,
        uint256 fromHeight,
        bytes calldata signatures
    ) external;

    /// @notice Begins anew with a committee: for the first time, or after an equivocation. No root that was accepted
    /// before is used again, and no committee: see CommitteeUsed. Governance of 0x0AAA only.
    function setCommittee(
        // slither-disable-next-line shadowing-local -- there is no body to mistake the one for the other in
        uint256 sourceChainId,
        address[] calldata members,
        uint64[] calldata weights,
        uint256 fromHeight
    ) external;

    /// @notice Whether the latest root proves this status of the device. Mind `lastSeen`: a root says what held when it
    /// was made.
    function verifyDeviceProof(bytes32 deviceId, DeviceStatus calldata status, bytes32[] calldata merkleProof)
        external
        view
        returns (bool);

    /// @notice Whether the root of a height proves this status of the device.
    function verifyDeviceProofAt(
        uint256 height,
        bytes32 deviceId,
        DeviceStatus calldata status,
        bytes32[] calldata merkleProof
    ) external view returns (bool);

    /// @notice The root that is known for a height, zero if none is.
    function rootAt(uint256 height) external view returns (bytes32);

    /// @notice The latest root and its height; zero and zero if there is none.
    function latest() external view returns (bytes32 root, uint256 height);

    /// @notice The newest committee, and from which height on it signs; empty if none was ever set.
    function committee()
        external
        view
        returns (address[] memory members, uint64[] memory weights, uint256 fromHeight);

    /// @notice The committee that signs the root of a height; empty if none does.
    function committeeAt(uint256 height)
        external
        view
        returns (address[] memory members, uint64[] memory weights, uint256 fromHeight);

    /// @notice The chain whose registry this client follows, zero if no committee was ever set.
    function sourceChainId() external view returns (uint256);

    /// @notice Whether the client is frozen, and the height of the equivocation.
    function frozen() external view returns (bool isFrozen, uint256 height);
}
