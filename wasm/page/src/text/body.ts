// The members of a JSON body, with their places, so that a text inside of one can be marked and replaced.

export interface Member {
  readonly name: string;
  /** Where the value stands in the body. */
  readonly start: number;
  readonly end: number;
  /** The value, if it is a text. */
  readonly text: string | null;
}

/** Returns the members of the body; none if it is no JSON object. Of members of the same name the first counts. */
export function members(body: string): Member[] {
  try {
    const whole: unknown = JSON.parse(body);
    if (typeof whole !== "object" || whole === null || Array.isArray(whole)) return [];
  } catch {
    return [];
  }
  // From here on the text is known to be sound JSON.
  const found: Member[] = [];
  let at = body.indexOf("{") + 1;
  const blanks = () => { while (/[\s,:]/.test(body[at] ?? "")) at++; };
  for (;;) {
    blanks();
    if (body[at] === "}" || at >= body.length) return found;
    const name = JSON.parse(body.slice(at, (at = stringEnd(body, at)))) as string;
    blanks();
    const start = at;
    at = valueEnd(body, at);
    const raw = body.slice(start, at);
    if (!found.some((m) => m.name === name)) found.push({ name, start, end: at, text: raw.startsWith('"') ? (JSON.parse(raw) as string) : null });
  }
}

/** Returns the body with another text as the value of a member. */
export function replaced(body: string, name: string, text: string): string {
  const member = members(body).find((m) => m.name === name);
  return member ? body.slice(0, member.start) + JSON.stringify(text) + body.slice(member.end) : body;
}

/** Whether a text looks like a whole request body rather than a certificate. */
export function operationOf(text: string): "add-server-certificate" | "modify-ssl-certificate" | "update-ca-certificate" | null {
  if (!/^[\s\uFEFF]*\{/.test(text)) return null;
  if (/"certificate_pem"\s*:/.test(text)) return "add-server-certificate";
  if (/"(cert_content|cert_content_sign)"\s*:/.test(text)) return "modify-ssl-certificate";
  if (/"(ocsp_enable|ocsp_ssl_enable|ocsp_server_ca_id|provision_enable)"\s*:/.test(text)) return "update-ca-certificate";
  return null;
}

function stringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

function valueEnd(text: string, start: number): number {
  let at = start;
  for (let depth = 0; at < text.length; ) {
    const c = text[at]!;
    if (c === '"') {
      at = stringEnd(text, at);
    } else if (c === "{" || c === "[") {
      depth++;
      at++;
    } else if (c === "}" || c === "]") {
      if (depth === 0) return at;
      depth--;
      at++;
    } else if (depth === 0 && /[\s,]/.test(c)) {
      return at;
    } else {
      at++;
      continue;
    }
    if (depth === 0) return at;
  }
  return at;
}
