// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {OperatorBonds} from "aivm/contracts/bonds/OperatorBonds.sol";

/// @dev Bonds that nobody watches and nobody slashes.
contract PlainBonds is OperatorBonds {
    constructor(uint256 period, uint256 share) OperatorBonds(period, share) {}
}

/// @dev The smallest contract that slashes, and that also credits coin which was sent to it.
contract Bonds is OperatorBonds {
    uint256 public changes;

    constructor(uint256 period, uint256 share) OperatorBonds(period, share) {}

    function slash(address operator, uint256 amount, address reporter) external returns (uint256) {
        return _slash(operator, amount, reporter);
    }

    function credit(address account) external payable {
        _credit(account, msg.value);
    }

    function slashable(address operator) external view returns (uint256) {
        return _slashable(operator);
    }

    function _afterBondChange(address) internal override {
        ++changes;
    }
}

/// @dev An operator that calls back while it is paid, with whatever it was told to.
contract HostileOperator {
    Bonds private immutable BONDS;
    bytes private _again;
    bool private _refuses;

    /// @dev How often coin came in, and what the last call back answered.
    uint256 public payments;
    bytes public answer;

    constructor(Bonds bonds) {
        BONDS = bonds;
    }

    receive() external payable {
        require(!_refuses, "no coin, please");
        ++payments;
        // forge-lint: disable-next-line(unchecked-call)
        if (_again.length > 0) (, answer) = address(BONDS).call(_again);
    }

    function callBack(bytes calldata data) external {
        _again = data;
    }

    function refuse(bool refuses) external {
        _refuses = refuses;
    }

    function perform(bytes calldata data, uint256 value) external {
        (bool ok, bytes memory result) = address(BONDS).call{value: value}(data);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(result, 0x20), mload(result))
            }
        }
    }
}

abstract contract OperatorBondsBase is Test {
    uint256 internal constant PERIOD = 7 days;
    uint256 internal constant SHARE = 2_500;
    address internal constant BURN = 0x000000000000000000000000000000000000dEaD;

    Bonds internal bonds;
    address internal alice = makeAddr("alice");
    address internal bob = makeAddr("bob");
    address internal reporter = makeAddr("reporter");

    function setUp() public virtual {
        vm.warp(1_760_000_000);
        bonds = new Bonds(PERIOD, SHARE);
    }

    function _bond(address operator, uint256 amount) internal {
        vm.deal(operator, operator.balance + amount);
        vm.prank(operator);
        bonds.bond{value: amount}();
    }

    function _beginUnbonding(address operator, uint256 amount) internal {
        vm.prank(operator);
        bonds.beginUnbonding(amount);
    }

    function _assertBond(address operator, uint256 active, uint256 unbonding, uint256 unlocksAt) internal view {
        (uint256 a, uint256 u, uint256 t) = bonds.bondOf(operator);
        assertEq(a, active, "active");
        assertEq(u, unbonding, "unbonding");
        assertEq(t, unlocksAt, "unlocksAt");
        assertEq(bonds.slashable(operator), active + unbonding, "slashable");
    }
}
