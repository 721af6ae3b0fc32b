// A check that finds no fault proves nothing: every kind of value is damaged once, and the damage must be found.

// So few steps and attestations that a check takes no time.
const STEPS = 40;

// A part of the vectors that is whole in itself.
function excerpt(vectors) {
  const steps = vectors.devices.steps.slice(0, STEPS);
  const proofs = vectors.devices.proofs.filter((proof) => proof.steps <= STEPS);
  const blocks = vectors.blocks.filter(({ attestations }) => attestations.length > 1 && attestations.length < 20);
  return {
    devices: { steps, proofs },
    blocks: blocks.slice(0, 1),
    proofs: vectors.proofs.slice(0, 2),
    // One without a GPU and one with.
    commitments: vectors.commitments.slice(0, 2),
    digests: vectors.digests.slice(0, 1),
  };
}

// Every value in it: where it is, and what it is damaged to.
function* damages(value, path) {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* damages(item, [...path, index]);
  } else if (typeof value === "object") {
    for (const [name, item] of Object.entries(value)) {
      if (!isRemark(name, item)) yield* damages(item, [...path, name]);
    }
  } else {
    yield [path, flipped(value)];
  }
}

// What happened, in which block, and after how many steps: nothing is computed from these.
function isRemark(name, value) {
  return name === "what" || (typeof value === "number" && (name === "number" || name === "steps"));
}

// The value with its last bit flipped.
function flipped(value) {
  if (typeof value === "boolean") return !value;
  if (typeof value === "number") return value ^ 1;
  if (!value.startsWith("0x")) return String(BigInt(value) ^ 1n);
  if (value === "0x") return "0x00";
  return value.slice(0, -1) + (parseInt(value.at(-1), 16) ^ 1).toString(16);
}

function damaged(vectors, path, value) {
  const copy = structuredClone(vectors);
  const holder = path.slice(0, -1).reduce((at, key) => at[key], copy);
  holder[path.at(-1)] = value;
  return copy;
}

export async function selfTest(vectors, check) {
  const whole = excerpt(vectors);
  await check(whole);
  let found = 0;
  for (const [path, value] of damages(whole, [])) {
    const refused = await check(damaged(whole, path, value)).then(() => false, () => true);
    if (!refused) throw new Error(`damage to ${path.join(".")} is not found`);
    found += 1;
  }
  return found;
}
