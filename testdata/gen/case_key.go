package main

import (
	"crypto/ecdsa"
	"crypto/rsa"
	"math/big"
)

// This file has the cases about the certificate's public key. Most keys here are
// bad, so the certificates come without private ones.

func (g *generator) publicKeyCases() {
	good := g.server()
	bad := func(code, says string, spki []byte) {
		t := good
		t.spki = spki
		g.certificateCase("public-key/"+code, says, t, good)
	}
	bad("public-key-malformed", "A point that is a byte too short. On P-256 it has 65 octets (RFC 5480, Section 2.2; SEC 1, Section 2.3.3).",
		sequence(algorithm(oidEC, oid(oidP256)), bits(0, g.point()[:64]...)))
	bad("public-key-algorithm-unknown", "A key with an algorithm from a private arc. Common ones are listed in RFC 5280, Section 4.1.2.7.",
		sequence(algorithm(oidPrivateArc), bits(0, g.point()...)))
	bad("public-key-curve-unknown", "A key on a curve of a private arc, which nobody knows. Curves are named by RFC 5480, Section 2.1.1.1.",
		sequence(algorithm(oidEC, oid(oidPrivateArc)), bits(0, g.point()...)))
	bad("public-key-explicit-parameters", "The curve P-256 written out. Only namedCurve is allowed (RFC 5480, Section 2.1.1).",
		sequence(algorithm(oidEC, explicitP256(g.key("p256-server").private.(*ecdsa.PrivateKey))), bits(0, g.point()...)))

	modulus := g.key("rsa-server").private.(*rsa.PrivateKey).N
	bad("rsa-exponent", "An RSA key with the exponent 1, which leaves messages as they are. It is 3 or more (RFC 8017, Section 3.1).",
		rsaSPKI(modulus, big.NewInt(1)))
	bad("rsa-key-too-short", "An RSA key of 1024 bits. 2048 are needed (NIST SP 800-131A, Section 3).", g.key("rsa-1024").spki)
	bad("rsa-key-too-large", "An RSA key of 8200 bits. Checks with it cost so much that they serve to block a service.", g.key("rsa-8200").spki)
	bad("dsa-key", "A DSA key. The standard no longer approves it for signing (NIST FIPS 186-5, Section 1).", g.key("dsa").spki)
}

// point is the server's public key as a point.
func (g *generator) point() []byte {
	return must(g.key("p256-server").private.(*ecdsa.PrivateKey).PublicKey.Bytes())
}

func rsaSPKI(n, e *big.Int) []byte {
	return sequence(algorithm(oidRSA, null()), bits(0, sequence(bigInteger(n), bigInteger(e))...))
}

// bigInteger is the INTEGER of a number that is not negative.
func bigInteger(n *big.Int) []byte {
	b := n.Bytes()
	if len(b) == 0 || b[0] >= 0x80 {
		b = append([]byte{0}, b...)
	}
	return integer(b...)
}

// explicitP256 is ECParameters of X9.62, which describe the curve instead of naming it.
func explicitP256(k *ecdsa.PrivateKey) []byte {
	c := k.Curve.Params()
	size := func(n *big.Int) []byte { return n.FillBytes(make([]byte, 32)) }
	a := new(big.Int).Sub(c.P, big.NewInt(3))
	base := append(append([]byte{4}, size(c.Gx)...), size(c.Gy)...)
	return sequence(number(1),
		sequence(oid("1.2.840.10045.1.1"), bigInteger(c.P)),
		sequence(octets(size(a)), octets(size(c.B))),
		octets(base), bigInteger(c.N), number(1))
}
