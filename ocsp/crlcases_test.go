package ocsp_test

import (
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// crlCases has one case for each finding about CRLs.
func crlCases() (cases []testCase) {
	base := newScene("p256-root", "p256-server")
	healthy := listOf(base.issuer)
	about := func(s scene, lists ...forge.List) evidence {
		e := s.evidence()
		for _, l := range lists {
			e.crls = append(e.crls, l.DER())
		}
		return e
	}
	add := func(code, says string, l forge.List) {
		cases = append(cases, testCase{code, says, about(base, l), about(base, healthy)})
	}
	broken := about(base, healthy)
	broken.crls = [][]byte{append(broken.crls[0], 0)}
	cases = append(cases, testCase{"crl-malformed", "A byte follows the CRL (X.690, Section 10.1).", broken, about(base, healthy)})
	add("crl-extension-unknown", "The CRL has a critical extension that nobody knows (RFC 5280, Section 5.2).",
		healthy.With(forge.Ext(forge.OIDPrivate, true, forge.Null())))
	unnumbered := healthy
	unnumbered.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, false, forge.Null())}
	add("crl-number", "The CRL has no number (RFC 5280, Section 5.2.3).", unnumbered)
	add("crl-not-yet-valid", "The CRL holds from tomorrow on (RFC 5280, Section 5.1.2.4).", healthy.Between(now.AddDate(0, 0, 1), now.AddDate(0, 0, 2)))
	add("crl-dates-reversed", "nextUpdate is before thisUpdate (RFC 5280, Section 5.1.2.5).", healthy.Between(now.Add(-time.Hour), now.Add(-2*time.Hour)))
	add("crl-stale", "nextUpdate has passed (RFC 5280, Section 6.3.3, step (a)).", healthy.Between(now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)))
	old := healthy.Between(now.AddDate(0, 0, -2), now)
	old.Next = nil
	add("crl-too-old", "The CRL is two days old and has no nextUpdate (RFC 5280, Section 5.1.2.5).", old)
	add("crl-not-covering", "The CRL is for the certificates of CAs (RFC 5280, Section 5.2.5).", healthy.With(forge.IssuingPoint(forge.OnlyCA())))
	add("crl-reasons-missing", "The CRL is for one reason only (RFC 5280, Section 5.2.5).", healthy.With(forge.IssuingPoint(forge.OnlySome(0x40))))

	other := forge.CommonName("Revocation Test CRL Issuer")
	pointed := base
	pointed.leaf = pointed.leaf.With(forge.DistributionPoints(forge.Sequence(forge.Explicit(2, forge.Directory(other)))))
	stranger := healthy.Of(other).SignedBy(key("p256-other")).With(forge.IssuingPoint(forge.Indirect()))
	cases = append(cases, testCase{"crl-issuer-unknown", "Somebody else signed the CRL, whose certificate was not given (RFC 5280, Section 6.3.3, step (f)).",
		about(pointed, stranger), about(pointed, healthy)})
	powerless := base
	powerless.issuer = powerless.issuer.With(forge.KeyUsage(forge.KeyCertSign))
	return append(cases, testCase{"crl-issuer-key-usage", "The CA may not sign CRLs (RFC 5280, Section 6.3.3, step (f)).",
		about(powerless, healthy), about(base, healthy)})
}

// judgeCRLs reads CRLs and judges a certificate by them. A list that cannot be
// read is refused.
func judgeCRLs(tb testing.TB, crls [][]byte, cert, issuer *certparse.Certificate, opt ocsp.Options) *ocsp.Result {
	tb.Helper()
	var lists []*ocsp.CRL
	for _, der := range crls {
		l, err := ocsp.ParseCRL(der)
		if err != nil {
			f := err.(*ocsp.SyntaxError).Finding(opt.Where)
			return &ocsp.Result{Code: f.Code, Findings: append([]finding.Finding{}, f)}
		}
		lists = append(lists, l)
	}
	r, err := ocsp.Judge(lists, cert, issuer, opt)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
