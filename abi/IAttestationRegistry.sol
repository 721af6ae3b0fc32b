// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

/// @title The attestation registry, at 0x0AAA: devices, roots, collateral and policy
/// @notice A device attests once, and any contract reads its status. Evidence is checked in two phases. Collateral
/// (CRLs, TCB info, QE identity, intermediate CAs) is verified once, when anyone submits it, and kept in compact form;
/// a quote is then checked against it.
/// Input must be the canonical ABI encoding: what an encoder makes, with nothing after it.
interface IAttestationRegistry {
    /// @notice Whose hardware signed the evidence. `None` means every vendor in `pause` and `unpause`.
    enum TEEVendor {
        None,
        SGX,
        SEVSNP,
        TDX,
        NVIDIA,
        ARMCCA
    }

    /// @notice What governance thinks of a measurement.
    enum MeasurementState {
        Unset,
        Allowed,
        Banned
    }

    /// @notice What a device proves: the job it ran, and evidence that it is genuine.
    /// @dev The first 32 bytes of the report data of `cpuQuote`, and the SPDM nonce of `gpuQuote`, are the commitment
    /// `keccak256(abi.encode(keccak256("aivm.ProofOfExecution.v1"), block.chainid, deviceId, operator, nonce, jobHash,
    /// outputHash))`, and with a `gpuQuote` one word more, the device id of the GPU. Bytes 32 to 63 of the report data of
    /// `cpuQuote` are the attested key.
    struct ProofOfExecution {
        /// The id that the CPU evidence gives: `keccak256("aivm.device.v1" ‖ vendor ‖ hardware id)`.
        bytes32 deviceId;
        /// Evidence of SGX, SEV-SNP, TDX or Arm CCA, vendor byte first; at most 16,384 bytes.
        bytes cpuQuote;
        /// Empty, or evidence of an NVIDIA GPU, vendor byte first; at most 16,384 bytes.
        bytes gpuQuote;
        /// Greater than the device's last one, by at most 2^64.
        uint256 nonce;
        bytes32 jobHash;
        bytes32 outputHash;
    }

    /// @notice What is known of a device; all zero for one that never attested.
    struct DeviceStatus {
        /// Attested and not lapsed, released, revoked, banned or paused, nor its GPU.
        bool attested;
        /// 0 to 100.
        uint8 trustScore;
        /// When it attested last, in Unix seconds.
        uint256 lastSeen;
        /// Who attested it.
        address operator;
        /// The vendor of its CPU evidence.
        TEEVendor vendor;
    }

    /// @notice The collateral of one Intel platform kind (FMSPC and PCK CA): `abi.encode` of it is what
    /// `submitCollateral` takes for `SGX` and `TDX`. Certificates and CRLs are DER; the JSON texts are the
    /// exact bytes that Intel signed; signatures are r ‖ s, 64 bytes. The root CA is the one in state.
    struct IntelCollateral {
        bytes tcbInfo;
        bytes tcbInfoSignature;
        bytes qeIdentity;
        bytes qeIdentitySignature;
        bytes tcbInfoSigner;
        bytes qeIdentitySigner;
        bytes pckCa;
        bytes rootCaCrl;
        bytes pckCrl;
    }

    /// @notice The collateral of one AMD product and kind of endorsement key: `abi.encode` of it is what
    /// `submitCollateral` takes for `SEVSNP`. The root (ARK) is in state.
    struct AmdCollateral {
        /// The CA that signs VCEKs (ASK) or VLEKs (ASVK), DER.
        bytes endorsementCa;
        /// The product's CRL, DER. Empty as long as none was ever accepted.
        bytes crl;
    }

    /// @notice The intermediate CAs of one family of NVIDIA devices, DER: `abi.encode` of it is what
    /// `submitCollateral` takes for `NVIDIA`. The root is in state.
    struct NvidiaCollateral {
        bytes identityCa;
        bytes provisionerCa;
    }

    /// @notice What a GPU may have measured: `abi.encode` of it is what `setGoldenMeasurement` takes for `NVIDIA`.
    /// Without any measurement it withdraws what is stored for the two versions.
    struct NvidiaGolden {
        /// The chip, as its certificates name it: "GH100".
        string chip;
        string driverVersion;
        string vbiosVersion;
        /// What the driver's manifest fixes, and what that of the VBIOS does. No index may be in both.
        NvidiaMeasurement[] driver;
        NvidiaMeasurement[] vbios;
    }

    /// @notice The digests that are right for one measurement.
    struct NvidiaMeasurement {
        /// The index of the measurement block in the report, from 1.
        uint8 index;
        /// SHA-384, 48 bytes each.
        bytes[] digests;
    }

    /// @notice The attestation key of one Arm CCA platform. `abi.encode` of an array of them is what `updateRootCA`
    /// takes for `ARMCCA`; of one, what `submitCollateral` takes.
    struct CcaCpak {
        /// 33 bytes, the first of them 1.
        bytes instanceId;
        bytes32 implementationId;
        /// An uncompressed point of P-256 (65 bytes) or P-384 (97). Empty withdraws the key.
        bytes publicKey;
    }

    /// @notice What platforms of one implementation may be and run: `abi.encode` of it is what
    /// `setGoldenMeasurement` takes for `ARMCCA`. An empty list is not compared with anything.
    struct CcaGolden {
        bytes32 implementationId;
        /// Keccak-256 of the platform's configuration.
        bytes32[] configurations;
        /// Keccak-256 of (measurement ‖ signer id) of each software component of the platform.
        bytes32[] components;
        /// Keccak-256 of (RIM ‖ REM0 ‖ REM1 ‖ REM2 ‖ REM3) of a realm.
        bytes32[] realms;
    }

    /// @notice A device attested. Within a block the events are in the order of the leaves of its attestation tree.
    event AttestationVerified(
        bytes32 indexed deviceId,
        address indexed operator,
        TEEVendor vendor,
        uint8 trustScore,
        bytes32 jobHash,
        bytes32 outputHash
    );

    /// @notice What the registry tree says of the device was brought up to date.
    event DeviceRefreshed(bytes32 indexed deviceId, bool attested);

    /// @notice The device's operator gave it up.
    event DeviceReleased(bytes32 indexed deviceId, address indexed operator);

    /// @notice Governance revoked the device, for ever.
    event DeviceRevoked(bytes32 indexed deviceId);

    /// @notice The vendor's roots changed. `previous` and `current` are the Keccak-256 hashes of the bundles, so
    /// the events of a vendor form a chain.
    event RootCAUpdated(TEEVendor indexed vendor, uint64 version, bytes32 previous, bytes32 current);

    /// @notice Collateral was verified and stored. It can be used until `validUntil`, in Unix seconds, inclusive.
    event CollateralUpdated(TEEVendor indexed vendor, bytes32 indexed key, uint64 validUntil);

    /// @notice Evidence of this vendor (of every vendor for `None`) is refused from now on.
    event Paused(TEEVendor indexed vendor, address indexed by);

    /// @notice The pause of this vendor (the general pause for `None`) was lifted.
    event Unpaused(TEEVendor indexed vendor, address indexed by);

    /// @notice A measurement was allowed, banned, or forgotten.
    event MeasurementChanged(bytes32 indexed measurementId, MeasurementState state);

    /// @notice Whether evidence of the vendor must carry an allowed measurement.
    event AllowlistRequirementChanged(TEEVendor indexed vendor, bool required);

    /// @notice Evidence that scores less does not verify.
    event MinTrustScoreChanged(uint8 score);

    /// @notice How long an attestation lasts, in seconds.
    event ValidityChanged(uint64 duration);

    /// @notice The least TCB accepted from the vendor, in the vendor's own form.
    event MinimumTcbChanged(TEEVendor indexed vendor, bytes minimum);

    /// @notice Golden measurements were stored, or withdrawn. `digest` is the Keccak-256 hash of what is stored now.
    event GoldenMeasurementChanged(TEEVendor indexed vendor, bytes32 indexed key, bytes32 digest);

    /// @notice Governance was handed over.
    event GovernanceChanged(address indexed previous, address indexed current);

    /// @notice The guardian changed.
    event GuardianChanged(address indexed previous, address indexed current);

    /// @notice The proof was refused; the project's reference lists the codes. Nothing was written.
    error EvidenceRejected(uint16 code);

    /// @notice The device never attested.
    error UnknownDevice(bytes32 deviceId);

    /// @notice A device cannot belong to nobody.
    error ZeroOperator();

    /// @notice This vendor has no collateral or roots of this kind.
    error UnsupportedVendor(TEEVendor vendor);

    /// @notice The collateral was refused; the project's reference lists the codes.
    error CollateralRejected(uint16 code);

    /// @notice The roots were refused; the project's reference lists the codes.
    error RootCARejected(uint16 code);

    /// @notice The golden measurements were refused; the project's reference lists the codes.
    error GoldenMeasurementRejected(uint16 code);

    /// @notice A trust score is 0 to 100.
    error TrustScoreOutOfRange(uint8 score);

    /// @notice The minimum TCB is not in the vendor's form. Intel: four bytes, the least
    /// `tcbEvaluationDataNumber`. AMD: 24 bytes, TCB_VERSION of Milan, Genoa and Turin. Or nothing, for none.
    error InvalidMinimumTcb(bytes minimum);

    /// @notice Governance cannot be handed to nobody.
    error ZeroGovernance();

    /// @notice Verifies a proof and registers its device, or renews it; the caller becomes the operator. Reverts with
    /// `EvidenceRejected` for whatever does not hold, and never returns false.
    /// @dev Until a device has lapsed or was released only its operator can renew it. A proof has no time in it: it holds
    /// from when it is submitted.
    function verifyAttestation(ProofOfExecution calldata proof) external returns (bool);

    /// @notice The same for an operator who committed to the proof; anyone may relay it.
    function verifyAttestationFor(address operator, ProofOfExecution calldata proof) external returns (bool);

    /// @notice Writes what holds now of the device into the registry tree: that it lapsed, say. Open to anyone. Where
    /// nothing changed, nothing is written.
    function refresh(bytes32 deviceId) external;

    /// @notice Gives a device up: it is not attested from now on, and another operator may attest it. Its operator only.
    function releaseDevice(bytes32 deviceId) external;

    /// @notice Refuses a device for ever, even one that never attested, or a GPU. Governance only.
    /// @dev A machine with SGX and TDX has two ids.
    function revokeDevice(bytes32 deviceId) external;

    /// @notice Verifies collateral against the vendor's roots at this block's time and stores it. Anyone may call,
    /// but for `ARMCCA` governance only: no vendor signs its keys.
    /// @dev Refused when older than what was accepted before, even if unexpired.
    function submitCollateral(TEEVendor vendor, bytes calldata collateral) external;

    /// @notice Replaces the vendor's roots by one or more CA certificates, DER, one after another; for `ARMCCA` by
    /// `abi.encode(CcaCpak[])`. Governance only.
    /// @dev Stored collateral of the vendor cannot be used until it is submitted again.
    function updateRootCA(TEEVendor vendor, bytes calldata newRootCA) external;

    /// @notice Refuses evidence of the vendor, of all for `None`. Governance or the guardian.
    function pause(TEEVendor vendor) external;

    /// @notice Lifts a pause. Governance only. A pause of all and of one vendor are lifted one by one.
    function unpause(TEEVendor vendor) external;

    /// @notice Allows, bans or forgets a measurement. Governance only.
    function setMeasurement(bytes32 measurementId, MeasurementState state) external;

    /// @notice Whether evidence of the vendor must carry an allowed measurement. Governance only.
    function requireAllowlist(TEEVendor vendor, bool required) external;

    /// @notice The least score at which evidence verifies, 0 to 100. Governance only.
    function setMinTrustScore(uint8 score) external;

    /// @notice How long an attestation lasts, in seconds. Governance only.
    /// @dev Holds for records that are there already, also for those that had lapsed.
    function setValidity(uint64 duration) external;

    /// @notice The least TCB accepted from the vendor. Governance only.
    function setMinimumTcb(TEEVendor vendor, bytes calldata minimum) external;

    /// @notice What genuine devices of the vendor may have measured. Governance only. `NVIDIA` and `ARMCCA` have it.
    function setGoldenMeasurement(TEEVendor vendor, bytes calldata golden) external;

    /// @notice Hands governance over. Governance only.
    // slither-disable-next-line shadowing-local -- there is no body to mistake the one for the other in
    function setGovernance(address governance) external;

    /// @notice Names the guardian, who may pause and nothing else; zero for none. Governance only.
    // slither-disable-next-line shadowing-local -- there is no body to mistake the one for the other in
    function setGuardian(address guardian) external;

    /// @notice What is known of the device now.
    function getDeviceStatus(bytes32 deviceId) external view returns (DeviceStatus memory);

    /// @notice The attested key: the hash of a public key that lives in the device's enclave; zero if it named none.
    function getDeviceKey(bytes32 deviceId) external view returns (bytes32);

    /// @notice The nonce of the device's last proof.
    function getDeviceNonce(bytes32 deviceId) external view returns (uint256);

    /// @notice The measurement ids of the device's last proof; `gpu` is zero without GPU evidence.
    function getDeviceMeasurements(bytes32 deviceId) external view returns (bytes32 cpu, bytes32 gpu);

    /// @notice Whether CPU and GPU evidence were both verified.
    function isHybrid(bytes32 deviceId) external view returns (bool);

    /// @notice How many devices ever attested: the number of leaves of the registry tree.
    function deviceCount() external view returns (uint256);

    /// @notice The one address that governs.
    function governance() external view returns (address);

    /// @notice The address that may pause, or zero.
    function guardian() external view returns (address);

    /// @notice Whether evidence of the vendor is refused now, by its own pause or the general one.
    function isPaused(TEEVendor vendor) external view returns (bool);

    /// @notice What governance thinks of a measurement.
    function measurementState(bytes32 measurementId) external view returns (MeasurementState);

    /// @notice Whether evidence of the vendor must carry an allowed measurement.
    function allowlistRequired(TEEVendor vendor) external view returns (bool);

    /// @notice The least score at which evidence verifies.
    function minTrustScore() external view returns (uint8);

    /// @notice How long an attestation lasts, in seconds.
    function validity() external view returns (uint64);

    /// @notice The least TCB accepted from the vendor, empty for none.
    function minimumTcb(TEEVendor vendor) external view returns (bytes memory);

    /// @notice The vendor's roots: how often they changed, the Keccak-256 hash of the bundle, and the bundle.
    function rootCA(TEEVendor vendor) external view returns (uint64 version, bytes32 bundleHash, bytes memory bundle);

    /// @notice Where collateral is stored and when it can be used, all zero if there is none. For Intel, `key` is
    /// FMSPC(6) ‖ PCK CA(1: 1 Processor, 2 Platform) ‖ 25 zero bytes.
    function collateralInfo(TEEVendor vendor, bytes32 key)
        external
        view
        returns (address account, uint64 validFrom, uint64 validUntil);

    /// @notice The golden measurements stored under a key, in compact form; empty if there are none. NVIDIA:
    /// `keccak256("aivm.golden.v1" ‖ driver version ‖ 0x00 ‖ VBIOS version)`. CCA: `keccak256("aivm.golden.v1" ‖
    /// implementation id)`.
    function goldenMeasurement(TEEVendor vendor, bytes32 key) external view returns (bytes memory);
}
