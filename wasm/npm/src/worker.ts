// The Worker of browsers.
import { serve } from "./serve.js";

// The scope of a Worker, which the library "dom" does not describe.
const scope = globalThis as unknown as Worker;

const carryOut = serve((outcome, transfer) => scope.postMessage(outcome, transfer));
scope.addEventListener("message", (event) => void carryOut(event.data));
