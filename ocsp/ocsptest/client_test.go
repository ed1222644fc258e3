package ocsptest_test

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// httpFaults are the codes by which a strict client calls the faults of HTTP.
var httpFaults = map[ocsptest.Fault]finding.Code{
	ocsptest.WrongContentType: "revocation-content-type",
	ocsptest.WebPage:          "revocation-content-type",
	ocsptest.Redirect:         "revocation-redirect",
	ocsptest.NotFound:         "revocation-http-status",
	ocsptest.ServerError:      "revocation-http-status",
	ocsptest.Unavailable:      "revocation-http-status",
	ocsptest.EmptyBody:        "ocsp-malformed",
	ocsptest.Truncated:        "revocation-unreachable",
	ocsptest.Compressed:       "revocation-content-encoding",
	ocsptest.Endless:          "ocsp-too-large",
	ocsptest.Drip:             "revocation-timeout",
	ocsptest.Silence:          "revocation-timeout",
	ocsptest.Reset:            "revocation-unreachable",
	ocsptest.HugeHeader:       "revocation-http-malformed",
}

// check asks with a client that has not asked anybody before.
func check(t *testing.T, ca *ocsptest.CA, leaf ocsptest.Leaf, url *url.URL, opt client.Options) *client.Result {
	t.Helper()
	port, err := strconv.ParseUint(url.Port(), 10, 16)
	if err != nil {
		t.Fatal(err)
	}
	opt.AllowPrivate, opt.Ports, opt.CacheBytes = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}, []uint16{uint16(port)}, -1
	c, err := client.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, err := c.Check(context.Background(), parse(t, ca.Issue(leaf)), parse(t, ca.Certificate))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestClient has the client of this module meet every fault. It never takes a faulty
// answer for a good one, calls the fault by its name, follows no redirect, and with a
// revocation list at hand comes to the right answer all the same.
func TestClient(t *testing.T) {
	ca := ocsptest.NewCA("Test CA", nil)
	s := ocsptest.NewServer(ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	defer s.Close()
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	asking := ocsptest.Leaf{OCSP: []string{s.URL}}
	falling := ocsptest.Leaf{OCSP: []string{s.URL}, CRLs: []string{s.Publish("full.crl", ocsptest.List(ocsptest.CRL{CA: ca, Time: time.Now()}))}}
	for _, fault := range ocsptest.Faults() {
		s.Next(fault)
		want, opt := fault.Code(), client.Options{MaxTries: 1}
		switch {
		case fault.OfHTTP():
			want = httpFaults[fault]
			opt.Timeout = time.Second
		case want == "ocsp-nonce-missing":
			opt.Nonce = client.RequireNonce
		}
		rule, ok := finding.Lookup(want)
		if !ok && fault != ocsptest.NoNextUpdate {
			t.Fatalf("%v: there is no finding %q", fault, want)
		}
		r := check(t, ca, asking, at, opt)
		// A fault that is none for a strict judge, or only worth a notice.
		if sound := !ok || rule.Severity < finding.Error && !fault.OfHTTP() && want != "ocsp-nonce-missing"; sound {
			if r.Status != client.Good {
				t.Errorf("%v: %v %v, want good", fault, r.Status, r.Findings)
			}
			continue
		}
		if last := r.Attempts[len(r.Attempts)-1]; r.Status == client.Good || r.Status == client.Revoked || last.Code != want {
			t.Errorf("%v: %v, %+v, want %s", fault, r.Status, r.Attempts, want)
		}
		told := func(f finding.Finding) bool { return f.Code == want && f.Severity < finding.Error }
		if r := check(t, ca, falling, at, opt); r.Status != client.Good || r.Source != client.CRL || !slices.ContainsFunc(r.Findings, told) {
			t.Errorf("%v, with a list: %v by %v, %v", fault, r.Status, r.Source, r.Findings)
		}
	}
	for _, q := range s.Requests() {
		if q.Redirected || q.Err != nil {
			t.Errorf("the server saw %+v", q)
		}
	}
	s.Next(ocsptest.TryLater, ocsptest.Unavailable, ocsptest.None)
	if r := check(t, ca, asking, at, client.Options{}); r.Status != client.Good || r.Attempts[0].Tries != 3 {
		t.Errorf("the third time: %v, %+v", r.Status, r.Attempts)
	}
}
