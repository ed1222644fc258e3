import { Api } from "./api.js";
import { LocalEngine, type Engine } from "./engine.js";
import { CertloupeError } from "./errors.js";
import { compile, type Open } from "./module.js";
import { RemoteEngine, type StartWorker } from "./remote.js";
import type { Certloupe, InitializeOptions, WorkerLike } from "./types.js";

/** What differs between browsers and Node. */
export interface Platform {
  /** Where certloupe.wasm is. */
  location(): URL;
  open: Open;
  /** Starts the Worker of the package, or takes the caller's. */
  worker(make: (() => WorkerLike) | undefined): StartWorker;
}

/** What the package exports, for a platform. */
export interface Package extends Omit<Certloupe, "dispose"> {
  /**
   * Makes the instance that the functions of this module use. Called again without options, or with the same ones,
   * it returns the same promise; with others it rejects. If it failed it can be tried again.
   */
  initialize(options?: InitializeOptions): Promise<Certloupe>;
  /** Makes an instance of its own, for example one of several Workers. */
  create(options?: InitializeOptions): Promise<Certloupe>;
  /** Ends the instance that initialize made; it can be made anew then. */
  dispose(): void;
}

const keptMemory = 64 << 20;

export function makePackage(platform: Platform): Package {
  let current: { options: InitializeOptions; promise: Promise<Certloupe> } | undefined;

  async function create(options: InitializeOptions = {}): Promise<Certloupe> {
    const { wasm = platform.location(), worker = false, keepMemory = keptMemory } = options;
    const module = await compile(wasm, platform.open);
    const engine: Engine = worker
      ? await RemoteEngine.start(module, keepMemory, platform.worker(worker === true ? undefined : worker))
      : await LocalEngine.start(module, keepMemory);
    return new Api(engine);
  }

  function initialize(options: InitializeOptions = {}): Promise<Certloupe> {
    if (current) {
      if (same(options, current.options) || Object.keys(options).length === 0) return current.promise;
      return Promise.reject(new CertloupeError("already-initialized", "initialize was called before, with other options"));
    }
    const starting = { options: { ...options }, promise: create(options) };
    current = starting;
    starting.promise.catch(() => {
      if (current === starting) current = undefined;
    });
    return starting.promise;
  }

  function dispose(): void {
    current?.promise.then((instance) => instance.dispose(), () => {});
    current = undefined;
  }

  async function instance(): Promise<Certloupe> {
    if (!current) throw new CertloupeError("not-initialized", "call initialize before");
    return current.promise;
  }

  /** Returns a function of the package that calls that of the instance. */
  function delegate<K extends Exclude<keyof Certloupe, "dispose">>(name: K): Certloupe[K] {
    const call = async (...args: unknown[]) => ((await instance())[name] as (...args: unknown[]) => unknown)(...args);
    return call as unknown as Certloupe[K];
  }

  return {
    initialize, create, dispose,
    inspect: delegate("inspect"), check: delegate("check"), request: delegate("request"), chain: delegate("chain"),
    summary: delegate("summary"), fix: delegate("fix"), verifyOCSP: delegate("verifyOCSP"), ocspRequest: delegate("ocspRequest"),
    explain: delegate("explain"), rules: delegate("rules"),
  };
}

function same(a: InitializeOptions, b: InitializeOptions): boolean {
  const location = (v: unknown) => (v instanceof URL ? v.href : v);
  return location(a.wasm) === location(b.wasm) && (a.worker ?? false) === (b.worker ?? false) && a.keepMemory === b.keepMemory;
}
