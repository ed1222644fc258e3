// The package in Node.
import { readFile } from "node:fs/promises";
import { Worker } from "node:worker_threads";
import type { StartWorker } from "./remote.js";
import { makePackage, type Package } from "./start.js";
import type { WorkerLike } from "./types.js";

const certloupe: Package = makePackage({
  location: () => new URL("./certloupe.wasm", import.meta.url),
  async open(location) {
    const url = location instanceof URL ? location : URL.canParse(location) ? new URL(location) : undefined;
    // A path, which on Windows may look like an address of the scheme "c".
    if (!url || !/^(file|https?|data|blob):$/.test(url.protocol)) return readFile(location);
    return url.protocol === "file:" ? readFile(url) : fetch(url);
  },
  // Without the flags of the program, some of which a Worker refuses, such as --input-type.
  worker: (make) => attach(make ?? (() => new Worker(new URL("./worker.node.js", import.meta.url), { execArgv: [] }))),
});

function attach(make: () => WorkerLike): StartWorker {
  return (received, failed) => {
    const worker = make() as Worker;
    worker.on("message", received);
    worker.on("error", failed);
    worker.on("messageerror", failed);
    worker.on("exit", () => failed(new Error("it has ended")));
    return {
      post: (order, transfer) => worker.postMessage(order, transfer),
      terminate: () => void worker.terminate(),
      hold: (busy) => (busy ? worker.ref() : worker.unref()),
    };
  };
}

export const { initialize, create, dispose, inspect, check, request, chain, summary, fix, verifyOCSP, ocspRequest, explain, rules }: Package =
  certloupe;
export { CertloupeError, type ErrorCode } from "./errors.js";
export type * from "./types.js";
export type * from "./types.generated.js";
