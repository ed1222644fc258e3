// Files that were chosen or dropped, and the fields that they fit.
import { operationOf } from "./text/body.js";
import { fromBytes, join, type Source } from "./text/source.js";
import { profiles, shapeOf, type Part, type Upload } from "./profiles.js";

/** The largest file that is read, which is the largest input that is judged. */
export const maxSize = 10 << 20;

export interface Read {
  readonly sources: Source[];
  /** The names of files that were too large. */
  readonly tooLarge: string[];
}

export async function readFiles(files: Iterable<File>): Promise<Read> {
  const read: Read = { sources: [], tooLarge: [] };
  for (const file of files) {
    if (file.size > maxSize) read.tooLarge.push(file.name);
    else read.sources.push(fromBytes(new Uint8Array(await file.arrayBuffer()), file.name));
  }
  return read;
}

/** Puts sources where they belong: by what is in them, and where that says nothing by their names. */
export function sortInto(upload: Upload, list: readonly Source[]): Upload {
  let changed = upload;
  const fresh = new Set<string>();
  for (const source of list) {
    const whole = asBody(changed, source.text ?? "", source);
    if (whole) {
      changed = whole;
      continue;
    }
    if (changed.whole) changed = { ...changed, whole: false };
    const part = partOf(changed, source);
    const before = changed.sources[part];
    // Several files for one field belong together; what was there before them does not.
    const joined = before && fresh.has(part) ? join(before, source) : source;
    fresh.add(part);
    changed = { ...changed, sources: { ...changed.sources, [part]: joined } };
  }
  return changed;
}

/** Returns the upload with a text as its body, if it is one. */
export function asBody(upload: Upload, text: string, source: Source): Upload | null {
  const operation = operationOf(text);
  if (!operation) return null;
  const profile = profiles.find((p) => p.operation === operation)!;
  return { ...upload, profile: profile.id, whole: true, sources: { ...upload.sources, body: source } };
}

function partOf(upload: Upload, source: Source): Part {
  const parts = shapeOf(upload.profile).parts;
  const name = source.name ?? "";
  const text = source.text ?? "";
  const isKey = /PRIVATE KEY/.test(text) ? !/CERTIFICATE/.test(text) : source.text === null && /\.(key|p8|pk8)$/i.test(name);
  const signing = "signCertificate" in parts && /sign|sig[._-]|签名/i.test(name);
  const part: Part = isKey ? (signing ? "signPrivateKey" : "privateKey") : signing ? "signCertificate" : "certificate";
  return part in parts ? part : "certificate";
}
