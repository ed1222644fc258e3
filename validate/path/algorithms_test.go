package path_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509/pkix"
	"math/big"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

// TestAlgorithms: chains of one algorithm, and of two.
func TestAlgorithms(t *testing.T) {
	_, edwards, _ := ed25519.GenerateKey(rand.Reader)
	p384, _ := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	for name, keys := range map[string][3]crypto.Signer{
		"RSA":               {rsaKeys()[0], rsaKeys()[1], rsaKeys()[2]},
		"Ed25519":           {edwards, edwards, edwards},
		"P-384, RSA, P-256": {p384, rsaKeys()[0], testKey(t, "x")},
	} {
		r := issue(t, nil, "Root", keys[0], edits{isCA})
		i := issue(t, r, "CA", keys[1], edits{isCA})
		if res := ask(issue(t, i, "leaf", keys[2], edits{isServer}).cert, r, i).build(); !res.Valid {
			t.Errorf("%s: %v", name, codes(res))
		}
	}
}

// TestSM2: a chain of SM2 certificates, one with RSA at its end, and one whose
// signature is broken. The keys are made anew: TEST ONLY.
func TestSM2(t *testing.T) {
	key := func() *sm2.PrivateKey {
		k, err := sm2.GenerateKey(rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	make := func(subject, issuer string, ca bool, public any, signer crypto.Signer) []byte {
		tmpl := &smx509.Certificate{SerialNumber: big.NewInt(5), Subject: pkix.Name{CommonName: subject}, NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(0, 1, 0),
			IsCA: ca, BasicConstraintsValid: ca, KeyUsage: smx509.KeyUsageDigitalSignature, SubjectKeyId: []byte(subject)}
		if ca {
			tmpl.KeyUsage = smx509.KeyUsageCertSign
		}
		parent := &smx509.Certificate{Subject: pkix.Name{CommonName: issuer}, SubjectKeyId: []byte(issuer)}
		der, err := smx509.CreateCertificate(rand.Reader, tmpl, parent, public, signer)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	rk, ik, lk := key(), key(), key()
	parse := func(der []byte) *certparse.Certificate {
		c, err := certparse.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	top, ca := parse(make("Root", "Root", true, rk.Public(), rk)), parse(make("CA", "Root", true, ik.Public(), rk))
	leaf := make("leaf", "CA", false, lk.Public(), ik)
	mixed := make("leaf", "CA", false, rsaKeys()[0].Public(), ik)
	build := func(der []byte) *path.Result {
		return path.Build(parse(der), path.Anchors([]*certparse.Certificate{top}), []*certparse.Certificate{ca}, path.Options{Time: now, Conforming: true})
	}
	if r := build(leaf); !r.Valid || r.PublicKey.Algorithm != certparse.SM2 {
		t.Errorf("SM2: %v", codes(r))
	}
	if r := build(mixed); !r.Valid {
		t.Errorf("mixed: %v", codes(r))
	}
	leaf[len(leaf)-1] ^= 1
	if r := build(leaf); r.Valid || codes(r)[0] != "issuer-signature-invalid@0" {
		t.Errorf("broken: %v", codes(r))
	}
}
