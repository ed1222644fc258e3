// The places in a text that findings speak of.
import type { Finding } from "@certloupe/wasm";
import { indices, type Source } from "./source.js";

/** A place in the text, as indices into it, and the numbers of the findings that speak of it. */
export interface Mark {
  readonly start: number;
  readonly end: number;
  readonly findings: readonly number[];
}

const dash = "[-\\u00ad\\u2010-\\u2015\\u2212\\u2e3a\\u2e3b\\ufe58\\ufe63\\uff0d]";
const boundary = new RegExp(`${dash}+[ \\t]*(?:BEGIN|END)[^\\r\\n]*?${dash}{2,}|${dash}+[ \\t]*(?:BEGIN|END)[^\\r\\n]{0,64}`, "iy");
const begin = new RegExp(`${dash}+[ \\t]*BEGIN`, "gi");
const restOfLine = /[^\r\n]*/y;

/** What is wrong at the place of a finding, where that is less or more than the line. */
const tokens: Record<string, RegExp> = {
  "text-byte-order-mark": /\uFEFF/y,
  "text-utf16": /[^\r\n]*/y,
  "text-smart-dashes": new RegExp(`${dash}+`, "y"),
  "text-invisible-characters": /[^\x20-\x7e\r\n]+/y,
  "text-escaped-newlines": /(?:\\+[rnt])+/y,
  "text-quoted": /["'`\u2018-\u201f\u00ab\u00bb]+/y,
  "text-crlf": /\r\n/y,
  "text-lone-carriage-return": /\r/y,
  "pem-indented": /[^\S\r\n]+/y,
  "pem-spaces-inside": /[^\S\r\n]+|\r?\n/y,
  "pem-plus-signs-lost": / +/y,
  "pem-base64url": /[-_]+/y,
  "pem-line-length": /[^\r\n]*/y,
  "body-malformed": /[\s\S]/y,
};

/**
 * Returns the places of the findings in the text, in its order. Places that are the same become one. lines are the
 * lines of the text's blocks, by their numbers, as far as they are known.
 */
export function marks(source: Source, input: string, findings: readonly Finding[]): Mark[] {
  if (source.text === null) return [];
  const text = source.text;
  const placed = findings
    .map((finding, number) => ({ finding, number, where: finding.where }))
    .filter(({ where }) => where?.input === input);
  const exact = placed.filter(({ where }) => where?.byte !== undefined).sort((a, b) => a.where!.byte! - b.where!.byte!);
  const at = new Map(indices(source, exact.map(({ where }) => where!.byte!)).map((index, i) => [exact[i]!.number, index]));
  const blocks = blockStarts(text, exact.map(({ where, number }) => ({ block: where!.block, index: at.get(number)! })));

  const found = new Map<string, { start: number; end: number; findings: number[] }>();
  for (const { finding, number, where } of placed) {
    let range: [number, number] | undefined;
    const index = at.get(number);
    const block = where?.block === undefined ? undefined : blocks[where.block - 1];
    if (index !== undefined) range = token(text, index, finding);
    else if (block !== undefined && where?.der_byte !== undefined) range = inBase64(text, block, where.der_byte) ?? match(boundary, text, block);
    else if (block !== undefined) range = match(boundary, text, block);
    if (!range) continue;
    const key = range.join();
    const mark = found.get(key);
    if (mark) mark.findings.push(number);
    else found.set(key, { start: range[0], end: range[1], findings: [number] });
  }
  return apart([...found.values()].sort((a, b) => a.start - b.start || b.end - a.end));
}

/** Cuts marks that overlap, so that each character has one at most. A mark inside of another splits it. */
function apart(list: { start: number; end: number; findings: number[] }[]): Mark[] {
  const cut: Mark[] = [];
  for (const mark of list) {
    const last = cut.at(-1);
    if (!last || mark.start >= last.end) {
      cut.push(mark);
      continue;
    }
    cut.pop();
    if (mark.start > last.start) cut.push({ ...last, end: mark.start });
    cut.push(mark.start > last.start ? mark : { ...mark, findings: [...last.findings, ...mark.findings] });
    if (mark.end < last.end) cut.push({ start: mark.end, end: last.end, findings: last.findings });
  }
  return cut.filter((m) => m.end > m.start);
}

/** Returns what is wrong at an index. */
function token(text: string, index: number, finding: Finding): [number, number] {
  const found = finding.data?.["found"];
  if (typeof found === "string" && found !== "" && text.startsWith(found, index)) return [index, index + found.length];
  if (index >= text.length) return lastLine(text);
  if (finding.where?.input === "body" || finding.code === "body-malformed") {
    return (finding.code === "body-malformed" ? undefined : match(/"(?:[^"\\\r\n]|\\.)*"|[^\s,{}[\]]+|[{[]/y, text, index)) ?? [index, index + 1];
  }
  const special = tokens[finding.code];
  const range = (special && match(special, text, index)) ?? match(boundary, text, index) ?? match(restOfLine, text, index);
  if (range) return range;
  // At the end of a line something is missing behind it. An empty line is a line break and nothing else.
  const start = Math.max(text.lastIndexOf("\n", index - 1), text.lastIndexOf("\r", index - 1)) + 1;
  if (index > 0 && start < index) return [start, index];
  return match(/\r\n|[\s\S]/y, text, index) ?? lastLine(text);
}

/** Returns the last line that has something: where what should follow is missing. */
function lastLine(text: string): [number, number] {
  const end = text.trimEnd().length;
  return [Math.max(text.lastIndexOf("\n", end - 1), text.lastIndexOf("\r", end - 1)) + 1, end];
}

function match(pattern: RegExp, text: string, index: number): [number, number] | undefined {
  pattern.lastIndex = index;
  const m = pattern.exec(text);
  return m && m[0] !== "" ? [m.index, m.index + m[0].length] : undefined;
}

/** Returns where blocks start: at their BEGIN lines, or where a finding about them is if that comes before. */
function blockStarts(text: string, known: { block: number | undefined; index: number }[]): number[] {
  const starts = [...text.matchAll(begin)].map((m) => m.index);
  // A block whose BEGIN line is missing starts where a finding of that block stands, in front of all later ones.
  const first = known.find((k) => k.block === 1);
  if (first && (starts[0] === undefined || (first.index < starts[0] && known.some((k) => k.block === 2 && k.index >= starts[0]!)))) {
    starts.unshift(first.index);
  }
  return starts;
}

/** Returns the base64 characters of the byte of a block's DER. */
function inBase64(text: string, block: number, byte: number): [number, number] | undefined {
  const line = match(boundary, text, block);
  const alphabet = /[A-Za-z0-9+/]/g;
  alphabet.lastIndex = line ? line[1] : block;
  const wanted = Math.floor((byte * 4) / 3);
  let m: RegExpExecArray | null = null;
  const stop = text.indexOf("-----END", alphabet.lastIndex);
  for (let n = 0; n <= wanted; n++) {
    m = alphabet.exec(text);
    if (!m || (stop >= 0 && m.index >= stop)) return undefined;
  }
  const end = /[A-Za-z0-9+/=]{1,4}/y;
  return match(end, text, m!.index);
}
