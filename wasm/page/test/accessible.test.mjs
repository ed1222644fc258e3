// What axe-core says of the page in every state, language, theme and width, and that nothing is cut off.
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { choose, judgeAsOf, launch, missing, paste, picture, serve, txtar, verdict, visit } from "./browser.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
let server, browser;

before(async () => {
  if (missing) return;
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

async function check(page, state) {
  await page.evaluate(axe); // By way of the debugger, which the page's policy does not bind.
  const { violations } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ["violations"] }));
  const said = violations.map((v) => `${v.id}: ${v.help}: ${v.nodes.slice(0, 3).map((n) => `${n.target} ${n.failureSummary}`).join(" | ")}`);
  assert.deepEqual(said, [], state);
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${state}: the page is ${wide} pixels too wide`);
}

/** Opens whatever can be opened, also what appears meanwhile, and waits until it has its text. */
async function openAll(page) {
  await page.waitForFunction(() => {
    for (const d of document.querySelectorAll("details:not([open])")) d.open = true;
    return document.querySelector('.results[aria-busy="false"]') && [...document.querySelectorAll(".why")].every((w) => w.textContent.length > 1);
  });
}

const pair = txtar("testdata/cases/pair/pair-swapped.txtar").files;
const call = JSON.parse(pair.get("call.json"));
const good = txtar("testdata/mutated/good-service.txtar").files;

for (const look of [
  { language: "en", theme: "light", width: 1440 },
  { language: "zh", theme: "dark", width: 1440 },
  { language: "zh", theme: "light", width: 320 },
  { language: "en", theme: "dark", width: 320 },
]) {
  const name = `${look.language}-${look.theme}-${look.width}`;
  test(name, { skip: missing }, async () => {
    const { context, page, faults } = await visit(browser, server.url, { ...look, height: 900 });
    try {
      await check(page, "empty");
      await page.locator(".empty .button").click();
      await verdict(page, "rejected");
      await check(page, "the example");
      await picture(page, `${name}-example`);
      await openAll(page);
      await check(page, "the example, all of it open");

      await page.locator('input[value="iotda-server"]').check();
      await page.locator('input[name="form"]').first().check();
      await judgeAsOf(page, "2026-01-01");
      await paste(page, "certificate", good.get("RSA/cert.pem").toString());
      await paste(page, "privateKey", good.get("RSA/key.pem").toString());
      await verdict(page, "accepted");
      await openAll(page);
      await check(page, "accepted");
      await picture(page, `${name}-accepted`);

      await page.locator('input[value="apig-ssl"]').check();
      await openAll(page);
      for (const [field, file] of Object.entries({ certificate: call.cert, privateKey: call.key, signCertificate: call.sign_cert, signPrivateKey: call.sign_key })) {
        await choose(page, field, file, pair.get(file));
      }
      await page.waitForSelector('[data-code="pair-swapped"]');
      await openAll(page);
      await check(page, "a pair");

      await choose(page, "certificate", "server.der", txtar("testdata/mutated/10-der.txtar").files.get("RSA/cert.pem"));
      await page.waitForSelector('.results[aria-busy="false"] .binary, .binary');
      await check(page, "a binary file");
      assert.deepEqual(faults, []);
    } catch (err) {
      await picture(page, `failed-${name}`);
      throw err;
    } finally {
      await context.close();
    }
  });
}

test("a module that cannot be loaded is no verdict", { skip: missing }, async () => {
  const { context, page } = await visit(browser, server.url, { without: "**/*.wasm" });
  try {
    await paste(page, "certificate", good.get("RSA/cert.pem").toString());
    await page.waitForSelector(".verdict.failed");
    assert.equal(await page.locator("[data-verdict], .finding, .certificate").count(), 0);
    await check(page, "failed");
  } finally {
    await context.close();
  }
});

test("the verdict is announced, once and in its place", { skip: missing }, async () => {
  const { context, page } = await visit(browser, server.url);
  try {
    const live = page.locator('.results [role="status"]').first();
    assert.equal(await live.getAttribute("aria-live"), "polite");
    assert.equal((await live.innerText()).trim(), "");
    await page.evaluate(() => {
      globalThis.said = [];
      const region = document.querySelector('.results [role="status"]');
      new MutationObserver(() => {
        const text = region.innerText.trim();
        if (text !== globalThis.said.at(-1)) globalThis.said.push(text);
      }).observe(region, { childList: true, subtree: true, characterData: true });
    });
    await paste(page, "certificate", good.get("RSA/cert.pem").toString());
    await verdict(page, "accepted");
    const said = await page.evaluate(() => globalThis.said);
    assert.match(said.at(-1), /Will be accepted/);
    const outline = await page.evaluate(() => [...document.querySelectorAll("h1, h2, h3, h4")].map((h) => Number(h.tagName[1])));
    outline.reduce((before, level) => (assert.ok(level <= before + 1, `h${before} is followed by h${level}`), level));
    assert.equal(outline.filter((l) => l === 1).length, 1);
    for (const landmark of ["header", "main"]) assert.equal(await page.locator(landmark).count(), 1);
  } finally {
    await context.close();
  }
});
