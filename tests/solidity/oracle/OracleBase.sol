// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {ComputePriceOracle} from "aivm/contracts/oracle/ComputePriceOracle.sol";
import {IComputePriceOracle} from "aivm/contracts/oracle/IComputePriceOracle.sol";

/// @title An oracle with seven bonded operators and a few feeds
abstract contract OracleBase is Test {
    uint256 internal constant START = 1_760_000_000;
    uint256 internal constant MIN_BOND = 500 ether;
    uint256 internal constant UNBONDING = 14 days;
    uint256 internal constant SHARE = 2_000;
    uint256 internal constant OPERATORS = 7;
    /// Half of the order of secp256k1's group is below this; a high s is n - s.
    uint256 internal constant GROUP_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141;

    address internal immutable governance = makeAddr("governance");
    address internal immutable stranger = makeAddr("stranger");

    ComputePriceOracle internal oracle;
    address[] private _operators;
    bytes32 internal gpu;
    bytes32 internal energy;

    function setUp() public virtual {
        vm.warp(START);
        for (uint256 i = 0; i <= 31; ++i) {
            _operators.push(vm.addr(key(i)));
        }
        oracle = new ComputePriceOracle(governance, MIN_BOND, UNBONDING, SHARE);
        gpu = addFeed("GPU", "H100", 0);
        energy = addFeed("ENERGY", "us-east", 0);
        for (uint256 i = 0; i < OPERATORS; ++i) {
            admit(i, MIN_BOND);
        }
    }

    function addFeed(string memory kind, string memory name, uint8 decimals) internal returns (bytes32) {
        vm.prank(governance);
        return oracle.addFeed(kind, name, 0, decimals, 0);
    }

    function admit(uint256 i, uint256 amount) internal {
        vm.prank(governance);
        oracle.admitOperator(operator(i));
        if (amount > 0) bond(i, amount);
    }

    function bond(uint256 i, uint256 amount) internal {
        deal(operator(i), operator(i).balance + amount);
        vm.prank(operator(i));
        oracle.bond{value: amount}();
    }

    function unbond(uint256 i, uint256 amount) internal {
        vm.prank(operator(i));
        oracle.beginUnbonding(amount);
    }

    function key(uint256 i) internal pure returns (uint256) {
        return 0xA11CE + i;
    }

    function operator(uint256 i) internal view returns (address) {
        return _operators[i];
    }

    function signed(uint256 i, bytes32 feed, uint256 price, uint256 observedAt)
        internal
        view
        returns (IComputePriceOracle.SignedQuote memory quote)
    {
        quote.quote = IComputePriceOracle.Quote(feed, price, uint64(observedAt));
        quote.signature = sign(key(i), oracle.hashQuote(quote.quote));
    }

    function sign(uint256 signer, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(signer, digest);
        return abi.encodePacked(r, s, v);
    }

    /// Quotes of the first operators, observed now.
    function quotes(bytes32 feed, uint256[] memory prices)
        internal
        view
        returns (IComputePriceOracle.SignedQuote[] memory list)
    {
        list = new IComputePriceOracle.SignedQuote[](prices.length);
        for (uint256 i = 0; i < prices.length; ++i) {
            list[i] = signed(i, feed, prices[i], vm.getBlockTimestamp());
        }
    }

    function submit(bytes32 feed, uint256[] memory prices) internal returns (uint256) {
        return oracle.submitQuotes(quotes(feed, prices));
    }

    function submitOne(IComputePriceOracle.SignedQuote memory quote) internal returns (uint256) {
        IComputePriceOracle.SignedQuote[] memory list = new IComputePriceOracle.SignedQuote[](1);
        list[0] = quote;
        return oracle.submitQuotes(list);
    }

    /// The first operators quote one price now.
    function quoteAll(bytes32 feed, uint256 price, uint256 count) internal {
        submit(feed, repeated(price, count));
    }

    function quoteAll(bytes32 feed, uint256 price) internal {
        quoteAll(feed, price, OPERATORS);
    }

    function repeated(uint256 price, uint256 count) internal pure returns (uint256[] memory list) {
        list = new uint256[](count);
        for (uint256 i = 0; i < count; ++i) {
            list[i] = price;
        }
    }

    function prices5(uint256 a, uint256 b, uint256 c, uint256 d, uint256 e)
        internal
        pure
        returns (uint256[] memory list)
    {
        list = new uint256[](5);
        (list[0], list[1], list[2], list[3], list[4]) = (a, b, c, d, e);
    }

    function priceOf(bytes32 feed) internal view returns (uint256 price) {
        (price,,) = oracle.getPrice(feed);
    }

    function assertPrice(bytes32 feed, uint256 price, uint256 updatedAt, IComputePriceOracle.Source source)
        internal
        view
    {
        (uint256 have, uint256 haveUpdatedAt, IComputePriceOracle.Source haveSource) = oracle.getPrice(feed);
        assertEq(have, price, "price");
        assertEq(haveUpdatedAt, updatedAt, "updatedAt");
        assertEq(uint256(haveSource), uint256(source), "source");
    }

    function activeBond(uint256 i) internal view returns (uint256 active) {
        (active,,) = oracle.bondOf(operator(i));
    }
}
