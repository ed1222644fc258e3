// A text with the places that findings speak of.
import { useId, useState } from "preact/hooks";
import type { Severity } from "./findings.js";
import type { Mark } from "../text/marks.js";
import { useWords } from "../words.js";

/** How many lines around a marked one are shown, how much of a long line, and how many lines at most. */
const around = 2;
const longest = 240;
const maxLines = 3000;

interface Line {
  readonly start: number;
  readonly end: number;
  /** Where the next line starts. */
  readonly next: number;
}

function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const m of text.matchAll(/\r\n|\r|\n/g)) {
    lines.push({ start, end: m.index, next: m.index + m[0].length });
    start = m.index + m[0].length;
  }
  if (start < text.length || lines.length === 0) lines.push({ start, end: text.length, next: text.length });
  return lines;
}

export interface AnnotatedProps {
  readonly text: string;
  readonly name: string;
  readonly marks: readonly Mark[];
  readonly hint?: string | undefined;
  readonly severity: (finding: number) => Severity;
  readonly message: (finding: number) => string;
  readonly onBadge: (finding: number) => void;
}

export function Annotated(props: AnnotatedProps) {
  const { text, marks } = props;
  const words = useWords();
  const id = useId();
  const [open, setOpen] = useState<readonly number[]>([]);
  const lines = linesOf(text);
  const shown = shownLines(lines, marks, open);
  const rows = [];
  let at = 0;
  for (let n = 0; n < lines.length && rows.length < maxLines; n++) {
    if (!shown.has(n)) {
      let end = n;
      while (end < lines.length && !shown.has(end)) end++;
      const first = n;
      rows.push(
        <li class="fold" key={`fold${n}`}>
          <button type="button" onClick={() => setOpen([...open, first])}>⋯ {words.lines(end - n)}</button>
        </li>,
      );
      n = end - 1;
      continue;
    }
    const line = lines[n]!;
    while (at < marks.length && marks[at]!.end <= line.start) at++;
    const here: { mark: Mark; index: number }[] = [];
    for (let i = at; i < marks.length && marks[i]!.start < Math.max(line.next, line.start + 1); i++) here.push({ mark: marks[i]!, index: i });
    rows.push(<Row key={n} number={n + 1} line={line} here={here} {...props} />);
  }
  return (
    <figure class="annotated" aria-labelledby={id}>
      <figcaption id={id}>
        {words.marked(props.name)}
        {props.hint && <small>{props.hint}</small>}
      </figcaption>
      <ol class="code">{rows}</ol>
    </figure>
  );
}

/** Which lines are shown: marked ones with those around them, and what somebody opened. A fold hides two lines at least. */
function shownLines(lines: readonly Line[], marks: readonly Mark[], open: readonly number[]): Set<number> {
  const shown = new Set<number>();
  const lineAt = (index: number) => {
    let low = 0;
    let high = lines.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (lines[middle]!.start <= index) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  const show = (n: number) => { if (n >= 0 && n < lines.length) shown.add(n); };
  for (const mark of marks) {
    const first = lineAt(mark.start);
    for (let n = first - around; n <= lineAt(mark.end - 1) + around; n++) show(n);
  }
  if (marks.length === 0) for (let n = 0; n < 2 * around; n++) show(n);
  for (const first of open) for (let n = first; n < lines.length && !shown.has(n); n++) show(n);
  for (let n = 0; n < lines.length; n++) if (!shown.has(n) && (n === 0 || shown.has(n - 1)) && (n === lines.length - 1 || shown.has(n + 1))) show(n);
  return shown;
}

function Row(props: AnnotatedProps & { number: number; line: Line; here: { mark: Mark; index: number }[] }) {
  const { text, line, here } = props;
  const pieces = [];
  let at = line.start;
  for (const { mark, index } of here) {
    const start = Math.max(mark.start, line.start);
    const end = Math.min(mark.end, Math.max(line.end, line.next));
    if (start > at) pieces.push(<Plain key={at} text={text.slice(at, start)} />);
    if (end > start) pieces.push(<Marked key={`m${index}`} {...props} mark={mark} text={text.slice(start, end)} first={mark.start >= line.start} />);
    at = Math.max(at, end);
  }
  if (at < line.end) pieces.push(<Plain key={at} text={text.slice(at, line.end)} />);
  return (
    <li>
      <span class="number" aria-hidden="true">{props.number}</span>
      <code>{pieces}</code>
    </li>
  );
}

function Marked(props: AnnotatedProps & { mark: Mark; text: string; first: boolean }) {
  const words = useWords();
  const { mark } = props;
  const worst = mark.findings.map(props.severity).sort((a, b) => rank[a] - rank[b])[0]!;
  return (
    <mark class={worst} data-findings={mark.findings.join(" ")} {...(props.first && { "data-first": "", tabIndex: -1 })}>
      <Visible text={props.text} whole />
      {props.first && mark.findings.map((f) => (
        <button key={f} type="button" class={`badge ${props.severity(f)}`} aria-label={`${words.markLabel(String(f + 1))}: ${props.message(f)}`} title={props.message(f)}
          onClick={() => props.onBadge(f)}>{f + 1}</button>
      ))}
    </mark>
  );
}

const rank = { error: 0, warning: 1, notice: 2 };

function Plain({ text }: { text: string }) {
  const words = useWords();
  const [whole, show] = useState(false);
  if (whole || text.length <= longest) return <Visible text={text} />;
  const half = longest / 2;
  return (
    <>
      <Visible text={text.slice(0, half)} />
      <button type="button" class="cut" onClick={() => show(true)}>⋯ {words.characters(text.length - longest)} ⋯</button>
      <Visible text={text.slice(-half)} />
    </>
  );
}

const names: Record<string, string> = { "\r\n": "CR LF", "\r": "CR", "\n": "LF", "\t": "TAB", "\u00a0": "NBSP", "\ufeff": "BOM" };

/** Text whose unprintable characters are seen. Where a mark is, blanks and line breaks are seen too. */
function Visible({ text, whole }: { text: string; whole?: boolean }) {
  const pattern = whole ? /\r\n|[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu : /[^\p{L}\p{M}\p{N}\p{P}\p{S} \t]/gu;
  const pieces = [];
  let at = 0;
  for (const m of text.matchAll(pattern)) {
    if (m.index > at) pieces.push(text.slice(at, m.index));
    pieces.push(<span class="invisible" key={m.index}>{names[m[0]] ?? `U+${m[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`}</span>);
    at = m.index + m[0].length;
  }
  pieces.push(text.slice(at));
  return <span class={whole && /^ +$/.test(text) ? "blanks" : undefined}>{pieces}</span>;
}
