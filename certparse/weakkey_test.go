package certparse

import (
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/emmansun/gmsm/sm2"
)

func prime(t testing.TB, bits int) *big.Int {
	t.Helper()
	p, err := rand.Prime(rand.Reader, bits)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// nextPrime is the next prime after p.
func nextPrime(p *big.Int) *big.Int {
	q := new(big.Int).Add(p, big.NewInt(2))
	for !q.ProbablyPrime(10) {
		q.Add(q, big.NewInt(2))
	}
	return q
}

// rocaPrime is k·M + (65537^a mod M), M the product of the first primes: 39 for
// moduli up to 960 bits, 71 up to 1952, 126 up to 3936, 225 up to 4096 and more.
func rocaPrime(t testing.TB, bits, primes int) *big.Int {
	m := big.NewInt(1)
	for p := int64(2); primes > 0; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			m.Mul(m, big.NewInt(p))
			primes--
		}
	}
	for range 100_000 {
		a, err := rand.Int(rand.Reader, m)
		if err != nil {
			t.Fatal(err)
		}
		k, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), uint(bits-m.BitLen()+1)))
		if err != nil {
			t.Fatal(err)
		}
		p := a.Exp(big.NewInt(65537), a, m)
		if p.Add(p, k.Mul(k, m)); p.BitLen() == bits && p.ProbablyPrime(10) {
			return p
		}
	}
	t.Fatal("no prime was found")
	return nil
}

func product(a, b *big.Int) *big.Int { return new(big.Int).Mul(a, b) }

func TestModulusWeakness(t *testing.T) {
	p := prime(t, 1024)
	far := new(big.Int).Add(p, new(big.Int).Lsh(big.NewInt(1), 516))
	for _, test := range []struct {
		name string
		n    *big.Int
		want finding.Code
	}{
		{"3 divides it", product(big.NewInt(3), prime(t, 2046)), "rsa-small-factor"},
		{"4093, the last prime looked for, divides it", product(big.NewInt(4093), prime(t, 2036)), "rsa-small-factor"},
		{"4099, the first prime not looked for, divides it", product(big.NewInt(4099), prime(t, 2036)), ""},
		{"the square of a prime", product(p, p), "rsa-close-primes"},
		{"neighbours", product(p, nextPrime(p)), "rsa-close-primes"},
		{"primes that differ in the lower half and little more", product(p, nextPrime(far)), "rsa-close-primes"},
		{"primes far apart", product(p, prime(t, 1023)), ""},
		{"ROCA of 512 bits", product(rocaPrime(t, 256, 39), rocaPrime(t, 256, 39)), "rsa-roca"},
		{"ROCA of 1024 bits", product(rocaPrime(t, 512, 71), rocaPrime(t, 512, 71)), "rsa-roca"},
		{"ROCA of 2048 bits", product(rocaPrime(t, 1024, 126), rocaPrime(t, 1024, 126)), "rsa-roca"},
		{"one ROCA prime", product(rocaPrime(t, 1024, 126), prime(t, 1024)), ""},
	} {
		got := finding.Code("")
		if w := modulusWeakness(test.n); w != nil {
			got = w.code
		}
		if got != test.want {
			t.Errorf("%s: got %q, want %q", test.name, got, test.want)
		}
	}
}

// Fermat's method needs about (p−q)²/(8√n) rounds, so primes that differ by d in
// their upper half need d²/8 rounds more or less; the bound on the rounds is kept.
func TestFermatRounds(t *testing.T) {
	for _, test := range []struct {
		p, q  int64
		found bool
	}{{1000003, 1000033, true}, {1000003, 1020011, true}, {1000003, 1200007, false}} {
		round, found := fermat(big.NewInt(test.p * test.q))
		if found != test.found || found && (round < 1 || round > fermatRounds) {
			t.Errorf("%d · %d: found %v in round %d", test.p, test.q, found, round)
		}
	}
}

// The quick test lets every square through and few other numbers.
func TestMaybeSquare(t *testing.T) {
	passed := 0
	for i := int64(0); i < 20000; i++ {
		if !maybeSquare(big.NewInt(i * i)) {
			t.Fatalf("%d² is a square", i)
		}
		if maybeSquare(big.NewInt(1<<40 + i)) {
			passed++
		}
	}
	if passed > 400 {
		t.Errorf("%d of 20000 numbers passed", passed)
	}
}

func TestRemainder(t *testing.T) {
	for range 200 {
		n, m := prime(t, 200), prime(t, 64).Uint64()
		if got, want := remainder(n, m), new(big.Int).Mod(n, new(big.Int).SetUint64(m)).Uint64(); got != want {
			t.Fatalf("%d modulo %d: got %d, want %d", n, m, got, want)
		}
	}
}

// The residues of ROCA are rare, so that a healthy key is never taken for one.
func TestROCAIsRare(t *testing.T) {
	chance := 1.0
	for p, powers := range rocaResidues {
		if powers == nil {
			continue
		}
		n := 0
		for _, is := range powers {
			if is {
				n++
			}
		}
		chance *= float64(n) / float64(p-1)
	}
	if chance > 1.0/(1<<26) || chance == 0 {
		t.Errorf("one modulus in %.0f is taken for one of the faulty library", 1/chance)
	}
}

func TestOnCurve(t *testing.T) {
	points := map[Curve][]byte{}
	for curve, c := range map[Curve]elliptic.Curve{P224: elliptic.P224(), P256: elliptic.P256(), P384: elliptic.P384(), P521: elliptic.P521(), SM2P256: sm2.P256()} {
		points[curve] = uncompressed(c.Params().Gx, c.Params().Gy, (c.Params().BitSize+7)/8)
	}
	for curve, c := range weierstrassCurves {
		if c != nil {
			points[Curve(curve)] = uncompressed(c().x, c().y, (curveKinds[curve].bits+7)/8)
		}
	}
	if len(points) != int(OtherCurve)-1 {
		t.Errorf("%d of %d curves are tested", len(points), OtherCurve-1)
	}
	for curve, point := range points {
		key := PublicKey{Algorithm: ECDSA, Curve: curve, value: point}
		if curve == SM2P256 {
			key.Algorithm = SM2
		}
		size := (len(point) - 1) / 2
		short := append([]byte{2 + point[len(point)-1]&1}, point[1:1+size]...)
		change := func(i int) []byte {
			p := append([]byte{}, point...)
			p[i] ^= 1
			return p
		}
		tooLarge := append([]byte{4}, make([]byte, 2*size)...)
		for i := range tooLarge[1:] {
			tooLarge[1+i] = 0xff
		}
		for _, test := range []struct {
			name  string
			value []byte
			want  bool
		}{
			{"the base point", point, true},
			{"the base point, compressed", short, true},
			{"y changed", change(len(point) - 1), false},
			{"x changed", change(size), false},
			{"zeros", append([]byte{4}, make([]byte, 2*size)...), false},
			{"coordinates above the prime", tooLarge, false},
			{"x above the prime, compressed", append([]byte{2}, tooLarge[1:1+size]...), false},
		} {
			key.value = test.value
			if got := key.onCurve(); got != test.want {
				t.Errorf("%s, %s: got %v, want %v", curve, test.name, got, test.want)
			}
		}
		// About half of all x have no point.
		without := 0
		for x := range 64 {
			key.value = append([]byte{2}, make([]byte, size)...)
			key.value[size] = byte(x + 1)
			if !key.onCurve() {
				without++
			}
		}
		if without < 10 || without > 54 {
			t.Errorf("%s: %d of 64 compressed points are not on the curve", curve, without)
		}
	}
}

func TestKeyFindingsSayWhere(t *testing.T) {
	_, rs := testKeys()
	p := rs.Primes[0]
	spki := seq(seq(oid("1.2.840.113549.1.1.1"), derNull), tlv(tagBitString, bytesOf(0), seq(integerOf(product(p, nextPrime(p))), integerOf(big.NewInt(65537)))))
	c := parseSPKI(t, spki)
	fs := c.KeyFindings(finding.Where{Input: "x"})
	if len(fs) != 1 || fs[0].Code != "rsa-close-primes" || fs[0].Where.Input != "x" || fs[0].Where.Field != "public_key" {
		t.Fatalf("got %v", fs)
	}
	if at, _ := fs[0].Where.DERByte.Get(); at != int(c.keyValue.off) {
		t.Errorf("at %d, want %d", at, c.keyValue.off)
	}
	if fs := c.Findings(finding.Where{}); len(fs) != 0 {
		t.Errorf("Findings computes: %v", fs)
	}
}

func integerOf(n *big.Int) []byte { return integer(append([]byte{0}, n.Bytes()...)...) }

// parseSPKI is a certificate of which only the public key was read.
func parseSPKI(t *testing.T, spki []byte) *Certificate {
	t.Helper()
	c := &Certificate{raw: spki}
	p := parser{derReader: derReader{der: spki}, c: c}
	var ok bool
	if c.spki, ok = p.expect(0, uint32(len(spki)), tagSequence); !ok {
		t.Fatal("this is not a public key")
	}
	p.publicKey()
	c.odd = nil // The superfluous zero of integerOf.
	return c
}

// A key beyond the limit is not computed with: that it is too large is said by Findings.
func TestHugeKeysCostNothing(t *testing.T) {
	n := new(big.Int).Lsh(big.NewInt(1), MaxRSABits+8)
	key := PublicKey{Algorithm: RSA, value: seq(integerOf(n.SetBit(n, 0, 1)), integerOf(big.NewInt(65537)))}
	if w := key.weakness(); w != nil {
		t.Errorf("got %s", w.code)
	}
}

func TestKeyBlocklist(t *testing.T) {
	ec, rs := testKeys()
	rsaKey := func(n *big.Int, algorithm ...[]byte) PublicKey {
		return parseSPKI(t, seq(seq(algorithm...), tlv(tagBitString, bytesOf(0), seq(integerOf(n), integerOf(big.NewInt(int64(rs.E))))))).PublicKey()
	}
	own := rsaKey(rs.N, oid("1.2.840.113549.1.1.1"), derNull)
	noNull := rsaKey(rs.N, oid("1.2.840.113549.1.1.1"))
	pss := rsaKey(rs.N, oid("1.2.840.113549.1.1.10"))
	other := rsaKey(product(prime(t, 512), prime(t, 512)), oid("1.2.840.113549.1.1.1"), derNull)
	point := uncompressed(ec.X, ec.Y, 32)
	curve := seq(oid("1.2.840.10045.2.1"), oid("1.2.840.10045.3.1.7"))
	ecKey := parseSPKI(t, seq(curve, tlv(tagBitString, bytesOf(0), point))).PublicKey()
	ecShort := parseSPKI(t, seq(curve, tlv(tagBitString, bytesOf(0, 2+point[64]&1), point[1:33]))).PublicKey()

	sum := sha1.Sum(fmt.Appendf(nil, "Modulus=%X\n", rs.N))
	modulusLine := hex.EncodeToString(sum[10:])
	digest := func(spki []byte) string {
		sum := sha256.Sum256(spki)
		return hex.EncodeToString(sum[:])
	}
	usual := seq(seq(oid("1.2.840.113549.1.1.1"), derNull), tlv(tagBitString, bytesOf(0), seq(integer(append([]byte{0}, rs.N.Bytes()...)...), integer(1, 0, 1))))
	for _, test := range []struct {
		name, list string
		key        PublicKey
		want       bool
	}{
		{"modulus", "# list\n\n" + modulusLine + "\r\n", own, true},
		{"modulus without a line break", modulusLine, own, true},
		{"modulus, another algorithm", modulusLine, pss, true},
		{"modulus, another key", modulusLine, other, false},
		{"SPKI", digest(usual), own, true},
		{"SPKI, parameters left out", digest(usual), noNull, true},
		{"SPKI, restricted to PSS", digest(usual), pss, true},
		{"SPKI as it stands", digest(noNull.SPKI()), noNull, true},
		{"SPKI, another key", digest(usual), other, false},
		{"EC", digest(ecKey.SPKI()), ecKey, true},
		{"EC, compressed", digest(ecKey.SPKI()), ecShort, true},
		{"EC, another key", digest(usual), ecKey, false},
		{"nothing", "", own, false},
	} {
		var l KeyBlocklist
		if err := l.Read([]byte(test.list)); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if _, got := l.Match(test.key); got != test.want {
			t.Errorf("%s: got %v, want %v", test.name, got, test.want)
		}
	}
	if _, found := (*KeyBlocklist)(nil).Match(own); found {
		t.Error("a nil list has a key")
	}
	var l KeyBlocklist
	if err := l.Read([]byte(modulusLine + "\n" + modulusLine + "\n")); err != nil || l.Len() != 1 {
		t.Errorf("%d entries, %v", l.Len(), err)
	}
	for _, bad := range []string{"x", modulusLine + "0", modulusLine[1:], "Modulus=00", digest(nil) + "00", "-----BEGIN CERTIFICATE-----"} {
		if err := l.Read([]byte(digest(nil) + "\n" + bad)); err == nil {
			t.Errorf("%q is an entry", bad)
		} else if l.Len() != 1 {
			t.Errorf("%q: the list was changed", bad)
		}
	}
}

// The cost for each kind of key. It must stay of the order of one signature check.
func BenchmarkKeyFindings(b *testing.B) {
	for _, bits := range []int{2048, 4096, 8192} {
		n := product(prime(b, bits/2), prime(b, bits/2))
		b.Run(fmt.Sprint("RSA-", bits), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if modulusWeakness(n) != nil {
					b.Fatal("a healthy key is weak")
				}
			}
		})
	}
	for _, curve := range []elliptic.Curve{elliptic.P256(), elliptic.P521()} {
		p := curve.Params()
		key := PublicKey{Algorithm: ECDSA, Curve: map[int]Curve{256: P256, 521: P521}[p.BitSize], value: uncompressed(p.Gx, p.Gy, (p.BitSize+7)/8)}
		b.Run(p.Name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if key.weakness() != nil {
					b.Fatal("a healthy key is weak")
				}
			}
		})
	}
	b.Run("RSA-2048 verify, for comparison", func(b *testing.B) {
		_, rs := testKeys()
		digest := sha256.Sum256(nil)
		signature, err := rsa.SignPKCS1v15(rand.Reader, rs, 5, digest[:])
		if err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			if rsa.VerifyPKCS1v15(&rs.PublicKey, 5, digest[:], signature) != nil {
				b.Fatal("it does not verify")
			}
		}
	})
}
