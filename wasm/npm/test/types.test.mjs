// The types of the results are those of docs/*.schema.json.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

test("types.generated.ts is up to date", () => {
  const { status, stderr } = spawnSync(process.execPath, [fileURLToPath(new URL("../scripts/types.mjs", import.meta.url)), "--check"]);
  assert.equal(status, 0, String(stderr));
});
