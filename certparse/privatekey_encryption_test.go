package certparse

import (
	"bytes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/pkcs"
)

// p256Key is the key that encryptedKeyVectors hide.
func p256Key(t testing.TB) *PrivateKey {
	t.Helper()
	for _, v := range plainKeyVectors {
		if v.name == "P-256" {
			return openTestKey(t, v.pem)
		}
	}
	t.Fatal("there is no P-256 key")
	return nil
}

func TestEncryptedKeyVectors(t *testing.T) {
	want, err := p256Key(t).PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range encryptedKeyVectors {
		t.Run(v.encryption, func(t *testing.T) {
			block := keyBlock(t, []byte(v.pem))
			ciphertext := bytes.Clone(block.DER)
			key, fs := openPrivateKey(block, []byte(testPassword), finding.Where{})
			codes := ""
			if v.weak {
				codes = "private-key-weak-encryption"
			}
			if key == nil || keyCodes(fs) != codes {
				t.Fatalf("findings %v; want [%s]", fs, codes)
			}
			if got, _ := key.PKCS8(); !bytes.Equal(got, want) || key.Encryption() != v.encryption {
				t.Errorf("encryption %q, or it is another key", key.Encryption())
			}
			for _, wrong := range []string{"", "test only", testPassword + " ", strings.ToUpper(testPassword)} {
				if key, fs := openPrivateKey(block, []byte(wrong), finding.Where{}); key != nil || keyCodes(fs) != "private-key-password-wrong" {
					t.Errorf("password %q: %v", wrong, fs)
				}
			}
			if key, fs := openPrivateKey(block, nil, finding.Where{}); key != nil || keyCodes(fs) != "private-key-encrypted" {
				t.Errorf("no password: %v", fs)
			}
			if !bytes.Equal(block.DER, ciphertext) {
				t.Error("the block was changed")
			}
			// A damaged ciphertext is no key either, and no panic.
			for _, cut := range []int{1, 8, 16} {
				damaged := *block
				if len(block.Headers) > 0 {
					damaged.DER = block.DER[:len(block.DER)-cut]
				} else {
					damaged.DER = bytes.Clone(block.DER)
					damaged.DER[len(block.DER)-cut] ^= 0x80
				}
				if key, fs := openPrivateKey(&damaged, []byte(testPassword), finding.Where{}); key != nil || len(fs) != 1 {
					t.Errorf("damaged: %v", fs)
				}
			}
		})
	}
}

// encryptedKeyInfo wraps a ciphertext as EncryptedPrivateKeyInfo.
func encryptedKeyInfo(t testing.TB, algorithm pkix.AlgorithmIdentifier, ciphertext []byte) []byte {
	t.Helper()
	der, err := asn1.Marshal(struct {
		Algorithm  pkix.AlgorithmIdentifier
		Ciphertext []byte
	}{algorithm, ciphertext})
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// TestEncryptedKeyGMSM opens what a second implementation encrypts, with the
// ciphers and functions that OpenSSL does not write.
func TestEncryptedKeyGMSM(t *testing.T) {
	key := p256Key(t)
	plain, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	password := []byte(testPassword)
	check := func(name string, encrypter pkcs.PBESEncrypter, weak bool) {
		t.Helper()
		algorithm, ciphertext, err := encrypter.Encrypt(rand.Reader, password, plain)
		if err != nil {
			t.Fatal(err)
		}
		der := encryptedKeyInfo(t, *algorithm, ciphertext)
		got, fs := ParsePrivateKey(der, password)
		codes := ""
		if weak {
			codes = "private-key-weak-encryption"
		}
		if got == nil || keyCodes(fs) != codes || !got.Matches(key.Public()) || got.Encryption() != name {
			t.Errorf("%s: %v", name, fs)
		}
		if got, fs := ParsePrivateKey(der, []byte("wrong")); got != nil || keyCodes(fs) != "private-key-password-wrong" {
			t.Errorf("%s, wrong password: %v", name, fs)
		}
		if got, fs := ParsePrivateKey(der, nil); got != nil || keyCodes(fs) != "private-key-encrypted" || fs[0].Data[0].Value != name {
			t.Errorf("%s, no password: %v", name, fs)
		}
	}
	ciphers := []struct {
		name string
		pkcs.Cipher
		weak bool
	}{
		{"AES-128-CBC", pkcs.AES128CBC, false}, {"AES-192-CBC", pkcs.AES192CBC, false}, {"AES-256-CBC", pkcs.AES256CBC, false},
		{"AES-128-GCM", pkcs.AES128GCM, false}, {"AES-192-GCM", pkcs.AES192GCM, false}, {"AES-256-GCM", pkcs.AES256GCM, false},
		{"SM4-CBC", pkcs.SM4CBC, false}, {"SM4-ECB", pkcs.SM4ECB, false}, {"SM4-GCM", pkcs.SM4GCM, false}, {"SM4-CBC", pkcs.SM4, false},
		{"DES-CBC", pkcs.DESCBC, true}, {"DES-EDE3-CBC", pkcs.TripleDESCBC, false},
	}
	functions := []struct {
		name string
		pkcs.KDFOpts
	}{
		{"PBKDF2-HMAC-SHA1", pkcs.NewPBKDF2Opts(pkcs.SHA1, 8, 100)},
		{"PBKDF2-HMAC-SHA224", pkcs.NewPBKDF2Opts(pkcs.SHA224, 8, 100)},
		{"PBKDF2-HMAC-SHA256", pkcs.NewPBKDF2Opts(pkcs.SHA256, 8, 100)},
		{"PBKDF2-HMAC-SHA384", pkcs.NewPBKDF2Opts(pkcs.SHA384, 8, 100)},
		{"PBKDF2-HMAC-SHA512", pkcs.NewPBKDF2Opts(pkcs.SHA512, 8, 100)},
		{"PBKDF2-HMAC-SHA512-224", pkcs.NewPBKDF2Opts(pkcs.SHA512_224, 8, 100)},
		{"PBKDF2-HMAC-SHA512-256", pkcs.NewPBKDF2Opts(pkcs.SHA512_256, 8, 100)},
		{"PBKDF2-HMAC-SM3", pkcs.NewPBKDF2Opts(pkcs.SM3, 8, 100)},
		{"scrypt", pkcs.NewScryptOpts(8, 16, 8, 2)},
	}
	for _, c := range ciphers {
		for _, f := range functions {
			check("PBES2 ("+f.name+", "+c.name+")", pkcs.NewPBESEncrypter(c.Cipher, f.KDFOpts), c.weak)
		}
	}
	check("SM-PBES (PBKDF2-HMAC-SM3, SM4-CBC)", pkcs.NewSMPBESEncrypter(16, 100), false)
}

// TestEncryptedKeyGMT0091 rewrites an encrypted key with the identifiers that
// are printed in GM/T 0091.
func TestEncryptedKeyGMT0091(t *testing.T) {
	key := p256Key(t)
	plain, err := key.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	algorithm, ciphertext, err := pkcs.NewSMPBESEncrypter(16, 100).Encrypt(rand.Reader, []byte(testPassword), plain)
	if err != nil {
		t.Fatal(err)
	}
	var parameters struct{ KDF, Cipher pkix.AlgorithmIdentifier }
	if _, err := asn1.Unmarshal(algorithm.Parameters.FullBytes, &parameters); err != nil {
		t.Fatal(err)
	}
	var kdf testPBKDF2
	if _, err := asn1.Unmarshal(parameters.KDF.Parameters.FullBytes, &kdf); err != nil {
		t.Fatal(err)
	}
	marshal := func(v any) asn1.RawValue {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: b}
	}
	algorithm.Algorithm = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 1, 5, 2}
	parameters.KDF.Algorithm = asn1.ObjectIdentifier{1, 2, 156, 10197, 6, 1, 4, 1, 5, 1}
	for name, kdfParameters := range map[string]any{
		"no function": kdf,
		"its function": struct {
			Salt       []byte
			Iterations int64
			PRF        pkix.AlgorithmIdentifier
		}{kdf.Salt, kdf.Iterations, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 156, 10197, 1, 401, 3, 1}}},
	} {
		parameters.KDF.Parameters = marshal(kdfParameters)
		algorithm.Parameters = marshal(parameters)
		got, fs := ParsePrivateKey(encryptedKeyInfo(t, *algorithm, ciphertext), []byte(testPassword))
		if got == nil || len(fs) > 0 || !got.Matches(key.Public()) || got.Encryption() != "SM-PBES (PBKDF2-HMAC-SM3, SM4-CBC)" {
			t.Errorf("%s: %v", name, fs)
		}
	}
}

// pbes2 is an AlgorithmIdentifier of PBES2 with AES-128-CBC.
func pbes2(t testing.TB, kdfOID asn1.ObjectIdentifier, kdfParameters any) pkix.AlgorithmIdentifier {
	t.Helper()
	return pbes2With(t, kdfOID, kdfParameters, asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, make([]byte, 16))
}

// pbes2With is an AlgorithmIdentifier of PBES2.
func pbes2With(t testing.TB, kdfOID asn1.ObjectIdentifier, kdfParameters any, cipherOID asn1.ObjectIdentifier, cipherParameters any) pkix.AlgorithmIdentifier {
	t.Helper()
	raw := func(v any) asn1.RawValue { return asn1.RawValue{FullBytes: marshalDER(t, v)} }
	return pkix.AlgorithmIdentifier{
		Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13},
		Parameters: raw(struct{ KDF, Cipher pkix.AlgorithmIdentifier }{
			pkix.AlgorithmIdentifier{Algorithm: kdfOID, Parameters: raw(kdfParameters)},
			pkix.AlgorithmIdentifier{Algorithm: cipherOID, Parameters: raw(cipherParameters)},
		}),
	}
}

var (
	testOIDPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	testOIDScrypt = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
)

type testPBKDF2 struct {
	Salt       []byte
	Iterations int64
	KeyLength  int64 `asn1:"optional"`
}

type testGCM struct {
	Nonce []byte
	Tag   int
}

type testScrypt struct {
	Salt      []byte
	N, R, P   int64
	KeyLength int64 `asn1:"optional"`
}

// TestEncryptionMalformed gives parameters that no scheme has.
func TestEncryptionMalformed(t *testing.T) {
	salt := make([]byte, 8)
	oid := func(arcs ...int) asn1.ObjectIdentifier { return arcs }
	pbes1 := pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 840, 113549, 1, 5, 3)}
	noParameters := pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 840, 113549, 1, 5, 13)}
	aes := func(mode int, parameters any) pkix.AlgorithmIdentifier {
		return pbes2With(t, testOIDPBKDF2, testPBKDF2{salt, 1, 0}, oid(2, 16, 840, 1, 101, 3, 4, 1, mode), parameters)
	}
	unknown := pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 3, 4)}
	for _, test := range []struct {
		name      string
		algorithm pkix.AlgorithmIdentifier
		code      string
	}{
		{"no parameters", noParameters, "private-key-malformed"},
		{"PBES1 without parameters", pbes1, "private-key-malformed"},
		{"zero iterations", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, 0, 0}), "private-key-malformed"},
		{"negative iterations", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, -5, 0}), "private-key-malformed"},
		{"no iterations", pbes2(t, testOIDPBKDF2, struct{ Salt []byte }{salt}), "private-key-malformed"},
		{"a salt that is a number", pbes2(t, testOIDPBKDF2, struct{ Salt, Iterations int }{1, 1}), "private-key-malformed"},
		{"a key length that the cipher does not have", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, 1, 24}), "private-key-malformed"},
		{"an absurd key length", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, 1, 1 << 40}), "private-key-malformed"},
		{"a key length that RC2 does not have", pbes2With(t, testOIDPBKDF2, testPBKDF2{salt, 1, 129}, oid(1, 2, 840, 113549, 3, 2), salt), "private-key-malformed"},
		{"a short initialization vector", aes(2, make([]byte, 15)), "private-key-malformed"},
		{"a number for an initialization vector", aes(2, 5), "private-key-malformed"},
		{"a short nonce", aes(6, testGCM{make([]byte, 11), 16}), "private-key-malformed"},
		{"a long nonce", aes(6, testGCM{make([]byte, 13), 16}), "private-key-malformed"},
		{"a short tag", aes(6, testGCM{make([]byte, 12), 11}), "private-key-malformed"},
		{"a long tag", aes(6, testGCM{make([]byte, 12), 17}), "private-key-malformed"},
		{"a nonce that is not in parameters", aes(6, make([]byte, 12)), "private-key-malformed"},
		{"scrypt with N that is no power of two", pbes2(t, testOIDScrypt, testScrypt{salt, 1000, 8, 1, 0}), "private-key-malformed"},
		{"scrypt with N of one", pbes2(t, testOIDScrypt, testScrypt{salt, 1, 8, 1, 0}), "private-key-malformed"},
		{"scrypt without p", pbes2(t, testOIDScrypt, struct {
			Salt []byte
			N, R int
		}{salt, 16, 8}), "private-key-malformed"},
		{"an unknown scheme", unknown, "private-key-encryption-unsupported"},
		{"an unknown function", pbes2(t, oid(1, 2, 3, 5), salt), "private-key-encryption-unsupported"},
		{"an unknown pseudorandom function", pbes2(t, testOIDPBKDF2, struct {
			Salt       []byte
			Iterations int
			PRF        pkix.AlgorithmIdentifier
		}{salt, 1, pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 3, 6)}}), "private-key-encryption-unsupported"},
		{"a salt from elsewhere", pbes2(t, testOIDPBKDF2, struct {
			Salt       pkix.AlgorithmIdentifier
			Iterations int
		}{pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 3, 7)}, 1}), "private-key-encryption-unsupported"},
	} {
		der := encryptedKeyInfo(t, test.algorithm, make([]byte, 64))
		for _, password := range [][]byte{nil, []byte("password")} {
			if key, fs := ParsePrivateKey(der, password); key != nil || keyCodes(fs) != test.code {
				t.Errorf("%s: %v", test.name, fs)
			}
		}
	}
}

// TestDEKInfoHeaders gives headers that are not what OpenSSL writes.
func TestDEKInfoHeaders(t *testing.T) {
	iv16, iv8 := strings.Repeat("0A", 16), strings.Repeat("0a", 8)
	procType := Header{"Proc-Type", "4,ENCRYPTED"}
	for _, test := range []struct {
		headers []Header
		code    string
	}{
		{[]Header{procType, {"DEK-Info", "AES-128-CBC," + iv16}}, "private-key-encrypted"},
		{[]Header{procType, {"dek-info", " aes-128-cbc , " + iv16}}, "private-key-encrypted"},
		{[]Header{procType, {"DEK-Info", "DES-EDE3-CBC," + iv8}}, "private-key-encrypted"},
		{[]Header{procType}, "private-key-malformed"},
		{[]Header{procType, {"DEK-Info", "AES-128-CBC"}}, "private-key-malformed"},
		{[]Header{procType, {"DEK-Info", "AES-128-CBC," + iv8}}, "private-key-malformed"},
		{[]Header{procType, {"DEK-Info", "AES-128-CBC,XYZ"}}, "private-key-malformed"},
		{[]Header{procType, {"DEK-Info", "AES-128-GCM," + iv16}}, "private-key-encryption-unsupported"},
		{[]Header{procType, {"DEK-Info", "CAMELLIA-256-CBC," + iv16}}, "private-key-encryption-unsupported"},
		{[]Header{procType, {"DEK-Info", ""}}, "private-key-encryption-unsupported"},
		{[]Header{{"Proc-Type", "4,MIC-ONLY"}}, "private-key-malformed"}, // Plain, and zeros are no key.
	} {
		b := &Block{Label: "RSA PRIVATE KEY", Headers: test.headers, DER: make([]byte, 64)}
		if key, fs := openPrivateKey(b, nil, finding.Where{}); key != nil || keyCodes(fs) != test.code {
			t.Errorf("%v: %v", test.headers, fs)
		}
	}
}

// TestWrongPasswordWithPadding tries passwords until some leave padding that
// looks right, and expects the same finding for all.
func TestWrongPasswordWithPadding(t *testing.T) {
	algorithm, ciphertext, err := pkcs.NewPBESEncrypter(pkcs.AES128CBC, pkcs.NewPBKDF2Opts(pkcs.SHA256, 8, 1)).
		Encrypt(rand.Reader, []byte(testPassword), keyBlock(t, []byte(plainKeyVectors[0].pem)).DER)
	if err != nil {
		t.Fatal(err)
	}
	b := &Block{DER: encryptedKeyInfo(t, *algorithm, ciphertext)}
	padded := 0
	for i := range 3000 {
		password := []byte{byte(i), byte(i >> 8)}
		e, problem := readEncryption(b)
		if problem != nil {
			t.Fatal(problem)
		}
		if _, ok := e.decrypt(password); ok {
			padded++
		}
		if key, fs := openPrivateKey(b, password, finding.Where{}); key != nil || keyCodes(fs) != "private-key-password-wrong" {
			t.Fatalf("password %x: %v", password, fs)
		}
	}
	if padded == 0 {
		t.Error("no password left padding that looks right")
	}
}

// TestPadding decrypts blocks that end in every kind of padding.
func TestPadding(t *testing.T) {
	key := make([]byte, 16)
	for _, test := range []struct {
		end  []byte
		want int // The length of what remains of two blocks, or -1.
	}{
		{[]byte{1}, 31},
		{[]byte{2, 2}, 30},
		{bytes.Repeat([]byte{16}, 16), 16},
		{[]byte{0}, -1},
		{[]byte{1, 2}, -1},
		{[]byte{3, 2, 3}, -1},
		{bytes.Repeat([]byte{17}, 17), -1},
		{bytes.Repeat([]byte{32}, 32), -1},
		{[]byte{255}, -1},
	} {
		plain := append(bytes.Repeat([]byte{0xaa}, 32-len(test.end)), test.end...)
		for _, name := range []string{"AES-128-CBC", "SM4-ECB"} {
			c := ciphersByName[name]
			block, err := c.new(key)
			if err != nil {
				t.Fatal(err)
			}
			ciphertext := make([]byte, 32)
			if c.mode == modeCBC {
				cipher.NewCBCEncrypter(block, make([]byte, 16)).CryptBlocks(ciphertext, plain)
			} else {
				block.Encrypt(ciphertext, plain)
				block.Encrypt(ciphertext[16:], plain[16:])
			}
			got, ok := c.decrypt(key, make([]byte, 16), 0, ciphertext)
			if ok != (test.want >= 0) || ok && !bytes.Equal(got, plain[:test.want]) {
				t.Errorf("%s, padding %x: %d bytes, %v", name, test.end, len(got), ok)
			}
			for _, n := range []int{0, 1, 15, 17, 31} {
				if _, ok := c.decrypt(key, make([]byte, 16), 0, ciphertext[:n]); ok {
					t.Errorf("%s: %d bytes were decrypted", name, n)
				}
			}
		}
	}
}

// TestAuthenticatedPlaintext encrypts what is no key. With a tag the password is
// known to be right, so it is the key that is to blame; without one nobody knows.
func TestAuthenticatedPlaintext(t *testing.T) {
	for c, want := range map[pkcs.Cipher]string{pkcs.AES256GCM: "private-key-malformed", pkcs.AES256CBC: "private-key-password-wrong"} {
		algorithm, ciphertext, err := pkcs.NewPBESEncrypter(c, pkcs.NewPBKDF2Opts(pkcs.SHA256, 8, 1)).
			Encrypt(rand.Reader, []byte(testPassword), []byte("this is not a key"))
		if err != nil {
			t.Fatal(err)
		}
		key, fs := ParsePrivateKey(encryptedKeyInfo(t, *algorithm, ciphertext), []byte(testPassword))
		if key != nil || keyCodes(fs) != want || fs[0].Where.DERByte != 0 {
			t.Errorf("findings %v, want %s", fs, want)
		}
	}
}

// TestBMPPassword compares with what RFC 7292, Appendix B.1 says, and with the
// examples in it.
func TestBMPPassword(t *testing.T) {
	for password, want := range map[string]string{
		"":       "0000",
		"Beavis": "0042006500610076006900730000",
		"é€😀":    "00e920acd83dde000000",
		"\xe9":   "00e90000",
	} {
		if got := hex.EncodeToString(bmpPassword([]byte(password))); got != want {
			t.Errorf("%q: %s, want %s", password, got, want)
		}
	}
}
