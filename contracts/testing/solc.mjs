#!/usr/bin/env node
// The Solidity compiler of the npm package `solc`, as forge calls a native one: foundry.toml's
// `solc = "node_modules/aivm/contracts/testing/solc.mjs"`. It knows `--version` and `--standard-json`, and reads no files:
// forge puts every source into the JSON.
//
// solc stops counting at 256 warnings, and libraries have more than that of one kind (2424: the assembly annotation that is
// to go). With SOLC_WARNINGS set, that annotation is taken out of what lies in node_modules, so that the warnings of
// one's own sources are seen. What comes out then is not to be deployed.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

/** The compiler that the project has installed, else the one beside this package. */
function compiler() {
  for (const from of [join(process.cwd(), "package.json"), import.meta.url]) {
    try {
      return createRequire(from)("solc");
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error("the npm package solc is not installed; run `npm install --save-dev solc@0.8.37`");
}

/** Writes all of the text, however slowly the reader takes it. */
function print(text) {
  let bytes = Buffer.from(text);
  while (bytes.length > 0) {
    try {
      bytes = bytes.subarray(writeSync(1, bytes));
    } catch (error) {
      if (error.code !== "EAGAIN") throw error;
    }
  }
}

function withoutLibraryWarnings(input) {
  const request = JSON.parse(input);
  for (const [path, source] of Object.entries(request.sources)) {
    if (path.includes("node_modules/") && source.content) {
      source.content = source.content.replaceAll("/// @solidity memory-safe-assembly", "// memory-safe");
    }
  }
  return JSON.stringify(request);
}

const options = process.argv.slice(2);
if (options.includes("--version")) {
  const version = compiler().version().replace(".Emscripten.clang", ".Linux.g++");
  print(`solc, the solidity compiler commandline interface\nVersion: ${version}\n`);
} else if (options.includes("--standard-json")) {
  const input = readFileSync(0, "utf8");
  print(compiler().compile(process.env.SOLC_WARNINGS ? withoutLibraryWarnings(input) : input));
} else {
  process.stderr.write("solc.mjs: only --version and --standard-json are known\n");
  process.exitCode = 1;
}
