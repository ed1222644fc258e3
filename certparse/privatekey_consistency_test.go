package certparse

import (
	"bytes"
	"crypto/x509/pkix"
	"encoding/asn1"
	"math/big"
	"slices"
	"strings"
	"testing"
)

// vectorDER is the DER of a key of plainKeyVectors.
func vectorDER(t testing.TB, name string) []byte {
	t.Helper()
	for _, v := range plainKeyVectors {
		if v.name == name {
			return keyBlock(t, []byte(v.pem)).DER
		}
	}
	t.Fatalf("there is no key %q", name)
	return nil
}

func marshalDER(t testing.TB, v any) []byte {
	t.Helper()
	b, err := asn1.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func unmarshalDER(t testing.TB, der []byte, v any) {
	t.Helper()
	if _, err := asn1.Unmarshal(der, v); err != nil {
		t.Fatal(err)
	}
}

// expectKey opens a key and compares the codes of the findings. The key must be
// opened unless they are about more than its encoding.
func expectKey(t *testing.T, name string, der []byte, codes string) *PrivateKey {
	t.Helper()
	key, fs := ParsePrivateKey(der, nil)
	opened := codes == "" || strings.HasPrefix(codes, "der-")
	if keyCodes(fs) != codes || (key != nil) != opened {
		t.Errorf("%s: opened %v, %v; want [%s]", name, key != nil, fs, codes)
	}
	return key
}

type testRSAPrime struct{ R, D, T *big.Int }

type testRSA struct {
	Version                     int
	N, E, D, P, Q, DP, DQ, QInv *big.Int
	Further                     []testRSAPrime `asn1:"optional,omitempty"`
}

// TestRSARelations changes each number of an RSA key.
func TestRSARelations(t *testing.T) {
	for _, name := range []string{"RSA, PKCS#1", "RSA with three primes"} {
		numbers := func() *testRSA {
			k := new(testRSA)
			unmarshalDER(t, vectorDER(t, name), k)
			return k
		}
		expectKey(t, name, marshalDER(t, *numbers()), "")
		changes := map[string]func(*testRSA) *big.Int{
			"n": func(k *testRSA) *big.Int { return k.N }, "e": func(k *testRSA) *big.Int { return k.E },
			"d": func(k *testRSA) *big.Int { return k.D }, "p": func(k *testRSA) *big.Int { return k.P },
			"q": func(k *testRSA) *big.Int { return k.Q }, "dP": func(k *testRSA) *big.Int { return k.DP },
			"dQ": func(k *testRSA) *big.Int { return k.DQ }, "qInv": func(k *testRSA) *big.Int { return k.QInv },
		}
		if name != "RSA, PKCS#1" {
			changes["r3"] = func(k *testRSA) *big.Int { return k.Further[0].R }
			changes["d3"] = func(k *testRSA) *big.Int { return k.Further[0].D }
			changes["t3"] = func(k *testRSA) *big.Int { return k.Further[0].T }
		}
		for number, field := range changes {
			for _, by := range []int64{2, -2} {
				k := numbers()
				n := field(k)
				n.Add(n, big.NewInt(by))
				expectKey(t, name+" with another "+number, marshalDER(t, *k), "private-key-inconsistent")
			}
			code := "private-key-malformed"
			if strings.HasSuffix(number, "3") {
				code = "private-key-inconsistent"
			}
			k := numbers()
			n := field(k)
			n.Neg(n)
			expectKey(t, name+" with a negative "+number, marshalDER(t, *k), code)
			n.SetInt64(0)
			expectKey(t, name+" with zero as "+number, marshalDER(t, *k), code)
		}
	}

	// Relations that hold although one number is another.
	var k testRSA
	unmarshalDER(t, vectorDER(t, "RSA, PKCS#1"), &k)
	one := big.NewInt(1)
	k.D.Add(k.D, new(big.Int).Mul(new(big.Int).Sub(k.P, one), new(big.Int).Sub(k.Q, one)))
	expectKey(t, "a longer private exponent", marshalDER(t, k), "")

	unmarshalDER(t, vectorDER(t, "RSA, PKCS#1"), &k)
	k.P, k.Q = k.N, one
	expectKey(t, "a second prime that is 1", marshalDER(t, k), "private-key-inconsistent")
	k.P, k.Q = k.Q, k.P
	expectKey(t, "a first prime that is 1", marshalDER(t, k), "private-key-inconsistent")

	// n = p², e and d fit p-1, and there is no coefficient.
	unmarshalDER(t, vectorDER(t, "RSA, PKCS#1"), &k)
	k.N, k.Q, k.DQ = new(big.Int).Mul(k.P, k.P), k.P, k.DP
	expectKey(t, "the same prime twice", marshalDER(t, k), "private-key-inconsistent")
	short := []*big.Int{new(big.Int), k.N, k.E, k.D, k.P, k.Q}
	expectKey(t, "the same prime twice, and no coefficient", marshalDER(t, short), "private-key-inconsistent")

	// e = d = 1 keeps to the relations, but no RSA key may have it.
	unmarshalDER(t, vectorDER(t, "RSA, PKCS#1"), &k)
	k.E, k.D, k.DP, k.DQ = one, one, one, one
	expectKey(t, "a public exponent of 1", marshalDER(t, k), "private-key-inconsistent")
}

// TestRSALimits gives keys that would take long to check.
func TestRSALimits(t *testing.T) {
	huge := new(big.Int).Lsh(big.NewInt(1), MaxRSABits+64)
	three := big.NewInt(3)
	expectKey(t, "a number that is too long", marshalDER(t, testRSA{0, huge, three, three, three, three, three, three, three, nil}), "private-key-too-large")
	var k testRSA
	unmarshalDER(t, vectorDER(t, "RSA, PKCS#1"), &k)
	order := new(big.Int).Mul(new(big.Int).Sub(k.P, big.NewInt(1)), new(big.Int).Sub(k.Q, big.NewInt(1)))
	k.D.Add(k.D, order.Lsh(order, MaxRSABits))
	expectKey(t, "a private exponent that is too long", marshalDER(t, k), "private-key-too-large")
	over := new(big.Int).Lsh(big.NewInt(1), MaxRSABits)
	key, fs := ParsePrivateKey(marshalDER(t, testRSA{0, over, three, three, three, three, three, three, three, nil}), nil)
	if key != nil || keyCodes(fs) != "private-key-too-large" || fs[0].Data[0].Value != int64(MaxRSABits+1) {
		t.Errorf("a modulus with one bit too many: %v", fs)
	}
	many := make([]testRSAPrime, maxRSAPrimes-1)
	for i := range many {
		many[i] = testRSAPrime{three, three, three}
	}
	expectKey(t, "too many primes", marshalDER(t, testRSA{1, over.Sub(over, three), three, three, three, three, three, three, three, many}), "private-key-malformed")
	expectKey(t, "a version that is not known", marshalDER(t, testRSA{2, three, three, three, three, three, three, three, three, nil}), "private-key-malformed")
}

// TestRSAWithoutCRT leaves out the values that can be computed. With six
// integers the key looks like a DSA key.
func TestRSAWithoutCRT(t *testing.T) {
	der := vectorDER(t, "RSA, PKCS#1")
	var all []*big.Int
	unmarshalDER(t, der, &all)
	want, err := expectKey(t, "whole", der, "").PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	for n := 6; n < 9; n++ {
		key := expectKey(t, itoa(n)+" integers", marshalDER(t, all[:n]), "")
		if got, err := key.PKCS8(); err != nil || !bytes.Equal(got, want) || key.Format() != "PKCS#1" {
			t.Errorf("%d integers: format %s, %v", n, key.Format(), err)
		}
	}
	expectKey(t, "five integers", marshalDER(t, all[:5]), "private-key-malformed")
}

// TestDSARelations changes each number of a DSA key.
func TestDSARelations(t *testing.T) {
	der := vectorDER(t, "DSA")
	for i, name := range []string{"version", "p", "q", "g", "y", "x"} {
		if i == 0 {
			continue
		}
		var k []*big.Int
		unmarshalDER(t, der, &k)
		k[i].Add(k[i], big.NewInt(2))
		if i == 2 { // A longer q would do no harm to x.
			k[i].Sub(k[5], big.NewInt(1))
		}
		expectKey(t, "DSA with another "+name, marshalDER(t, k), "private-key-inconsistent")
	}
	var k []*big.Int
	unmarshalDER(t, der, &k)
	parameters := marshalDER(t, k[1:4])
	oid := asn1.ObjectIdentifier{1, 2, 840, 10040, 4, 1}
	expectKey(t, "PKCS#8", pkcs8Info(t, oid, parameters, marshalDER(t, k[5])), "")
	for _, x := range []*big.Int{big.NewInt(-1), new(big.Int), k[2]} {
		expectKey(t, "PKCS#8 with a value out of range", pkcs8Info(t, oid, parameters, marshalDER(t, x)), "private-key-inconsistent")
	}
	three, even := big.NewInt(3), new(big.Int).Add(k[1], big.NewInt(1))
	for name, pqg := range map[string][]*big.Int{
		"p of zero": {new(big.Int), k[2], k[3]}, "a negative p": {new(big.Int).Neg(k[1]), k[2], k[3]},
		"an even p": {even, k[2], k[3]}, "p that is q": {k[2], k[2], three}, "a negative q": {k[1], big.NewInt(-5), k[3]},
		"g of one": {k[1], k[2], big.NewInt(1)}, "g that is p": {k[1], k[2], k[1]},
	} {
		expectKey(t, "PKCS#8 with "+name, pkcs8Info(t, oid, marshalDER(t, pqg), marshalDER(t, three)), "private-key-inconsistent")
	}
	long := slices.Clone(k)
	long[1] = new(big.Int).Lsh(big.NewInt(1), maxDSABits)
	expectKey(t, "a long p", marshalDER(t, long), "private-key-too-large")
	long = slices.Clone(k)
	long[2] = new(big.Int).Lsh(big.NewInt(1), maxDSASubgroupBits)
	expectKey(t, "a long q", marshalDER(t, long), "private-key-too-large")
}

type testSEC1 struct {
	Version    int
	PrivateKey []byte
	Curve      asn1.ObjectIdentifier `asn1:"optional,explicit,tag:0"`
	PublicKey  asn1.BitString        `asn1:"optional,explicit,tag:1"`
}

func curveOID(t testing.TB, c Curve) asn1.ObjectIdentifier {
	t.Helper()
	var oid asn1.ObjectIdentifier
	unmarshalDER(t, append([]byte{tagOID, byte(len(curveKinds[c].oid))}, curveKinds[c].oid...), &oid)
	return oid
}

// curveOrders are the orders of the base points.
var curveOrders = map[Curve]string{
	P224:            "ffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3d",
	P256:            "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551",
	P384:            "ffffffffffffffffffffffffffffffffffffffffffffffffc7634d81f4372ddf581a0db248b0a77aecec196accc52973",
	P521:            "01fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffa51868783bf2f966b7fcc0148f709a5d03bb5c9b8899c47aebb6fb71e91386409",
	SM2P256:         "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
	Secp256k1:       "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141",
	BrainpoolP256r1: "a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7",
	BrainpoolP384r1: "8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565",
	BrainpoolP512r1: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
}

// TestScalarRange tries the private values at both ends of what each curve allows.
func TestScalarRange(t *testing.T) {
	for curve, hex := range curveOrders {
		order, _ := new(big.Int).SetString(hex, 16)
		last := int64(-1)
		if curve == SM2P256 {
			last = -2 // GB/T 32918.1, Section 6.1
		}
		for _, test := range []struct {
			name  string
			value *big.Int
			code  string
		}{
			{"zero", new(big.Int), "private-key-inconsistent"},
			{"one", big.NewInt(1), ""},
			{"two", big.NewInt(2), ""},
			{"three", big.NewInt(3), ""},
			{"the last one", new(big.Int).Add(order, big.NewInt(last)), ""},
			{"one after the last", new(big.Int).Add(order, big.NewInt(last+1)), "private-key-inconsistent"},
			{"the order", order, "private-key-inconsistent"},
			{"much too long", new(big.Int).Lsh(order, 64), "private-key-inconsistent"},
		} {
			der := marshalDER(t, testSEC1{Version: 1, PrivateKey: test.value.Bytes(), Curve: curveOID(t, curve)})
			key := expectKey(t, curve.String()+", "+test.name, der, test.code)
			if key == nil {
				continue
			}
			// Leading zeros change nothing.
			padded := marshalDER(t, testSEC1{Version: 1, PrivateKey: append(make([]byte, 70), test.value.Bytes()...), Curve: curveOID(t, curve)})
			if other := expectKey(t, curve.String()+" padded", padded, ""); other != nil && !other.Matches(key.Public()) {
				t.Errorf("%s, %s: leading zeros make it another key", curve, test.name)
			}
		}
		// n-1 times a point is its mirror image: the same x, and y negated.
		if curve != SM2P256 {
			size := (curveKinds[curve].bits + 7) / 8
			first, _ := publicPoint(curve, big.NewInt(1).FillBytes(make([]byte, size)))
			mirror, _ := publicPoint(curve, new(big.Int).Sub(order, big.NewInt(1)).FillBytes(make([]byte, size)))
			if !bytes.Equal(first[:1+size], mirror[:1+size]) || bytes.Equal(first, mirror) {
				t.Errorf("%s: the last point is not the mirror image of the first", curve)
			}
		}
	}
}

// TestPublicPoint changes the public point that stands in a key.
func TestPublicPoint(t *testing.T) {
	for _, name := range []string{"P-224", "P-256", "P-521", "secp256k1", "brainpoolP256r1", "brainpoolP512r1"} {
		var k testSEC1
		unmarshalDER(t, vectorDER(t, name), &k)
		expectKey(t, name, marshalDER(t, k), "")
		point := k.PublicKey.Bytes
		half := len(point) / 2

		compressed := append([]byte{2 | point[len(point)-1]&1}, point[1:1+half]...)
		k.PublicKey = asn1.BitString{Bytes: compressed, BitLength: 8 * len(compressed)}
		expectKey(t, name+", compressed", marshalDER(t, k), "")
		mirrored := bytes.Clone(compressed)
		mirrored[0] ^= 1
		k.PublicKey = asn1.BitString{Bytes: mirrored, BitLength: 8 * len(mirrored)}
		expectKey(t, name+", compressed, the other sign", marshalDER(t, k), "private-key-inconsistent")

		changed := bytes.Clone(point)
		changed[5] ^= 1
		k.PublicKey = asn1.BitString{Bytes: changed, BitLength: 8 * len(changed)}
		expectKey(t, name+", another point", marshalDER(t, k), "private-key-inconsistent")
		k.PublicKey = asn1.BitString{Bytes: point, BitLength: 8*len(point) - 1}
		expectKey(t, name+", not whole bytes", marshalDER(t, k), "private-key-inconsistent")
		k.PublicKey = asn1.BitString{Bytes: point[:0]}
		expectKey(t, name+", an empty point", marshalDER(t, k), "private-key-inconsistent")
	}
}

// TestMatchesCompressed compares with a certificate's key in compressed form.
func TestMatchesCompressed(t *testing.T) {
	for _, v := range plainKeyVectors {
		key := openTestKey(t, v.pem)
		if key.Public().Curve == NoCurve {
			continue
		}
		point := key.Public().value
		half := len(point) / 2
		compressed := append([]byte{2 | point[len(point)-1]&1}, point[1:1+half]...)
		for _, sign := range []byte{0, 1} {
			compressed[0] ^= sign
			spki := encodeSPKI(encodeEC(key.Public().Curve, nil, nil).algorithm, compressed)
			public, err := ParsePublicKey(spki)
			if err != nil {
				t.Fatal(err)
			}
			if got := key.Matches(public); got != (sign == 0) {
				t.Errorf("%s, sign %d: matches %v", v.name, sign, got)
			}
			for other := P224; other < OtherCurve; other++ {
				public, err := ParsePublicKey(encodeSPKI(encodeEC(other, nil, nil).algorithm, compressed))
				if err == nil && other != key.Public().Curve && key.Matches(public) {
					t.Errorf("%s matches the same point on %v", v.name, other)
				}
			}
		}
	}
}

// pkcs8Info wraps a key as PKCS#8.
func pkcs8Info(t testing.TB, oid asn1.ObjectIdentifier, parameters, key []byte) []byte {
	t.Helper()
	return marshalDER(t, struct {
		Version   int
		Algorithm pkix.AlgorithmIdentifier
		Key       []byte
	}{0, pkix.AlgorithmIdentifier{Algorithm: oid, Parameters: asn1.RawValue{FullBytes: parameters}}, key})
}

// TestInconsistentNamesNoValue looks at what the findings about damaged keys say.
func TestInconsistentNamesNoValue(t *testing.T) {
	var k testRSA
	unmarshalDER(t, vectorDER(t, "RSA, PKCS#1"), &k)
	k.DP.Add(k.DP, big.NewInt(2))
	_, fs := ParsePrivateKey(marshalDER(t, k), nil)
	encoded, err := fs[0].MarshalJSON()
	if err != nil || !strings.Contains(string(encoded), "dP") {
		t.Errorf("%s, %v", encoded, err)
	}
	for _, secret := range []*big.Int{k.D, k.P, k.Q, k.DP, k.DQ, k.QInv} {
		for _, text := range []string{secret.String(), secret.Text(16)} {
			if strings.Contains(string(encoded), text[:12]) {
				t.Errorf("a value of the key appears in %s", encoded)
			}
		}
	}
}
