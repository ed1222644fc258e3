// The chain as a tree: the root on top, what it vouches for below.
import type { Certificate, ChainReport } from "@certloupe/wasm";
import { safe } from "../text/safe.js";
import { useLocale, useWords } from "../words.js";
import { Panel } from "./parts.js";
import { stateOf } from "./timeline.js";

type Role = "root" | "trusted" | "intermediate" | "leaf" | "missing" | "outside";

export interface Node {
  readonly role: Role;
  readonly certificate?: Certificate;
  /** What is known of a certificate that is not there. */
  readonly missing?: { issuer: string; urls: readonly string[] };
}

export interface Tree {
  /** From the root to the certificate that the chain is for. */
  readonly nodes: readonly Node[];
  readonly apart: readonly Certificate[];
  readonly end: "complete" | "untrusted" | "open" | "missing" | "self";
}

/** Returns the tree of a report on a path. */
export function treeOf(report: ChainReport, input: string): Tree {
  const path = report.path.certificates.map((i) => report.certificates[i]!);
  const nodes: Node[] = path.map((certificate, i) => ({ certificate, role: roleOf(certificate, i, path.length, report.path.anchored) }));
  const top = path.at(-1);
  let end: Tree["end"] = report.path.anchored ? "complete" : "open";
  if (top && !report.path.anchored) {
    if (!top.self_issued) {
      // A root may well be left out, because whoever checks has it.
      if (report.findings.some((f) => f.code === "chain-intermediate-missing")) end = "missing";
      nodes.push({ role: end === "missing" ? "missing" : "outside", missing: { issuer: top.issuer, urls: top.ca_issuers ?? [] } });
    } else end = path.length === 1 ? "self" : "untrusted";
  }
  // The same certificate may be there twice.
  const used = new Set(path.map((c) => c.fingerprint));
  return { nodes: nodes.reverse(), end, apart: report.certificates.filter((c) => c.input === input && !used.has(c.fingerprint)) };
}

function roleOf(certificate: Certificate, i: number, length: number, anchored: boolean): Role {
  if (anchored && i === length - 1) return "trusted";
  if (certificate.self_issued && certificate.is_ca) return "root";
  return i === 0 ? "leaf" : "intermediate";
}

/** What a person calls a certificate: its common name, or the rest of its subject. */
export function nameOf(certificate: Certificate): string {
  return safe(certificate.common_name || certificate.subject || certificate.san?.[0]?.value || certificate.serial_hex);
}

export function Chains({ chains, now, nameOfInput }: { chains: readonly { input: string; report: ChainReport }[]; now: Date; nameOfInput: (input: string) => string }) {
  const words = useWords();
  return (
    <>
      {chains.map(({ input, report }) => {
        const tree = treeOf(report, input);
        if (tree.nodes.length === 0) return null;
        const ends = { complete: words.chainComplete, untrusted: words.chainUntrusted, open: words.chainOpen, missing: words.chainMissing, self: words.chainSelf };
        return (
          <Panel key={input} id={`chain-${input}`} title={chains.length > 1 ? words.chainOf(nameOfInput(input)) : words.chain}>
            <Branch nodes={tree.nodes} now={now} />
            <p class={`chain-end ${tree.end}`}>{ends[tree.end]}</p>
            {tree.apart.length > 0 && (
              <>
                <h4>{words.apart}</h4>
                <ul class="apart">
                  {tree.apart.map((c, i) => <li key={i}><Leaf node={{ role: c.is_ca ? "intermediate" : "leaf", certificate: c }} now={now} /></li>)}
                </ul>
              </>
            )}
          </Panel>
        );
      })}
    </>
  );
}

function Branch({ nodes, now }: { nodes: readonly Node[]; now: Date }) {
  const [node, ...below] = nodes;
  if (!node) return null;
  return (
    <ul class="tree">
      <li>
        <Leaf node={node} now={now} />
        <Branch nodes={below} now={now} />
      </li>
    </ul>
  );
}

function Leaf({ node, now }: { node: Node; now: Date }) {
  const words = useWords();
  const { language } = useLocale();
  const { certificate: c, missing } = node;
  if (missing) {
    return (
      <div class={`node ${node.role}`}>
        <span class="role">{words.role[node.role]}</span>
        <strong>{safe(missing.issuer)}</strong>
        {node.role === "missing" && missing.urls.length > 0 && <p>{words.missingFrom} {missing.urls.map((u) => <code key={u}>{safe(u)}</code>)}</p>}
      </div>
    );
  }
  if (!c) return null;
  const state = stateOf(c, now, language, words);
  return (
    <div class={`node ${node.role}`}>
      <span class="role">{words.role[node.role]}</span>
      <strong>{nameOf(c)}</strong>
      <p>
        <span>{keyOf(c)}</span>
        <span class={`state ${state.kind}`}>{state.text}</span>
        <span class="from">{safe(words.fromInput(c.input, c.block))}</span>
      </p>
    </div>
  );
}

export function keyOf(c: Certificate): string {
  const { algorithm, curve, bits } = c.public_key;
  return safe([algorithm, curve && curve !== algorithm ? curve : undefined, !curve && bits ? String(bits) : undefined].filter(Boolean).join(" "));
}
