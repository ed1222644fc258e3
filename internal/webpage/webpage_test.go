package webpage

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func packed(t *testing.T, text string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	io.WriteString(w, text)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// page is a page with a module that is there in packed forms only.
func page(t *testing.T) fstest.MapFS {
	return fstest.MapFS{
		"index.html":              {Data: []byte("<!doctype html>")},
		"sw.js":                   {Data: []byte("self")},
		"assets/main-1.js":        {Data: []byte("plain")},
		"assets/main-1.js.br":     {Data: []byte("brotli")},
		"assets/main-1.js.gz":     {Data: packed(t, "plain")},
		"assets/module-1.wasm.br": {Data: []byte("brotli")},
		"assets/module-1.wasm.gz": {Data: packed(t, "\x00asm")},
		".git/index.html":         {Data: []byte("hidden")},
		".secret.txt":             {Data: []byte("hidden")},
		"server.key":              {Data: []byte("no page has that")},
		"README.md":               {Data: []byte("nor that")},
	}
}

func handler(t *testing.T, hosts ...string) http.Handler {
	t.Helper()
	site, err := Load(page(t))
	if err != nil {
		t.Fatal(err)
	}
	return NewHandler(site, hosts...)
}

func ask(h http.Handler, method, target string, header http.Header) *http.Response {
	r := httptest.NewRequest(method, target, nil)
	r.Host = "localhost:8080"
	for name, values := range header {
		r.Header[name] = values
	}
	if host := header.Get("Host"); host != "" {
		r.Host = host
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r *http.Response) string {
	t.Helper()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestFiles(t *testing.T) {
	h := handler(t)
	for _, test := range []struct {
		path, accept           string
		status                 int
		contentType, encoding  string
		content, cacheContains string
	}{
		{"/", "", 200, "text/html; charset=utf-8", "", "<!doctype html>", "no-cache"},
		{"/index.html", "br", 200, "text/html; charset=utf-8", "", "<!doctype html>", "no-cache"},
		{"/?query=1", "", 200, "text/html; charset=utf-8", "", "<!doctype html>", "no-cache"},
		{"/sw.js", "gzip, br", 200, "text/javascript; charset=utf-8", "", "self", "no-cache"},
		{"/assets/main-1.js", "gzip, deflate, br, zstd", 200, "text/javascript; charset=utf-8", "br", "brotli", "immutable"},
		{"/assets/main-1.js", "gzip", 200, "text/javascript; charset=utf-8", "gzip", string(packed(t, "plain")), "immutable"},
		{"/assets/main-1.js", "BR;q=0.1", 200, "text/javascript; charset=utf-8", "br", "brotli", "immutable"},
		{"/assets/main-1.js", "br;q=0, gzip; q=0.0", 200, "text/javascript; charset=utf-8", "", "plain", "immutable"},
		{"/assets/main-1.js", "*", 200, "text/javascript; charset=utf-8", "", "plain", "immutable"},
		{"/assets/module-1.wasm", "br", 200, "application/wasm", "br", "brotli", "immutable"},
		{"/assets/module-1.wasm", "", 200, "application/wasm", "", "\x00asm", "immutable"},
		{"/assets/main-1.js.br", "", 404, "", "", "", ""},
		{"/assets/", "", 404, "", "", "", ""},
		{"/assets/../index.html", "", 404, "", "", "", ""},
		{"//index.html", "", 404, "", "", "", ""},
		{"/.secret.txt", "", 404, "", "", "", ""},
		{"/.git/index.html", "", 404, "", "", "", ""},
		{"/server.key", "", 404, "", "", "", ""},
		{"/README.md", "", 404, "", "", "", ""},
	} {
		r := ask(h, "GET", test.path, http.Header{"Accept-Encoding": {test.accept}})
		if r.StatusCode != test.status {
			t.Errorf("%s: status %d, want %d", test.path, r.StatusCode, test.status)
		}
		if test.status != 200 {
			continue
		}
		if got := r.Header.Get("Content-Type"); got != test.contentType {
			t.Errorf("%s: %s", test.path, got)
		}
		if got := r.Header.Get("Content-Encoding"); got != test.encoding {
			t.Errorf("%s for %q: encoding %q, want %q", test.path, test.accept, got, test.encoding)
		}
		if got := body(t, r); got != test.content {
			t.Errorf("%s for %q: content %q", test.path, test.accept, got)
		}
		if got := r.Header.Get("Cache-Control"); !strings.Contains(got, test.cacheContains) {
			t.Errorf("%s: Cache-Control %q", test.path, got)
		}
		if got := r.Header.Get("Vary"); got != "Accept-Encoding" {
			t.Errorf("%s: Vary %q", test.path, got)
		}
	}
}

// Whatever is answered, it is answered with the headers that confine the page.
func TestHeaders(t *testing.T) {
	h := handler(t)
	want := map[string]string{
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Embedder-Policy": "require-corp",
		"Cross-Origin-Resource-Policy": "same-origin",
	}
	for name, r := range map[string]*http.Response{
		"page":         ask(h, "GET", "/", nil),
		"script":       ask(h, "GET", "/assets/main-1.js", nil),
		"not there":    ask(h, "GET", "/x", nil),
		"not allowed":  ask(h, "POST", "/", nil),
		"other host":   ask(h, "GET", "/", http.Header{"Host": {"evil.example"}}),
		"not modified": ask(h, "GET", "/", http.Header{"If-None-Match": {"*"}}),
	} {
		for header, value := range want {
			if got := r.Header.Get(header); got != value {
				t.Errorf("%s: %s is %q", name, header, got)
			}
		}
		if got := r.Header.Get("Permissions-Policy"); !strings.Contains(got, "camera=()") {
			t.Errorf("%s: Permissions-Policy is %q", name, got)
		}
		policy := directives(r.Header.Get("Content-Security-Policy"))
		if policy["default-src"] != "'none'" || policy["connect-src"] != "'self'" || policy["script-src"] != "'self' 'wasm-unsafe-eval'" ||
			policy["style-src"] != "'self'" || policy["form-action"] != "'none'" || policy["base-uri"] != "'none'" ||
			policy["frame-ancestors"] != "'none'" || policy["require-trusted-types-for"] != "'script'" {
			t.Errorf("%s: the policy is %v", name, policy)
		}
		for directive, sources := range policy {
			if strings.Contains(sources, "'unsafe-") || strings.Contains(sources, "*") || strings.Contains(sources, "http") {
				t.Errorf("%s: %s allows %s", name, directive, sources)
			}
		}
		if status := r.StatusCode; status >= 400 && r.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: a refusal may be kept", name)
		}
	}
}

func directives(policy string) map[string]string {
	all := map[string]string{}
	for directive := range strings.SplitSeq(policy, ";") {
		name, sources, _ := strings.Cut(strings.TrimSpace(directive), " ")
		all[name] = sources
	}
	return all
}

func TestMethods(t *testing.T) {
	h := handler(t)
	for _, method := range []string{"POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "X"} {
		r := ask(h, method, "/", nil)
		if r.StatusCode != http.StatusMethodNotAllowed || r.Header.Get("Allow") != "GET, HEAD" {
			t.Errorf("%s: status %d", method, r.StatusCode)
		}
	}
	r := ask(h, "HEAD", "/assets/main-1.js", http.Header{"Accept-Encoding": {"br"}})
	if r.StatusCode != 200 || body(t, r) != "" || r.Header.Get("Content-Length") != "6" || r.Header.Get("Content-Encoding") != "br" {
		t.Errorf("HEAD gives %d, %v", r.StatusCode, r.Header)
	}
}

// What is asked for by the name of somebody else is not served.
func TestHosts(t *testing.T) {
	for _, test := range []struct {
		host  string
		hosts []string
		ok    bool
	}{
		{"localhost", nil, true},
		{"localhost:8080", nil, true},
		{"LOCALHOST.:80", nil, true},
		{"127.0.0.1:8080", nil, true},
		{"127.1.2.3", nil, true},
		{"[::1]:8080", nil, true},
		{"[::1]", nil, true},
		{"evil.example", nil, false},
		{"evil.example:8080", nil, false},
		{"localhost.evil.example", nil, false},
		{"evil.localhost.", nil, false},
		{"127.0.0.1.evil.example", nil, false},
		{"192.0.2.1", nil, false},
		{"", nil, false},
		{"*", nil, false},
		{"*", []string{"*"}, false},
		{"evil.example", []string{"*"}, false},
		{"192.0.2.1:8080", []string{"*"}, true},
		{"[2001:db8::1]:8080", []string{"*"}, true},
		{"192.0.2.1:8080", []string{"192.0.2.1"}, true},
		{"192.0.2.2:8080", []string{"192.0.2.1"}, false},
		{"checks.example", []string{"checks.example"}, true},
		{"Checks.Example:80", []string{"checks.example"}, true},
		{"x.checks.example", []string{"checks.example"}, false},
	} {
		if got := allowed(test.host, test.hosts); got != test.ok {
			t.Errorf("%q with %q: %v", test.host, test.hosts, got)
		}
	}
	r := ask(handler(t), "GET", "/", http.Header{"Host": {"evil.example"}})
	if r.StatusCode != http.StatusMisdirectedRequest || strings.Contains(body(t, r), "doctype") {
		t.Errorf("status %d", r.StatusCode)
	}
}

func TestNotModified(t *testing.T) {
	h := handler(t)
	tags := map[string]bool{}
	for _, accept := range []string{"", "gzip", "br"} {
		tag := ask(h, "GET", "/assets/main-1.js", http.Header{"Accept-Encoding": {accept}}).Header.Get("ETag")
		if tags[tag] || !strings.HasPrefix(tag, `"`) || !strings.HasSuffix(tag, `"`) {
			t.Errorf("%q: the tag is %s", accept, tag)
		}
		tags[tag] = true
		for _, condition := range []string{tag, "W/" + tag, `"x", ` + tag, "*"} {
			r := ask(h, "GET", "/assets/main-1.js", http.Header{"Accept-Encoding": {accept}, "If-None-Match": {condition}})
			if r.StatusCode != http.StatusNotModified || body(t, r) != "" {
				t.Errorf("%q, %s: status %d", accept, condition, r.StatusCode)
			}
		}
	}
	if r := ask(h, "GET", "/assets/main-1.js", http.Header{"If-None-Match": {`"x"`}}); r.StatusCode != 200 {
		t.Errorf("another tag: status %d", r.StatusCode)
	}
	// A module that is there only packed has another tag where it is unpacked.
	plain := ask(h, "GET", "/assets/module-1.wasm", nil).Header.Get("ETag")
	if gzip := ask(h, "GET", "/assets/module-1.wasm", http.Header{"Accept-Encoding": {"gzip"}}).Header.Get("ETag"); gzip == plain {
		t.Errorf("both forms have the tag %s", gzip)
	}
}

func TestLoad(t *testing.T) {
	if _, err := Load(fstest.MapFS{"README.md": {}}); !errors.Is(err, ErrNoPage) {
		t.Errorf("a folder without a page: %v", err)
	}
	many := page(t)
	for i := range maxFiles {
		many[strings.Repeat("x", i+1)+".txt"] = &fstest.MapFile{}
	}
	if _, err := Load(many); err == nil {
		t.Error("a folder with too many files is a page")
	}
	large := maps.Clone(page(t))
	large["large.txt"] = &fstest.MapFile{Data: make([]byte, maxBytes)}
	if _, err := Load(large); err == nil {
		t.Error("a folder with too much is a page")
	}
}
