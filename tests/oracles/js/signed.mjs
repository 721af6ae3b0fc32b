// Commitments, committees and EIP-712 digests, by viem and by ethers.
import { AbiCoder, TypedDataEncoder, id, keccak256 as ethersKeccak } from "ethers";
import { encodeAbiParameters, hashDomain, hashTypedData, keccak256, parseAbiParameters, toBytes } from "viem";

const COMMITMENT = ["bytes32", "uint256", "bytes32", "address", "uint256", "bytes32", "bytes32"];
const COMMITTEE = ["address[]", "uint64[]"];
const TAG = "aivm.ProofOfExecution.v1";

const TYPES = {
  Root: [
    { name: "root", type: "bytes32" },
    { name: "blockHeight", type: "uint256" },
    { name: "committee", type: "bytes32" },
  ],
  Rotation: [
    { name: "members", type: "address[]" },
    { name: "weights", type: "uint64[]" },
    { name: "fromHeight", type: "uint256" },
    { name: "committee", type: "bytes32" },
  ],
};
const DOMAIN_TYPES = {
  EIP712Domain: [
    { name: "name", type: "string" },
    { name: "version", type: "string" },
    { name: "chainId", type: "uint256" },
  ],
};

// The hash of an ABI encoding, by both.
function sameHash(kind, ours, types, values, tally, where) {
  tally.same(kind, ours, keccak256(encodeAbiParameters(parseAbiParameters(types.join(",")), values)), where);
  tally.same(kind, ours, ethersKeccak(AbiCoder.defaultAbiCoder().encode(types, values)), where);
}

export function checkCommitments(commitments, tally) {
  tally.same("tag of commitments", keccak256(toBytes(TAG)), id(TAG), TAG);
  for (const [at, one] of commitments.entries()) {
    const { chainId, deviceId, operator, nonce, jobHash, outputHash } = one;
    const values = [id(TAG), BigInt(chainId), deviceId, operator, BigInt(nonce), jobHash, outputHash];
    if (one.gpuDeviceId === undefined) {
      sameHash("commitments", one.commitment, COMMITMENT, values, tally, at);
    } else {
      const types = [...COMMITMENT, "bytes32"];
      sameHash("commitments with a GPU", one.commitment, types, [...values, one.gpuDeviceId], tally, at);
    }
  }
}

export function checkDigests(digests, tally) {
  for (const [at, one] of digests.entries()) {
    const domain = { name: "aivm.AttestationLightClient", version: "1", chainId: BigInt(one.chainId) };
    tally.same("domains", one.domain, hashDomain({ domain, types: DOMAIN_TYPES }), at);
    tally.same("domains", one.domain, TypedDataEncoder.hashDomain(domain), at);
    const { members, root, committee } = one;
    const weights = one.weights.map(BigInt);
    sameHash("committee ids", one.nextCommittee, COMMITTEE, [members, weights], tally, at);
    const messages = {
      Root: [one.rootDigest, { root, blockHeight: BigInt(one.height), committee }],
      Rotation: [one.rotationDigest, { members, weights, fromHeight: BigInt(one.fromHeight), committee }],
    };
    for (const [primaryType, [ours, message]] of Object.entries(messages)) {
      const types = { [primaryType]: TYPES[primaryType] };
      tally.same(`digests, ${primaryType}`, ours, hashTypedData({ domain, types, primaryType, message }), at);
      tally.same(`digests, ${primaryType}`, ours, TypedDataEncoder.hash(domain, types, message), at);
    }
  }
}
