// Text that came from outside, made safe to show: the twin of Go's internal/safetext.
//
// A name in a certificate is chosen by whoever made the certificate. Shown as it stands it can reverse the order of a
// line or hide letters. What is not plainly printable appears as an escape.

/** Whether a character shows itself and nothing else: letters, marks, digits, punctuation, symbols and the plain space. */
const unprintable = /[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/gu;

/** Returns text with every unprintable character written as \u{XXXX}. */
export function safe(text: string): string {
  return text.replace(unprintable, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
}

/** The same for text of several lines, whose line breaks stay. */
export function safeLines(text: string): string {
  return text.split("\n").map(safe).join("\n");
}

/** Returns safe text cut after limit characters, with an ellipsis where something was cut. */
export function short(text: string, limit: number): string {
  const characters = [...text];
  return characters.length > limit ? `${safe(characters.slice(0, limit).join(""))}…` : safe(text);
}
