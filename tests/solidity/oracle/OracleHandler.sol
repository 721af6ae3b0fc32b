// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {CommonBase} from "forge-std/Base.sol";
import {StdCheats} from "forge-std/StdCheats.sol";
import {StdUtils} from "forge-std/StdUtils.sol";
import {ComputePriceOracle} from "aivm/contracts/oracle/ComputePriceOracle.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";
import {IOracleEvidence} from "aivm/contracts/oracle/IOracleEvidence.sol";

/// @title Whatever operators, governance and strangers do to one feed, with books of its own
/// @dev Calls that would revert are left out. What breaks a rule is noted in `broken`.
contract OracleHandler is CommonBase, StdCheats, StdUtils {
    uint256 internal constant ACTORS = 12;
    uint256 internal constant MIN_BOND = 500 ether;

    ComputePriceOracle public immutable oracle;
    bytes32 public immutable feed;
    address internal immutable governance;

    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public accepted;
    uint256 public tripped;
    uint256 public slashed;
    string public broken;
    mapping(address operator => uint256) public admittedAt;

    address[] internal _actors;

    constructor(ComputePriceOracle oracle_, bytes32 feed_, address governance_) {
        (oracle, feed, governance) = (oracle_, feed_, governance_);
        for (uint256 i = 0; i < ACTORS; ++i) {
            _actors.push(vm.addr(0xB0B + i));
        }
    }

    function actor(uint256 i) public view returns (address) {
        return _actors[i % ACTORS];
    }

    function actors() external pure returns (uint256) {
        return ACTORS;
    }

    function bond(uint256 i, uint96 amount) external {
        amount = uint96(_bound(amount, 1, 10 * MIN_BOND));
        deal(actor(i), actor(i).balance + amount);
        vm.prank(actor(i));
        oracle.bond{value: amount}();
        paidIn += amount;
    }

    function beginUnbonding(uint256 i, uint256 amount) external {
        (uint256 active, uint256 unbonding,) = oracle.bondOf(actor(i));
        if (active == 0 || unbonding != 0) return;
        vm.prank(actor(i));
        oracle.beginUnbonding(_bound(amount, 1, active));
    }

    function withdraw(uint256 i) external {
        (, uint256 unbonding, uint256 unlocksAt) = oracle.bondOf(actor(i));
        if (unbonding == 0) return;
        if (vm.getBlockTimestamp() < unlocksAt) vm.warp(unlocksAt);
        vm.prank(actor(i));
        oracle.withdraw();
        paidOut += unbonding;
    }

    function collect(uint256 i) external {
        uint256 credit = oracle.creditOf(actor(i));
        if (credit == 0) return;
        vm.prank(actor(i));
        oracle.collect();
        paidOut += credit;
    }

    function admitOrRemove(uint256 i, uint256 chance) external {
        bool admitted = _isAdmitted(actor(i));
        if (admitted && chance % 4 != 0) return;
        vm.prank(governance);
        if (admitted) oracle.removeOperator(actor(i));
        else oracle.admitOperator(actor(i));
        if (!admitted) admittedAt[actor(i)] = vm.getBlockTimestamp();
    }

    function wait(uint256 secs) external {
        skip(_bound(secs, 1, 20 minutes));
    }

    /// Some of the operators quote around a price, now or a while ago.
    function submit(uint256 who, uint256 around, uint256 seed) external {
        around = _around(around);
        uint256 count = 0;
        for (uint256 i = 0; i < ACTORS; ++i) {
            if (who >> i & 3 != 0 && _isAdmitted(actor(i))) ++count;
        }
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](count);
        count = 0;
        for (uint256 i = 0; i < ACTORS; ++i) {
            if (who >> i & 3 == 0 || !_isAdmitted(actor(i))) continue;
            uint256 random = uint256(keccak256(abi.encode(seed, i)));
            list[count++] = _signed(i, around + random % (around / 4 + 1), vm.getBlockTimestamp() - random % 3);
        }
        uint256 rounds = oracle.roundCount(feed);
        uint256 before = oracle.getFeed(feed).price;
        oracle.submitQuotes(list);
        _judge(before, rounds);
    }

    function update(uint256 i, uint256 price) external {
        (, uint256 observedAt) = oracle.quoteOf(feed, actor(i));
        if (oracle.weightOf(actor(i)) == 0 || observedAt >= vm.getBlockTimestamp()) return;
        IComputePriceOracle.GPUPrice[] memory gpus = new IComputePriceOracle.GPUPrice[](1);
        gpus[0] = IComputePriceOracle.GPUPrice("H100", _around(price), 0);
        uint256 rounds = oracle.roundCount(feed);
        uint256 before = oracle.getFeed(feed).price;
        vm.prank(actor(i));
        oracle.updatePrices(gpus, new IComputePriceOracle.EnergyPrice[](0));
        _judge(before, rounds);
    }

    function resetBreaker() external {
        uint256 got = oracle.getFeed(feed).tripped;
        if (got == 0) return;
        vm.prank(governance);
        oracle.resetBreaker(feed, got, got);
    }

    function equivocate(uint256 i, uint256 reporter, uint256 chance) external {
        (uint256 active, uint256 unbonding,) = oracle.bondOf(actor(i));
        uint256 time = vm.getBlockTimestamp();
        bytes32 id = keccak256(abi.encode(IOracleEvidence.Offence.Equivocation, actor(i), feed, uint64(time)));
        if (active + unbonding == 0 || oracle.punished(id) || chance % 4 != 0) return;
        IComputePriceOracle.SignedQuote memory one = _signed(i, 1, time);
        IComputePriceOracle.SignedQuote memory other = _signed(i, 2, time);
        vm.prank(actor(reporter));
        oracle.reportEquivocation(one, other);
        ++slashed;
    }

    function signAhead(uint256 i, uint256 reporter, uint256 ahead) external {
        (uint256 active, uint256 unbonding,) = oracle.bondOf(actor(i));
        uint256 time = vm.getBlockTimestamp() + _bound(ahead, 601, 1 days);
        bytes32 id = keccak256(abi.encode(IOracleEvidence.Offence.FutureQuote, actor(i), feed, uint64(time)));
        if (active + unbonding == 0 || oracle.punished(id)) return;
        IComputePriceOracle.SignedQuote memory quote = _signed(i, 1, time);
        vm.prank(actor(reporter));
        oracle.reportFutureQuote(quote);
        ++slashed;
    }

    /// A changed price, or a new round, needs five fresh quotes of two thirds of the weight, and lies among them.
    function _judge(uint256 before, uint256 rounds) private {
        IComputePriceOracle.Feed memory now_ = oracle.getFeed(feed);
        if (now_.tripped != 0) ++tripped;
        if (now_.price == before && oracle.roundCount(feed) == rounds) return;
        ++accepted;
        (uint256 count, uint256 weight, uint256 low, uint256 high) = (0, 0, type(uint256).max, 0);
        for (uint256 i = 0; i < ACTORS; ++i) {
            (uint256 price, uint256 observedAt) = oracle.quoteOf(feed, actor(i));
            uint256 share = oracle.weightOf(actor(i));
            if (share == 0 || observedAt == 0 || observedAt + now_.period < vm.getBlockTimestamp()) continue;
            if (observedAt < admittedAt[actor(i)]) continue;
            ++count;
            weight += share;
            if (price < low) low = price;
            if (price > high) high = price;
        }
        if (count < 5) broken = "accepted with too few quotes";
        if (weight * 3 < oracle.totalWeight() * 2) broken = "accepted with too little weight";
        if (now_.price < low || now_.price > high) broken = "accepted beyond the quotes";
        if (before != 0 && (now_.price > before * 2 || before > now_.price * 2)) {
            broken = "accepted beyond the breaker";
        }
        if (now_.tripped != 0) broken = "accepted and tripped";
    }

    function _around(uint256 seed) private view returns (uint256) {
        uint256 have = oracle.getFeed(feed).price;
        if (have == 0) have = 1_000_000;
        return _bound(seed, have * 2 / 5 + 1, have * 9 / 4 + 1) % type(uint64).max + 1;
    }

    function _isAdmitted(address account) private view returns (bool) {
        address[] memory list = oracle.operators();
        for (uint256 i = 0; i < list.length; ++i) {
            if (list[i] == account) return true;
        }
        return false;
    }

    function _signed(uint256 i, uint256 price, uint256 observedAt)
        private
        view
        returns (IComputePriceOracle.SignedQuote memory quote)
    {
        quote.quote = IComputePriceOracle.Quote(feed, price, uint64(observedAt));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(0xB0B + i % ACTORS, oracle.hashQuote(quote.quote));
        quote.signature = abi.encodePacked(r, s, v);
    }
}
