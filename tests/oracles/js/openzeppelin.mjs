// OpenZeppelin's MerkleProof.sol, compiled by the solc that package.json pins, in an EVM by others.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createEVM } from "@ethereumjs/evm";
import solc from "solc";
import { decodeFunctionResult, encodeFunctionData, hexToBytes, bytesToHex, parseAbi } from "viem";

const require = createRequire(import.meta.url);
const abi = parseAbi(["function verify(bytes32[] proof, bytes32 root, bytes32 leaf) view returns (bool)"]);

const HARNESS = `
// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
contract Harness {
    function verify(bytes32[] memory proof, bytes32 root, bytes32 leaf) external pure returns (bool) {
        return MerkleProof.verify(proof, root, leaf);
    }
}`;

function compile() {
  const input = {
    language: "Solidity",
    sources: { "Harness.sol": { content: HARNESS } },
    settings: { outputSelection: { "*": { "*": ["evm.deployedBytecode.object"] } } },
  };
  const find = (path) => ({ contents: readFileSync(require.resolve(path), "utf8") });
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return hexToBytes(`0x${output.contracts["Harness.sol"].Harness.evm.deployedBytecode.object}`);
}

export async function openZeppelin() {
  const [evm, code] = [await createEVM(), compile()];
  const verify = async ({ proof, root, leaf }) => {
    const data = hexToBytes(encodeFunctionData({ abi, args: [proof, root, leaf] }));
    const { exceptionError, returnValue } = await evm.runCode({ code, data, gasLimit: 10_000_000n });
    if (exceptionError !== undefined) throw new Error(`MerkleProof.sol: ${exceptionError.error}`);
    return decodeFunctionResult({ abi, data: bytesToHex(returnValue) });
  };
  return {
    // Every proof verifies; and no leaf verifies by another's proof.
    async verifyAll(proofs, tally) {
      for (const [at, proof] of proofs.entries()) {
        if (!(await verify(proof))) throw new Error(`MerkleProof.sol refuses proof ${at}`);
        tally.count("proofs, MerkleProof.sol");
        const { leaf } = proofs[(at + 1) % proofs.length];
        if (leaf === proof.leaf) continue;
        if (await verify({ ...proof, leaf })) throw new Error(`MerkleProof.sol accepts proof ${at} for another leaf`);
        tally.count("refusals, MerkleProof.sol");
      }
    },
  };
}
