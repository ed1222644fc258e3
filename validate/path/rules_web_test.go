package path_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// The profile for the web.
var webRules = []rule{
	{"path-web-version", 2, "an anchor of version 1", func(tb testing.TB) question { return old(tb).with(web) }, old},
	{"path-web-key", 0, "a P-224 key", func(tb testing.TB) question { return small(tb).with(web) }, small},
	{"path-web-key", 0, "a P-224 key, not P-384", onCurve(elliptic.P224()), onCurve(elliptic.P384())},
	{"path-web-key", 0, "a P-224 key, not P-521", onCurve(elliptic.P224()), onCurve(elliptic.P521())},
	{"path-web-authority-key-identifier", 3, "a root's is another's, which one of an intermediate's certificates for itself may be", renewed("other"), renewed(rootKeyID)},
	{"path-web-authority-key-identifier", 1, "a root's is another's, which a root that another issued may have", trusting(true), trusting(false)},
	{"path-web-authority-key-identifier", 0, "it names issuer and serial number", chain(nil, nil, edits{ext("2.5.29.35", false, akiWithSerial)}, web), chain(nil, nil, nil, web)},
	{"path-web-authority-key-identifier", 2, "a root's has no key identifier", chain(edits{ext("2.5.29.35", false, []byte{0x30, 0})}, nil, nil, web), chain(nil, nil, nil, web)},
	{"path-web-authority-key-identifier", 2, "a root's is another's", chain(edits{ext("2.5.29.35", false, []byte{0x30, 3, 0x80, 1, 1})}, nil, nil, web), chain(nil, nil, nil, web)},
	{"subject-key-identifier-missing", 2, "a root has none that its authority key identifier could repeat", chain(edits{withoutKeyID, ownKeyID}, edits{ownKeyID}, nil, web),
		chain(edits{ownKeyID}, edits{}, nil, web)},
	{"subject-alt-name-invalid", 0, "a wildcard before what is no name", chain(nil, nil, edits{noCN, san(dns("*.a..b"))}, web), chain(nil, nil, edits{noCN, san(dns("*.a.b"))}, web)},
	{"path-web-purpose", 0, "none is stated", chain(nil, nil, edits{purpose()}, web), chain(nil, nil, edits{purpose()})},
	{"path-web-purpose", 0, "any is stated", chain(nil, nil, edits{purpose(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageAny)}, web), chain(nil, nil, nil, web)},
	{"path-web-purpose", 0, "critical", chain(nil, nil, edits{purpose(), criticalPurpose}, web), chain(nil, nil, edits{purpose(), criticalPurpose})},
	{"path-web-key", 0, "an RSA key of 2040 bits", func(tb testing.TB) question { return rsaLeaf(tb, 2040).with(web) }, func(tb testing.TB) question { return rsaLeaf(tb, 2048).with(web) }},
	{"path-web-key", 0, "an RSA key of 2049 bits", func(tb testing.TB) question { return rsaLeaf(tb, 2049).with(web) }, func(tb testing.TB) question { return rsaLeaf(tb, 3072).with(web) }},
	{"signature-weak", 0, "SHA-1", chain(nil, nil, edits{sha1}, web, weak), chain(edits{sha1}, nil, nil, web)},
	{"signature-weak", 1, "SHA-1 in a CA's certificate", chain(nil, edits{sha1}, nil), chain(edits{sha1}, nil, nil)},
	{"signature-weak", 1, "SHA-1 in what a CA issued to itself", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A")
		b := a.again("new key", sha1)
		return ask(b.leaf(), r, a, b)
	}, healthy},
	{"path-web-purpose", 2, "of the root", chain(edits{purpose(x509.ExtKeyUsageServerAuth)}, nil, nil, web), chain(nil, edits{purpose(x509.ExtKeyUsageServerAuth)}, nil, web)},
	{"extended-key-usage-unsuitable", 0, "serverAuth is always needed", chain(nil, nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, web), chain(nil, nil, nil, web)},
	{"path-web-wildcard", 0, "a public suffix, but not a name of one label", chain(nil, nil, edits{noCN, san(dns("*.com"))}, web), chain(nil, nil, edits{noCN, san(dns("com"))}, web)},
	{"path-web-wildcard", 0, "not below its public suffix", chain(nil, nil, edits{noCN, san(dns("*.example.com"))}, web, func(o *path.Options) {
		o.PublicSuffix = func(string) string { return "org" }
	}), chain(nil, nil, edits{noCN, san(dns("*.example.org"))}, web)},
	{"common-name-not-in-san", 0, "another address", chain(nil, nil, edits{subjectDN(dn(dnCN, "192.0.2.2")), san(ip(192, 0, 2, 1))}, web), chain(nil, nil, edits{subjectDN(dn(dnCN, "192.0.2.1")), san(ip(192, 0, 2, 1))}, web)},
	{"common-name-not-in-san", 0, "an address as one number", chain(nil, nil, edits{subjectDN(dn(dnCN, "0xc0000201")), san(ip(192, 0, 2, 1))}, web), chain(nil, nil, edits{subjectDN(dn(dnCN, "example")), san(ip(192, 0, 2, 1))}, web)},
	{"common-name-not-in-san", 0, "capitals beside addresses", chain(nil, nil, edits{subjectDN(dn(dnCN, "Example")), san(ip(192, 0, 2, 1))}, web), chain(nil, nil, edits{subjectDN(dn(dnCN, "example")), san(ip(192, 0, 2, 1))}, web)},
	{"common-name-not-in-san", 0, "below a wildcard", chain(nil, nil, edits{subjectDN(dn(dnCN, "a.example.com")), san(dns("*.example.com"))}, web), chain(nil, nil, edits{subjectDN(dn(dnCN, "example.com")), san(dns("*.example.com"))}, web)},
	{"path-web-wildcard", 0, "a public suffix", chain(nil, nil, edits{noCN, san(dns("*.com"))}, web), chain(nil, nil, edits{noCN, san(dns("*.example.com"))}, web)},
	{"path-web-wildcard", 0, "a public suffix of two labels", chain(nil, nil, edits{noCN, san(dns("*.co.uk"))}, web, coUK), chain(nil, nil, edits{noCN, san(dns("*.example.co.uk"))}, web, coUK)},
	{"path-web-validity", 0, "201 days", chain(nil, nil, edits{days(201)}, web), chain(nil, nil, edits{days(200)}, web)},
	{"ca-as-server", 0, "a CA as a server", chain(nil, nil, edits{isCA, casualUsage}, web), chain(nil, nil, edits{isCA, casualUsage})},
	{"subject-alt-name-missing", 0, "only a common name", chain(nil, nil, edits{noSAN}, web), chain(nil, nil, edits{noSAN})},
	{"common-name-not-in-san", 0, "another common name", chain(nil, nil, edits{san(dns("example.com"))}, web), chain(nil, nil, edits{san(dns("example.com"))})},
	{"extension-should-not-be-critical", 0, "alternative names, but not policies", chain(nil, nil, edits{criticalSAN}, web),
		chain(nil, nil, edits{ext(extPolicies, true, der(seq(seq(id(pA)))))}, web)},
	{"extension-should-not-be-critical", 0, "alternative names, but not another extension", chain(nil, nil, edits{criticalSAN}, web),
		chain(nil, edits{ext(extPurposes, true, der(seq(id(certparse.EKUAny))))}, nil, web)},
	{"extension-should-not-be-critical", 0, "alternative names beside a subject", chain(nil, nil, edits{criticalSAN}, web), chain(nil, nil, edits{criticalSAN})},
}

func noSAN(c *x509.Certificate) { c.DNSNames = nil }
func noCN(c *x509.Certificate)  { c.RawSubject = dn(dnO, "Example") }

// onCurve asks the web about a leaf with a key on a curve.
func onCurve(curve elliptic.Curve) func(testing.TB) question {
	return func(tb testing.TB) question {
		key, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			tb.Fatal(err)
		}
		r := root(tb, "Root")
		return ask(issue(tb, r, "www.example.com", key, edits{isServer}).cert, r).with(web)
	}
}

// rootKeyID is the subject key identifier of what is called Root.
var rootKeyID = func() string { id := sha256.Sum256([]byte("Root")); return string(id[:20]) }()

// ownKeyID is the authority key identifier of what Root issued.
var ownKeyID = ext("2.5.29.35", false, der(seq(implicit(0, rootKeyID))))

// renewed asks the web about a leaf below a certificate that a CA issued to itself
// for another key, below a root whose authority key identifier is of the given key.
func renewed(of string) func(testing.TB) question {
	return func(tb testing.TB) question {
		r := root(tb, "Root", ext("2.5.29.35", false, der(seq(implicit(0, of)))))
		a := r.ca("CA")
		// crypto/x509 gives it no authority key identifier by itself.
		b := a.again("new key", func(c *x509.Certificate) { c.SubjectKeyId = []byte("new") }, ext("2.5.29.35", false, der(seq(implicit(0, string(a.tmpl.SubjectKeyId))))))
		return ask(b.leaf(), r, a, b).with(web)
	}
}

// trusting asks the web about a leaf below an anchor that issued itself, or one that
// another CA issued, with the same authority key identifier.
func trusting(itself bool) func(testing.TB) question {
	return func(tb testing.TB) question {
		aki := ext("2.5.29.35", false, der(seq(implicit(0, "other"))))
		if itself {
			r := root(tb, "CA", aki)
			return ask(r.leaf(), r).with(web)
		}
		r := root(tb, "Root", func(c *x509.Certificate) { c.SubjectKeyId = []byte("other") }).ca("CA")
		return ask(r.leaf(), r).with(web)
	}
}

// small asks about a leaf with a key that is too short for the web.
func small(tb testing.TB) question {
	r := root(tb, "Root")
	key, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return ask(issue(tb, r, "www.example.com", key, edits{isServer}).cert, r)
}

// old asks about a leaf below an anchor of version 1.
func old(tb testing.TB) question {
	r := version1(tb, "Root")
	i := r.ca("CA")
	return ask(i.leaf(), r, i)
}

func criticalPurpose(c *x509.Certificate) {
	ext(extPurposes, true, der(seq(id(certparse.EKUServerAuth))))(c)
}

// rsaLeaf asks about a leaf with an RSA key of the given length.
func rsaLeaf(tb testing.TB, bits int) question {
	r := root(tb, "Root")
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits)-1)
	n.SetBit(n, 0, 1)
	return ask(issue(tb, r, "www.example.com", public{&rsa.PublicKey{N: n, E: 65537}}, edits{isServer}).cert, r)
}

func coUK(o *path.Options) {
	o.PublicSuffix = func(d string) string {
		if strings.HasSuffix(d, "co.uk") {
			return "co.uk"
		}
		return d[strings.LastIndexByte(d, '.')+1:]
	}
}

func days(n int) edit {
	return func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 0, n).Add(-time.Second) }
}

func criticalSAN(c *x509.Certificate) {
	c.DNSNames = nil
	ext(extSAN, true, der(seq(dns("www.example.com"))))(c)
}
