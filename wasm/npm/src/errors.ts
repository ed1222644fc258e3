/**
 * The codes of what can go wrong. They are stable.
 *
 * Of the call:
 * - `call-part`: an input that the operation does not have, that is missing, that is of no type that can be read, or cannot be read at all
 * - `call-option`: an option that the operation does not have, or a value that it cannot have
 * - `call-operation`, `call-malformed`: the package and its module are of different versions
 * - `call-too-large`: the inputs are more than 256 MiB
 *
 * Of the start:
 * - `load-failed`: the module could not be fetched or read
 * - `compile-failed`: it was fetched, but is no such module, or a Content Security Policy without `'wasm-unsafe-eval'` forbids it
 * - `worker-failed`: the Worker did not start, or came to an end
 * - `already-initialized`: {@link initialize} was called before, with other options
 * - `not-initialized`: {@link initialize} was not called before
 * - `disposed`: `dispose` was called before
 *
 * Of Certloupe itself; the next call gets a fresh instance of the module:
 * - `internal-error`: a fault of Certloupe
 * - `module-crashed`: the instance came to an end, as it does when it runs out of memory
 */
export type ErrorCode =
  | "call-part"
  | "call-option"
  | "call-operation"
  | "call-malformed"
  | "call-too-large"
  | "load-failed"
  | "compile-failed"
  | "worker-failed"
  | "already-initialized"
  | "not-initialized"
  | "disposed"
  | "internal-error"
  | "module-crashed";

/**
 * The job could not be done. What is wrong with a certificate is no error but a finding of the result.
 *
 * Two copies of the package have two classes: where that can happen, look at `name` and `code` instead of using `instanceof`.
 */
export class CertloupeError extends Error {
  override readonly name = "CertloupeError";
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Returns err if it is a CertloupeError, and else one of this code with err as its cause. */
export function asError(code: ErrorCode, message: string, err: unknown): CertloupeError {
  if (err instanceof CertloupeError) return err;
  return new CertloupeError(code, err instanceof Error ? `${message}: ${err.message}` : message, { cause: err });
}
