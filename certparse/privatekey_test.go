package certparse

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm2"
)

// openTestKey opens the key in PEM text, which must not lead to any finding.
func openTestKey(t testing.TB, text string) *PrivateKey {
	t.Helper()
	key, fs := openPrivateKey(keyBlock(t, []byte(text)), nil, finding.Where{})
	if key == nil || len(fs) > 0 {
		t.Fatalf("findings %v", fs)
	}
	return key
}

// TestPrivateKeyVectors opens keys of every type.
func TestPrivateKeyVectors(t *testing.T) {
	for _, v := range plainKeyVectors {
		t.Run(v.name, func(t *testing.T) {
			key := openTestKey(t, v.pem)
			if key.Public().Algorithm != v.algorithm || key.Format() != v.format || key.Encryption() != "" {
				t.Errorf("%v, format %q, encryption %q", key.Public().Algorithm, key.Format(), key.Encryption())
			}
			sum := sha256.Sum256(key.Public().SPKI())
			if got := hex.EncodeToString(sum[:]); got != v.spki {
				t.Errorf("SHA-256 of the public key is %s, want %s", got, v.spki)
			}
			for _, other := range plainKeyVectors {
				if got, want := key.Matches(openTestKey(t, other.pem).Public()), other.spki == v.spki; got != want {
					t.Errorf("matches %s: %v", other.name, got)
				}
			}

			// Its own encoding opens, and encodes to the same again.
			der, err := key.PKCS8()
			if err != nil {
				t.Fatal(err)
			}
			again, fs := ParsePrivateKey(der, nil)
			if again == nil || len(fs) > 0 || again.Format() != "PKCS#8" || !again.Matches(key.Public()) {
				t.Fatalf("its own encoding: %v", fs)
			}
			if second, err := again.PKCS8(); err != nil || !bytes.Equal(der, second) {
				t.Errorf("the encoding of the encoding differs: %v", err)
			}
			checkSigner(t, key)
		})
	}
}

// checkSigner signs with a key and verifies the signature.
func checkSigner(t *testing.T, key *PrivateKey) {
	t.Helper()
	public := key.Public()
	signer, err := key.Signer()
	canSign := public.Algorithm == RSA || public.Algorithm == RSAPSS || public.Algorithm == Ed25519 ||
		public.Algorithm == SM2 || standardCurve(public.Curve) != nil
	if (err == nil) != canSign {
		t.Fatalf("signer: %v", err)
	}
	if !canSign {
		return
	}
	if want, err := public.Key(); err != nil || !want.(interface{ Equal(crypto.PublicKey) bool }).Equal(signer.Public()) {
		t.Errorf("the signer has another public key: %v", err)
	}
	message := []byte("message")
	digest := sha256.Sum256(message)
	switch verifier := signer.Public().(type) {
	case *rsa.PublicKey:
		signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil || rsa.VerifyPKCS1v15(verifier, crypto.SHA256, digest[:], signature) != nil {
			t.Errorf("RSA signature: %v", err)
		}
	case ed25519.PublicKey:
		signature, err := signer.Sign(rand.Reader, message, crypto.Hash(0))
		if err != nil || !ed25519.Verify(verifier, message, signature) {
			t.Errorf("Ed25519 signature: %v", err)
		}
	case *ecdsa.PublicKey:
		if public.Algorithm == SM2 {
			signature, err := signer.Sign(rand.Reader, message, sm2.DefaultSM2SignerOpts)
			if err != nil || !sm2.VerifyASN1WithSM2(verifier, nil, message, signature) {
				t.Errorf("SM2 signature: %v", err)
			}
			return
		}
		signature, err := signer.Sign(rand.Reader, digest[:], crypto.SHA256)
		if err != nil || !ecdsa.VerifyASN1(verifier, digest[:], signature) {
			t.Errorf("ECDSA signature: %v", err)
		}
	default:
		t.Errorf("a signer of type %T", signer)
	}
}

// The examples of RFC 8410, Section 10.3: the same key in version 1, and in
// version 2 with an attribute and its public key.
const (
	rfc8410Version1 = "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC"
	rfc8410Version2 = "MHICAQEwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC" +
		"oB8wHQYKKoZIhvcNAQkJFDEPDA1DdXJkbGUgQ2hhaXJzgSEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="
	rfc8410Public = "19bf44096984cdfe8541bac167dc3b96c85086aa30b6b6cb0c5c38ad703166e1"
)

func TestPrivateKeyVersion2(t *testing.T) {
	for _, text := range []string{rfc8410Version1, rfc8410Version2} {
		der := keyBase64(t, text)
		key, fs := ParsePrivateKey(der, nil)
		if key == nil || len(fs) > 0 || hex.EncodeToString(key.Public().value) != rfc8410Public {
			t.Fatalf("findings %v", fs)
		}
		if own, _ := key.PKCS8(); base64.StdEncoding.EncodeToString(own) != rfc8410Version1 {
			t.Errorf("encoded as %x", own)
		}
	}
	// The same with another public key beside it.
	der := keyBase64(t, rfc8410Version2)
	der[len(der)-1] ^= 1
	if key, fs := ParsePrivateKey(der, nil); key != nil || keyCodes(fs) != "private-key-inconsistent" {
		t.Errorf("another public key: %v", fs)
	}
}

func keyBase64(t testing.TB, text string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestPrivateKeyDocumentedExample opens the key in the documented example of
// adding a server certificate. It does not belong to the certificate beside it.
func TestPrivateKeyDocumentedExample(t *testing.T) {
	key := openTestKey(t, documentedKey)
	if key.Format() != "PKCS#1" || key.Public().Name() != "RSA" || key.Public().Bits != 2048 {
		t.Errorf("%s, %d bits, format %s", key.Public().Name(), key.Public().Bits, key.Format())
	}
	certificate, err := ParsePublicKey(keyBase64(t, documentedCertificateKey))
	if err != nil {
		t.Fatal(err)
	}
	if key.Matches(certificate) {
		t.Error("the key matches the certificate")
	}
	if !key.Matches(key.Public()) {
		t.Error("the key does not match itself")
	}
}

// TestPrivateKeyRedacted shows keys in every way that package fmt and
// encoding/json have, and looks for the key in what comes out.
func TestPrivateKeyRedacted(t *testing.T) {
	for _, v := range plainKeyVectors {
		key := openTestKey(t, v.pem)
		der, err := key.PKCS8()
		if err != nil {
			t.Fatal(err)
		}
		var shown []string
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "%q", "%d", "%o", "%b", "%c", "%U", "%t"} {
			shown = append(shown, fmt.Sprintf(verb, key), fmt.Sprintf(verb, *key), fmt.Sprintf(verb, Block{PrivateKey: key}))
		}
		shown = append(shown, key.String(), key.GoString(), fmt.Sprint(key), fmt.Sprintln(*key))
		for _, value := range []any{key, *key, []*PrivateKey{key}, map[string]PrivateKey{"key": *key}} {
			encoded, err := json.Marshal(value)
			if err != nil || !bytes.Contains(encoded, []byte(redacted)) {
				t.Errorf("JSON of %T: %s, %v", value, encoded, err)
			}
			shown = append(shown, string(encoded))
		}
		text, err := key.MarshalText()
		if err != nil {
			t.Error(err)
		}
		shown = append(shown, string(text))

		// Any eight bytes of the encoding that are not part of the public key.
		all := strings.Join(shown, "\n")
		for i := 0; i+8 <= len(der); i++ {
			part := der[i : i+8]
			if bytes.Contains(key.Public().SPKI(), part) {
				continue
			}
			decimal := strings.Trim(fmt.Sprint(part), "[]")
			for _, form := range []string{string(part), hex.EncodeToString(part), strings.ToUpper(hex.EncodeToString(part)),
				base64.StdEncoding.EncodeToString(part[:6]), " " + decimal + " ", " " + strings.ReplaceAll(decimal, " ", ", ") + ","} {
				if strings.Contains(all, form) {
					t.Fatalf("%s: bytes of the key at %d of %d appear in its text: %q", v.name, i, len(der), form)
				}
			}
		}
	}
}

func TestPrivateKeyWipe(t *testing.T) {
	key := openTestKey(t, plainKeyVectors[0].pem)
	held := key.encoding()
	public := key.Public()
	copied, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	key.Wipe()
	if !bytes.Equal(held, make([]byte, len(held))) {
		t.Error("the key material is still there")
	}
	if copied[0] == 0 {
		t.Error("the copy that was handed out before was wiped too")
	}
	if _, err := key.PKCS8(); err == nil {
		t.Error("a wiped key can be encoded")
	}
	if _, err := key.Signer(); err == nil {
		t.Error("a wiped key can sign")
	}
	if !key.Matches(public) {
		t.Error("a wiped key has lost its public key")
	}
	key.Wipe()
}

// TestPrivateKeyPasswordUnused opens a plain key with a password, even an empty one.
func TestPrivateKeyPasswordUnused(t *testing.T) {
	for _, password := range []string{"secret", ""} {
		key, fs := openPrivateKey(keyBlock(t, []byte(plainKeyVectors[0].pem)), []byte(password), finding.Where{})
		if key == nil || keyCodes(fs) != "private-key-password-unused" {
			t.Errorf("password %q: %v", password, fs)
		}
	}
}

// TestPrivateKeyWhere looks at the place that findings are given.
func TestPrivateKeyWhere(t *testing.T) {
	where := finding.Where{Input: "key.pem", Block: 2, Line: 7}
	block := keyBlock(t, []byte(plainKeyVectors[0].pem))
	block.DER = append(bytes.Clone(block.DER), 0, 0)
	_, fs := openPrivateKey(block, nil, where)
	where.DERByte = finding.At(len(block.DER) - 2)
	if keyCodes(fs) != "der-trailing-bytes" || fs[0].Where != where {
		t.Errorf("findings %+v", fs)
	}
}

// TEST ONLY: the key that the documentation shows to everybody, and the public
// key of the certificate that it shows beside it.
const (
	documentedKey = `-----BEGIN RSA PRIVATE KEY-----
MIIEpAIBAAKCAQEAxSzvkmyd7QBjQhLTod9HK+fGVgoJWKAiecwYFqiitFEXR1v8
6cwqi4WGNsrn/HAaeD/dezw98BBGUzfHL6tl7J5tr/CoC88P34ZeDwoDJb184kl5
KOJMXOB5126g3i58w6AYi3MNNuswBTbt3JP+x3TmbCyzYJ6cN1ASGPJNHhWFLu4B
OqrkKL0umzWzzj8CYDoMd4JaChYjdyhuyLaHvcWV1VHlOsdUeE+L4kIDilxqubnd
cLtcn/kQDf/DMUOchFaZB4c096ksAoZEZxeoCQI2DzT2lQImgVo+XtseTNJ5BC2b
pp457J1X7pJq5QOt1bJ0Dxu9ENvNCy9qCMIm4wIDAQABAoIBAG4OGtp7zdpPcRec
MowTeEJFaCr2Byl0mEmrZXagQdCrwnaOHajR0J13teY3cy0v1VZxL0pt4ZRxQQ+J
/p/Y51cfRtIBXYrZ1F5LPYzfZcpW7bHQmNP9G+prURayJRBemj0Gyyxq12Fj/LWs
Zy/LW1YxJbwTZzvyy/cDtlY+SFUVaSQ2Nu+C450jmBnwLN5YqM2m77X1yvIdD5Y/
3KjCmhHdrY2ulO3dptmI3Ju3e7GACy0VJstcKlaOcpFFpVh9lC1DMvGE3dtLzXln
BQVMwTZl9RKikLAsyIcNaTVnhb61QmLT/4S6Tdafxr11JWPEw6ilVozeZOnnuPGO
o02FpyECgYEA/vcg8iUGx7ftV/c3ePnCLiXH8HGZzC5OUjSuu6n15iF0f6WP56rQ
irX1mkYwXg7MbmSTikqwcbjBuoPBwYZnXTPpH3K2VTG44B+AC/VnHdTqWYPhq8ug
aeUuVkZYiopCKMaOpFCgiSo3YbLi22t8oXXWeGWNOys6vIfBZv9UT70CgYEAxfnF
pYmFaI38kDLJInVFb5qMjcEP4OpryoSgs8J2mMoWePOu0x8FOkxqwLqjGr2ETsPy
CK62webYw7I3ITqkZU8zRm6phQuaS5IJK7ubnHYNMx+xcFWsssHrzMEjLnbSCM0D
wQ0x/gPHl+okRe33FQO51jEQ+OxJglNlWxpi6x8CgYEAzAVArcMHK+V33L4L+5gP
1BGTbknZAdPEBG/3ql+UTzRSHpqDDqRW/8ge4fZsWbeJyoRcs3qUuktXakJoVs2Q
BLq3PtzyHjYNc/qA4hDbFLn9VOf9OxVUJaiobY0Y6LM9wZcxKTcDXv8TFfCpK19V
eXXryqeoXcJ328jd7+c8thkCgYEAvRByU0tI73eheig180VhQVqr3fhA7L+Snz4X
pnQRBIsB+RJmo9JdELbHwDS87R2ODBaOvwHzIKwP2JwKkB5Lv0BqrFmkZJ2XBZJ6
VZx92GbY5jjfIHOBUNlnEgxkR8xLewInEqdCVd5QL2D4sRu3ugbr44TKO56T+PUh
t2Y0j2sCgYBpMV9Z1WWdqm7sR/Mh41kLmEdbANgElIyMellEqvCUE7Dh5b44VVkj
DJkKWwfJtjUaJSd6SHzNTtvF3RAjTcp4kxaVqkMuK11w+bQNpJKk3lGvyCC5eH2U
VwS2lC+WRlApFQBxdNu5Hf7gvlSW6E2yplBdHj9TED/WUpFNFazG0w==
-----END RSA PRIVATE KEY-----
`
	documentedCertificateKey = "" +
		"MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAzvZBTOhp28t/EaO3dQWhngwltuWqdFui47gqk5UcFfJLbJBWXgJZYyEu" +
		"HimnZ581RKoq5ceNjevrw+q7I2diTzM7n3NVzske+MaQG+jsOA9ECEQo8skilHOSaUIFvHBM0KNzcWi8Zv+wcc2WkadwIpTMx88Y" +
		"1m4GK56ayS4Rcv94wfEM9tdhafharTC37bw8pQvmPJtjuexdI2eYA8VM7QICarSZ5S6S5tP+McMJDvyKFD+KrDVE2rzxoKpGV6ge" +
		"IaDmdaSMv7TkZepSupVWdk0v5ipxfO5UyzleDKE0zYCy4faDcPxm4XoOP2pjWf+/8Kn8ManE/cDvhKWmWcUP/QIDAQAB"
)

// BenchmarkParsePrivateKey opens plain keys, which includes all checks.
func BenchmarkParsePrivateKey(b *testing.B) {
	for _, v := range plainKeyVectors {
		der := keyBlock(b, []byte(v.pem)).DER
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParsePrivateKey(der, nil)
			}
		})
	}
	der := keyBlock(b, []byte(documentedKey)).DER
	b.Run("RSA with 2048 bits", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			ParsePrivateKey(der, nil)
		}
	})
}
