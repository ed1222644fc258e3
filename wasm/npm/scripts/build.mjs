// Usage: node scripts/build.mjs [--module DIR]
//
// Makes dist/ from src/ and the module. The module and wasm_exec.js are made by wasm/build, unless DIR has them.
import { execFileSync } from "node:child_process";
import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const here = fileURLToPath(new URL("..", import.meta.url));
const root = join(here, "../..");
const dist = join(here, "dist");
const { values } = parseArgs({ options: { module: { type: "string" } } });

await rm(dist, { recursive: true, force: true });
await mkdir(dist);
run(process.execPath, [join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc"), "-p", here]);

const temporary = values.module ? undefined : await mkdtemp(join(tmpdir(), "certloupe-module-"));
try {
  const made = values.module ?? temporary;
  if (temporary) run("go", ["run", "./wasm/build", "-o", temporary], root);
  await copyFile(join(made, "certloupe.wasm"), join(dist, "certloupe.wasm"));
  await cp(join(made, "wasm_exec.LICENSE"), join(dist, "wasm_exec.LICENSE")).catch(missingLicence);
  await writeFile(join(dist, "wasm_exec.js"), wrap(await readFile(join(made, "wasm_exec.js"), "utf8")));
} finally {
  if (temporary) await rm(temporary, { recursive: true });
}
await copyFile(join(root, "LICENSE"), join(here, "LICENSE"));

/**
 * Makes a module of Go's wasm_exec.js. As a script it reads and sets global variables; here they are the arguments
 * of a function, so it neither disturbs other programs of Go on the page nor is disturbed by them.
 */
function wrap(script) {
  const names = ["globalThis", "fs", "console", "setTimeout", "clearTimeout"];
  if (!script.includes("globalThis.Go = class")) throw new Error("wasm_exec.js is not as expected");
  return `// wasm_exec.js of Go, unchanged, inside of a function.\nexport function load(${names.join(", ")}) {\n${script}\nreturn globalThis.Go;\n}\n`;
}

function missingLicence(err) {
  if (err.code !== "ENOENT") throw err;
  console.error("this Go has no LICENSE: add it as dist/wasm_exec.LICENSE before the package is published");
}

function run(program, args, cwd = here) {
  execFileSync(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
}
