package path_test

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	mathrand "math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// The differential target makes a small network of CAs from the fuzzer's bytes and
// asks crypto/x509 as well. Both must agree. What they are meant to decide
// differently does not occur in the network:
//
//   - CAs that certify themselves: crypto/x509 counts them towards path length
//     limits, RFC 5280, Section 6.1.4 (l) does not.
//   - Policy constraints of a root, which crypto/x509 does not apply.
//   - Constraints on forms of names other than DNS names and addresses, which
//     crypto/x509 ignores (directory names) or reads more leniently.
//   - Names in the same words but another encoding, which crypto/x509 tells apart.
//   - Critical extensions of a root, which crypto/x509 ignores.
//   - SM2, DSA and RSA-PSS with other parameters, which crypto/x509 does not know.

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
	keys := make([]*ecdsa.PrivateKey, caNames+1)
	for i := range keys {
		keys[i] = testKey(f, fmt.Sprint("network", i))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		n := &network{data: data}
		sign := func(tmpl *x509.Certificate, issuer, subject int) (*certparse.Certificate, *x509.Certificate) {
			parent := &x509.Certificate{Subject: pkix.Name{CommonName: fmt.Sprint("CA", issuer)}}
			der, err := x509.CreateCertificate(rand.Reader, tmpl, parent, keys[subject].Public(), keys[issuer])
			if err != nil {
				t.Skip(err)
			}
			ours, err := certparse.ParseCertificate(der)
			if err != nil {
				t.Fatal(err)
			}
			theirs, err := x509.ParseCertificate(der)
			if err != nil {
				t.Skip(err)
			}
			return ours, theirs
		}
		roots, others := x509.NewCertPool(), x509.NewCertPool()
		ourRoot, theirRoot := sign(n.caTemplate("CA0"), 0, 0)
		roots.AddCert(theirRoot)
		var pool []*certparse.Certificate
		for range 1 + n.pick(7) {
			subject := 1 + n.pick(caNames-1)
			issuer := n.pick(caNames)
			if issuer == subject {
				issuer = 0
			}
			c, x := sign(n.caTemplate(fmt.Sprint("CA", subject)), issuer, subject)
			pool = append(pool, c)
			others.AddCert(x)
		}
		leaf := n.template("leaf")
		leaf.DNSNames = []string{"www.example.com"}
		if n.pick(3) == 1 {
			leaf.IPAddresses = []net.IP{{192, 0, 2, 1}}
		}
		target, theirTarget := sign(leaf, n.pick(caNames), caNames)
		opt := path.Options{Time: now, Purposes: []string{certparse.EKUServerAuth}}
		theirOpt := x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}}
		got := path.Build(target, path.Anchors([]*certparse.Certificate{ourRoot}), pool, opt)
		_, err := theirTarget.Verify(theirOpt)
		if got.Valid != (err == nil) {
			t.Errorf("valid: %v %v; crypto/x509: %v", got.Valid, codes(got), err)
		}
		again := path.Build(target, path.Anchors([]*certparse.Certificate{ourRoot}), pool, opt)
		if again.Valid != got.Valid || fmt.Sprint(codes(again), again.Policies) != fmt.Sprint(codes(got), got.Policies) {
			t.Error("the same input gives two outcomes")
		}
	})
}

// TestSystemRoots: a leaf below each root that the system trusts is accepted. The
// roots' keys are not at hand, so what is asked is whether anything speaks against
// the root itself.
func TestSystemRoots(t *testing.T) {
	files, _ := filepath.Glob("/etc/ssl/certs/ca-certificates.crt")
	if len(files) == 0 {
		t.Skip("SKIPPED: there is no list of trusted roots on this machine")
	}
	data, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for b, rest := pem.Decode(data); b != nil; b, rest = pem.Decode(rest) {
		x, err := x509.ParseCertificate(b.Bytes)
		if err != nil || x.NotAfter.Before(now) || x.NotBefore.After(now) {
			continue
		}
		c, err := certparse.ParseCertificate(b.Bytes)
		if err != nil {
			t.Errorf("%s: %v", x.Subject, err)
			continue
		}
		if x.CheckSignatureFrom(x) != nil {
			continue
		}
		// A self-signed root stands below itself: its signature and everything else is checked.
		res := path.Validate([]*certparse.Certificate{c}, path.Anchor{Certificate: c}, path.Options{Time: now, AllowWeak: true})
		if !res.Valid {
			t.Errorf("%s: %v", x.Subject, codes(res))
		}
		checked++
	}
	t.Logf("%d roots", checked)
}

// TestTopologies: random trees and cross-certificates up to depth 8, everything in
// them valid, are accepted as crypto/x509 accepts them.
func TestTopologies(t *testing.T) {
	r := mathrand.New(mathrand.NewPCG(3, 4))
	for range 15 {
		top := root(t, "Root")
		nodes := []*entity{top}
		depth := []int{0}
		for i := range 12 {
			k := r.IntN(len(nodes))
			if depth[k] >= 8 {
				continue
			}
			nodes, depth = append(nodes, nodes[k].ca(fmt.Sprint("CA", i))), append(depth, depth[k]+1)
		}
		pool := nodes[1:]
		for range 5 {
			a, b := nodes[r.IntN(len(nodes))], nodes[1+r.IntN(len(nodes)-1)]
			pool = append(pool, a.ca(b.tmpl.Subject.CommonName))
		}
		r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		leaf := nodes[len(nodes)-1].leaf()
		res := ask(leaf, top, pool...).build()
		x, _ := x509.ParseCertificate(leaf.Raw())
		roots, others := x509.NewCertPool(), x509.NewCertPool()
		add := func(p *x509.CertPool, e *entity) {
			c, err := x509.ParseCertificate(e.cert.Raw())
			if err != nil {
				t.Fatal(err)
			}
			p.AddCert(c)
		}
		add(roots, top)
		for _, e := range pool {
			add(others, e)
		}
		_, err := x.Verify(x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: now})
		if res.Valid != (err == nil) || !res.Valid {
			t.Errorf("%v %v; crypto/x509: %v", res.Valid, codes(res), err)
		}
	}
}
