package path_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"sync"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// rsaKeys are made anew in every run: TEST ONLY.
var rsaKeys = sync.OnceValue(func() (keys [3]*rsa.PrivateKey) {
	for i := range keys {
		keys[i], _ = rsa.GenerateKey(rand.Reader, 2048)
	}
	return keys
})

// benchChain is a root, an intermediate and a leaf like those of a public CA.
func benchChain(b *testing.B, key func(i int, name string) crypto.Signer) (leaf, ca, top *entity) {
	public := func(c *x509.Certificate) {
		policies("2.23.140.1.2.1")(c)
		c.OCSPServer = []string{"http://ocsp.example.com"}
		c.IssuingCertificateURL = []string{"http://example.com/ca.crt"}
	}
	top = issue(b, nil, "Root", key(0, "Root"), edits{isCA})
	ca = issue(b, top, "CA", key(1, "CA"), edits{isCA, public, pathLen(0), purpose(x509.ExtKeyUsageServerAuth)})
	leaf = issue(b, ca, "www.example.com", key(2, "leaf"), edits{isServer, public})
	return leaf, ca, top
}

// BenchmarkChain compares a whole validation with its bare signature checks and
// with crypto/x509.
func BenchmarkChain(b *testing.B) {
	for _, x := range []struct {
		name string
		key  func(int, string) crypto.Signer
	}{
		{"RSA-2048", func(i int, _ string) crypto.Signer { return rsaKeys()[i] }},
		{"P-256", func(_ int, name string) crypto.Signer { return testKey(b, name) }},
	} {
		leaf, ca, top := benchChain(b, x.key)
		roots := path.Anchors([]*certparse.Certificate{top.cert})
		pool := []*certparse.Certificate{ca.cert}
		b.Run(x.name+"/signatures", func(b *testing.B) {
			for b.Loop() {
				if leaf.cert.CheckSignature(ca.cert.PublicKey()) != nil || ca.cert.CheckSignature(top.cert.PublicKey()) != nil {
					b.Fatal()
				}
			}
		})
		for _, profile := range []path.Profile{path.RFC5280, path.WebPKI} {
			opt := path.Options{Time: now, Purposes: []string{certparse.EKUServerAuth}, Profile: profile}
			b.Run(x.name+"/"+profile.String(), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					if r := path.Build(leaf.cert, roots, pool, opt); !r.Valid {
						b.Fatal(codes(r))
					}
				}
			})
		}
		b.Run(x.name+"/crypto-x509", func(b *testing.B) {
			b.ReportAllocs()
			l, _ := x509.ParseCertificate(leaf.cert.Raw())
			i, _ := x509.ParseCertificate(ca.cert.Raw())
			r, _ := x509.ParseCertificate(top.cert.Raw())
			opt := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: now}
			opt.Roots.AddCert(r)
			opt.Intermediates.AddCert(i)
			for b.Loop() {
				if _, err := l.Verify(opt); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
