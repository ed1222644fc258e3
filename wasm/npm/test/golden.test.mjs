// The package gives the bytes that Go gives, for every test case, in the thread and in a Worker.
import assert from "node:assert/strict";
import { test } from "node:test";
import { create } from "@certloupe/wasm";
import { compareAll } from "./calls.mjs";
import { assertCompared, readCalls } from "./support.mjs";

for (const worker of [false, true]) {
  test(`the results are those of Go, ${worker ? "in a Worker" : "in the thread"}`, async () => {
    const certloupe = await create({ worker });
    try {
      assertCompared(assert, await compareAll(certloupe, await readCalls()));
    } finally {
      certloupe.dispose();
    }
  });
}
