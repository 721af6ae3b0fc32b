// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Arrays} from "@openzeppelin/contracts/utils/Arrays.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Median and quorum of weighted values
/// @dev An entry is one word, value ‖ weight, 128 bits each: words sort by value. The functions sort in place.
library WeightedQuotes {
    using Arrays for uint256[];

    /// @dev There is no median of nothing.
    error NoWeight();

    /// @dev An entry.
    function pack(uint128 value, uint128 weight) internal pure returns (uint256) {
        return uint256(value) << 128 | weight;
    }

    /// @dev The value of an entry.
    function valueOf(uint256 entry) internal pure returns (uint128) {
        // What was shifted has 128 bits.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint128(entry >> 128);
    }

    /// @dev The weighted median: half of the weight is at or below it, half at or above. Where the halves meet between two
    /// values it is their mean, rounded down. With equal weights it is the plain median.
    function median(uint256[] memory entries) internal pure returns (uint128) {
        // slither-disable-next-line unused-return (sorts in place)
        entries.sort();
        uint256 total = 0;
        for (uint256 j = 0; j < entries.length; ++j) {
            total += _weight(entries[j]);
        }
        require(total > 0, NoWeight());

        // At most 2^32 entries of 128 bits each: doubling them does not overflow.
        uint256 i = 0;
        uint256 below = _weight(entries[0]);
        while (below * 2 < total) below += _weight(entries[++i]);
        uint256 lower = valueOf(entries[i]);
        while (below * 2 <= total) below += _weight(entries[++i]);
        // The mean of two values of 128 bits is one of 128 bits.
        return uint128(Math.average(lower, valueOf(entries[i])));
    }

    /// @dev The greatest value such that the entries at or above it are at least `count`, and weigh at least `least`; zero if
    /// all of them are too few. With times of observation for values, what that quorum needs lasts as long as its oldest
    /// observation does.
    function quorum(uint256[] memory entries, uint256 count, uint256 least) internal pure returns (uint128) {
        // slither-disable-next-line unused-return (sorts in place)
        entries.sort();
        uint256 weight = 0;
        for (uint256 i = entries.length; i > 0; --i) {
            weight += _weight(entries[i - 1]);
            if (entries.length - i + 1 >= count && weight >= least) return valueOf(entries[i - 1]);
        }
        return 0;
    }

    function _weight(uint256 entry) private pure returns (uint256) {
        // The lower half is wanted.
        // forge-lint: disable-next-line(unsafe-typecast)
        return uint128(entry);
    }
}
