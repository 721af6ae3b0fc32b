// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Mining rewards: AI Coin for work proofs
/// @notice A work proof here is exactly the 78 bytes of `AiMiningLib.WorkProof` without evidence: what is signed is what
/// makes the work id, and not a byte more. The device signs `claimMessage` with ML-DSA (pure, empty context):
///
/// | bytes   |                                     |
/// |---------|-------------------------------------|
/// | 0–20    | "aivm.MiningRewards.v1", ASCII      |
/// | 21–52   | the chain's id, uint256, big-endian |
/// | 53–72   | this contract                       |
/// | 73–150  | the work proof                      |
///
/// Work is paid once: its id is spent at `0x0300`, in a set that every mining contract of the chain shares. For that,
/// governance of `0x0AAA` must have authorised this contract there, and governance of the coin must have made it a minter.
/// Taking either away stops all claims.
///
/// Hazards:
/// - A claim pays a number of minutes and uses up all the time until it is made. What was signed before can still be claimed
///   within an hour of its end, out of the time since. So a device should sign one proof for what it did since its last
///   claim, and no two whose minutes overlap: anyone may submit what it signed.
/// - How long work took is the device's word. This contract bounds it by the time that passed; that the device tells the
///   truth within that is for the software on it, which the registry vouches for only where allow lists are required.
/// - A device that comes back after a pause may claim the pause. Trust score, operator and key are those of the moment when
///   the claim is submitted.
/// - Any contract that is authorised at `0x0300` can spend any work id without paying for it.
interface IMiningRewards {
    /// @notice An issuer's word for work of levels 1 and 2. It signs the typed data `Voucher(bytes32 deviceId,bytes32
    /// nonce,uint32 computeMinutes,uint16 privacyLevel,bytes32 keyHash,address beneficiary)` in the domain (name
    /// "aivm.MiningRewards", version "1", this chain, this contract); all but the beneficiary come from the claim.
    /// @dev The level is in it because level 2 pays twice as much as level 1, the key and the beneficiary because whoever
    /// sees a claim could otherwise sign the same work with a key of their own.
    struct SignedVoucher {
        address issuer;
        /// Who is paid.
        address beneficiary;
        /// 65 bytes, r ‖ s ‖ v, low s; or what an issuer that is a contract takes (ERC-1271).
        bytes signature;
    }

    /// @notice Work was paid.
    event Claimed(
        bytes32 indexed workId,
        bytes32 indexed deviceId,
        address indexed payee,
        uint16 privacyLevel,
        uint32 computeMinutes,
        uint256 reward
    );

    /// @notice Governance let an issuer sign vouchers, or took that away.
    event IssuerChanged(address indexed issuer, bool authorized);

    /// @notice There is always a governance: it alone takes an issuer's authority away.
    error GovernanceRequired();

    /// @notice A work proof has exactly 78 bytes here.
    error WorkProofLength(uint256 length);

    /// @notice `claim` takes levels 3 and 4, `claimVouched` levels 1 and 2.
    error LevelNotTaken(uint16 privacyLevel);

    /// @notice The work ended too long ago, or too far in the future. Both ends are allowed, in Unix seconds.
    error OutsideWindow(uint64 timestamp, uint256 earliest, uint256 latest);

    /// @notice Work of no minutes is no work.
    error NoMinutes();

    /// @notice Fewer minutes than that passed since the device's last claim; before its first, an hour counts as passed.
    error TooManyMinutes(uint32 computeMinutes, uint256 available);

    /// @notice The public key is not the one that the device attested. Zero: it attested none.
    error WrongKey(bytes32 keyHash, bytes32 attested);

    /// @notice The key did not sign this work for this contract on this chain.
    error InvalidSignature(bytes32 keyHash);

    /// @notice The account issues no vouchers, or no longer.
    error UnknownIssuer(address issuer);

    /// @notice The issuer did not sign a voucher for this device, nonce, number of minutes, level, key and beneficiary.
    error InvalidVoucher(address issuer, bytes32 digest);

    /// @notice The issuer's voucher for this nonce of the device was claimed.
    error VoucherUsed(address issuer, bytes32 deviceId, bytes32 nonce);

    /// @notice A device that is attested now is paid through its operator, at every level.
    error NotOperator(address beneficiary, address operator);

    /// @notice The device is trusted so little that its work is worth nothing.
    error NoReward(bytes32 workId);

    /// @notice Pays work of level 3 or 4 to the operator of the device, whoever calls. The device must be attested now (for
    /// level 4 with a GPU), and the key must be the one that it attested.
    /// @param parameterSet 0x44, 0x65 or 0x87.
    /// @return reward In the smallest unit of the coin.
    function claim(bytes calldata workProof, bytes1 parameterSet, bytes calldata publicKey, bytes calldata signature)
        external
        returns (uint256 reward);

    /// @notice Pays work of level 1 or 2 to the beneficiary that an issuer's voucher names, whoever calls.
    /// @dev The device need not be known to the registry: the issuer answers for it. One that is attested now shares its
    /// clock with `claim`, so its own key must have signed, and its operator is paid: no issuer can use up its time. Of one that is not attested now (it
    /// lapsed, say) any issuer can, since its clock is the same when it comes back.
    /// A voucher has no timestamp, and with another one the same work would have another id: so it is used up as well.
    function claimVouched(
        bytes calldata workProof,
        bytes1 parameterSet,
        bytes calldata publicKey,
        bytes calldata signature,
        SignedVoucher calldata voucher
    ) external returns (uint256 reward);

    /// @notice Lets an issuer sign vouchers, or no longer: then what it signed before is worth nothing. Governance only.
    /// @dev An issuer can make devices up, each with an hour to claim: authorise those whom you trust with the coin.
    function setIssuer(address issuer, bool authorized) external;

    /// @notice What the device signs, 151 bytes.
    function claimMessage(bytes calldata workProof) external view returns (bytes memory);

    /// @notice What an issuer signs: the EIP-712 digest. `keyHash` is the Keccak-256 hash of the public key.
    function voucherDigest(bytes calldata workProof, bytes32 keyHash, address beneficiary)
        external
        view
        returns (bytes32);

    /// @notice Whether the account's vouchers count.
    function isIssuer(address account) external view returns (bool);

    /// @notice Whether the issuer's voucher for this nonce of the device was claimed.
    function isVoucherUsed(address issuer, bytes32 deviceId, bytes32 nonce) external view returns (bool);

    /// @notice When work of the device was paid last, in Unix seconds; zero if never.
    function lastClaim(bytes32 deviceId) external view returns (uint256);

    /// @notice How many minutes the device could claim now.
    function availableMinutes(bytes32 deviceId) external view returns (uint256);

    /// @notice The coin that is minted.
    function coin() external view returns (address);
}
