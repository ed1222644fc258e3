// The package leaves alone what is not its own.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { dist } from "./support.mjs";

/** Runs a program in a process of its own, in the folder of the package. */
async function run(program) {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", program], {
    cwd: fileURLToPath(new URL("..", import.meta.url)), timeout: 60_000,
  });
  assert.equal(stderr, "");
  return stdout;
}

for (const worker of [false, true]) {
  test(`no globals, no output, and the process ends by itself, worker: ${worker}`, async () => {
    const stdout = await run(`
      const names = () => Object.getOwnPropertyNames(globalThis).sort().join();
      const before = names();
      const { create } = await import("@certloupe/wasm");
      const certloupe = await create({ worker: ${worker} });
      await certloupe.inspect("nothing");
      await certloupe.inspect("nothing", { no: 1 }).catch(() => {});
      if (names() !== before) console.log("globals have changed");
      // Not disposed of: an idle instance must not hold the process.
    `);
    assert.equal(stdout, "");
  });
}

test("a call that is running in a Worker holds the process", async () => {
  const stdout = await run(`
    import { create } from "@certloupe/wasm";
    const certloupe = await create({ worker: true });
    certloupe.summary(Array(20000).fill("nothing")).then((rows) => console.log(rows.length));
  `);
  assert.equal(stdout, "20000\n");
});

test("another program of Go, and another copy of the package, do not meet", async () => {
  const copy = new URL("node.js?copy", dist).href;
  const stdout = await run(`
    // What another program of Go may have left.
    const other = { fs: { constants: {}, writeSync() { throw new Error("not yours"); }, write() { throw new Error("not yours"); } }, Go: class {}, path: {} };
    Object.assign(globalThis, other);
    const [a, b] = [await import("@certloupe/wasm"), await import(${JSON.stringify(copy)})];
    if (a.initialize === b.initialize) console.log("it is the same copy");
    const one = await a.initialize(), two = await b.initialize({ worker: true });
    console.log((await a.inspect("nothing", { raw: true })) === (await two.inspect("nothing", { raw: true })));
    console.log(Object.keys(other).every((name) => globalThis[name] === other[name]));
  `);
  assert.equal(stdout, "true\ntrue\n");
});

test("no eval in what is delivered, and no dependencies", async () => {
  for (const name of ["browser.js", "node.js", "worker.js", "worker.node.js", "wasm_exec.js", "instance.js", "engine.js", "remote.js", "module.js", "api.js", "parts.js", "start.js", "serve.js"]) {
    assert.doesNotMatch(await readFile(new URL(name, dist), "utf8"), /\beval\s*\(|new Function\b/, name);
  }
  const { dependencies, peerDependencies } = JSON.parse(await readFile(new URL("../package.json", import.meta.url)));
  assert.deepEqual([dependencies, peerDependencies], [undefined, undefined]);
});
