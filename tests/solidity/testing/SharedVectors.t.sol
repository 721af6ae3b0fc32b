// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {VmSafe} from "forge-std/Vm.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

/// @notice The calls that the adapters for clients agree on (`tests/shared_vectors.rs` writes them and replays them there),
/// made through the shim: they end the same way, with the same bytes and the same logs.
contract SharedVectorsTest is AivmTest {
    string private constant FILE = "tests/vectors/precompile-calls.json";

    /// @dev The file has them in these shapes; its own comment is in `tests/shared_vectors/file.rs`.
    string private constant CALL_TYPE = "JsonCall(uint256 block,uint256 caller,uint256[] data,uint256 gas,"
        "string kind,uint256[] output,string status,uint256 to,uint256 value)";
    string private constant LOG_TYPE = "JsonLog(uint256 call,uint256[] data,uint256[] topics)";
    string private constant BLOCK_TYPE = "JsonBlock(uint256 number,uint256 timestamp)";
    string private constant SEQUENCE_TYPE = "JsonSequence(uint256 count,uint256 first,address governance,string name)";

    struct Call {
        uint256 blockIndex;
        uint256 caller;
        uint256[] data;
        uint256 gasLimit;
        string kind;
        uint256[] output;
        string status;
        uint256 to;
        uint256 value;
    }

    struct Log {
        uint256 call;
        uint256[] data;
        uint256[] topics;
    }

    struct Block {
        uint256 number;
        uint256 timestamp;
    }

    struct Sequence {
        uint256 count;
        uint256 first;
        address governance;
        string name;
    }

    /// @dev The file, in memory for one test.
    struct File {
        Sequence[] sequences;
        Call[] calls;
        Log[] logs;
        Block[] blocks;
        address[] accounts;
        bytes[] pieces;
    }

    function test_Operations() public {
        _replay(0, "operations", 376);
    }

    function test_Devices() public {
        _replay(1, "devices", 273);
    }

    function test_StateSync() public {
        _replay(2, "state sync", 111);
    }

    function test_Refusals() public {
        _replay(3, "refusals", 27);
    }

    function test_ThereAreNoOtherSequences() public view {
        File memory file = _read();
        assertEq(file.sequences.length, 4);
        assertEq(file.calls.length, 376 + 273 + 111 + 27);
    }

    function _read() private view returns (File memory file) {
        string memory json = vm.readFile(FILE);
        assertEq(vm.parseJsonUint(json, ".chainId"), 1);
        file.sequences = abi.decode(vm.parseJsonTypeArray(json, ".sequences", SEQUENCE_TYPE), (Sequence[]));
        file.calls = abi.decode(vm.parseJsonTypeArray(json, ".calls", CALL_TYPE), (Call[]));
        file.logs = abi.decode(vm.parseJsonTypeArray(json, ".logs", LOG_TYPE), (Log[]));
        file.blocks = abi.decode(vm.parseJsonTypeArray(json, ".blocks", BLOCK_TYPE), (Block[]));
        file.accounts = vm.parseJsonAddressArray(json, ".accounts");
        file.pieces = vm.parseJsonBytesArray(json, ".pieces");
    }

    function _replay(uint256 index, string memory name, uint256 count) private {
        File memory file = _read();
        Sequence memory sequence = file.sequences[index];
        assertEq(sequence.name, name);
        assertEq(sequence.count, count);
        installAivm(sequence.governance);
        vm.chainId(1);
        uint256 log = _firstLog(file, sequence.first);
        for (uint256 i; i < count; i++) {
            log = _make(file, sequence.first + i, log);
        }
    }

    function _firstLog(File memory file, uint256 call) private pure returns (uint256 log) {
        while (log < file.logs.length && file.logs[log].call < call) log++;
    }

    /// @dev Makes a call, whose logs begin at `log`; where the next call's begin.
    function _make(File memory file, uint256 index, uint256 log) private returns (uint256) {
        Call memory call = file.calls[index];
        string memory place = string.concat("call ", vm.toString(index));
        vm.roll(file.blocks[call.blockIndex].number);
        vm.warp(file.blocks[call.blockIndex].timestamp);
        vm.recordLogs();
        (bool ok, bytes memory output) = _send(file, call);
        VmSafe.Log[] memory logs = vm.getRecordedLogs();
        assertEq(ok, _is(call.status, "success"), place);
        assertEq(output, _join(file, call.output), place);
        for (uint256 i; i < logs.length; i++) {
            assertEq(file.logs[log + i].call, index, place);
            _compare(file, file.logs[log + i], logs[i], file.accounts[call.to]);
        }
        log += logs.length;
        assertTrue(log == file.logs.length || file.logs[log].call != index, place);
        return log;
    }

    /// @dev Gas is right to about 3,000: what is short of it fails, and the rest gets plenty.
    function _send(File memory file, Call memory call) private returns (bool, bytes memory) {
        (address to, address caller) = (file.accounts[call.to], file.accounts[call.caller]);
        bytes memory data = _join(file, call.data);
        uint256 gasLimit = _is(call.status, "out_of_gas") ? call.gasLimit : 20_000_000;
        if (_is(call.kind, "delegate")) return to.delegatecall{gas: gasLimit}(data); // whose code it is does not matter
        vm.deal(caller, call.value);
        vm.prank(caller);
        if (_is(call.kind, "static")) return to.staticcall{gas: gasLimit}(data);
        return to.call{gas: gasLimit, value: call.value}(data);
    }

    function _compare(File memory file, Log memory expected, VmSafe.Log memory log, address emitter) private pure {
        assertEq(log.emitter, emitter);
        assertEq(log.data, _join(file, expected.data));
        assertEq(log.topics.length, expected.topics.length);
        for (uint256 i; i < log.topics.length; i++) {
            assertEq(log.topics[i], bytes32(file.pieces[expected.topics[i]]));
        }
    }

    function _join(File memory file, uint256[] memory indices) private pure returns (bytes memory all) {
        uint256 length;
        for (uint256 i; i < indices.length; i++) {
            length += file.pieces[indices[i]].length;
        }
        all = new bytes(length);
        uint256 end;
        for (uint256 i; i < indices.length; i++) {
            bytes memory piece = file.pieces[indices[i]];
            assembly ("memory-safe") {
                mcopy(add(add(all, 0x20), end), add(piece, 0x20), mload(piece))
            }
            end += piece.length;
        }
    }

    function _is(string memory a, string memory b) private pure returns (bool) {
        return keccak256(bytes(a)) == keccak256(bytes(b));
    }
}
