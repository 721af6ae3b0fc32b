// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IComputePriceOracle} from "./IComputePriceOracle.sol";
import {IOracleEvidence} from "./IOracleEvidence.sol";
import {OracleFeeds} from "./OracleFeeds.sol";
import {OracleOperators} from "./OracleOperators.sol";

/// @title Prices of compute, energy and whatever else has a feed
/// @dev Quotes that came through `updatePrices` are not signed, so they are kept: else a contract, or whoever prefers not to
/// sign, could quote what it likes for nothing. They can be false, but nothing else: the oracle itself dates them.
contract ComputePriceOracle is OracleFeeds, IOracleEvidence, EIP712 {
    /// @notice A quote beyond this many times the median, or below that part of it, is false.
    /// @dev The breaker lets the price move by a factor of eight at most within one period of any second. So no round makes an
    /// observation false that was at most a quarter above or a fifth below the price in force when it was made. One that
    /// was further off can become so: see the hazard at `reportFalseQuote`.
    uint256 public constant FALSE_FACTOR = 10;

    /// @notice An observation that is further ahead than this many seconds was not made.
    /// @dev Generous: blocks may come late.
    uint256 public constant FUTURE_TOLERANCE = 10 minutes;

    /// @notice The EIP-712 type of a quote.
    bytes32 public constant QUOTE_TYPEHASH = keccak256("Quote(bytes32 feed,uint256 price,uint64 observedAt)");

    uint256 private constant WATTS_PER_KW = 1_000;
    uint256 private constant WATT_SECONDS_PER_KWH = 3_600_000;

    /// @inheritdoc IOracleEvidence
    mapping(bytes32 offence => bool) public punished;

    /// @inheritdoc IOracleEvidence
    mapping(bytes32 feed => mapping(address operator => mapping(uint256 observedAt => uint256 price))) public updateOf;

    /// @param governance admits operators and feeds, and resets breakers
    /// @param minimum the smallest bond that counts, in wei
    /// @param unbonding in seconds, at least two days
    /// @param share the reporter's share of what is slashed, in hundredths of a percent, at most half
    constructor(address governance, uint256 minimum, uint256 unbonding, uint256 share)
        OracleOperators(governance, minimum, unbonding, share)
        EIP712("aivm.ComputePriceOracle", "1")
    {}

    /// @inheritdoc IComputePriceOracle
    function updatePrices(GPUPrice[] calldata gpu, EnergyPrice[] calldata energy) external onlyActiveOperator {
        for (uint256 i = 0; i < gpu.length; ++i) {
            _quoteCents(_resource(GPU, gpu[i].gpuClass), gpu[i].pricePerSec);
        }
        for (uint256 i = 0; i < energy.length; ++i) {
            _quoteCents(_resource(ENERGY, energy[i].region), energy[i].kWhPrice);
        }
    }

    /// @inheritdoc IComputePriceOracle
    function submitQuotes(SignedQuote[] calldata quotes) external returns (uint256 stored) {
        bytes32 feed = 0;
        bool changed = false;
        for (uint256 i = 0; i < quotes.length; ++i) {
            Quote calldata quote = quotes[i].quote;
            if (quote.feed != feed) {
                require(quote.feed > feed, FeedOrder(i, quote.feed));
                if (changed) _aggregate(feed);
                (feed, changed) = (quote.feed, false);
            }
            if (_store(feed, _signer(quotes[i]), quote.price, quote.observedAt) == Ignored.No) {
                changed = true;
                ++stored;
            }
        }
        if (changed) _aggregate(feed);
    }

    /// @inheritdoc IOracleEvidence
    function reportEquivocation(SignedQuote calldata first, SignedQuote calldata second) external {
        address operator = _signer(first);
        require(
            first.quote.feed == second.quote.feed && first.quote.observedAt == second.quote.observedAt
                && first.quote.price != second.quote.price && operator == _signer(second),
            NoEquivocation()
        );
        // Nobody's word but the operator's own is needed to prove it, and nothing honest does it.
        _punish(Offence.Equivocation, operator, first.quote, _slashable(operator));
    }

    /// @inheritdoc IOracleEvidence
    function reportFutureQuote(SignedQuote calldata signed) external {
        uint256 bound = block.timestamp + FUTURE_TOLERANCE;
        require(signed.quote.observedAt > bound, NotFromTheFuture(signed.quote.observedAt, bound));
        _punishHalf(Offence.FutureQuote, _signer(signed), signed.quote);
    }

    /// @inheritdoc IOracleEvidence
    function reportFalseQuote(SignedQuote calldata signed, uint256 round) external {
        _punishFalse(_signer(signed), signed.quote, round);
    }

    /// @inheritdoc IOracleEvidence
    function reportFalseUpdate(bytes32 feed, address operator, uint64 observedAt, uint256 round) external {
        uint256 price = updateOf[feed][operator][observedAt];
        require(price != 0, UnknownUpdate(feed, operator, observedAt));
        _punishFalse(operator, Quote(feed, price, observedAt), round);
    }

    /// @inheritdoc IComputePriceOracle
    function getGPUPrice(string calldata gpuClass) external view returns (GPUPrice memory) {
        (uint256 price, uint256 scale, uint256 updatedAt) = _priceOf(GPU, gpuClass);
        return GPUPrice(gpuClass, Math.ceilDiv(price, scale), updatedAt);
    }

    /// @inheritdoc IComputePriceOracle
    function getEnergyPrice(string calldata region) external view returns (EnergyPrice memory) {
        (uint256 price, uint256 scale, uint256 updatedAt) = _priceOf(ENERGY, region);
        return EnergyPrice(region, Math.ceilDiv(price, scale), updatedAt);
    }

    /// @inheritdoc IComputePriceOracle
    function computeFee(string calldata gpuClass, string calldata region, uint256 secs, uint256 watts)
        external
        view
        returns (uint256)
    {
        return _fee(gpuClass, region, secs, watts, WATTS_PER_KW);
    }

    /// @inheritdoc IComputePriceOracle
    function computeFeePerKwh(string calldata gpuClass, string calldata region, uint256 secs, uint256 watts)
        external
        view
        returns (uint256)
    {
        return _fee(gpuClass, region, secs, watts, WATT_SECONDS_PER_KWH);
    }

    /// @inheritdoc IOracleEvidence
    function hashQuote(Quote calldata quote) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(QUOTE_TYPEHASH, quote.feed, quote.price, quote.observedAt)));
    }

    /// @dev An operator's own quote in whole cents, observed now.
    function _quoteCents(bytes32 feed, uint256 cents) private {
        // A product that does not fit is no price either way.
        uint256 price = Math.saturatingMul(cents, _scale(feed));
        uint64 now_ = SafeCast.toUint64(block.timestamp);
        // With the caller active and the time now, it can only be that the caller quoted in this second before.
        require(_store(feed, msg.sender, price, now_) == Ignored.No, QuoteNotNewer(feed, msg.sender, now_));
        updateOf[feed][msg.sender][now_] = price;
        _aggregate(feed);
    }

    /// @dev False by a round that two thirds of all weight agree on, of observations none of which is older than this one.
    function _punishFalse(address operator, Quote memory quote, uint256 round) private {
        (uint256 time, uint256 median, uint256 agreedSince) = getRound(quote.feed, round);
        Feed storage feed = _feeds[quote.feed];
        require(
            quote.observedAt >= feed.resetAt && quote.observedAt <= agreedSince
                && time <= uint256(quote.observedAt) + feed.period,
            RoundNotJudging(round, time, agreedSince, quote.observedAt)
        );
        // The second product is only taken of a price that is at most ten times 128 bits.
        require(
            quote.price > median * FALSE_FACTOR || quote.price * FALSE_FACTOR < median, NotFalse(quote.price, median)
        );
        _punishHalf(Offence.FalseQuote, operator, quote);
    }

    /// @dev Half, and not all: it rests on a clock, or on other operators' word, and a fault in a source repeats itself. One
    /// false quote leaves the median among the others' quotes, so there is little to gain from it; each further one halves
    /// what is left.
    function _punishHalf(Offence offence, address operator, Quote memory quote) private {
        _punish(offence, operator, quote, Math.ceilDiv(_slashable(operator), 2));
    }

    function _punish(Offence offence, address operator, Quote memory quote, uint256 amount) private {
        bytes32 id = keccak256(abi.encode(offence, operator, quote.feed, quote.observedAt));
        require(!punished[id], AlreadyPunished(id));
        require(amount > 0, NothingToSlash(operator));
        punished[id] = true;
        emit OffenceReported(operator, quote.feed, quote.observedAt, offence, amount);
        // All of the amount is there: it was read from the bond.
        _slash(operator, amount, msg.sender);
    }

    /// @dev Energy is charged for each `wattSeconds` watt-seconds.
    function _fee(string calldata gpuClass, string calldata region, uint256 secs, uint256 watts, uint256 wattSeconds)
        private
        view
        returns (uint256)
    {
        (uint256 gpu, uint256 gpuScale,) = _priceOf(GPU, gpuClass);
        (uint256 energy, uint256 energyScale,) = _priceOf(ENERGY, region);
        return Math.mulDiv(secs, gpu, gpuScale, Math.Rounding.Ceil)
            + Math.mulDiv(secs * watts, energy, wattSeconds * energyScale, Math.Rounding.Ceil);
    }

    function _priceOf(string memory kind, string calldata name)
        private
        view
        returns (uint256 price, uint256 scale, uint256 updatedAt)
    {
        bytes32 feed = _resource(kind, name);
        (price, updatedAt,) = getPrice(feed);
        scale = _scale(feed);
    }

    function _resource(string memory kind, string calldata name) private view returns (bytes32 feed) {
        feed = feedId(kind, name);
        require(_feeds[feed].active, UnknownResource(kind, name));
    }

    function _scale(bytes32 feed) private view returns (uint256) {
        return 10 ** _feeds[feed].decimals;
    }

    /// @dev Whoever signed exactly this quote for this oracle on this chain; of anything else, somebody unknown.
    function _signer(SignedQuote calldata signed) private view returns (address) {
        return ECDSA.recoverCalldata(hashQuote(signed.quote), signed.signature);
    }
}
