// The package in browsers, their Workers, and bundles for them.
import type { StartWorker } from "./remote.js";
import { makePackage, type Package } from "./start.js";
import type { WorkerLike } from "./types.js";

const certloupe: Package = makePackage({
  // Bundlers look for these two expressions, so they must stay as they are.
  location: () => new URL("./certloupe.wasm", import.meta.url),
  open: (location) => fetch(location, { credentials: "same-origin" }),
  worker: (make) => attach(make ?? (() => new Worker(new URL("./worker.js", import.meta.url), { type: "module" }))),
});

function attach(make: () => WorkerLike): StartWorker {
  return (received, failed) => {
    const worker = make() as Worker;
    worker.addEventListener("message", (event) => received(event.data));
    worker.addEventListener("error", (event) => {
      event.preventDefault(); // So that the console stays empty; the call rejects.
      failed(event.error ?? new Error(event.message || "its script could not be loaded"));
    });
    worker.addEventListener("messageerror", () => failed(new Error("a message could not be read")));
    return { post: (order, transfer) => worker.postMessage(order, transfer), terminate: () => worker.terminate(), hold() {} };
  };
}

export const { initialize, create, dispose, inspect, check, request, chain, summary, fix, verifyOCSP, ocspRequest, explain, rules }: Package =
  certloupe;
export { CertloupeError, type ErrorCode } from "./errors.js";
export type * from "./types.js";
export type * from "./types.generated.js";
