package client

import (
	"encoding/base64"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// server is a responder on this machine.
type server struct {
	*httptest.Server
	// requests counts the requests.
	requests atomic.Int64
	mu       sync.Mutex
	handle   http.HandlerFunc
}

func newServer(tb testing.TB, handle http.HandlerFunc) *server {
	tb.Helper()
	s := &server{handle: handle}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.requests.Add(1)
		s.mu.Lock()
		handle := s.handle
		s.mu.Unlock()
		handle(w, r)
	}))
	tb.Cleanup(s.Close)
	return s
}

// serve changes what the server does.
func (s *server) serve(handle http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.handle = handle
}

func (s *server) port() uint16 { return portOf(s.Listener.Addr()) }

func portOf(a net.Addr) uint16 { return a.(*net.TCPAddr).AddrPort().Port() }

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}

// options are options with which the servers can be asked.
func options(servers ...*server) Options {
	opt := Options{Now: func() time.Time { return now }, AllowPrivate: loopback}
	for _, s := range servers {
		opt.Ports = append(opt.Ports, s.port())
	}
	return opt
}

func newClient(tb testing.TB, opt Options) *Client {
	tb.Helper()
	c, err := New(opt)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := c.Close(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

func checked(tb testing.TB, c *Client, cert, issuer *certparse.Certificate) *Result {
	tb.Helper()
	r, err := c.Check(tb.Context(), cert, issuer)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// requestIn is the OCSP request in an HTTP request, by POST or GET.
func requestIn(r *http.Request) []byte {
	if r.Method == http.MethodPost {
		der, _ := io.ReadAll(io.LimitReader(r.Body, 4096))
		return der
	}
	path := r.URL.EscapedPath()
	text, _ := url.PathUnescape(path[strings.LastIndexByte(path, '/')+1:])
	der, _ := base64.StdEncoding.DecodeString(text)
	return der
}

// responds answers every request.
func responds(a *authority, says answer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		write(w, "application/ocsp-response", a.respond(requestIn(r), says))
	}
}

// sends sends always the same.
func sends(contentType string, body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { write(w, contentType, body) }
}

func sendsList(der []byte) http.HandlerFunc { return sends("application/pkix-crl", der) }

func write(w http.ResponseWriter, contentType string, body []byte) {
	w.Header().Set("Content-Type", contentType)
	w.Write(body)
}

func fails(status int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }
}

func has(r *Result, code finding.Code) bool { return count(r.Findings, code) > 0 }

func count(fs []finding.Finding, code finding.Code) (n int) {
	for _, f := range fs {
		if f.Code == code {
			n++
		}
	}
	return n
}

func codesOf(r *Result) (codes []finding.Code) {
	for _, f := range r.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// expect fails the test if the result has another status, or attempts with other codes.
func expect(tb testing.TB, r *Result, status Status, attempts ...finding.Code) {
	tb.Helper()
	var got []finding.Code
	for _, a := range r.Attempts {
		got = append(got, a.Code)
	}
	same := len(got) == len(attempts)
	for i := 0; same && i < len(got); i++ {
		same = got[i] == attempts[i]
	}
	if r.Status != status || !same {
		tb.Errorf("%v, attempts %q, findings %v; want %v, attempts %q", r.Status, got, codesOf(r), status, attempts)
	}
}
