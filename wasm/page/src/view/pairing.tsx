// What was learned of a signing and an encryption certificate.
import type { Report } from "@certloupe/wasm";
import { safe } from "../text/safe.js";
import { useWords } from "../words.js";
import { Button, Panel } from "./parts.js";

type Pairing = NonNullable<Report["pairing"]>;

export function PairPanel(props: { pairing: Pairing; nameOf: (input: string) => string; onExchange?: (() => void) | undefined; onExchangeKeys?: (() => void) | undefined }) {
  const { pairing, nameOf } = props;
  const words = useWords();
  const halves = [[words.pairSigning, pairing.signing], [words.pairEncryption, pairing.encryption]] as const;
  const wrong = pairing.swapped || pairing.keys_swapped;
  return (
    <Panel id="pair" title={words.pair + (pairing.algorithm ? ` (${pairing.algorithm})` : "")}>
      <p class={wrong ? "state expired" : "state valid"}>
        {pairing.swapped ? words.pairSwapped : pairing.keys_swapped ? words.pairKeysSwapped : words.pairRight}
      </p>
      <div class="pair">
        {halves.map(([title, half]) => (
          <dl key={title}>
            <dt>{words.pairRole}</dt><dd class="title">{title}</dd>
            <dt>{words.pairIn}</dt><dd>{half?.input ? nameOf(half.input) : words.pairNotFound}</dd>
            {half && <><dt>{words.pairUsage}</dt><dd>{half.key_usage.map(safe).join(", ") || "–"}</dd></>}
            {half && <><dt>{words.pairKey}</dt><dd>{half.key_found && half.key_input ? words.pairKeyFound(nameOf(half.key_input)) : words.pairNotFound}</dd></>}
          </dl>
        ))}
      </div>
      <div class="actions">
        {pairing.swapped && props.onExchange && <Button kind="primary" icon="swap" onClick={props.onExchange}>{words.exchange}</Button>}
        {!pairing.swapped && pairing.keys_swapped && props.onExchangeKeys && <Button kind="primary" icon="swap" onClick={props.onExchangeKeys}>{words.exchangeKeys}</Button>}
      </div>
      {pairing.advice.length > 0 && (
        <details>
          <summary>{words.pairAdvice}</summary>
          <div class="table" tabIndex={0} role="region" aria-label={words.pairAdvice}>
            <table>
              <thead><tr><th scope="col">{words.pairFor}</th><th scope="col">{words.pairSigning}</th><th scope="col">{words.pairEncryption}</th></tr></thead>
              <tbody>
                {pairing.advice.map((a) => <tr key={a.for}><th scope="row">{a.for}</th><td>{a.signing}</td><td>{a.encryption}</td></tr>)}
              </tbody>
            </table>
          </div>
        </details>
      )}
    </Panel>
  );
}
