// All fields of all certificates, and what is known of the keys.
import type { Certificate, Report } from "@certloupe/wasm";
import type { ComponentChildren } from "preact";
import { safe } from "../text/safe.js";
import { useWords } from "../words.js";
import { keyOf, nameOf } from "./chain.js";
import { CopyButton, Panel } from "./parts.js";

export function Certificates({ certificates }: { certificates: readonly Certificate[] }) {
  const words = useWords();
  return (
    <Panel id="certificates" title={words.certificates} aside={<span class="count">{certificates.length}</span>}>
      {certificates.map((c, i) => (
        <details key={`${c.fingerprint} ${i}`} class="certificate">
          <summary>
            <span class="index">{i + 1}</span>
            <span class="who"><strong>{nameOf(c)}</strong><small>{keyOf(c)} · {safe(words.fromInput(c.input, c.block))}</small></span>
          </summary>
          <Fields certificate={c} />
        </details>
      ))}
    </Panel>
  );
}

function Fields({ certificate: c }: { certificate: Certificate }) {
  const words = useWords();
  const n = words.fieldNames;
  const rows: [string, ComponentChildren][] = [
    [n.subject, <Name name={c.subject_attributes} fallback={c.subject} key="s" />],
    [n.issuer, <Name name={c.issuer_attributes} fallback={c.issuer} key="i" />],
    [n.validity, `${c.not_before ?? "–"} – ${c.not_after ?? "–"}`],
    [n.san, list(c.san?.map((s) => `${s.type}: ${s.value}`))],
    [n.public_key, keyOf(c) + (c.public_key.curve && c.public_key.bits ? ` (${c.public_key.bits})` : "")],
    [n.signature_algorithm, safe(c.signature_algorithm)],
    [n.is_ca, c.is_ca ? `${words.yes}${c.path_len === undefined ? "" : ` (pathLen ${c.path_len})`}` : words.no],
    [n.key_usage, list(c.key_usage)],
    [n.ext_key_usage, list(c.ext_key_usage)],
    [n.serial_hex, <><code class="hex">{hex(c.serial_hex)}</code> <small>{c.serial_number}</small></>],
    [n.version, String(c.version)],
    [n.subject_key_id, code(c.subject_key_id)],
    [n.authority_key_id, code(c.authority_key_id)],
    [n.ocsp, list(c.ocsp)],
    [n.ca_issuers, list(c.ca_issuers)],
    [n.crl, list(c.crl)],
    [n.friendly_name, c.friendly_name && safe(c.friendly_name)],
    [n.container, c.container],
    [n.fingerprint, <Fingerprint key="f" value={c.fingerprint} name={n.fingerprint} />],
    [n.fingerprint_sha1, <Fingerprint key="f1" value={c.fingerprint_sha1} name={n.fingerprint_sha1} />],
    [n.fingerprint_sm3, <Fingerprint key="f3" value={c.fingerprint_sm3} name={n.fingerprint_sm3} />],
  ];
  return (
    <>
      <dl class="fields">
        {rows.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {c.extensions && c.extensions.length > 0 && (
        <>
          <h4>{words.extensions}</h4>
          <dl class="fields extensions">
            {c.extensions.map((e, i) => (
              <div key={i}>
                <dt>{safe(e.name ?? e.oid)}{e.critical && <em> {words.critical}</em>}{e.malformed && <em class="bad"> {words.malformed}</em>}</dt>
                <dd>{e.value === undefined ? <code class="hex">{hex(e.raw ?? "")}</code> : <Json value={e.value} />}</dd>
              </div>
            ))}
          </dl>
        </>
      )}
    </>
  );
}

function Name({ name, fallback }: { name: Certificate["subject_attributes"]; fallback: string }) {
  if (!name || name.length === 0) return <>{safe(fallback) || "–"}</>;
  return (
    <ul class="name">
      {name.flat().map((a, i) => <li key={i}><span class="attribute" title={a.type}>{safe(a.name ?? a.oid)}</span> {safe(a.value)}</li>)}
    </ul>
  );
}

function Fingerprint({ value, name }: { value: string; name: string }) {
  return <span class="fingerprint"><code class="hex">{hex(value)}</code><CopyButton text={value} what={name} /></span>;
}

function list(values: readonly string[] | undefined): ComponentChildren {
  return values && values.length > 0 && <ul class="plain">{values.map((v, i) => <li key={i}>{safe(v)}</li>)}</ul>;
}

function code(value: string | undefined): ComponentChildren {
  return value && <code class="hex">{hex(value)}</code>;
}

function hex(value: string): string {
  return value.replace(/(..)(?=.)/g, "$1:");
}

/** A value of an extension as indented text, without the signs of JSON. */
function Json({ value }: { value: unknown }) {
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    const numbered = Array.isArray(value);
    return (
      <ul class="plain">
        {entries.map(([key, v]) => <li key={key}>{!numbered && <span class="attribute">{safe(key)} </span>}<Json value={v} /></li>)}
      </ul>
    );
  }
  return <>{safe(String(value))}</>;
}

export function Keys({ keys }: { keys: Report["keys"] }) {
  const words = useWords();
  return (
    <Panel id="keys" title={words.keys} aside={<span class="count">{keys.length}</span>}>
      <ul class="keys">
        {keys.map((k, i) => (
          <li key={i}>
            <strong>{safe([k.algorithm, k.bits].filter(Boolean).join(" "))}</strong>
            <span>{[k.format, safe(words.fromInput(k.input, k.block)), k.encryption && words.encryptedBy(safe(k.encryption)),
              k.certificate === undefined ? words.belongsToNone : words.belongsTo(k.certificate + 1)].filter(Boolean).join(" · ")}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

export function ResponsePanel({ response }: { response: NonNullable<Report["response"]> }) {
  const words = useWords();
  const text = JSON.stringify(response, null, 2);
  return (
    <Panel id="response" title={words.response} aside={<CopyButton text={text} what={words.response} />}>
      <p class="quiet">{words.responseText}</p>
      <pre tabIndex={0}><code>{text.split("\n").map(safe).join("\n")}</code></pre>
    </Panel>
  );
}
