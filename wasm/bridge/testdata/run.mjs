// Usage: node run.mjs WASM_EXEC.JS MODULE.WASM FOLDER
//
// Carries out each call in FOLDER/N.call, N from 0, with one instance of the module,
// and writes FOLDER/N.result: "+" or "-" for an error, and the result. At the end it
// measures FOLDER/summary.call, if there is one.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const [exec, file, folder] = process.argv.slice(2);
createRequire(import.meta.url)(exec);
const go = new globalThis.Go();
const { instance } = await WebAssembly.instantiate(readFileSync(file), go.importObject);
go.run(instance);
const wasm = instance.exports;
const bytes = (at, size) => new Uint8Array(wasm.mem.buffer, at, size);

// call carries out a call, and looks whether it leaves nothing behind.
function call(frame, look = true) {
  const at = wasm.certloupe_reserve(frame.length);
  if (at === 0) throw new Error("the call is too large");
  bytes(at, frame.length).set(frame);
  const size = wasm.certloupe_call(frame.length);
  if (look && bytes(at, frame.length).some((b) => b !== 0)) throw new Error("the input is not cleared");
  const out = wasm.certloupe_result();
  const result = Buffer.from(bytes(out, Math.abs(size)));
  wasm.certloupe_release();
  if (look && bytes(out, Math.abs(size)).some((b) => b !== 0)) throw new Error("the result is not cleared");
  return { ok: size >= 0, result };
}

let n = 0;
for (; existsSync(join(folder, `${n}.call`)); n++) {
  const { ok, result } = call(readFileSync(join(folder, `${n}.call`)));
  writeFileSync(join(folder, `${n}.result`), Buffer.concat([Buffer.from(ok ? "+" : "-"), result]));
}
const abandoned = wasm.certloupe_reserve(4);
bytes(abandoned, 4).fill(1);
wasm.certloupe_release();
if (bytes(abandoned, 4).some((b) => b !== 0)) throw new Error("a call that was not carried out is not cleared");
if (wasm.certloupe_call(4) >= 0) throw new Error("a call without room is carried out");
if (wasm.certloupe_reserve(0) !== 0 || wasm.certloupe_reserve(-1) !== 0 || wasm.certloupe_reserve(0x7fffffff) !== 0)
  throw new Error("a size that cannot be is taken");
if (call(Buffer.alloc(1)).ok) throw new Error("no call is carried out");

const summary = join(folder, "summary.call");
let perSecond = 0;
if (existsSync(summary)) {
  const frame = readFileSync(summary);
  for (let round = 0; round < 5; round++) {
    const start = process.cpuUsage();
    const rows = call(frame, false).result.toString().split("\n").length - 1;
    const { user, system } = process.cpuUsage(start);
    perSecond = Math.max(perSecond, Math.round(rows / ((user + system) / 1e6)));
  }
}
process.stdout.write(JSON.stringify({ calls: n, summary_per_second: perSecond, memory: wasm.mem.buffer.byteLength }) + "\n");
process.exit(0);
