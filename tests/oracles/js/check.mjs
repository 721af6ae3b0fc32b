// Has others' code say what the precompiles say: `node tests/oracles/js/check.mjs <vectors>`, with what
// `cargo test --release -p aivm-test-support --test registry_vectors` wrote into `target/tmp`. `cargo xtask js` runs both.
//
// | what | by whom |
// |---|---|
// | roots and proofs of the registry tree and of blocks' trees | @zk-kit/lean-imt |
// | that proofs verify | @openzeppelin/merkle-tree, and MerkleProof.sol of @openzeppelin/contracts in @ethereumjs/evm |
// | leaves, attestation hashes, commitments, committee ids | viem and ethers, the ABI |
// | what committees sign | viem and ethers, EIP-712 |
//
// Then it damages the vectors, one value at a time, and sees to it that each damage is found.
import { readFileSync } from "node:fs";
import { checkBlocks, checkDevices, checkProofs } from "./trees.mjs";
import { checkCommitments, checkDigests } from "./signed.mjs";
import { openZeppelin } from "./openzeppelin.mjs";
import { selfTest } from "./selftest.mjs";
import { Tally } from "./tally.mjs";

// How many comparisons there are of each kind: fewer would mean that something was left out. Two for each value that
// both viem and ethers look at.
const EXPECTED = {
  "attestation hashes": 74,
  "block proofs": 2208,
  "block proofs, merkle-tree": 2208,
  "block roots": 2208,
  commitments: 256,
  "commitments with a GPU": 256,
  "committee ids": 512,
  "device counts": 2540,
  "device proofs": 3564,
  "device proofs, merkle-tree": 3564,
  "device roots": 2540,
  "digests, Root": 512,
  "digests, Rotation": 512,
  domains: 512,
  "every proof was looked at": 1,
  "numbers of attestations": 1024,
  "numbers of devices": 1024,
  "proofs of a block": 107,
  "proofs, MerkleProof.sol": 3232,
  "refusals, MerkleProof.sol": 3232,
  "tag of commitments": 1,
  "tree made at once": 1,
};

export async function check(vectors, tally, contract) {
  const trees = [...checkDevices(vectors.devices, tally), ...checkBlocks(vectors.blocks, tally)];
  await contract.verifyAll(trees, tally);
  checkProofs(vectors.proofs, tally);
  checkCommitments(vectors.commitments, tally);
  checkDigests(vectors.digests, tally);
}

const [path] = process.argv.slice(2);
if (path === undefined || path.startsWith("-")) {
  console.error("usage: node tests/oracles/js/check.mjs target/tmp/registry-vectors.json");
  process.exit(2);
}
const vectors = JSON.parse(readFileSync(path, "utf8"));
const contract = await openZeppelin();
const tally = new Tally();
await check(vectors, tally, contract);
tally.mustBe(EXPECTED);
console.log("agreed:", tally.counts);
console.log("damages found:", await selfTest(vectors, (damaged) => check(damaged, new Tally(), contract)));
