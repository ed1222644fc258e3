package certparse

import (
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math"
	"math/big"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
)

// TestKDFCost gives parameters that would take hours or all memory. They must be
// refused before any work is done.
func TestKDFCost(t *testing.T) {
	salt := make([]byte, 8)
	pbe := func(oid asn1.ObjectIdentifier, iterations int64) pkix.AlgorithmIdentifier {
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
		{"one iteration too many", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, maxKDFWork + 1, 0}), "2097152 iterations"},
		{"hours of iterations", pbes2(t, testOIDPBKDF2, testPBKDF2{salt, math.MaxInt64, 0}), "2097152 iterations"},
		{"more iterations than fit into 64 bits", pbes2(t, testOIDPBKDF2, struct {
			Salt       []byte
			Iterations *big.Int
		}{salt, new(big.Int).Lsh(big.NewInt(1), 80)}), "2097152 iterations"},
		{"a long salt", pbes2(t, testOIDPBKDF2, testPBKDF2{make([]byte, maxSaltSize+1), 1, 0}), "1024 bytes"},
		{"PBES1", pbe(pbes1, maxKDFWork+1), "2097152 iterations"},
		{"PKCS#12", pbe(pkcs12, maxKDFWork/3+1), "699050 iterations"},
		{"scrypt, much memory", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 19, 8, 1, 0}), "256 MiB"},
		{"scrypt, all memory", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 62, 8, 1, 0}), "256 MiB"},
		{"scrypt, a large block", pbes2(t, testOIDScrypt, testScrypt{salt, 2, 1 << 20, 1, 0}), "r·p of 4096"},
		{"scrypt, many lanes", pbes2(t, testOIDScrypt, testScrypt{salt, 2, 8, 1 << 20, 0}), "r·p of 4096"},
		{"scrypt, a product beyond 64 bits", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 32, math.MaxInt64, math.MaxInt64, 0}), "r·p of 4096"},
		{"scrypt, much time", pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 18, 8, 2, 0}), "N·r·p of 2097152"},
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
		pbes2(t, testOIDScrypt, testScrypt{salt, 1 << 17, 8, 2, 16}),
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
