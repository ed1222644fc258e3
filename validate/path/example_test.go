package path_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

func ExampleBuild() {
	root, ca, leaf := exampleChain()
	opt := path.Options{
		Time:     time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC),
		Purposes: []string{certparse.EKUServerAuth},
	}
	anchors := path.Anchors([]*certparse.Certificate{root})

	r := path.Build(leaf, anchors, []*certparse.Certificate{ca}, opt)
	fmt.Println(r.Valid)
	for _, c := range r.Path {
		fmt.Println(c.Subject())
	}
	for _, f := range path.CheckHost(leaf, "mail.example.com") {
		fmt.Println(f.Message)
	}

	r = path.Build(leaf, anchors, nil, opt)
	for _, f := range r.Findings {
		fmt.Println(f.Code+":", f.Message)
	}
	// Output:
	// true
	// CN=www.example.com
	// CN=Example CA
	// CN=Example Root
	// The certificate is not for mail.example.com.
	// path-issuer-missing: No certificate of the issuer CN=Example CA was given.
}

// exampleChain makes a chain with a key that is made anew: TEST ONLY.
func exampleChain() (root, ca, leaf *certparse.Certificate) {
	_, key, _ := ed25519.GenerateKey(rand.Reader)
	issue := func(subject, issuer string, ca bool) *certparse.Certificate {
		c := &x509.Certificate{
			SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: subject},
			NotBefore: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), NotAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
			IsCA: ca, BasicConstraintsValid: ca,
		}
		if !ca {
			c.DNSNames = []string{subject}
		}
		der, _ := x509.CreateCertificate(rand.Reader, c, &x509.Certificate{Subject: pkix.Name{CommonName: issuer}}, key.Public(), key)
		parsed, _ := certparse.ParseCertificate(der)
		return parsed
	}
	return issue("Example Root", "Example Root", true), issue("Example CA", "Example Root", true), issue("www.example.com", "Example CA", false)
}
