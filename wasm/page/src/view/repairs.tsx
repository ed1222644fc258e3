// What can be had in a better form: repaired texts, and chains in their right order.
import type { Report } from "@certloupe/wasm";
import { useWords } from "../words.js";
import { nameOf as nameOfCertificate } from "./chain.js";
import { Button, CopyButton, DownloadButton, Panel } from "./parts.js";

export interface RepairsProps {
  readonly report: Report;
  readonly nameOf: (input: string) => string;
  readonly onUse: (input: string, text: string) => void;
  readonly onMend: (input: string) => void;
}

/** What is no PEM but can be made into it. */
const convertible = new Set(["der-instead-of-pem", "container-pkcs7", "container-pkcs12", "container-java-keystore"]);

export function Repairs({ report, nameOf, onUse, onMend }: RepairsProps) {
  const words = useWords();
  const repaired = new Set(report.repaired.map((r) => r.input));
  const convert = new Set(report.findings.filter((f) => convertible.has(f.code) && f.severity === "error").map((f) => f.where?.input ?? ""));
  const others = [...convert].filter((input) => input !== "" && !repaired.has(input));
  return (
    <>
      {report.repaired.length + others.length > 0 && (
        <Panel id="repairs" title={words.repairs}>
          <ul class="offers">
            {report.repaired.map((r) => (
              <li key={r.input} data-input={r.input}>
                <div>
                  <strong>{nameOf(r.input)}</strong>
                  <p>{r.pem === undefined ? words.repairSecret : words.repairText}</p>
                </div>
                <div class="actions">
                  {r.pem === undefined
                    ? <Button kind="primary" icon="wrench" label={`${words.useSecret}: ${nameOf(r.input)}`} onClick={() => onMend(r.input)}>{words.useSecret}</Button>
                    : <>
                        <Button kind="primary" icon="wrench" label={`${words.use}: ${nameOf(r.input)}`} onClick={() => onUse(r.input, r.pem!)}>{words.use}</Button>
                        <CopyButton text={r.pem} what={`${words.repairs}, ${nameOf(r.input)}`} />
                        <DownloadButton text={r.pem} name={`${r.input}-repaired.pem`} />
                      </>}
                </div>
              </li>
            ))}
            {others.map((input) => (
              <li key={input} data-input={input}>
                <div>
                  <strong>{nameOf(input)}</strong>
                  <p>{words.convertText}</p>
                </div>
                <div class="actions">
                  <Button kind="primary" icon="wrench" label={`${words.convert}: ${nameOf(input)}`} onClick={() => onMend(input)}>{words.convert}</Button>
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
      {report.reassembled && (
        <Panel id="reassembled" title={words.reassembled}>
          <ul class="offers">
            {report.reassembled.map((r) => (
              <li key={r.input} data-input={r.input}>
                <div>
                  <strong>{nameOf(r.input)}</strong>
                  <p>{r.certificates.map((i) => report.certificates[i] ? nameOfCertificate(report.certificates[i]!) : words.certificate(i + 1)).join(" → ")}</p>
                </div>
                <div class="actions">
                  <Button kind="primary" icon="swap" label={`${words.useReassembled}: ${nameOf(r.input)}`} onClick={() => onUse(r.input, r.pem)}>{words.useReassembled}</Button>
                  <CopyButton text={r.pem} what={`${words.reassembled}, ${nameOf(r.input)}`} />
                  <DownloadButton text={r.pem} name={`${r.input}-chain.pem`} />
                </div>
              </li>
            ))}
          </ul>
        </Panel>
      )}
    </>
  );
}
