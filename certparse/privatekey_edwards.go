package certparse

import (
	"crypto/ecdh"
	"crypto/ed25519"
	"crypto/sha3"
	"math/big"
	"slices"
)

// This file reads the keys of RFC 8410: Ed25519, Ed448, X25519 and X448. The
// private key is a string of bytes; version 1 of PKCS#8, which nearly all tools
// write, has no public key beside it. For the two curves that the standard
// library lacks, RFC 7748 and RFC 8032 are followed to the letter, with the same
// remark on time as in privatekey_curves.go.

// edwardsSizes are the octets of the private keys.
var edwardsSizes = map[KeyAlgorithm]int{Ed25519: 32, Ed448: 57, X25519: 32, X448: 56}

func (d *keyDecoder) edwardsInside(k pkcs8Key, algorithm KeyAlgorithm) (*decodedKey, *keyProblem) {
	value, problem := d.inner(k, tagOctetString)
	if problem != nil {
		return nil, problem
	}
	if len(value) != edwardsSizes[algorithm] {
		return nil, malformed("a private key of " + algorithm.String() + " has " + itoa(edwardsSizes[algorithm]) + " bytes, this one " + itoa(len(value))).at(k.key.body)
	}
	var public []byte
	switch algorithm {
	case Ed25519:
		key := ed25519.NewKeyFromSeed(value)
		public = slices.Clone(key[ed25519.SeedSize:])
		clear(key)
	case X25519:
		key, err := ecdh.X25519().NewPrivateKey(value)
		if err != nil {
			return nil, malformed("the private value cannot be used").at(k.key.body)
		}
		public = key.PublicKey().Bytes()
	case Ed448:
		public = ed448Public(value)
	case X448:
		public = x448Public(value)
	}
	return &decodedKey{
		algorithm: encodeAlgorithm(algorithm, nil),
		private:   slices.Concat([]byte{tagOctetString, byte(len(value))}, value),
		public:    public,
	}, nil
}

// p448 is 2⁴⁴⁸ - 2²²⁴ - 1, the prime of both curves.
func p448() *big.Int {
	p := big.NewInt(1)
	p.Lsh(p, 224).Sub(p, big.NewInt(1)).Lsh(p, 224)
	return p.Sub(p, big.NewInt(1))
}

// ed448Public computes a public key, RFC 8032, Section 5.2.5.
func ed448Public(private []byte) []byte {
	h := sha3.SumSHAKE256(private, 114)[:57]
	h[0] &= 0xfc
	h[55] |= 0x80
	h[56] = 0
	slices.Reverse(h)
	s := new(big.Int).SetBytes(h)
	defer clear(s.Bits())
	defer clear(h)

	p := p448()
	x, _ := new(big.Int).SetString("224580040295924300187604334099896036246789641632564134246125461686950415467406032909029192869357953282578032075146446173674602635247710", 10)
	y, _ := new(big.Int).SetString("298819210078481492676017930443930673437544040154080242095928241372331506189835876003536878655418784733982303233503462500531545062832660", 10)
	base := edwardsPoint{x, y, big.NewInt(1)}
	sum := edwardsPoint{big.NewInt(0), big.NewInt(1), big.NewInt(1)}
	for i := s.BitLen() - 1; i >= 0; i-- {
		sum = sum.add(sum, p)
		if s.Bit(i) == 1 {
			sum = sum.add(base, p)
		}
	}
	z := new(big.Int).ModInverse(sum.z, p)
	x = sum.x.Mul(sum.x, z)
	x.Mod(x, p)
	y = sum.y.Mul(sum.y, z)
	y.Mod(y, p)
	public := y.FillBytes(make([]byte, 57))
	slices.Reverse(public)
	public[56] = byte(x.Bit(0)) << 7
	return public
}

// edwardsPoint is the point (x/z, y/z) of the curve edwards448.
type edwardsPoint struct{ x, y, z *big.Int }

// add is the sum of any two points, equal ones too, RFC 8032, Section 5.2.4.
func (s edwardsPoint) add(t edwardsPoint, p *big.Int) edwardsPoint {
	mul := func(a, b *big.Int) *big.Int {
		n := new(big.Int).Mul(a, b)
		return n.Mod(n, p)
	}
	a := mul(s.z, t.z)
	b := mul(a, a)
	c := mul(s.x, t.x)
	d := mul(s.y, t.y)
	e := mul(mul(big.NewInt(-39081), c), d)
	f := new(big.Int).Sub(b, e)
	g := new(big.Int).Add(b, e)
	h := mul(new(big.Int).Add(s.x, s.y), new(big.Int).Add(t.x, t.y))
	h.Sub(h, c).Sub(h, d)
	return edwardsPoint{mul(mul(a, f), h), mul(mul(a, g), new(big.Int).Sub(d, c)), mul(f, g)}
}

// x448Public computes a public key, RFC 7748, Sections 5 and 6.2.
func x448Public(private []byte) []byte {
	scalar := slices.Clone(private)
	defer clear(scalar)
	scalar[0] &= 0xfc
	scalar[55] |= 0x80
	slices.Reverse(scalar)
	k := new(big.Int).SetBytes(scalar)
	defer clear(k.Bits())

	p := p448()
	mul := func(a, b *big.Int) *big.Int {
		n := new(big.Int).Mul(a, b)
		return n.Mod(n, p)
	}
	sum := func(a, b *big.Int) *big.Int { return new(big.Int).Add(a, b) }
	difference := func(a, b *big.Int) *big.Int { return new(big.Int).Sub(a, b) }
	u := big.NewInt(5)
	x2, z2, x3, z3 := big.NewInt(1), big.NewInt(0), u, big.NewInt(1)
	for i := 447; i >= 0; i-- {
		swap := k.Bit(i) == 1
		if swap {
			x2, z2, x3, z3 = x3, z3, x2, z2
		}
		a, b := sum(x2, z2), difference(x2, z2)
		aa, bb := mul(a, a), mul(b, b)
		e := difference(aa, bb)
		da, cb := mul(difference(x3, z3), a), mul(sum(x3, z3), b)
		x3 = sum(da, cb)
		x3 = mul(x3, x3)
		z3 = difference(da, cb)
		z3 = mul(u, mul(z3, z3))
		x2 = mul(aa, bb)
		z2 = mul(e, sum(aa, mul(big.NewInt(39081), e)))
		if swap {
			x2, z2, x3, z3 = x3, z3, x2, z2
		}
	}
	public := mul(x2, new(big.Int).ModInverse(z2, p)).FillBytes(make([]byte, 56))
	slices.Reverse(public)
	return public
}
