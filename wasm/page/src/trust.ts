// Strings become scripts nowhere on this page, except for the addresses of its own Workers: the Content Security Policy
// demands trusted types, and this is the one policy that there is.

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL: (url: string) => string }): unknown;
}

(globalThis as { trustedTypes?: TrustedTypes }).trustedTypes?.createPolicy("default", {
  createScriptURL(url) {
    const own = new URL(url, location.href);
    if (own.origin !== location.origin) throw new TypeError("a script of somebody else");
    return own.href;
  },
});
