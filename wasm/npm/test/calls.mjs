// Carries out calls of wasm/bridge by the functions of the package. It runs in Node and in browsers.

/** Cuts bytes into chunks, each behind its length. */
export function* chunksOf(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; ) {
    const length = view.getUint32(at, true);
    yield bytes.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
}

function chunk(bytes) {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, bytes.length, true);
  return [length, bytes];
}

function join(...arrays) {
  const joined = new Uint8Array(arrays.reduce((sum, a) => sum + a.length, 0));
  let at = 0;
  for (const a of arrays) {
    joined.set(a, at);
    at += a.length;
  }
  return joined;
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

const camel = (members) => Object.fromEntries(Object.entries(members).map(([k, v]) => [k.replace(/_([a-z])/g, (_, c) => c.toUpperCase()), v]));

/** Takes a call apart, or returns undefined if no user of the package could make it. */
function takeApart(call) {
  const [header, ...rest] = chunksOf(call);
  let said;
  try {
    said = JSON.parse(decoder.decode(header));
  } catch {
    return undefined;
  }
  const one = {}, many = {};
  for (let i = 0; i < rest.length; i += 3) {
    const role = decoder.decode(rest[i]);
    const part = { name: decoder.decode(rest[i + 1]), data: rest[i + 2] };
    (many[role] ??= []).push(part);
    one[role] = role === "password" || role === "nonce" ? part.data : part;
  }
  return { op: said.op, options: camel(said.options ?? {}), one, many };
}

/** Carries a call out, and returns the exact bytes of its result. */
async function carryOut(certloupe, { op, options, one, many }) {
  const { file = [], root, intermediate, crl, ocsp_response, ...others } = many;
  const raw = true;
  const { password, key_blocklist: blocked } = one;
  const judging = { ...options, keyBlocklist: blocked?.data, raw };
  const parts = camel(Object.fromEntries(Object.keys(others).filter((role) => role !== "key_blocklist").map((role) => [role, one[role]])));
  switch (op) {
    case "inspect":
      return certloupe.inspect(file, { ...judging, password });
    case "summary":
      return certloupe.summary(file, judging);
    case "check": {
      const { profile, ...rest } = judging;
      return certloupe.check(profile ?? "generic", parts, rest);
    }
    case "request": {
      const { operation, ...rest } = judging;
      const { body, ...known } = parts;
      return certloupe.request(operation, body?.data ?? null, rest, known);
    }
    case "chain":
      return certloupe.chain(file, { ...judging, password, roots: root, intermediates: intermediate, crls: crl, ocspResponses: ocsp_response });
    case "fix": {
      const { json, text } = await certloupe.fix(file[0], { ...options, password, raw });
      return join(...chunk(encoder.encode(json)), ...chunk(text ?? new Uint8Array()));
    }
    case "verify_ocsp":
      return certloupe.verifyOCSP({ ...parts, response: one.ocsp_response?.data }, { ...options, raw });
    case "ocsp_request": {
      const { json, body } = await certloupe.ocspRequest(parts, { ...options, raw });
      return join(...chunk(encoder.encode(json)), ...chunk(body));
    }
    case "rules":
      return certloupe.rules({ raw });
  }
}

/**
 * Carries out all calls. Returns how many there were of each operation, how many could not be made, and what was
 * wrong with which.
 */
export async function compareAll(certloupe, calls) {
  const counts = {}, wrong = [];
  let impossible = 0, refused = 0;
  const list = [...chunksOf(calls)];
  for (let i = 0; i < list.length; i += 2) {
    const call = takeApart(list[i]);
    if (!call || call.op === "sign") {
      impossible++;
      continue;
    }
    counts[call.op] = (counts[call.op] ?? 0) + 1;
    const want = list[i + 1];
    let got;
    try {
      const result = await carryOut(certloupe, call);
      got = join(encoder.encode("+"), typeof result === "string" ? encoder.encode(result) : result);
    } catch (err) {
      if (err.name !== "CertloupeError") throw err;
      refused++;
      got = encoder.encode(`-${JSON.stringify({ error: { code: err.code, message: err.message } })}\n`);
    }
    if (got.length !== want.length || got.some((b, at) => b !== want[at])) {
      wrong.push(`call ${i / 2}, ${call.op} ${JSON.stringify(call.options)}: ${new TextDecoder().decode(got.slice(0, 200))}`);
    }
  }
  return { counts, impossible, refused, wrong };
}
