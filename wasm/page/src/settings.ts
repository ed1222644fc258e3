// What is remembered from one visit to the next: how the page looks. Never what was put in.
import type { Language } from "./words.js";

export type Theme = "auto" | "light" | "dark";

/** Reads a remembered setting. Where nothing may be stored, nothing is remembered. */
function read(key: string): string | null {
  try {
    return localStorage.getItem(`certloupe.${key}`);
  } catch {
    return null;
  }
}

export function remember(key: "language" | "theme", value: string): void {
  try {
    localStorage.setItem(`certloupe.${key}`, value);
  } catch {
    // As above.
  }
}

export function rememberedLanguage(): Language {
  const chosen = read("language");
  if (chosen === "en" || chosen === "zh") return chosen;
  return navigator.languages?.some((l) => /^zh\b/i.test(l)) && !/^en\b/i.test(navigator.language) ? "zh" : "en";
}

export function rememberedTheme(): Theme {
  const chosen = read("theme");
  return chosen === "light" || chosen === "dark" ? chosen : "auto";
}

/** Shows the page in a theme; without one it follows the system. */
export function applyTheme(theme: Theme): void {
  if (theme === "auto") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
}
