import { disposed, type Engine } from "./engine.js";
import { asError, CertloupeError, type ErrorCode } from "./errors.js";
import { wipe, type Call } from "./instance.js";

/** What is sent to a Worker: the module first, and then one call after the other. */
export type Order = { module: WebAssembly.Module; keepMemory: number } | Call;

/** What a Worker sends back, once for each order: the result of a call, or why there is none. */
export interface Outcome {
  bytes?: Uint8Array<ArrayBuffer>;
  error?: { code: ErrorCode; message: string };
}

/** A Worker, of the browser or of Node. */
export interface Port {
  post(order: Order, transfer: ArrayBuffer[]): void;
  terminate(): void;
  /** Says whether something is awaited. Node need not wait for a Worker otherwise. */
  hold(busy: boolean): void;
}

/** Starts a Worker that hands outcomes to one function, and why it has failed to the other. */
export type StartWorker = (received: (outcome: Outcome) => void, failed: (reason: unknown) => void) => Port;

/** Carries out calls in a Worker, which is replaced when it has failed or was ended. */
export class RemoteEngine implements Engine {
  readonly #connect: () => Connection;
  #connection: Connection;
  /** Settles when all calls before have come to their end. */
  #turn: Promise<void> = Promise.resolve();
  #disposed = false;

  private constructor(connect: () => Connection) {
    this.#connect = connect;
    this.#connection = connect();
  }

  static async start(module: WebAssembly.Module, keepMemory: number, startWorker: StartWorker): Promise<RemoteEngine> {
    const engine = new RemoteEngine(() => new Connection(startWorker, { module, keepMemory }));
    await engine.#connection.ready;
    return engine;
  }

  /** Calls wait here for their turn. So ending the Worker, the only way to stop a call, ends no other one. */
  async run(call: Call, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const before = this.#turn;
    let finish!: () => void;
    this.#turn = new Promise((resolve) => (finish = resolve));
    try {
      await before;
      return await this.#carryOut(call, signal);
    } finally {
      wipe(call);
      finish();
    }
  }

  async #carryOut(call: Call, signal: AbortSignal | undefined): Promise<Uint8Array<ArrayBuffer>> {
    if (this.#disposed) throw disposed();
    signal?.throwIfAborted();
    if (this.#connection.ended) this.#connection = this.#connect();
    const connection = this.#connection;
    await connection.ready;
    signal?.throwIfAborted();
    const abort = () => connection.end(signal!.reason);
    signal?.addEventListener("abort", abort);
    try {
      const outcome = await connection.send(call, call.parts.map((part) => part.data.buffer));
      return outcome.bytes!;
    } finally {
      signal?.removeEventListener("abort", abort);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#connection.end(disposed());
  }
}

/** A Worker and what is awaited of it. */
class Connection {
  /** Settles when the Worker can take a call. */
  readonly ready: Promise<unknown>;
  #port: Port | undefined;
  #awaited: { resolve(outcome: Outcome): void; reject(reason: unknown): void } | undefined;
  #ended: { reason: unknown } | undefined;

  constructor(start: StartWorker, first: Order) {
    const failed = (reason: unknown) => this.end(asError("worker-failed", "the Worker failed", reason));
    try {
      this.#port = start((outcome) => this.#receive(outcome), failed);
    } catch (err) {
      failed(err);
    }
    this.ready = this.send(first, []).catch((err: unknown) => {
      this.end(err);
      throw err;
    });
    this.ready.catch(() => {}); // Whoever needs the Worker hears of it.
  }

  get ended(): boolean {
    return this.#ended !== undefined;
  }

  /** Sends an order, when none is on its way. */
  send(order: Order, transfer: ArrayBuffer[]): Promise<Outcome> {
    return new Promise((resolve, reject) => {
      if (this.#ended) throw this.#ended.reason;
      this.#awaited = { resolve, reject };
      this.#port!.hold(true);
      try {
        this.#port!.post(order, transfer);
      } catch (err) {
        this.end(asError("worker-failed", "the Worker could not be reached", err));
      }
    });
  }

  #receive(outcome: Outcome): void {
    if (this.#ended) return;
    const awaited = this.#awaited;
    this.#awaited = undefined;
    this.#port!.hold(false);
    if (outcome.error) awaited?.reject(new CertloupeError(outcome.error.code, outcome.error.message));
    else awaited?.resolve(outcome);
  }

  /** Ends the Worker; what is awaited is rejected with the reason. */
  end(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = { reason };
    this.#port?.terminate();
    this.#awaited?.reject(reason);
    this.#awaited = undefined;
  }
}
