package certparse

import (
	"bytes"
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// FuzzParsePrivateKey reads bytes as a private key, with a password and without.
// It must end soon and agree with itself; and what the parsers of the standard
// library and of gmsm accept it must accept, with the same public key, or refuse
// for a reason that those do not look at.
func FuzzParsePrivateKey(f *testing.F) {
	for _, v := range plainKeyVectors {
		f.Add(keyBlock(f, []byte(v.pem)).DER, "")
	}
	for _, v := range encryptedKeyVectors {
		if b := keyBlock(f, []byte(v.pem)); len(b.Headers) == 0 {
			f.Add(b.DER, testPassword)
		} else {
			f.Add(b.DER, b.Headers[0].Value) // DEK-Info
		}
	}
	f.Fuzz(func(t *testing.T, der []byte, password string) {
		original := bytes.Clone(der)
		start := time.Now()
		key, fs := ParsePrivateKey(der, nil)
		if took := time.Since(start); took > 5*time.Second {
			t.Errorf("took %v", took)
		}
		if !bytes.Equal(der, original) {
			t.Error("the input was changed")
		}
		again, fs2 := ParsePrivateKey(der, nil)
		if (key == nil) != (again == nil) || keyCodes(fs) != keyCodes(fs2) {
			t.Errorf("the second time: %v, %v", fs, fs2)
		}
		if key == nil && finding.Worst(fs) != finding.Error {
			t.Errorf("refused without a reason: %v", fs)
		}
		for _, f := range fs {
			if n, ok := f.Where.DERByte.Get(); ok && n > len(der) {
				t.Errorf("byte %d of %d: %v", n, len(der), f)
			}
		}
		if key != nil {
			checkEncoding(t, key)
		}
		checkOracles(t, der, key, fs)

		// The header and the ciphertext of an old PEM block.
		b := &Block{Label: "RSA PRIVATE KEY", Headers: []Header{{"DEK-Info", password}}, DER: der}
		openPrivateKey(b, []byte("password"), finding.Where{})
		if e, _ := readEncryption(&Block{DER: der}); e != nil && e.kdf.work < 10_000 {
			if opened, _ := ParsePrivateKey(der, []byte(password)); opened != nil {
				checkEncoding(t, opened)
			}
		}
	})
}

// checkEncoding reads a key's own encoding again.
func checkEncoding(t *testing.T, key *PrivateKey) {
	t.Helper()
	der, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	again, fs := ParsePrivateKey(der, nil)
	if again == nil || !again.Matches(key.Public()) || !bytes.Equal(again.Public().SPKI(), key.Public().SPKI()) {
		t.Fatalf("its own encoding: %v", fs)
	}
	if second, err := again.PKCS8(); err != nil || !bytes.Equal(second, der) {
		t.Error("the encoding of the encoding differs")
	}
	if signer, err := key.Signer(); err == nil {
		public, err := key.Public().Key()
		if err != nil || !public.(interface{ Equal(crypto.PublicKey) bool }).Equal(signer.Public()) {
			t.Errorf("the signer has another public key: %v", err)
		}
	}
}

// checkOracles compares with other parsers.
func checkOracles(t *testing.T, der []byte, key *PrivateKey, fs []finding.Finding) {
	t.Helper()
	parsers := []func() (any, error){
		func() (any, error) { return x509.ParsePKCS1PrivateKey(der) },
		func() (any, error) { return x509.ParsePKCS8PrivateKey(der) },
		func() (any, error) { return x509.ParseECPrivateKey(der) },
		func() (any, error) { return smx509.ParsePKCS8PrivateKey(der) },
		func() (any, error) { return smx509.ParseSM2PrivateKey(der) },
	}
	for i, parse := range parsers {
		theirs, err := parse()
		if err != nil {
			continue
		}
		switch theirs.(type) {
		case *rsa.PrivateKey, *ecdsa.PrivateKey, ed25519.PrivateKey, *ecdh.PrivateKey, *sm2.PrivateKey:
		default:
			continue // Algorithms that only gmsm has.
		}
		public := theirs.(interface{ Public() crypto.PublicKey }).Public()
		if key == nil {
			// They look neither at a public key that stands in the key nor at a second
			// name of the curve nor at how many bits an RSA key has.
			// Nor does encoding/asn1 see whether an element is longer than the explicit
			// tag around it.
			switch codes := keyCodes(fs); {
			case codes == "private-key-inconsistent", codes == "private-key-too-large":
			case !wellFormed(der):
			default:
				t.Errorf("parser %d accepts %T: %v", i, theirs, fs)
			}
			continue
		}
		spki, err := x509.MarshalPKIXPublicKey(public)
		if err != nil {
			spki, err = smx509.MarshalPKIXPublicKey(public)
		}
		if err != nil {
			t.Fatal(err)
		}
		other, err := ParsePublicKey(spki)
		if err != nil && !strings.Contains(err.Error(), "bits") {
			t.Fatal(err)
		}
		if err == nil && !key.Matches(other) {
			t.Errorf("parser %d reads another public key than %s", i, key.Public().Name())
		}
	}
}

// wellFormed reports whether every element fits into what contains it.
func wellFormed(der cryptobyte.String) bool {
	for !der.Empty() {
		var content cryptobyte.String
		var tag asn1.Tag
		if !der.ReadAnyASN1(&content, &tag) || tag&0x20 != 0 && !wellFormed(content) {
			return false
		}
	}
	return true
}
