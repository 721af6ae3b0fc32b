// The registry tree and the trees of blocks, by LeanIMT; that proofs verify, by OpenZeppelin's JavaScript.
import { LeanIMT } from "@zk-kit/lean-imt";
import { SimpleMerkleTree } from "@openzeppelin/merkle-tree";
import { AbiCoder, keccak256 as ethersKeccak } from "ethers";
import { concat, encodeAbiParameters, keccak256, parseAbiParameters } from "viem";

const LEAF = "bytes32 deviceId, (bool attested, uint8 trustScore, uint256 lastSeen, address operator, uint8 vendor) status";
const PROOF =
  "(bytes32 deviceId, bytes cpuQuote, bytes gpuQuote, uint256 nonce, bytes32 jobHash, bytes32 outputHash) proof";
const leafTypes = parseAbiParameters(LEAF);
const proofTypes = parseAbiParameters(PROOF);

// Hexadecimal texts of one length are ordered as the numbers they are.
const node = (a, b) => keccak256(a < b ? concat([a, b]) : concat([b, a]));

function deviceLeaf(step) {
  const { attested, trustScore, lastSeen, operator, vendor } = step.status;
  const status = { attested, trustScore, lastSeen: BigInt(lastSeen), operator, vendor };
  return keccak256(keccak256(encodeAbiParameters(leafTypes, [step.deviceId, status])));
}

function attestationLeaf({ hash, operator }) {
  return keccak256(keccak256(concat([hash, operator])));
}

// Follows the steps; returns what the devices' last proofs are, for the contract.
export function checkDevices({ steps, proofs }, tally) {
  const tree = new LeanIMT(node);
  const sizes = new Set();
  const final = [];
  let at = 0;
  for (const [done, step] of steps.entries()) {
    const leaf = deviceLeaf(step);
    // LeanIMT itself does not mind an index that is not there.
    if (step.index > tree.size) throw new Error(`step ${done}: device ${step.index} of ${tree.size}`);
    if (step.index === tree.size) tree.insert(leaf);
    else tree.update(step.index, leaf);
    tally.same("device roots", step.root, tree.root, `step ${done}`);
    tally.same("device counts", step.count, String(tree.size), `step ${done}`);
    sizes.add(tree.size);
    for (; proofs[at]?.steps === done + 1; at += 1) {
      const { index, proof } = proofs[at];
      checkProof("device proofs", tree, index, proof, tally);
      if (done + 1 === steps.length) final.push({ root: tree.root, leaf: tree.leaves[index], proof });
    }
  }
  tally.count("numbers of devices", sizes.size);
  tally.same("every proof was looked at", proofs.length, at, "proofs");
  const whole = new LeanIMT(node, tree.leaves);
  tally.same("tree made at once", tree.root, whole.root, "the end");
  return final;
}

export function checkBlocks(blocks, tally) {
  const sizes = new Set();
  const proofs = blocks.flatMap(({ number, attestations, proofs }) => {
    const tree = new LeanIMT(node);
    for (const [index, attestation] of attestations.entries()) {
      tree.insert(attestationLeaf(attestation));
      tally.same("block roots", attestation.root, tree.root, `block ${number}, ${index}`);
      sizes.add(tree.size);
    }
    tally.same("proofs of a block", proofs.length, tree.size, `block ${number}`);
    return proofs.map((proof, index) => {
      checkProof("block proofs", tree, index, proof, tally);
      return { root: tree.root, leaf: tree.leaves[index], proof };
    });
  });
  tally.count("numbers of attestations", sizes.size);
  return proofs;
}

function checkProof(kind, tree, index, proof, tally) {
  tally.same(kind, proof, tree.generateProof(index).siblings, index);
  if (!SimpleMerkleTree.verify(tree.root, tree.leaves[index], proof)) {
    throw new Error(`${kind}: OpenZeppelin's JavaScript refuses that of ${index}`);
  }
  tally.count(`${kind}, merkle-tree`);
}

export function checkProofs(proofs, tally) {
  for (const [at, proof] of proofs.entries()) {
    const value = { ...proof, nonce: BigInt(proof.nonce) };
    const types = [PROOF.replace(" proof", "").replace("(", "tuple(")];
    tally.same("attestation hashes", proof.hash, keccak256(encodeAbiParameters(proofTypes, [value])), at);
    tally.same("attestation hashes", proof.hash, ethersKeccak(AbiCoder.defaultAbiCoder().encode(types, [value])), at);
  }
}
