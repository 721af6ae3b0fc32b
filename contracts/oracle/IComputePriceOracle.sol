// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

/// @title Prices of compute, energy and whatever else has a feed
/// @notice Operators quote; the stake-weighted median of at least five fresh quotes, together of two thirds of all weight, is
/// the price: a minority of less than a third of all weight never sets it. When quotes run dry, the time-weighted average of 24 hours stands in. A median beyond twice or
/// below half of the price, or of what it was when the feed's current period began, trips the feed's breaker: it cannot be
/// read until quotes come back or governance agrees.
///
/// Prices are in US cents with the feed's decimals: at 0 decimals 100 is one dollar, at 6 decimals 70,000 is seven
/// hundredths of a cent. A feed is told by kind and name: ("GPU", "H100") is the price of one second of an H100, ("CPU",
/// class) of one second of a CPU, ("ENERGY", region) of one kWh, ("FX", "LUX/USD") of one LUX. Times are in Unix seconds, by
/// the clock of the chain: operators sign the timestamp of the latest block, not that of their own clock.
interface IComputePriceOracle {
    struct GPUPrice {
        string gpuClass;
        /// US cents per second. What is read is rounded up to a whole cent.
        uint256 pricePerSec;
        /// As `updatedAt` of `getPrice`. What a caller writes here is ignored.
        uint256 lastUpdate;
    }

    struct EnergyPrice {
        string region;
        /// US cents per kWh. What is read is rounded up to a whole cent.
        uint256 kWhPrice;
        /// As `updatedAt` of `getPrice`. What a caller writes here is ignored.
        uint256 lastUpdate;
    }

    /// @notice What an operator says it observed. Signed as the EIP-712 struct
    /// `Quote(bytes32 feed,uint256 price,uint64 observedAt)` in the domain (name "aivm.ComputePriceOracle", version "1",
    /// chainId, verifyingContract).
    /// @dev Two prices for one feed and second cost the whole bond: see `IOracleEvidence`.
    struct Quote {
        bytes32 feed;
        uint256 price;
        uint64 observedAt;
    }

    struct SignedQuote {
        Quote quote;
        /// r ‖ s ‖ v, 65 bytes, low s, v 27 or 28.
        bytes signature;
    }

    /// @notice Where a price comes from.
    enum Source {
        /// The median of fresh quotes.
        Median,
        /// The time-weighted average: quotes have run dry.
        Average
    }

    /// @notice Why a validly signed quote was not stored. None of it is the submitter's fault: someone else may have
    /// submitted it first, the block may have come late, the operator may have unbonded.
    enum Ignored {
        No,
        NotNewer,
        Stale,
        InactiveOperator,
        BeforeAdmission
    }

    struct Feed {
        string kind;
        string name;
        /// Accepted last, or the basis that governance gave; zero if there is none.
        uint128 price;
        /// When the price was accepted; of one that governance agreed to, when it had tripped the breaker. Zero if none was
        /// accepted since the feed was added.
        uint48 acceptedAt;
        /// Until when enough of the quotes behind the price are fresh.
        uint48 freshUntil;
        /// For how long a quote is fresh.
        uint32 period;
        /// The median that tripped the breaker; zero if it is not tripped.
        uint128 tripped;
        /// Until when enough of the quotes behind `tripped` are fresh.
        uint48 trippedFreshUntil;
        /// When governance last set the basis: in `addFeed` or `resetBreaker`.
        uint48 resetAt;
        uint8 decimals;
        bool active;
        /// The price at the begin of the current period of the breaker.
        uint128 anchor;
        uint48 anchoredAt;
        /// When a median last tripped the breaker; zero if it is not tripped.
        uint48 trippedAt;
    }

    event FeedAdded(bytes32 indexed feed, string kind, string name, uint256 period, uint256 decimals, uint256 basis);

    event FeedRemoved(bytes32 indexed feed);

    event QuoteStored(bytes32 indexed feed, address indexed operator, uint256 price, uint256 observedAt);

    event QuoteIgnored(bytes32 indexed feed, address indexed operator, uint256 observedAt, Ignored reason);

    /// @notice The median of `quotes` quotes with this weight together is the price.
    event PriceAccepted(bytes32 indexed feed, uint256 price, uint256 quotes, uint256 weight, uint256 freshUntil);

    /// @notice A median was not accepted, being beyond twice or below half of the price `have`, or of the period's anchor.
    event FeedTripped(bytes32 indexed feed, uint256 have, uint256 got);

    /// @notice A tripped feed can be read again: a median came back, or governance agreed to the new price.
    event FeedCleared(bytes32 indexed feed, uint256 price, bool byGovernance);

    /// @notice There is no such feed, or it was removed.
    error UnknownFeed(bytes32 feed);

    /// @notice There is no feed of this kind and name, or it was removed.
    error UnknownResource(string kind, string name);

    /// @notice The feed exists.
    error FeedExists(bytes32 feed);

    /// @notice A kind and a name are not empty.
    error EmptyName();

    /// @notice A period is 1 second to 24 hours. Zero stands for the default of a kind that has one.
    error InvalidPeriod(uint256 period, uint256 maximum);

    /// @notice A feed has at most 18 decimals.
    error InvalidDecimals(uint256 decimals, uint256 maximum);

    /// @notice A feed that comes back has the decimals it had: quotes signed before say the same as ever.
    error DecimalsFixed(uint256 have, uint256 got);

    /// @notice A price is 1 to 2^128 - 1.
    error InvalidPrice(bytes32 feed, uint256 price);

    /// @notice Nobody has observed what is yet to come.
    error FutureQuote(bytes32 feed, uint256 observedAt, uint256 blockTime);

    /// @notice The operator's stored quote is as new.
    error QuoteNotNewer(bytes32 feed, address operator, uint256 observedAt);

    /// @notice Quotes come in the order of their feeds' ids, so that each feed's median is taken once.
    error FeedOrder(uint256 index, bytes32 feed);

    /// @notice No price was accepted for 24 hours (`getFreshPrice`: or too few of its quotes are fresh); `updatedAt` is zero
    /// if none was since the feed was added.
    error StalePrice(bytes32 feed, uint256 updatedAt);

    /// @notice The newest median is beyond twice or below half of the price `have`, or of the period's anchor.
    error BreakerTripped(bytes32 feed, uint256 have, uint256 got);

    /// @notice The feed's breaker is not tripped.
    error BreakerNotTripped(bytes32 feed);

    /// @notice The newest median is not what governance agreed to.
    error MedianOutOfRange(uint256 got, uint256 lowest, uint256 highest);

    /// @notice The feed has no such round.
    error UnknownRound(bytes32 feed, uint256 round);

    /// @notice The price of a second of a GPU class, in whole US cents, rounded up.
    /// @dev As `getPrice`, including the average when quotes have run dry.
    function getGPUPrice(string calldata gpuClass) external view returns (GPUPrice memory);

    /// @notice The price of a kWh in a region, in whole US cents, rounded up.
    /// @dev As `getPrice`, including the average when quotes have run dry.
    function getEnergyPrice(string calldata region) external view returns (EnergyPrice memory);

    /// @notice The caller, an active operator, quotes prices in whole US cents, observed now. Each is one operator's
    /// quote, as if signed: the price changes when there are enough of them.
    /// @dev Reverts if it quoted one of them in this block already. What was sent is kept: it is evidence against the operator
    /// as a signed quote is (`IOracleEvidence.reportFalseUpdate`).
    function updatePrices(GPUPrice[] calldata gpu, EnergyPrice[] calldata energy) external;

    /// @notice Stores signed quotes of operators and takes the median of each feed that has new ones. Anyone may call.
    /// @dev Quotes are grouped by feed, feeds ascending. One that is no newer than the operator's last, or stale, or older
    /// than its admission, or of an operator whose bond is too low, is passed over with `QuoteIgnored`: whoever takes a quote out of a pending
    /// batch and submits it first does not stop the batch. All else reverts.
    /// @return stored how many quotes were stored
    function submitQuotes(SignedQuote[] calldata quotes) external returns (uint256 stored);

    /// @notice Adds a feed, or brings one back. Governance only.
    /// @param period for how long a quote is fresh; zero for the kind's default (GPU 15 minutes, CPU 30 minutes, ENERGY 1
    /// hour, FX 60 seconds)
    /// @param basis what the breaker holds the first median against. It is not a price that can be read. Zero: the
    /// first median is accepted whatever it is; or, when a feed comes back, held against its last price
    /// @dev A feed that comes back begins a new average. Its decimals cannot change.
    function addFeed(string calldata kind, string calldata name, uint32 period, uint8 decimals, uint128 basis)
        external
        returns (bytes32 feed);

    /// @notice Removes a feed: it takes no quotes, and neither its price nor its average can be read. Governance only.
    /// @dev `getFeed`, `quoteOf`, `roundCount` and `getRound` go on telling what was, and its rounds go on judging quotes.
    function removeFeed(bytes32 feed) external;

    /// @notice Accepts the median that tripped a breaker, if it is within the bounds governance agreed to. Governance only.
    /// @dev Its `updatedAt` is when it tripped the breaker, so nothing old is read as new: if its quotes are stale by now, the
    /// average, which begins anew with it, is read for as long as 24 hours from then on; later than that only
    /// new quotes can be read, and what governance agreed to is what the breaker holds them against.
    function resetBreaker(bytes32 feed, uint256 lowest, uint256 highest) external;

    /// @notice A feed's price: the median while it is fresh, else the average of 24 hours, or of less if the feed is
    /// younger. Reverts if the breaker is tripped, or nothing was accepted within the 24 hours.
    /// @dev `updatedAt` is when the last median was accepted; of one that governance agreed to, when it tripped the breaker.
    function getPrice(bytes32 feed) external view returns (uint256 price, uint256 updatedAt, Source source);

    /// @notice A feed's median. Reverts with `StalePrice` where `getPrice` would fall back to the average.
    function getFreshPrice(bytes32 feed) external view returns (uint256 price, uint256 updatedAt);

    /// @notice The time-weighted average, and over how many seconds: 24 hours, or less if the feed is younger. Whatever the
    /// breaker says, and however old the last price is: use `getPrice` where that matters.
    /// @dev A price of zero: none was accepted since the feed was added. `covered` is zero too in the second of the first one.
    function getAverage(bytes32 feed) external view returns (uint256 price, uint256 covered);

    /// @notice All about a feed, however stale or tripped; `active` is false if there is none.
    function getFeed(bytes32 feed) external view returns (Feed memory);

    /// @notice An operator's latest quote, whether or not it counts; zeros if there is none.
    function quoteOf(bytes32 feed, address operator) external view returns (uint256 price, uint256 observedAt);

    /// @notice How many medians were accepted; those of one second count as one.
    function roundCount(bytes32 feed) external view returns (uint256);

    /// @notice A median that was accepted, and what makes it judge quotes (`IOracleEvidence.reportFalseQuote`).
    /// @dev `agreedSince` is the latest time such that quotes observed at or after it, and within a factor of two of the median,
    /// were of four operators and two thirds of all weight; zero if there is none
    function getRound(bytes32 feed, uint256 round)
        external
        view
        returns (uint256 time, uint256 price, uint256 agreedSince);

    /// @notice The id of a feed: `keccak256(abi.encode(kind, name))`.
    function feedId(string calldata kind, string calldata name) external pure returns (bytes32);

    /// @notice The fee of a job in US cents: seconds × GPU price + seconds × kW × kWh price. 60 seconds of an H100 at 100
    /// cents with 500 W at 10 cents are 6,300 cents.
    /// @dev This is the form of LP-80's example. It takes the price of a kWh for that of a kW-second, so the energy in it is
    /// 3,600 times too dear; `computeFeePerKwh` has it right. GPU time and energy are each rounded up to a cent. Prices are
    /// those of `getPrice`, including averages.
    function computeFee(string calldata gpuClass, string calldata region, uint256 secs, uint256 watts)
        external
        view
        returns (uint256 cents);

    /// @notice The fee of a job in US cents: seconds × GPU price + kWh × kWh price. GPU time and energy are each rounded up
    /// to a cent, in favour of who is paid. Prices are those of `getPrice`, including averages.
    function computeFeePerKwh(string calldata gpuClass, string calldata region, uint256 secs, uint256 watts)
        external
        view
        returns (uint256 cents);
}
