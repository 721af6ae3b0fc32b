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
    uint256 private constant MIN_OPERATORS = 3;
    uint256 private constant WHOLE = 10_000;

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

    /// @dev What the client showed when it was noted; zero where no root could be expected.
    bytes32 private _mark;
    mapping(address operator => Operator) private _operators;
    /// @inheritdoc IRootRelayer
    mapping(uint256 height => bool) public isPaid;

    constructor(Settings memory settings)
        OperatorBonds(settings.unbondingPeriod, settings.reporterShare)
        Governed(settings.governance)
    {
        require(address(settings.client).code.length > 0, NotAClient(address(settings.client)));
        require(settings.minimumBond > 0, ZeroMinimumBond());
        require(settings.penalty > 0 && settings.penalty <= WHOLE, InvalidPenalty(settings.penalty, WHOLE));
        client = settings.client;
        silence = settings.silence == 0 ? DEFAULT_SILENCE : settings.silence;
        minimumBond = settings.minimumBond;
        bounty = settings.bounty;
        penalty = settings.penalty;
        (_mark, silentSince) = (_observe(settings.client), block.number);
    }

    /// @inheritdoc IRootRelayer
    // slither-disable-next-line reentrancy-no-eth,reentrancy-benign (guarded, and the client calls nobody)
    function relay(bytes32 root, uint256 height, bytes calldata signatures) external nonReentrant {
        require(root != bytes32(0), IAttestationLightClient.ZeroRoot());
        if (!_operators[msg.sender].active) {
            _note();
            require(isOpen(), RelayClosed(msg.sender, silentSince + silence));
        }
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
    function slashSilent(address operator) external nonReentrant returns (uint256 taken) {
        bytes32 found = _observe(client);
        require(found == _mark, ClientChanged(_mark, found));
        require(found != bytes32(0), NothingExpected());
        Operator storage own = _operators[operator];
        uint256 from = Math.max(silentSince, own.since);
        uint256 until = own.active ? block.number : own.until;
        require(until > from + silence, NotSilent(operator, from, until, silence));
        require(own.slashedFor != silentSince, AlreadySlashed(operator, silentSince));
        own.slashedFor = silentSince.toUint64();
        taken = _slash(operator, Math.mulDiv(_slashable(operator), penalty, WHOLE, Math.Rounding.Ceil), msg.sender);
        emit SilenceSlashed(operator, silentSince, taken);
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
        return activeOperators < MIN_OPERATORS || block.number > silentSince + silence;
    }

    function _remove(address operator) private {
        _operators[operator].admitted = false;
        emit OperatorRemoved(operator);
        _afterBondChange(operator);
    }

    /// @dev Whether an operator is active follows from its bond.
    function _afterBondChange(address operator) internal override {
        Operator storage own = _operators[operator];
        (uint256 active,,) = bondOf(operator);
        bool isActive = own.admitted && active >= minimumBond;
        if (isActive == own.active) return;
        own.active = isActive;
        if (isActive) {
            ++activeOperators;
            own.since = block.number.toUint64();
        } else {
            --activeOperators;
            own.until = block.number.toUint64();
        }
        emit OperatorActive(operator, isActive);
    }

    /// @dev Once for a height, and what the pot has: an empty one keeps nobody from relaying.
    function _payBounty(uint256 height) private returns (uint256 paid) {
        paid = Math.min(bounty, pot);
        if (paid == 0 || isPaid[height]) return 0;
        isPaid[height] = true;
        pot -= paid;
        _credit(msg.sender, paid);
    }

    /// @dev Begins to count anew if the client changed, and as long as no root can be expected.
    function _note() private returns (bool isNew) {
        bytes32 found = _observe(client);
        isNew = found != _mark;
        if (!isNew && found != bytes32(0)) return false;
        (_mark, silentSince) = (found, block.number);
        emit ClientNoted(found, block.number);
    }

    /// @dev What the client shows, which never comes back once it changed: heights rise, and a committee serves once, so the
    /// committee tells epochs apart in which the same root is known for the same height. Zero where no root can be
    /// expected.
    function _observe(IAttestationLightClient from) private view returns (bytes32) {
        // slither-disable-start unused-return (neither the height of an equivocation nor where a committee begins matters)
        (bool isFrozen,) = from.frozen();
        if (isFrozen) return bytes32(0);
        (bytes32 root, uint256 height) = from.latest();
        (address[] memory members, uint64[] memory weights,) =
            root == bytes32(0) ? from.committee() : from.committeeAt(height);
        // slither-disable-end unused-return
        if (members.length == 0) return bytes32(0);
        return keccak256(abi.encode(root, height, members, weights));
    }
}
