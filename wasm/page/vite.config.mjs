import { defineConfig } from "vite";
import { page } from "./build/plugin.mjs";

export default defineConfig({
  // Works in any folder of any server.
  base: "./",
  plugins: [page()],
  worker: { format: "es" },
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, sourcemap: false },
});
