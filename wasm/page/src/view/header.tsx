// The head of the page: what it is, that nothing leaves the machine, and how it looks.
import { applyTheme, remember, type Theme } from "../settings.js";
import { useLocale, useWords, type Language } from "../words.js";
import { Icon } from "./parts.js";

export function Header({ theme, onTheme, onLanguage }: { theme: Theme; onTheme: (theme: Theme) => void; onLanguage: (language: Language) => void }) {
  const words = useWords();
  const { language } = useLocale();
  return (
    <header>
      <h1>
        <svg class="logo" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" focusable="false">
          <circle cx="13.5" cy="13.5" r="9.5" fill="none" stroke="currentColor" stroke-width="3" />
          <path d="m20.5 20.5 8 8" stroke="currentColor" stroke-width="3.5" stroke-linecap="round" />
          <path d="m9.3 13.8 3 3 5.4-6" fill="none" stroke="currentColor" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
        <span>Certloupe</span>
        <small>{words.tagline}</small>
      </h1>
      <p class="privacy"><Icon name="lock" /><span>{words.privacy}</span></p>
      <div class="settings">
        <label>
          <span class="visually-hidden">{words.language} / Language</span>
          <select id="language" value={language} onChange={(event) => onLanguage(event.currentTarget.value as Language)}>
            <option value="en" lang="en">English</option>
            <option value="zh" lang="zh-CN">简体中文</option>
          </select>
        </label>
        <label>
          <span class="visually-hidden">{words.theme}</span>
          <select id="theme" value={theme} onChange={(event) => {
            const chosen = event.currentTarget.value as Theme;
            applyTheme(chosen);
            remember("theme", chosen);
            onTheme(chosen);
          }}>
            <option value="auto">{words.themeAuto}</option>
            <option value="light">{words.themeLight}</option>
            <option value="dark">{words.themeDark}</option>
          </select>
        </label>
      </div>
    </header>
  );
}
