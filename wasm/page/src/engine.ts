// What is asked of the library. It runs in a Worker; nothing is sent anywhere.
import { initialize, type Certloupe, type ChainReport, type CheckOptions, type CheckParts, type Named, type Report } from "@certloupe/wasm";
import EngineWorker from "@certloupe/wasm/worker?worker";
import { members } from "./text/body.js";
import { shapeOf, type Part, type Upload } from "./profiles.js";
import type { Source } from "./text/source.js";

// Started before anything is drawn, so that the module is on its way while the page is made, and the Worker gets ready
// while the module is compiled. When a call is aborted the Worker is ended, and the next one is a new one.
let ready: Worker | undefined = new EngineWorker();
const starting: Promise<Certloupe> = initialize({
  worker: () => {
    const worker = ready ?? new EngineWorker();
    ready = undefined;
    return worker;
  },
});
// A failure is shown by the first check, which waits for the same promise.
starting.catch(() => {});

export function engine(): Promise<Certloupe> {
  return starting;
}

/** Reports of an upload: on it, and on the paths of its certificates. */
export interface Judged {
  readonly report: Report;
  readonly chains: readonly { input: string; report: ChainReport }[];
  /** What was judged, by the names that reports use. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** Judges what was put in. */
export async function judge(upload: Upload, sources: ReadonlyMap<string, Source>, signal: AbortSignal): Promise<Judged> {
  const lib = await engine();
  signal.throwIfAborted();
  const report = upload.whole ? await judgeBody(lib, upload, signal) : await judgeFields(lib, upload, signal);
  const chains = [];
  for (const input of chainInputs(report)) {
    const source = sources.get(input);
    if (source) chains.push({ input, report: await lib.chain(named(input, source), chainOptions(upload, sources, signal)) });
  }
  return { report, chains, sources };
}

/** Returns what was put in by the names that reports use: of a body, the texts of its members too. */
export function judgedSources(upload: Upload, decode: (text: string) => Source): Map<string, Source> {
  const found = new Map<string, Source>();
  if (!upload.whole) {
    for (const [part, name] of Object.entries(shapeOf(upload.profile).parts)) {
      const source = upload.sources[part as Part];
      if (source && source.bytes.length > 0) found.set(name, source);
    }
    return found;
  }
  const body = upload.sources.body;
  if (!body) return found;
  found.set("body", body);
  for (const member of members(body.text ?? "")) if (member.text) found.set(member.name, decode(member.text));
  if (shapeOf(upload.profile).operation === "update-ca-certificate") {
    const { certificate, record } = upload.sources;
    if (certificate) found.set("certificate", certificate);
    if (record) found.set("record", record);
  }
  return found;
}

async function judgeFields(lib: Certloupe, upload: Upload, signal: AbortSignal): Promise<Report> {
  const shape = shapeOf(upload.profile);
  const parts: CheckParts = {};
  for (const part of Object.keys(shape.parts) as Part[]) {
    const source = upload.sources[part];
    if (source && source.bytes.length > 0) parts[part] = source.bytes;
  }
  const options: CheckOptions = { signal, ...time(upload) };
  for (const value of shape.values) {
    const given = upload.values[value];
    if (!given) continue;
    if (value === "password") parts.password = given;
    else options[value] = given;
  }
  return lib.check(upload.profile, parts, options);
}

async function judgeBody(lib: Certloupe, upload: Upload, signal: AbortSignal): Promise<Report> {
  const operation = shapeOf(upload.profile).operation!;
  const { body, record, certificate } = upload.sources;
  const parts = operation === "update-ca-certificate" ? { record: record?.bytes, certificate: certificate?.bytes } : {};
  return lib.request(operation, body?.bytes ?? "", { signal, ...time(upload) }, parts);
}

function time(upload: Upload): { time?: string } {
  return upload.day ? { time: `${upload.day}T00:00:00Z` } : {};
}

/** The inputs that have certificates which should lead to a root. */
function chainInputs(report: Report): string[] {
  const inputs = new Set(report.certificates.map((c) => c.input));
  for (const name of ["trusted_root", "trusted_root_ca", "ca", "verification_certificate"]) inputs.delete(name);
  return [...inputs];
}

function chainOptions(upload: Upload, sources: ReadonlyMap<string, Source>, signal: AbortSignal) {
  const roots = ["trusted_root", "trusted_root_ca", "ca"].flatMap((name) => (sources.has(name) ? [named(name, sources.get(name)!)] : []));
  const password = upload.values.password;
  return { signal, roots, ...time(upload), ...(password && { password }) };
}

function named(name: string, source: Source): Named {
  return { name, data: source.bytes };
}

/** A text mended on a person's explicit wish. It has private keys only where one belongs. */
export async function mend(input: string, source: Source, password: string | undefined): Promise<string | null> {
  const lib = await engine();
  const fixed = await lib.fix(named(input, source), { keys: input.startsWith("private_key") || input === "sign_private_key", ...(password && { password }) });
  if (!fixed.text) return null;
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(fixed.text);
  fixed.text.fill(0);
  return text;
}
