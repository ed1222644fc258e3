package client

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// recorder keeps what a server was sent.
type recorder struct {
	mu   sync.Mutex
	seen []string
}

// record wraps a handler. Each request becomes its method, hash function and
// whether there was a nonce.
func (rec *recorder) record(next func(w http.ResponseWriter, request []byte)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		request := requestIn(r)
		_, nonce, ok := readRequest(request)
		hash := "?"
		switch {
		case bytes.Contains(request, []byte("\x06\x05\x2b\x0e\x03\x02\x1a")):
			hash = "SHA-1"
		case bytes.Contains(request, []byte("\x06\x08\x2a\x81\x1c\xcf\x55\x01\x83\x11")):
			hash = "SM3"
		case bytes.Contains(request, []byte("\x60\x86\x48\x01\x65\x03\x04\x02\x01")):
			hash = "SHA-256"
		}
		rec.mu.Lock()
		rec.seen = append(rec.seen, fmt.Sprintf("%s %s %d %v", r.Method, hash, max(0, len(nonce)-2), ok))
		rec.mu.Unlock()
		next(w, request)
	}
}

func (rec *recorder) expect(tb testing.TB, want ...string) {
	tb.Helper()
	rec.mu.Lock()
	defer rec.mu.Unlock()
	if !slices.Equal(rec.seen, want) {
		tb.Errorf("%q, want %q", rec.seen, want)
	}
	rec.seen = nil
}

func reply2(a *authority, says answer) func(http.ResponseWriter, []byte) {
	return func(w http.ResponseWriter, request []byte) {
		write(w, "application/ocsp-response", a.respond(request, says))
	}
}

func statusOnly(n byte) func(http.ResponseWriter, []byte) {
	return func(w http.ResponseWriter, _ []byte) {
		write(w, "application/ocsp-response", []byte{0x30, 3, 0x0a, 1, n})
	}
}

// TestRequests looks at how is asked: by GET or POST, with or without a nonce.
func TestRequests(t *testing.T) {
	a := theAuthority(t)
	var rec recorder
	s := newServer(t, rec.record(reply2(a, answerGood)))
	ask := func(path string, change func(*Options)) *Result {
		t.Helper()
		opt := options(s)
		change(&opt)
		return checked(t, newClient(t, opt), a.asking(s.URL+path), a.cert)
	}
	expect(t, ask("", func(*Options) {}), Good, "")
	rec.expect(t, "POST SHA-1 32 true")
	for _, path := range []string{"", "/", "/ocsp", "/ocsp/", "/a%20b"} {
		expect(t, ask(path, func(o *Options) { o.Nonce = NoNonce }), Good, "")
		rec.expect(t, "GET SHA-1 0 true")
	}
	// A URL with a query cannot be continued.
	expect(t, ask("/?a=b", func(o *Options) { o.Nonce = NoNonce }), Good, "")
	rec.expect(t, "POST SHA-1 0 true")
	expect(t, ask("", func(o *Options) { o.Nonce, o.POST = NoNonce, true }), Good, "")
	rec.expect(t, "POST SHA-1 0 true")
	// Longer than 255 octets in a URL.
	opt := options(s)
	opt.Nonce, opt.Hashes = NoNonce, []ocsp.Hash{ocsp.SHA512}
	long := a.issue(func(c *x509.Certificate) {
		c.OCSPServer, c.SerialNumber = []string{s.URL}, new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 159), big.NewInt(1))
	})
	expect(t, checked(t, newClient(t, opt), long, a.cert), Good, "")
	rec.expect(t, "POST ? 0 true")
	expect(t, ask("", func(o *Options) { o.Nonce, o.Hashes = NoNonce, []ocsp.Hash{ocsp.SHA256} }), Good, "")
	rec.expect(t, "GET SHA-256 0 true")
	expect(t, ask("", func(o *Options) { o.Nonce = RequireNonce }), Good, "")
	rec.expect(t, "POST SHA-1 32 true")
}

// TestNonces plays back an answer, and leaves the nonce out.
func TestNonces(t *testing.T) {
	a := theAuthority(t)
	var rec recorder
	s := newServer(t, nil)
	cert := a.asking(s.URL)
	old := a.respond(must(ocsp.Request(cert, a.cert, ocsp.RequestOptions{Nonce: bytes.Repeat([]byte{7}, 32)})), answerGood)
	for _, test := range []struct {
		name   string
		nonce  Nonce
		serve  func(http.ResponseWriter, []byte)
		status Status
		codes  []finding.Code
		note   bool
	}{
		{"played back", SendNonce, func(w http.ResponseWriter, _ []byte) { write(w, "application/ocsp-response", old) }, Refused, []finding.Code{"ocsp-nonce-mismatch"}, false},
		{"played back, required", RequireNonce, func(w http.ResponseWriter, _ []byte) { write(w, "application/ocsp-response", old) }, Refused, []finding.Code{"ocsp-nonce-mismatch"}, false},
		{"missing", SendNonce, reply2(a, answerGood.withoutNonce()), Good, []finding.Code{""}, true},
		{"missing, required", RequireNonce, reply2(a, answerGood.withoutNonce()), Refused, []finding.Code{"ocsp-nonce-missing"}, true},
		{"malformed with it", SendNonce, func(w http.ResponseWriter, request []byte) {
			if _, nonce, _ := readRequest(request); nonce != nil {
				statusOnly(1)(w, nil)
				return
			}
			reply2(a, answerGood)(w, request)
		}, Good, []finding.Code{"ocsp-request-malformed", ""}, true},
		{"malformed with it, required", RequireNonce, statusOnly(1), Refused, []finding.Code{"ocsp-request-malformed"}, false},
		{"malformed in any way", SendNonce, statusOnly(1), Refused, []finding.Code{"ocsp-request-malformed", "ocsp-request-malformed"}, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			s.serve(rec.record(test.serve))
			opt := options(s)
			opt.Nonce = test.nonce
			r := checked(t, newClient(t, opt), cert, a.cert)
			expect(t, r, test.status, test.codes...)
			if has(r, "ocsp-nonce-missing") != test.note {
				t.Errorf("findings %v", codesOf(r))
			}
		})
	}
}

// TestHashes asks with another hash function if a responder does not know the first.
func TestHashes(t *testing.T) {
	a := theAuthority(t)
	var rec recorder
	s := newServer(t, nil)
	knowsOnly := func(a *authority, oid string, otherwise func(http.ResponseWriter, []byte)) http.HandlerFunc {
		return rec.record(func(w http.ResponseWriter, request []byte) {
			if !bytes.Contains(request, []byte(oid)) {
				otherwise(w, request)
				return
			}
			reply2(a, answerGood)(w, request)
		})
	}
	const sha1, sm3 = "\x2b\x0e\x03\x02\x1a", "\x2a\x81\x1c\xcf\x55\x01\x83\x11"
	gm, gmLeaf := newSM2Authority(s.URL)
	ask := func(a *authority, cert *certparse.Certificate, hashes ...ocsp.Hash) *Result {
		opt := options(s)
		opt.Hashes = hashes
		return checked(t, newClient(t, opt), cert, a.cert)
	}
	s.serve(knowsOnly(gm, sm3, statusOnly(6)))
	expect(t, ask(gm, gmLeaf), Good, "")
	rec.expect(t, "POST SM3 32 true")
	for _, otherwise := range []func(http.ResponseWriter, []byte){statusOnly(6), reply2(gm, answerUnknown)} {
		s.serve(knowsOnly(gm, sha1, otherwise))
		if r := ask(gm, gmLeaf); r.Status != Good || len(r.Attempts) != 2 {
			t.Errorf("%v %+v", r.Status, r.Attempts)
		}
		rec.expect(t, "POST SM3 32 true", "POST SHA-1 32 true")
	}
	s.serve(knowsOnly(gm, sha1, statusOnly(1)))
	expect(t, ask(gm, gmLeaf), Good, "ocsp-request-malformed", "ocsp-request-malformed", "")
	rec.expect(t, "POST SM3 32 true", "GET SM3 0 true", "GET SHA-1 0 true")
	// A revoked certificate stays revoked, and what cannot be believed is not asked again.
	s.serve(rec.record(reply2(gm, answerRevoked)))
	expect(t, ask(gm, gmLeaf), Revoked, "")
	rec.expect(t, "POST SM3 32 true")
	s.serve(rec.record(reply2(gm, answerGood.between(now.AddDate(0, 0, -3), now.AddDate(0, 0, -2)))))
	expect(t, ask(gm, gmLeaf), Refused, "ocsp-stale")
	rec.expect(t, "POST SM3 32 true")

	s.serve(knowsOnly(a, sha1, statusOnly(6)))
	expect(t, ask(a, a.asking(s.URL), ocsp.SHA256), Refused, "ocsp-unauthorized")
	rec.expect(t, "POST SHA-256 32 true")
	expect(t, ask(a, a.asking(s.URL), ocsp.SHA256, ocsp.SHA1), Good, "ocsp-unauthorized", "")
	rec.expect(t, "POST SHA-256 32 true", "POST SHA-1 32 true")
}

// TestRetries asks again only where that may help.
func TestRetries(t *testing.T) {
	a := theAuthority(t)
	for _, test := range []struct {
		name     string
		fail     http.HandlerFunc
		requests int64
		code     finding.Code
	}{
		{"tryLater", sends("application/ocsp-response", tryLater), 3, "ocsp-try-later"},
		{"500", fails(500), 3, "revocation-http-status"},
		{"503", fails(503), 3, "revocation-http-status"},
		{"429", fails(429), 3, "revocation-http-status"},
		{"hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, 3, "revocation-unreachable"},
		{"internalError", sends("application/ocsp-response", []byte{0x30, 3, 0x0a, 1, 2}), 1, "ocsp-responder-failed"},
		{"unauthorized", sends("application/ocsp-response", []byte{0x30, 3, 0x0a, 1, 6}), 1, "ocsp-unauthorized"},
		{"404", fails(404), 1, "revocation-http-status"},
		{"another type", sends("text/html", nil), 1, "revocation-content-type"},
		{"too late", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(503)
		}, 1, "revocation-http-status"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, test.fail)
			r := checked(t, newClient(t, options(s)), a.asking(s.URL), a.cert)
			if n := s.requests.Load(); n != test.requests || len(r.Attempts) != 1 || r.Attempts[0].Code != test.code || int64(r.Attempts[0].Tries) != n {
				t.Errorf("%d requests, %+v", n, r.Attempts)
			}
			// And if it goes well at last:
			var n atomic.Int64
			s.serve(func(w http.ResponseWriter, r *http.Request) {
				if n.Add(1) < test.requests {
					test.fail(w, r)
					return
				}
				responds(a, answerGood)(w, r)
			})
			expect(t, checked(t, newClient(t, options(s)), a.asking(s.URL), a.cert), Good, "")
		})
	}
}

func TestRetryAfter(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for header, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "-3": 0, "x": 0, "99999999999": 0, "1.5": 0,
		"Thu, 01 Jan 2026 00:00:07 GMT": 7 * time.Second, "Wed, 31 Dec 2025 00:00:07 GMT": 0,
	} {
		if got := retryAfter(header, at); got != want {
			t.Errorf("%q: %v", header, got)
		}
	}
	a := theAuthority(t)
	var first atomic.Int64
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if first.CompareAndSwap(0, time.Now().UnixNano()) {
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(503)
			return
		}
		responds(a, answerGood)(w, r)
	})
	expect(t, checked(t, newClient(t, options(s)), a.asking(s.URL), a.cert), Good, "")
	if waited := time.Since(time.Unix(0, first.Load())); waited < time.Second {
		t.Errorf("it waited only %v", waited)
	}
}

func TestBackOff(t *testing.T) {
	seen := map[time.Duration]bool{}
	for range 20 {
		for tries := 1; tries <= 10; tries++ {
			full := 100 * time.Millisecond << (tries - 1)
			if d := backOff(tries); d < full/2 || d >= full {
				t.Errorf("%d: %v", tries, d)
			}
		}
		seen[backOff(1)] = true
	}
	if len(seen) < 10 {
		t.Errorf("everybody waits the same time: %v", seen)
	}
}

// TestUnreachable asks where nobody listens, and where nobody answers.
func TestUnreachable(t *testing.T) {
	a := theAuthority(t)
	gone := newCanary(t, "127.0.0.1:0")
	gone.Close()
	opt := options()
	opt.Ports = []uint16{portOf(gone.Addr())}
	r := checked(t, newClient(t, opt), a.asking("http://"+gone.Addr().String()), a.cert)
	expect(t, r, CouldNotAsk, "revocation-unreachable")
	if r.Attempts[0].Tries != DefaultMaxTries {
		t.Errorf("%+v", r.Attempts)
	}
}

// TestDeadline ends when the time is over or the caller wants it to.
func TestDeadline(t *testing.T) {
	a := theAuthority(t)
	slow := rawServer(t, func(net.Conn) { time.Sleep(5 * time.Second) })
	good := newServer(t, responds(a, answerGood))
	opt := options(good)
	opt.Ports, opt.Timeout = append(opt.Ports, portOf(slow.Addr())), 1200*time.Millisecond
	c := newClient(t, opt)
	url := "http://" + slow.Addr().String()
	start := time.Now()
	expect(t, checked(t, c, a.asking(url+"/1"), a.cert), CouldNotAsk, "revocation-timeout")
	if took := time.Since(start); took < time.Second || took > 4*time.Second {
		t.Errorf("it took %v", took)
	}
	// The slow one does not take the time of the other.
	expect(t, checked(t, c, a.asking(url+"/2", good.URL), a.cert), Good, "revocation-timeout", "")
	// Nor does it take the time of the other kind of evidence.
	lists := newServer(t, sendsList(a.list(5, nil)))
	withLists := opt
	withLists.Ports = append(withLists.Ports, lists.port())
	expect(t, checked(t, newClient(t, withLists), a.issue(func(c *x509.Certificate) {
		c.OCSPServer, c.CRLDistributionPoints = []string{url + "/4"}, []string{lists.URL}
	}), a.cert), Good, "revocation-timeout", "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	start = time.Now()
	opt.Timeout = time.Minute
	r, err := newClient(t, opt).Check(ctx, a.asking(url+"/3"), a.cert)
	if err != nil || r.Status != CouldNotAsk || time.Since(start) > 10*time.Second {
		t.Errorf("%v %v after %v", r, err, time.Since(start))
	}
}

// TestTogether has many ask the same at the same time: one request is enough, and
// the impatience of one does not take the answer away from the others.
func TestTogether(t *testing.T) {
	a := theAuthority(t)
	release := make(chan struct{})
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		request := requestIn(r)
		<-release
		write(w, "application/ocsp-response", a.respond(request, answerGood))
	})
	opt := options(s)
	opt.CacheBytes = -1
	c := newClient(t, opt)
	cert := a.asking(s.URL)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if r, _ := c.Check(ctx, cert, a.cert); r.Status != CouldNotAsk {
		t.Error(r.Status)
	}
	var wg sync.WaitGroup
	var good atomic.Int64
	for range 20 {
		wg.Go(func() {
			if r, err := c.Check(t.Context(), cert, a.cert); err == nil && r.Status == Good {
				good.Add(1)
			}
		})
	}
	time.Sleep(500 * time.Millisecond)
	close(release)
	wg.Wait()
	if good.Load() != 20 || s.requests.Load() != 1 {
		t.Errorf("%d answers from %d requests", good.Load(), s.requests.Load())
	}
}

// TestConcurrency keeps to the limits, for one host and together.
func TestConcurrency(t *testing.T) {
	a := theAuthority(t)
	var all, most atomic.Int64
	handle := func(host *atomic.Int64, mostHere *atomic.Int64) http.HandlerFunc {
		raise := func(n int64, to *atomic.Int64) {
			for old := to.Load(); n > old && !to.CompareAndSwap(old, n); old = to.Load() {
			}
		}
		return func(w http.ResponseWriter, r *http.Request) {
			raise(host.Add(1), mostHere)
			raise(all.Add(1), &most)
			time.Sleep(10 * time.Millisecond)
			responds(a, answerGood)(w, r)
			all.Add(-1)
			host.Add(-1)
		}
	}
	var here, mostHere, there, mostThere atomic.Int64
	one, two := newServer(t, handle(&here, &mostHere)), newServer(t, handle(&there, &mostThere))
	opt := options(one, two)
	opt.MaxConcurrent, opt.MaxPerHost = 5, 3
	c := newClient(t, opt)
	var wg sync.WaitGroup
	for i := range 60 {
		cert := a.asking([]string{one.URL, two.URL}[i%2])
		wg.Go(func() {
			if r, err := c.Check(t.Context(), cert, a.cert); err != nil || r.Status != Good {
				t.Error(r.Status, err)
			}
		})
	}
	wg.Wait()
	if most.Load() > 5 || mostHere.Load() > 3 || mostThere.Load() > 3 || most.Load() < 4 {
		t.Errorf("at most %d at once, %d and %d for one host", most.Load(), mostHere.Load(), mostThere.Load())
	}
	if len(c.limits.hosts) != 0 || len(c.limits.all) != 0 {
		t.Errorf("hosts %v and %d places are still taken", c.limits.hosts, len(c.limits.all))
	}
}

// TestBusy gives up when there is no place in time.
func TestBusy(t *testing.T) {
	a := theAuthority(t)
	release := make(chan struct{})
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) { <-release })
	opt := options(s)
	opt.MaxPerHost, opt.Timeout = 1, 300*time.Millisecond
	c := newClient(t, opt)
	var wg sync.WaitGroup
	codes := make(chan finding.Code, 2)
	for range 2 {
		cert := a.asking(s.URL)
		wg.Go(func() {
			r, _ := c.Check(t.Context(), cert, a.cert)
			codes <- r.Attempts[0].Code
		})
	}
	wg.Wait()
	close(release)
	if first, second := <-codes, <-codes; first != "revocation-busy" || second != "revocation-timeout" {
		t.Error(first, second)
	}
}

// TestBreakers leaves alone what fails again and again, and what is gone, but
// nobody can have a host left alone by naming paths of it that fail.
func TestBreakers(t *testing.T) {
	a := theAuthority(t)
	s := newServer(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/bad") {
			w.WriteHeader(500)
			return
		}
		responds(a, answerGood)(w, r)
	})
	opt := options(s)
	opt.MaxTries = 1
	c := newClient(t, opt)
	clock := time.Now()
	c.breakers.now = func() time.Time { return clock }
	for range breakAfter {
		expect(t, checked(t, c, a.asking(s.URL+"/bad"), a.cert), CouldNotAsk, "revocation-http-status")
	}
	before := s.requests.Load()
	expect(t, checked(t, c, a.asking(s.URL+"/bad"), a.cert), CouldNotAsk, "revocation-backed-off")
	if s.requests.Load() != before {
		t.Error("it was asked all the same")
	}
	expect(t, checked(t, c, a.asking(s.URL+"/bad2"), a.cert), CouldNotAsk, "revocation-http-status")
	expect(t, checked(t, c, a.asking(s.URL), a.cert), Good, "")
	// After a while one is let through.
	clock = clock.Add(breakFor)
	if c.breakers.blocked("url "+s.URL+"/bad") || !c.breakers.blocked("url "+s.URL+"/bad") {
		t.Error("not exactly one is let through")
	}
	c.breakers.worked("url " + s.URL + "/bad")
	if c.breakers.blocked("url " + s.URL + "/bad") {
		t.Error("success is not believed")
	}
	// A host that is gone is left alone as a whole.
	gone := newCanary(t, "127.0.0.1:0")
	gone.Close()
	opt.Ports = append(opt.Ports, portOf(gone.Addr()))
	c = newClient(t, opt)
	for i := range breakAfter {
		expect(t, checked(t, c, a.asking(fmt.Sprintf("http://%s/%d", gone.Addr(), i)), a.cert), CouldNotAsk, "revocation-unreachable")
	}
	expect(t, checked(t, c, a.asking("http://"+gone.Addr().String()+"/x"), a.cert), CouldNotAsk, "revocation-backed-off")
	for i := range maxBreakers + 100 {
		c.breakers.failed(fmt.Sprint(i))
	}
	if n := len(c.breakers.by); n > maxBreakers {
		t.Errorf("%d are remembered", n)
	}
	for range 100 {
		c.breakers.failed("0")
	}
	if c.breakers.by["0"].until.After(time.Now().Add(breakForMax + time.Second)) {
		t.Error("it is left alone for too long")
	}
}

// TestOptions refuses options that make no sense.
func TestOptions(t *testing.T) {
	for _, opt := range []Options{
		{Timeout: -1}, {CacheAge: -1}, {Order: CRLOnly + 1}, {Nonce: NoNonce + 1}, {Hashes: []ocsp.Hash{ocsp.SM3 + 1}}, {MaxURLs: -1},
		{MaxURLs: 65}, {MaxResponse: -1}, {MaxCRL: -1}, {MaxCRL: ocsp.MaxCRLSize + 1}, {MaxTries: -1}, {MaxConcurrent: -1}, {MaxPerHost: -1},
		{CacheBytes: -1, CacheFile: "x"},
	} {
		if _, err := New(opt); err == nil {
			t.Errorf("%+v is taken", opt)
		}
	}
	c := newClient(t, Options{CacheAge: 100 * time.Hour})
	if c.opt.CacheAge != MaxCacheAge || c.opt.Timeout != DefaultTimeout || c.opt.MaxResponse != ocsp.DefaultMaxSize || c.opt.MaxCRL != DefaultMaxCRL {
		t.Errorf("%+v", c.opt)
	}
}
