import { LocalEngine } from "./engine.js";
import { asError } from "./errors.js";
import type { Order, Outcome } from "./remote.js";

/** Carries out in a Worker what it is sent. Orders come one at a time. */
export function serve(reply: (outcome: Outcome, transfer: ArrayBuffer[]) => void): (order: Order) => Promise<void> {
  let engine: LocalEngine | undefined;
  return async (order) => {
    try {
      if ("module" in order) {
        engine = await LocalEngine.start(order.module, order.keepMemory);
        reply({}, []);
        return;
      }
      const bytes = await engine!.run(order);
      reply({ bytes }, [bytes.buffer]);
    } catch (err) {
      const { code, message } = asError("module-crashed", "the Worker failed", err);
      reply({ error: { code, message } }, []);
    }
  };
}
