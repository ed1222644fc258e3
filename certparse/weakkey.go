package certparse

import (
	"math/big"
	"math/bits"

	"github.com/certloupe/certloupe/finding"
)

// This file looks for keys that anybody can break although their form is right:
// moduli with a small factor, with two primes close together (Fermat) or with the
// structure that one vendor's library gave them (ROCA, CVE-2017-15361), and points
// that are not on their curve. The CA/Browser Forum's Baseline Requirements,
// Section 6.1.1.3, have CAs refuse such keys.
//
// All of it takes computing, about as much as checking one signature, so it is
// done when it is asked for and not while a certificate is read.

// KeyFindings returns what is wrong with the certificate's public key that does
// not show in its form. Each finding is placed at where, to which the offset and
// the field are added. The time that it takes is bounded: keys beyond the limits
// of this package are not looked at, and [Certificate.Findings] has a finding that
// says that they are too large.
func (c *Certificate) KeyFindings(where finding.Where) []finding.Finding {
	weakness := c.PublicKey().weakness()
	if weakness == nil {
		return nil
	}
	where.Field, where.DERByte = "public_key", finding.At(int(c.keyValue.off))
	return []finding.Finding{finding.New(weakness.code, where, weakness.data...)}
}

// weakness is why a key is weak.
type weakness struct {
	code finding.Code
	data []finding.Datum
}

// weakness returns the first thing that makes the key worthless, or nil.
func (k PublicKey) weakness() *weakness {
	switch k.Algorithm {
	case RSA, RSAPSS:
		if key, err := k.rsaKey(); err == nil {
			return modulusWeakness(key.N)
		}
	case ECDSA, SM2:
		if !k.onCurve() {
			return &weakness{"ec-point-not-on-curve", []finding.Datum{finding.Str("curve", k.Curve.String())}}
		}
	}
	return nil
}

// modulusWeakness looks at an odd modulus of at most MaxRSABits.
func modulusWeakness(n *big.Int) *weakness {
	if p := smallFactor(n); p != 0 {
		return &weakness{"rsa-small-factor", []finding.Datum{finding.Int("factor", int(p))}}
	}
	if isROCA(n) {
		return &weakness{code: "rsa-roca"}
	}
	if rounds, ok := fermat(n); ok {
		return &weakness{"rsa-close-primes", []finding.Datum{finding.Int("rounds", rounds)}}
	}
	return nil
}

// smallPrimeLimit bounds the small factors that are looked for. The Baseline
// Requirements ask for 752.
const smallPrimeLimit = 4096

// primeGroup is odd primes whose product fits into a word, so that one division of
// the modulus serves all of them.
type primeGroup struct {
	product uint64
	primes  []uint64
}

// smallPrimes are all odd primes below the limit.
var smallPrimes = func() (groups []primeGroup) {
	var composite [smallPrimeLimit]bool
	g := primeGroup{product: 1}
	for p := uint64(3); p < smallPrimeLimit; p += 2 {
		if composite[p] {
			continue
		}
		for m := p * p; m < smallPrimeLimit; m += 2 * p {
			composite[m] = true
		}
		if over, _ := bits.Mul64(g.product, p); over != 0 {
			groups = append(groups, g)
			g = primeGroup{product: 1}
		}
		g.product *= p
		g.primes = append(g.primes, p)
	}
	return append(groups, g)
}()

// remainder is n modulo m.
func remainder(n *big.Int, m uint64) uint64 {
	var rest uint64
	words := n.Bits()
	for i := len(words) - 1; i >= 0; i-- {
		word := uint64(words[i])
		if bits.UintSize == 32 {
			_, rest = bits.Div64(rest>>32, rest<<32|word, m)
			continue
		}
		_, rest = bits.Div64(rest, word, m)
	}
	return rest
}

// smallFactor returns the smallest odd prime below the limit that divides n, or 0.
func smallFactor(n *big.Int) uint64 {
	for _, g := range smallPrimes {
		rest := remainder(n, g.product)
		for _, p := range g.primes {
			if rest%p == 0 {
				return p
			}
		}
	}
	return 0
}

// rocaLimit bounds the primes whose product M is in every prime that the faulty
// library made: p = k·M + (65537^a mod M), with the first 39 primes in M for the
// shortest keys and more for longer ones (Nemec et al., The Return of
// Coppersmith's Attack, Section 2.1).
const rocaLimit = 167

// rocaResidues has for each of these primes the residues that are powers of 65537.
// The product of two such numbers is such a power too, so for every one of these
// primes the modulus has such a residue. A modulus made otherwise has that by
// chance once in 2^27.
var rocaResidues = func() (residues [rocaLimit + 1][]bool) {
	for _, g := range smallPrimes {
		for _, p := range g.primes {
			if p > rocaLimit {
				return residues
			}
			powers := make([]bool, p)
			for r := uint64(1); !powers[r]; r = r * 65537 % p {
				powers[r] = true
			}
			residues[p] = powers
		}
	}
	return residues
}()

// isROCA reports whether the modulus has the fingerprint of CVE-2017-15361.
func isROCA(n *big.Int) bool {
	for _, g := range smallPrimes {
		rest := remainder(n, g.product)
		for _, p := range g.primes {
			if p > rocaLimit {
				return true
			}
			if !rocaResidues[p][rest%p] {
				return false
			}
		}
	}
	return true
}

// fermatRounds is how many steps of Fermat's method are made. The Baseline
// Requirements ask for 100.
const fermatRounds = 256

// fermat reports whether n is the product of two numbers so close together that
// Fermat's method finds them, and in which round: n = a² − b² for the a that come
// after the square root of n.
func fermat(n *big.Int) (round int, found bool) {
	a := new(big.Int).Sqrt(n)
	if new(big.Int).Mul(a, a).Cmp(n) == 0 {
		return 1, true
	}
	one, two := big.NewInt(1), big.NewInt(2)
	a.Add(a, one)
	b2 := new(big.Int).Mul(a, a)
	b2.Sub(b2, n)
	// From one a to the next, a² grows by 2a + 1, and that by 2.
	growth := new(big.Int).Lsh(a, 1)
	growth.Add(growth, one)
	root, square := new(big.Int), new(big.Int)
	for round := 1; round <= fermatRounds; round++ {
		if maybeSquare(b2) {
			if root.Sqrt(b2); square.Mul(root, root).Cmp(b2) == 0 {
				return round, true
			}
		}
		b2.Add(b2, growth)
		growth.Add(growth, two)
	}
	return 0, false
}

// squareMask has a bit for each residue modulo 64 that squares have.
var squareMask = func() (mask uint64) {
	for i := range uint64(64) {
		mask |= 1 << (i * i % 64)
	}
	return mask
}()

// squareModuli, with 64, let one number in a hundred through that is no square;
// squares has for each of them the residues that squares have.
var (
	squareModuli = [...]uint64{63, 65, 11}
	squares      = func() (residues [len(squareModuli)][65]bool) {
		for i, m := range squareModuli {
			for n := range m {
				residues[i][n*n%m] = true
			}
		}
		return residues
	}()
)

// maybeSquare rules out most numbers that are no square.
func maybeSquare(n *big.Int) bool {
	if n.Sign() == 0 {
		return true
	}
	if squareMask>>(n.Bits()[0]&63)&1 == 0 {
		return false
	}
	rest := remainder(n, 63*65*11)
	for i, m := range squareModuli {
		if !squares[i][rest%m] {
			return false
		}
	}
	return true
}

// onCurve reports whether an EC key is a point on its curve. It is true for curves
// that are not known, and for points whose form is wrong, which have their finding.
func (k PublicKey) onCurve() bool {
	kind := curveKinds[min(k.Curve, OtherCurve)]
	size := (kind.bits + 7) / 8
	switch {
	case size == 0:
		return true
	case len(k.value) == 1+2*size && k.value[0] == 4:
	case len(k.value) == 1+size && (k.value[0] == 2 || k.value[0] == 3):
	default:
		return true
	}
	if curve := weierstrassCurves[k.Curve]; curve != nil {
		x := new(big.Int).SetBytes(k.value[1 : 1+size])
		return curve().has(x, k.value[1+size:])
	}
	_, err := k.Key()
	return err == nil
}

// has reports whether the curve has a point with the given x and, unless it is
// empty, the given y.
func (c *weierstrass) has(x *big.Int, y []byte) bool {
	right := c.withoutB(x)
	// The base point tells what b is.
	right.Sub(right, c.withoutB(c.x)).Add(right, new(big.Int).Mul(c.y, c.y)).Mod(right, c.p)
	if x.Cmp(c.p) >= 0 {
		return false
	}
	if len(y) == 0 {
		return big.Jacobi(right, c.p) >= 0
	}
	left := new(big.Int).SetBytes(y)
	if left.Cmp(c.p) >= 0 {
		return false
	}
	return left.Mul(left, left).Mod(left, c.p).Cmp(right) == 0
}

// withoutB is x³ + ax.
func (c *weierstrass) withoutB(x *big.Int) *big.Int {
	v := new(big.Int).Mul(x, x)
	return v.Add(v, c.a).Mul(v, x)
}
