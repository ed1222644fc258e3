/** wasm_exec.js of Go as the build wraps it: its globals are the arguments, see scripts/build.mjs. */
export function load(
  globalThis: Record<string, unknown>,
  fs: object,
  console: object,
  setTimeout: (callback: () => void, delay: number) => unknown,
  clearTimeout: (timeout: never) => void,
): new () => Go;

export interface Go {
  importObject: WebAssembly.Imports;
  /** Set when the program has come to its end. */
  exited?: boolean;
  exit(code: number): void;
  run(instance: WebAssembly.Instance): Promise<void>;
}
