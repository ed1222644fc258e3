package sm2

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"sync"
	"testing"
	"time"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

// Everything that these tests sign is made while they run and is for TEST ONLY.

const (
	signUsage = smx509.KeyUsageDigitalSignature | smx509.KeyUsageContentCommitment
	encUsage  = smx509.KeyUsageKeyEncipherment | smx509.KeyUsageDataEncipherment | smx509.KeyUsageKeyAgreement
)

// spec describes a certificate that a test wants. The zero value is an SM2
// certificate without key usage.
type spec struct {
	key              crypto.Signer
	subject          string
	usage            smx509.KeyUsage
	ca               bool
	serial           int64
	from, to         time.Time
	names            []string
	noNames          bool
	namesCritical    bool
	issuer           *authority
	printableSubject bool
	subjectDER       []byte
	usageValue       []byte // The value of the key usage extension, in place of usage.
}

type authority struct {
	key  crypto.Signer
	cert *smx509.Certificate
}

var (
	testTime = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

	sm2KeyA  = sync.OnceValue(newSM2)
	sm2KeyB  = sync.OnceValue(newSM2)
	sm2KeyC  = sync.OnceValue(newSM2)
	sm2KeyD  = sync.OnceValue(newSM2)
	eccKeyA  = sync.OnceValue(func() crypto.Signer { return newECC(elliptic.P256()) })
	eccKeyB  = sync.OnceValue(func() crypto.Signer { return newECC(elliptic.P256()) })
	ecc384   = sync.OnceValue(func() crypto.Signer { return newECC(elliptic.P384()) })
	rsaKeyA  = sync.OnceValue(func() crypto.Signer { return newRSA(2048) })
	rsaKeyB  = sync.OnceValue(func() crypto.Signer { return newRSA(2048) })
	rsa3072  = sync.OnceValue(func() crypto.Signer { return newRSA(3072) })
	testCA   = sync.OnceValue(func() *authority { return newAuthority("Test CA", newSM2()) })
	otherCA  = sync.OnceValue(func() *authority { return newAuthority("Other CA", newSM2()) })
	testRoot = sync.OnceValue(func() *authority { return newAuthority("Test CA", newRSA(2048)) })
)

func newSM2() crypto.Signer {
	k, err := gmsm.GenerateKey(rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

func newECC(curve elliptic.Curve) crypto.Signer {
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		panic(err)
	}
	return k
}

func rsaPrivate() *rsa.PrivateKey { return rsaKeyA().(*rsa.PrivateKey) }

func newRSA(bits int) crypto.Signer {
	k, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		panic(err)
	}
	return k
}

func newAuthority(name string, key crypto.Signer) *authority {
	template := &smx509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"TEST ONLY"}},
		NotBefore: testTime, NotAfter: testTime.AddDate(20, 0, 0), IsCA: true, BasicConstraintsValid: true,
		KeyUsage: smx509.KeyUsageCertSign | smx509.KeyUsageCRLSign,
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	cert, err := smx509.ParseCertificate(der)
	if err != nil {
		panic(err)
	}
	return &authority{key, cert}
}

// issueDER makes the DER of a certificate.
func issueDER(t testing.TB, s spec) []byte {
	t.Helper()
	if s.key == nil {
		s.key = sm2KeyA()
	}
	if s.subject == "" {
		s.subject = "server.example"
	}
	if s.issuer == nil {
		s.issuer = testCA()
	}
	if s.from.IsZero() {
		s.from = testTime
	}
	if s.to.IsZero() {
		s.to = s.from.AddDate(1, 0, 0)
	}
	if s.names == nil && !s.noNames {
		s.names = []string{"server.example", "www.server.example"}
	}
	template := &smx509.Certificate{
		SerialNumber: big.NewInt(1000 + s.serial), KeyUsage: s.usage,
		NotBefore: s.from, NotAfter: s.to, IsCA: s.ca, BasicConstraintsValid: true,
		Subject:      pkix.Name{CommonName: s.subject, Organization: []string{"TEST ONLY"}},
		SubjectKeyId: []byte{1, 2, 3, byte(s.serial)},
	}
	if s.printableSubject {
		template.RawSubject = subjectOf(t, asn1.TagPrintableString, "TEST ONLY", s.subject)
	}
	if s.subjectDER != nil {
		template.RawSubject = s.subjectDER
	}
	if s.usageValue != nil {
		template.ExtraExtensions = append(template.ExtraExtensions,
			pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 15}, Critical: true, Value: s.usageValue})
	}
	if len(s.names) > 0 {
		var names []asn1.RawValue
		for _, n := range s.names {
			names = append(names, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: 2, Bytes: []byte(n)})
		}
		value, err := asn1.Marshal(names)
		if err != nil {
			t.Fatal(err)
		}
		template.ExtraExtensions = append(template.ExtraExtensions,
			pkix.Extension{Id: asn1.ObjectIdentifier{2, 5, 29, 17}, Critical: s.namesCritical, Value: value})
	}
	der, err := smx509.CreateCertificate(rand.Reader, template, s.issuer.cert, s.key.Public(), s.issuer.key)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// subjectOf makes a name of organization and common name in the given string type.
func subjectOf(t testing.TB, tag int, organization, commonName string) []byte {
	t.Helper()
	type attribute struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}
	type rdn []attribute
	var name []asn1.RawValue
	for _, a := range []attribute{
		{asn1.ObjectIdentifier{2, 5, 4, 10}, asn1.RawValue{Tag: tag, Bytes: []byte(organization)}},
		{asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.RawValue{Tag: tag, Bytes: []byte(commonName)}},
	} {
		set, err := asn1.MarshalWithParams(rdn{a}, "set")
		if err != nil {
			t.Fatal(err)
		}
		name = append(name, asn1.RawValue{FullBytes: set})
	}
	der, err := asn1.Marshal(name)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

func issue(t testing.TB, s spec) *certparse.Certificate {
	t.Helper()
	return parseCertificate(t, issueDER(t, s))
}

func parseCertificate(t testing.TB, der []byte) *certparse.Certificate {
	t.Helper()
	cert, err := certparse.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// privateKey is the key as certparse knows it.
func privateKey(t testing.TB, key crypto.Signer) *certparse.PrivateKey {
	t.Helper()
	if key == nil {
		return nil
	}
	der, err := smx509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	k, fs := certparse.ParsePrivateKey(der, nil)
	if k == nil {
		t.Fatalf("the test's own key is refused: %v", codes(fs))
	}
	return k
}

func codes(fs []finding.Finding) []finding.Code {
	cs := []finding.Code{}
	for _, f := range fs {
		cs = append(cs, f.Code)
	}
	return cs
}
