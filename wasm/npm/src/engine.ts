import { CertloupeError, type ErrorCode } from "./errors.js";
import { Instance, wipe, type Call } from "./instance.js";

/** What carries out calls, here or in a Worker. */
export interface Engine {
  /** Rejects with the signal's reason if it is aborted. */
  run(call: Call, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>>;
  dispose(): void;
}

/** Carries out calls in this thread. */
export class LocalEngine implements Engine {
  readonly #module: WebAssembly.Module;
  readonly #keepMemory: number;
  #instance: Promise<Instance> | undefined;
  #disposed = false;

  private constructor(module: WebAssembly.Module, keepMemory: number) {
    this.#module = module;
    this.#keepMemory = keepMemory;
  }

  static async start(module: WebAssembly.Module, keepMemory: number): Promise<LocalEngine> {
    const engine = new LocalEngine(module, keepMemory);
    await engine.#ready();
    return engine;
  }

  async run(call: Call, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    let instance: Instance;
    try {
      instance = await this.#ready();
      signal?.throwIfAborted();
    } catch (err) {
      wipe(call);
      throw err;
    }
    // From here on nothing can come in between.
    let keep = false;
    try {
      const { ok, bytes } = instance.call(call);
      const failure = ok ? undefined : readFailure(bytes);
      keep = failure?.code !== "internal-error" && !instance.ended && instance.memory <= this.#keepMemory;
      if (failure) throw failure;
      return bytes;
    } catch (err) {
      if (err instanceof CertloupeError && err.code === "call-too-large") keep = true;
      throw err;
    } finally {
      if (!keep) this.#drop(instance);
    }
  }

  /** Returns an instance that can carry out a call at once. */
  async #ready(): Promise<Instance> {
    for (;;) {
      if (this.#disposed) throw disposed();
      const starting = (this.#instance ??= Instance.start(this.#module));
      try {
        const instance = await starting;
        if (this.#instance === starting && !instance.ended) return instance;
      } catch (err) {
        if (this.#instance === starting) this.#instance = undefined;
        throw err;
      }
      if (this.#instance === starting) this.#instance = undefined;
    }
  }

  #drop(instance: Instance): void {
    instance.stop();
    this.#instance = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#instance?.then((instance) => instance.stop(), () => {});
    this.#instance = undefined;
  }
}

export function disposed(): CertloupeError {
  return new CertloupeError("disposed", "dispose was called before");
}

/** Reads {"error": {"code": …, "message": …}}. */
function readFailure(bytes: Uint8Array): CertloupeError {
  const { error } = JSON.parse(new TextDecoder().decode(bytes)) as { error: { code: ErrorCode; message: string } };
  return new CertloupeError(error.code, error.message);
}
