import "./style.css";
import "./trust.js";
import "./engine.js";
import { render } from "preact";
import { App } from "./app.js";
import { applyTheme, rememberedLanguage, rememberedTheme } from "./settings.js";
import { english, locale } from "./words.js";

applyTheme(rememberedTheme());
const root = document.getElementById("app")!;
const language = rememberedLanguage();
// English is shown at once; another language is a file of its own, without which English is better than nothing.
void locale(language).catch(() => english).then((first) => render(<App first={first} />, root));

if ("serviceWorker" in navigator && import.meta.env.PROD) {
  addEventListener("load", () => {
    navigator.serviceWorker.register("./sw.js").catch((err: unknown) => console.warn("The page will not work offline:", err));
  });
}
