// When the certificates are valid, on one line of time.
import type { Certificate } from "@certloupe/wasm";
import type { Words } from "../locales/en.js";
import { useLocale, useWords, type Language } from "../words.js";
import { nameOf } from "./chain.js";
import { Panel } from "./parts.js";

export type State = { kind: "valid" | "soon" | "expired" | "future" | "unknown"; text: string };

const day = 86_400_000;
const soon = 30 * day;

/** Says in words how a certificate stands at a time. */
export function stateOf(c: Certificate, now: Date, language: Language, words: Words): State {
  const [from, to] = [Date.parse(c.not_before ?? ""), Date.parse(c.not_after ?? "")];
  if (Number.isNaN(from) || Number.isNaN(to)) return { kind: "unknown", text: words.noDates };
  const at = now.getTime();
  if (at > to) return { kind: "expired", text: words.expired(relative(to - at, language)) };
  if (at < from) return { kind: "future", text: words.notYet(relative(from - at, language)) };
  return { kind: to - at < soon ? "soon" : "valid", text: words.expires(relative(to - at, language)) };
}

function relative(milliseconds: number, language: Language): string {
  const days = milliseconds / day;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (Math.abs(days) >= 730) return format.format(Math.round(days / 365.25), "year");
  if (Math.abs(days) >= 60) return format.format(Math.round(days / 30.44), "month");
  return format.format(Math.trunc(days), "day");
}

const width = 1000;

export function Timeline({ certificates, now, isNow }: { certificates: readonly Certificate[]; now: Date; isNow: boolean }) {
  const words = useWords();
  const { language } = useLocale();
  const spans = certificates.map((c) => [Date.parse(c.not_before ?? ""), Date.parse(c.not_after ?? "")] as const);
  const times = [...spans.flat().filter((t) => !Number.isNaN(t)), now.getTime()];
  const least = Math.min(...times);
  const most = Math.max(...times, least + day);
  const margin = (most - least) * 0.02;
  const x = (time: number) => ((time - least + margin) / (most - least + 2 * margin)) * width;
  const nowText = isNow ? words.now : words.asOf(now.toISOString().slice(0, 10));
  return (
    <Panel id="timeline" title={words.timeline} aside={<span class="legend"><i aria-hidden="true" />{nowText}</span>}>
      <ol class="timeline">
        {certificates.map((c, i) => {
          const [from, to] = spans[i]!;
          const state = stateOf(c, now, language, words);
          const start = Math.min(x(from), x(to));
          return (
            <li key={i}>
              <div class="row">
                <strong>{nameOf(c)}</strong>
                <span class={`state ${state.kind}`}>{state.text}</span>
              </div>
              <svg class={state.kind} viewBox={`0 0 ${width} 10`} preserveAspectRatio="none" aria-hidden="true">
                <rect class="track" x="0" y="4" width={width} height="2" />
                {state.kind !== "unknown" && <rect class="bar" x={start} y="2" width={Math.max(3, Math.abs(x(to) - x(from)))} height="6" rx="2" />}
                <rect class="now" x={x(now.getTime()) - 1} y="0" width="2" height="10" />
              </svg>
              <div class="row dates">
                <time dateTime={c.not_before}>{date(c.not_before)}</time>
                <span aria-hidden="true">→</span>
                <time dateTime={c.not_after}>{date(c.not_after)}</time>
              </div>
            </li>
          );
        })}
      </ol>
    </Panel>
  );
}

function date(text: string | undefined): string {
  return text ? text.replace("T", " ").replace(/:\d\dZ$/, " UTC") : "–";
}
