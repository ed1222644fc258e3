// Small things that many parts of the page use.
import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { useWords } from "../words.js";

const paths = {
  error: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM5.6 5.6l4.8 4.8m0-4.8-4.8 4.8",
  warning: "M8 2 1.6 13.4h12.8L8 2Zm0 4.4v3.4m0 1.7v.2",
  notice: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM8 7.2v3.9m0-6.3v.2",
  accepted: "M8 1.5a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13ZM5 8.2l2.2 2.2L11.2 6",
  lock: "M4.5 7V5a3.5 3.5 0 0 1 7 0v2M3 7h10v7H3V7Zm5 3v1.6",
  copy: "M5.5 5.5V2.5h8v8h-3m0-5h-8v8h8v-8Z",
  download: "M8 2v8m0 0L5 7m3 3 3-3M2.5 13.5h11",
  file: "M9 1.8H3.5v12.4h9V5.3L9 1.8Zm0 0v3.5h3.5",
  place: "M8 1.5v3m0 7v3m-6.5-6.5h3m7 0h3M8 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  clear: "m4 4 8 8m0-8-8 8",
  eye: "M1.5 8S4 3.5 8 3.5 14.5 8 14.5 8 12 12.5 8 12.5 1.5 8 1.5 8ZM8 6a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
  wrench: "M13.8 4.2a3.6 3.6 0 0 1-4.8 4.6l-5 5-1.8-1.8 5-5a3.6 3.6 0 0 1 4.6-4.8L9.6 4.4l2 2 2.2-2.2Z",
  swap: "M3 5.5h10m0 0L10.5 3M13 5.5 10.5 8M13 10.5H3m0 0L5.5 8M3 10.5 5.5 13",
};

export type IconName = keyof typeof paths;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={paths[name]} fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" />
    </svg>
  );
}

export function Button(props: {
  icon?: IconName; onClick: (event: MouseEvent) => void; children?: ComponentChildren; kind?: "primary" | "quiet"; label?: string;
  describedBy?: string;
}) {
  return (
    <button type="button" class={`button ${props.kind ?? ""}`} onClick={props.onClick} aria-label={props.label} title={props.label}
      aria-describedby={props.describedBy}>
      {props.icon && <Icon name={props.icon} />}
      {props.children && <span>{props.children}</span>}
    </button>
  );
}

/** A sentence, in which BEGIN and END lines are not broken at their hyphens. */
export function Sentence({ text }: { text: string }) {
  return <>{text.split(/(-{3,}[^-\s][^-]*-{3,})/).map((piece, i) => (i % 2 === 1 ? <span key={i} class="boundary">{piece}</span> : piece))}</>;
}

/** Copies a text, and says so where it was asked for. */
export function CopyButton({ text, what }: { text: string; what: string }) {
  const words = useWords();
  const [said, say] = useState("");
  const timer = useRef(0);
  const copy = async () => {
    let outcome = words.copied;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      outcome = words.copyFailed;
    }
    say(outcome);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => say(""), 2500);
  };
  return (
    <button type="button" class="button" onClick={copy} aria-label={`${words.copy}: ${what}`}>
      <Icon name={said === words.copied ? "accepted" : "copy"} />
      <span role="status">{said || words.copy}</span>
    </button>
  );
}

export function DownloadButton({ text, name }: { text: string; name: string }) {
  const words = useWords();
  return <Button icon="download" label={`${words.download}: ${name}`} onClick={() => download(text, name)}>{words.download}</Button>;
}

export function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/x-pem-file" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser may read it after the click.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/** A part of the verdict's side, under a heading. */
export function Panel({ title, id, children, aside }: { title: string; id: string; children: ComponentChildren; aside?: ComponentChildren }) {
  return (
    <section class="panel" aria-labelledby={id}>
      <div class="panel-head">
        <h3 id={id}>{title}</h3>
        {aside}
      </div>
      {children}
    </section>
  );
}
