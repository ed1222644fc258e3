// The Worker of Node.
import { parentPort } from "node:worker_threads";
import type { Order } from "./remote.js";
import { serve } from "./serve.js";

const carryOut = serve((outcome, transfer) => parentPort!.postMessage(outcome, transfer));
parentPort!.on("message", (order: Order) => void carryOut(order));
