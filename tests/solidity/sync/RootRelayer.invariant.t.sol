// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRootRelayer} from "aivm/contracts/sync/IRootRelayer.sol";
import {RootRelayer} from "aivm/contracts/sync/RootRelayer.sol";
import {LightClientBase} from "./LightClientBase.sol";
import {RelayerBase} from "./RelayerBase.sol";

/// @dev Drives a relayer: good and bad relays, silences, and operators that come and go.
contract RelayerHandler is LightClientBase {
    address private constant BURN = 0x000000000000000000000000000000000000dEaD;

    RootRelayer private immutable RELAYER;
    address private immutable COUNCIL;
    Team private team;
    uint256 private teamCount;
    address[] private _operators;

    /// @dev How often an operator was slashed for a silence, and the worst of it. The same of bounties.
    mapping(address operator => mapping(uint256 since => uint256)) private _slashes;
    uint256 public mostSlashes;
    mapping(uint256 height => uint256) private _bounties;
    mapping(uint256 blockNumber => uint256) private _bountiesIn;
    uint256 public mostBounties;
    uint256 public paidIn;
    uint256 public paidOut;
    /// @dev The blocks in which roots came, or a freeze, or a new committee; and those in which silences may have begun.
    uint256[] private _signs;
    uint256[] private _sinces;
    bool public slashedInTime;

    /// @dev The operators of `RelayerBase`, and two more.
    constructor(RootRelayer relayer, address council, address boss_, Team memory first, address[3] memory operators_) {
        _operators = operators_;
        _operators.push(makeAddr("op 3"));
        _operators.push(makeAddr("op 4"));
        (RELAYER, COUNCIL, boss, team) = (relayer, council, boss_, first);
        client = relayer.client();
        paidIn = address(relayer).balance;
        _signs.push(block.number);
        _noteSince();
    }

    function operators() external view returns (address[] memory) {
        return _operators;
    }

    function relay(uint256 seed, bytes32 root, uint8 above) external {
        (bool isFrozen,) = client.frozen();
        if (isFrozen || root == 0) return;
        (, uint256 latest) = client.latest();
        uint256 height = (latest == 0 ? START : latest + 1) + above % 3;
        bytes memory data = abi.encodeCall(RELAYER.relay, (root, height, _signRoot(team, root, height)));
        uint256 credited = RELAYER.totalCredited();
        vm.prank(_operator(seed));
        (bool ok,) = address(RELAYER).call(data);
        if (!ok) return;
        _signs.push(block.number);
        _noteSince();
        if (RELAYER.totalCredited() == credited) return;
        mostBounties = Math.max(mostBounties, Math.max(++_bounties[height], ++_bountiesIn[block.number]));
    }

    /// @dev A root around the relayer, or a second one for a height.
    function update(bytes32 root, uint8 kind) external {
        (bool isFrozen,) = client.frozen();
        if (isFrozen || root == 0) return;
        (bytes32 known, uint256 latest) = client.latest();
        uint256 height = known == 0 ? START : kind % 8 == 0 ? latest : latest + 1;
        if (known == root && height == latest) return;
        _update(team, root, height);
        _signs.push(block.number);
    }

    function beginAnew() external {
        (bool isFrozen,) = client.frozen();
        if (!isFrozen) return;
        team = _team(string(abi.encode("anew", ++teamCount)), 2, 1);
        _set(team, START);
        _signs.push(block.number);
    }

    function poke() external {
        RELAYER.poke();
        _noteSince();
    }

    /// @dev For the silence that lasts, or one of those before.
    function slash(uint256 seed, uint256 reporter, uint8 blocks, uint8 ago) external {
        address operator = _operator(seed);
        if (blocks % 2 > 0) vm.roll(block.number + blocks % 64);
        uint256 since = _sinces[_sinces.length - 1 - ago % Math.min(4, _sinces.length)];
        uint256 activeSince = RELAYER.operatorOf(operator).since;
        vm.prank(_operator(reporter));
        (bool ok,) = address(RELAYER).call(abi.encodeCall(RELAYER.slashSilent, (operator, since)));
        _noteSince();
        if (!ok) return;
        mostSlashes = Math.max(mostSlashes, ++_slashes[operator][since]);
        uint256 until = RELAYER.silentUntil(since);
        if (until <= Math.max(since, activeSince) + RELAYER.silence()) slashedInTime = true;
        for (uint256 i; i < _signs.length; ++i) {
            // One in the last block ended it.
            if (_signs[i] > since && _signs[i] < until) slashedInTime = true;
        }
    }

    function admitOrRemove(uint256 seed) external {
        address operator = _operator(seed);
        bool isIn = RELAYER.operatorOf(operator).admitted;
        if (isIn && seed % 3 > 0) return; // more come than go
        vm.prank(COUNCIL);
        if (isIn) RELAYER.removeOperator(operator);
        else RELAYER.admitOperator(operator);
    }

    function bond(uint256 seed, uint96 amount) external {
        address operator = _operator(seed);
        amount = uint96(bound(amount, 1, 30 ether));
        deal(operator, operator.balance + amount);
        vm.prank(operator);
        RELAYER.bond{value: amount}();
        paidIn += amount;
    }

    function takeOut(uint256 seed, uint96 amount) external {
        address operator = _operator(seed);
        (uint256 active, uint256 unbonding, uint256 unlocksAt) = RELAYER.bondOf(operator);
        if (unbonding > 0) {
            vm.warp(unlocksAt);
            vm.prank(operator);
            RELAYER.withdraw();
            paidOut += unbonding;
        } else if (active > 0) {
            vm.prank(operator);
            RELAYER.beginUnbonding(bound(amount, 1, active));
        }
    }

    function collect(uint256 seed) external {
        address operator = _operator(seed);
        uint256 amount = RELAYER.creditOf(operator);
        if (amount == 0) return;
        vm.prank(operator);
        RELAYER.collect();
        paidOut += amount;
    }

    function fund(uint96 amount) external {
        amount = uint96(bound(amount, 1, 3 ether));
        deal(address(this), amount);
        RELAYER.fund{value: amount}();
        paidIn += amount;
    }

    function wait(uint8 blocks) external {
        vm.roll(block.number + blocks % 64);
    }

    function _noteSince() private {
        uint256 since = RELAYER.silentSince();
        if (_sinces.length == 0 || _sinces[_sinces.length - 1] != since) _sinces.push(since);
    }

    function _operator(uint256 seed) private view returns (address) {
        return _operators[seed % _operators.length];
    }
}

contract RootRelayerInvariantTest is RelayerBase {
    RelayerHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new RelayerHandler(relayer, council, boss, team, operators);
        targetContract(address(handler));
        bytes4[] memory selectors = new bytes4[](11);
        selectors[0] = handler.relay.selector;
        selectors[1] = handler.update.selector;
        selectors[2] = handler.beginAnew.selector;
        selectors[3] = handler.poke.selector;
        selectors[4] = handler.slash.selector;
        selectors[5] = handler.admitOrRemove.selector;
        selectors[6] = handler.bond.selector;
        selectors[7] = handler.takeOut.selector;
        selectors[8] = handler.collect.selector;
        selectors[9] = handler.fund.selector;
        selectors[10] = handler.wait.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
    }

    function invariant_BalanceCoversBondsCreditsAndPot() public view {
        (uint256 bonded, uint256 active) = (0, 0);
        address[] memory list = handler.operators();
        for (uint256 i; i < list.length; ++i) {
            (uint256 own, uint256 unbonding,) = relayer.bondOf(list[i]);
            bonded += own + unbonding;
            IRootRelayer.Operator memory operator = relayer.operatorOf(list[i]);
            assertEq(operator.active, operator.admitted && own >= MIN_BOND, "active");
            if (operator.active) ++active;
        }
        assertEq(relayer.totalBonded(), bonded, "bonded");
        assertEq(relayer.activeOperators(), active, "active operators");
        _assertBooks();
        assertEq(handler.paidIn(), address(relayer).balance + handler.paidOut() + BURN.balance, "coin");
    }

    function invariant_NobodyIsSlashedTwiceForASilence() public view {
        assertLe(handler.mostSlashes(), 1);
    }

    function invariant_NobodyIsSlashedWhileRootsCome() public view {
        assertFalse(handler.slashedInTime());
    }

    function invariant_AHeightIsPaidOnceAndOneInABlock() public view {
        assertLe(handler.mostBounties(), 1);
    }
}
