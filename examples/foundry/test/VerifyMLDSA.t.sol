// SPDX-License-Identifier: MIT OR Apache-2.0
pragma solidity ^0.8.24;

import {AiMiningLib} from "aivm/contracts/AiMiningLib.sol";
import {AivmTest} from "aivm/contracts/testing/AivmTest.sol";

contract VerifyMLDSATest is AivmTest {
    function test_ASignatureVerifies() public {
        installAivm();
        (bytes memory key, bytes memory signature) = (simulatedKey(1), simulatedSignature(1, "work"));
        assertTrue(AiMiningLib.verifyMLDSA(AiMiningLib.ML_DSA_65, key, signature, "work"));
        assertFalse(AiMiningLib.verifyMLDSA(AiMiningLib.ML_DSA_65, key, signature, "other work"));
    }
}
