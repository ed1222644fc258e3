// A browser, and the page served by the program itself. Tests skip loudly where either is missing.
//
//   CHROMIUM   the browser, /usr/bin/chromium if it is not set
//   CERTLOUPE  the program with the page built in, bin/certloupe of the repository if it is not set
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

export const root = fileURLToPath(new URL("../../../", import.meta.url));
const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
const program = process.env.CERTLOUPE || `${root}bin/certloupe`;
const results = fileURLToPath(new URL("../test-results/", import.meta.url));

/** Why tests in a browser cannot run; false if they can. */
export const missing = !existsSync(executablePath)
  ? `NOT RUN: there is no Chromium at ${executablePath}; set CHROMIUM`
  : !existsSync(program) ? `NOT RUN: there is no program at ${program}; make build, or set CERTLOUPE` : false;
if (missing) console.error(missing);

/** Serves the page; stop ends that and waits for it. */
export async function serve() {
  const child = spawn(program, ["page", "--listen", "127.0.0.1:0", "--open=false"], { stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  const url = await new Promise((resolve, reject) => {
    let said = "";
    const listen = (data) => {
      said += data;
      const found = /http:\S+/.exec(said);
      if (found) resolve(found[0]);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    ended.then((code) => reject(new Error(`certloupe page ended with ${code}: ${said}`)));
  });
  return { url, stop: () => { child.kill("SIGINT"); return ended; } };
}

export function launch() {
  return chromium.launch({
    executablePath,
    args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
  });
}

/**
 * Opens the page as a visitor who was never there. What the page must never do is collected in faults: errors, violations
 * of its policy, requests to anybody else. What without names cannot be loaded.
 */
export async function visit(browser, url, { language = "en", theme = "light", width = 1280, height = 900, offline = false, without = null } = {}) {
  const context = await browser.newContext({
    viewport: { width, height }, colorScheme: theme, locale: language === "zh" ? "zh-CN" : "en-US", reducedMotion: "reduce",
    serviceWorkers: offline ? "allow" : "block",
  });
  await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: new URL(url).origin });
  context.setDefaultTimeout(30_000);
  if (without) await context.route(without, (route) => route.abort());
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (err) => faults.push(`error: ${err.message}`));
  page.on("console", (message) => {
    if (message.type() === "error") faults.push(`console: ${message.text()}`);
  });
  context.on("request", (request) => {
    const other = new URL(request.url());
    if (other.origin !== new URL(url).origin && !/^(blob|data):/.test(request.url())) faults.push(`request: ${request.url()}`);
    if (request.method() !== "GET" || request.postData()) faults.push(`sent: ${request.method()} ${request.url()}`);
  });
  await page.addInitScript(() => {
    globalThis.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
  });
  await page.goto(url);
  await page.waitForSelector("main");
  return { context, page, faults };
}

/** Pastes as a person does: by the clipboard, over what is there. */
export async function paste(page, field, text) {
  const area = page.locator(`[data-field="${field}"] textarea`);
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await area.click();
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("ControlOrMeta+V");
}

/** Presses a button for copying, and returns what it copied. The page itself must not read the clipboard, so it is pasted. */
export async function copied(page, button) {
  await button.click();
  await button.getByText("Copied").waitFor();
  await page.evaluate(() => {
    const area = document.createElement("textarea");
    area.id = "pasted-here";
    document.body.append(area);
    area.focus();
  });
  await page.keyboard.press("ControlOrMeta+V");
  return page.evaluate(() => {
    const area = document.getElementById("pasted-here");
    area.remove();
    return area.value;
  });
}

export async function choose(page, field, name, bytes) {
  await page.locator(`[data-field="${field}"] input[type=file]`).setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) });
}

/** Drops files somewhere on the page, as the system's file manager does. */
export async function drop(page, selector, files) {
  const transfer = await page.evaluateHandle((files) => {
    const t = new DataTransfer();
    for (const { name, base64 } of files) t.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    return t;
  }, files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") })));
  await page.locator(selector).dispatchEvent("dragover", { dataTransfer: transfer });
  await page.locator(selector).dispatchEvent("drop", { dataTransfer: transfer });
}

/** Judges as of a day, so that tests do not depend on the present. */
export async function judgeAsOf(page, day) {
  const input = page.locator('[data-field="day"] input');
  if (!(await input.isVisible())) await page.locator("details.more > summary").last().click();
  await input.fill(day);
}

/** Waits until the verdict is this one, and complete. */
export async function verdict(page, wanted) {
  await page.waitForSelector(`.results[aria-busy="false"] [data-verdict="${wanted}"]`);
}

/** The codes that are shown, in their order. */
export function codes(page) {
  return page.locator(".finding").evaluateAll((list) => list.map((f) => f.dataset.code));
}

/** What is marked for the first finding of a code: text as it is seen, line, and the field that it is in. */
export function marked(page, code) {
  return page.evaluate((code) => {
    const all = [...document.querySelectorAll(".finding")];
    const number = all.findIndex((f) => f.dataset.code === code);
    const mark = document.querySelector(`mark[data-first][data-findings~="${number}"]`);
    return mark && {
      text: mark.querySelector("span").innerText, line: Number(mark.closest("li").querySelector(".number").textContent),
      field: mark.closest("[data-field]").dataset.field,
      before: mark.previousElementSibling?.innerText ?? "",
    };
  }, code);
}

export async function picture(page, name) {
  mkdirSync(results, { recursive: true });
  await page.screenshot({ path: `${results}${name}.png` });
}

/** Reads a txtar file: its comment's lines, and its sections as bytes. */
export function txtar(path) {
  const text = readFileSync(root + path, "latin1");
  const parts = text.split(/^-- (.+?) --\n/m);
  const files = new Map();
  for (let i = 1; i < parts.length; i += 2) {
    const bytes = Buffer.from(parts[i + 1], "latin1");
    const [, name, form] = /^(.*?)(?:\.(base64|hex|repeat))?$/.exec(parts[i]);
    if (form === "repeat") {
      const [, count, piece] = /^(\d+)\n([\s\S]*)$/.exec(parts[i + 1]);
      files.set(name, Buffer.from(piece.repeat(Number(count)), "latin1"));
    } else {
      files.set(name, form ? Buffer.from(parts[i + 1].replace(/\s/g, ""), form) : bytes);
    }
  }
  return { comment: parts[0].split("\n"), files };
}
