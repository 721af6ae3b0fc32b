// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.27;

import {IAttestationRegistry} from "../../abi/IAttestationRegistry.sol";
import {IPrecompile} from "../../abi/IPrecompile.sol";
import {PrecompileCall} from "../PrecompileCall.sol";
import {IAttestationChain} from "./IAttestationChain.sol";
import {IAttestationQueries} from "./IAttestationQueries.sol";
import {IRootCAForwarder} from "./IRootCAForwarder.sol";

/// @title LP-80's attestation chain, for contracts that want a contract
/// @notice Everything is asked of the registry at 0x0AAA, and nothing is kept here: no state, no owner, no immutable. So
/// there may be many of them, and each gives the same answers. What 0x0AAA reverts with is passed on as it is. On a chain
/// that lacks it every function reverts with `PrecompileAbsent`, and one that is left too little gas with
/// `InsufficientGas`: a missing answer is never taken for one.
contract AttestationRegistry is IAttestationChain, IAttestationQueries {
    IAttestationRegistry private constant REGISTRY = IAttestationRegistry(address(0x0AAA));

    /// @dev What LP-80 and the chain's default gas schedule ask: they only tell one failure from another.
    uint256 private constant VERIFY_PRICE = 50_000;
    uint256 private constant READ_PRICE = 2_600;

    /// @inheritdoc IAttestationChain
    /// @dev The evidence commits to the operator, so nobody else can register it by this call.
    function verifyAttestation(ProofOfExecution calldata proof) external returns (bool) {
        // The struct is that of 0x0AAA by another name, which `abi.encodeCall` would not take for it.
        bytes memory input =
            abi.encodeWithSelector(IAttestationRegistry.verifyAttestationFor.selector, msg.sender, proof);
        bytes memory answer = PrecompileCall.write(address(REGISTRY), input, VERIFY_PRICE);
        require(answer.length == 32 && abi.decode(answer, (uint256)) == 1, PrecompileCall.UnexpectedAnswer(answer));
        return true;
    }

    /// @inheritdoc IAttestationChain
    /// @dev 0x0AAA sees its immediate caller, who must be governance. So governance is asked to make that call.
    function updateRootCA(TEEVendor vendor, bytes calldata newRootCA) external {
        require(msg.sender == governance(), IPrecompile.Unauthorized(msg.sender));
        IRootCAForwarder(msg.sender).forwardRootCA(vendor, newRootCA);
    }

    /// @inheritdoc IAttestationChain
    function getDeviceStatus(bytes32 deviceId) public view returns (DeviceStatus memory status) {
        bytes memory answer = _read(abi.encodeCall(REGISTRY.getDeviceStatus, (deviceId)), 160);
        (uint256 attested, uint256 score, uint256 lastSeen, uint256 operator, uint256 vendor) =
            abi.decode(answer, (uint256, uint256, uint256, uint256, uint256));
        bool isStatus =
            attested <= 1 && score <= 100 && operator <= type(uint160).max && vendor <= uint256(type(TEEVendor).max);
        require(isStatus, PrecompileCall.UnexpectedAnswer(answer));
        // Casts: the ranges were checked.
        // forge-lint: disable-next-line(unsafe-typecast)
        status = DeviceStatus(attested == 1, uint8(score), lastSeen, address(uint160(operator)), TEEVendor(vendor));
    }

    /// @inheritdoc IAttestationQueries
    function getStatus(bytes32 deviceId) external view returns (DeviceStatus memory) {
        return getDeviceStatus(deviceId);
    }

    /// @inheritdoc IAttestationQueries
    function requireAttested(bytes32 deviceId, uint8 minScore) external view returns (DeviceStatus memory status) {
        status = getDeviceStatus(deviceId);
        require(status.attested, DeviceNotAttested(deviceId));
        require(status.trustScore >= minScore, TrustScoreTooLow(deviceId, status.trustScore, minScore));
    }

    /// @inheritdoc IAttestationQueries
    function isAttestedKey(bytes32 deviceId, bytes calldata publicKey) external view returns (bool) {
        bytes32 key = abi.decode(_read(abi.encodeCall(REGISTRY.getDeviceKey, (deviceId)), 32), (bytes32));
        return key == keccak256(publicKey) && getDeviceStatus(deviceId).attested;
    }

    /// @inheritdoc IAttestationQueries
    function governance() public view returns (address) {
        bytes memory answer = _read(abi.encodeCall(REGISTRY.governance, ()), 32);
        uint256 word = abi.decode(answer, (uint256));
        require(word <= type(uint160).max, PrecompileCall.UnexpectedAnswer(answer));
        // Cast: the range was checked.
        // forge-lint: disable-next-line(unsafe-typecast)
        return address(uint160(word));
    }

    function _read(bytes memory input, uint256 length) private view returns (bytes memory answer) {
        answer = PrecompileCall.read(address(REGISTRY), input, READ_PRICE);
        require(answer.length == length, PrecompileCall.UnexpectedAnswer(answer));
    }
}
