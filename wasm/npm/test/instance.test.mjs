// What becomes of an instance of the module and of its memory.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { afterEach, mock, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { create } from "@certloupe/wasm";
import { LocalEngine } from "../dist/engine.js";
import { Instance } from "../dist/instance.js";
import { dist, read } from "./support.mjs";

const module = await WebAssembly.compile(await readFile(new URL("certloupe.wasm", dist)));
const key = await read("testdata/keys/p256-server.pem");
const large = new Uint8Array(60 << 20).fill(0x61);

afterEach(() => mock.restoreAll());

/** Counts the instances that are started from now on. */
function countStarts() {
  const start = mock.method(Instance, "start");
  return () => start.mock.callCount();
}

const { instantiate } = WebAssembly;
afterEach(() => (WebAssembly.instantiate = instantiate));

/** Remembers the exports of the instances that are started from now on. A mock would hold them. */
function spyExports() {
  const all = [];
  WebAssembly.instantiate = async (...args) => {
    const instance = await instantiate(...args);
    all.push(instance.exports);
    return instance;
  };
  return all;
}

test("the instance is kept, unless its memory has grown beyond the bound", async () => {
  const starts = countStarts();
  const certloupe = await create({ wasm: module });
  for (let i = 0; i < 50; i++) await certloupe.inspect(key);
  assert.equal(starts(), 1);
  assert.equal((await certloupe.inspect(large)).findings[0].code, "input-too-large");
  await certloupe.inspect(key);
  await certloupe.inspect(key);
  assert.equal(starts(), 2);
  certloupe.dispose();

  const large2 = await create({ wasm: module, keepMemory: 1 << 30 });
  await large2.inspect(large);
  await large2.inspect(key);
  assert.equal(starts(), 3);
  large2.dispose();
});

test("nothing holds the memory of an instance that was replaced", async () => {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc");
  const started = spyExports();
  const certloupe = await create({ wasm: module });
  const memory = new WeakRef(started[0].mem);
  await certloupe.inspect(key);
  await certloupe.inspect(large);
  started.length = 0;
  for (let i = 0; i < 50 && memory.deref(); i++) {
    await sleep(20);
    gc();
  }
  assert.equal(memory.deref(), undefined);
  certloupe.dispose();
});

test("inputs larger than the room for calls are refused", async () => {
  const engine = await LocalEngine.start(module, 1 << 30);
  const data = new Uint8Array((256 << 20) + 1);
  await assert.rejects(engine.run({ header: "{}", parts: [{ role: "file", name: "", data }] }), { code: "call-too-large" });
  engine.dispose();
});

test("copies of inputs are zeroed, in the module too", async () => {
  const [exports] = [spyExports()];
  const engine = await LocalEngine.start(module, 1 << 30);
  const header = JSON.stringify({ op: "inspect", options: {} });
  for (const [wrong, header2] of [[false, header], [true, "{"]]) {
    const data = new Uint8Array(1 << 18).fill(0x5a);
    const run = engine.run({ header: header2, parts: [{ role: "file", name: "", data }] });
    await (wrong ? assert.rejects(run, { code: "call-malformed" }) : run);
    assert.ok(data.every((b) => b === 0), "the copy");
    // The room for calls stays where it was, and reserve clears only what was not carried out.
    const { mem, certloupe_reserve, certloupe_release } = exports[0];
    const at = certloupe_reserve(4);
    assert.ok(new Uint8Array(mem.buffer, at, 1 << 20).every((b) => b === 0), "the room for calls");
    certloupe_release();
  }
  await assert.rejects(engine.run({ header: "{}", parts: [] }, AbortSignal.abort()), { name: "AbortError" });
  const data = new Uint8Array(9).fill(1);
  await assert.rejects(engine.run({ header, parts: [{ role: "file", name: "", data }] }, AbortSignal.abort()), { name: "AbortError" });
  assert.ok(data.every((b) => b === 0), "the copy of a call that was not carried out");
  engine.dispose();
});

test("the result of a call is zeroed in the module", async () => {
  const exports = spyExports();
  const certloupe = await create({ wasm: module });
  const name = "a".repeat(300_000); // So that the report stands where no report stood before.
  const report = await certloupe.inspect({ name, data: "nothing" }, { raw: true });
  const memory = Buffer.from(exports[0].mem.buffer);
  assert.equal(memory.indexOf(report), -1);
  certloupe.dispose();
});

test("after a fault of Certloupe there is a fresh instance", async () => {
  const certloupe = await create({ wasm: module });
  const starts = countStarts();
  const bytes = new TextEncoder().encode('{"error":{"code":"internal-error","message":"a fault"}}');
  mock.method(Instance.prototype, "call", () => ({ ok: false, bytes }), { times: 1 });
  await assert.rejects(certloupe.inspect(key), { code: "internal-error", message: "a fault" });
  assert.equal((await certloupe.inspect(key)).keys.length, 1);
  assert.equal(starts(), 1);
  await assert.rejects(certloupe.inspect(key, { no: true }), { code: "call-option" });
  await certloupe.inspect(key);
  assert.equal(starts(), 1, "a call that is refused costs no instance");
  certloupe.dispose();
});

test("after a crash there is a fresh instance", async () => {
  const certloupe = await create({ wasm: module });
  const starts = countStarts();
  // The module asks for the time, and what comes back ends it.
  const now = mock.method(performance, "now", () => { throw new Error("no time"); });
  await assert.rejects(certloupe.inspect(key), { code: "module-crashed" });
  now.mock.restore();
  assert.equal((await certloupe.inspect(key)).keys.length, 1);
  assert.equal(starts(), 1);
  certloupe.dispose();
});

test("an instance that cannot start can be tried again", async () => {
  const certloupe = await create({ wasm: module, keepMemory: 1 });
  await certloupe.inspect(key);
  mock.method(crypto, "getRandomValues", () => { throw new Error("none"); });
  await assert.rejects(certloupe.inspect(key), { code: "module-crashed" });
  mock.restoreAll();
  assert.equal((await certloupe.inspect(key)).keys.length, 1);
  certloupe.dispose();
});
