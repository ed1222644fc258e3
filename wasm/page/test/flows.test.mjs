// What people do on the page, from the first paste to the mended upload.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { choose, codes, copied, drop, judgeAsOf, launch, marked, missing, paste, picture, root, serve, txtar, verdict, visit } from "./browser.mjs";

const example = readFileSync(`${root}testdata/documents/add-server-certificate.json`, "utf8");
let server, browser;

before(async () => {
  if (missing) return;
  [server, browser] = await Promise.all([serve(), launch()]);
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

/** Runs a test on a fresh page, on which nothing may happen that must not. */
function flow(name, options, run) {
  test(name, { skip: missing }, async () => {
    const { context, page, faults } = await visit(browser, server.url, options);
    try {
      await run(page, context);
      assert.deepEqual(faults, []);
      assert.deepEqual(await page.evaluate(() => globalThis.violations), []);
    } catch (err) {
      await picture(page, `failed-${name.replace(/\W+/g, "-")}`);
      throw err;
    } finally {
      await context.close();
    }
  });
}

const good = txtar("testdata/mutated/good-service.txtar").files;
const certificate = good.get("RSA/cert.pem").toString();
const key = good.get("RSA/key.pem").toString();

flow("a broken request is pasted, seen through and mended", {}, async (page) => {
  await picture(page, "empty");
  await judgeAsOf(page, "2021-01-01"); // The example's certificate was valid then.
  await paste(page, "certificate", example);
  await verdict(page, "rejected");
  assert.equal(await page.locator('input[name="profile"]:checked').inputValue(), "iotda-server");
  assert.deepEqual((await codes(page)).filter((c) => ["pem-boundary-damaged", "key-mismatch", "certificate-expired"].includes(c)), ["pem-boundary-damaged", "key-mismatch"]);
  assert.deepEqual(await marked(page, "pem-boundary-damaged"), { text: "-----BEGINCERTIFICATE-----", line: 1, field: "body", before: "" });
  await picture(page, "request-rejected");

  // From the finding to its place, and back.
  await page.locator('[data-code="pem-boundary-damaged"] .meta button').click();
  assert.equal(await page.evaluate(() => document.activeElement.tagName), "MARK");
  await page.locator("mark .badge").first().click();
  assert.equal(await page.evaluate(() => document.activeElement.id), "finding-0");

  await page.locator('[data-code="pem-boundary-damaged"] summary').click();
  await page.waitForFunction(() => document.querySelector('[data-code="pem-boundary-damaged"] .why').textContent.length > 20);

  await page.locator('.offers [data-input="certificate_pem"] .primary').click();
  await page.waitForFunction(() => !document.querySelector('[data-code="pem-boundary-damaged"]'));
  const body = await page.locator('[data-field="body"] textarea').inputValue();
  assert.match(JSON.parse(body).certificate_pem, /^-----BEGIN CERTIFICATE-----\n/);
  assert.equal(JSON.parse(body).private_key, JSON.parse(example).private_key);
  // The key still belongs to another certificate, which no repair can change.
  await verdict(page, "rejected");
  assert.deepEqual((await codes(page)).filter((c) => c.startsWith("pem-")), []);

  await page.locator(".notice button").first().click(); // Undo
  await page.waitForSelector('[data-code="pem-boundary-damaged"]');
  assert.equal(await page.locator('[data-field="body"] textarea').inputValue(), example);
});

flow("the example is one click away", {}, async (page) => {
  await page.locator(".empty .button").click();
  await verdict(page, "rejected");
  assert.ok((await codes(page)).includes("certificate-expired"));
});

flow("a certificate and its key are dropped, and accepted with the response", {}, async (page) => {
  await page.locator('input[value="iotda-server"]').check();
  await judgeAsOf(page, "2026-01-01");
  await drop(page, "main", [{ name: "server.key", bytes: Buffer.from(key) }, { name: "server.pem", bytes: Buffer.from(certificate) }]);
  await verdict(page, "accepted");
  assert.equal(await page.locator('[data-field="privateKey"] textarea').inputValue(), key);
  const response = JSON.parse(await page.locator("#response ~ * , .panel:has(#response) pre").last().innerText());
  assert.equal(response.common_name, "server.example.com");
  assert.equal(response.effective_date, "20250101T000000Z");
  assert.deepEqual(JSON.parse(await copied(page, page.locator(".panel:has(#response) .button"))), response);
  assert.match(await page.locator(".panel:has(#keys)").innerText(), /certificate 1/);
  await page.locator(".certificate summary").first().click();
  assert.match(await page.locator(".certificate").first().innerText(), /server\.example\.com[\s\S]*SHA-256/);
  await picture(page, "accepted");
});

flow("typing is judged too", {}, async (page) => {
  await judgeAsOf(page, "2026-01-01");
  await paste(page, "certificate", certificate);
  await verdict(page, "accepted");
  const area = page.locator('[data-field="certificate"] textarea');
  await area.click();
  await page.keyboard.press("ControlOrMeta+Home");
  await page.keyboard.type("-");
  await page.waitForSelector('[data-code="pem-boundary-damaged"]');
  await page.keyboard.press("Backspace");
  await page.waitForFunction(() => !document.querySelector('[data-code="pem-boundary-damaged"]'));
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.press("Delete");
  await page.waitForSelector(".empty");
});

flow("an encrypted key wants its password", {}, async (page) => {
  const { files } = txtar("testdata/mutated/07-wrong-password.txtar");
  await judgeAsOf(page, "2026-01-01");
  await paste(page, "certificate", files.get("RSA/cert.pem").toString());
  await paste(page, "privateKey", files.get("RSA/key.pem").toString());
  await page.waitForSelector('[data-code="private-key-encrypted"]');
  const call = JSON.parse(files.get("RSA/call.json"));
  const wrong = files.get(`RSA/${call.password}`).toString().trimEnd();
  const field = page.locator('[data-field="password"] input');
  assert.equal(await field.getAttribute("type"), "password");
  await field.fill(wrong);
  await page.waitForSelector('[data-code="private-key-password-wrong"]');
  await field.fill("OnlyForTests");
  await verdict(page, "accepted");
  const shown = await page.evaluate(() => document.body.innerText);
  assert.ok(!/onlyfortests/i.test(shown), "the password is shown");
});

flow("an exchanged SM2 pair is exchanged back", {}, async (page) => {
  const { files } = txtar("testdata/cases/pair/pair-swapped.txtar");
  const call = JSON.parse(files.get("call.json"));
  await page.locator('input[value="apig-ssl"]').check();
  await judgeAsOf(page, "2026-01-01");
  for (const [value, text] of Object.entries({ name: call.name, type: call.type, algorithmType: call.algorithm_type })) {
    const control = page.locator(`[data-field="${value}"] :is(input, select)`);
    if (text) await ((await control.evaluate((e) => e.tagName)) === "SELECT" ? control.selectOption(text) : control.fill(text));
  }
  await page.locator("details.more > summary").first().click();
  for (const [field, file] of Object.entries({ certificate: call.cert, privateKey: call.key, signCertificate: call.sign_cert, signPrivateKey: call.sign_key })) {
    await choose(page, field, file, files.get(file));
  }
  await page.waitForSelector('[data-code="pair-swapped"]');
  assert.match(await page.locator(".panel:has(#pair)").innerText(), /SM2/);
  await picture(page, "pair-swapped");
  await page.locator(".panel:has(#pair) .primary").click();
  await page.waitForFunction(() => !document.querySelector('[data-code="pair-swapped"]'));
  await verdict(page, "accepted");
  assert.equal(await page.locator('[data-field="certificate"] textarea').inputValue(), files.get(call.sign_cert).toString());
});

flow("a chain in the wrong order is put in order", {}, async (page) => {
  const { files } = txtar("testdata/mutated/03-root-first.txtar");
  await page.locator('input[value="iotda-server"]').check();
  await judgeAsOf(page, "2026-01-01");
  await paste(page, "certificate", files.get("RSA/cert.pem").toString());
  await paste(page, "privateKey", files.get("RSA/key.pem").toString());
  await page.waitForSelector('[data-code="chain-leaf-not-first"]');
  const chain = await copied(page, page.locator(".panel:has(#reassembled) .button[aria-label^=Copy]"));
  assert.ok(chain.startsWith(certificate.slice(0, 300)), "the leaf comes first");
  await picture(page, "chain-order");
  await page.locator(".panel:has(#reassembled) .primary").click();
  await page.waitForFunction(() => !document.querySelector('[data-code="chain-leaf-not-first"]'));
  await verdict(page, "accepted");
  assert.equal(await page.locator('[data-field="certificate"] textarea').inputValue(), chain);
});

flow("the chain is drawn as far as it goes", {}, async (page) => {
  await judgeAsOf(page, "2026-01-01");
  await paste(page, "certificate", certificate);
  await verdict(page, "accepted");
  const roles = () => page.locator(".tree .role").allInnerTexts();
  assert.deepEqual(await roles(), ["Not included", "Intermediate", "Certificate"]);
  await paste(page, "certificate", txtar("testdata/cases/chain/chain-intermediate-missing.txtar").files.get("cert.pem").toString());
  await page.waitForFunction(() => document.querySelectorAll(".tree .role").length === 2);
  assert.deepEqual(await roles(), ["Missing", "Certificate"]);
  await paste(page, "certificate", certificate);
  const all = txtar("testdata/mutated/05-root-included.txtar").files.get("RSA/cert.pem").toString();
  const rootCertificate = all.slice(all.lastIndexOf("-----BEGIN"));
  await page.locator("details.more > summary").first().click();
  await paste(page, "trustedRoot", rootCertificate);
  await page.waitForFunction(() => document.querySelector(".tree .role").textContent === "Trusted root");
  assert.deepEqual(await roles(), ["Trusted root", "Intermediate", "Certificate"]);
  assert.equal(await page.locator(".timeline > li").count(), 3);
});

flow("a key is mended only when somebody asks, and here", {}, async (page) => {
  const { files } = txtar("testdata/mutated/08-pkcs8-called-traditional.txtar");
  await judgeAsOf(page, "2026-01-01");
  await paste(page, "certificate", files.get("RSA/cert.pem").toString());
  await paste(page, "privateKey", files.get("RSA/key.pem").toString());
  await page.waitForSelector('[data-code="pem-label-wrong"]');
  assert.equal(await page.locator('.offers [data-input="private_key"] .button').count(), 1, "only one button, which makes it");
  await page.locator('.offers [data-input="private_key"] .primary').click();
  await verdict(page, "accepted");
  assert.equal(await page.locator('[data-field="privateKey"] textarea').inputValue(), key);
});

for (const [name, file] of [["10-der", "server.der"], ["10-pkcs12", "server.p12"], ["10-pkcs7", "server.p7b"]]) {
  flow(`${file} is converted and then accepted`, {}, async (page) => {
    const { files } = txtar(`testdata/mutated/${name}.txtar`);
    await page.locator('input[value="iotda-server"]').check();
    await judgeAsOf(page, "2026-01-01");
    await choose(page, "certificate", file, files.get("RSA/cert.pem"));
    await paste(page, "privateKey", key);
    await verdict(page, "rejected");
    await page.locator('.offers [data-input="certificate_pem"] .primary').click();
    await verdict(page, "accepted");
    assert.match(await page.locator('[data-field="certificate"] textarea').inputValue(), /^-----BEGIN CERTIFICATE-----\n/);
  });
}

flow("a CA certificate is updated, with its record", {}, async (page) => {
  const { files } = txtar("testdata/cases/request/record-mismatch.txtar");
  const call = JSON.parse(files.get("call.json"));
  await judgeAsOf(page, "2026-01-01");
  await page.locator('input[value="iotda-ca"]').check();
  await page.locator('input[name="form"]').last().check();
  await paste(page, "body", files.get(call.body).toString());
  await paste(page, "certificate", files.get(call.cert).toString());
  await paste(page, "record", files.get(call.record).toString());
  await page.waitForSelector('[data-code="record-mismatch"]');
  await page.locator('[data-code="record-mismatch"] .meta button').first().click();
  assert.equal(await page.evaluate(() => document.activeElement.closest("[data-field]").dataset.field), "record");
});

flow("language and appearance are chosen and remembered, contents are not", {}, async (page, context) => {
  await paste(page, "certificate", certificate.replace("BEGIN CERT", "BEGINCERT"));
  await verdict(page, "rejected");
  await page.locator("#language").selectOption("zh");
  await page.waitForFunction(() => document.documentElement.lang === "zh-CN");
  assert.match(await page.locator(".verdict").innerText(), /会被拒绝/);
  assert.match(await page.locator(".finding h4").first().innerText(), /[\u4e00-\u9fff]/);
  await page.locator('.finding summary').first().click();
  await page.waitForFunction(() => /[\u4e00-\u9fff]/.test(document.querySelector(".finding .why").textContent));
  const background = () => page.evaluate(() => getComputedStyle(document.body.parentElement).backgroundColor);
  const light = await background();
  await page.locator("#theme").selectOption("dark");
  assert.notEqual(await background(), light);
  await picture(page, "chinese-dark");
  await page.reload();
  await page.waitForSelector(".empty");
  assert.equal(await page.evaluate(() => document.documentElement.lang), "zh-CN");
  assert.notEqual(await background(), light);
  const kept = JSON.stringify(await context.storageState());
  assert.ok(!kept.includes("MII"), "what was pasted is kept");
  assert.equal(await page.locator('[data-field="certificate"] textarea').inputValue(), "");
});

flow("all of it works by keyboard", {}, async (page) => {
  await page.evaluate((text) => navigator.clipboard.writeText(text), example);
  await page.evaluate(() => document.activeElement.blur());
  const focused = () => page.evaluate(() => ({
    tag: document.activeElement.tagName, text: document.activeElement.innerText || document.activeElement.getAttribute("aria-label") || "",
    id: document.activeElement.id, field: document.activeElement.closest("[data-field]")?.dataset.field,
    // Focus is seen: on itself, or on the label that stands for a radio button.
    outline: getComputedStyle(document.activeElement.type === "radio" ? document.activeElement.nextElementSibling : document.activeElement).outlineStyle,
  }));
  const tabTo = async (wanted, key = "Tab") => {
    for (let i = 0; i < 80; i++) {
      await page.keyboard.press(key);
      const at = await focused();
      assert.notEqual(at.outline, "none", `the focus is not seen on ${JSON.stringify(at)}`);
      if (wanted(at)) return at;
    }
    throw new Error("never got there");
  };
  assert.match((await tabTo((at) => at.tag === "A")).text, /verdict/i);
  await tabTo((at) => at.tag === "TEXTAREA" && at.field === "certificate");
  await page.keyboard.press("ControlOrMeta+V");
  await page.waitForSelector('[data-code="pem-boundary-damaged"]');
  await page.keyboard.press("ControlOrMeta+Home");
  await tabTo((at) => at.tag === "BUTTON" && /^Use the repaired text/.test(at.text));
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => !document.querySelector('[data-code="pem-boundary-damaged"]'));
  await tabTo((at) => at.tag === "BUTTON" && /private_key/.test(at.text));
  await page.keyboard.press("Enter");
  assert.equal((await focused()).tag, "MARK");
  await tabTo((at) => at.tag === "BUTTON" && at.text !== "");
  await page.keyboard.press("Enter");
  assert.match((await focused()).id, /^finding-\d+$/);
});
