package webpage

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// ContentSecurityPolicy is what the page may do: run and show its own files, and
// fetch them. There is nothing that it could send anything to but this server,
// which takes nothing. Strings become neither scripts nor markup; the one policy of
// trusted types is for the addresses of its own workers.
const ContentSecurityPolicy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; " +
	"require-trusted-types-for 'script'; trusted-types certloupe default"

// headers are those of every response, refusals too.
var headers = map[string]string{
	"Content-Security-Policy":      ContentSecurityPolicy,
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Embedder-Policy": "require-corp",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy": "accelerometer=(), camera=(), clipboard-read=(), clipboard-write=(self), display-capture=(), geolocation=(), " +
		"gyroscope=(), hid=(), magnetometer=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
}

// NewHandler serves the files of a page to requests for one of the hosts: names or
// addresses without a port. Names of the machine itself are always among them; "*"
// stands for every address, but for no name.
//
// A page of somebody else can have its own name resolve to this machine and then
// read what is served here as if it were its own (DNS rebinding). It cannot choose
// what the browser sends as Host, which is that name.
func NewHandler(site *Site, hosts ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		for name, value := range headers {
			h.Set(name, value)
		}
		f := site.files[r.URL.Path]
		switch {
		case !allowed(r.Host, hosts):
			refuse(w, http.StatusMisdirectedRequest)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			h.Set("Allow", "GET, HEAD")
			refuse(w, http.StatusMethodNotAllowed)
		case f == nil:
			refuse(w, http.StatusNotFound)
		default:
			f.serve(w, r)
		}
	})
}

func refuse(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, http.StatusText(status), status)
}

// allowed reports whether the Host of a request is one of those that are served.
func allowed(host string, hosts []string) bool {
	name := host
	if n, _, err := net.SplitHostPort(host); err == nil {
		name = n
	}
	name = strings.ToLower(strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(name, "["), "]"), "."))
	address, err := netip.ParseAddr(name)
	if err == nil {
		return address.IsLoopback() || slices.Contains(hosts, "*") ||
			slices.ContainsFunc(hosts, func(h string) bool { a, err := netip.ParseAddr(h); return err == nil && a == address })
	}
	return name == "localhost" || slices.ContainsFunc(hosts, func(h string) bool { return h != "*" && strings.EqualFold(h, name) })
}

// serve sends the file.
func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Vary", "Accept-Encoding")
	v, encoding, ok := f.choose(r.Header.Get("Accept-Encoding"))
	if !ok {
		refuse(w, http.StatusNotAcceptable)
		return
	}
	h.Set("ETag", v.etag)
	// Names under assets have a hash of the content, so what they stand for never
	// changes. All others are asked for each time, and mostly answered with 304.
	if strings.HasPrefix(r.URL.Path, "/assets/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	} else {
		h.Set("Cache-Control", "no-cache")
	}
	if matches(r.Header.Values("If-None-Match"), v.etag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Type", f.contentType)
	h.Set("Content-Length", strconv.Itoa(len(v.data)))
	if encoding != "" {
		h.Set("Content-Encoding", encoding)
	}
	if r.Method == http.MethodHead {
		return
	}
	w.Write(v.data)
}

// matches reads If-None-Match (RFC 9110, Section 13.1.2).
func matches(values []string, etag string) bool {
	for _, value := range values {
		for tag := range strings.SplitSeq(value, ",") {
			if tag = strings.TrimPrefix(strings.TrimSpace(tag), "W/"); tag == etag || tag == "*" {
				return true
			}
		}
	}
	return false
}
