// Usage: node run.mjs WASM_EXEC.JS MODULE.WASM
//
// Runs a program that was compiled for browsers.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [exec, file] = process.argv.slice(2);
globalThis.fs = await import("node:fs");
createRequire(import.meta.url)(exec);
const go = new globalThis.Go();
go.exit = (code) => process.exit(code);
const { instance } = await WebAssembly.instantiate(readFileSync(file), go.importObject);
await go.run(instance);
