// Judges what was put in, a moment after the last change, and never twice at the same time.
import { useEffect, useRef, useState } from "preact/hooks";
import { judge, judgedSources, type Judged } from "./engine.js";
import { isEmpty, type Upload } from "./profiles.js";
import { fromText } from "./text/source.js";

export type Judgement =
  | { readonly state: "empty" }
  | { readonly state: "checking"; readonly last?: Judged }
  | { readonly state: "judged"; readonly judged: Judged }
  | { readonly state: "failed"; readonly message: string };

/** How long typing rests before it is judged. */
const pause = 250;

export function useJudgement(upload: Upload, typed: boolean): Judgement {
  const [judgement, set] = useState<Judgement>({ state: "empty" });
  const first = useRef(true);
  useEffect(() => {
    if (isEmpty(upload)) {
      if (!first.current) set({ state: "empty" });
      return;
    }
    first.current = false;
    const aborter = new AbortController();
    const run = () => {
      set((before) => ({ state: "checking", ...(before.state === "judged" && { last: before.judged }), ...(before.state === "checking" && before.last && { last: before.last }) }));
      judge(upload, judgedSources(upload, fromText), aborter.signal).then(
        (judged) => { if (!aborter.signal.aborted) set({ state: "judged", judged }); },
        (err: unknown) => {
          if (!aborter.signal.aborted) set({ state: "failed", message: err instanceof Error ? err.message : String(err) });
        },
      );
    };
    const timer = typed ? window.setTimeout(run, pause) : undefined;
    if (!typed) run();
    return () => {
      clearTimeout(timer);
      aborter.abort();
    };
  }, [upload]);
  return judgement;
}
