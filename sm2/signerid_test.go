package sm2

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"errors"
	"math/big"
	"slices"
	"strings"
	"testing"

	gmsm "github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
)

func publicKey(t testing.TB, key any) certparse.PublicKey {
	t.Helper()
	der, err := smx509.MarshalPKIXPublicKey(key)
	if err != nil {
		t.Fatal(err)
	}
	k, err := certparse.ParsePublicKey(der)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// curveNumbers are a, b, xG and yG as GB/T 32918.5, Appendix A prints them.
const curveNumbers = `
	FFFFFFFE FFFFFFFF FFFFFFFF FFFFFFFF FFFFFFFF 00000000 FFFFFFFF FFFFFFFC
	28E9FA9E 9D9F5E34 4D5A9E4B CF6509A7 F39789F5 15AB8F92 DDBCBD41 4D940E93
	32C4AE2C 1F198119 5F990446 6A39C994 8FE30BBF F2660BE1 715A4589 334C74C7
	BC3736A2 F4F6779C 59BDCEE3 6B692153 D0A9877C C62A4740 02DF32E5 2139F0A0`

func sm3Of(parts ...[]byte) []byte {
	h := sm3.New()
	for _, p := range parts {
		h.Write(p)
	}
	return h.Sum(nil)
}

func sha256Of(parts ...[]byte) []byte {
	sum := sha256.Sum256(bytes.Join(parts, nil))
	return sum[:]
}

func TestDiagnoseSignerID(t *testing.T) {
	key := sm2KeyA().(*gmsm.PrivateKey)
	pub := publicKey(t, key.Public())
	message := []byte("what was signed, TEST ONLY")
	curve := unhex(t, curveNumbers)
	point := slices.Concat(key.X.FillBytes(make([]byte, 32)), key.Y.FillBytes(make([]byte, 32)))
	length := func(n byte) []byte { return []byte{0, n} }
	standard := []byte("1234567812345678")
	za := sm3Of(length(128), standard, curve, point)
	zaEmpty := sm3Of(length(0), curve, point)
	swap32 := func(b []byte) []byte {
		out := make([]byte, len(b))
		for i := range b {
			out[i] = b[i/4*4+3-i%4]
		}
		return out
	}
	backwards := func(b []byte) []byte {
		out := make([]byte, len(b))
		for i := range b {
			out[i] = b[len(b)-1-i]
		}
		return out
	}
	each32 := func(b []byte) []byte {
		var out []byte
		for chunk := range slices.Chunk(b, 32) {
			out = append(out, backwards(chunk)...)
		}
		return out
	}
	sign := func(digest []byte) []byte {
		signature, err := gmsm.SignASN1(rand.Reader, key, digest, nil)
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}
	var numbers struct{ R, S *big.Int }
	decode := func(signature []byte) (r, s []byte) {
		if _, err := asn1.Unmarshal(signature, &numbers); err != nil {
			t.Fatal(err)
		}
		return numbers.R.FillBytes(make([]byte, 32)), numbers.S.FillBytes(make([]byte, 32))
	}
	encode := func(r, s []byte) []byte {
		numbers.R, numbers.S = new(big.Int).SetBytes(r), new(big.Int).SetBytes(s)
		der, err := asn1.Marshal(numbers)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	good := sm3Of(za, message)
	r, s := decode(sign(good))
	// A number whose first bit is set and that has no zero in front is negative.
	var negative []byte
	for {
		r, s := decode(sign(good))
		if r[0] >= 0x80 && s[0] != 0 {
			negative = sequence(appendElement(nil, 2, r), appendElement(nil, 2, s))
			break
		}
	}
	sha1Sum := sha1.Sum(message)
	ecdsaKey := &ecdsa.PrivateKey{PublicKey: key.PublicKey, D: key.D}
	ecdsaSign := func(digest []byte) []byte {
		signature, err := ecdsa.SignASN1(rand.Reader, ecdsaKey, digest)
		if err != nil {
			t.Fatal(err)
		}
		return signature
	}

	for _, c := range []struct {
		name      string
		signature []byte
		cause     Cause
		id        string
		ids       []string
	}{
		{"standard", sign(good), CauseNone, StandardSignerID, nil},
		{"empty ID", sign(sm3Of(zaEmpty, message)), CauseSignerID, "", nil},
		{"the caller's ID", sign(sm3Of(sm3Of(length(8*5), []byte("alice"), curve, point), message)), CauseSignerID, "alice", []string{"bob", "alice"}},
		{"an ID nobody named", sign(sm3Of(sm3Of(length(8*5), []byte("alice"), curve, point), message)), CauseUnknown, "", []string{"bob"}},
		{"the ID of the examples", sign(sm3Of(sm3Of(length(0x90), []byte("ALICE123@YAHOO.COM"), curve, point), message)), CauseSignerID, "ALICE123@YAHOO.COM", nil},
		{"hexadecimal ID", sign(sm3Of(sm3Of([]byte{1, 0}, []byte("31323334353637383132333435363738"), curve, point), message)), CauseSignerID, "31323334353637383132333435363738", nil},
		{"no ZA", sign(sm3Of(message)), CauseNoSignerID, "", nil},
		{"raw", slices.Concat(r, s), CauseEncoding, StandardSignerID, nil},
		{"raw, numbers reversed", slices.Concat(backwards(r), backwards(s)), CauseEncoding, StandardSignerID, nil},
		{"numbers without sign", negative, CauseEncoding, StandardSignerID, nil},
		{"numbers with zeros in front", sequence(appendElement(nil, 2, append([]byte{0, 0}, r...)), appendElement(nil, 2, append([]byte{0, 0}, s...))), CauseEncoding, StandardSignerID, nil},
		{"numbers exchanged", encode(s, r), CauseEncoding, StandardSignerID, nil},
		{"numbers reversed", encode(backwards(r), backwards(s)), CauseEncoding, StandardSignerID, nil},
		{"hash reversed", sign(backwards(good)), CauseByteOrder, StandardSignerID, nil},
		{"hash reversed, empty ID", sign(backwards(sm3Of(zaEmpty, message))), CauseByteOrder, "", nil},
		{"words of the hash reversed", sign(swap32(good)), CauseByteOrder, StandardSignerID, nil},
		{"ZA reversed", sign(sm3Of(backwards(za), message)), CauseByteOrder, StandardSignerID, nil},
		{"words of ZA reversed", sign(sm3Of(swap32(za), message)), CauseByteOrder, StandardSignerID, nil},
		{"key reversed", sign(sm3Of(sm3Of(length(128), standard, curve, each32(point)), message)), CauseByteOrder, StandardSignerID, nil},
		{"all numbers reversed", sign(sm3Of(sm3Of(length(128), standard, each32(curve), each32(point)), message)), CauseByteOrder, StandardSignerID, nil},
		{"length reversed", sign(sm3Of(sm3Of([]byte{128, 0}, standard, curve, point), message)), CauseByteOrder, StandardSignerID, nil},
		{"length in bytes", sign(sm3Of(sm3Of(length(16), standard, curve, point), message)), CauseByteOrder, StandardSignerID, nil},
		{"SHA-256", sign(sha256Of(sha256Of(length(128), standard, curve, point), message)), CauseHash, StandardSignerID, nil},
		{"SHA-256 for the message", sign(sha256Of(za, message)), CauseHash, StandardSignerID, nil},
		{"SHA-256 for ZA", sign(sm3Of(sha256Of(length(128), standard, curve, point), message)), CauseHash, StandardSignerID, nil},
		{"SHA-256 for the message, empty ID", sign(sha256Of(zaEmpty, message)), CauseHash, "", nil},
		{"SHA-256 without ZA", sign(sha256Of(message)), CauseHash, "", nil},
		{"SHA-1 without ZA", sign(sha1Sum[:]), CauseHash, "", nil},
		{"ECDSA with SM3", ecdsaSign(sm3Of(message)), CauseECDSA, "", nil},
		{"ECDSA with SHA-256", ecdsaSign(sha256Of(message)), CauseECDSA, "", nil},
		{"another message", sign(sm3Of(za, message, message)), CauseUnknown, "", nil},
		{"no signature", nil, CauseUnknown, "", nil},
		{"not a signature", []byte("this is sixty-four bytes long and surely not an SM2 signature..."), CauseUnknown, "", nil},
		{"zeros", make([]byte, 64), CauseUnknown, "", nil},
		{"huge numbers", encode(bytes.Repeat([]byte{255}, 40), s), CauseUnknown, "", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := DiagnoseSignerID(pub, message, c.signature, c.ids...)
			if err != nil {
				t.Fatal(err)
			}
			if d.Cause != c.cause || d.SignerID != c.id {
				t.Errorf("got %d, ID %q, want %d, ID %q (%s)", d.Cause, d.SignerID, c.cause, c.id, d.Detail)
			}
			// The one judge of signatures is not moved by any of this.
			accepted := certparse.VerifySignature(pub, sm2WithSM3, message, c.signature) == nil
			if accepted != (c.cause == CauseNone) {
				t.Errorf("VerifySignature accepts: %v", accepted)
			}
			f, ok := d.Finding(finding.Where{})
			if ok != (c.cause != CauseNone && c.cause != CauseUnknown) || ok && f.Severity != finding.Error {
				t.Errorf("finding %v %v", f, ok)
			}
			if ok && (f.Code == "sm2-signer-id") != (c.cause == CauseSignerID || c.cause == CauseNoSignerID) {
				t.Errorf("finding %s", f.Code)
			}
			if ok && strings.Contains(f.Message, "{") {
				t.Error(f.Message)
			}
		})
	}
}

// sm2WithSM3 is the AlgorithmIdentifier 1.2.156.10197.1.501.
var sm2WithSM3 = []byte{0x30, 0x0a, 0x06, 0x08, 0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x83, 0x75}

func TestDiagnoseSignerIDLimits(t *testing.T) {
	key := sm2KeyA().(*gmsm.PrivateKey)
	pub := publicKey(t, key.Public())
	signature, err := key.SignWithSM2(rand.Reader, []byte("carol"), []byte("message"))
	if err != nil {
		t.Fatal(err)
	}
	ids := append(slices.Repeat([]string{"someone"}, maxSignerIDs-1), "carol")
	if d, _ := DiagnoseSignerID(pub, []byte("message"), signature, ids...); d.SignerID != "carol" {
		t.Error("the last ID that is allowed was not tried")
	}
	if d, _ := DiagnoseSignerID(pub, []byte("message"), signature, append([]string{"someone"}, ids...)...); d.Cause != CauseUnknown {
		t.Error("more IDs were tried than are allowed")
	}
	// An ID whose length in bits does not fit must not be taken for a shorter one.
	if d, _ := DiagnoseSignerID(pub, []byte("message"), signature, strings.Repeat("x", maxSignerIDLength+1), "carol"); d.SignerID != "carol" {
		t.Error("an impossible ID keeps others from being tried")
	}
	// Nor may its length be taken modulo something.
	long := strings.Repeat("x", maxSignerIDLength+9)
	z := newIdentity(&key.PublicKey)
	signature, err = gmsm.SignASN1(rand.Reader, key, sm3Of(sm3Of(z.input(uint16(8*len(long)&0xffff), long)), []byte("message")), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d, _ := DiagnoseSignerID(pub, []byte("message"), signature, long); d.Cause != CauseUnknown {
		t.Error("an ID was found whose length has no encoding")
	}
	for name, key := range map[string]any{"RSA": rsaKeyA().Public(), "P-256": eccKeyA().Public()} {
		if _, err := DiagnoseSignerID(publicKey(t, key), nil, nil); !errors.Is(err, certparse.ErrUnsupported) {
			t.Errorf("%s: %v", name, err)
		}
	}
	outside, err := certparse.ParsePublicKey(offCurve(t, key))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := DiagnoseSignerID(outside, []byte("message"), signature); !errors.Is(err, certparse.ErrKeyInvalid) {
		t.Errorf("a point that is not on the curve: %v", err)
	}
}

// offCurve is the SubjectPublicKeyInfo of a point that is not on the curve.
func offCurve(t testing.TB, key *gmsm.PrivateKey) []byte {
	t.Helper()
	der, err := smx509.MarshalPKIXPublicKey(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	der[len(der)-1] ^= 1
	return der
}

// TestDiagnoseOpenSSL has OpenSSL sign certificates with several IDs.
func TestDiagnoseOpenSSL(t *testing.T) {
	o := newOpenSSL(t)
	o.run("genpkey -algorithm SM2 -out ca.key")
	for _, c := range []struct {
		name, option string
		cause        Cause
		id           string
	}{
		{"default", "", CauseSignerID, ""},
		{"standard", " -sigopt distid:1234567812345678", CauseNone, StandardSignerID},
		{"another", " -sigopt distid:somebody@example.com", CauseSignerID, "somebody@example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o.run("req -x509 -sm3 -key ca.key -days 30 -out ca.der -outform DER"+c.option, "-subj", "/CN=Test CA/O=TEST ONLY")
			cert := parseCertificate(t, o.read("ca.der"))
			if got := cert.SignatureAlgorithmName(); got != "SM2-SM3" {
				t.Errorf("signature algorithm %q", got)
			}
			d, err := DiagnoseSignerID(cert.PublicKey(), cert.RawTBSCertificate(), cert.Signature(), "somebody@example.com")
			if err != nil || d.Cause != c.cause || d.SignerID != c.id {
				t.Errorf("got %+v, %v", d, err)
			}
			if err := cert.CheckSignature(cert.PublicKey()); (err == nil) != (c.cause == CauseNone) {
				t.Errorf("CheckSignature: %v", err)
			}
		})
	}
}

func FuzzDiagnoseSignerID(f *testing.F) {
	key := sm2KeyA().(*gmsm.PrivateKey)
	pub := publicKey(f, key.Public())
	message := []byte("message")
	for _, id := range []string{"1234567812345678", "alice"} {
		signature, err := key.SignWithSM2(rand.Reader, []byte(id), message)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(signature, "alice")
	}
	f.Add(make([]byte, 64), "")
	f.Fuzz(func(t *testing.T, signature []byte, id string) {
		d, err := DiagnoseSignerID(pub, message, signature, id)
		if err != nil {
			t.Fatal(err)
		}
		if standard := gmsm.VerifyASN1WithSM2(&key.PublicKey, nil, message, signature); standard != (d.Cause == CauseNone) {
			t.Errorf("gmsm says %v, the diagnosis is %+v", standard, d)
		}
	})
}
