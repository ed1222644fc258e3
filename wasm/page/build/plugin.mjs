// What a build of the page needs beside the bundler: the policy in the page itself, a start of the module's download as
// early as can be, the service worker with the exact list of files, and packed forms of all files.
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { transformWithOxc } from "vite";

// The policy that `certloupe page` sends, for servers that send none. What a page may be framed by cannot be said in it.
const policy = [
  "default-src 'none'", "script-src 'self' 'wasm-unsafe-eval'", "style-src 'self'", "img-src 'self' data:", "connect-src 'self'",
  "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'",
  "trusted-types certloupe default",
].join("; ");

const cache = fileURLToPath(new URL("../../node_modules/.cache/certloupe-page", import.meta.url));

/** @returns {import("vite").Plugin} */
export function page() {
  let dist = "";
  return {
    name: "certloupe-page",
    apply: "build",
    configResolved(config) {
      dist = join(config.root, config.build.outDir);
    },
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle }) {
        const module = Object.keys(bundle ?? {}).find((name) => name.endsWith(".wasm"));
        if (!module) throw new Error("the page has no module");
        return {
          html,
          tags: [
            { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: policy }, injectTo: "head-prepend" },
            { tag: "link", attrs: { rel: "preload", as: "fetch", type: "application/wasm", crossorigin: true, href: `./${module}` }, injectTo: "head-prepend" },
          ],
        };
      },
    },
    async closeBundle() {
      await writeServiceWorker(dist);
      for (const file of await files(dist)) await pack(join(dist, file));
    },
  };
}

async function files(dir) {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((e) => e.isFile()).map((e) => relative(dir, join(e.parentPath, e.name)).replaceAll("\\", "/")).sort();
}

/** Writes the service worker, whose version is that of all files together. */
async function writeServiceWorker(dist) {
  const list = (await files(dist)).filter((f) => f !== "sw.js" && !/\.(br|gz)$/.test(f));
  const hash = createHash("sha256");
  for (const file of list) hash.update(file).update(await readFile(join(dist, file)));
  const source = new URL("../src/sw.ts", import.meta.url);
  const { code } = await transformWithOxc(await readFile(source, "utf8"), "sw.ts", { target: "es2022" });
  // The folder itself is the page.
  const head = `const VERSION = ${JSON.stringify(hash.digest("hex").slice(0, 16))}, FILES = ${JSON.stringify(["./", ...list])};\n`;
  await writeFile(join(dist, "sw.js"), head + code.replace(/^export \{\s*\};?$/m, ""));
}

/**
 * Writes a file in its packed forms beside it, if they are smaller. Packing the module well takes half a minute, so packed
 * forms are kept for the next build.
 */
async function pack(path) {
  const data = await readFile(path);
  const kept = join(cache, createHash("sha256").update(data).digest("hex"));
  const params = { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 24, [constants.BROTLI_PARAM_SIZE_HINT]: data.length };
  const forms = { br: () => promisify(brotliCompress)(data, { params }), gz: () => promisify(gzip)(data, { level: 9 }) };
  await mkdir(cache, { recursive: true });
  for (const [ending, make] of Object.entries(forms)) {
    let packed = await readFile(`${kept}.${ending}`).catch(() => null);
    if (!packed) {
      packed = await make();
      await writeFile(`${kept}.new`, packed);
      await rename(`${kept}.new`, `${kept}.${ending}`);
    }
    if (packed.length < data.length) await writeFile(`${path}.${ending}`, packed);
  }
}
