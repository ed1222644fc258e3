package main

import (
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/big"
)

// This file has the cases about keys whose form is right and that anybody can break.

func (g *generator) weakKeyCases() {
	good, rsaGood := g.server(), g.rsaServer()
	bad := func(code, says string, t template, spki []byte) {
		twin := t
		t.spki = spki
		g.certificateCase("public-key/"+code, says, t, twin)
	}
	n := g.key("rsa-server").private.(*rsa.PrivateKey).N
	bad("rsa-small-factor", "A modulus that 4093 divides, a damaged one. It has no factor smaller than 752 and better none at all (CA/B Forum Baseline Requirements, Section 6.1.6).",
		rsaGood, rsaSPKI(divisible(n, 4093), f4))
	bad("rsa-close-primes", "A modulus of two primes that follow each other. Fermat's method takes it apart (CA/B Forum Baseline Requirements, Section 6.1.1.3).",
		rsaGood, rsaSPKI(closePrimes(g.key("rsa-server").private.(*rsa.PrivateKey).Primes[0], 0), f4))
	bad("rsa-roca", "A modulus with the structure of CVE-2017-15361, made by the formula of its discoverers. CAs refuse it (CA/B Forum Baseline Requirements, Section 6.1.1.3).",
		rsaGood, rsaSPKI(rocaModulus("Certloupe Tests"), f4))
	bad("ec-curve-weak", "A key on the curve P-192, whose keys have less than the 112 bits of security that are needed (NIST SP 800-131A, Section 3).",
		good, sequence(algorithm(oidEC, oid("1.2.840.10045.3.1.1")), bits(0, append([]byte{4}, g.point()[1:49]...)...)))
	bad("ec-point-infinity", "The point at infinity. A public key is any other point (SEC 1, Section 3.2.2.1).",
		good, sequence(algorithm(oidEC, oid(oidP256)), bits(0, 0)))
	bad("ec-point-not-on-curve", "A point with one bit of y turned over, which is not on the curve any more. A public key is a point on its curve (SEC 1, Section 3.2.2.1).",
		good, sequence(algorithm(oidEC, oid(oidP256)), bits(0, offCurve(g.point())...)))

	other := g.key("rsa-other").private.(*rsa.PrivateKey).N
	g.add(scenario{path: "public-key/key-known-weak",
		says:    "An RSA key that the caller's list of weak keys has, in the format of openssl-blacklist (CVE-2008-0166; CA/B Forum Baseline Requirements, Section 6.1.1.3).",
		call:    check("generic").also(call{"key_blocklist": "blocked.txt"}),
		files:   files{"cert.pem": rsaGood.pem(), "key.pem": g.key("rsa-server").pem(), "blocked.txt": blocklist(other, n)},
		healthy: files{"blocked.txt": blocklist(other)}})
}

// f4 is the usual public exponent.
var f4 = big.NewInt(65537)

// divisible returns an odd number of the size of n that the odd factor divides.
func divisible(n *big.Int, factor int64) *big.Int {
	f := big.NewInt(factor)
	rest := new(big.Int).Div(n, f)
	return rest.SetBit(rest, 0, 1).Mul(rest, f)
}

// closePrimes is the product of p and of a prime that follows it at some distance.
func closePrimes(p *big.Int, distance uint) *big.Int {
	q := new(big.Int).Set(p)
	if distance > 0 {
		q.Add(q, new(big.Int).Lsh(big.NewInt(1), distance))
	}
	for q.Add(q, big.NewInt(2)); !q.ProbablyPrime(20); {
		q.Add(q, big.NewInt(2))
	}
	return q.Mul(q, p)
}

// rocaModulus is the product of two primes k·M + (65537^a mod M), where M is the
// product of the first 126 primes, as the faulty library made them for moduli of
// 2048 bits. The numbers k and a follow from the seed.
func rocaModulus(seed string) *big.Int {
	m, primes := big.NewInt(1), 0
	for p := int64(2); primes < 126; p++ {
		if big.NewInt(p).ProbablyPrime(0) {
			m.Mul(m, big.NewInt(p))
			primes++
		}
	}
	n := big.NewInt(1)
	counter := uint32(0)
	for found := 0; found < 2; {
		counter++
		digest := sha256.Sum256(binary.BigEndian.AppendUint32([]byte(seed), counter))
		a := new(big.Int).SetBytes(digest[:16])
		p := new(big.Int).Exp(f4, a, m)
		// k has as many bits as bring the prime to 1024. The highest two are to be set,
		// so that the product has 2048.
		k := new(big.Int).SetBytes(digest[16:])
		k.Rsh(k, uint(128-(1024-m.BitLen()+1)))
		if p.Add(p, k.Mul(k, m)); p.BitLen() == 1024 && p.Bit(1022) == 1 && p.ProbablyPrime(20) {
			n.Mul(n, p)
			found++
		}
	}
	return n
}

// offCurve turns the last bit of an uncompressed point over.
func offCurve(point []byte) []byte {
	out := append([]byte{}, point...)
	out[len(out)-1] ^= 1
	return out
}

// blocklist is a list in the format of openssl-blacklist.
func blocklist(moduli ...*big.Int) []byte {
	list := []byte("# TEST ONLY\n")
	for _, n := range moduli {
		sum := sha1.Sum(fmt.Appendf(nil, "Modulus=%X\n", n))
		list = append(list, hex.EncodeToString(sum[10:])+"\n"...)
	}
	return list
}

// spkiBlocklist is a list by the digests of whole public keys.
func spkiBlocklist(spkis ...[]byte) []byte {
	list := []byte("# TEST ONLY\n")
	for _, spki := range spkis {
		sum := sha256.Sum256(spki)
		list = append(list, hex.EncodeToString(sum[:])+"\n"...)
	}
	return list
}
