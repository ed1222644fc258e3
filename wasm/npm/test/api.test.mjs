// What the functions of the package do with their arguments and results.
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { create, CertloupeError } from "@certloupe/wasm";
import { read } from "./support.mjs";

const key = await read("testdata/keys/p256-server.pem");
const documents = await read("testdata/documents/add-server-certificate.json");
const certificate = JSON.parse(documents).certificate_pem ?? JSON.parse(documents).certificate;
const rejectsWith = (code, promise) => assert.rejects(promise, (err) => err instanceof CertloupeError && err.code === code && err.name === "CertloupeError");

for (const worker of [false, true]) {
  describe(worker ? "in a Worker" : "in the thread", () => {
    let certloupe;
    before(async () => (certloupe = await create({ worker })));
    after(() => certloupe.dispose());

    test("inputs of all types are the same input", async () => {
      const text = key.toString();
      const bytes = new Uint8Array(key);
      const within = new Uint8Array([1, 2, ...bytes, 3]).subarray(2, 2 + bytes.length);
      const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
      shared.set(bytes);
      const want = await certloupe.inspect(text, { raw: true });
      assert.equal(JSON.parse(want).keys.length, 1);
      for (const input of [bytes, within, shared, key, bytes.slice().buffer, new DataView(bytes.slice().buffer), new Blob([text])]) {
        assert.equal(await certloupe.inspect(input, { raw: true }), want);
      }
      assert.deepEqual(new Uint8Array(key), bytes, "inputs stay as they are");
      assert.equal(bytes.length, text.length, "inputs are not taken away");
    });

    test("an input is copied at once", async () => {
      const bytes = new Uint8Array(key);
      const result = certloupe.inspect(bytes);
      bytes.fill(0);
      assert.equal((await result).keys.length, 1);
    });

    test("names come back", async () => {
      const { keys } = await certloupe.inspect([{ name: "a.pem", data: key }, new File([key], "b.pem"), key]);
      assert.deepEqual(keys.map((k) => k.input), ["a.pem", "b.pem", ""]);
    });

    test("raw is the exact text of the object", async () => {
      const options = { time: "2026-01-01T00:00:00Z" };
      const parts = { privateKey: key };
      const report = await certloupe.check("generic", parts, options);
      const raw = await certloupe.check("generic", parts, { ...options, raw: true });
      assert.equal(typeof raw, "string");
      assert.deepEqual(JSON.parse(raw), report);
      assert.equal(await certloupe.check("generic", parts, { time: new Date("2026-01-01"), raw: true }), raw);
      const rows = await certloupe.summary([key, key], options);
      assert.equal(rows.length, 2);
      assert.deepEqual((await certloupe.summary([key, key], { ...options, raw: true })).trim().split("\n").map((l) => JSON.parse(l)), rows);
      assert.deepEqual(await certloupe.summary([]), []);
    });

    test("a body is judged as a request", async () => {
      const report = await certloupe.request("add-server-certificate", documents, { time: "2026-01-01T00:00:00Z" });
      assert.ok(report.findings.some((f) => f.code === "key-mismatch"));
      const query = await certloupe.request("query-device-certificate", null, {}, { certificate: key });
      assert.equal(query.verdict, "rejected");
    });

    test("a repair has its text beside it", async () => {
      const damaged = key.toString().replace("-----BEGIN ", "-----BEGIN");
      const mended = await certloupe.fix({ name: "a", data: damaged });
      assert.equal(mended.secret, true);
      assert.match(new TextDecoder().decode(mended.text), /-----BEGIN PRIVATE KEY-----/);
      const { json, text } = await certloupe.fix({ name: "a", data: damaged }, { raw: true });
      const { text: _, ...about } = mended;
      assert.deepEqual(JSON.parse(json), about);
      assert.deepEqual(text, mended.text);
      assert.equal((await certloupe.fix("\xff nothing")).text, null);
    });

    test("codes are explained", async () => {
      const rules = await certloupe.rules();
      assert.ok(rules.length > 100);
      assert.deepEqual(await certloupe.explain(rules[7].code), rules[7]);
      assert.deepEqual(JSON.parse(await certloupe.explain(rules[7].code, { raw: true })), [rules[7]]);
      for (const code of ["no-such-code", "", undefined, 7]) assert.equal(await certloupe.explain(code), undefined);
    });

    test("what cannot be done has a code", async () => {
      await rejectsWith("call-part", certloupe.inspect(7));
      await rejectsWith("call-part", certloupe.inspect(undefined, { password: 7 }));
      await rejectsWith("call-part", certloupe.inspect([null]));
      await rejectsWith("call-part", certloupe.check("generic", { certificat: key }));
      await rejectsWith("call-part", certloupe.check("generic", { sign_certificate: null }));
      await rejectsWith("call-part", certloupe.ocspRequest({ certificate: key, issuer: key }));
      await rejectsWith("call-option", certloupe.inspect(key, { maxsize: 7 }));
      await rejectsWith("call-option", certloupe.check("fancy", {}));
      await rejectsWith("call-option", certloupe.request("fancy", "{}"));
      await rejectsWith("call-option", certloupe.chain(key, { revocation: "maybe" }));
      // These would be left out of JSON, or be null there, and the time would be now.
      for (const time of [new Date(NaN), null, () => {}, Symbol("t"), {}, 1n]) await rejectsWith("call-option", certloupe.inspect(key, { time }));
      for (const expiringDays of [NaN, Infinity, 1.5, "7"]) await rejectsWith("call-option", certloupe.inspect(key, { expiringDays }));
      for (const purposes of [[undefined], "1.2.3", [null]]) await rejectsWith("call-option", certloupe.chain(key, { purposes }));
      assert.equal((await certloupe.inspect(key, { expiringDays: undefined, password: undefined })).keys.length, 1);
    });

    test("what was aborted before is not begun", async () => {
      const reason = new Error("enough");
      await assert.rejects(certloupe.inspect(key, { signal: AbortSignal.abort(reason) }), reason);
      await assert.rejects(certloupe.inspect(new Blob([key]), { signal: AbortSignal.abort() }), { name: "AbortError" });
      const late = new AbortController();
      const result = await certloupe.inspect(key, { signal: late.signal });
      late.abort();
      assert.equal(result.keys.length, 1);
    });

    test("many calls at a time have each its result", async () => {
      const names = Array.from({ length: 50 }, (_, i) => `${i}.pem`);
      const reports = await Promise.all(names.map((name) => certloupe.inspect({ name, data: key })));
      assert.deepEqual(reports.map((r) => r.keys[0].input), names);
    });

    test("after dispose there are no calls", async () => {
      const other = await create({ worker });
      const late = other.inspect(key);
      const settled = worker ? rejectsWith("disposed", late) : late.catch((err) => assert.equal(err.code, "disposed"));
      other.dispose();
      await settled;
      await rejectsWith("disposed", other.inspect(key));
      other.dispose();
      assert.equal((await certloupe.inspect(key)).keys.length, 1, "the other instance goes on");
    });
  });
}

test("the certificate of the documents is damaged, which is found", async () => {
  const certloupe = await create();
  const report = await certloupe.inspect(certificate);
  assert.ok(report.findings.some((f) => f.code === "pem-boundary-damaged"));
  certloupe.dispose();
});
