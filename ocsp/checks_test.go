package ocsp_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestIssuerKey gives the key of the issuer with the result of the path, as it is
// needed for parameters that a key inherits.
func TestIssuerKey(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	other := base.issuer
	other.Key = key("p256-other")
	cert, issuer := base.parse(t)
	opt := ocsp.Options{Time: now, IssuerKey: parseCertificate(t, other.DER()).PublicKey()}
	reply := base.reply
	reply.Signer = other.Key
	delegated := base.delegated(delegateOf(other, key("p256-intermediate"))).reply
	for name, r := range map[string]*ocsp.Result{
		"response":               verify(t, reply.DER(), cert, issuer, opt),
		"response of a delegate": verify(t, delegated.DER(), cert, issuer, opt),
		"list":                   judgeCRLs(t, [][]byte{listOf(base.issuer).SignedBy(other.Key).DER()}, cert, issuer, opt),
	} {
		if r.Status != ocsp.Good {
			t.Errorf("%s: %v %s", name, r.Status, r.Code)
		}
	}
}

// TestSerialNumbers compares the number of a certificate with that of an answer.
// Certificates with odd numbers exist, and each must be found as what it is.
func TestSerialNumbers(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	for _, test := range []struct {
		cert, answer string
		same         bool
	}{
		{"\x00", "\x00", true},
		{"\x00\x05", "\x05", true},
		{"\x00\x90", "\x00\x90", true},
		{"\x00\x90", "\x90", false},
		{"\xff\x80", "\x80", true},
		{"\xff\x01", "\xff\x01", true},
		{"\xff\x01", "\x01", false},
		{"\x10\x01", "\x01", false},
		{"\x10\x90", "\x90", false},
	} {
		s := base.answering(func(a *forge.Answer) { a.ID = certIDOf(base.issuer, []byte(test.answer)...) })
		s.leaf.Serial = []byte(test.cert)
		cert, issuer := s.parse(t)
		r := verify(t, s.reply.DER(), cert, issuer, ocsp.Options{Time: now})
		if (r.Status == ocsp.Good) != test.same {
			t.Errorf("certificate %x, answer %x: %v %s", test.cert, test.answer, r.Status, r.Code)
		}
	}
}

// TestVerifiedOnce damages the signature of a list after it was found to verify.
// It is not checked again with the same key, but it is with another one.
func TestVerifiedOnce(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	cert, issuer := base.parse(t)
	der := listOf(base.issuer).DER()
	l, err := ocsp.ParseCRL(der)
	if err != nil {
		t.Fatal(err)
	}
	judge := func(opt ocsp.Options) ocsp.Status {
		opt.Time = now
		r, err := ocsp.Judge([]*ocsp.CRL{l}, cert, issuer, opt)
		if err != nil {
			t.Fatal(err)
		}
		return r.Status
	}
	before := judge(ocsp.Options{})
	der[len(der)-1] ^= 1
	if after := judge(ocsp.Options{}); before != ocsp.Good || after != ocsp.Good {
		t.Errorf("%v, then %v", before, after)
	}
	if s := judge(ocsp.Options{IssuerKey: cert.PublicKey()}); s != ocsp.Refused {
		t.Errorf("with another key: %v", s)
	}
}

// TestCautiousDates judges by several lists. The result has the oldest information
// and the earliest end.
func TestCautiousDates(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	cert, issuer := base.parse(t)
	hours := func(n int) time.Time { return now.Add(time.Duration(n) * time.Hour) }
	l := listOf(base.issuer)
	some := func(this, next int, flags ...byte) forge.List {
		return l.Between(hours(this), hours(next)).With(forge.IssuingPoint(forge.OnlySome(flags...)))
	}
	endless := some(-3, 0, 0x3f, 0x80)
	endless.Next = nil
	for name, test := range map[string]struct {
		lists      []forge.List
		this, next int
	}{
		"one":                    {[]forge.List{l.Between(hours(-1), hours(2))}, -1, 2},
		"the second one older":   {[]forge.List{some(-1, 4, 0x40), some(-2, 3, 0x3f, 0x80)}, -2, 3},
		"the second one younger": {[]forge.List{some(-2, 3, 0x40), some(-1, 4, 0x3f, 0x80)}, -2, 3},
		"one without an end":     {[]forge.List{some(-2, 3, 0x40), endless}, -3, 3},
		"a delta list":           {[]forge.List{l.Between(hours(-5), hours(8)), l.Between(hours(-1), hours(1)).With(forge.DeltaOf(5), forge.CRLNumber(6))}, -5, 1},
	} {
		var ders [][]byte
		for _, l := range test.lists {
			ders = append(ders, l.DER())
		}
		r := judgeCRLs(t, ders, cert, issuer, ocsp.Options{Time: now})
		if r.Status != ocsp.Good || !r.ThisUpdate.Equal(hours(test.this)) || !r.NextUpdate.Equal(hours(test.next)) {
			t.Errorf("%s: %v %s, %v to %v", name, r.Status, r.Code, r.ThisUpdate, r.NextUpdate)
		}
	}
}

// TestReasonsInOrder has lists that do not cover the certificate. Why is said once
// for each reason, in the same order whatever the order of the lists.
func TestReasonsInOrder(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	cert, issuer := base.parse(t)
	a, b := listOf(base.issuer).Of(forge.CommonName("Another CA")).DER(), listOf(base.issuer).With(forge.IssuingPoint(forge.OnlyCA())).DER()
	why := func(lists ...[]byte) any {
		r := judgeCRLs(t, lists, cert, issuer, ocsp.Options{Time: now})
		i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Code == "crl-not-covering" })
		if i < 0 {
			t.Fatal(codes(r))
		}
		return r.Findings[i].Data[0].Value
	}
	want := why(a, b)
	for i, got := range []any{why(b, a), why(a, b, a), why(b, a, b)} {
		if got != want {
			t.Errorf("%d: %q, want %q", i, got, want)
		}
	}
}

// TestLastCentury reads a UTCTime, whose years end in 2049.
func TestLastCentury(t *testing.T) {
	l := listOf(newScene("p256-root", "p256-server").issuer)
	for text, want := range map[string]int{"491231235959Z": 2049, "500101000000Z": 1950, "991231235959Z": 1999} {
		l.This = forge.TLV(forge.TagUTCTime, []byte(text))
		if got := parseList(t, l).ThisUpdate.Year(); got != want {
			t.Errorf("%s is in %d, want %d", text, got, want)
		}
	}
}

// TestHashParameters has a CertID whose hash has other parameters than NULL.
func TestHashParameters(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	cert, issuer := base.parse(t)
	healthy := forge.Algorithm("1.3.14.3.2.26", forge.Null())
	for name, test := range map[string]struct {
		algorithm []byte
		good      bool
	}{
		"NULL":               {healthy, true},
		"none":               {forge.Algorithm("1.3.14.3.2.26"), true},
		"an empty sequence":  {forge.Algorithm("1.3.14.3.2.26", forge.Sequence()), false},
		"a NULL of one byte": {forge.Algorithm("1.3.14.3.2.26", forge.TLV(5, []byte{0})), false},
		"NULL and more":      {forge.Algorithm("1.3.14.3.2.26", forge.Null(), forge.Null()), false},
	} {
		s := base.answering(func(a *forge.Answer) {
			a.ID = forge.Sequence(test.algorithm, contentOf(a.ID)[len(healthy):])
		})
		if r := verify(t, s.reply.DER(), cert, issuer, ocsp.Options{Time: now}); (r.Status == ocsp.Good) != test.good || !test.good && r.Code != "ocsp-malformed" {
			t.Errorf("%s: %v %s", name, r.Status, r.Code)
		}
	}
}

// TestIdentifiersNamed looks at which identifier a finding names.
func TestIdentifiersNamed(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	cert, issuer := base.parse(t)
	named := func(der []byte, code finding.Code) string {
		r := verify(t, der, cert, issuer, ocsp.Options{Time: now})
		i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return f.Code == code })
		if i < 0 {
			t.Fatalf("%v", codes(r))
		}
		return r.Findings[i].Data[0].Value.(string)
	}
	reply := base.reply
	reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.4.1.99999.7", true, forge.Null()), forge.Ext("1.3.6.1.4.1.99999.8", true, forge.Null())}
	if got := named(reply.DER(), "ocsp-extension-unknown"); got != "1.3.6.1.4.1.99999.7" {
		t.Errorf("of two critical extensions, %s is named", got)
	}
	// A number of 70 bits would be another one if it were cut off.
	huge := forge.TLV(0x06, []byte{0x2a}, slices.Repeat([]byte{0xff}, 9), []byte{0x7f})
	other := forge.Sequence(forge.Enumerated(0), forge.Explicit(0, forge.Sequence(huge, forge.Octets(nil))))
	if got := named(other, "ocsp-response-type"); strings.HasPrefix(got, "1.2.") {
		t.Errorf("an identifier with a huge number is shown as %s", got)
	}
}
