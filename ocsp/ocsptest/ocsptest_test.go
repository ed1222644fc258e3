package ocsptest_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// TestFaultNames has every fault with a name of its own.
func TestFaultNames(t *testing.T) {
	seen := map[string]bool{"invalid": true}
	for _, f := range append(ocsptest.Faults(), ocsptest.None) {
		if name := f.String(); name == "" || seen[name] {
			t.Errorf("fault %d is called %q", uint8(f), name)
		} else {
			seen[name] = true
		}
	}
	if ocsptest.Fault(255).String() != "invalid" {
		t.Error("a number that is no fault has a name")
	}
}

// TestLeaf reads the certificates with crypto/x509 and with this library.
func TestLeaf(t *testing.T) {
	root := ocsptest.NewCA("Root", testKey(t, "rsa-ca"))
	sub := root.IssueCA(ocsptest.Leaf{Name: "Sub", Serial: serial(0x80)})
	from, to := now.Add(-time.Hour), now.Add(time.Hour)
	der := sub.Issue(ocsptest.Leaf{Name: "x", Serial: serial(9), Hosts: []string{"a.example", "192.0.2.1", "2001:db8::1"}, NotBefore: from, NotAfter: to,
		OCSP: []string{"http://o.example"}, CRLs: []string{"http://c.example/1", "http://c.example/2"}, Deltas: []string{"http://c.example/d"}, MustStaple: true})
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := func(der []byte) *x509.CertPool {
		c, err := x509.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		p := x509.NewCertPool()
		p.AddCert(c)
		return p
	}
	for _, host := range []string{"a.example", "192.0.2.1", "2001:db8::1"} {
		if _, err := leaf.Verify(x509.VerifyOptions{DNSName: host, CurrentTime: now, Roots: pool(root.Certificate), Intermediates: pool(sub.Certificate)}); err != nil {
			t.Error(err)
		}
	}
	if leaf.Subject.CommonName != "x" || leaf.SerialNumber.Int64() != 9 || !leaf.NotBefore.Equal(from) || !leaf.NotAfter.Equal(to) {
		t.Errorf("%v %v %v %v", leaf.Subject, leaf.SerialNumber, leaf.NotBefore, leaf.NotAfter)
	}
	s := ocsp.SourcesOf(parse(t, der))
	if !slices.Equal(s.OCSP, []string{"http://o.example"}) || !slices.Equal(s.CRLs, []string{"http://c.example/1", "http://c.example/2"}) ||
		!slices.Equal(s.Deltas, []string{"http://c.example/d"}) || !s.MustStaple {
		t.Errorf("%+v", s)
	}
	if s := ocsp.SourcesOf(parse(t, sub.Issue(ocsptest.Leaf{}))); s.OCSP != nil || s.CRLs != nil || s.MustStaple {
		t.Errorf("a leaf that names no source: %+v", s)
	}
}

// TestOpenCA takes a certificate and its key, and no others.
func TestOpenCA(t *testing.T) {
	key := testKey(t, "p256-other")
	ca := ocsptest.NewCA("Mine", key)
	opened, err := ocsptest.OpenCA(ca.Certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	der := opened.Issue(ocsptest.Leaf{})
	if cert := parse(t, der); cert.CheckSignature(parse(t, ca.Certificate).PublicKey()) != nil {
		t.Error("the opened CA signs otherwise")
	}
	p224, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func() error{
		"another key":        func() error { _, err := ocsptest.OpenCA(ca.Certificate, testKey(t, "p384")); return err },
		"no certificate":     func() error { _, err := ocsptest.OpenCA([]byte{1}, key); return err },
		"a key that is none": func() error { _, err := ocsptest.OpenCA(ca.Certificate, p224); return err },
	} {
		if open() == nil {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// TestMisuse calls functions wrongly.
func TestMisuse(t *testing.T) {
	ca := ocsptest.NewCA("CA", nil)
	responder := ocsptest.Responder{CA: ca}
	for name, misuse := range map[string]func(){
		"response without a CA":   func() { ocsptest.Response(ocsptest.Reply{Time: now}) },
		"response without a time": func() { ocsptest.Response(ocsptest.Reply{Responder: responder}) },
		"answer without a number": func() {
			ocsptest.Response(ocsptest.Reply{Responder: responder, Time: now, Answers: []ocsptest.Answer{{}}})
		},
		"PSS without RSA":           func() { ocsptest.Response(ocsptest.Reply{Responder: ocsptest.Responder{CA: ca, PSS: true}, Time: now}) },
		"list without a CA":         func() { ocsptest.List(ocsptest.CRL{Time: now}) },
		"list with another's fault": func() { ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Fault: ocsptest.WrongNonce}) },
		"entry without a number":    func() { ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Entries: []ocsptest.Entry{{RevokedAt: now}}}) },
		"server without a CA":       func() { ocsptest.NewServer(ocsptest.Config{}) },
		"CA without a name":         func() { ca.IssueCA(ocsptest.Leaf{}) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: it does not panic", name)
				}
			}()
			misuse()
		}()
	}
}
