// The languages of the page, and the words of findings in them.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Finding, Rule } from "@certloupe/wasm";
import { engine } from "./engine.js";
import { en, type Words } from "./locales/en.js";
import { fill, type Data } from "./text/fill.js";

export type Language = "en" | "zh";

/** What a catalogue says about a finding. Whatever is missing is said in English. */
type Catalogue = Record<string, { message?: string; why?: string; fix?: string }>;

export interface Locale {
  readonly language: Language;
  readonly words: Words;
  readonly catalogue: Catalogue;
}

export const english: Locale = { language: "en", words: en, catalogue: {} };

/** Loads a language. Only English comes with the page's first script. */
export async function locale(language: Language): Promise<Locale> {
  if (language === "en") return english;
  const [{ zh }, { default: catalogue }] = await Promise.all([import("./locales/zh.js"), import("./locales/zh-findings.json")]);
  return { language, words: zh, catalogue: catalogue as Catalogue };
}

export const LocaleContext = createContext<Locale>(english);

export function useLocale(): Locale {
  return useContext(LocaleContext);
}

export function useWords(): Words {
  return useLocale().words;
}

/** A finding's message and fix. Those of a report are safe to show; those of a catalogue become safe as they are filled. */
export function said({ catalogue }: Locale, finding: Finding): { message: string; fix: string | undefined } {
  const entry = Object.hasOwn(catalogue, finding.code) ? catalogue[finding.code] : undefined;
  const data = finding.data as Data | undefined;
  return {
    message: entry?.message ? fill(entry.message, data) : finding.message,
    fix: finding.fix && (entry?.fix ? fill(entry.fix, data) : finding.fix),
  };
}

const rules = new Map<string, Promise<Rule | undefined>>();

/** Why a finding matters. */
export async function why({ catalogue }: Locale, code: string): Promise<string | undefined> {
  const known = Object.hasOwn(catalogue, code) ? catalogue[code]?.why : undefined;
  if (known) return known;
  if (!rules.has(code)) rules.set(code, engine().then((lib) => lib.explain(code)));
  return (await rules.get(code))?.why;
}
