// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {AccountCode, EmittedLog, ExecAnswer, ExecRequest, ExecStatus, SlotValue} from "../../abi/testing/AivmExec.sol";

/// @dev The cheatcodes of forge that the shim uses.
interface ShimVm {
    function ffi(string[] calldata command) external returns (bytes memory);
    function etch(address account, bytes calldata code) external;
    function load(address account, bytes32 slot) external view returns (bytes32);
    function store(address account, bytes32 slot, bytes32 value) external;
    function toString(bytes calldata data) external pure returns (string memory);
    function pauseGasMetering() external;
    function resumeGasMetering() external;
}

/// @title A precompile in forge: its calls are made by the program `aivm`, its state lies in forge's own EVM
/// @notice Etched at a precompile's address (`AivmTest.installAivm` does it), it hands each call to `aivm exec`, which runs
/// what clients run. It reads the storage and code that the program asks for, and does what a success writes and
/// logs. So snapshots, reverts of outer frames, pranks, `expectRevert`, `expectEmit`, fuzzing and invariants work.
///
/// Gas: metering is paused while the program runs, then what the precompile charges is burnt. What a call costs is
/// right to about 3,000 gas. One that is given less than about 5,000, and 2.5 for each byte of input, runs out where it
/// would not on a chain. Exact gas is for tests in Rust, and on a node. What a chain has as the account's code is one byte.
/// @dev The name of the program and its length (2 bytes) follow the code at `SELF`.
contract PrecompileShim {
    ShimVm private constant VM = ShimVm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @dev Linux takes arguments of at most 128 KiB: bytes of a request in each, of which each is two digits.
    uint256 private constant PIECE_LENGTH = 60_000;

    /// @dev More than any call needs: state that hangs on state that hangs on state.
    uint256 private constant MAX_ROUNDS = 16;

    /// @dev What the probe for a STATICCALL needs, and not much more.
    uint256 private constant PROBE_GAS = 3_000;

    /// @dev An SSTORE must fit into what is left, paused or not.
    uint256 private constant STORE_GAS = 25_000;

    /// @dev What is spent after the last look at the gas.
    uint256 private constant EXIT_GAS = 300;

    /// @dev Calls of the shim by itself begin with these.
    bytes32 private constant WORK = keccak256("aivm.PrecompileShim.work");
    bytes32 private constant PROBE = keccak256("aivm.PrecompileShim.probe");

    address private immutable SELF;

    /// @notice The program went on asking for state.
    error NoAnswer(uint256 rounds);

    /// @notice A log of another account than the precompile's.
    error ForeignLog(address account);

    constructor(address self) {
        SELF = self;
    }

    fallback() external payable {
        bytes32 first = msg.data.length < 32 ? bytes32(0) : bytes32(msg.data);
        if (first == PROBE) _writeAndRevert();
        if (first == WORK) _work();
        uint256 gasAtStart = gasleft();
        bool wasPaused = gasleft() == gasAtStart; // by the test
        VM.pauseGasMetering();
        // A frame of its own, in this context: however it ends, gas is metered again.
        // forge-lint: disable-next-line(unchecked-call)
        (bool ok, bytes memory result) = SELF.delegatecall(abi.encodePacked(WORK, gasAtStart, msg.data));
        if (!wasPaused) VM.resumeGasMetering();
        if (!ok) _revert(result);
        _end(abi.decode(result, (ExecAnswer)), gasAtStart, wasPaused);
    }

    /// @dev The frame in which gas is free: asks, and does what a success does.
    function _work() private {
        uint256 gas = uint256(bytes32(msg.data[32:64]));
        ExecAnswer memory answer = _answer(gas, msg.data[64:]);
        if (answer.status == ExecStatus.Success) _perform(answer);
        (answer.slots, answer.codes, answer.logs) = (new SlotValue[](0), new AccountCode[](0), new EmittedLog[](0));
        bytes memory result = abi.encode(answer);
        assembly ("memory-safe") {
            return(add(result, 0x20), mload(result))
        }
    }

    /// @dev Asks until the program knows all of the state that the call touches.
    function _answer(uint256 gas, bytes calldata data) private returns (ExecAnswer memory answer) {
        ExecRequest memory request = _request(gas, data);
        for (uint256 round; round < MAX_ROUNDS; round++) {
            answer = _ask(abi.encode(request));
            if (answer.status != ExecStatus.Need) return answer;
            request.slots = _withSlots(request.slots, answer);
            request.codes = _withCodes(request.codes, answer);
        }
        revert NoAnswer(MAX_ROUNDS);
    }

    function _request(uint256 gas, bytes calldata data) private returns (ExecRequest memory request) {
        request.target = SELF;
        request.caller = msg.sender;
        request.value = msg.value;
        // forge-lint: disable-next-line(unsafe-typecast)
        request.gas = gas < type(uint64).max ? uint64(gas) : type(uint64).max; // it fits
        request.isDirect = address(this) == SELF;
        request.isStatic = request.isDirect && _isStatic(); // a DELEGATECALL is refused either way
        request.timestamp = uint64(block.timestamp);
        request.blockNumber = uint64(block.number);
        request.chainId = uint64(block.chainid);
        request.data = data;
    }

    /// @dev Whether this frame may not write: neither may one that it calls.
    function _isStatic() private returns (bool) {
        // forge-lint: disable-next-line(unchecked-call)
        (, bytes memory answer) = address(this).call{gas: PROBE_GAS}(abi.encode(PROBE)); // it always fails
        return answer.length == 0;
    }

    /// @dev The probe: fails without a word below a STATICCALL, else says one byte and undoes what it wrote.
    function _writeAndRevert() private {
        assembly ("memory-safe") {
            tstore(0, 1)
            revert(0, 1)
        }
    }

    function _ask(bytes memory request) private returns (ExecAnswer memory) {
        uint256 pieces = (request.length + PIECE_LENGTH - 1) / PIECE_LENGTH;
        string[] memory command = new string[](2 + pieces);
        command[0] = _program();
        command[1] = "exec";
        for (uint256 i; i < pieces; i++) {
            uint256 start = i * PIECE_LENGTH;
            uint256 length = request.length - start;
            command[2 + i] = VM.toString(_slice(request, start, length < PIECE_LENGTH ? length : PIECE_LENGTH));
        }
        return abi.decode(VM.ffi(command), (ExecAnswer));
    }

    function _slice(bytes memory data, uint256 start, uint256 length) private pure returns (bytes memory part) {
        part = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(part, 0x20), add(add(data, 0x20), start), length)
        }
    }

    function _program() private view returns (string memory name) {
        bytes memory code = SELF.code;
        uint256 length = uint256(uint8(code[code.length - 2])) << 8 | uint8(code[code.length - 1]);
        return string(_slice(code, code.length - 2 - length, length));
    }

    function _withSlots(SlotValue[] memory known, ExecAnswer memory answer)
        private
        view
        returns (SlotValue[] memory all)
    {
        uint256 count = known.length;
        all = new SlotValue[](count + answer.missingSlots.length);
        for (uint256 i; i < count; i++) {
            all[i] = known[i];
        }
        for (uint256 i; i < answer.missingSlots.length; i++) {
            (address account, bytes32 slot) = (answer.missingSlots[i].account, answer.missingSlots[i].slot);
            all[count + i] = SlotValue({account: account, slot: slot, value: _load(account, slot)});
        }
    }

    function _withCodes(AccountCode[] memory known, ExecAnswer memory answer)
        private
        view
        returns (AccountCode[] memory all)
    {
        uint256 count = known.length;
        all = new AccountCode[](count + answer.missingCodes.length);
        for (uint256 i; i < count; i++) {
            all[i] = known[i];
        }
        for (uint256 i; i < answer.missingCodes.length; i++) {
            address account = answer.missingCodes[i];
            all[count + i] = AccountCode({account: account, code: account.code});
        }
    }

    /// @dev Its own storage as any contract, so that `vm.record` sees it.
    function _load(address account, bytes32 slot) private view returns (bytes32 value) {
        if (account != address(this)) return VM.load(account, slot);
        assembly ("memory-safe") {
            value := sload(slot)
        }
    }

    function _perform(ExecAnswer memory answer) private {
        for (uint256 i; i < answer.slots.length; i++) {
            (address account, bytes32 slot, bytes32 value) =
                (answer.slots[i].account, answer.slots[i].slot, answer.slots[i].value);
            if (account == address(this) && gasleft() > STORE_GAS) {
                assembly ("memory-safe") {
                    sstore(slot, value)
                }
            } else {
                VM.store(account, slot, value);
            }
        }
        for (uint256 i; i < answer.codes.length; i++) {
            VM.etch(answer.codes[i].account, answer.codes[i].code);
        }
        for (uint256 i; i < answer.logs.length; i++) {
            _emit(answer.logs[i]);
        }
    }

    function _emit(EmittedLog memory log) private {
        require(log.account == address(this), ForeignLog(log.account));
        (bytes32[] memory topics, bytes memory data) = (log.topics, log.data);
        assembly ("memory-safe") {
            let start := add(data, 0x20)
            let length := mload(data)
            let first := mload(add(topics, 0x20))
            let second := mload(add(topics, 0x40))
            let third := mload(add(topics, 0x60))
            switch mload(topics)
            case 0 { log0(start, length) }
            case 1 { log1(start, length, first) }
            case 2 { log2(start, length, first, second) }
            case 3 { log3(start, length, first, second, third) }
            default { log4(start, length, first, second, third, mload(add(topics, 0x80))) }
        }
    }

    /// @dev Burns what the precompile charges, and ends as it does.
    function _end(ExecAnswer memory answer, uint256 gasAtStart, bool isPaused) private view {
        if (answer.status == ExecStatus.OutOfGas) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        while (!isPaused && gasAtStart - gasleft() + EXIT_GAS < answer.gasUsed) {}
        bytes memory output = answer.output;
        if (answer.status == ExecStatus.Revert) _revert(output);
        assembly ("memory-safe") {
            return(add(output, 0x20), mload(output))
        }
    }

    function _revert(bytes memory output) private pure {
        assembly ("memory-safe") {
            revert(add(output, 0x20), mload(output))
        }
    }
}
