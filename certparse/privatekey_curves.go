package certparse

import "math/big"

// This file computes public points on the curves that neither the standard
// library nor gmsm has. The arithmetic is the plain one of the chord and the
// tangent: slower than it could be, a few milliseconds for each key, and its
// time depends on the private value. That would matter to somebody who signs
// with it again and again; here each key is looked at once.

// weierstrass is the curve y² = x³ + ax + b over the integers modulo p, with a
// base point of order n. Adding and doubling do not need b.
type weierstrass struct {
	p, a, x, y, n *big.Int
}

// weierstrassCurves are secp256k1 (SEC 2, Section 2.4.1) and three curves of
// RFC 5639, Section 3.
var weierstrassCurves = [curves]func() *weierstrass{
	Secp256k1: func() *weierstrass {
		return newWeierstrass(
			"fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f",
			"0",
			"79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798",
			"483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
			"fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")
	},
	BrainpoolP256r1: func() *weierstrass {
		return newWeierstrass(
			"a9fb57dba1eea9bc3e660a909d838d726e3bf623d52620282013481d1f6e5377",
			"7d5a0975fc2c3057eef67530417affe7fb8055c126dc5c6ce94a4b44f330b5d9",
			"8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
			"547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
			"a9fb57dba1eea9bc3e660a909d838d718c397aa3b561a6f7901e0e82974856a7")
	},
	BrainpoolP384r1: func() *weierstrass {
		return newWeierstrass(
			"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b412b1da197fb71123acd3a729901d1a71874700133107ec53",
			"7bc382c63d8c150c3c72080ace05afa0c2bea28e4fb22787139165efba91f90f8aa5814a503ad4eb04a8c7dd22ce2826",
			"1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
			"8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
			"8cb91e82a3386d280f5d6f7e50e641df152f7109ed5456b31f166e6cac0425a7cf3ab6af6b7fc3103b883202e9046565")
	},
	BrainpoolP512r1: func() *weierstrass {
		return newWeierstrass(
			"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
			"7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
			"81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
			"7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
			"aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069")
	},
}

func newWeierstrass(numbers ...string) *weierstrass {
	n := make([]*big.Int, len(numbers))
	for i, s := range numbers {
		n[i], _ = new(big.Int).SetString(s, 16)
	}
	return &weierstrass{n[0], n[1], n[2], n[3], n[4]}
}

// publicPoint is the base point times the scalar, uncompressed. It returns false
// if the scalar is not between 0 and the order.
func (c *weierstrass) publicPoint(scalar []byte) ([]byte, bool) {
	k := new(big.Int).SetBytes(scalar)
	defer clear(k.Bits())
	if k.Sign() == 0 || k.Cmp(c.n) >= 0 {
		return nil, false
	}
	// From the highest bit down: double, and add the base point for each one bit.
	// What the bits so far amount to is below the order and, after doubling, above
	// one, so a point never meets itself or its mirror image.
	x, y := c.x, c.y
	for i := k.BitLen() - 2; i >= 0; i-- {
		x, y = c.double(x, y)
		if k.Bit(i) == 1 {
			x, y = c.add(x, y)
		}
	}
	return uncompressed(x, y, len(scalar)), true
}

// double is twice the point.
func (c *weierstrass) double(x, y *big.Int) (*big.Int, *big.Int) {
	slope := new(big.Int).Mul(x, x)
	slope.Mul(slope, big.NewInt(3)).Add(slope, c.a)
	return c.third(slope, new(big.Int).Lsh(y, 1), x, y, x)
}

// add is the sum of the point and the base point, which must differ in x.
func (c *weierstrass) add(x, y *big.Int) (*big.Int, *big.Int) {
	return c.third(new(big.Int).Sub(c.y, y), new(big.Int).Sub(c.x, x), x, y, c.x)
}

// third mirrors the third point on the line through (x, y) whose slope is
// rise/run and which meets the curve at x2 too.
func (c *weierstrass) third(rise, run, x, y, x2 *big.Int) (*big.Int, *big.Int) {
	slope := rise.Mul(rise, run.ModInverse(run.Mod(run, c.p), c.p))
	slope.Mod(slope, c.p)
	x3 := new(big.Int).Mul(slope, slope)
	x3.Sub(x3, x).Sub(x3, x2).Mod(x3, c.p)
	y3 := new(big.Int).Sub(x, x3)
	y3.Mul(y3, slope).Sub(y3, y).Mod(y3, c.p)
	return x3, y3
}

// uncompressed is a point as an octet string, SEC 1, Section 2.3.3.
func uncompressed(x, y *big.Int, size int) []byte {
	point := make([]byte, 1+2*size)
	point[0] = 4
	x.FillBytes(point[1 : 1+size])
	y.FillBytes(point[1+size:])
	return point
}
