package certparse

import (
	"bytes"
	"encoding/asn1"
	"slices"
	"testing"

	"github.com/emmansun/gmsm/mldsa"
	"github.com/emmansun/gmsm/mlkem"
)

// TestLatticeKeys reads the forms of the post-quantum keys, and changes them.
func TestLatticeKeys(t *testing.T) {
	seed32 := make([]byte, 32)
	for i := range seed32 {
		seed32[i] = byte(i)
	}
	seed64 := append(bytes.Clone(seed32), make([]byte, 32)...)
	dsa44, _ := mldsa.NewKey44(seed32)
	dsa65, _ := mldsa.NewKey65(seed32)
	dsa87, _ := mldsa.NewKey87(seed32)
	kem512, _ := mlkem.NewDecapsulationKeyFromSeed512(seed64)
	kem768, _ := mlkem.NewDecapsulationKeyFromSeed768(seed64)
	kem1024, _ := mlkem.NewDecapsulationKeyFromSeed1024(seed64)
	sigs := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 3}
	kems := asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 4}
	for _, test := range []struct {
		algorithm              KeyAlgorithm
		arc                    asn1.ObjectIdentifier
		last                   int
		seed, expanded, public []byte
	}{
		{MLDSA44, sigs, 17, seed32, dsa44.Bytes(), dsa44.Public().(*mldsa.PublicKey44).Bytes()},
		{MLDSA65, sigs, 18, seed32, dsa65.Bytes(), dsa65.Public().(*mldsa.PublicKey65).Bytes()},
		{MLDSA87, sigs, 19, seed32, dsa87.Bytes(), dsa87.Public().(*mldsa.PublicKey87).Bytes()},
		{MLKEM512, kems, 1, seed64, kem512.Bytes(), kem512.EncapsulationKey().Bytes()},
		{MLKEM768, kems, 2, seed64, kem768.Bytes(), kem768.EncapsulationKey().Bytes()},
		{MLKEM1024, kems, 3, seed64, kem1024.Bytes(), kem1024.EncapsulationKey().Bytes()},
	} {
		t.Run(test.algorithm.String(), func(t *testing.T) {
			oid := append(slices.Clone(test.arc), test.last)
			type both struct{ Seed, Expanded []byte }
			seed := pkcs8Info(t, oid, nil, append([]byte{0x80, byte(len(test.seed))}, test.seed...))
			expanded := pkcs8Info(t, oid, nil, marshalDER(t, test.expanded))
			pair := pkcs8Info(t, oid, nil, marshalDER(t, both{test.seed, test.expanded}))
			for name, der := range map[string][]byte{"seed": seed, "expanded": expanded, "both": pair} {
				key := expectKey(t, name, der, "")
				if key == nil || key.Public().Algorithm != test.algorithm || !bytes.Equal(key.Public().value, test.public) {
					t.Errorf("%s: another public key", name)
					continue
				}
				if own, err := key.PKCS8(); err != nil || !bytes.Equal(own, der) {
					t.Errorf("%s: encoded differently: %v", name, err)
				}
			}
			changed := bytes.Clone(test.expanded)
			changed[len(changed)-100] ^= 1
			expectKey(t, "seed and another key", pkcs8Info(t, oid, nil, marshalDER(t, both{test.seed, changed})), "private-key-inconsistent")
			// The hash of the public key stands at byte 64 of ML-DSA keys, and before the
			// last 32 bytes of ML-KEM keys.
			changed = bytes.Clone(test.expanded)
			if changed[70] ^= 1; test.arc.Equal(kems) {
				changed[70] ^= 1
				changed[len(changed)-40] ^= 1
			}
			expectKey(t, "another hash", pkcs8Info(t, oid, nil, marshalDER(t, changed)), "private-key-inconsistent")
			expectKey(t, "a short key", pkcs8Info(t, oid, nil, marshalDER(t, test.expanded[1:])), "private-key-malformed")
			expectKey(t, "a short seed", pkcs8Info(t, oid, nil, append([]byte{0x80, byte(len(test.seed) - 1)}, test.seed[1:]...)), "private-key-malformed")
			expectKey(t, "no choice", pkcs8Info(t, oid, nil, []byte{tagNull, 0}), "private-key-malformed")
			expectKey(t, "half of both", pkcs8Info(t, oid, nil, marshalDER(t, struct{ Seed []byte }{test.seed})), "private-key-malformed")
		})
	}
	// RFC 9881, Appendix C.1.1.1 and C.2.1, have the same seed.
	public := dsa44.Public().(*mldsa.PublicKey44).Bytes()
	if head, tail := hexLower(public[:16]), hexLower(public[len(public)-8:]); head != "d7b2b47254aae0db45e7930d4a98d2c9" || tail != "05c830b3242c8312" {
		t.Errorf("ML-DSA-44: the public key of the RFC's example is %s…%s", head, tail)
	}
	// SLH-DSA: four strings of 16 to 32 bytes, of which the last two are public.
	for a := SLHDSASHA2128s; a <= SLHDSASHAKE256f; a++ {
		oid := append(slices.Clone(sigs), 20+int(a-SLHDSASHA2128s))
		n := keyAlgorithmKinds[a].octets
		value := bytes.Repeat([]byte{1, 2, 3, 4}, n/2)
		key := expectKey(t, a.String(), pkcs8Info(t, oid, nil, value), "")
		if key == nil || key.Public().Algorithm != a || !bytes.Equal(key.Public().value, value[n:]) {
			t.Errorf("%v: another public key", a)
		}
		expectKey(t, a.String()+" short", pkcs8Info(t, oid, nil, value[1:]), "private-key-malformed")
	}
}
