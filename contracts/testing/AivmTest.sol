// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {Test} from "forge-std/Test.sol";
import {VmSafe} from "forge-std/Vm.sol";
import {IAttestationLightClient} from "../../abi/IAttestationLightClient.sol";
import {IAttestationProofs} from "../../abi/IAttestationProofs.sol";
import {IAttestationRegistry} from "../../abi/IAttestationRegistry.sol";
import {AccountCode, SlotValue} from "../../abi/testing/AivmExec.sol";
import {PrecompileShim} from "./PrecompileShim.sol";

/// @title A base for Foundry tests that run on the real precompiles
/// @notice Needs `ffi = true` in foundry.toml, and the program `aivm`: named by the environment variable AIVM_BIN, or where
/// cargo builds it under the project, or on the PATH. A test contract begins with
///
/// ```solidity
/// function setUp() public {
///     installAivm(); // the four precompiles, governed by this contract
///     trustSimulator(); // devices of made-up vendors can attest
/// }
/// ```
///
/// The simulator's evidence is verified like any other; nothing trusts its vendors but the roots that
/// `trustSimulator` has governance install.
abstract contract AivmTest is Test {
    /// @notice The program's version that goes with this package.
    string internal constant AIVM_VERSION = "0.1.0";

    /// @notice From when on, and until when, the simulator's certificates are valid, in Unix seconds.
    uint256 internal constant SIMULATOR_VALID_FROM = 1_760_000_000;
    uint256 internal constant SIMULATOR_VALID_UNTIL = SIMULATOR_VALID_FROM + 5 * 365 days;

    // forge-lint: disable-start(screaming-snake-case-const)
    address internal constant aiMining = address(0x0300);
    IAttestationRegistry internal constant registry = IAttestationRegistry(address(0x0AAA));
    IAttestationProofs internal constant proofs = IAttestationProofs(address(0x0AAB));
    IAttestationLightClient internal constant stateSync = IAttestationLightClient(address(0x0AAC));

    // forge-lint: disable-end(screaming-snake-case-const)

    /// @notice What a simulated device proves.
    struct Claim {
        /// SGX, SEVSNP, TDX, or ARMCCA with devices 0 to 63.
        IAttestationRegistry.TEEVendor vendor;
        /// Every number is other hardware.
        uint32 device;
        /// The number of an NVIDIA GPU that proves the same; zero for none.
        uint32 gpu;
        address operator;
        uint256 nonce;
        bytes32 jobHash;
        bytes32 outputHash;
        /// Keccak-256 of a public key that lives in the enclave, or zero.
        bytes32 attestedKey;
        /// Which software runs on the device.
        uint8 measurement;
    }

    /// @notice No program `aivm` answers.
    error AivmNotFound(string next);

    /// @notice The program is of another version than this package.
    error AivmVersionMismatch(string found, string expected);

    /// @dev The program, once `installAivm` has found it.
    string private _program;

    /// @notice Installs the four precompiles as a chain's default genesis does, governed by this contract.
    function installAivm() internal {
        installAivm(address(this));
    }

    /// @notice Installs the four precompiles as a chain's default genesis does, with this governance.
    function installAivm(address governance) internal {
        _program = _find();
        string[] memory arguments = new string[](4);
        (arguments[0], arguments[1], arguments[2]) = ("genesis", "accounts", "--abi");
        arguments[3] = string.concat("--governance=", vm.toString(governance));
        (AccountCode[] memory codes, SlotValue[] memory slots) =
            abi.decode(_aivm(arguments), (AccountCode[], SlotValue[]));
        for (uint256 i; i < codes.length; i++) {
            _install(codes[i].account, codes[i].code);
        }
        for (uint256 i; i < slots.length; i++) {
            vm.store(slots[i].account, slots[i].slot, slots[i].value);
        }
        _installShim(aiMining, "AIMining");
        _installShim(address(registry), "AttestationRegistry");
        _installShim(address(proofs), "AttestationProofs");
        _installShim(address(stateSync), "StateSync");
    }

    /// @notice Has governance install the simulator's vendors and their collateral, after which every simulated device's
    /// evidence verifies. Moves the time to when they are valid.
    function trustSimulator() internal {
        if (block.timestamp < SIMULATOR_VALID_FROM) vm.warp(SIMULATOR_VALID_FROM);
        bytes[] memory calls = simulatorCalls();
        address governance = registry.governance();
        for (uint256 i; i < calls.length; i++) {
            vm.prank(governance);
            (bool ok, bytes memory answer) = address(registry).call(calls[i]);
            if (!ok) _revert(answer);
        }
    }

    /// @notice The calls to the registry, all by governance, that `trustSimulator` makes.
    function simulatorCalls() internal returns (bytes[] memory) {
        string[] memory arguments = new string[](2);
        (arguments[0], arguments[1]) = ("simulate", "calls");
        return abi.decode(_aivm(arguments), (bytes[]));
    }

    /// @notice A claim of a device without a GPU or an attested key, about some job.
    function claimOf(IAttestationRegistry.TEEVendor vendor, uint32 device, address operator, uint256 nonce)
        internal
        pure
        returns (Claim memory claim)
    {
        claim.vendor = vendor;
        claim.device = device;
        claim.operator = operator;
        claim.nonce = nonce;
        claim.jobHash = keccak256(abi.encode("job", operator, nonce));
        claim.outputHash = keccak256(abi.encode("output", operator, nonce));
    }

    /// @notice The proof of a claim on this chain: what `verifyAttestation` takes from the claim's operator, and
    /// `verifyAttestationFor` from anyone.
    function simulateProof(Claim memory claim) internal returns (IAttestationRegistry.ProofOfExecution memory) {
        string[] memory arguments = new string[](claim.gpu == 0 ? 11 : 12);
        (arguments[0], arguments[1]) = ("simulate", "proof");
        arguments[2] = string.concat("--vendor=", _vendor(claim.vendor));
        arguments[3] = string.concat("--device=", vm.toString(claim.device));
        arguments[4] = string.concat("--chain-id=", vm.toString(block.chainid));
        arguments[5] = string.concat("--operator=", vm.toString(claim.operator));
        arguments[6] = string.concat("--nonce=", vm.toString(claim.nonce));
        arguments[7] = string.concat("--job-hash=", vm.toString(claim.jobHash));
        arguments[8] = string.concat("--output-hash=", vm.toString(claim.outputHash));
        arguments[9] = string.concat("--attested-key=", vm.toString(claim.attestedKey));
        arguments[10] = string.concat("--measurement=", vm.toString(claim.measurement));
        if (claim.gpu != 0) arguments[11] = string.concat("--gpu=", vm.toString(claim.gpu));
        return abi.decode(_aivm(arguments), (IAttestationRegistry.ProofOfExecution));
    }

    /// @notice Evidence of a simulated device over 32 bytes of report data: what VerifyTEE takes, with the same nonce.
    function simulateEvidence(IAttestationRegistry.TEEVendor vendor, uint32 device, bytes32 nonce)
        internal
        returns (bytes memory)
    {
        string[] memory arguments = new string[](5);
        (arguments[0], arguments[1]) = ("simulate", "evidence");
        arguments[2] = string.concat("--vendor=", _vendor(vendor));
        arguments[3] = string.concat("--device=", vm.toString(device));
        arguments[4] = string.concat("--nonce=", vm.toString(nonce));
        return _aivm(arguments);
    }

    /// @notice An ML-DSA-65 public key of which everyone knows the private key.
    function simulatedKey(uint64 seed) internal returns (bytes memory) {
        string[] memory arguments = new string[](4);
        (arguments[0], arguments[1], arguments[2]) = ("simulate", "key", "--set=65");
        arguments[3] = string.concat("--seed=", vm.toString(seed));
        return _aivm(arguments);
    }

    /// @notice A signature by `simulatedKey(seed)`: pure ML-DSA-65, empty context.
    function simulatedSignature(uint64 seed, bytes memory message) internal returns (bytes memory) {
        string[] memory arguments = new string[](5);
        (arguments[0], arguments[1], arguments[2]) = ("simulate", "sign", "--set=65");
        arguments[3] = string.concat("--seed=", vm.toString(seed));
        arguments[4] = string.concat("--message=", vm.toString(message));
        return _aivm(arguments);
    }

    /// @dev Runs the program.
    function _aivm(string[] memory arguments) private returns (bytes memory) {
        if (bytes(_program).length == 0) _program = _find();
        string[] memory command = new string[](1 + arguments.length);
        command[0] = _program;
        for (uint256 i; i < arguments.length; i++) {
            command[1 + i] = arguments[i];
        }
        return vm.ffi(command);
    }

    function _find() private returns (string memory) {
        string memory named = vm.envOr("AIVM_BIN", string(""));
        string[4] memory places = [named, "target/release/aivm", "target/debug/aivm", "aivm"];
        string[] memory command = new string[](2);
        command[1] = "--version";
        for (uint256 i; i < places.length; i++) {
            if (bytes(places[i]).length == 0) continue;
            command[0] = places[i];
            try vm.tryFfi(command) returns (VmSafe.FfiResult memory result) {
                if (result.exitCode != 0) continue;
                string memory found = vm.trim(string(result.stdout));
                string memory expected = string.concat("aivm ", AIVM_VERSION);
                if (keccak256(bytes(found)) != keccak256(bytes(expected))) revert AivmVersionMismatch(found, expected);
                return places[i];
            } catch {
                if (i == 0) break; // what is named must be there
            }
        }
        revert AivmNotFound("set ffi = true in foundry.toml, and AIVM_BIN to the program (cargo build --release)");
    }

    function _install(address account, bytes memory code) private {
        vm.etch(account, code);
        if (vm.getNonce(account) == 0) vm.setNonce(account, 1);
        vm.makePersistent(account);
    }

    function _installShim(address account, string memory name) private {
        PrecompileShim shim = new PrecompileShim(account);
        excludeContract(address(shim));
        excludeContract(account);
        bytes memory program = bytes(_program);
        _install(account, abi.encodePacked(address(shim).code, program, uint16(program.length)));
        vm.allowCheatcodes(account);
        vm.label(account, name);
    }

    function _vendor(IAttestationRegistry.TEEVendor vendor) private pure returns (string memory) {
        string[6] memory names = ["", "sgx", "sevsnp", "tdx", "nvidia", "armcca"];
        return names[uint8(vendor)];
    }

    function _revert(bytes memory answer) private pure {
        assembly ("memory-safe") {
            revert(add(answer, 0x20), mload(answer))
        }
    }
}
