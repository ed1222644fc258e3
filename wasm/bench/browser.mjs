// How long a page of Chromium takes to its first verdict.
import { brotliCompressSync, constants } from "node:zlib";
import { readFileSync } from "node:fs";
import { launch, missing, serve } from "../npm/test/chromium.mjs";
import { server as certificate } from "./inputs.mjs";
import { median } from "./measure.mjs";

const dist = new URL("../npm/dist/", import.meta.url);

const page = `<!doctype html><script type="module">
  import { initialize } from "/dist/browser.js";
  const certloupe = await initialize();
  const report = await certloupe.inspect(${JSON.stringify(certificate)});
  window.verdict = { at: performance.now(), count: report.certificates.length };
</script>`;

/** The rows of the table: from the start of the navigation to the first verdict, for a first visit and a reload. */
export async function browserStart() {
  if (missing) return [{ what: missing }];
  // As servers should send it.
  const module = brotliCompressSync(readFileSync(new URL("certloupe.wasm", dist)), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
  const server = await serve({
    folders: { "/dist/": dist },
    pages: { "/": page, "/dist/certloupe.wasm": module, "/favicon.ico": "" },
    headers: (path) => ({
      "cache-control": "public, max-age=31536000, immutable",
      ...(path === "/" && { "content-type": "text/html" }),
      ...(path.endsWith(".wasm") && { "content-encoding": "br" }),
    }),
  });
  const first = [], again = [];
  const browser = await launch();
  try {
    for (let i = 0; i < 7; i++) {
      const context = await browser.newContext();
      const tab = await context.newPage();
      const verdict = async () => {
        const { at, count } = await (await tab.waitForFunction(() => window.verdict)).jsonValue();
        if (count !== 1) throw new Error("there is no certificate");
        return at;
      };
      await tab.goto(`${server.address}/`);
      first.push(await verdict());
      await tab.waitForTimeout(3000); // In which Chromium may store what it has compiled.
      await tab.reload();
      again.push(await verdict());
      await context.close();
    }
  } finally {
    await browser.close();
    await server.close();
  }
  return [
    { what: "Chromium, first visit to first verdict, ms", time: median(first), wanted: { time: 250 } },
    { what: "Chromium, reload to first verdict, ms", time: median(again), wanted: { time: 100 } },
  ];
}
