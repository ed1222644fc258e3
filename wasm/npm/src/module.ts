import { asError, CertloupeError } from "./errors.js";
import type { ModuleSource } from "./types.js";

/** Reads what is at a location. */
export type Open = (location: URL | string) => Promise<Response | BufferSource>;

type Uncompiled = URL | string | Response | Promise<Response> | BufferSource;

/** Makes a module of whatever the caller has. */
export async function compile(source: ModuleSource, open: Open): Promise<WebAssembly.Module> {
  if (typeof WebAssembly === "undefined") throw new CertloupeError("compile-failed", "there is no WebAssembly here");
  const given: unknown = source;
  const module = given instanceof WebAssembly.Module ? given : await compileOpened(await load(given as Uncompiled, open));
  if (!WebAssembly.Module.exports(module).some((e) => e.name === "certloupe_call")) {
    throw new CertloupeError("compile-failed", "the module is not that of Certloupe");
  }
  return module;
}

async function compileOpened(opened: Response | BufferSource): Promise<WebAssembly.Module> {
  try {
    return isResponse(opened) ? await WebAssembly.compileStreaming(opened) : await WebAssembly.compile(opened);
  } catch (err) {
    // While it streams, the connection may break, which is a TypeError.
    if (err instanceof TypeError && isResponse(opened)) throw asError("load-failed", "the module could not be fetched", err);
    throw asError("compile-failed", "the module could not be compiled", err);
  }
}

/** Returns a response if it can be compiled while it arrives, and else bytes. */
async function load(source: Uncompiled, open: Open): Promise<Response | BufferSource> {
  try {
    const given = await source;
    const opened = typeof given === "string" || given instanceof URL ? await open(given) : given;
    if (!isResponse(opened)) return opened;
    if (!opened.ok) throw new Error(`the server answered ${opened.status}`);
    // Streaming takes no other type, and not every server knows it.
    if (opened.headers.get("content-type") === "application/wasm" && typeof WebAssembly.compileStreaming === "function") return opened;
    return await opened.arrayBuffer();
  } catch (err) {
    throw asError("load-failed", "the module could not be fetched", err);
  }
}

function isResponse(v: unknown): v is Response {
  return typeof Response === "function" && v instanceof Response;
}
