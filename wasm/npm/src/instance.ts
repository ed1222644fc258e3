import { CertloupeError } from "./errors.js";
import { load, type Go } from "./wasm_exec.js";

/** One input of a call. Its data belongs to the call, which zeroes it. */
export interface Part {
  role: string;
  name: string;
  data: Uint8Array<ArrayBuffer>;
}

/** A call: what the package wasm/bridge calls the header, and the parts. */
export interface Call {
  header: string;
  parts: Part[];
}

/** What an instance gives back. An error of it is JSON too. */
export interface Answer {
  ok: boolean;
  bytes: Uint8Array<ArrayBuffer>;
}

interface Exports {
  mem: WebAssembly.Memory;
  certloupe_reserve(size: number): number;
  certloupe_call(size: number): number;
  certloupe_result(): number;
  certloupe_release(): void;
}

/** An instance of the module, which carries out one call after the other. */
export class Instance {
  readonly #go: Go;
  readonly #exports: Exports;
  readonly #timers: Timers;
  #ended = false;

  private constructor(go: Go, exports: Exports, timers: Timers) {
    this.#go = go;
    this.#exports = exports;
    this.#timers = timers;
  }

  static async start(module: WebAssembly.Module): Promise<Instance> {
    const timers = new Timers();
    const go = new (loadRuntime(timers))();
    go.exit = () => {};
    try {
      const wasm = await WebAssembly.instantiate(module, go.importObject);
      // The program stays in its main function, so this settles only if it could not get there.
      const run = go.run(wasm);
      await Promise.race([run, undefined]);
      run.catch(() => {});
      if (go.exited) throw new Error("it has ended at once");
      return new Instance(go, wasm.exports as unknown as Exports, timers);
    } catch (err) {
      timers.stop();
      throw new CertloupeError("module-crashed", "the module could not be started", { cause: err });
    }
  }

  /** The size of its memory in bytes. It never shrinks. */
  get memory(): number {
    return this.#exports.mem.buffer.byteLength;
  }

  /** Whether it can carry out no call any more. */
  get ended(): boolean {
    return this.#ended || this.#go.exited === true || this.#timers.failed;
  }

  /** Carries out a call, and zeroes its data. */
  call(call: Call): Answer {
    try {
      const header = utf8(call.header);
      const chunks = [header];
      for (const part of call.parts) chunks.push(utf8(part.role), utf8(part.name), part.data);
      const size = chunks.reduce((sum, chunk) => sum + 4 + chunk.length, 0);
      return this.#carryOut(chunks, size);
    } finally {
      wipe(call);
    }
  }

  #carryOut(chunks: Uint8Array[], size: number): Answer {
    const wasm = this.#exports;
    try {
      const at = size < 2 ** 31 ? wasm.certloupe_reserve(size) >>> 0 : 0;
      if (at === 0) throw new CertloupeError("call-too-large", "the inputs are too large");
      write(new DataView(wasm.mem.buffer, at, size), chunks);
      const length = wasm.certloupe_call(size);
      const result = wasm.certloupe_result() >>> 0;
      // The memory may be another one after each of these calls.
      const bytes = new Uint8Array(wasm.mem.buffer, result, Math.abs(length)).slice();
      wasm.certloupe_release();
      return { ok: length >= 0, bytes };
    } catch (err) {
      if (err instanceof CertloupeError) throw err;
      this.stop();
      throw new CertloupeError("module-crashed", "the instance of the module came to an end; it may have run out of memory", { cause: err });
    }
  }

  /** Ends the instance, so that nothing holds its memory. */
  stop(): void {
    this.#ended = true;
    this.#timers.stop();
  }
}

/** Writes chunks, each behind its length. */
function write(view: DataView, chunks: Uint8Array[]): void {
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  let at = 0;
  for (const chunk of chunks) {
    view.setUint32(at, chunk.length, true);
    bytes.set(chunk, at + 4);
    at += 4 + chunk.length;
  }
}

/** Zeroes the data of a call, unless it was handed over to a Worker. */
export function wipe(call: Call): void {
  for (const part of call.parts) if (part.data.length > 0) part.data.fill(0);
}

const encoder = new TextEncoder();

export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return encoder.encode(text);
}

/** The timers of an instance. Go wakes itself up by them, for example to collect garbage. */
class Timers {
  readonly #running = new Set<ReturnType<typeof setTimeout>>();
  /** Set when the instance broke down in a timer, where nobody could catch it. */
  failed = false;

  set(callback: () => void, delay: number): ReturnType<typeof setTimeout> {
    const timer = setTimeout(() => {
      this.#running.delete(timer);
      try {
        callback();
      } catch {
        this.failed = true;
        this.stop();
      }
    }, delay);
    // In Node a timer would keep the process alive.
    (timer as { unref?(): void }).unref?.();
    this.#running.add(timer);
    return timer;
  }

  clear(timer: ReturnType<typeof setTimeout>): void {
    clearTimeout(timer);
    this.#running.delete(timer);
  }

  stop(): void {
    for (const timer of this.#running) clearTimeout(timer);
    this.#running.clear();
  }
}

/**
 * Loads Go's runtime with a global scope of its own, so that it neither changes the real one nor meets what other
 * programs left there. What it would print is dropped: it tells of a breakdown, and may be made of the input.
 */
function loadRuntime(timers: Timers): new () => Go {
  const fs = emptyFileSystem();
  const { Object, Array, Uint8Array, Date, TextEncoder, TextDecoder, crypto, performance } = globalThis;
  return load(
    { Object, Array, Uint8Array, Date, TextEncoder, TextDecoder, crypto, performance, fs },
    fs,
    { log() {}, warn() {}, error() {} },
    (callback, delay) => timers.set(callback, delay),
    (timer) => timers.clear(timer),
  );
}

/** A file system without files, which swallows what is printed. */
function emptyFileSystem(): Record<string, unknown> {
  const missing = (...args: unknown[]) => {
    const done = args.at(-1) as (err: Error) => void;
    done(Object.assign(new Error("not implemented"), { code: "ENOSYS" }));
  };
  const operations = ["chmod", "chown", "close", "fchmod", "fchown", "fstat", "fsync", "ftruncate", "lchown", "link", "lstat", "mkdir",
    "open", "read", "readdir", "readlink", "rename", "rmdir", "stat", "symlink", "truncate", "unlink", "utimes"];
  return {
    ...Object.fromEntries(operations.map((name) => [name, missing])),
    constants: { O_WRONLY: -1, O_RDWR: -1, O_CREAT: -1, O_TRUNC: -1, O_APPEND: -1, O_EXCL: -1, O_DIRECTORY: -1 },
    writeSync: (_fd: number, buffer: Uint8Array) => buffer.length,
    write: (_fd: number, _buffer: Uint8Array, _offset: number, length: number, _position: unknown, done: (err: null, n: number) => void) =>
      done(null, length),
  };
}
