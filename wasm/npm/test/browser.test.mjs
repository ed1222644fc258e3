// The package in Chromium, under a strict Content Security Policy.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { launch, missing, open, serve, strictPolicy } from "./chromium.mjs";
import { assertCompared, dist } from "./support.mjs";

if (missing) console.error(missing);

describe("in Chromium", { skip: missing }, () => {
  let browser, server;
  before(async () => {
    server = await serve({
      folders: { "/dist/": dist, "/copy/": dist, "/untyped/": dist, "/test/": new URL("./", import.meta.url), "/build/": new URL("../build/", import.meta.url) },
      pages: { "/index.html": "<!doctype html><title>test</title>", "/forbidden.html": "<!doctype html><title>test</title>", "/favicon.ico": "" },
      headers: (path) => ({
        "content-security-policy": path === "/forbidden.html" ? "script-src 'self'" : strictPolicy,
        ...(path === "/untyped/certloupe.wasm" && { "content-type": "application/octet-stream" }),
      }),
    });
    browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await server?.close();
  });

  /** Runs a function in a page, which must complain about nothing. */
  async function inPage(run, argument, path = "/index.html") {
    const { page, complaints, close } = await open(browser, server.address + path);
    try {
      const result = await page.evaluate(run, argument);
      assert.deepEqual(complaints, []);
      return result;
    } finally {
      await close();
    }
  }

  for (const worker of [false, true]) {
    test(`the results are those of Go, ${worker ? "in a Worker" : "in the thread"}`, async () => {
      const result = await inPage(async (worker) => {
        const [{ create }, { compareAll }] = await Promise.all([import("/dist/browser.js"), import("/test/calls.mjs")]);
        const calls = new Uint8Array(await (await fetch("/build/calls.bin")).arrayBuffer());
        return compareAll(await create({ worker }), calls);
      }, worker);
      assertCompared(assert, result);
    });

    test(`no globals, worker: ${worker}`, async () => {
      const [before, after] = await inPage(async (worker) => {
        const before = Object.getOwnPropertyNames(globalThis);
        const certloupe = await (await import("/dist/browser.js")).initialize({ worker });
        await certloupe.inspect("nothing");
        return [before, Object.getOwnPropertyNames(globalThis)];
      }, worker);
      assert.deepEqual(after, before);
    });
  }

  test("the module is compiled while it arrives, unless its type forbids it", async () => {
    const counts = await inPage(async () => {
      let count = 0;
      const { compileStreaming } = WebAssembly;
      WebAssembly.compileStreaming = (response) => (count++, compileStreaming.call(WebAssembly, response));
      const counts = [];
      for (const folder of ["/dist/", "/untyped/"]) {
        await (await import(`${folder}browser.js`)).initialize();
        counts.push(count);
      }
      return counts;
    });
    assert.deepEqual(counts, [1, 1]);
  });

  test("two copies and another program of Go do not meet", async () => {
    const [same, untouched] = await inPage(async () => {
      const other = { fs: { constants: {} }, path: {}, process: {}, Go: class {} };
      Object.assign(globalThis, other);
      const one = await (await import("/dist/browser.js")).initialize();
      const two = await (await import("/copy/browser.js")).initialize({ worker: true });
      const same = (await one.inspect("nothing", { raw: true })) === (await two.inspect("nothing", { raw: true }));
      return [same, Object.keys(other).every((name) => globalThis[name] === other[name])];
    });
    assert.deepEqual([same, untouched], [true, true]);
  });

  test("a File has its name, and a Worker may be the caller's", async () => {
    const inputs = await inPage(async () => {
      const { create } = await import("/dist/browser.js");
      const certloupe = await create({ worker: () => new Worker("/dist/worker.js", { type: "module" }) });
      const { findings } = await certloupe.inspect([new File(["nothing"], "a.pem"), new Blob(["nothing"])]);
      return findings.map((f) => f.where?.input ?? "");
    });
    assert.deepEqual([...new Set(inputs)], ["a.pem", ""]);
  });

  test("an abort rejects at once, ends the Worker and no other call", async () => {
    const { took, aborted, verdict, workers } = await inPage(async () => {
      const { create } = await import("/dist/browser.js");
      let workers = 0;
      const certloupe = await create({ worker: () => (workers++, new Worker("/dist/worker.js", { type: "module" })) });
      const control = new AbortController();
      const running = certloupe.summary(Array(40_000).fill("-----BEGIN CERTIFICATE-----\n"), { signal: control.signal });
      const waiting = certloupe.inspect("nothing");
      await new Promise((resolve) => setTimeout(resolve, 200));
      const start = performance.now();
      control.abort();
      const aborted = await running.catch((err) => err.name);
      const took = performance.now() - start;
      return { took, aborted, verdict: (await waiting).verdict, workers };
    });
    assert.equal(aborted, "AbortError");
    assert.ok(took < 200, `the abort took ${took} ms`);
    assert.deepEqual([verdict, workers], ["rejected", 2]);
  });

  test("what is not there or forbidden has a code", async () => {
    /** Starts an instance in a page, which may complain, and returns the code of the error. */
    async function attempt(start, argument, path = "/index.html") {
      const { page, close } = await open(browser, server.address + path);
      try {
        return await page.evaluate(start, argument);
      } finally {
        await close();
      }
    }
    const from = async (wasm) => (await import("/dist/browser.js")).initialize({ wasm }).then(() => "", (err) => err.code);
    const by = async (script) => (await import("/dist/browser.js")).create({ worker: () => new Worker(script) }).then(() => "", (err) => err.code);
    assert.equal(await attempt(from, "/missing.wasm"), "load-failed");
    assert.equal(await attempt(from, "http://127.0.0.1:1/"), "load-failed");
    assert.equal(await attempt(from, undefined, "/forbidden.html"), "compile-failed");
    assert.equal(await attempt(by, "/missing.js"), "worker-failed");
    assert.equal(await attempt(by, "data:text/javascript,0"), "worker-failed");
  });

  test("it runs in a Worker of the page", async () => {
    const verdict = await inPage(async () => {
      const worker = new Worker("/test/in-worker.mjs", { type: "module" });
      return new Promise((resolve) => worker.addEventListener("message", (event) => resolve(event.data)));
    });
    assert.equal(verdict, "rejected");
  });
});
