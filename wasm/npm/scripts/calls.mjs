// Usage: node scripts/calls.mjs
//
// Writes build/calls.bin: all calls that wasm/bridge is tested with, and the results that Go gives, byte for byte. It
// is a sequence of chunks, each behind its length; every second one is a result behind "+" or, for an error, "-".
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const folder = await mkdtemp(join(tmpdir(), "certloupe-calls-"));
try {
  execFileSync("go", ["test", "./wasm/bridge", "-run", "^TestResults$", "-count=1", "-calls", folder], { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  const chunks = [];
  for (let i = 0; existsSync(join(folder, `${i}.call`)); i++) {
    for (const name of ["call", "result"]) {
      const data = await readFile(join(folder, `${i}.${name}`));
      const length = Buffer.alloc(4);
      length.writeUInt32LE(data.length);
      chunks.push(length, data);
    }
  }
  await mkdir(new URL("../build/", import.meta.url), { recursive: true });
  await writeFile(new URL("../build/calls.bin", import.meta.url), Buffer.concat(chunks));
} finally {
  await rm(folder, { recursive: true });
}
