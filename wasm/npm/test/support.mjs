// What several tests need.
import { readFile } from "node:fs/promises";

export const dist = new URL("../dist/", import.meta.url);
export const repository = new URL("../../../", import.meta.url);

/** All calls and the results of Go, see scripts/calls.mjs. */
export function readCalls() {
  return readFile(new URL("../build/calls.bin", import.meta.url));
}

/** Reads a file of the repository. */
export function read(path) {
  return readFile(new URL(path, repository));
}

/** Makes sure that compareAll really compared all that there is. */
export function assertCompared(assert, { counts, impossible, wrong }) {
  assert.deepEqual(wrong.slice(0, 5), []);
  assert.deepEqual(Object.keys(counts).sort(), ["chain", "check", "fix", "inspect", "ocsp_request", "request", "rules", "summary", "verify_ocsp"]);
  const total = Object.values(counts).reduce((a, b) => a + b);
  assert.ok(total > 1500, `there were only ${total} calls`);
  assert.equal(impossible, 2, "calls that no function of the package makes");
}
