// The page's own modules, for tests that need no browser. Node runs no TypeScript, so they are built in memory.
import { fileURLToPath } from "node:url";
import { build } from "vite";

export async function source(path) {
  const made = await build({
    configFile: false, logLevel: "error", root: fileURLToPath(new URL("..", import.meta.url)),
    build: { ssr: fileURLToPath(new URL(`../src/${path}`, import.meta.url)), write: false, target: "node20" },
  });
  return import(`data:text/javascript,${encodeURIComponent(made.output[0].code)}`);
}
