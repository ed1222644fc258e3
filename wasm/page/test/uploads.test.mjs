// Uploads damaged on their way, one mutation after the other as the generator of testdata/mutated made them: what is said
// of each, and that the marked place is the one where the damage was done.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readdirSync } from "node:fs";
import { choose, codes, judgeAsOf, launch, marked, missing, paste, picture, root, serve, txtar, visit } from "./browser.mjs";

/**
 * The rows whose text is damaged, and the marked text of each mutation, as it is seen: unprintable characters by their
 * names. What is not a text stands for a line, of which a pattern says enough.
 */
const begin = "-----BEGIN CERTIFICATE-----";
const base64Line = /^[A-Za-z0-9+/=]{4,64}$/;
const keyBegin = /^-----BEGIN (RSA |EC )?PRIVATE KEY-----$/;
const places = {
  "08-encrypted-called-plain": keyBegin,
  "08-parameters-first": /^-----BEGIN (EC|SM2) PARAMETERS-----$/,
  "08-pkcs8-called-traditional": keyBegin,
  "08-traditional-called-pkcs8": keyBegin,
  "10-pkcs7": "-----BEGIN PKCS7-----",
  "11-byte-order-mark": "BOM",
  "11-em-dashes": "——-",
  "11-en-dashes": "–––––",
  "11-no-break-spaces": "NBSP",
  "11-utf16-big": /^BOM-----BEGIN CERTIFICATE-----$/,
  "11-utf16-little": /^BOM-----BEGIN CERTIFICATE-----$/,
  "11-zero-width-spaces": "U+200B",
  "12-blank-lines": "LF",
  "12-blanks-at-ends": " ",
  "12-blanks-inside": " ",
  "12-carriage-returns": "CR",
  "12-indented": "    ",
  "12-long-lines": /^[A-Za-z0-9+/]{128}$/,
  "12-tabs": "TAB",
  "12-windows": "CR LF",
  "13-backslash-n": "\\n",
  "13-backslash-r-n": "\\r\\n",
  "13-curly-quotes": "“",
  "13-json": "\\n",
  "13-one-line": begin,
  "13-one-line-blanks": begin,
  "13-quoted": '"',
  "14-certificates-glued": begin,
  "14-three-glued": begin,
  "15-four-hyphens": "----BEGIN CERTIFICATE-----",
  "15-labels-differ": "-----END CERT-----",
  "15-lower-case": "-----begin certificate-----",
  "15-no-begin": base64Line,
  "15-no-blank": "-----BEGINCERTIFICATE-----",
  "15-no-end": base64Line,
  "15-no-end-between": base64Line,
  "15-six-hyphens": "------END CERTIFICATE-----",
  "16-bag-attributes": "Bag Attributes",
  "16-comments": "# from the CA",
  "16-openssl-text": "Certificate:",
  "17-cut-off": base64Line,
  "17-foreign-character": "*",
  "17-line-lost": base64Line,
  "17-long-length": /^[A-Za-z0-9+/]{1,4}$/,
  "17-trailing-bytes": /^[A-Za-z0-9+/=]{1,4}$/,
  "17-trailing-certificate": /^[A-Za-z0-9+/=]{1,4}$/,
  "17-trust-settings": /^[A-Za-z0-9+/=]{1,4}$/,
  "17-url-alphabet": /^[-_]+$/,
};
/** Damage whose place is not where the text first differs, because it shows only later. */
const showsLater = new Set(["11-utf16-big", "11-utf16-little", "12-blanks-at-ends", "13-json", "16-bag-attributes"]);
/** What has no text to mark: it is no text, or all of it is in the wrong place. */
const withoutPlace = ["02-certificate-twice", "02-exchanged", "02-key-twice", "10-der", "10-pkcs12", "10-public-key", "10-request"];

const fields = {
  cert: "certificate", key: "privateKey", sign_cert: "signCertificate", sign_key: "signPrivateKey", trusted_root: "trustedRoot", verification_cert: "verification",
};
let server, browser, visitor;

before(async () => {
  if (missing) return;
  [server, browser] = await Promise.all([serve(), launch()]);
  visitor = await visit(browser, server.url);
  await judgeAsOf(visitor.page, "2026-01-01");
});
after(async () => {
  if (!missing) assert.deepEqual(visitor.faults, []);
  await browser?.close();
  await server?.stop();
});

/** Puts an upload of testdata/mutated into the page: text is pasted, anything else is a file. */
async function put(page, files, kind) {
  const call = JSON.parse(files.get(`${kind}/call.json`));
  await page.evaluate(() => document.querySelector(".pane-head .actions .button .icon")?.closest("button").click());
  await page.waitForSelector(".empty");
  await page.locator(`input[value="${call.profile}"]`).check();
  for (const [member, field] of Object.entries(fields)) {
    if (!call[member]) continue;
    const bytes = files.get(`${kind}/${call[member]}`);
    const text = bytes.toString("utf8");
    if (Buffer.from(text).equals(bytes) && !text.includes("\0")) await paste(page, field, text);
    else await choose(page, field, call[member], bytes);
  }
  return call;
}

const names = readdirSync(`${root}testdata/mutated`).map((f) => f.replace(".txtar", "")).filter((n) => /^(02|08|1[0-7])-/.test(n));

test("every text mutation has its place here", () => {
  assert.deepEqual(names.toSorted(), [...Object.keys(places), ...withoutPlace].toSorted());
});

// One kind of key for each mutation, in turn, and all of them where there is time: CERTLOUPE_THOROUGH=1.
for (const [turn, name] of names.entries()) {
  test(name, { skip: missing }, async () => {
    const { page } = visitor;
    const { comment, files } = txtar(`testdata/mutated/${name}.txtar`);
    const finds = comment.filter((l) => l.startsWith("# finds: ")).map((l) => l.slice(9));
    const from = comment.find((l) => l.startsWith("# from: ")).slice(8);
    const good = txtar(`testdata/mutated/good-${from}.txtar`).files;
    const all = ["RSA", "ECC", "SM2"].filter((k) => files.has(`${k}/call.json`));
    const kinds = process.env.CERTLOUPE_THOROUGH ? all : [all[turn % all.length]];
    for (const kind of kinds) {
      const call = await put(page, files, kind);
      for (const code of finds) await page.waitForSelector(`.results[aria-busy="false"] [data-code="${code}"]`).catch(async (err) => {
        await picture(page, `failed-${name}`);
        throw new Error(`${kind}: ${code} is not shown, but ${await codes(page)}`, { cause: err });
      });
      for (const code of finds) {
        // In plain words, with what to do.
        const card = page.locator(`[data-code="${code}"]`).first();
        assert.ok((await card.locator("h4").innerText()).length > 20);
      }
      if (withoutPlace.includes(name)) continue;
      const golden = files.get(`${kind}/findings`).toString().split("\n").find((l) => l.includes(` ${finds[0]} `));
      const place = await marked(page, finds[0]);
      assert.ok(place, `${kind}: nothing is marked for ${finds[0]}`);
      const wanted = places[name];
      if (wanted instanceof RegExp) assert.match(place.text, wanted, kind);
      else assert.equal(place.text, wanted, kind);
      const line = /line=(\d+)/.exec(golden)?.[1];
      if (line) assert.equal(place.line, Number(line), `${kind}: the line of ${golden}`);
      assert.equal(place.field, /input=private_key/.test(golden) ? "privateKey" : "certificate");
      if (showsLater.has(name) || !line) continue;
      // The mark is on the line in which the text first differs from the good one, or beside it where a line is missing.
      const file = place.field === "privateKey" ? call.key : call.cert;
      const [bad, before] = [files.get(`${kind}/${file}`), good.get(`${kind}/${file}`)];
      let at = 0;
      while (at < bad.length && bad[at] === before[at]) at++;
      const differs = bad.subarray(0, at).toString("utf8").split(/\r\n|\r|\n/).length;
      const near = finds[0] === "pem-truncated" ? 40 : finds[0] === "pem-boundary-damaged" || finds[0] === "pem-label-mismatch" ? 0 : 1;
      assert.ok(Math.abs(place.line - differs) <= near, `${kind}: marked in line ${place.line}, damaged in line ${differs}`);
    }
  });
}
