// Chromium, and a server of files for it.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const places = process.env.CHROMIUM ? [process.env.CHROMIUM] : ["chromium", "chromium-browser", "google-chrome"].map((name) => `/usr/bin/${name}`);
const executablePath = places.find((path) => existsSync(path));

/** Why there is no Chromium, for the option skip of a test; false if it is there. */
export const missing = executablePath ? false : `NOT RUN: ${places.join(" and ")} are missing (set CHROMIUM), so nothing shows that browsers do the same`;

export function launch() {
  return chromium.launch({
    executablePath,
    args: ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
      "--disable-component-update", "--disable-sync"],
  });
}

/** What the package needs of a Content Security Policy, and nothing else. */
export const strictPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; worker-src 'self'";

const types = { ".html": "text/html", ".js": "text/javascript", ".mjs": "text/javascript", ".wasm": "application/wasm" };

/**
 * Serves folders, by the beginnings of their paths, and pages, which are text. headers makes more headers of a path.
 * Returns the address, and close.
 */
export async function serve({ folders = {}, pages = {}, headers = () => ({}) }) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const set = { "content-type": types[extname(pathname)] ?? "application/octet-stream", ...headers(pathname) };
    const body = pages[pathname] ?? (await fromFolder(pathname).catch(() => undefined));
    response.writeHead(body === undefined ? 404 : 200, set).end(body);
  });
  async function fromFolder(pathname) {
    const start = Object.keys(folders).find((prefix) => pathname.startsWith(prefix));
    const path = normalize(decodeURIComponent(pathname.slice(start.length)));
    if (path.startsWith("..")) throw new Error("outside of the folder");
    const folder = folders[start];
    return readFile(join(folder instanceof URL ? fileURLToPath(folder) : folder, path));
  }
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    close: () => new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    }),
  };
}

/** Opens a page of its own, and remembers all that it complains about. */
export async function open(browser, url) {
  const context = await browser.newContext();
  const page = await context.newPage();
  const complaints = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (err) => complaints.push(String(err)));
  page.on("requestfailed", (request) => complaints.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.goto(url);
  return { page, complaints, close: () => context.close() };
}
