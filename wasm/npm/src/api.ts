import type { Engine } from "./engine.js";
import { CertloupeError } from "./errors.js";
import { parts as read, type Given } from "./parts.js";
import type {
  CallOptions, Certloupe, ChainOptions, CheckOptions, CheckParts, Files, FixOptions, FixResult, Input, InspectOptions, Named, OCSPParts,
  OCSPRequestOptions, OCSPRequestResult, Operation, Profile, RequestOptions, RequestParts, SummaryOptions, VerifyOCSPOptions, VerifyOCSPParts,
} from "./types.js";
import type { ChainReport, Fix, OCSPRequest, OCSPResult, Report, Rule, SummaryRow } from "./types.generated.js";

type MaybeRaw<T> = T & { raw?: boolean };

// What a function returns depends on raw, which the interface says and an implementation cannot.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Result = Promise<any>;

/** The functions of the package: each makes a call of wasm/bridge and reads its result. */
export class Api implements Certloupe {
  readonly #engine: Engine;

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  async inspect(files: Files, options: MaybeRaw<InspectOptions> = {}): Result {
    const { password, keyBlocklist, ...rest } = options;
    return json<Report>(await this.#call("inspect", rest, { file: files, password, key_blocklist: keyBlocklist }), rest.raw);
  }

  async check(profile: Profile, parts: CheckParts, options: MaybeRaw<CheckOptions> = {}): Result {
    const { keyBlocklist, ...rest } = options;
    return json<Report>(await this.#call("check", { ...rest, profile }, { ...snakeKeys(parts), key_blocklist: keyBlocklist }), rest.raw);
  }

  async request(operation: Operation, body: Input | null, options: MaybeRaw<RequestOptions> = {}, parts: RequestParts = {}): Result {
    const { keyBlocklist, ...rest } = options;
    const given = { body: body ?? undefined, ...snakeKeys(parts), key_blocklist: keyBlocklist };
    return json<Report>(await this.#call("request", { ...rest, operation }, given), rest.raw);
  }

  async chain(files: Files, options: MaybeRaw<ChainOptions> = {}): Result {
    const { roots, intermediates, crls, ocspResponses, password, keyBlocklist, ...rest } = options;
    const given = { file: files, root: roots, intermediate: intermediates, crl: crls, ocsp_response: ocspResponses, password, key_blocklist: keyBlocklist };
    return json<ChainReport>(await this.#call("chain", rest, given), rest.raw);
  }

  async summary(files: Files, options: MaybeRaw<SummaryOptions> = {}): Result {
    const { keyBlocklist, ...rest } = options;
    const rows = text(await this.#call("summary", rest, { file: files, key_blocklist: keyBlocklist }));
    if (rest.raw) return rows;
    // One array is read faster than many rows; a line break in a value would be escaped.
    return JSON.parse(`[${rows.trimEnd().replaceAll("\n", ",")}]`) as SummaryRow[];
  }

  async fix(file: Input | Named, options: MaybeRaw<FixOptions> = {}): Result {
    const { password, ...rest } = options;
    const result = await this.#call("fix", rest, { file, password });
    const [about, mended] = chunks(result);
    const said = text(about);
    const fixed = JSON.parse(said) as Fix;
    const copy = fixed.mended ? mended.slice() : null;
    result.fill(0); // It may have private keys.
    return rest.raw ? { json: said, text: copy } : ({ ...fixed, text: copy } satisfies FixResult);
  }

  async verifyOCSP(parts: VerifyOCSPParts, options: MaybeRaw<VerifyOCSPOptions> = {}): Result {
    const { response, ...rest } = parts;
    return json<OCSPResult>(await this.#call("verify_ocsp", { ...options }, { ...snakeKeys(rest), ocsp_response: response }), options.raw);
  }

  async ocspRequest(parts: OCSPParts, options: MaybeRaw<OCSPRequestOptions> = {}): Result {
    const [about, body] = chunks(await this.#call("ocsp_request", { ...options }, snakeKeys(parts)));
    const said = text(about);
    if (options.raw) return { json: said, body: body.slice() };
    const request = JSON.parse(said) as OCSPRequest;
    return { ...request, url: request.ocsp[0] ?? null, body: body.slice() } satisfies OCSPRequestResult;
  }

  async explain(code: string, options: MaybeRaw<CallOptions> = {}): Result {
    const { signal, raw } = options;
    // Any other value would ask for all of them.
    if (typeof code !== "string" || code === "") return undefined;
    const rules = await this.#call("rules", { signal, code }, {}).catch((err: unknown) => {
      if (err instanceof CertloupeError && err.code === "call-option") return undefined;
      throw err;
    });
    if (!rules) return undefined;
    return raw ? text(rules) : (JSON.parse(text(rules)) as Rule[])[0];
  }

  async rules(options: MaybeRaw<CallOptions> = {}): Result {
    return json<Rule[]>(await this.#call("rules", { ...options }, {}), options.raw);
  }

  dispose(): void {
    this.#engine.dispose();
  }

  async #call(op: string, options: MaybeRaw<CallOptions> & Record<string, unknown>, given: Given): Promise<Uint8Array<ArrayBuffer>> {
    const { signal, raw: _, ...rest } = options;
    signal?.throwIfAborted();
    const header = headerOf(op, rest);
    const result = read(given).then((parts) => this.#engine.run({ header, parts }, signal));
    return signal ? abortable(result, signal) : result;
  }
}

/** Rejects as soon as the signal is aborted, also while a Blob is read or the module is started anew. */
function abortable<T>(result: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort);
    result.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Writes the header of a call. The module refuses options that it does not have. */
function headerOf(op: string, options: object): string {
  for (const [key, value] of Object.entries(options)) {
    if (!isValue(value)) throw new CertloupeError("call-option", `the option ${key} has a value that it cannot have`);
  }
  return JSON.stringify({ op, options: snakeKeys(options) });
}

/** Whether JSON can have a value. What it cannot have it would leave out, and that would be another call. */
function isValue(value: unknown): boolean {
  if (value instanceof Date) return !Number.isNaN(value.getTime());
  if (Array.isArray(value)) return value.every((v) => v !== undefined && isValue(v));
  return typeof value === "number" ? Number.isFinite(value) : ["undefined", "string", "boolean"].includes(typeof value);
}

/** Renames the members as the module has them: maxSize is max_size there. */
function snakeKeys(members: object): Given {
  return Object.fromEntries(Object.entries(members).map(([key, value]) => [key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`), value])) as Given;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

function json<T>(bytes: Uint8Array, raw: boolean | undefined): T | string {
  const said = text(bytes);
  return raw ? said : (JSON.parse(said) as T);
}

/** Takes a result of two chunks apart, each behind its length. */
function chunks(bytes: Uint8Array<ArrayBuffer>): [Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = view.getUint32(0, true);
  return [bytes.subarray(4, 4 + first), bytes.subarray(8 + first, 8 + first + view.getUint32(4 + first, true))];
}
