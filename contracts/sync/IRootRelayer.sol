// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";

/// @title Bonded operators that bring roots to a light client
/// @notice On the chain of the light client, be it `AttestationLightClient` or the precompile at 0x0AAC. Governance admits
/// operators; one that has bonded enough is active. Active operators may relay at any time, everyone may while fewer than
/// three are active, or once no root came for `silence` blocks. Whoever brings a new root is credited a bounty, as far as
/// the pot goes, one in a block. When no root came for that long, each operator that was active all the time can be
/// slashed, once for each silence.
///
/// The light client is open to everyone, so a root may come without this contract. What counts is what the client shows:
/// `poke` notes it, and so do `relay` and `slashSilent`. A silence begins with the block in which the client was noted
/// with its latest root; before an epoch's first root, in which the epoch was noted. It is proven up to the last block in
/// which the client was noted with nothing new, and what is proven stays so when a root comes. No silence is counted while
/// the client is frozen, or has no committee: then nothing can be relayed.
///
/// Mind: a committee that signs nothing is as silent as operators that relay nothing, and this contract cannot tell one from
/// the other. `silence` must be well above the number of blocks in which the committee is sure to sign. Blocks are those
/// of `block.number`, which on some rollups is another chain's.
///
/// Mind: a silence that nobody notes leaves no trace when a root ends it around this contract, in the client itself. An
/// operator can do so in front of the first `slashSilent`. Whoever depends on roots pokes once `isOpen` says that they are
/// overdue, and now and then until one comes: from the first poke on there is a silence to slash for.
///
/// The unbonding period must be longer than a silence takes to be reported. Coin in the pot is for bounties and nothing
/// else: nobody can take it back. How long it lasts is up to the committee, which can sign a root for every block.
interface IRootRelayer {
    /// @notice What a relayer is made with.
    struct Settings {
        /// The light client that roots go to.
        IAttestationLightClient client;
        /// Who admits and removes operators. It can neither slash nor take coin.
        address governance;
        /// After how many blocks without a root everyone may relay, and operators can be slashed; zero means 100, and
        /// 10,000,000 is the most.
        uint256 silence;
        /// What an operator must have bonded to be active, in wei.
        uint256 minimumBond;
        /// What a new root earns, in wei.
        uint256 bounty;
        /// What a silence costs an operator, in hundredths of a percent of its bond, active and unbonding.
        uint256 penalty;
        /// In seconds.
        uint256 unbondingPeriod;
        /// What of a penalty whoever reports the silence is credited, in hundredths of a percent; the rest is burned.
        uint256 reporterShare;
    }

    /// @notice What is known of an operator. Blocks are zero for never.
    struct Operator {
        /// Whether governance admitted it.
        bool admitted;
        /// Whether it is admitted and has bonded enough.
        bool active;
        /// The block in which it became active last.
        uint64 since;
        /// The block in which it ceased to be active last.
        uint64 until;
    }

    /// @notice Governance admitted an operator.
    event OperatorAdmitted(address indexed operator);

    /// @notice An operator is none any more: governance removed it, or it left.
    event OperatorRemoved(address indexed operator);

    /// @notice An operator became active, or is no longer.
    event OperatorActive(address indexed operator, bool isActive);

    /// @notice Somebody brought a new root and was credited a bounty, which is zero if the pot is empty, or if the height or
    /// the block has had its bounty.
    event RootRelayed(uint256 indexed height, bytes32 root, address indexed relayer, uint256 bounty);

    /// @notice Somebody brought a root that the client had already. It earns nothing.
    event RootKnown(uint256 indexed height, bytes32 root, address indexed relayer);

    /// @notice Somebody brought a second root for a height, and the client froze. It earns nothing.
    event EquivocationRelayed(uint256 indexed height, bytes32 root, address indexed relayer);

    /// @notice The client changed: a silence, if one begins, is counted from this block on. `mark` is zero where no root
    /// can be expected.
    event ClientNoted(bytes32 mark, uint256 blockNumber);

    /// @notice Nothing new was seen between these blocks, for longer than `silence`. The same silence may be seen again, until
    /// a later block.
    event SilenceSeen(uint256 indexed since, uint256 until);

    /// @notice An operator was slashed for the silence that began in block `since`.
    event SilenceSlashed(address indexed operator, uint256 since, uint256 taken);

    /// @notice Somebody put coin into the pot, which holds `pot` from now on.
    event Funded(address indexed from, uint256 amount, uint256 pot);

    /// @notice There is no code at the light client's address.
    error NotAClient(address account);

    /// @notice Without a bond nothing can be slashed.
    error ZeroMinimumBond();

    /// @notice So long a silence would never be reported.
    error InvalidSilence(uint256 silence, uint256 maximum);

    /// @notice A silence must cost something, and at most everything.
    error InvalidPenalty(uint256 penalty, uint256 maximum);

    /// @notice The operator is admitted already.
    error AlreadyAdmitted(address operator);

    /// @notice This is no operator.
    error NotAdmitted(address operator);

    /// @notice Only active operators may relay now. Everyone may after this block, if no root comes until then; or else who
    /// sees that must `poke` first.
    error RelayClosed(address caller, uint256 openAfter);

    /// @notice No silence is proven that began in this block: none did, or it was not noted once it had lasted long enough.
    error UnknownSilence(uint256 since);

    /// @notice The operator was not active through `silence` blocks without a root, but from block `from` to `until`.
    error NotSilent(address operator, uint256 from, uint256 until, uint256 silence);

    /// @notice The operator was slashed for the silence that began in this block.
    error AlreadySlashed(address operator, uint256 since);

    /// @notice Nothing is left of the operator's bond, neither active nor unbonding.
    error NothingToSlash(address operator);

    /// @notice Relays a root to the client; for whom, see above. The client's own errors are passed on.
    /// @dev A root that somebody brought before is no error, so that an operator that was overtaken has only lost its gas.
    /// Zero is no root.
    function relay(bytes32 root, uint256 height, bytes calldata signatures) external;

    /// @notice Notes what the client shows. Anyone may call, at any time.
    /// @return isNew whether the client changed since it was noted last
    function poke() external returns (bool isNew);

    /// @notice Slashes an operator for the silence that began in block `since`, be it over or not: no root came for `silence`
    /// blocks, and the operator was active all the time. Anyone may call, and is credited a share. An operator that left
    /// since can be slashed as long as it has a bond here, and until it becomes active again: then only what it misses from
    /// there on counts. So governance should not bring back one that was not slashed yet.
    /// @param since `silentSince` for the silence that lasts; for those before, see `SilenceSeen`
    function slashSilent(address operator, uint256 since) external returns (uint256 taken);

    /// @notice Puts the value into the pot.
    function fund() external payable;

    /// @notice Admits an operator. Governance only.
    function admitOperator(address operator) external;

    /// @notice Removes an operator, whose bond stays its own. Governance only.
    function removeOperator(address operator) external;

    /// @notice Leaves. Who begins to unbond so much that less than the minimum stays, leaves as well. Only governance
    /// can bring an operator back: nobody steps out for the moment in which it would be slashed.
    function resign() external;

    /// @notice What is known of an operator.
    function operatorOf(address operator) external view returns (Operator memory);

    /// @notice How many operators are active.
    function activeOperators() external view returns (uint256);

    /// @notice Whether everyone may relay now, as far as the client was noted.
    function isOpen() external view returns (bool);

    /// @notice The block in which the client was last noted to have changed, or to expect no root.
    function silentSince() external view returns (uint256);

    /// @notice Up to which block a silence that began in this block is proven; zero if it was not seen to last longer than
    /// `silence` blocks.
    function silentUntil(uint256 since) external view returns (uint256);

    /// @notice Whether an operator was slashed for the silence that began in this block.
    function isSlashed(address operator, uint256 since) external view returns (bool);

    /// @notice Whether a bounty was paid for this height.
    function isPaid(uint256 height) external view returns (bool);

    /// @notice What is left for bounties, in wei.
    function pot() external view returns (uint256);

    /// @notice The light client.
    function client() external view returns (IAttestationLightClient);

    /// @notice See `Settings`.
    function silence() external view returns (uint256);

    /// @notice See `Settings`.
    function minimumBond() external view returns (uint256);

    /// @notice See `Settings`.
    function bounty() external view returns (uint256);

    /// @notice See `Settings`.
    function penalty() external view returns (uint256);
}
