// Where the module is from, and what can go wrong with it.
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, afterEach, before, describe, mock, test } from "node:test";
import { fileURLToPath } from "node:url";
import * as certloupe from "@certloupe/wasm";
import { dist } from "./support.mjs";
import { readFile } from "node:fs/promises";

const { create, initialize, dispose } = certloupe;
const file = new URL("certloupe.wasm", dist);
const bytes = await readFile(file);

describe("the module comes from", () => {
  let server, base;
  before(async () => {
    server = createServer((request, response) => {
      const { pathname, searchParams } = new URL(request.url, "http://localhost");
      if (pathname === "/missing") return response.writeHead(404).end();
      if (searchParams.has("type")) response.setHeader("content-type", searchParams.get("type"));
      if (pathname === "/short") response.end(bytes.subarray(0, 1 << 20));
      else if (pathname === "/broken") {
        response.setHeader("content-length", bytes.length);
        response.write(bytes.subarray(0, 1 << 20), () => response.destroy());
      } else response.end(bytes);
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${server.address().port}`;
  });
  after(() => server.close());

  const works = async (wasm) => {
    const instance = await create({ wasm });
    assert.equal((await instance.inspect("nothing")).verdict, "rejected");
    instance.dispose();
  };
  const fails = (code, wasm) => assert.rejects(create({ wasm }), (err) => err instanceof certloupe.CertloupeError && err.code === code && "cause" in err);

  test("a file", async () => {
    await works(undefined);
    await works(file);
    await works(file.href);
    await works(fileURLToPath(file));
  });

  test("bytes, and a module", async () => {
    await works(bytes);
    await works(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    await works(await WebAssembly.compile(bytes));
  });

  test("a server, and is compiled while it arrives if its type allows it", async () => {
    const streaming = mock.method(WebAssembly, "compileStreaming");
    for (const [type, streamed] of [["application/wasm", 1], ["APPLICATION/WASM", 0], ["application/octet-stream", 0], ["application/wasm;a=b", 0], ["", 0]]) {
      streaming.mock.resetCalls();
      await works(`${base}/?type=${encodeURIComponent(type)}`);
      assert.equal(streaming.mock.callCount(), streamed, type);
    }
    await works(fetch(`${base}/?type=application/wasm`));
    await works(await fetch(base));
    streaming.mock.restore();
    const { compileStreaming } = WebAssembly;
    delete WebAssembly.compileStreaming;
    try {
      await works(`${base}/?type=application/wasm`);
    } finally {
      WebAssembly.compileStreaming = compileStreaming;
    }
  });

  test("nowhere", async () => {
    await fails("load-failed", new URL("missing.wasm", dist));
    await fails("load-failed", `${base}/missing?type=application/wasm`);
    await fails("load-failed", "http://127.0.0.1:1/");
    await fails("load-failed", Promise.reject(new Error("offline")));
    await fails("load-failed", `${base}/broken`);
    await fails("load-failed", `${base}/broken?type=application/wasm`);
    const used = await fetch(base);
    await used.arrayBuffer();
    await fails("load-failed", used);
  });

  test("something else", async () => {
    await fails("compile-failed", `${base}/short`);
    await fails("compile-failed", `${base}/short?type=application/wasm`);
    await fails("compile-failed", new Uint8Array(100));
    await fails("compile-failed", 7);
    // A sound module that is another program.
    await assert.rejects(create({ wasm: new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]) }), { code: "compile-failed" });
  });
});

describe("initialize", () => {
  afterEach(dispose);

  test("must come first", async () => {
    await assert.rejects(certloupe.inspect(""), { code: "not-initialized" });
  });

  test("called again it returns the same promise, or refuses other options", async () => {
    const first = initialize({ wasm: file });
    assert.equal(initialize(), first);
    assert.equal(initialize({}), first);
    assert.equal(initialize({ wasm: new URL(file) }), first);
    assert.equal(initialize({ wasm: file, worker: false }), first);
    await assert.rejects(initialize({ wasm: file, worker: true }), { code: "already-initialized" });
    await assert.rejects(initialize({ wasm: bytes }), { code: "already-initialized" });
    await assert.rejects(initialize({ wasm: file, keepMemory: 7 }), { code: "already-initialized" });
    assert.equal((await certloupe.inspect("")).verdict, "rejected");
    assert.equal(initialize(), first);
  });

  test("calls may be made before it is done", async () => {
    const starting = initialize();
    assert.equal((await certloupe.inspect("")).verdict, "rejected");
    await starting;
  });

  test("it can be tried again after it failed", async () => {
    const wasm = new URL("missing.wasm", dist);
    const failing = initialize({ wasm });
    const waiting = certloupe.inspect("");
    await assert.rejects(failing, { code: "load-failed" });
    await assert.rejects(waiting, { code: "load-failed" });
    await assert.rejects(certloupe.inspect(""), { code: "not-initialized" });
    await initialize();
    assert.equal((await certloupe.inspect("")).verdict, "rejected");
  });

  test("it can be called again after dispose", async () => {
    const first = await initialize();
    dispose();
    await assert.rejects(certloupe.inspect(""), { code: "not-initialized" });
    const second = await initialize({ worker: true });
    assert.notEqual(first, second);
    assert.equal((await certloupe.inspect("")).verdict, "rejected");
    await assert.rejects(first.inspect(""), { code: "disposed" });
  });

  test("it has all functions of an instance", async () => {
    const instance = await initialize();
    for (const name of ["inspect", "check", "request", "chain", "summary", "fix", "verifyOCSP", "ocspRequest", "explain", "rules", "dispose"]) {
      assert.equal(typeof certloupe[name], "function", name);
      assert.equal(typeof instance[name], "function", name);
    }
    assert.deepEqual(await certloupe.explain("key-mismatch"), await instance.explain("key-mismatch"));
  });
});
