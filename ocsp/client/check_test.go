package client

import (
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"net/http"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// TestStatuses has every status come out by itself.
func TestStatuses(t *testing.T) {
	a, other := theAuthority(t), newAuthority("Revocation Client Test CA", "p256-other")
	for _, test := range []struct {
		name   string
		handle http.HandlerFunc
		status Status
		code   finding.Code
	}{
		{"good", responds(a, answerGood), Good, ""},
		{"revoked", responds(a, answerRevoked), Revoked, ""},
		{"unknown", responds(a, answerUnknown), Unknown, ""},
		{"signed by somebody else", responds(other, answerGood), Refused, "revocation-signature-invalid"},
		{"stale", responds(a, answerGood.between(now.AddDate(0, 0, -3), now.AddDate(0, 0, -2))), Refused, "ocsp-stale"},
		{"no nonce", responds(a, answerGood.withoutNonce()), Good, ""},
		{"unauthorized", sends("application/ocsp-response", []byte{0x30, 3, 0x0a, 1, 6}), Refused, "ocsp-unauthorized"},
		{"a page", sends("text/html", []byte("hello")), CouldNotAsk, "revocation-content-type"},
		{"no page", fails(404), CouldNotAsk, "revocation-http-status"},
		{"a redirect", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, CouldNotAsk, "revocation-redirect"},
		{"not DER", sends("application/ocsp-response", []byte("hello")), Refused, "ocsp-malformed"},
		{"empty", sends("application/ocsp-response", nil), Refused, "ocsp-malformed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t, test.handle)
			r := checked(t, newClient(t, options(s)), a.asking(s.URL), a.cert)
			expect(t, r, test.status, test.code)
			if n := s.requests.Load(); n != 1 {
				t.Errorf("%d requests", n)
			}
			if (r.Status == Good || r.Status == Revoked) != (r.Evidence != nil && (r.Evidence.Status == ocsp.Good || r.Evidence.Status == ocsp.Revoked)) {
				t.Errorf("%v without evidence for it", r.Status)
			}
			if r.Status == CouldNotAsk != has(r, "revocation-could-not-ask") {
				t.Errorf("findings %v", codesOf(r))
			}
			if test.code != "" && !has(r, test.code) {
				t.Errorf("the attempt is not explained: %v", codesOf(r))
			}
		})
	}
}

func TestNothingToAsk(t *testing.T) {
	a := theAuthority(t)
	c := newClient(t, Options{Now: func() time.Time { return now }})
	for _, test := range []struct {
		name   string
		change func(*x509.Certificate)
		exempt Exemption
	}{
		{"no address", func(*x509.Certificate) {}, NotExempt},
		{"short-lived", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = now, now.AddDate(0, 0, 3) }, ShortLived},
		{"no revocation", func(c *x509.Certificate) {
			c.OCSPServer = []string{"http://127.0.0.1/"}
			c.ExtraExtensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 56}, Value: []byte{5, 0}}}
		}, NoRevocation},
	} {
		r := checked(t, c, a.issue(test.change), a.cert)
		expect(t, r, NothingToAsk)
		if r.Exempt != test.exempt || !has(r, "revocation-nothing-to-ask") {
			t.Errorf("%s: %v %v", test.name, r.Exempt, codesOf(r))
		}
	}
	// A short-lived certificate that says where to ask is asked about.
	r := checked(t, c, a.issue(func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter, c.OCSPServer = now, now.AddDate(0, 0, 3), []string{"http://127.0.0.1/"}
	}), a.cert)
	expect(t, r, CouldNotAsk, "revocation-address-refused")
	if _, err := c.Check(t.Context(), nil, a.cert); err != ocsp.ErrIncomplete {
		t.Error(err)
	}
	if _, err := c.Check(t.Context(), a.cert, nil); err != ocsp.ErrIncomplete {
		t.Error(err)
	}
}

// TestChain asks about every certificate of a chain but the anchor.
func TestChain(t *testing.T) {
	root, ca := theAuthority(t), newAuthority("Revocation Client Test Intermediate", "p256-intermediate")
	lists := newServer(t, nil)
	responder := newServer(t, responds(ca, answerGood))
	template := &x509.Certificate{SerialNumber: ca.x509.SerialNumber, Subject: ca.x509.Subject, NotBefore: ca.x509.NotBefore, NotAfter: ca.x509.NotAfter,
		IsCA: true, BasicConstraintsValid: true, KeyUsage: ca.x509.KeyUsage, CRLDistributionPoints: []string{lists.URL}}
	ca.x509 = must(x509.ParseCertificate(must(x509.CreateCertificate(nil, template, root.x509, ca.key.Public(), root.key))))
	ca.cert = must(certparse.ParseCertificate(ca.x509.Raw))
	leaf := ca.asking(responder.URL)
	lists.serve(sendsList(root.list(5, nil, ca.cert)))
	c := newClient(t, options(lists, responder))
	check := func(chain ...*certparse.Certificate) []*Result {
		results, err := c.CheckChain(t.Context(), chain)
		if err != nil || len(results) != len(chain) {
			t.Fatal(results, err)
		}
		return results
	}
	r := check(leaf, ca.cert, root.cert)
	expect(t, r[0], Good, "")
	expect(t, r[1], Revoked, "")
	expect(t, r[2], NothingToAsk)
	if r[2].Exempt != TrustAnchor {
		t.Error(r[2].Exempt)
	}
	for i, one := range r {
		for _, f := range one.Findings {
			if at, ok := f.Where.Certificate.Get(); !ok || at != i {
				t.Errorf("%s of certificate %d is at %d", f.Code, i, at)
			}
		}
	}
	// Without the anchor nobody can be asked about the last certificate.
	r = check(leaf, ca.cert)
	expect(t, r[0], Good, "")
	expect(t, r[1], CouldNotAsk)
	if !has(r[1], "revocation-issuer-missing") {
		t.Error(codesOf(r[1]))
	}
	if r := check(); len(r) != 0 {
		t.Error(r)
	}
	if _, err := c.CheckChain(t.Context(), []*certparse.Certificate{leaf, nil}); err != ocsp.ErrIncomplete {
		t.Error(err)
	}
}

// TestOrder asks in the order of the options, and stops where somebody knows.
func TestOrder(t *testing.T) {
	a := theAuthority(t)
	responder, lists := newServer(t, nil), newServer(t, nil)
	both := func() *certparse.Certificate {
		return a.issue(func(c *x509.Certificate) {
			c.OCSPServer, c.CRLDistributionPoints = []string{responder.URL}, []string{lists.URL}
		})
	}
	knows, fail := responds(a, answerGood), fails(404)
	list := sendsList(a.list(5, nil))
	for _, test := range []struct {
		name            string
		order           Order
		responder, list http.HandlerFunc
		status          Status
		source          Source
		asked, fetched  int64
	}{
		{"OCSP first", OCSPFirst, knows, list, Good, OCSP, 1, 0},
		{"OCSP first, not found", OCSPFirst, fail, list, Good, CRL, 1, 1},
		{"OCSP first, does not know", OCSPFirst, responds(a, answerUnknown), list, Good, CRL, 1, 1},
		{"OCSP first, refused", OCSPFirst, responds(newAuthority("x", "p256-other"), answerGood), list, Good, CRL, 1, 1},
		{"CRL first", CRLFirst, knows, list, Good, CRL, 0, 1},
		{"CRL first, not found", CRLFirst, knows, fail, Good, OCSP, 1, 1},
		{"OCSP only", OCSPOnly, fail, list, CouldNotAsk, NoSource, 1, 0},
		{"CRL only", CRLOnly, knows, fail, CouldNotAsk, NoSource, 0, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			responder.serve(test.responder)
			lists.serve(test.list)
			responder.requests.Store(0)
			lists.requests.Store(0)
			opt := options(responder, lists)
			opt.Order = test.order
			r := checked(t, newClient(t, opt), both(), a.cert)
			if r.Status != test.status || r.Source != test.source || responder.requests.Load() != test.asked || lists.requests.Load() != test.fetched {
				t.Errorf("%v by %v, %d asked, %d fetched: %+v", r.Status, r.Source, responder.requests.Load(), lists.requests.Load(), r.Attempts)
			}
			// What went wrong on the way is told.
			for _, a := range r.Attempts {
				if a.Code != "" && !has(r, a.Code) {
					t.Errorf("%s is not explained: %v", a.Code, codesOf(r))
				}
			}
			if r.Status == Good && finding.Worst(r.Findings) > finding.Warning {
				t.Errorf("good, but %v", codesOf(r))
			}
		})
	}
}

// TestSeveralResponders asks one after the other.
func TestSeveralResponders(t *testing.T) {
	a := theAuthority(t)
	bad, good := newServer(t, fails(404)), newServer(t, responds(a, answerGood))
	c := newClient(t, options(bad, good))
	expect(t, checked(t, c, a.asking("ldap://example.com/", bad.URL, bad.URL, good.URL, good.URL+"/2"), a.cert), Good,
		"revocation-url-refused", "revocation-http-status", "")
	// What counts for a certificate that nobody knows is the one that answered.
	unknown := newServer(t, responds(a, answerUnknown))
	forged := newServer(t, responds(newAuthority("Revocation Client Test CA", "p256-other"), answerGood))
	c = newClient(t, options(bad, unknown, forged))
	r := checked(t, c, a.asking(bad.URL, forged.URL, unknown.URL), a.cert)
	expect(t, r, Unknown, "revocation-http-status", "revocation-signature-invalid", "")
	if r.Evidence == nil || r.Evidence.Status != ocsp.Unknown || r.URL != unknown.URL {
		t.Errorf("%+v", r)
	}
	r = checked(t, c, a.asking(bad.URL, forged.URL), a.cert)
	expect(t, r, Refused, "revocation-http-status", "revocation-signature-invalid")
	// Not more than so many.
	opt := options(bad, good)
	opt.MaxURLs = 2
	r = checked(t, newClient(t, opt), a.asking(bad.URL, bad.URL+"/2", good.URL), a.cert)
	expect(t, r, CouldNotAsk, "revocation-http-status", "revocation-http-status")
	if !has(r, "revocation-too-many-urls") {
		t.Error(codesOf(r))
	}
}

// TestRevokedWins lets no later place take back that a certificate is revoked.
func TestRevokedWins(t *testing.T) {
	a := theAuthority(t)
	revoked, good := newServer(t, responds(a, answerRevoked)), newServer(t, responds(a, answerGood))
	r := checked(t, newClient(t, options(revoked, good)), a.asking(revoked.URL, good.URL), a.cert)
	expect(t, r, Revoked, "")
	if !r.Evidence.RevokedAt.Equal(time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)) || good.requests.Load() != 0 {
		t.Errorf("%+v", r.Evidence)
	}
}

func TestPolicy(t *testing.T) {
	for _, test := range []struct {
		result     Result
		hard, soft bool
	}{
		{Result{Status: Good}, true, true},
		{Result{Status: Revoked}, false, false},
		{Result{Status: Unknown}, false, true},
		{Result{Status: Refused}, false, true},
		{Result{Status: CouldNotAsk}, false, true},
		{Result{}, false, true},
		{Result{Status: NothingToAsk}, false, true},
		{Result{Status: NothingToAsk, Exempt: ShortLived}, true, true},
		{Result{Status: NothingToAsk, Exempt: TrustAnchor}, true, true},
	} {
		hard, hardFindings := HardFail.Decide(&test.result)
		soft, softFindings := SoftFail.Decide(&test.result)
		if hard != test.hard || soft != test.soft {
			t.Errorf("%v %v: %v %v", test.result.Status, test.result.Exempt, hard, soft)
		}
		if n := count(hardFindings, "revocation-hard-fail"); (n == 1) != (!hard && test.result.Status != Revoked) {
			t.Errorf("%v: %v", test.result.Status, hardFindings)
		}
		if n := count(softFindings, "revocation-soft-fail"); (n == 1) != (!hard && soft) {
			t.Errorf("%v: %v", test.result.Status, softFindings)
		}
		for _, none := range []Policy{0, 3, 255} {
			if ok, _ := none.Decide(&test.result); ok {
				t.Errorf("%v: accepted without a policy", test.result.Status)
			}
		}
	}
}
