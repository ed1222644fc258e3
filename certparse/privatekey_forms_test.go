package certparse

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/asn1"
	"encoding/hex"
	"math/big"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
)

var (
	testOIDEC  = asn1.ObjectIdentifier{1, 2, 840, 10045, 2, 1}
	testOIDSM2 = asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 301}
)

// TestCurvePlaces names the curve in each of the places where it can stand.
func TestCurvePlaces(t *testing.T) {
	scalar := bytes.Repeat([]byte{7}, 32)
	curve := func(c Curve) []byte { return marshalDER(t, curveOID(t, c)) }
	bare := marshalDER(t, testSEC1{Version: 1, PrivateKey: scalar})
	inside := func(c Curve) []byte {
		return marshalDER(t, testSEC1{Version: 1, PrivateKey: scalar, Curve: curveOID(t, c)})
	}
	null := []byte{tagNull, 0}
	withField := func(tag int, content []byte) []byte {
		return marshalDER(t, struct {
			Version    int
			PrivateKey []byte
			Field      asn1.RawValue
		}{1, scalar, asn1.RawValue{Class: asn1.ClassContextSpecific, Tag: tag, IsCompound: true, Bytes: content}})
	}
	withExplicit := withField(0, marshalDER(t, []int{1, 2}))
	withBroken := func(tag int) []byte { return withField(tag, []byte{tagBitString, 99}) }
	for _, test := range []struct {
		name  string
		der   []byte
		label string
		curve Curve // NoCurve if the key cannot be opened.
		code  string
	}{
		{"in the key", inside(P256), "EC PRIVATE KEY", P256, ""},
		{"in the key, under another label", inside(P256), "RSA PRIVATE KEY", P256, ""},
		{"SM2 in the key", inside(SM2P256), "EC PRIVATE KEY", SM2P256, ""},
		{"nowhere", bare, "EC PRIVATE KEY", NoCurve, "private-key-malformed"},
		{"in the label", bare, "SM2 PRIVATE KEY", SM2P256, ""},
		{"in the key and another in the label", inside(P256), "SM2 PRIVATE KEY", P256, ""},
		{"with the algorithm", pkcs8Info(t, testOIDEC, curve(Secp256k1), bare), "", Secp256k1, ""},
		{"with the algorithm and in the key", pkcs8Info(t, testOIDEC, curve(P256), inside(P256)), "", P256, ""},
		{"two curves", pkcs8Info(t, testOIDEC, curve(P256), inside(Secp256k1)), "", NoCurve, "private-key-inconsistent"},
		{"in the key inside PKCS#8", pkcs8Info(t, testOIDEC, null, inside(P256)), "", P256, ""},
		{"nowhere in PKCS#8", pkcs8Info(t, testOIDEC, nil, bare), "", NoCurve, "private-key-malformed"},
		{"SM2 with the algorithm", pkcs8Info(t, testOIDEC, curve(SM2P256), bare), "", SM2P256, ""},
		{"SM2 as the algorithm", pkcs8Info(t, testOIDSM2, nil, bare), "", SM2P256, ""},
		{"SM2 as the algorithm, NULL", pkcs8Info(t, testOIDSM2, null, inside(SM2P256)), "", SM2P256, ""},
		{"a curve, and explicit parameters in the key", pkcs8Info(t, testOIDEC, curve(P256), withExplicit), "", NoCurve, "private-key-inconsistent"},
		{"explicit parameters in the key", withExplicit, "", NoCurve, "public-key-explicit-parameters"},
		{"a curve that cannot be read in the key", pkcs8Info(t, testOIDEC, curve(P256), withBroken(0)), "", P256, "der-malformed"},
		{"a point that cannot be read in the key", pkcs8Info(t, testOIDEC, curve(P256), withBroken(1)), "", P256, "der-malformed"},
		{"SM2 as the algorithm, another curve", pkcs8Info(t, testOIDSM2, nil, inside(P256)), "", NoCurve, "private-key-inconsistent"},
		{"a curve that is not known", marshalDER(t, testSEC1{Version: 1, PrivateKey: scalar, Curve: asn1.ObjectIdentifier{1, 3, 132, 0, 31}}), "", NoCurve, "public-key-curve-unknown"},
		{"a curve that is not known, in PKCS#8", pkcs8Info(t, testOIDEC, marshalDER(t, asn1.ObjectIdentifier{1, 3, 132, 0, 31}), bare), "", NoCurve, "public-key-curve-unknown"},
		{"explicit parameters", pkcs8Info(t, testOIDEC, marshalDER(t, []int{1, 2}), bare), "", NoCurve, "public-key-explicit-parameters"},
		{"a form that does not exist", pkcs8Info(t, testOIDEC, []byte{tagInteger, 1, 1}, bare), "", NoCurve, "private-key-malformed"},
		{"a version that is not known", marshalDER(t, testSEC1{Version: 2, PrivateKey: scalar, Curve: curveOID(t, P256)}), "", NoCurve, "private-key-malformed"},
	} {
		key, fs := openPrivateKey(&Block{Label: test.label, DER: test.der}, nil, finding.Where{})
		if keyCodes(fs) != test.code || (key != nil) != (test.curve != NoCurve) {
			t.Errorf("%s: %v", test.name, fs)
		}
		if key != nil && key.Public().Curve != test.curve {
			t.Errorf("%s: %v", test.name, key.Public().Name())
		}
	}
}

// TestExplicitParameters opens what OpenSSL writes with explicit parameters.
func TestExplicitParameters(t *testing.T) {
	for _, args := range [][]string{
		{"ecparam", "-genkey", "-noout", "-name", "prime256v1", "-param_enc", "explicit"},
		{"genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-pkeyopt", "ec_param_enc:explicit"},
	} {
		key, fs := openPrivateKey(keyBlock(t, openssl(t, nil, args...)), nil, finding.Where{})
		if key != nil || keyCodes(fs) != "public-key-explicit-parameters" {
			t.Errorf("%v: %v", args, fs)
		}
	}
}

// TestPrivateKeyMalformed gives bytes that are no private key, or a broken one.
func TestPrivateKeyMalformed(t *testing.T) {
	p256 := vectorDER(t, "P-256")
	ed25519Key := vectorDER(t, "Ed25519")
	for _, test := range []struct {
		name string
		der  []byte
		code string
	}{
		{"nothing", nil, "private-key-malformed"},
		{"text", []byte("-----BEGIN PRIVATE KEY-----"), "private-key-malformed"},
		{"an empty sequence", []byte{0x30, 0}, "private-key-malformed"},
		{"a version alone", []byte{0x30, 3, 2, 1, 0}, "private-key-malformed"},
		{"a boolean after the version", []byte{0x30, 6, 2, 1, 0, 1, 1, 0}, "private-key-malformed"},
		{"a public key", vectorSPKI(t, "P-256"), "private-key-malformed"},
		{"cut off", p256[:len(p256)-1], "private-key-malformed"},
		{"indefinite length", append([]byte{0x30, 0x80}, p256[2:]...), "private-key-malformed"},
		{"trailing bytes", append(bytes.Clone(p256), 0, 0), "der-trailing-bytes"},
		{"a length that is not minimal", append([]byte{0x30, 0x81, p256[1]}, p256[2:]...), "der-length-not-minimal"},
		{"large", append(bytes.Clone(p256), make([]byte, maxPrivateKeySize)...), "private-key-malformed"},
		{"an algorithm that is not known", pkcs8Info(t, asn1.ObjectIdentifier{1, 2, 3, 4}, nil, []byte{4, 0}), "private-key-algorithm-unknown"},
		{"Diffie-Hellman", pkcs8Info(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 3, 1}, nil, []byte{2, 1, 3}), "private-key-algorithm-unknown"},
		{"RSA that is a number", pkcs8Info(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 1, 1}, []byte{5, 0}, []byte{2, 1, 3}), "private-key-malformed"},
		{"EC that is a number", pkcs8Info(t, testOIDSM2, nil, []byte{2, 1, 3}), "private-key-malformed"},
		{"DSA without parameters", pkcs8Info(t, asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, nil, []byte{2, 1, 3}), "private-key-malformed"},
		{"DSA with parameters of zero", pkcs8Info(t, asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}, marshalDER(t, []int{0, 0, 0}), []byte{2, 1, 3}), "private-key-inconsistent"},
		{"a short Ed25519 key", pkcs8Info(t, asn1.ObjectIdentifier{1, 3, 101, 112}, nil, append([]byte{4, 31}, make([]byte, 31)...)), "private-key-malformed"},
		{"an Ed25519 key without its inner octet string", bytes.Replace(ed25519Key, []byte{4, 34, 4, 32}, []byte{4, 34, 5, 32}, 1), "private-key-malformed"},
		{"a short X448 key", pkcs8Info(t, asn1.ObjectIdentifier{1, 3, 101, 111}, nil, append([]byte{4, 55}, make([]byte, 55)...)), "private-key-malformed"},
	} {
		expectKey(t, test.name, test.der, test.code)
	}

	// What follows the known fields is passed over, even where it cannot be read.
	for _, name := range []string{"RSA, PKCS#1", "RSA, PKCS#8", "P-256", "Ed25519"} {
		der := vectorDER(t, name)
		var outer asn1.RawValue
		unmarshalDER(t, der, &outer)
		for tail, codes := range map[string]string{"\x05\x00": "", "\x04\x01\x30": "", "\x1f\x00": "der-malformed", "\x05": "der-malformed"} {
			longer := marshalDER(t, asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: append(bytes.Clone(outer.Bytes), tail...)})
			expectKey(t, name+" with another field", longer, codes)
		}
	}

	// Every prefix of every key is refused without a panic.
	for _, v := range plainKeyVectors {
		der := keyBlock(t, []byte(v.pem)).DER
		for n := range der {
			if key, fs := ParsePrivateKey(der[:n:n], []byte("password")); key != nil || len(fs) != 1 {
				t.Fatalf("%s cut after %d bytes: %v", v.name, n, fs)
			}
		}
	}
}

// vectorSPKI is the SubjectPublicKeyInfo of a key of plainKeyVectors.
func vectorSPKI(t testing.TB, name string) []byte {
	t.Helper()
	key, fs := ParsePrivateKey(vectorDER(t, name), nil)
	if key == nil {
		t.Fatal(fs)
	}
	return key.Public().SPKI()
}

// TestUnknownAlgorithmNamed looks at what is said about an algorithm.
func TestUnknownAlgorithmNamed(t *testing.T) {
	_, fs := ParsePrivateKey(pkcs8Info(t, asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 3, 1}, nil, []byte{2, 1, 3}), nil)
	if len(fs) != 1 || fs[0].Data[0].Value != "1.2.840.113549.1.3.1 (Diffie-Hellman)" {
		t.Errorf("%v", fs)
	}
}

// TestRFC7748And8032 computes the public keys of the standards' examples.
func TestRFC7748And8032(t *testing.T) {
	for _, test := range []struct{ private, public string }{
		// RFC 7748, Section 6.2, both parties.
		{"9a8f4925d1519f5775cf46b04b5800d4ee9ee8bae8bc5565d498c28dd9c9baf574a9419744897391006382a6f127ab1d9ac2d8c0a598726b",
			"9b08f7cc31b7e3e67d22d5aea121074a273bd2b83de09c63faa73d2c22c5d9bbc836647241d953d40c5b12da88120d53177f80e532c41fa0"},
		{"1c306a7ac2a0e2e0990b294470cba339e6453772b075811d8fad0d1d6927c120bb5ee8972b0d3e21374c9c921b09d1b0366f10b65173992d",
			"3eb7a829b0cd20f5bcfc0b599b6feccf6da4627107bdb0d4f345b43027d8b972fc3e34fb4232a13ca706dcb57aec3dae07bdc1c67bf33609"},
	} {
		private, _ := hex.DecodeString(test.private)
		if got := hexLower(x448Public(private)); got != test.public {
			t.Errorf("X448: %s, want %s", got, test.public)
		}
	}
	// RFC 8032, Section 7.4, the first and the last example without a context.
	for _, test := range []struct{ private, public string }{
		{"6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b",
			"5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"},
		{"872d093780f5d3730df7c212664b37b8a0f24f56810daa8382cd4fa3f77634ec44dc54f1c2ed9bea86fafb7632d8be199ea165f5ad55dd9ce8",
			"a81b2e8a70a5ac94ffdbcc9badfc3feb0801f258578bb114ad44ece1ec0e799da08effb81c5d685c0c56f64eecaef8cdf11cc38737838cf400"},
	} {
		private, _ := hex.DecodeString(test.private)
		if got := hexLower(ed448Public(private)); got != test.public {
			t.Errorf("Ed448: %s, want %s", got, test.public)
		}
	}
}

// TestStandardLibraryKeys opens what the standard library and gmsm write.
func TestStandardLibraryKeys(t *testing.T) {
	check := func(name string, der []byte, err error, public []byte, format string) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		key := expectKey(t, name, der, "")
		if key == nil || !bytes.Equal(key.Public().SPKI(), public) || key.Format() != format {
			t.Errorf("%s: another public key", name)
		}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	spki, _ := x509.MarshalPKIXPublicKey(&rsaKey.PublicKey)
	check("RSA", x509.MarshalPKCS1PrivateKey(rsaKey), nil, spki, "PKCS#1")
	der, err := x509.MarshalPKCS8PrivateKey(rsaKey)
	check("RSA", der, err, spki, "PKCS#8")
	for _, curve := range []elliptic.Curve{elliptic.P224(), elliptic.P256(), elliptic.P384(), elliptic.P521()} {
		ecKey, err := ecdsa.GenerateKey(curve, rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		spki, _ := x509.MarshalPKIXPublicKey(&ecKey.PublicKey)
		der, err := x509.MarshalECPrivateKey(ecKey)
		check(curve.Params().Name, der, err, spki, "SEC1")
		der, err = x509.MarshalPKCS8PrivateKey(ecKey)
		check(curve.Params().Name, der, err, spki, "PKCS#8")
	}
	public, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, _ = x509.MarshalPKIXPublicKey(public)
	der, err = x509.MarshalPKCS8PrivateKey(edKey)
	check("Ed25519", der, err, spki, "PKCS#8")

	sm2Key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	spki, _ = smx509.MarshalPKIXPublicKey(&sm2Key.PublicKey)
	der, err = smx509.MarshalSM2PrivateKey(sm2Key)
	check("SM2", der, err, spki, "SEC1")
	der, err = smx509.MarshalPKCS8PrivateKey(sm2Key)
	check("SM2", der, err, spki, "PKCS#8")
}

// TestShortScalars opens keys whose private value was written without its
// leading zeros, as old versions of OpenSSL did.
func TestShortScalars(t *testing.T) {
	for _, curve := range []Curve{P256, P521, SM2P256, BrainpoolP384r1} {
		for _, value := range []int64{1, 0x1234, 1 << 40} {
			scalar := big.NewInt(value)
			full := scalar.FillBytes(make([]byte, (curveKinds[curve].bits+7)/8))
			short := expectKey(t, "short", marshalDER(t, testSEC1{Version: 1, PrivateKey: scalar.Bytes(), Curve: curveOID(t, curve)}), "")
			long := expectKey(t, "long", marshalDER(t, testSEC1{Version: 1, PrivateKey: full, Curve: curveOID(t, curve)}), "")
			a, _ := short.PKCS8()
			b, _ := long.PKCS8()
			if !bytes.Equal(a, b) {
				t.Errorf("%v: another encoding", curve)
			}
		}
	}
}
