// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {Test} from "forge-std/Test.sol";
import {IAttestationRegistry} from "aivm/abi/IAttestationRegistry.sol";
import {IPrecompile} from "aivm/abi/IPrecompile.sol";
import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {PrecompileCall} from "aivm/contracts/PrecompileCall.sol";
import {AttestationRegistry} from "aivm/contracts/attestation/AttestationRegistry.sol";
import {IAttestationChain} from "aivm/contracts/attestation/IAttestationChain.sol";
import {IAttestationQueries} from "aivm/contracts/attestation/IAttestationQueries.sol";
import {IRootCAForwarder} from "aivm/contracts/attestation/IRootCAForwarder.sol";

/// @dev At 0x0AAA: answers a selector with what it was told, and remembers the last call.
contract Parrot {
    struct Line {
        bool known;
        bool reverts;
        bytes answer;
    }

    mapping(bytes4 selector => Line) private _lines;
    bytes public lastCall;
    address public lastCaller;

    function teach(bytes4 selector, bool reverts, bytes calldata answer) external {
        _lines[selector] = Line(true, reverts, answer);
    }

    fallback() external {
        Line storage line = _lines[msg.sig];
        require(line.known, "not taught");
        bytes memory answer = line.answer;
        if (msg.sig == IAttestationRegistry.verifyAttestationFor.selector && !line.reverts) {
            (lastCall, lastCaller) = (msg.data, msg.sender);
        }
        bool reverts = line.reverts;
        assembly ("memory-safe") {
            if reverts { revert(add(answer, 0x20), mload(answer)) }
            return(add(answer, 0x20), mload(answer))
        }
    }
}

/// @dev Answers true, and takes nearly 50,000 gas for it, as the precompile does.
contract Nearly50k {
    fallback() external {
        assembly ("memory-safe") {
            let start := gas()
            for {} lt(sub(start, gas()), 49400) {} {}
            mstore(0, 1)
            return(0, 0x20)
        }
    }
}

/// @dev Governance that takes `updateRootCA` back.
contract Forwarder is IRootCAForwarder {
    AttestationRegistry private immutable FACADE;
    IAttestationChain.TEEVendor public vendor;
    bytes public roots;
    address public by;

    constructor(AttestationRegistry facade) {
        FACADE = facade;
    }

    function update(IAttestationChain.TEEVendor vendor_, bytes calldata newRootCA) external {
        FACADE.updateRootCA(vendor_, newRootCA);
    }

    function forwardRootCA(IAttestationChain.TEEVendor vendor_, bytes calldata newRootCA) external {
        (vendor, roots, by) = (vendor_, newRootCA, msg.sender);
    }
}

/// The facade alone, over an 0x0AAA that says what it is told to.
contract AttestationRegistryTest is Test {
    address private constant REGISTRY = address(0x0AAA);
    bytes32 private constant DEVICE = keccak256("device");

    AttestationRegistry private facade;
    Parrot private parrot = Parrot(REGISTRY);
    address private operator = makeAddr("operator");

    function setUp() public {
        facade = new AttestationRegistry();
        vm.etch(REGISTRY, address(new Parrot()).code);
    }

    function test_SelectorsAreThePrecompiles() public pure {
        assertEq(IAttestationChain.verifyAttestation.selector, IAttestationRegistry.verifyAttestation.selector);
        assertEq(IAttestationChain.getDeviceStatus.selector, IAttestationRegistry.getDeviceStatus.selector);
        assertEq(IAttestationChain.updateRootCA.selector, IAttestationRegistry.updateRootCA.selector);
        assertEq(IAttestationQueries.governance.selector, IAttestationRegistry.governance.selector);
        assertEq(uint8(type(IAttestationChain.TEEVendor).max), uint8(type(IAttestationRegistry.TEEVendor).max));
        assertEq(uint8(IAttestationChain.TEEVendor.ARMCCA), uint8(IAttestationRegistry.TEEVendor.ARMCCA));
        assertEq(uint8(IAttestationChain.TEEVendor.NVIDIA), uint8(IAttestationRegistry.TEEVendor.NVIDIA));
        assertEq(uint8(IAttestationChain.TEEVendor.TDX), uint8(IAttestationRegistry.TEEVendor.TDX));
        assertEq(uint8(IAttestationChain.TEEVendor.SEVSNP), uint8(IAttestationRegistry.TEEVendor.SEVSNP));
        assertEq(uint8(IAttestationChain.TEEVendor.SGX), uint8(IAttestationRegistry.TEEVendor.SGX));
    }

    /// The proof is handed on as it is, for whoever calls.
    function testFuzz_VerifyAttestation(IAttestationChain.ProofOfExecution memory proof, address caller) public {
        vm.assume(caller != address(vm) && caller != REGISTRY);
        parrot.teach(IAttestationRegistry.verifyAttestationFor.selector, false, abi.encode(true));
        vm.prank(caller);
        assertTrue(facade.verifyAttestation(proof));
        IAttestationRegistry.ProofOfExecution memory same =
            abi.decode(abi.encode(proof), (IAttestationRegistry.ProofOfExecution));
        assertEq(parrot.lastCall(), abi.encodeCall(IAttestationRegistry.verifyAttestationFor, (caller, same)));
        assertEq(parrot.lastCaller(), address(facade));
    }

    function testFuzz_GetDeviceStatus(bool attested, uint8 score, uint256 lastSeen, address by, uint8 vendor) public {
        score %= 101;
        vendor %= 6;
        _teachStatus(abi.encode(attested, score, lastSeen, by, vendor));
        IAttestationChain.DeviceStatus memory status = facade.getDeviceStatus(DEVICE);
        assertEq(status.attested, attested);
        assertEq(status.trustScore, score);
        assertEq(status.lastSeen, lastSeen);
        assertEq(status.operator, by);
        assertEq(uint8(status.vendor), vendor);
        assertEq(abi.encode(facade.getStatus(DEVICE)), abi.encode(status));
    }

    function test_RequireAttested() public {
        _teachStatus(abi.encode(true, 80, 7, operator, 3));
        assertEq(facade.requireAttested(DEVICE, 0).operator, operator);
        assertEq(facade.requireAttested(DEVICE, 80).trustScore, 80);
        vm.expectRevert(abi.encodeWithSelector(IAttestationQueries.TrustScoreTooLow.selector, DEVICE, 80, 81));
        facade.requireAttested(DEVICE, 81);
        _teachStatus(abi.encode(false, 80, 7, operator, 3));
        vm.expectRevert(abi.encodeWithSelector(IAttestationQueries.DeviceNotAttested.selector, DEVICE));
        facade.requireAttested(DEVICE, 0);
    }

    function test_IsAttestedKey() public {
        _teachStatus(abi.encode(true, 80, 7, operator, 3));
        _teachKey(keccak256("public key"));
        assertTrue(facade.isAttestedKey(DEVICE, "public key"));
        assertFalse(facade.isAttestedKey(DEVICE, "another"));
        _teachKey(0); // the device named none
        assertFalse(facade.isAttestedKey(DEVICE, ""));
        _teachKey(keccak256("public key"));
        _teachStatus(abi.encode(false, 80, 7, operator, 3));
        assertFalse(facade.isAttestedKey(DEVICE, "public key"));
    }

    // Roots

    function test_GovernanceUpdatesRoots() public {
        Forwarder forwarder = new Forwarder(facade);
        _teachGovernance(abi.encode(address(forwarder)));
        assertEq(facade.governance(), address(forwarder));
        forwarder.update(IAttestationChain.TEEVendor.TDX, hex"3031");
        assertEq(uint8(forwarder.vendor()), uint8(IAttestationChain.TEEVendor.TDX));
        assertEq(forwarder.roots(), hex"3031");
        assertEq(forwarder.by(), address(facade));
    }

    function testFuzz_RevertWhen_RootsAreUpdatedByAnyoneElse(address caller) public {
        Forwarder forwarder = new Forwarder(facade);
        vm.assume(caller != address(forwarder));
        _teachGovernance(abi.encode(address(forwarder)));
        vm.expectRevert(abi.encodeWithSelector(IPrecompile.Unauthorized.selector, caller));
        vm.prank(caller);
        facade.updateRootCA(IAttestationChain.TEEVendor.SGX, hex"30");
        assertEq(forwarder.roots(), "");
    }

    // A registry that is not there, or is something else

    function test_RevertWhen_ThereIsNoRegistry() public {
        vm.etch(REGISTRY, "");
        _assertEveryCallReverts(abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector));
    }

    function test_RevertWhen_TheClientLacksThePrecompile() public {
        vm.etch(REGISTRY, hex"fe"); // the mark in the genesis of such a chain
        _assertEveryCallReverts(abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector));
    }

    /// What a caller without the facade would see.
    function test_AnAbsentRegistrySeemsToAnswerALowLevelCall() public {
        vm.etch(REGISTRY, "");
        (bool ok, bytes memory answer) = REGISTRY.call(abi.encodeCall(IAttestationRegistry.deviceCount, ()));
        assertTrue(ok);
        assertEq(answer.length, 0);
    }

    function test_RevertWhen_TheAnswerHasAnotherLength() public {
        uint256[5] memory lengths = [uint256(31), 33, 95, 159, 161];
        for (uint256 i; i < lengths.length; i++) {
            bytes memory answer = new bytes(lengths[i]);
            _teachAll(answer);
            _assertEveryCallReverts(abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, answer));
        }
    }

    function test_RevertWhen_TheAnswerIsEmpty() public {
        _teachAll("");
        bytes memory absent = abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector);
        vm.expectRevert(absent);
        facade.getDeviceStatus(DEVICE);
        vm.expectRevert(absent);
        facade.isAttestedKey(DEVICE, "");
        vm.expectRevert(absent);
        facade.governance();
        vm.expectRevert(abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, ""));
        facade.verifyAttestation(_proof());
    }

    function test_RevertWhen_TheAnswerIsNoStatus() public {
        _refusesStatus(abi.encode(2, 0, 0, operator, 0));
        _refusesStatus(abi.encode(1, 101, 0, operator, 0));
        _refusesStatus(abi.encode(1, 100, 0, 1 << 160, 0));
        _refusesStatus(abi.encode(1, 100, 0, operator, 6));
    }

    function test_RevertWhen_TheAnswerIsNoTruth() public {
        for (uint256 word; word < 3; word += 2) {
            parrot.teach(IAttestationRegistry.verifyAttestationFor.selector, false, abi.encode(word));
            vm.expectRevert(abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, abi.encode(word)));
            facade.verifyAttestation(_proof());
        }
    }

    function test_RevertWhen_TheAnswerIsNoAddress() public {
        bytes memory answer = abi.encode(uint256(1) << 160);
        _teachGovernance(answer);
        vm.expectRevert(abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, answer));
        facade.governance();
    }

    /// Whatever 0x0AAA says when it refuses is passed on, byte by byte.
    function testFuzz_RefusalsArePassedOn(bytes memory reason) public {
        vm.assume(reason.length > 0);
        bytes4[4] memory selectors = _selectors();
        for (uint256 i; i < selectors.length; i++) {
            parrot.teach(selectors[i], true, reason);
        }
        _assertEveryCallReverts(reason);
    }

    function test_RevertWhen_LeftTooLittleGas() public {
        vm.etch(REGISTRY, hex"fe"); // burns all it is given, as does a precompile that is given too little
        for (uint256 gas_ = 20_000; gas_ < 50_000; gas_ += 1_000) {
            (bool ok, bytes memory answer) =
                address(facade).call{gas: gas_}(abi.encodeCall(facade.verifyAttestation, (_proof())));
            assertFalse(ok);
            // Never "absent": with so little gas nobody can tell. What is left may be too little to say anything.
            if (answer.length > 0) {
                // forge-lint: disable-next-line(unsafe-typecast)
                assertEq(bytes4(answer), PrecompileCall.InsufficientGas.selector);
                assertEq(answer.length, 68);
            }
        }
    }

    /// A callee that takes nearly the price: whatever the caller is left, it is never "absent". Solidity copies the input
    /// before a call, the more of it the longer.
    function test_Attack_LeftALittleTooLittleGasForLongEvidence() public {
        vm.etch(REGISTRY, address(new Nearly50k()).code);
        IAttestationChain.ProofOfExecution memory proof = _proof();
        uint256 succeeded;
        uint256 named;
        for (uint256 length; length <= 16_384; length += 8_192) {
            proof.cpuQuote = new bytes(length);
            bytes memory input = abi.encodeCall(facade.verifyAttestation, (proof));
            for (uint256 gas_ = 48_000; gas_ < 75_000; gas_ += 97) {
                (bool ok, bytes memory answer) = address(facade).call{gas: gas_}(input);
                if (ok) succeeded++;
                else if (answer.length > 0) named++;
                // forge-lint: disable-next-line(unsafe-typecast)
                if (!ok && answer.length > 0) assertEq(bytes4(answer), PrecompileCall.InsufficientGas.selector);
            }
        }
        assertGt(succeeded, 100);
        assertGt(named, 10);
    }

    /// Between "too little gas" and "nobody there" the price decides.
    function test_RevertWhen_NobodySaysWhy() public {
        vm.etch(REGISTRY, hex"5f5ffd"); // reverts without a word, and leaves the gas
        bytes memory verify = abi.encodeCall(facade.verifyAttestation, (_proof()));
        (bool ok, bytes memory answer) = address(facade).call{gas: 50_000}(verify);
        assertFalse(ok);
        assertEq(answer.length, 68);
        (bytes4 selector, uint256 available, uint256 price) = _split(answer);
        assertEq(selector, PrecompileCall.InsufficientGas.selector);
        assertGt(available, 40_000);
        assertLt(available, price);
        assertEq(price, 50_000);
        (ok, answer) = address(facade).call{gas: 70_000}(verify);
        assertFalse(ok);
        assertEq(answer, abi.encodeWithSelector(PrecompileCall.PrecompileAbsent.selector));
    }

    function _split(bytes memory answer) private pure returns (bytes4 selector, uint256 first, uint256 second) {
        assembly ("memory-safe") {
            selector := mload(add(answer, 0x20))
            first := mload(add(answer, 0x24))
            second := mload(add(answer, 0x44))
        }
    }

    function _assertEveryCallReverts(bytes memory reason) private {
        bytes[6] memory calls = [
            abi.encodeCall(facade.verifyAttestation, (_proof())),
            abi.encodeCall(facade.getDeviceStatus, (DEVICE)),
            abi.encodeCall(facade.getStatus, (DEVICE)),
            abi.encodeCall(facade.requireAttested, (DEVICE, 0)),
            abi.encodeCall(facade.isAttestedKey, (DEVICE, "key")),
            abi.encodeCall(facade.updateRootCA, (IAttestationChain.TEEVendor.SGX, hex"30"))
        ];
        for (uint256 i; i < calls.length; i++) {
            // A limit, since code 0xfe burns all it is given.
            (bool ok, bytes memory answer) = address(facade).call{gas: 10_000_000}(calls[i]);
            assertFalse(ok);
            assertEq(answer, reason);
        }
    }

    function _refusesStatus(bytes memory answer) private {
        _teachStatus(answer);
        vm.expectRevert(abi.encodeWithSelector(PrecompileCall.UnexpectedAnswer.selector, answer));
        facade.getDeviceStatus(DEVICE);
    }

    function _selectors() private pure returns (bytes4[4] memory) {
        return [
            IAttestationRegistry.verifyAttestationFor.selector,
            IAttestationRegistry.getDeviceStatus.selector,
            IAttestationRegistry.getDeviceKey.selector,
            IAttestationRegistry.governance.selector
        ];
    }

    function _teachAll(bytes memory answer) private {
        bytes4[4] memory selectors = _selectors();
        for (uint256 i; i < selectors.length; i++) {
            parrot.teach(selectors[i], false, answer);
        }
    }

    function _teachStatus(bytes memory answer) private {
        parrot.teach(IAttestationRegistry.getDeviceStatus.selector, false, answer);
    }

    function _teachKey(bytes32 key) private {
        parrot.teach(IAttestationRegistry.getDeviceKey.selector, false, abi.encode(key));
    }

    function _teachGovernance(bytes memory answer) private {
        parrot.teach(IAttestationRegistry.governance.selector, false, answer);
    }

    function _proof() private pure returns (IAttestationChain.ProofOfExecution memory proof) {
        proof.deviceId = DEVICE;
        proof.cpuQuote = hex"01";
    }
}
