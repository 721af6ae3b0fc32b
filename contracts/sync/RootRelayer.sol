// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";
import {OperatorBonds} from "../bonds/OperatorBonds.sol";
import {Governed} from "./Governed.sol";
import {IRootRelayer} from "./IRootRelayer.sol";

/// @title Bonded operators that bring roots to a light client
/// @dev Holds `totalBonded() + totalCredited() + pot()`. Loops over no list, so no number of operators makes it stop.
contract RootRelayer is IRootRelayer, OperatorBonds, Governed, ReentrancyGuardTransient {
    using SafeCast for uint256;

    uint256 private constant DEFAULT_SILENCE = 100;
    /// @dev More than a year of blocks of four seconds, and far from where sums of blocks end.
    uint256 private constant MAX_SILENCE = 10_000_000;
    uint256 private constant MIN_OPERATORS = 3;

    /// @inheritdoc IRootRelayer
    IAttestationLightClient public immutable client;
    /// @inheritdoc IRootRelayer
    uint256 public immutable silence;
    /// @inheritdoc IRootRelayer
    uint256 public immutable minimumBond;
    /// @inheritdoc IRootRelayer
    uint256 public immutable bounty;
    /// @inheritdoc IRootRelayer
    uint256 public immutable penalty;

    /// @inheritdoc IRootRelayer
    uint256 public activeOperators;
    /// @inheritdoc IRootRelayer
    uint256 public silentSince;
    /// @inheritdoc IRootRelayer
    uint256 public pot;

    /// @inheritdoc IRootRelayer
    mapping(uint256 since => uint256) public silentUntil;
    /// @inheritdoc IRootRelayer
    mapping(address operator => mapping(uint256 since => bool)) public isSlashed;
    /// @inheritdoc IRootRelayer
    mapping(uint256 height => bool) public isPaid;

    mapping(address operator => Operator) private _operators;
    /// @dev What `_observe` made of the client when it was noted; zero where no root could be expected.
    bytes32 private _mark;
    /// @dev From which height on the committee in `_mark` signs.
    uint256 private _signsFrom;
    /// @dev The block of the latest bounty.
    uint256 private _paidIn;

    constructor(Settings memory settings)
        OperatorBonds(settings.unbondingPeriod, settings.reporterShare)
        Governed(settings.governance)
    {
        require(address(settings.client).code.length > 0, NotAClient(address(settings.client)));
        require(settings.minimumBond > 0, ZeroMinimumBond());
        require(settings.penalty > 0 && settings.penalty <= WHOLE, InvalidPenalty(settings.penalty, WHOLE));
        require(settings.silence <= MAX_SILENCE, InvalidSilence(settings.silence, MAX_SILENCE));
        client = settings.client;
        silence = settings.silence == 0 ? DEFAULT_SILENCE : settings.silence;
        minimumBond = settings.minimumBond;
        bounty = settings.bounty;
        penalty = settings.penalty;
        (_mark, _signsFrom) = _observe(settings.client, 0);
        silentSince = block.number;
    }

    /// @inheritdoc IRootRelayer
    // slither-disable-next-line reentrancy-no-eth,reentrancy-benign (guarded, and the client calls nobody)
    function relay(bytes32 root, uint256 height, bytes calldata signatures) external nonReentrant {
        require(root != bytes32(0), IAttestationLightClient.ZeroRoot());
        bool isActive = _operators[msg.sender].active;
        // Before the root as well, or else the root that ends a silence would wipe it out.
        if (!isActive || _isOverdue()) _note();
        require(isActive || isOpen(), RelayClosed(msg.sender, silentSince + silence));
        bool isKnown = client.rootAt(height) == root;
        if (!isKnown) client.updateRoot(root, height, signatures);
        _note();
        if (isKnown) {
            emit RootKnown(height, root, msg.sender);
        } else if (client.rootAt(height) != root) {
            emit EquivocationRelayed(height, root, msg.sender);
        } else {
            emit RootRelayed(height, root, msg.sender, _payBounty(height));
        }
    }

    /// @inheritdoc IRootRelayer
    function poke() external nonReentrant returns (bool isNew) {
        return _note();
    }

    /// @inheritdoc IRootRelayer
    function slashSilent(address operator, uint256 since) external nonReentrant returns (uint256 taken) {
        if (since == silentSince) _note();
        uint256 until = silentUntil[since];
        require(until > 0, UnknownSilence(since));
        Operator storage record = _operators[operator];
        uint256 from = Math.max(since, record.since);
        if (!record.active) until = Math.min(until, record.until);
        require(until > from + silence, NotSilent(operator, from, until, silence));
        require(!isSlashed[operator][since], AlreadySlashed(operator, since));
        uint256 held = _slashable(operator);
        require(held > 0, NothingToSlash(operator));
        isSlashed[operator][since] = true;
        taken = _slash(operator, Math.mulDiv(held, penalty, WHOLE, Math.Rounding.Ceil), msg.sender);
        emit SilenceSlashed(operator, since, taken);
    }

    /// @inheritdoc IRootRelayer
    function fund() external payable {
        require(msg.value > 0, ZeroAmount());
        pot += msg.value;
        emit Funded(msg.sender, msg.value, pot);
    }

    /// @inheritdoc IRootRelayer
    function admitOperator(address operator) external {
        _requireGovernance();
        require(!_operators[operator].admitted, AlreadyAdmitted(operator));
        _operators[operator].admitted = true;
        emit OperatorAdmitted(operator);
        _afterBondChange(operator);
    }

    /// @inheritdoc IRootRelayer
    function removeOperator(address operator) external {
        _requireGovernance();
        require(_operators[operator].admitted, NotAdmitted(operator));
        _remove(operator);
    }

    /// @inheritdoc IRootRelayer
    function resign() external {
        require(_operators[msg.sender].admitted, NotAdmitted(msg.sender));
        _remove(msg.sender);
    }

    /// @dev Who steps below the minimum leaves: see `resign`.
    function beginUnbonding(uint256 amount) public override {
        super.beginUnbonding(amount);
        Operator storage own = _operators[msg.sender];
        if (own.admitted && !own.active) _remove(msg.sender);
    }

    /// @inheritdoc IRootRelayer
    function operatorOf(address operator) external view returns (Operator memory) {
        return _operators[operator];
    }

    /// @inheritdoc IRootRelayer
    function isOpen() public view returns (bool) {
        return activeOperators < MIN_OPERATORS || _isOverdue();
    }

    function _remove(address operator) private {
        _operators[operator].admitted = false;
        emit OperatorRemoved(operator);
        _afterBondChange(operator);
    }

    /// @dev Whether an operator is active follows from its bond.
    function _afterBondChange(address operator) internal override {
        Operator storage record = _operators[operator];
        (uint256 active,,) = bondOf(operator);
        bool isActive = record.admitted && active >= minimumBond;
        if (isActive == record.active) return;
        record.active = isActive;
        if (isActive) {
            ++activeOperators;
            record.since = block.number.toUint64();
        } else {
            --activeOperators;
            record.until = block.number.toUint64();
        }
        emit OperatorActive(operator, isActive);
    }

    /// @dev Once for a height, once in a block, and what the pot has: an empty one keeps nobody from relaying. A
    /// backlog of roots that is brought at once earns no more than its newest root, which alone would have done.
    function _payBounty(uint256 height) private returns (uint256 paid) {
        paid = Math.min(bounty, pot);
        if (paid == 0 || isPaid[height] || block.number <= _paidIn) return 0;
        (isPaid[height], _paidIn) = (true, block.number);
        pot -= paid;
        _credit(msg.sender, paid);
    }

    function _isOverdue() private view returns (bool) {
        return block.number > silentSince + silence;
    }

    /// @dev Begins to count anew if the client changed, and as long as no root can be expected. The same mark proves that no
    /// root came since it was noted, so what was seen of a silence stays true whatever comes next.
    function _note() private returns (bool isNew) {
        (bytes32 found, uint256 signsFrom) = _observe(client, _signsFrom);
        isNew = found != _mark;
        if (isNew || found == bytes32(0)) {
            (_mark, _signsFrom, silentSince) = (found, signsFrom, block.number);
            emit ClientNoted(found, block.number);
        } else if (_isOverdue()) {
            silentUntil[silentSince] = block.number;
            emit SilenceSeen(silentSince, block.number);
        }
    }

    /// @dev What the client shows, which never comes back once it changed: heights rise, and a committee serves once, so the
    /// committee tells epochs apart in which the same root is known for the same height. Before the first root it is the
    /// one that signs height `asked`: in the epoch in which it was seen to sign from there on, it always does, whoever
    /// takes over later. The mark is zero where no root can be expected.
    function _observe(IAttestationLightClient from, uint256 asked)
        private
        view
        returns (bytes32 mark, uint256 signsFrom)
    {
        // slither-disable-next-line unused-return (the height of an equivocation does not matter)
        (bool isFrozen,) = from.frozen();
        if (isFrozen) return (bytes32(0), 0);
        (bytes32 root, uint256 height) = from.latest();
        address[] memory members;
        uint64[] memory weights;
        (members, weights, signsFrom) = from.committeeAt(root == bytes32(0) ? asked : height);
        if (members.length == 0) (members, weights, signsFrom) = from.committee();
        if (members.length == 0) return (bytes32(0), 0);
        mark = keccak256(abi.encode(root, height, members, weights));
    }
}
