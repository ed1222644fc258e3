package certparse

import (
	"bytes"
	"crypto/rand"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/hex"
	"encoding/pem"
	"math"
	"runtime"
	"strings"
	"testing"
	"time"

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
			Iterations int
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
	raw := func(v any) asn1.RawValue {
		b, err := asn1.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		return asn1.RawValue{FullBytes: b}
	}
	return pkix.AlgorithmIdentifier{
		Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 13},
		Parameters: raw(struct{ KDF, Cipher pkix.AlgorithmIdentifier }{
			pkix.AlgorithmIdentifier{Algorithm: kdfOID, Parameters: raw(kdfParameters)},
			pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 1, 2}, Parameters: raw(make([]byte, 16))},
		}),
	}
}

var (
	testOIDPBKDF2 = asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 12}
	testOIDScrypt = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 11591, 4, 11}
)

type testPBKDF2 struct {
	Salt       []byte
	Iterations int
	KeyLength  int `asn1:"optional"`
}

type testScrypt struct {
	Salt      []byte
	N, R, P   int
	KeyLength int `asn1:"optional"`
}

// TestKDFCost gives parameters that would take hours or all memory. They must be
// refused before any work is done.
func TestKDFCost(t *testing.T) {
	salt := make([]byte, 8)
	pbe := func(oid asn1.ObjectIdentifier, iterations int) pkix.AlgorithmIdentifier {
		b, err := asn1.Marshal(testPBKDF2{Salt: salt, Iterations: iterations})
		if err != nil {
			t.Fatal(err)
		}
		return pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: b}}
	}
	pbes1 := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 5, 3}
	pkcs12 := asn1.ObjectIdentifier{1, 2, 840, 113549, 1, 12, 1, 3}
	for _, test := range []struct {
		name      string
		algorithm pkix.AlgorithmIdentifier
		limit     string
	}{
		{"one iteration too many", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, maxKDFWork + 1, 0}), "5000000 iterations"},
		{"hours of iterations", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, math.MaxInt64, 0}), "5000000 iterations"},
		{"a long salt", pbes2(t, testOIDPBKDF2, testPBKDF2{make([]byte, maxSaltSize+1), 1, 0}), "1024 bytes"},
		{"PBES1", pbe(pbes1, maxKDFWork+1), "5000000 iterations"},
		{"PKCS#12", pbe(pkcs12, maxKDFWork/3+1), "1666666 iterations"},
		{"scrypt, much memory", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 19, 8, 1, 0}), "256 MiB"},
		{"scrypt, all memory", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 62, 8, 1, 0}), "256 MiB"},
		{"scrypt, a large block", pbes2(t, testOIDScrypt, testScrypt{salt, 2, 1 << 20, 1, 0}), "r·p of 4096"},
		{"scrypt, many lanes", pbes2(t, testOIDScrypt, testScrypt{salt, 2, 8, 1 << 20, 0}), "r·p of 4096"},
		{"scrypt, a product beyond 64 bits", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 32, math.MaxInt64, math.MaxInt64, 0}), "r·p of 4096"},
		{"scrypt, much time", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 18, 8, 3, 0}), "N·r·p of 5000000"},
	} {
		t.Run(test.name, func(t *testing.T) {
			der := encryptedKeyInfo(t, test.algorithm, make([]byte, 64))
			for _, password := range [][]byte{nil, []byte("password")} {
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				start := time.Now()
				key, fs := ParsePrivateKey(der, password)
				took := time.Since(start)
				runtime.ReadMemStats(&after)
				if key != nil || keyCodes(fs) != "private-key-kdf-cost" {
					t.Fatalf("findings %v", fs)
				}
				if got := fs[0].Data[2].Value; got != test.limit {
					t.Errorf("limit %q, want %q", got, test.limit)
				}
				if took > time.Second || after.TotalAlloc-before.TotalAlloc > 1<<20 {
					t.Errorf("took %v and %d bytes", took, after.TotalAlloc-before.TotalAlloc)
				}
			}
		})
	}

	// What is just allowed is not refused. It is not applied either: that takes seconds.
	for _, algorithm := range []pkix.AlgorithmIdentifier{
		pbes2(t, testOIDPBKDF2, testPBKDF2{salt, maxKDFWork, 0}),
		pbes2(t, testOIDPBKDF2, testPBKDF2{make([]byte, maxSaltSize), 1, 0}),
		pbe(pbes1, maxKDFWork),
		pbe(pkcs12, maxKDFWork/3),
		pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 18, 8, 1, 0}),
		pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 18, 8, 2, 16}),
	} {
		if key, fs := ParsePrivateKey(encryptedKeyInfo(t, algorithm, make([]byte, 64)), nil); key != nil || keyCodes(fs) != "private-key-encrypted" {
			t.Errorf("findings %v", fs)
		}
	}
}

// TestKDFCostShared opens several keys of one input: what they cost together is limited.
func TestKDFCostShared(t *testing.T) {
	block := &Block{DER: encryptedKeyInfo(t, pbes2(t, testOIDPBKDF2, testPBKDF2{make([]byte, 8), 1000, 0}), make([]byte, 64))}
	o := keyOpener{password: []byte("password")}
	o.work = maxKDFWork - 2000
	var got []string
	for range 3 {
		_, fs := o.open(block, finding.Where{})
		got = append(got, keyCodes(fs))
	}
	if want := "private-key-password-wrong private-key-password-wrong private-key-kdf-cost"; strings.Join(got, " ") != want {
		t.Errorf("findings %v, want %s", got, want)
	}
}

// TestEncryptionMalformed gives parameters that no scheme has.
func TestEncryptionMalformed(t *testing.T) {
	salt := make([]byte, 8)
	oid := func(arcs ...int) asn1.ObjectIdentifier { return arcs }
	pbes1 := pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 840, 113549, 1, 5, 3)}
	noParameters := pkix.AlgorithmIdentifier{Algorithm: oid(1, 2, 840, 113549, 1, 5, 13)}
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

// TestAuthenticatedPlaintext encrypts what is no key. With a tag the password is
// known to be right, so it is the key that is to blame; without one nobody knows.
func TestAuthenticatedPlaintext(t *testing.T) {
	for cipher, want := range map[pkcs.Cipher]string{pkcs.AES256GCM: "private-key-malformed", pkcs.AES256CBC: "private-key-password-wrong"} {
		algorithm, ciphertext, err := pkcs.NewPBESEncrypter(cipher, pkcs.NewPBKDF2Opts(pkcs.SHA256, 8, 1)).
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

// TestRC2 has the vectors of RFC 2268, Section 5.
func TestRC2(t *testing.T) {
	for _, v := range []struct {
		key                   string
		bits                  int
		plaintext, ciphertext string
	}{
		{"0000000000000000", 63, "0000000000000000", "ebb773f993278eff"},
		{"ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"},
		{"3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"},
		{"88", 64, "0000000000000000", "61a8a244adacccf0"},
		{"88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"},
		{"88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"},
		{"88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"},
		{"88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129, "0000000000000000", "5b78d3a43dfff1f1"},
	} {
		key, _ := hex.DecodeString(v.key)
		plaintext, _ := hex.DecodeString(v.plaintext)
		k := expandRC2(key, v.bits)
		out := make([]byte, 8)
		k.Encrypt(out, plaintext)
		if got := hex.EncodeToString(out); got != v.ciphertext {
			t.Errorf("key %s, %d bits: %s, want %s", v.key, v.bits, got, v.ciphertext)
		}
		k.Decrypt(out, out)
		if !bytes.Equal(out, plaintext) {
			t.Errorf("key %s, %d bits: decrypted to %x", v.key, v.bits, out)
		}
	}
}

// TestRC2EffectiveBits reads the parameters that RC2 can have in PBES2.
func TestRC2EffectiveBits(t *testing.T) {
	for der, want := range map[string]string{
		"300e020200a004080000000000000000": "RC2-CBC, 40 bits",
		"300d02017804080000000000000000":   "RC2-CBC, 64 bits",
		"300d02013a04080000000000000000":   "RC2-CBC, 128 bits",
		"300e0202040004080000000000000000": "RC2-CBC, 1024 bits",
		"04080000000000000000":             "RC2-CBC, 32 bits",
		"300e0202040104080000000000000000": "", // 1025 bits do not exist.
		"300c02013a0407000000000000 00":    "",
		"0500":                             "",
	} {
		b, err := hex.DecodeString("3000" + "06082a864886f70d0302" + strings.ReplaceAll(der, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		b[1] = byte(len(b) - 2)
		r := encryptionReader{derReader{der: b}}
		id, ok := r.algorithmIdentifier(0, uint32(len(b)))
		if !ok {
			t.Fatal(r.problem)
		}
		name, _, problem := r.cipher(id, new(encryption))
		if name != want || (problem == nil) != (want != "") {
			t.Errorf("%s: %q", der, name)
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

// BenchmarkOpenEncrypted opens a key with OpenSSL's usual settings, and with the
// most work that is allowed.
func BenchmarkOpenEncrypted(b *testing.B) {
	usual, _ := pem.Decode([]byte(encryptedKeyVectors[2].pem))
	salt := make([]byte, 16)
	for _, bench := range []struct {
		name string
		der  []byte
	}{
		{"usual", usual.Bytes},
		{"most-PBKDF2", encryptedKeyInfo(b, pbes2(b, testOIDPBKDF2, struct {
			Salt       []byte
			Iterations int
			PRF        pkix.AlgorithmIdentifier
		}{salt, maxKDFWork, pkix.AlgorithmIdentifier{Algorithm: asn1.ObjectIdentifier{1, 2, 840, 113549, 2, 11}}}), make([]byte, 64))},
		{"most-scrypt", encryptedKeyInfo(b, pbes2(b, testOIDScrypt, testScrypt{salt, 1 << 18, 8, 2, 0}), make([]byte, 64))},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ParsePrivateKey(bench.der, []byte(testPassword))
			}
		})
	}
}
