package ocsptest_test

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"
	xocsp "golang.org/x/crypto/ocsp"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// now is the time at which the tests judge.
var now = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func testKey(tb testing.TB, name string) crypto.Signer {
	tb.Helper()
	text, err := os.ReadFile("../../testdata/keys/" + name + ".pem")
	if err != nil {
		tb.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := smx509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		tb.Fatal(err)
	}
	return key.(crypto.Signer)
}

func parse(tb testing.TB, der []byte) *certparse.Certificate {
	tb.Helper()
	c, err := certparse.ParseCertificate(der)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func serial(n int64) *big.Int { return big.NewInt(n) }

// setup is a way to sign.
type setup struct {
	name, ca, delegate string
	pss, byKey         bool
	hash               ocsp.Hash
}

var setups = []setup{
	{name: "RSA", ca: "rsa-ca"},
	{name: "RSA-PSS", ca: "rsa-ca", pss: true, hash: ocsp.SHA384},
	{name: "ECDSA", ca: "p256-root", hash: ocsp.SHA256},
	{name: "ECDSA by P-384, by key", ca: "p384", byKey: true, hash: ocsp.SHA512},
	{name: "Ed25519", ca: "ed25519"},
	{name: "SM2", ca: "sm2-ca", hash: ocsp.SM3},
	{name: "RSA, delegate with PSS", ca: "p256-root", delegate: "rsa-other", pss: true},
	{name: "SM2, delegate by key", ca: "sm2-ca", delegate: "sm2-other", byKey: true, hash: ocsp.SM3},
	{name: "ECDSA, delegate with SM2", ca: "p256-root", delegate: "sm2-other"},
}

func (s setup) responder(tb testing.TB) ocsptest.Responder {
	r := ocsptest.Responder{CA: ocsptest.NewCA("Test CA", testKey(tb, s.ca)), PSS: s.pss, ByKey: s.byKey}
	if s.delegate != "" {
		r.Delegate = testKey(tb, s.delegate)
	}
	return r
}

// TestFaults makes every fault in every way to sign: the judge finds what the fault
// promises, and nothing without it.
func TestFaults(t *testing.T) {
	for _, s := range setups {
		t.Run(s.name, func(t *testing.T) {
			r := s.responder(t)
			cert, issuer := parse(t, r.CA.Issue(ocsptest.Leaf{})), parse(t, r.CA.Certificate)
			nonce := bytes.Repeat([]byte{7}, 32)
			reply := ocsptest.Reply{Responder: r, Time: now, Nonce: nonce, Answers: []ocsptest.Answer{{Serial: serial(ocsptest.DefaultSerial), Hash: s.hash}}}
			for _, fault := range append(ocsptest.Faults(), ocsptest.None) {
				reply.Fault = fault
				got, err := ocsp.Verify(ocsptest.Response(reply), cert, issuer, ocsp.Options{Time: now, Nonce: nonce})
				if err != nil {
					t.Fatal(err)
				}
				want := fault.Code()
				if want == "" {
					if got.Status != ocsp.Good || len(got.Findings) > 0 {
						t.Errorf("%v: %v %v, want good", fault, got.Status, got.Findings)
					}
					continue
				}
				rule, ok := finding.Lookup(want)
				if !ok {
					t.Fatalf("%v: there is no finding %s", fault, want)
				}
				found := slices.ContainsFunc(got.Findings, func(f finding.Finding) bool { return f.Code == want })
				if !found || rule.Severity == finding.Error && got.Code != want {
					t.Errorf("%v: %v %s, want %s", fault, got.Status, got.Code, want)
				}
			}
		})
	}
}

// TestAnswers has good, revoked and unknown, read by this library and, where it can,
// by x/crypto/ocsp.
func TestAnswers(t *testing.T) {
	at := now.AddDate(0, -1, 0)
	for _, s := range setups {
		r := s.responder(t)
		cert, issuer := parse(t, r.CA.Issue(ocsptest.Leaf{})), parse(t, r.CA.Certificate)
		for _, a := range []ocsptest.Answer{
			{}, {Status: ocsp.Good}, {Status: ocsp.Unknown}, {Status: ocsp.Revoked, RevokedAt: at},
			{Status: ocsp.Revoked, RevokedAt: at, Reason: ocsp.KeyCompromise},
			{ThisUpdate: now.Add(-time.Hour), NextUpdate: now.Add(time.Hour)},
		} {
			a.Serial, a.Hash = serial(ocsptest.DefaultSerial), s.hash
			der := ocsptest.Response(ocsptest.Reply{Responder: r, Time: now, Answers: []ocsptest.Answer{a, {Serial: serial(7)}}})
			got, err := ocsp.Verify(der, cert, issuer, ocsp.Options{Time: now})
			if err != nil {
				t.Fatal(err)
			}
			want := max(a.Status, ocsp.Good)
			if got.Status != want || !got.RevokedAt.Equal(a.RevokedAt) || got.Reason != a.Reason || (got.Delegate != nil) != (s.delegate != "") {
				t.Errorf("%s: %+v, want %+v", s.name, got, a)
			}
			if s.pss || s.ca == "sm2-ca" || s.ca == "ed25519" || s.delegate == "sm2-other" {
				continue // x/crypto/ocsp knows none of these.
			}
			std, err := x509.ParseCertificate(r.CA.Certificate)
			if err != nil {
				t.Fatal(err)
			}
			leaf, err := x509.ParseCertificate(cert.Raw())
			if err != nil {
				t.Fatal(err)
			}
			x, err := xocsp.ParseResponseForCert(der, leaf, std)
			if err != nil {
				t.Errorf("%s: %v", s.name, err)
			} else if x.Status != map[ocsp.Status]int{ocsp.Good: xocsp.Good, ocsp.Revoked: xocsp.Revoked, ocsp.Unknown: xocsp.Unknown}[want] {
				t.Errorf("%s: x/crypto/ocsp reads %v, want %v", s.name, x.Status, want)
			}
		}
	}
}

// TestListFaults makes every fault that lists can have.
func TestListFaults(t *testing.T) {
	for _, name := range []string{"rsa-ca", "p256-root", "p384", "ed25519", "sm2-ca"} {
		ca := ocsptest.NewCA("Test CA", testKey(t, name))
		cert, issuer := parse(t, ca.Issue(ocsptest.Leaf{})), parse(t, ca.Certificate)
		for _, fault := range append(ocsptest.Faults(), ocsptest.None) {
			if !fault.OfList() && fault != ocsptest.None {
				continue
			}
			var code finding.Code
			status := ocsp.Refused
			l, err := ocsp.ParseCRL(ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Fault: fault}))
			if err != nil {
				code = err.(*ocsp.SyntaxError).Code
			} else if r, err := ocsp.Judge([]*ocsp.CRL{l}, cert, issuer, ocsp.Options{Time: now}); err != nil {
				t.Fatal(err)
			} else {
				status, code = r.Status, r.Code
			}
			if code != fault.ListCode() || (code == "") != (status == ocsp.Good) {
				t.Errorf("%s, %v: %v %s, want %s", name, fault, status, code, fault.ListCode())
			}
		}
	}
}

// TestLists has full, delta, partitioned, indirect and limited lists.
func TestLists(t *testing.T) {
	ca, other := ocsptest.NewCA("Test CA", nil), ocsptest.NewCA("CRL Issuer", testKey(t, "p256-other"))
	issuer, crlIssuer := parse(t, ca.Certificate), parse(t, other.Certificate)
	at := now.AddDate(0, -1, 0)
	const url = "http://crl.example.com/1.crl"
	plain := ocsptest.Leaf{}
	pointed := ocsptest.Leaf{CRLs: []string{url}}
	indirect := ocsptest.Leaf{CRLs: []string{url}, CRLIssuer: other}
	entry := ocsptest.Entry{Serial: serial(ocsptest.DefaultSerial), RevokedAt: at, Reason: ocsp.Superseded}
	of := func(e ocsptest.Entry, ca *ocsptest.CA) []ocsptest.Entry {
		e.Issuer = ca
		return []ocsptest.Entry{e}
	}
	hit := []ocsptest.Entry{{Serial: serial(3), RevokedAt: at}, entry}
	removed := []ocsptest.Entry{{Serial: entry.Serial, RevokedAt: at, Reason: ocsp.RemoveFromCRL}}
	for name, test := range map[string]struct {
		leaf  ocsptest.Leaf
		lists []ocsptest.CRL
		want  ocsp.Status
	}{
		"full":                    {plain, []ocsptest.CRL{{CA: ca}}, ocsp.Good},
		"full, revoked":           {plain, []ocsptest.CRL{{CA: ca, Entries: hit}}, ocsp.Revoked},
		"delta":                   {plain, []ocsptest.CRL{{CA: ca, Number: 4}, {CA: ca, Number: 5, Base: 4}}, ocsp.Good},
		"delta, revoked":          {plain, []ocsptest.CRL{{CA: ca, Number: 4}, {CA: ca, Number: 5, Base: 4, Entries: hit}}, ocsp.Revoked},
		"delta, removed":          {plain, []ocsptest.CRL{{CA: ca, Number: 4, Entries: hit}, {CA: ca, Number: 5, Base: 4, Entries: removed}}, ocsp.Good},
		"delta alone":             {plain, []ocsptest.CRL{{CA: ca, Number: 5, Base: 4}}, ocsp.Unknown},
		"partition":               {pointed, []ocsptest.CRL{{CA: ca, Point: url}}, ocsp.Good},
		"partition, revoked":      {pointed, []ocsptest.CRL{{CA: ca, Point: url, OnlyUser: true, Entries: hit}}, ocsp.Revoked},
		"another partition":       {pointed, []ocsptest.CRL{{CA: ca, Point: "http://crl.example.com/2.crl"}}, ocsp.Unknown},
		"of CAs":                  {pointed, []ocsptest.CRL{{CA: ca, Point: url, OnlyCA: true}}, ocsp.Unknown},
		"of attributes":           {plain, []ocsptest.CRL{{CA: ca, OnlyAttribute: true}}, ocsp.Unknown},
		"some reasons":            {plain, []ocsptest.CRL{{CA: ca, OnlySome: []ocsp.Reason{ocsp.KeyCompromise, ocsp.AACompromise}}}, ocsp.Unknown},
		"all reasons in two":      {plain, []ocsptest.CRL{{CA: ca, OnlySome: []ocsp.Reason{1, 2, 3, 4}}, {CA: ca, OnlySome: []ocsp.Reason{5, 6, 9, 10}}}, ocsp.Good},
		"indirect":                {indirect, []ocsptest.CRL{{CA: other, Indirect: true}}, ocsp.Good},
		"indirect, revoked":       {indirect, []ocsptest.CRL{{CA: other, Indirect: true, Entries: of(entry, ca)}}, ocsp.Revoked},
		"indirect, of another CA": {indirect, []ocsptest.CRL{{CA: other, Indirect: true, Entries: of(entry, other)}}, ocsp.Good},
	} {
		var lists []*ocsp.CRL
		for _, c := range test.lists {
			c.Time = now
			l, err := ocsp.ParseCRL(ocsptest.List(c))
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			lists = append(lists, l)
		}
		r, err := ocsp.Judge(lists, parse(t, ca.Issue(test.leaf)), issuer, ocsp.Options{Time: now,
			CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate { return []*certparse.Certificate{crlIssuer} }})
		if err != nil {
			t.Fatal(err)
		}
		if r.Status != test.want {
			t.Errorf("%s: %v %s %v, want %v", name, r.Status, r.Code, r.Findings, test.want)
		}
	}
	full, err := ocsp.ParseCRL(ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Deltas: []string{url}}))
	if err != nil || !slices.Equal(full.FreshestURLs(), []string{url}) {
		t.Errorf("the delta list of a list is at %v, %v", full.FreshestURLs(), err)
	}
}
