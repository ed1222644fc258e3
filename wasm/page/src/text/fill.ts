// Fills texts of a catalogue with a finding's data, as fill in finding/finding.go does.
import { short } from "./safe.js";

/** A finding's data as a report has it. */
export type Data = Record<string, string | number | string[]>;

const maxValue = 120;
const maxItems = 8;

/** Replaces {key} by the datum of that key. A key without a datum stays as it is. */
export function fill(text: string, data: Data | undefined): string {
  return text.replace(/\{([^}]*)\}/g, (whole, key: string) => (data && Object.hasOwn(data, key) ? datum(data[key]!) : whole));
}

function datum(value: string | number | string[]): string {
  if (typeof value === "string") return short(value, maxValue);
  if (typeof value === "number") return String(value);
  return short(value.slice(0, maxItems).join(", "), 2 * maxValue) + (value.length > maxItems ? ", …" : "");
}
