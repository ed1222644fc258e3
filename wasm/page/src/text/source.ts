// What was put into a field: exact bytes, and how they are shown.
//
// A text area turns every line break into a line feed, so what it says is not what was pasted; and whether a text has
// carriage returns is something that is judged. So the text as it came is kept beside what the text area shows, and an
// edit of the one is carried over to the other.

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "latin1" | "binary";

export interface Source {
  /** What is judged. */
  readonly bytes: Uint8Array;
  /** The text as it came; null if the bytes are none. */
  readonly text: string | null;
  readonly encoding: Encoding;
  /** The name of the file that it came from. */
  readonly name?: string;
}

export function fromText(text: string, name?: string): Source {
  return { text, bytes: new TextEncoder().encode(text), encoding: "utf-8", ...(name && { name }) };
}

export function fromBytes(bytes: Uint8Array, name?: string): Source {
  const named = name ? { name } : {};
  const encoding = recognize(bytes);
  return { bytes, encoding, text: encoding === "binary" ? null : decode(bytes, encoding), ...named };
}

/** Whether the source can be edited as text without changing bytes that nobody touched. */
export function editable(source: Source): boolean {
  return source.encoding === "utf-8";
}

function recognize(bytes: Uint8Array): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  const head = bytes.subarray(0, 512);
  const zeros = (from: number) => head.filter((b, i) => i % 2 === from && b === 0).length;
  // UTF-16 without a mark: text of certificates is ASCII, so every other byte is zero.
  if (head.length >= 16 && zeros(1) > head.length * 0.4 && zeros(0) === 0) return "utf-16le";
  if (head.length >= 16 && zeros(0) > head.length * 0.4 && zeros(1) === 0) return "utf-16be";
  if (bytes.includes(0)) return "binary";
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return "utf-8";
  } catch {
    // Text in another encoding has few bytes that are not ASCII.
    return head.filter((b) => b < 0x80 && (b >= 0x20 || (b >= 9 && b <= 13))).length > head.length * 0.9 ? "latin1" : "binary";
  }
}

function decode(bytes: Uint8Array, encoding: Exclude<Encoding, "binary">): string {
  // The label latin1 stands for windows-1252, which has one character for each byte too.
  return new TextDecoder(encoding, { ignoreBOM: true }).decode(bytes);
}

/** Maps offsets in the bytes, in rising order, to indices into the text. */
export function indices(source: Source, offsets: readonly number[]): number[] {
  const { text, encoding } = source;
  if (text === null) return offsets.map(() => 0);
  const clamp = (n: number) => Math.max(0, Math.min(n, text.length));
  if (encoding === "latin1") return offsets.map(clamp);
  if (encoding !== "utf-8") return offsets.map((n) => clamp(n >> 1));
  let byte = 0;
  let index = 0;
  return offsets.map((offset) => {
    while (byte < offset && index < text.length) {
      const c = text.codePointAt(index)!;
      byte += c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
      index += c < 0x10000 ? 1 : 2;
    }
    return index;
  });
}

/** Text as a text area shows it. */
export function normalized(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

/** A text that was pasted: what the clipboard had, and the part of the text area that it took the place of. */
export interface Paste {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** Carries what a text area shows after an edit over to the text as it came. */
export function edited(before: string, shown: string, paste?: Paste): string {
  const old = normalized(before);
  if (paste) {
    const raw = before.slice(0, rawIndex(before, paste.start)) + paste.text + before.slice(rawIndex(before, paste.end));
    if (normalized(raw) === shown) return raw;
  }
  let head = 0;
  const most = Math.min(old.length, shown.length);
  while (head < most && old[head] === shown[head]) head++;
  let tail = 0;
  while (tail < most - head && old[old.length - 1 - tail] === shown[shown.length - 1 - tail]) tail++;
  const after = before.slice(0, rawIndex(before, head)) + shown.slice(head, shown.length - tail) + before.slice(rawIndex(before, old.length - tail));
  // Carriage returns and line feeds that come to stand beside each other are another line break than before.
  return normalized(after) === shown ? after : shown;
}

/** Maps an index into the normalized text to one into the text as it came. */
function rawIndex(raw: string, index: number): number {
  let at = 0;
  for (let n = 0; n < index && at < raw.length; n++) at += raw[at] === "\r" && raw[at + 1] === "\n" ? 2 : 1;
  return at;
}

/** Joins files as a person would: each begins on its own line. */
export function join(first: Source, second: Source): Source {
  if (first.text === null || second.text === null || !editable(first) || !editable(second)) return second;
  const gap = first.text === "" || /[\r\n]$/.test(first.text) ? "" : "\n";
  return fromText(first.text + gap + second.text, first.name && second.name ? `${first.name}, ${second.name}` : undefined);
}
