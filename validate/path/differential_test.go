package path_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// The differential targets make a small network of CAs from the fuzzer's bytes and
// ask crypto/x509, or smx509 with SM2 keys, as well. Both must agree. What they are
// meant to decide differently, see intended, does not occur in the network.

// network reads decisions from the fuzzer's bytes; behind their end all are 0.
type network struct {
	data []byte
}

func (n *network) pick(of int) int {
	if len(n.data) == 0 {
		return 0
	}
	v := int(n.data[0]) % of
	n.data = n.data[1:]
	return v
}

// caNames are few, so that CAs often certify each other.
const caNames = 4

func (n *network) template(subject string) *x509.Certificate {
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject}, NotBefore: now.AddDate(0, 0, -10), NotAfter: now.AddDate(1, 0, 0)}
	switch n.pick(12) {
	case 1:
		c.NotAfter = now.AddDate(0, 0, -1)
	case 2:
		c.NotBefore = now.AddDate(0, 0, 1)
	}
	switch n.pick(8) {
	case 1:
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	case 2:
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth}
	case 3:
		c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
	}
	switch n.pick(6) {
	case 1:
		policies(pA)(c)
	case 2:
		policies(pB)(c)
	case 3:
		policies(pAny)(c)
	case 4:
		policies(pA, pB)(c)
	}
	return c
}

func (n *network) caTemplate(subject string) *x509.Certificate {
	c := n.template(subject)
	isCA(c)
	switch n.pick(10) {
	case 1:
		c.IsCA = false
		c.KeyUsage = 0
	case 2:
		c.KeyUsage = x509.KeyUsageCRLSign
	case 3:
		c.KeyUsage = 0
	}
	if p := n.pick(8); p > 0 && p < 4 && c.IsCA {
		pathLen(p - 1)(c)
	}
	domain := []string{"example.com", "example.org", "www.example.com", "com"}
	switch n.pick(10) {
	case 1, 2:
		permitted(dns(domain[n.pick(4)]))(c)
	case 3, 4:
		excluded(dns(domain[n.pick(4)]))(c)
	case 5:
		permitted(ip(192, 0, 2, 0, 255, 255, 255, 0), dns(domain[n.pick(4)]))(c)
	case 6:
		excluded(ip(192, 0, 0, 0, 255, 255, 0, 0))(c)
	}
	if subject == "CA0" {
		return c
	}
	switch n.pick(10) {
	case 1:
		limits(int64(n.pick(3)), -1)(c)
	case 2:
		limits(-1, int64(n.pick(2)))(c)
	case 3:
		inhibitAny(int64(n.pick(2)))(c)
	case 4:
		mapped(pA, pB)(c)
	case 5:
		mapped(pB, pA, pA, pC)(c)
	}
	return c
}

func FuzzAgainstX509(f *testing.F) {
	seedNetworks(f)
	keys := make([]*ecdsa.PrivateKey, caNames+1)
	for i := range keys {
		keys[i] = testKey(f, fmt.Sprint("network", i))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		compareNetwork(t, data, &standard{keys: keys, roots: x509.NewCertPool(), others: x509.NewCertPool()})
	})
}

func seedNetworks(f *testing.F) {
	f.Add([]byte{})
	r := mathrand.New(mathrand.NewPCG(1, 2))
	for range 60 {
		b := make([]byte, 20+r.IntN(120))
		for i := range b {
			if r.IntN(2) == 0 {
				b[i] = byte(r.UintN(256))
			}
		}
		f.Add(b)
	}
}

// FuzzAgainstSMX509 is FuzzAgainstX509 with SM2 keys.
func FuzzAgainstSMX509(f *testing.F) {
	seedNetworks(f)
	keys := make([]*sm2.PrivateKey, caNames+1)
	for i := range keys {
		keys[i] = sm2Key(f, fmt.Sprint("network", i))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		compareNetwork(t, data, &gm{keys: keys, roots: smx509.NewCertPool(), others: smx509.NewCertPool()})
	})
}

// peer is another library that is asked about the same network.
type peer interface {
	// make issues a certificate.
	make(tmpl *x509.Certificate, issuer, subject int) ([]byte, error)
	// add parses a certificate and trusts it, or takes it as an intermediate.
	add(der []byte, trusted bool) error
	verify(der []byte) error
}

type standard struct {
	keys          []*ecdsa.PrivateKey
	roots, others *x509.CertPool
}

func (s *standard) make(tmpl *x509.Certificate, issuer, subject int) ([]byte, error) {
	parent := &x509.Certificate{Subject: pkix.Name{CommonName: fmt.Sprint("CA", issuer)}}
	return x509.CreateCertificate(rand.Reader, tmpl, parent, s.keys[subject].Public(), s.keys[issuer])
}

func (s *standard) add(der []byte, trusted bool) error {
	c, err := x509.ParseCertificate(der)
	if err == nil && trusted {
		s.roots.AddCert(c)
	} else if err == nil {
		s.others.AddCert(c)
	}
	return err
}

func (s *standard) verify(der []byte) error {
	c, err := x509.ParseCertificate(der)
	if err == nil {
		_, err = c.Verify(x509.VerifyOptions{Roots: s.roots, Intermediates: s.others, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}})
	}
	return err
}

type gm struct {
	keys          []*sm2.PrivateKey
	roots, others *smx509.CertPool
}

func (g *gm) make(tmpl *x509.Certificate, issuer, subject int) ([]byte, error) {
	parent := &smx509.Certificate{Subject: pkix.Name{CommonName: fmt.Sprint("CA", issuer)}}
	return smx509.CreateCertificate(rand.Reader, smTemplate(tmpl), parent, g.keys[subject].Public(), g.keys[issuer])
}

func (g *gm) add(der []byte, trusted bool) error {
	c, err := smx509.ParseCertificate(der)
	if err == nil && trusted {
		g.roots.AddCert(c)
	} else if err == nil {
		g.others.AddCert(c)
	}
	return err
}

func (g *gm) verify(der []byte) error {
	c, err := smx509.ParseCertificate(der)
	if err == nil {
		_, err = c.Verify(smx509.VerifyOptions{Roots: g.roots, Intermediates: g.others, CurrentTime: now, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageServerAuth}})
	}
	return err
}

// smTemplate is the template for smx509, as far as the tests fill it.
func smTemplate(c *x509.Certificate) *smx509.Certificate {
	out := &smx509.Certificate{SerialNumber: c.SerialNumber, Subject: c.Subject, NotBefore: c.NotBefore, NotAfter: c.NotAfter, KeyUsage: smx509.KeyUsage(c.KeyUsage),
		BasicConstraintsValid: c.BasicConstraintsValid, IsCA: c.IsCA, MaxPathLen: c.MaxPathLen, MaxPathLenZero: c.MaxPathLenZero,
		SubjectKeyId: c.SubjectKeyId, ExtraExtensions: c.ExtraExtensions, DNSNames: c.DNSNames, IPAddresses: c.IPAddresses}
	for _, u := range c.ExtKeyUsage {
		out.ExtKeyUsage = append(out.ExtKeyUsage, smx509.ExtKeyUsage(u))
	}
	return out
}

// sm2Key makes a key from a word: TEST ONLY.
func sm2Key(tb testing.TB, name string) *sm2.PrivateKey {
	tb.Helper()
	d := sha256.Sum256([]byte("TEST ONLY SM2 " + name))
	d[0] = 0 // below the order of the curve
	key, err := sm2.NewPrivateKey(d[:])
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func compareNetwork(t *testing.T, data []byte, p peer) {
	n := &network{data: data}
	sign := func(tmpl *x509.Certificate, issuer, subject int) (*certparse.Certificate, []byte) {
		der, err := p.make(tmpl, issuer, subject)
		if err != nil {
			t.Skip(err)
		}
		c, err := certparse.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c, der
	}
	add := func(der []byte, trusted bool) {
		if err := p.add(der, trusted); err != nil {
			t.Skip(err)
		}
	}
	ourRoot, der := sign(n.caTemplate("CA0"), 0, 0)
	add(der, true)
	var pool []*certparse.Certificate
	for range 1 + n.pick(7) {
		subject := 1 + n.pick(caNames-1)
		issuer := n.pick(caNames)
		if issuer == subject {
			issuer = 0
		}
		c, der := sign(n.caTemplate(fmt.Sprint("CA", subject)), issuer, subject)
		pool = append(pool, c)
		add(der, false)
	}
	leaf := n.template("leaf")
	leaf.DNSNames = []string{"www.example.com"}
	if n.pick(3) == 1 {
		leaf.IPAddresses = []net.IP{{192, 0, 2, 1}}
	}
	target, der := sign(leaf, n.pick(caNames), caNames)
	opt := path.Options{Time: now, Purposes: []string{certparse.EKUServerAuth}}
	got := path.Build(target, path.Anchors([]*certparse.Certificate{ourRoot}), pool, opt)
	if err := p.verify(der); got.Valid != (err == nil) {
		t.Errorf("valid: %v %v; the other library: %v", got.Valid, codes(got), err)
	}
	again := path.Build(target, path.Anchors([]*certparse.Certificate{ourRoot}), pool, opt)
	if again.Valid != got.Valid || fmt.Sprint(codes(again), again.Policies) != fmt.Sprint(codes(got), got.Policies) {
		t.Error("the same input gives two outcomes")
	}
}
