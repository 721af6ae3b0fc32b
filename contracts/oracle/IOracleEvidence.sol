// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IComputePriceOracle} from "./IComputePriceOracle.sol";

/// @title What an operator of the oracle loses bond for
/// @notice Anyone may report an offence, and is credited the reporter's share of what is slashed. Evidence is what an operator
/// signed, whether or not it was ever submitted, or what it sent with `updatePrices`. Each is punished once.
/// @dev Hazard for operators: keep what was signed last for each feed, on disk and before it is sent. Two prices for one second,
/// as after a restart, are an equivocation, whatever the reason.
interface IOracleEvidence {
    /// @notice What an operator lost bond for.
    enum Offence {
        Equivocation,
        FutureQuote,
        FalseQuote
    }

    event OffenceReported(
        address indexed operator, bytes32 indexed feed, uint256 observedAt, Offence offence, uint256 taken
    );

    /// @notice These quotes do not contradict each other: other feeds, times or operators, or the same price.
    error NoEquivocation();

    /// @notice An honest clock could have said this.
    error NotFromTheFuture(uint256 observedAt, uint256 bound);

    /// @notice The operator sent no price for this feed with `updatePrices` in this second.
    error UnknownUpdate(bytes32 feed, address operator, uint256 observedAt);

    /// @notice This round proves nothing about the quote: two thirds of all weight did not agree on it with observations at or
    /// after this one (`agreedSince`, zero if they never did), or it was more than one period after the observation, or
    /// governance has set the basis since.
    error RoundNotJudging(uint256 round, uint256 roundTime, uint256 agreedSince, uint256 observedAt);

    /// @notice The quote is within ten times the median.
    error NotFalse(uint256 price, uint256 median);

    /// @notice An offence is punished once.
    error AlreadyPunished(bytes32 offence);

    /// @notice The operator has no bond left. The offence can be reported again if it bonds again.
    error NothingToSlash(address operator);

    /// @notice Slashes all of the bond of an operator that signed two prices for one feed and time.
    function reportEquivocation(
        IComputePriceOracle.SignedQuote calldata first,
        IComputePriceOracle.SignedQuote calldata second
    ) external;

    /// @notice Slashes half of the bond of an operator that signed an observation more than ten minutes in the future.
    function reportFutureQuote(IComputePriceOracle.SignedQuote calldata signed) external;

    /// @notice Slashes half of the bond of an operator that signed a price more than ten times above, or below a tenth of, a
    /// median that two thirds of all weight agreed on soon after.
    /// @dev To agree is to quote within a factor of two of the median. Those who do are at least four operators, and every one
    /// of them observed at or after the judged observation, at most one period after it: what others said before proves
    /// nothing about what an operator saw after, and one who is the first to see a move is not false.
    ///
    /// Hazard: those who agree are believed. An honest operator loses half of its bond if two thirds of all weight, all of
    /// it newer, say otherwise by ten times within a period: because they are wrong together, or because it alone saw a
    /// spike that had passed when they looked. See `FALSE_FACTOR` for what the breaker rules out.
    /// @param round the index of that median among those accepted
    function reportFalseQuote(IComputePriceOracle.SignedQuote calldata signed, uint256 round) external;

    /// @notice As `reportFalseQuote`, of a price that the operator sent with `updatePrices`. A false price for one feed and
    /// second is one offence, signed or sent.
    /// @param observedAt the time of the block it was sent in
    function reportFalseUpdate(bytes32 feed, address operator, uint64 observedAt, uint256 round) external;

    /// @notice The price that an operator sent with `updatePrices`, with the feed's decimals; zero if it sent none in that
    /// second.
    function updateOf(bytes32 feed, address operator, uint256 observedAt) external view returns (uint256 price);

    /// @notice Whether an offence was punished: `keccak256(abi.encode(offence, operator, feed, observedAt))`.
    function punished(bytes32 offence) external view returns (bool);

    /// @notice What an operator signs.
    function hashQuote(IComputePriceOracle.Quote calldata quote) external view returns (bytes32);
}
