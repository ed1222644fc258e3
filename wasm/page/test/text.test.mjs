// What the page does with texts before it shows them: bytes and indices, edits, JSON bodies, catalogues.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { root, txtar } from "./browser.mjs";
import { source } from "./source.mjs";

const { fromText, fromBytes, indices, edited, normalized, join } = await source("text/source.ts");
const { members, replaced, operationOf } = await source("text/body.ts");
const { safe, short } = await source("text/safe.ts");
const { fill } = await source("text/fill.ts");
const { marks } = await source("text/marks.ts");

const utf8 = new TextEncoder();

test("offsets in bytes become indices into the text", () => {
  for (const text of ["", "plain", "\ufeffa\r\nb", "é–—“", "a😀b\u{10ffff}c", "\u200b\u00a0\t\r", "中文，😀。"]) {
    const offsets = [];
    const wanted = [];
    let byte = 0;
    let index = 0;
    for (const c of text) {
      offsets.push(byte);
      wanted.push(index);
      byte += utf8.encode(c).length;
      index += c.length;
    }
    assert.deepEqual(indices(fromText(text), [...offsets, byte, byte + 5]), [...wanted, index, index], JSON.stringify(text));
  }
});

test("files are shown as they are, in their encoding", () => {
  const le = Buffer.from("\ufeffab\n", "utf16le");
  const be = Buffer.from(le).swap16();
  for (const [bytes, encoding, text] of [
    [utf8.encode("\ufeffab"), "utf-8", "\ufeffab"],
    [le, "utf-16le", "\ufeffab\n"],
    [be, "utf-16be", "\ufeffab\n"],
    [Buffer.from("-----BEGIN CERTIFICATE-----\n", "utf16le"), "utf-16le", "-----BEGIN CERTIFICATE-----\n"],
    [Buffer.from([0x30, 0x82, 0, 1]), "binary", null],
    [Buffer.from("subject=M\xfcller, this is a comment in another encoding\n", "latin1"), "latin1", "subject=Müller, this is a comment in another encoding\n"],
  ]) {
    const s = fromBytes(new Uint8Array(bytes));
    assert.equal(s.encoding, encoding);
    assert.equal(s.text, text);
    assert.deepEqual([...s.bytes], [...bytes]);
  }
  assert.deepEqual(indices(fromBytes(new Uint8Array(le)), [0, 2, 4, 99]), [0, 1, 2, 4]);
  assert.deepEqual(indices(fromBytes(new Uint8Array(Buffer.from("aaaaaaaaaaaaaaaaaaaaaaaa\xfcb", "latin1"))), [24, 25]), [24, 25]);
});

test("an edit leaves alone what it does not touch", () => {
  const before = "one\r\ntwo\rthree\n";
  // A paste brings its own line breaks.
  assert.equal(edited("", "a\nb\n", { text: "a\r\nb\r", start: 0, end: 0 }), "a\r\nb\r");
  assert.equal(edited(before, "one\nX\nY\nthree\n", { text: "X\r\nY", start: 4, end: 7 }), "one\r\nX\r\nY\rthree\n");
  // Typing, deleting, at the start, in the middle, at the end.
  assert.equal(edited(before, "Xone\ntwo\nthree\n"), "Xone\r\ntwo\rthree\n");
  assert.equal(edited(before, "one\ntwXo\nthree\n"), "one\r\ntwXo\rthree\n");
  assert.equal(edited(before, "one\ntwo\nthree\n!"), "one\r\ntwo\rthree\n!");
  assert.equal(edited(before, "one\nthree\n"), "one\r\nthree\n");
  assert.equal(edited(before, ""), "");
  // A paste that is not what the text area shows is not believed.
  assert.equal(edited(before, "other", { text: "x", start: 0, end: 0 }), "other");
  // Whatever is edited, what is shown is what the text area shows.
  let seed = 1;
  const random = (n) => (seed = (seed * 48271) % 2147483647) % n;
  for (let i = 0; i < 3000; i++) {
    const text = Array.from({ length: random(8) }, () => ["a", "b", "\r", "\n", "\r\n", "😀"][random(6)]).join("");
    const shown = Array.from({ length: random(8) }, () => ["a", "b", "\n", "😀"][random(4)]).join("");
    assert.equal(normalized(edited(text, shown)), shown, JSON.stringify([text, shown]));
  }
});

test("files for one field are joined at a line break", () => {
  assert.equal(join(fromText("a"), fromText("b")).text, "a\nb");
  assert.equal(join(fromText("a\r\n"), fromText("b")).text, "a\r\nb");
});

test("members of a body are found and replaced where they stand", () => {
  const body = ' { "a" : "x\\n\\u00e9\\"}" , "b":{"a":[1,"]"]},"c": [ "a" ],"d":-1.5e3,"e":null ,"a":"twice", "f\\u0067": "last"}\r\n';
  const found = members(body);
  assert.deepEqual(found.map((m) => [m.name, body.slice(m.start, m.end), m.text]), [
    ["a", '"x\\n\\u00e9\\"}"', 'x\né"}'], ["b", '{"a":[1,"]"]}', null], ["c", '[ "a" ]', null], ["d", "-1.5e3", null], ["e", "null", null], ["fg", '"last"', "last"],
  ]);
  assert.equal(JSON.parse(replaced(body, "fg", 'a"\n')).fg, 'a"\n');
  assert.equal(replaced(body, "missing", "x"), body);
  for (const text of ["", "{", "[]", '"a"', "{}", "nul", "{'a':1}"]) assert.deepEqual(members(text), []);
  for (const file of readdirSync(`${root}testdata/documents`).filter((f) => f.endsWith(".json"))) {
    const text = readFileSync(`${root}testdata/documents/${file}`, "utf8");
    assert.deepEqual(Object.fromEntries(members(text).filter((m) => m.text !== null).map((m) => [m.name, m.text])),
      Object.fromEntries(Object.entries(JSON.parse(text)).filter(([, v]) => typeof v === "string")));
    assert.equal(operationOf(text), file.replace(".json", ""));
  }
  assert.equal(operationOf("-----BEGIN CERTIFICATE-----"), null);
});

test("what deceives is seen", () => {
  assert.equal(safe("a b\u00a0c\u202ed\u0000e\ufeff\n😀中é"), "a b\\u{a0}c\\u{202e}d\\u{0}e\\u{feff}\\u{a}😀中é");
  assert.equal(short("😀".repeat(5), 3), "😀😀😀…");
  assert.equal(short("abc", 3), "abc");
});

const program = process.env.CERTLOUPE || `${root}bin/certloupe`;

/** All findings of all golden reports. */
function* goldenFindings() {
  for (const folder of readdirSync(`${root}testdata/cases`)) {
    for (const file of readdirSync(`${root}testdata/cases/${folder}`)) {
      const { files } = txtar(`testdata/cases/${folder}/${file}`);
      for (const name of ["report.json", "healthy/report.json"]) if (files.has(name)) yield* JSON.parse(files.get(name)).findings;
    }
  }
}

test("texts are filled as the library fills them", { skip: !existsSync(program) && `NOT RUN: there is no program at ${program}` }, () => {
  const rules = new Map(JSON.parse(execFileSync(program, ["explain", "--json"])).map((r) => [r.code, r]));
  let filled = 0;
  for (const finding of goldenFindings()) {
    const rule = rules.get(finding.code);
    assert.equal(fill(rule.message, finding.data), finding.message);
    if (finding.fix) assert.equal(fill(rule.fix, finding.data), finding.fix);
    if (rule.message !== finding.message) filled++;
  }
  assert.ok(filled > 100, `only ${filled} texts had data`);
});

test("the Chinese catalogue fills every place that the English texts fill", () => {
  const catalogue = JSON.parse(readFileSync(`${root}wasm/page/src/locales/zh-findings.json`, "utf8"));
  for (const finding of goldenFindings()) {
    const entry = catalogue[finding.code];
    assert.ok(entry, finding.code);
    for (const text of [entry.message, entry.fix]) if (text) assert.doesNotMatch(fill(text, finding.data), /\{[a-z_0-9]+\}/, finding.code);
  }
});

test("marks do not overlap, and lie in the text", () => {
  const text = "x\n-----BEGIN CERTIFICATE-----\nAAECAwQF\n-----END CERTIFICATE-----\n";
  const at = (code, where, data) => ({ code, severity: "error", message: "m", where: { input: "i", ...where }, data });
  const list = [
    at("pem-boundary-damaged", { block: 1, line: 2, byte: 2 }, { found: "-----BEGIN CERTIFICATE-----", expected: "x" }),
    at("certificate-expired", { block: 1, certificate: 0 }),
    at("der-trailing-bytes", { block: 1, certificate: 0, der_byte: 3 }),
    at("der-trailing-bytes", { block: 1, certificate: 0, der_byte: 99 }),
    at("certificate-expired", { block: 7, certificate: 0 }),
    at("text-around-pem", { line: 1, byte: 0 }),
    at("pem-end-missing", { block: 1, line: 9, byte: 999 }),
    { ...at("key-mismatch", {}), where: { input: "other", block: 1 } },
    { code: "field-missing", severity: "error", message: "m" },
  ];
  const found = marks(fromText(text), "i", list).map((m) => [text.slice(m.start, m.end), m.findings]);
  assert.deepEqual(found, [["x", [5]], ["-----BEGIN CERTIFICATE-----", [0, 1, 3]], ["AwQF", [2]], ["-----END CERTIFICATE-----", [6]]]);
});
