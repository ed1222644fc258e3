// The findings, in plain words.
import type { Finding } from "@certloupe/wasm";
import { useState } from "preact/hooks";
import { safe } from "../text/safe.js";
import { said, useLocale, useWords, why } from "../words.js";
import { Button, Icon, Sentence } from "./parts.js";

export type Severity = Finding["severity"];

const order: readonly Severity[] = ["error", "warning", "notice"];

/** Returns the findings in the order in which they are shown, which gives them their numbers. */
export function sorted(findings: readonly Finding[]): Finding[] {
  return order.flatMap((severity) => findings.filter((f) => f.severity === severity));
}

export interface FindingsProps {
  readonly findings: readonly Finding[];
  /** Whether the finding's place is marked in a text. */
  readonly isMarked: (finding: number) => boolean;
  /** What a person calls an input. */
  readonly nameOf: (input: string) => string;
  readonly onShow: (finding: number) => void;
  readonly canGo: (input: string) => boolean;
  readonly onGo: (input: string) => void;
}

export function Findings(props: FindingsProps) {
  const words = useWords();
  return (
    <>
      {order.map((severity) => {
        const list = props.findings.map((finding, number) => ({ finding, number })).filter(({ finding }) => finding.severity === severity);
        return list.length > 0 && (
          <section key={severity} class="findings" aria-labelledby={`findings-${severity}`}>
            <h3 id={`findings-${severity}`}>{words.severities[severity]} <span class="count">{list.length}</span></h3>
            <ol>
              {list.map(({ finding, number }) => <Card key={`${finding.code} ${number}`} {...props} finding={finding} number={number} />)}
            </ol>
          </section>
        );
      })}
    </>
  );
}

function Card(props: FindingsProps & { finding: Finding; number: number }) {
  const { finding, number } = props;
  const words = useWords();
  const locale = useLocale();
  const { message, fix } = said(locale, finding);
  const where = finding.where;
  const { found, expected } = { found: undefined, expected: undefined, ...finding.data } as Record<string, unknown>;
  return (
    <li class={`finding ${finding.severity}`} data-code={finding.code}>
      <span class="badge" aria-hidden="true">{number + 1}</span>
      <h4 id={`finding-${number}`} tabIndex={-1}>
        <span class="visually-hidden">{words.severity[finding.severity]} {number + 1}: </span>
        <Sentence text={message} />
      </h4>
      {typeof found === "string" && typeof expected === "string" && finding.code.startsWith("pem-") && (
        <dl class="diff">
          <dt>{words.found}</dt><dd><del>{safe(found)}</del></dd>
          <dt>{words.expected}</dt><dd><ins>{safe(expected)}</ins></dd>
        </dl>
      )}
      {fix && <p class="fix"><Icon name="wrench" /><span><strong class="visually-hidden">{words.fix}: </strong><Sentence text={fix} /></span></p>}
      <div class="meta">
        {where?.input && (props.isMarked(number)
          ? <Button kind="quiet" icon="place" label={`${words.showPlace}: ${words.place(props.nameOf(where.input), where.line, where.block)}`}
              describedBy={`finding-${number}`} onClick={() => props.onShow(number)}>{words.place(props.nameOf(where.input), where.line, where.block)}</Button>
          : props.canGo(where.input)
            ? <Button kind="quiet" icon="place" label={words.goTo(props.nameOf(where.input))} describedBy={`finding-${number}`}
                onClick={() => props.onGo(where.input!)}>{props.nameOf(where.input)}</Button>
            : <span>{safe(where.input)}</span>)}
        <Why code={finding.code} reference={finding.ref} vendorCode={finding.vendor_code} />
      </div>
    </li>
  );
}

function Why({ code, reference, vendorCode }: { code: string; reference: string | undefined; vendorCode: string | undefined }) {
  const words = useWords();
  const locale = useLocale();
  const [text, setText] = useState<{ language: string; text: string | undefined }>();
  const [open, setOpen] = useState(false);
  if (open && text?.language !== locale.language) {
    void why(locale, code).then((text) => setText({ language: locale.language, text }), () => {});
  }
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{words.why}</summary>
      <p class="why">{open ? (text?.text ?? "…") : ""}</p>
      <dl class="refs">
        {reference && <><dt>{words.reference}</dt><dd>{reference}</dd></>}
        {vendorCode && <><dt>{words.vendorCode}</dt><dd><code>{vendorCode}</code></dd></>}
        <dt>ID</dt><dd><code>{code}</code></dd>
      </dl>
    </details>
  );
}
