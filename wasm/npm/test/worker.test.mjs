// What only a Worker can do.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { create } from "@certloupe/wasm";
import { dist, read } from "./support.mjs";

const key = await read("testdata/keys/p256-server.pem");

/** A summary that takes seconds. */
const long = () => Array(40_000).fill(key.toString());

/** Starts Workers of the package, and remembers them. */
function factory() {
  const made = [];
  return { made, worker: () => made[made.push(new Worker(new URL("worker.node.js", dist))) - 1] };
}
const ended = (worker) => new Promise((resolve) => worker.once("exit", resolve));

test("an abort rejects at once, ends the call and no other one", async () => {
  const { made, worker } = factory();
  const certloupe = await create({ worker });
  const control = new AbortController();
  const running = certloupe.summary(long(), { signal: control.signal });
  const waiting = certloupe.inspect(key);
  const dropped = new AbortController();
  const alsoWaiting = certloupe.inspect(key, { signal: dropped.signal });
  await new Promise((resolve) => setTimeout(resolve, 300));
  const exit = ended(made[0]);
  const start = performance.now();
  control.abort(new Error("enough"));
  dropped.abort(new Error("this too"));
  await assert.rejects(running, /enough/);
  await assert.rejects(alsoWaiting, /this too/);
  assert.ok(performance.now() - start < 1000, "the abort took long");
  await exit;
  assert.equal((await waiting).keys.length, 1);
  assert.equal(made.length, 2, "a fresh Worker");
  certloupe.dispose();
});

test("a call that waits is dropped without ending the Worker", async () => {
  const { made, worker } = factory();
  const certloupe = await create({ worker });
  const running = certloupe.summary(Array(2000).fill(key.toString()));
  const control = new AbortController();
  const waiting = certloupe.inspect(key, { signal: control.signal });
  control.abort();
  await assert.rejects(waiting, { name: "AbortError" });
  assert.equal((await running).length, 2000);
  assert.equal((await certloupe.inspect(key)).keys.length, 1);
  assert.equal(made.length, 1);
  certloupe.dispose();
});

test("a Worker that comes to an end is replaced", async () => {
  const { made, worker } = factory();
  const certloupe = await create({ worker });
  const running = certloupe.summary(long());
  await new Promise((resolve) => setTimeout(resolve, 300));
  await Promise.all([assert.rejects(running, { code: "worker-failed" }), made[0].terminate()]);
  assert.equal((await certloupe.inspect(key)).keys.length, 1);
  assert.equal(made.length, 2);
  certloupe.dispose();
});

test("a Worker that cannot start has a code", async () => {
  await assert.rejects(create({ worker: () => new Worker(new URL("missing.js", dist)) }), { code: "worker-failed" });
  await assert.rejects(create({ worker: () => { throw new Error("not here"); } }), { code: "worker-failed" });
  await assert.rejects(create({ worker: () => new Worker("throw new Error('no')", { eval: true }) }), { code: "worker-failed" });
});

test("dispose ends the Worker", async () => {
  const { made, worker } = factory();
  const certloupe = await create({ worker });
  const running = certloupe.summary(long());
  const exit = ended(made[0]);
  const rejected = assert.rejects(running, { code: "disposed" });
  certloupe.dispose();
  await Promise.all([rejected, exit]);
  assert.equal(made.length, 1);
});
