import { disposed, type Engine } from "./engine.js";
import { CertloupeError, type ErrorCode } from "./errors.js";
import type { Call } from "./instance.js";

/** What is sent to a Worker: the module first, and then one call after the other. */
export type Order = { module: WebAssembly.Module; keepMemory: number } | Call;

/** What a Worker sends back, once for each order. */
export type Outcome = { bytes?: Uint8Array<ArrayBuffer> } | { code: ErrorCode; message: string };

/** A Worker, of the browser or of Node. */
export interface Port {
  post(order: Order, transfer: ArrayBuffer[]): void;
  terminate(): void;
  /** Whether something is awaited, so that Node must not end yet. */
  hold(busy: boolean): void;
}

/** Starts a Worker that sends outcomes to one function, and why it has failed to the other. */
export type StartWorker = (received: (outcome: Outcome) => void, failed: (reason: unknown) => void) => Port;

interface Job {
  call: Call;
  resolve(bytes: Uint8Array<ArrayBuffer>): void;
  reject(reason: unknown): void;
  /** Stops waiting for an abort. */
  release(): void;
}

/**
 * Carries out calls in a Worker. Calls wait here for their turn, so that ending the Worker, which is the only
 * way to stop a call that is running, ends no other call.
 */
export class RemoteEngine implements Engine {
  readonly #module: WebAssembly.Module;
  readonly #keepMemory: number;
  readonly #startWorker: StartWorker;
  readonly #waiting: Job[] = [];
  #running: Job | undefined;
  #worker: Promise<Port> | undefined;
  /** Ends the Worker, which may not have started yet. */
  #end: () => void = () => {};
  #receive: (outcome: Outcome) => void = () => {};
  #disposed = false;

  private constructor(module: WebAssembly.Module, keepMemory: number, startWorker: StartWorker) {
    this.#module = module;
    this.#keepMemory = keepMemory;
    this.#startWorker = startWorker;
  }

  static async start(module: WebAssembly.Module, keepMemory: number, startWorker: StartWorker): Promise<RemoteEngine> {
    const engine = new RemoteEngine(module, keepMemory, startWorker);
    await engine.#open();
    return engine;
  }

  run(call: Call, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    return new Promise((resolve, reject) => {
      if (this.#disposed) throw disposed();
      signal?.throwIfAborted();
      const abort = () => this.#abort(job, signal!.reason);
      const job: Job = { call, resolve, reject, release: () => signal?.removeEventListener("abort", abort) };
      signal?.addEventListener("abort", abort);
      this.#waiting.push(job);
      void this.#next();
    });
  }

  /** Carries out what waits, unless something is running. */
  async #next(): Promise<void> {
    if (this.#running) return;
    const job = (this.#running = this.#waiting.shift());
    if (!job) return;
    let failure: unknown;
    try {
      const worker = await this.#open();
      if (this.#running !== job) return; // It was aborted.
      this.#receive = (outcome) => this.#settle(job, outcome);
      worker.hold(true);
      worker.post(job.call, job.call.parts.map((part) => part.data.buffer));
      return;
    } catch (err) {
      failure = err;
    }
    if (this.#running === job) this.#finish(job, () => job.reject(failure));
  }

  #settle(job: Job, outcome: Outcome): void {
    if (this.#running !== job) return;
    void this.#worker?.then((worker) => this.#running || worker.hold(false), () => {});
    this.#finish(job, () => {
      if ("code" in outcome) job.reject(new CertloupeError(outcome.code, outcome.message));
      else job.resolve(outcome.bytes!);
    });
  }

  #finish(job: Job, settle: () => void): void {
    this.#running = undefined;
    job.release();
    settle();
    void this.#next();
  }

  #abort(job: Job, reason: unknown): void {
    const at = this.#waiting.indexOf(job);
    if (at >= 0) {
      this.#waiting.splice(at, 1);
      wipe(job.call);
      job.release();
      job.reject(reason);
      return;
    }
    this.#close();
    this.#finish(job, () => job.reject(reason));
  }

  /** Returns the Worker, and starts one if there is none. */
  #open(): Promise<Port> {
    return (this.#worker ??= new Promise<Port>((resolve, reject) => {
      let port: Port | undefined;
      const failed = (reason: unknown) => {
        const message = reason instanceof Error ? reason.message : "it did not say why";
        this.#end();
        const err = new CertloupeError("worker-failed", `the Worker failed: ${message}`, { cause: reason });
        reject(err);
        // A call that is running is lost with it; those that wait get another one.
        const job = this.#running;
        if (job) this.#finish(job, () => job.reject(err));
      };
      this.#receive = (outcome) => {
        if ("code" in outcome) return failed(new CertloupeError(outcome.code, outcome.message));
        port!.hold(false);
        resolve(port!);
      };
      let ended = false;
      this.#end = () => {
        if (ended) return;
        ended = true;
        this.#worker = undefined;
        port?.terminate();
        reject(disposed());
      };
      try {
        port = this.#startWorker((outcome) => ended || this.#receive(outcome), (reason) => ended || failed(reason));
        port.hold(true);
        port.post({ module: this.#module, keepMemory: this.#keepMemory }, []);
      } catch (err) {
        failed(err);
      }
    }));
  }

  #close(): void {
    this.#end();
    this.#end = () => {};
    this.#worker = undefined;
  }

  dispose(): void {
    this.#disposed = true;
    this.#close();
    for (const job of [this.#running, ...this.#waiting.splice(0)]) {
      if (!job) continue;
      wipe(job.call);
      job.release();
      job.reject(disposed());
    }
    this.#running = undefined;
  }
}

/** Zeroes the inputs of a call that was not handed over. */
function wipe(call: Call): void {
  for (const part of call.parts) part.data.fill(0);
}
