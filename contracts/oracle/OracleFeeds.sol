// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IComputePriceOracle} from "./IComputePriceOracle.sol";
import {OracleOperators} from "./OracleOperators.sol";
import {PriceHistory} from "./PriceHistory.sol";
import {WeightedQuotes} from "./WeightedQuotes.sol";

/// @title Feeds: quotes in, a price out
/// @dev A median is accepted in `_settle`, or by governance in `resetBreaker`. `getPrice` is the one read that knows whether a
/// price may be relied on; all that charges goes through it.
abstract contract OracleFeeds is IComputePriceOracle, OracleOperators {
    using Arrays for uint256[];
    using PriceHistory for PriceHistory.History;
    using SafeCast for uint256;

    /// @dev One slot.
    struct Observation {
        uint128 price;
        uint64 observedAt;
    }

    /// @notice A median is of at least this many fresh quotes.
    uint256 public constant MIN_QUOTES = 5;

    /// @dev A price is agreed on by at least this many operators: whoever quotes otherwise is judged by all others of a quorum.
    uint256 private constant MIN_AGREEING = MIN_QUOTES - 1;

    /// @notice The average is over this many seconds, and stands in for as long.
    uint256 public constant WINDOW = 24 hours;

    /// @notice How often the sources of the known kinds change: for how long a quote is fresh, unless governance says
    /// otherwise.
    uint32 public constant GPU_PERIOD = 15 minutes;
    uint32 public constant CPU_PERIOD = 30 minutes;
    uint32 public constant ENERGY_PERIOD = 1 hours;
    uint32 public constant FX_PERIOD = 60 seconds;

    /// @dev The kinds that the fee is made of.
    string internal constant GPU = "GPU";
    string internal constant ENERGY = "ENERGY";

    uint256 private constant MAX_DECIMALS = 18;

    mapping(bytes32 feed => Feed) internal _feeds;
    mapping(bytes32 feed => PriceHistory.History) internal _history;
    mapping(bytes32 feed => mapping(address operator => Observation)) private _observations;

    /// @inheritdoc IComputePriceOracle
    function addFeed(string calldata kind, string calldata name, uint32 period, uint8 decimals, uint128 basis)
        external
        onlyOwner
        returns (bytes32 id)
    {
        require(bytes(kind).length > 0 && bytes(name).length > 0, EmptyName());
        if (period == 0) period = _defaultPeriod(kind);
        require(period > 0 && period <= WINDOW, InvalidPeriod(period, WINDOW));
        require(decimals <= MAX_DECIMALS, InvalidDecimals(decimals, MAX_DECIMALS));
        id = feedId(kind, name);
        Feed storage feed = _feeds[id];
        require(!feed.active, FeedExists(id));
        bool isNew = feed.period == 0;
        require(isNew || feed.decimals == decimals, DecimalsFixed(feed.decimals, decimals));

        if (isNew) (feed.kind, feed.name, feed.decimals) = (kind, name, decimals);
        else _history[id].restart();
        (feed.active, feed.period) = (true, period);
        (feed.acceptedAt, feed.freshUntil) = (0, 0);
        _setBasis(feed, basis == 0 ? feed.price : basis);
        emit FeedAdded(id, kind, name, period, decimals, feed.price);
    }

    /// @inheritdoc IComputePriceOracle
    function removeFeed(bytes32 id) external onlyOwner {
        _activeFeed(id).active = false;
        emit FeedRemoved(id);
    }

    /// @inheritdoc IComputePriceOracle
    function resetBreaker(bytes32 id, uint256 lowest, uint256 highest) external onlyOwner {
        Feed storage feed = _activeFeed(id);
        uint128 price = feed.tripped;
        require(price != 0, BreakerNotTripped(id));
        require(lowest <= price && price <= highest, MedianOutOfRange(price, lowest, highest));
        (feed.acceptedAt, feed.freshUntil) = (feed.trippedAt, feed.trippedFreshUntil);
        _setBasis(feed, price);
        _history[id].restart();
        // That governance agrees makes nobody's quote false.
        _history[id].record(price, 0);
        emit FeedCleared(id, price, true);
    }

    /// @inheritdoc IComputePriceOracle
    function getPrice(bytes32 id) public view returns (uint256 price, uint256 updatedAt, Source source) {
        Feed storage feed = _activeFeed(id);
        (price, updatedAt) = (feed.price, feed.acceptedAt);
        require(feed.tripped == 0, BreakerTripped(id, price, feed.tripped));
        if (block.timestamp <= feed.freshUntil) return (price, updatedAt, Source.Median);
        require(updatedAt != 0 && block.timestamp <= updatedAt + WINDOW, StalePrice(id, updatedAt));
        // slither-disable-next-line unused-return (a price since `updatedAt` is one to average)
        (price,) = _history[id].average(WINDOW);
        source = Source.Average;
    }

    /// @inheritdoc IComputePriceOracle
    function getFreshPrice(bytes32 id) external view returns (uint256 price, uint256 updatedAt) {
        Source source;
        (price, updatedAt, source) = getPrice(id);
        require(source == Source.Median, StalePrice(id, updatedAt));
    }

    /// @inheritdoc IComputePriceOracle
    function getAverage(bytes32 id) external view returns (uint256 price, uint256 covered) {
        _activeFeed(id);
        return _history[id].average(WINDOW);
    }

    /// @inheritdoc IComputePriceOracle
    function getFeed(bytes32 id) external view returns (Feed memory) {
        return _feeds[id];
    }

    /// @inheritdoc IComputePriceOracle
    function quoteOf(bytes32 id, address operator) external view returns (uint256 price, uint256 observedAt) {
        Observation storage quote = _observations[id][operator];
        return (quote.price, quote.observedAt);
    }

    /// @inheritdoc IComputePriceOracle
    function roundCount(bytes32 id) external view returns (uint256) {
        return _history[id].rounds.length;
    }

    /// @inheritdoc IComputePriceOracle
    function getRound(bytes32 id, uint256 round)
        public
        view
        returns (uint256 time, uint256 price, uint256 agreedSince)
    {
        PriceHistory.History storage history = _history[id];
        require(round < history.rounds.length, UnknownRound(id, round));
        return (history.rounds[round].time, history.priceOf(round), history.agreedSince(round));
    }

    /// @inheritdoc IComputePriceOracle
    function feedId(string memory kind, string memory name) public pure returns (bytes32) {
        return keccak256(abi.encode(kind, name));
    }

    /// @dev Keeps an operator's quote if it is its newest for the feed.
    function _store(bytes32 id, address operator, uint256 price, uint64 observedAt) internal returns (Ignored reason) {
        Feed storage feed = _activeFeed(id);
        require(price > 0 && price <= type(uint128).max, InvalidPrice(id, price));
        require(observedAt <= block.timestamp, FutureQuote(id, observedAt, block.timestamp));
        require(_isOperator(operator), NotOperator(operator));

        Observation storage known = _observations[id][operator];
        if (observedAt <= known.observedAt) reason = Ignored.NotNewer;
        else if (observedAt + uint256(feed.period) < block.timestamp) reason = Ignored.Stale;
        else if (weightOf(operator) == 0) reason = Ignored.InactiveOperator;
        else if (observedAt < _admittedAt(operator)) reason = Ignored.BeforeAdmission;
        if (reason != Ignored.No) {
            emit QuoteIgnored(id, operator, observedAt, reason);
            return reason;
        }
        (known.price, known.observedAt) = (price.toUint128(), observedAt);
        emit QuoteStored(id, operator, price, observedAt);
    }

    /// @dev Takes the median of the quotes that count, if they are enough: five, with two thirds of all weight. The count makes
    /// it more than a few voices. The weight makes a third of all weight what it takes to be half of those who are heard:
    /// a smaller minority leaves the median among the others' quotes, whoever is silent.
    function _aggregate(bytes32 id) internal {
        (uint256[] memory prices, uint256[] memory times, uint256 weight) = _counted(id);
        uint256 least = Math.ceilDiv(totalWeight * 2, 3);
        uint256 oldest = WeightedQuotes.quorum(times.slice(0), MIN_QUOTES, least);
        if (oldest == 0) return;
        uint256 freshUntil = oldest + _feeds[id].period;
        uint128 median = WeightedQuotes.median(prices.slice(0));
        // Of those who agree, since when they have two thirds of all weight between them.
        for (uint256 i = 0; i < times.length; ++i) {
            if (_isBeyondDouble(WeightedQuotes.valueOf(prices[i]), median)) times[i] = 0;
        }
        if (_settle(id, median, freshUntil, WeightedQuotes.quorum(times, MIN_AGREEING, least))) {
            emit PriceAccepted(id, median, prices.length, weight, freshUntil);
        }
    }

    /// @dev The quotes that count, as entries of price and of time, and their weight: those of active operators, observed
    /// since their admission, and fresh.
    function _counted(bytes32 id)
        private
        view
        returns (uint256[] memory prices, uint256[] memory times, uint256 weight)
    {
        uint256 seats = _seatCount();
        uint256 period = _feeds[id].period;
        prices = new uint256[](seats);
        times = new uint256[](seats);
        uint256 count = 0;
        for (uint256 i = 0; i < seats; ++i) {
            (address operator, uint96 share) = _seat(i);
            Observation storage quote = _observations[id][operator];
            uint64 observedAt = quote.observedAt;
            if (observedAt == 0 || share == 0 || observedAt + period < block.timestamp) continue;
            if (observedAt < _admittedAt(operator)) continue;
            prices[count] = WeightedQuotes.pack(quote.price, share);
            times[count] = WeightedQuotes.pack(observedAt, share);
            ++count;
            weight += share;
        }
        return (prices.splice(0, count), times.splice(0, count), weight);
    }

    /// @dev Accepts a median, or trips the breaker. A median must be within a factor of two of the last price; and of the
    /// price at the begin of the current period, else a quorum could double the price in every second of it.
    function _settle(bytes32 id, uint128 median, uint256 freshUntil, uint256 agreedSince) private returns (bool) {
        Feed storage feed = _feeds[id];
        uint128 have = feed.price;
        bool newPeriod = block.timestamp >= uint256(feed.anchoredAt) + feed.period;
        uint128 anchor = newPeriod ? have : feed.anchor;
        if (have != 0 && (_isBeyondDouble(have, median) || _isBeyondDouble(anchor, median))) {
            (feed.tripped, feed.trippedFreshUntil) = (median, freshUntil.toUint48());
            feed.trippedAt = block.timestamp.toUint48();
            emit FeedTripped(id, have, median);
            return false;
        }
        bool cleared = feed.tripped != 0;
        if (cleared) _untrip(feed);
        if (have == 0) anchor = median;
        if (have == 0 || newPeriod) (feed.anchor, feed.anchoredAt) = (anchor, block.timestamp.toUint48());
        (feed.price, feed.acceptedAt, feed.freshUntil) = (median, block.timestamp.toUint48(), freshUntil.toUint48());
        _history[id].record(median, agreedSince);
        if (cleared) emit FeedCleared(id, median, false);
        return true;
    }

    /// @dev What governance says the breaker is to go by.
    function _setBasis(Feed storage feed, uint128 price) private {
        uint48 time = block.timestamp.toUint48();
        (feed.price, feed.anchor, feed.anchoredAt, feed.resetAt) = (price, price, time, time);
        _untrip(feed);
    }

    function _untrip(Feed storage feed) private {
        (feed.tripped, feed.trippedFreshUntil, feed.trippedAt) = (0, 0, 0);
    }

    function _activeFeed(bytes32 id) internal view returns (Feed storage feed) {
        feed = _feeds[id];
        require(feed.active, UnknownFeed(id));
    }

    function _isBeyondDouble(uint256 one, uint256 other) private pure returns (bool) {
        return one > other * 2 || other > one * 2;
    }

    function _defaultPeriod(string calldata kind) private pure returns (uint32) {
        bytes32 hash = keccak256(bytes(kind));
        if (hash == keccak256(bytes(GPU))) return GPU_PERIOD;
        if (hash == keccak256("CPU")) return CPU_PERIOD;
        if (hash == keccak256(bytes(ENERGY))) return ENERGY_PERIOD;
        if (hash == keccak256("FX")) return FX_PERIOD;
        return 0;
    }
}
