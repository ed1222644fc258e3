// The package as its users get it: packed, installed into fresh projects, and used as the README says, word for word.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { launch, missing, open, serve, strictPolicy } from "./chromium.mjs";
import { read } from "./support.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const resolve = createRequire(import.meta.url).resolve;
const folderOf = (name) => dirname(resolve(`${name}/package.json`));

if (missing) console.error(missing);

/** The code blocks of the README by the name behind their language. */
async function snippets() {
  const readme = await readFile(join(here, "README.md"), "utf8");
  return Object.fromEntries([...readme.matchAll(/^```\w+ (\S+)\n(.*?)^```$/gms)].map(([, name, code]) => [name, code]));
}

async function run(cwd, program, ...args) {
  try {
    return (await promisify(execFile)(program, args, { cwd })).stdout;
  } catch (err) {
    throw new Error(`${program} ${args.join(" ")}: ${err.message}\n${err.stdout}\n${err.stderr}`);
  }
}

describe("a fresh project", () => {
  let temporary, tarball, code, browser;
  before(async () => {
    temporary = await mkdtemp(join(tmpdir(), "certloupe-projects-"));
    code = await snippets();
    const [{ filename }] = JSON.parse(await run(here, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", temporary));
    tarball = join(temporary, filename);
    if (!missing) browser = await launch();
  });
  after(async () => {
    await browser?.close();
    await rm(temporary, { recursive: true, force: true });
  });

  /** Makes a project with files, which are names of the README's code blocks. */
  async function project(name, files) {
    const folder = join(temporary, name);
    await mkdir(folder);
    await writeFile(join(folder, "package.json"), '{"private": true, "type": "module"}\n');
    for (const [file, snippet] of Object.entries(files)) {
      assert.ok(code[snippet], `the README has no ${snippet}`);
      await writeFile(join(folder, file), code[snippet]);
    }
    // It has no dependencies, so no registry is asked.
    await run(folder, "npm", "install", "--offline", "--no-audit", "--no-fund", tarball);
    return folder;
  }

  /** Uses the page of the README in a folder that a bundler has made. */
  async function usePage(folder) {
    const server = await serve({ folders: { "/": folder }, pages: { "/favicon.ico": "" }, headers: () => ({ "content-security-policy": strictPolicy }) });
    const { page, complaints, close } = await open(browser, `${server.address}/index.html`);
    try {
      const buffer = await read("testdata/keys/p256-server.pem");
      // The page listens as soon as its Worker is ready.
      for (let i = 0; i < 200 && !(await page.textContent("pre")); i++) {
        await page.setInputFiles("input", []);
        await page.setInputFiles("input", [{ name: "key.pem", mimeType: "", buffer }]);
        await page.waitForTimeout(100);
      }
      assert.equal(page.workers().length, 1);
      assert.match(await page.textContent("pre"), /^accepted/);
      assert.deepEqual(complaints, []);
    } finally {
      await close();
      await server.close();
    }
  }

  test("has what is needed and nothing else", async () => {
    const folder = await project("contents", {});
    const list = (await run(folder, "tar", "-tzf", tarball)).trim().split("\n").map((name) => name.replace("package/", ""));
    for (const name of ["README.md", "LICENSE", "package.json", "dist/certloupe.wasm", "dist/wasm_exec.js", "dist/worker.js"]) assert.ok(list.includes(name), name);
    assert.deepEqual(list.filter((name) => !/^(dist\/[\w.]+|README\.md|LICENSE|package\.json)$/.test(name)), []);
  });

  test("in Node", async () => {
    const folder = await project("node", { "check.mjs": "node/check.mjs" });
    const { certificate_pem, private_key } = JSON.parse(await read("testdata/documents/add-server-certificate.json"));
    await writeFile(join(folder, "server.pem"), certificate_pem);
    await writeFile(join(folder, "server.key"), private_key);
    const lines = (await run(folder, process.execPath, "check.mjs")).trim().split("\n");
    assert.equal(lines.at(-1), "rejected");
    assert.ok(lines.some((line) => line.startsWith("error key-mismatch ")));
  });

  test("in TypeScript, with any library", async () => {
    const folder = await project("types", { "main.ts": "types/main.ts" });
    const tsc = join(folderOf("typescript"), "bin/tsc");
    for (const lib of ["es2022", "es2022,dom"]) {
      for (const resolution of ["nodenext", "bundler"]) {
        await run(folder, process.execPath, tsc, "--noEmit", "--strict", "--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--skipLibCheck", "false",
          "--target", "es2022", "--lib", lib, "--types", "", "--module", resolution === "bundler" ? "preserve" : resolution, "--moduleResolution", resolution, "main.ts");
      }
    }
    // The types refuse what is wrong.
    await cp(join(folder, "main.ts"), join(folder, "wrong.ts"));
    await writeFile(join(folder, "wrong.ts"), code["types/main.ts"].replace('"iotda-server"', '"iotda"'));
    await assert.rejects(run(folder, process.execPath, tsc, "--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "wrong.ts"), /TS\d+.*"iotda"/s);
  });

  test("with Vite", { skip: missing }, async () => {
    const folder = await project("vite", { "index.html": "vite/index.html", "main.js": "vite/main.js", "vite.config.js": "vite/vite.config.js" });
    await run(folder, process.execPath, join(folderOf("vite"), "bin/vite.js"), "build");
    await usePage(join(folder, "dist"));
  });

  test("with esbuild", { skip: missing }, async () => {
    const folder = await project("esbuild", { "index.html": "vite/index.html", "main.js": "vite/main.js", "build.mjs": "esbuild/build.mjs" });
    await symlink(folderOf("esbuild"), join(folder, "node_modules/esbuild"));
    await run(folder, process.execPath, "build.mjs");
    await cp(join(folder, "index.html"), join(folder, "public/index.html"));
    await usePage(join(folder, "public"));
  });
});
