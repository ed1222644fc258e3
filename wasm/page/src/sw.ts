/// <reference lib="webworker" />
// Keeps the page's own files, so that it works without its server. A build knows exactly which files it is made of, and a
// version of the page is only ever put together from its own.
// So that the compiler takes it for a file of its own; the build leaves it out, because it is a classic script.
export {};

declare const self: ServiceWorkerGlobalScope;
/** Put in by the build. */
declare const FILES: readonly string[];
declare const VERSION: string;

const cache = `certloupe-${VERSION}`;

self.addEventListener("install", (event) => {
  // Files whose names have a hash come from the browser's cache, where the page's visit has just put them.
  event.waitUntil(caches.open(cache).then((c) => c.addAll(FILES.map((file) => new Request(file, { cache: file.startsWith("assets/") ? "default" : "reload" })))));
});

self.addEventListener("activate", (event) => {
  // A new version takes over when no page of the old one is left, so nobody needs the old files any more.
  event.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n.startsWith("certloupe-") && n !== cache).map((n) => caches.delete(n)))));
});

const scope = new URL(self.registration.scope);
const own = new Set(FILES.map((file) => new URL(file, scope).href));

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  url.search = url.hash = "";
  if (event.request.method !== "GET" || !own.has(url.href)) return;
  event.respondWith(caches.open(cache).then(async (c) => (await c.match(url.href)) ?? fetch(event.request)));
});
