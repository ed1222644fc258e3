// The right side: the verdict, and everything that led to it.
import type { Finding } from "@certloupe/wasm";
import type { Judged } from "../engine.js";
import type { Judgement } from "../judgement.js";
import type { Upload } from "../profiles.js";
import { useWords } from "../words.js";
import { Certificates, Keys, ResponsePanel } from "./certificates.js";
import { Chains } from "./chain.js";
import { Findings, type FindingsProps } from "./findings.js";
import { PairPanel } from "./pairing.js";
import { Button, Icon } from "./parts.js";
import { Repairs } from "./repairs.js";
import { Timeline } from "./timeline.js";

export interface ResultsProps extends Omit<FindingsProps, "findings"> {
  readonly judgement: Judgement;
  readonly upload: Upload;
  readonly findings: readonly Finding[];
  readonly onUse: (input: string, text: string) => void;
  readonly onMend: (input: string) => void;
  readonly onExchange: (keysOnly: boolean) => void;
  readonly onExample: () => void;
}

export function Results(props: ResultsProps) {
  const { judgement } = props;
  const words = useWords();
  const judged = judgement.state === "judged" ? judgement.judged : judgement.state === "checking" ? judgement.last : undefined;
  return (
    <section class="pane results" aria-labelledby="verdict-title" aria-busy={judgement.state === "checking"}>
      <h2 id="verdict-title" tabIndex={-1} class="visually-hidden">{words.verdict}</h2>
      <div role="status" aria-live="polite" aria-atomic="true"><Verdict judgement={judgement} judged={judged} /></div>
      {judgement.state === "empty" && <Empty onExample={props.onExample} />}
      {judged && judgement.state !== "failed" && <Report {...props} judged={judged} />}
    </section>
  );
}

function Verdict({ judgement, judged }: { judgement: Judgement; judged: Judged | undefined }) {
  const words = useWords();
  if (judgement.state === "empty") return null;
  if (judgement.state === "failed") {
    return <div class="verdict failed"><Icon name="error" /><div><strong>{words.failed}</strong><p>{words.failedText(judgement.message)}</p></div></div>;
  }
  if (!judged) return <div class="verdict checking"><span class="spinner" aria-hidden="true" /><div><strong>{words.checking}</strong></div></div>;
  const { verdict, findings, profile } = judged.report;
  const count = (severity: Finding["severity"]) => findings.filter((f) => f.severity === severity).length;
  return (
    <div class={`verdict ${verdict}`} data-verdict={verdict}>
      <Icon name={verdict === "accepted" ? "accepted" : "error"} />
      <div>
        <strong>{words[verdict]}</strong>
        <p>{words.count(count("error"), count("warning"), count("notice"))} · {words.profile[profile][0]}</p>
      </div>
    </div>
  );
}

function Empty({ onExample }: { onExample: () => void }) {
  const words = useWords();
  return (
    <div class="empty">
      <h3>{words.emptyTitle}</h3>
      <p>{words.emptyText}</p>
      <ul>{words.emptyPoints.map((p) => <li key={p}><Icon name="accepted" />{p}</li>)}</ul>
      <Button kind="primary" onClick={onExample}>{words.example}</Button>
      <p class="quiet">{words.privacyMore}</p>
    </div>
  );
}

function Report(props: ResultsProps & { judged: Judged }) {
  const { judged, upload } = props;
  const { report } = judged;
  const now = upload.day ? new Date(`${upload.day}T00:00:00Z`) : new Date();
  return (
    <>
      <Repairs report={report} nameOf={props.nameOf} onUse={props.onUse} onMend={props.onMend} />
      <Findings {...props} />
      {report.pairing && (
        <PairPanel pairing={report.pairing} nameOf={props.nameOf} onExchange={() => props.onExchange(false)} onExchangeKeys={() => props.onExchange(true)} />
      )}
      <Chains chains={judged.chains} now={now} nameOfInput={props.nameOf} />
      {report.certificates.length > 0 && <Timeline certificates={report.certificates} now={now} isNow={!upload.day} />}
      {report.response && <ResponsePanel response={report.response} />}
      {report.certificates.length > 0 && <Certificates certificates={report.certificates} />}
      {report.keys.length > 0 && <Keys keys={report.keys} />}
    </>
  );
}
