package certparse

import (
	"crypto"
	"crypto/dsa"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"errors"
	"math/big"
	"testing"
	"time"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

func signatureTemplate(a x509.SignatureAlgorithm) *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:       big.NewInt(1),
		Subject:            pkix.Name{CommonName: "TEST ONLY"},
		NotBefore:          time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
		NotAfter:           time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC),
		SignatureAlgorithm: a,
	}
}

// Certificates signed with every algorithm of crypto/x509, and with SM2, verify
// with their own key; with one bit changed anywhere that is signed, they do not.
func TestCheckSignature(t *testing.T) {
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	_, edKey, _ := ed25519.GenerateKey(rand.Reader)
	curveKey := func(c elliptic.Curve) crypto.Signer { k, _ := ecdsa.GenerateKey(c, rand.Reader); return k }
	sm2Key, _ := gmsm.GenerateKey(rand.Reader)
	for _, test := range []struct {
		key       crypto.Signer
		algorithm x509.SignatureAlgorithm
		want      string
	}{
		{rsaKey, x509.SHA256WithRSA, "SHA256-RSA"},
		{rsaKey, x509.SHA384WithRSA, "SHA384-RSA"},
		{rsaKey, x509.SHA512WithRSA, "SHA512-RSA"},
		{rsaKey, x509.SHA256WithRSAPSS, "SHA256-RSAPSS"},
		{rsaKey, x509.SHA384WithRSAPSS, "SHA384-RSAPSS"},
		{rsaKey, x509.SHA512WithRSAPSS, "SHA512-RSAPSS"},
		{curveKey(elliptic.P224()), x509.ECDSAWithSHA256, "ECDSA-SHA256"},
		{curveKey(elliptic.P256()), x509.ECDSAWithSHA256, "ECDSA-SHA256"},
		{curveKey(elliptic.P384()), x509.ECDSAWithSHA384, "ECDSA-SHA384"},
		{curveKey(elliptic.P521()), x509.ECDSAWithSHA512, "ECDSA-SHA512"},
		{edKey, x509.PureEd25519, "Ed25519"},
		{sm2Key, 0, "SM2-SM3"},
	} {
		var der []byte
		template := signatureTemplate(test.algorithm)
		if test.key == crypto.Signer(sm2Key) {
			sm := &smx509.Certificate{SerialNumber: template.SerialNumber, Subject: template.Subject,
				NotBefore: template.NotBefore, NotAfter: template.NotAfter, SignatureAlgorithm: smx509.SM2WithSM3}
			der, err = smx509.CreateCertificate(rand.Reader, sm, sm, test.key.Public(), test.key)
		} else {
			der, err = x509.CreateCertificate(rand.Reader, template, template, test.key.Public(), test.key)
		}
		if err != nil {
			t.Fatalf("%s: %v", test.want, err)
		}
		c, err := ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.SignatureAlgorithmName(); got != test.want {
			t.Errorf("named %s, want %s", got, test.want)
		}
		if err := c.CheckSignature(c.PublicKey()); err != nil {
			t.Errorf("%s: %v", test.want, err)
		}
		changed := append([]byte(nil), der...)
		changed[c.serial.body] ^= 2
		if c2, err := ParseCertificate(changed); err != nil || !errors.Is(c2.CheckSignature(c2.PublicKey()), ErrSignature) {
			t.Errorf("%s: a changed certificate verifies (%v)", test.want, err)
		}
		other := curveKey(elliptic.P256())
		spki, _ := x509.MarshalPKIXPublicKey(other.Public())
		key, err := ParsePublicKey(spki)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.CheckSignature(key); !errors.Is(err, ErrSignature) {
			t.Errorf("%s: another key: %v", test.want, err)
		}
	}
}

// A certificate whose two signature algorithm fields differ does not verify.
func TestCheckSignatureRefusesAlgorithmMismatch(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	template := signatureTemplate(x509.ECDSAWithSHA256)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	// The field outside the signed part is changed to ECDSA with SHA-384; the
	// signature itself is made anew so that only the comparison can refuse it.
	changed := append([]byte(nil), der...)
	changed[c.outerAlgorithm.end-1] = 3
	c2, err := ParseCertificate(changed)
	if err != nil {
		t.Fatal(err)
	}
	if err := c2.CheckSignature(c2.PublicKey()); !errors.Is(err, ErrSignature) {
		t.Errorf("%v", err)
	}
	found := false
	for _, n := range c2.notes() {
		found = found || n.code == "signature-algorithm-mismatch"
	}
	if !found {
		t.Error("the mismatch is not a finding")
	}
}

var algorithmSHA256WithRSA = []byte{0x30, 0x0d, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11, 5, 0}

// rsaPublic encodes an RSA key of any numbers.
func rsaPublic(t *testing.T, n, e *big.Int) PublicKey {
	t.Helper()
	value, err := asn1.Marshal(struct{ N, E *big.Int }{n, e})
	if err != nil {
		t.Fatal(err)
	}
	return PublicKey{Algorithm: RSA, Bits: n.BitLen(), value: value}
}

// Keys that an attacker chose must be refused before any work is done with them.
func TestKeyLimits(t *testing.T) {
	huge := new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 1<<18), big.NewInt(1))
	modulus := func(bits uint) *big.Int {
		return new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), bits-1), big.NewInt(1))
	}
	for _, test := range []struct {
		name string
		key  PublicKey
		want error
	}{
		{"8192 bits", rsaPublic(t, modulus(8192), big.NewInt(65537)), ErrSignature},
		{"8193 bits", rsaPublic(t, modulus(8193), big.NewInt(65537)), ErrKeyTooLarge},
		{"262145 bits", rsaPublic(t, huge, big.NewInt(65537)), ErrKeyTooLarge},
		{"exponent of 32 bits", rsaPublic(t, modulus(2048), big.NewInt(1<<31+1)), ErrKeyTooLarge},
		{"exponent 1", rsaPublic(t, modulus(2048), big.NewInt(1)), ErrKeyInvalid},
		{"even exponent", rsaPublic(t, modulus(2048), big.NewInt(65536)), ErrKeyInvalid},
		{"negative exponent", rsaPublic(t, modulus(2048), big.NewInt(-3)), ErrKeyTooLarge},
		{"even modulus", rsaPublic(t, new(big.Int).Sub(modulus(2048), big.NewInt(1)), big.NewInt(65537)), ErrKeyInvalid},
		{"negative modulus", rsaPublic(t, new(big.Int).Neg(modulus(2048)), big.NewInt(65537)), ErrKeyInvalid},
		{"no key", PublicKey{Algorithm: RSA}, ErrKeyInvalid},
	} {
		start := time.Now()
		err := VerifySignature(test.key, algorithmSHA256WithRSA, []byte("m"), make([]byte, 1024))
		if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", test.name, err, test.want)
		}
		if d := time.Since(start); d > time.Second {
			t.Errorf("%s: took %v", test.name, d)
		}
	}
}

// A point that is not on its curve is no key.
func TestPointsOffTheCurve(t *testing.T) {
	for _, curve := range []Curve{P224, P256, P384, P521, SM2P256} {
		size := (curveKinds[curve].bits + 7) / 8
		point := make([]byte, 1+2*size)
		point[0], point[len(point)-1] = 4, 1
		k := PublicKey{Algorithm: ECDSA, Curve: curve, value: point}
		if curve == SM2P256 {
			k.Algorithm = SM2
		}
		if _, err := k.Key(); !errors.Is(err, ErrKeyInvalid) {
			t.Errorf("%v: %v", curve, err)
		}
	}
}

func TestCompressedPoints(t *testing.T) {
	for _, curve := range []elliptic.Curve{elliptic.P256(), gmsm.P256()} {
		key, _ := ecdsa.GenerateKey(curve, rand.Reader)
		full := PublicKey{Algorithm: ECDSA, Curve: P256, value: elliptic.Marshal(curve, key.X, key.Y)}
		short := PublicKey{Algorithm: ECDSA, Curve: P256, value: elliptic.MarshalCompressed(curve, key.X, key.Y)}
		if curve == gmsm.P256() {
			full.Algorithm, full.Curve, short.Algorithm, short.Curve = SM2, SM2P256, SM2, SM2P256
		}
		if !full.Equal(short) || !short.Equal(full) {
			t.Errorf("%s: the same point in two forms is not equal", curve.Params().Name)
		}
		public, err := short.Key()
		if err != nil || !key.PublicKey.Equal(public) {
			t.Errorf("%s: %v", curve.Params().Name, err)
		}
	}
}

func TestDSASignature(t *testing.T) {
	var key dsa.PrivateKey
	if err := dsa.GenerateParameters(&key.Parameters, rand.Reader, dsa.L1024N160); err != nil {
		t.Fatal(err)
	}
	if err := dsa.GenerateKey(&key, rand.Reader); err != nil {
		t.Fatal(err)
	}
	value, _ := asn1.Marshal(key.Y)
	with := func(p *big.Int) PublicKey {
		parameters, _ := asn1.Marshal(struct{ P, Q, G *big.Int }{p, key.Q, key.G})
		return PublicKey{Algorithm: DSA, spki: testSPKI(asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, parameters, value), value: value}
	}
	public := with(key.P)
	digest := sha256.Sum256([]byte("message"))
	r, s, err := dsa.Sign(rand.Reader, &key, digest[:20])
	if err != nil {
		t.Fatal(err)
	}
	signature, _ := asn1.Marshal(struct{ R, S *big.Int }{r, s})
	algorithm, _ := asn1.Marshal(pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3, 2}})
	if err := VerifySignature(public, algorithm, []byte("message"), signature); err != nil {
		t.Error(err)
	}
	if err := VerifySignature(public, algorithm, []byte("massage"), signature); !errors.Is(err, ErrSignature) {
		t.Error(err)
	}
	if err := VerifySignature(public, algorithm, []byte("message"), append(signature, 0)); !errors.Is(err, ErrSignature) {
		t.Error("a signature with a trailing byte verifies")
	}
	large := with(new(big.Int).Add(new(big.Int).Lsh(big.NewInt(1), 5000), big.NewInt(1)))
	if err := VerifySignature(large, algorithm, []byte("message"), signature); !errors.Is(err, ErrKeyTooLarge) {
		t.Error(err)
	}
}

// testSPKI is the DER of a key with the given parameters.
func testSPKI(algorithm asn1.ObjectIdentifier, parameters, value []byte) []byte {
	spki, _ := asn1.Marshal(struct {
		Algorithm pkix.AlgorithmIdentifier
		Value     asn1.BitString
	}{pkix.AlgorithmIdentifier{Algorithm: algorithm, Parameters: asn1.RawValue{FullBytes: parameters}}, asn1.BitString{Bytes: value, BitLength: 8 * len(value)}})
	return spki
}

// A key that is restricted to PSS with one hash must not be used otherwise.
func TestRestrictedPSSKey(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	template := signatureTemplate(x509.SHA256WithRSAPSS)
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	r := derReader{der: c.raw}
	id, _ := r.algorithmIdentifier(c.outerAlgorithm.start, c.outerAlgorithm.end)
	public := c.PublicKey()
	public.Algorithm = RSAPSS
	public.spki = testSPKI(asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 10}, id.parameters.whole().of(c.raw), public.value)
	if err := c.CheckSignature(public); err != nil {
		t.Errorf("restricted to the same parameters: %v", err)
	}
	template.SignatureAlgorithm = x509.SHA384WithRSAPSS
	der2, _ := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	c2, _ := ParseCertificate(der2)
	if err := c2.CheckSignature(public); !errors.Is(err, ErrSignature) {
		t.Errorf("restricted to SHA-256, used with SHA-384: %v", err)
	}
	template.SignatureAlgorithm = x509.SHA256WithRSA
	der3, _ := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	c3, _ := ParseCertificate(der3)
	if err := c3.CheckSignature(public); !errors.Is(err, ErrSignature) {
		t.Errorf("restricted to PSS, used with PKCS #1 v1.5: %v", err)
	}
}

func TestPublicKeyEqual(t *testing.T) {
	a, _ := rsa.GenerateKey(rand.Reader, 2048)
	b, _ := rsa.GenerateKey(rand.Reader, 2048)
	ka, kb := rsaPublic(t, a.N, big.NewInt(int64(a.E))), rsaPublic(t, b.N, big.NewInt(int64(b.E)))
	if !ka.Equal(ka) || ka.Equal(kb) {
		t.Error("RSA keys are compared wrongly")
	}
	if ka.Equal(rsaPublic(t, a.N, big.NewInt(3))) {
		t.Error("the exponent is not compared")
	}
	pss := ka
	pss.Algorithm = RSAPSS
	if !ka.Equal(pss) {
		t.Error("a PSS key differs from the same RSA key")
	}
	x := PublicKey{Algorithm: X25519, value: make([]byte, 32)}
	e := PublicKey{Algorithm: Ed25519, value: make([]byte, 32)}
	if x.Equal(e) || !x.Equal(x) {
		t.Error("keys of two algorithms are equal")
	}
}

// A signature whose algorithm has parameters that mean nothing to it is not checked.
func TestVerifySignatureRefusesParameters(t *testing.T) {
	key, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	spki, _ := x509.MarshalPKIXPublicKey(key.Public())
	public, err := ParsePublicKey(spki)
	if err != nil {
		t.Fatal(err)
	}
	message := []byte("message")
	digest := sha256.Sum256(message)
	signature, err := ecdsa.SignASN1(rand.Reader, key, digest[:])
	if err != nil {
		t.Fatal(err)
	}
	const oid = "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
	for parameters, want := range map[string]error{
		"":             nil,
		"\x05\x00":     nil, // Often written; it changes nothing.
		"\x05\x01\x00": ErrUnsupported,
		"\x30\x00":     ErrUnsupported,
		oid:            ErrUnsupported,
	} {
		algorithm := append([]byte{0x30, byte(len(oid) + len(parameters))}, oid+parameters...)
		if err := VerifySignature(public, algorithm, message, signature); !errors.Is(err, want) {
			t.Errorf("%x: %v, want %v", parameters, err, want)
		}
	}
}
