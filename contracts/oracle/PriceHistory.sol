// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title The prices of a feed over time
/// @dev Nothing is forgotten, so however many prices are recorded, none pushes another out of a window. A round is one slot:
/// its time, and the sum of price × seconds up to then. Its price follows from the next round's sum.
library PriceHistory {
    using SafeCast for uint256;

    struct Round {
        uint48 time;
        /// How many seconds before `time` the observations began that agree on the price; `NOT_AGREED` if too few do.
        uint32 age;
        /// Prices of 128 bits over times of 48 bits: the sum never wraps.
        uint176 sum;
    }

    struct History {
        /// The price of the newest round.
        uint128 latest;
        /// The round that averages begin with.
        uint64 first;
        Round[] rounds;
    }

    uint32 private constant NOT_AGREED = type(uint32).max;

    /// @dev Records a price as of now, and since when observations agree on it; zero: they do not. Of several in one second the
    /// last one counts.
    function record(History storage self, uint128 price, uint256 agreedSince_) internal {
        uint32 age = agreedSince_ == 0 ? NOT_AGREED : (block.timestamp - agreedSince_).toUint32();
        uint256 count = self.rounds.length;
        uint256 sum = 0;
        if (count > 0) {
            Round storage last = self.rounds[count - 1];
            uint256 elapsed = block.timestamp - last.time;
            // slither-disable-next-line incorrect-equality (one second is one round: more or less is another case)
            if (elapsed == 0) {
                last.age = age;
                self.latest = price;
                // After a restart in this very second, averages begin here.
                if (self.first == count) self.first = (count - 1).toUint64();
                return;
            }
            sum = last.sum + self.latest * elapsed;
        }
        self.rounds.push(Round(block.timestamp.toUint48(), age, sum.toUint176()));
        self.latest = price;
    }

    /// @dev Averages begin with the next price that is recorded.
    function restart(History storage self) internal {
        self.first = self.rounds.length.toUint64();
    }

    /// @dev The price of a round that exists.
    function priceOf(History storage self, uint256 round) internal view returns (uint256) {
        if (round + 1 == self.rounds.length) return self.latest;
        Round storage begin = self.rounds[round];
        Round storage end = self.rounds[round + 1];
        return (end.sum - begin.sum) / (end.time - begin.time);
    }

    /// @dev Since when observations agreed on a round that exists; zero if they did not.
    function agreedSince(History storage self, uint256 round) internal view returns (uint256) {
        Round storage found = self.rounds[round];
        return found.age == NOT_AGREED ? 0 : found.time - found.age;
    }

    /// @dev The average over a window that ends now, each price weighted with the seconds it was in force, rounded down; and
    /// over how many seconds it is: less than the window if no price is as old. Zeros if there is no price.
    function average(History storage self, uint256 window) internal view returns (uint256 price, uint256 covered) {
        uint256 count = self.rounds.length;
        uint256 first = self.first;
        if (count == first) return (0, 0);

        uint256 start = Math.max(Math.saturatingSub(block.timestamp, window), self.rounds[first].time);
        covered = block.timestamp - start;
        // slither-disable-next-line incorrect-equality (nothing to divide by)
        if (covered == 0) return (self.latest, 0);

        // The last round that is not after the start: the price in force then counts from the start on.
        uint256 low = first;
        uint256 high = count - 1;
        while (low < high) {
            uint256 middle = Math.ceilDiv(low + high, 2);
            if (self.rounds[middle].time <= start) low = middle;
            else high = middle - 1;
        }
        uint256 sumAtStart = self.rounds[low].sum + priceOf(self, low) * (start - self.rounds[low].time);
        Round storage last = self.rounds[count - 1];
        uint256 sumNow = last.sum + self.latest * (block.timestamp - last.time);
        return ((sumNow - sumAtStart) / covered, covered);
    }
}
