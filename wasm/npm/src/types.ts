import type { ChainReport, Fix, OCSPRequest, OCSPResult, Report, Rule, SummaryRow } from "./types.generated.js";

// So that the types can be used without the library "dom".
declare global {
  namespace WebAssembly {
    interface Module {}
  }
  interface AbortSignal {}
  interface Blob {}
  interface Response {}
  interface URL {}
}

/** An input. Text is taken as UTF-8; of a `File` the name is taken too. Inputs are copied, so they stay as they are. */
export type Input = string | Uint8Array | ArrayBuffer | Blob;

/** An input with a name, which results come back to in `input`. */
export interface Named {
  name: string;
  data: Input;
}

/** One input or several, in their order. */
export type Files = Input | Named | readonly (Input | Named)[];

/** What every function takes. */
export interface CallOptions {
  /**
   * Aborts the call, which rejects with the signal's reason. With a Worker that works at any time. Without one, a call
   * that has begun comes to its end, because it keeps the thread.
   */
  signal?: AbortSignal | undefined;
}

/** Asks for the exact bytes of Certloupe's JSON, as text, instead of an object. */
export interface Raw {
  raw: true;
}

/** The options of everything that judges. */
export interface JudgingOptions extends CallOptions {
  /** The instant at which certificates are judged, a `Date` or as RFC 3339 has it; now, if it is absent. */
  time?: Date | string | undefined;
  /** How many days before its end a certificate is reported as expiring soon: 30 if it is absent or 0, never if it is negative. */
  expiringDays?: number | undefined;
  /** The largest input in bytes that is read, 10 MiB if it is absent or 0. A larger one is a finding. */
  maxSize?: number | undefined;
  /** Lists of keys that are known to be weak, as `certloupe --key-blocklist` has them. */
  keyBlocklist?: Input | undefined;
}

export interface InspectOptions extends JudgingOptions {
  /** Of keys and containers. */
  password?: string | Uint8Array | undefined;
}

export type SummaryOptions = JudgingOptions;

/** By whose rules an upload is judged. */
export type Profile = Report["profile"];

/** What is uploaded. Which parts there may be depends on the profile; others are refused. */
export interface CheckParts {
  certificate?: Input | Named | undefined;
  privateKey?: Input | Named | undefined;
  password?: string | Uint8Array | undefined;
  signCertificate?: Input | Named | undefined;
  signPrivateKey?: Input | Named | undefined;
  trustedRoot?: Input | Named | undefined;
  verification?: Input | Named | undefined;
}

export interface CheckOptions extends JudgingOptions {
  /** Takes Chinese, Japanese and Korean characters in names. */
  cjkNames?: boolean | undefined;
  verifyCode?: string | undefined;
  name?: string | undefined;
  type?: string | undefined;
  instanceId?: string | undefined;
  algorithmType?: string | undefined;
  status?: string | undefined;
}

/** The documented operations whose bodies can be judged. */
export type Operation = "add-server-certificate" | "modify-ssl-certificate" | "update-ca-certificate" | "query-device-certificate";

/** What only the service knows. */
export interface RequestOptions extends JudgingOptions {
  cjkNames?: boolean | undefined;
  serverCertificateId?: string | undefined;
  existingCertificates?: number | undefined;
  certificateId?: string | undefined;
  projectId?: string | undefined;
  createTime?: Date | string | undefined;
  updateTime?: Date | string | undefined;
  status?: string | undefined;
}

export interface RequestParts {
  /** The JSON of the service's record. */
  record?: Input | Named | undefined;
  certificate?: Input | Named | undefined;
  trustedRoot?: Input | Named | undefined;
}

export interface ChainOptions extends JudgingOptions {
  /** The certificates that are trusted. */
  roots?: Files | undefined;
  /** Certificates that may help to get from the files to a root. */
  intermediates?: Files | undefined;
  crls?: Files | undefined;
  ocspResponses?: Files | undefined;
  /** Of containers. */
  password?: string | Uint8Array | undefined;
  /** `"rfc5280"`, the default, or what browsers' root programs demand. */
  profile?: "rfc5280" | "webpki" | undefined;
  host?: string | undefined;
  email?: string | undefined;
  uri?: string | undefined;
  /** OIDs; none means any purpose. */
  purposes?: readonly string[] | undefined;
  /** OIDs, of which the path must be valid for one; none means any. */
  policies?: readonly string[] | undefined;
  /** Makes breaches of the rules for issuers errors. */
  conforming?: boolean | undefined;
  allowWeak?: boolean | undefined;
  /** Reports all paths that were tried. */
  allPaths?: boolean | undefined;
  /** What missing evidence means: nothing, the default; a warning; or an error. */
  revocation?: "ignore" | "soft-fail" | "hard-fail" | undefined;
}

export interface FixOptions extends CallOptions {
  password?: string | Uint8Array | undefined;
  maxSize?: number | undefined;
  /** Asks for the private keys of containers, which come out without encryption. */
  keys?: boolean | undefined;
}

/** What was mended, and the mended text. */
export interface FixResult extends Fix {
  /** The mended PEM, or null if there is none. It has private keys if `secret` is true; zero it after use. */
  text: Uint8Array<ArrayBuffer> | null;
}

export interface OCSPParts {
  /** One certificate, as PEM or DER. */
  certificate: Input | Named;
  /** That of its issuer. */
  issuer: Input | Named;
  /** The nonce of the request. */
  nonce?: Uint8Array | ArrayBuffer | undefined;
}

export interface VerifyOCSPParts extends OCSPParts {
  /** What the responder answered. Only a stapled response may be absent. */
  response?: Uint8Array | ArrayBuffer | Blob | undefined;
}

export interface VerifyOCSPOptions extends CallOptions {
  time?: Date | string | undefined;
  skewSeconds?: number | undefined;
  maxAgeSeconds?: number | undefined;
  /** Refuses responses that leave out the nonce. */
  strictNonce?: boolean | undefined;
  /** The response came with the certificate. */
  stapled?: boolean | undefined;
}

export interface OCSPRequestOptions extends CallOptions {
  /** Of the CertID. Responders need not know others than SHA-1, the default. */
  hash?: "SHA-1" | "SHA-256" | "SHA-384" | "SHA-512" | "SM3" | undefined;
}

/**
 * A request to ask whether a certificate was revoked. The addresses are from the certificate, so whoever made
 * it chose them: decide whether to ask.
 */
export interface OCSPRequestResult extends OCSPRequest {
  /** The first responder, or null if the certificate names none. */
  url: string | null;
  /** The request, to be sent by POST as application/ocsp-request. */
  body: Uint8Array<ArrayBuffer>;
}

/** The library. All of it runs here: nothing is sent anywhere. */
export interface Certloupe {
  /** Shows what is in certificates, keys and containers of any form, and what is wrong with each. */
  inspect(files: Files, options: InspectOptions & Raw): Promise<string>;
  inspect(files: Files, options?: InspectOptions): Promise<Report>;
  /** Judges an upload. */
  check(profile: Profile, parts: CheckParts, options: CheckOptions & Raw): Promise<string>;
  check(profile: Profile, parts: CheckParts, options?: CheckOptions): Promise<Report>;
  /** Judges the JSON body of a documented operation; `query-device-certificate` has none, so it is null there. */
  request(operation: Operation, body: Input | null, options: RequestOptions & Raw, parts?: RequestParts): Promise<string>;
  request(operation: Operation, body: Input | null, options?: RequestOptions, parts?: RequestParts): Promise<Report>;
  /** Looks for a path from the first certificate of the files to a trusted root. */
  chain(files: Files, options: ChainOptions & Raw): Promise<string>;
  chain(files: Files, options?: ChainOptions): Promise<ChainReport>;
  /** Says in one row each what is in very many files. With `raw`, rows are lines. */
  summary(files: Files, options: SummaryOptions & Raw): Promise<string>;
  summary(files: Files, options?: SummaryOptions): Promise<SummaryRow[]>;
  /** Repairs or unpacks a file to PEM. */
  fix(file: Input | Named, options: FixOptions & Raw): Promise<{ json: string; text: Uint8Array<ArrayBuffer> | null }>;
  fix(file: Input | Named, options?: FixOptions): Promise<FixResult>;
  /** Judges an OCSP response. */
  verifyOCSP(parts: VerifyOCSPParts, options: VerifyOCSPOptions & Raw): Promise<string>;
  verifyOCSP(parts: VerifyOCSPParts, options?: VerifyOCSPOptions): Promise<OCSPResult>;
  /** Makes an OCSP request, and says whom to send it. */
  ocspRequest(parts: OCSPParts, options: OCSPRequestOptions & Raw): Promise<{ json: string; body: Uint8Array<ArrayBuffer> }>;
  ocspRequest(parts: OCSPParts, options?: OCSPRequestOptions): Promise<OCSPRequestResult>;
  /** Explains the code of a finding. */
  explain(code: string, options: CallOptions & Raw): Promise<string | undefined>;
  explain(code: string, options?: CallOptions): Promise<Rule | undefined>;
  /** Lists all findings that there are. */
  rules(options: CallOptions & Raw): Promise<string>;
  rules(options?: CallOptions): Promise<Rule[]>;
  /** Ends the instance and its Worker, and gives its memory back. Calls that have no result yet reject. */
  dispose(): void;
}

/** Where the module is from. A response that was used up cannot be tried again. */
export type ModuleSource = URL | string | Response | Promise<Response> | ArrayBuffer | ArrayBufferView<ArrayBuffer> | WebAssembly.Module;

/** What a Worker must have: that of browsers does, and so does that of Node's worker_threads. */
export interface WorkerLike {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  postMessage(message: any, transfer: any[]): void;
  terminate(): unknown;
}

export interface InitializeOptions {
  /** Where the module is from: `certloupe.wasm` beside the script, if it is absent. */
  wasm?: ModuleSource | undefined;
  /**
   * Runs the module in a Worker, so that long calls neither keep the thread nor go on after they were aborted.
   * A function makes it, for bundlers that do not find the package's own: of `@certloupe/wasm/worker`.
   */
  worker?: boolean | (() => WorkerLike) | undefined;
  /** The memory in bytes that an instance may keep after a call, 64 MiB if it is absent; with more it is replaced. */
  keepMemory?: number | undefined;
}
