// Solidity's standard JSON from standard input to standard output, through the solc that package.json pins.
import { readFileSync, writeFileSync } from "node:fs";
import solc from "solc";

writeFileSync(1, solc.compile(readFileSync(0, "utf8")));
