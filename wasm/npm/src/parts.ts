import { CertloupeError } from "./errors.js";
import { utf8, type Part } from "./instance.js";
import type { Files, Input, Named } from "./types.js";

/** Inputs by their role; one that is undefined is not there. */
export type Given = Record<string, Files | undefined>;

/** Copies inputs, so that neither a change by the caller nor the zeroing after the call reaches the other. */
export async function parts(given: Given): Promise<Part[]> {
  const reading: (Part | Promise<Part>)[] = [];
  for (const [role, files] of Object.entries(given)) {
    if (files === undefined) continue;
    for (const file of Array.isArray(files) ? (files as readonly (Input | Named)[]) : [files as Input | Named]) reading.push(part(role, file));
  }
  return Promise.all(reading);
}

function part(role: string, file: Input | Named): Part | Promise<Part> {
  const { name, data } = isNamed(file) ? file : { name: fileName(file), data: file };
  if (isBlob(data)) {
    return data.arrayBuffer().then(
      (buffer) => ({ role, name, data: new Uint8Array(buffer) }),
      (err: unknown) => { throw new CertloupeError("call-part", `the part ${role} could not be read`, { cause: err }); },
    );
  }
  return { role, name, data: copy(role, data) };
}

function copy(role: string, data: unknown): Uint8Array<ArrayBuffer> {
  if (typeof data === "string") return utf8(data);
  if (ArrayBuffer.isView(data)) return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (isBuffer(data)) return new Uint8Array(data).slice();
  throw new CertloupeError("call-part", `the part ${role} is no text, Uint8Array, ArrayBuffer or Blob`);
}

function isNamed(file: Input | Named): file is Named {
  return typeof file === "object" && file !== null && typeof (file as Named).name === "string" && "data" in file && !isBlob(file);
}

function fileName(file: unknown): string {
  return isBlob(file) && typeof (file as File).name === "string" ? (file as File).name : "";
}

// By their tags, because inputs may come from another window, which has its own classes.
function isBlob(v: unknown): v is Blob {
  const tag = Object.prototype.toString.call(v);
  return tag === "[object Blob]" || tag === "[object File]";
}

function isBuffer(v: unknown): v is ArrayBuffer {
  const tag = Object.prototype.toString.call(v);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}
