package main

import (
	"crypto/rsa"
	"math/big"
)

// weakMutations are keys and signatures that anybody can break.
func weakMutations() []mutation {
	rsaKey := func(name, says, code string, spki func(u *upload, n *big.Int) []byte) mutation {
		return mutation{row: 23, name: name, says: says, finds: []string{code}, kinds: []string{"RSA"},
			damage: func(u *upload) { u.withSPKI(spki(u, u.key.private.(*rsa.PrivateKey).N)) }}
	}
	exponent := func(name, says string, e *big.Int) mutation {
		return rsaKey("exponent-"+name, says, "rsa-exponent", func(_ *upload, n *big.Int) []byte { return rsaSPKI(n, e) })
	}
	modulus := func(name, says, code string, change func(u *upload, n *big.Int) *big.Int) mutation {
		return rsaKey(name, says, code, func(u *upload, n *big.Int) []byte { return rsaSPKI(change(u, n), f4) })
	}
	point := func(name, says, code string, change func(u *upload, id string, point []byte) []byte) mutation {
		return mutation{row: 23, name: name, says: says, finds: []string{code}, kinds: []string{"ECC", "SM2"},
			damage: func(u *upload) {
				id, p := u.curve()
				u.withSPKI(change(u, id, p))
			}}
	}
	ec := func(id string, point []byte) []byte { return sequence(algorithm(oidEC, oid(id)), bits(0, point...)) }
	first := func(u *upload) *big.Int { return u.key.private.(*rsa.PrivateKey).Primes[0] }
	return []mutation{
		rsaKey("too-short", "An RSA key of 1024 bits.", "rsa-key-too-short", func(u *upload, _ *big.Int) []byte { return u.g.key("rsa-1024").spki }),
		rsaKey("too-large", "An RSA key of 8200 bits.", "rsa-key-too-large", func(u *upload, _ *big.Int) []byte { return u.g.key("rsa-8200").spki }),
		exponent("one", "The exponent 1, which leaves messages as they are.", big.NewInt(1)),
		exponent("even", "An even exponent, which has no inverse.", big.NewInt(65536)),
		exponent("huge", "An exponent of 65 bits, which hardly any software takes.", new(big.Int).SetBit(big.NewInt(1), 64, 1)),
		modulus("even-modulus", "An even modulus.", "public-key-malformed", func(_ *upload, n *big.Int) *big.Int { return new(big.Int).Lsh(n, 1) }),
		modulus("factor-3", "A modulus that 3 divides.", "rsa-small-factor", func(_ *upload, n *big.Int) *big.Int { return divisible(n, 3) }),
		modulus("factor-4093", "A modulus that 4093 divides.", "rsa-small-factor", func(_ *upload, n *big.Int) *big.Int { return divisible(n, 4093) }),
		modulus("square", "The square of a prime.", "rsa-close-primes", func(u *upload, _ *big.Int) *big.Int { return new(big.Int).Mul(first(u), first(u)) }),
		modulus("neighbours", "Two primes that follow each other.", "rsa-close-primes", func(u *upload, _ *big.Int) *big.Int { return closePrimes(first(u), 0) }),
		modulus("close", "Two primes whose upper halves are nearly the same.", "rsa-close-primes", func(u *upload, _ *big.Int) *big.Int { return closePrimes(first(u), 515) }),
		modulus("roca", "A modulus with the structure of CVE-2017-15361.", "rsa-roca", func(u *upload, _ *big.Int) *big.Int { return rocaModulus("another one") }),

		point("infinity", "The point at infinity.", "ec-point-infinity", func(_ *upload, id string, _ []byte) []byte { return ec(id, []byte{0}) }),
		point("off-curve", "A point with one bit of y turned over.", "ec-point-not-on-curve", func(_ *upload, id string, p []byte) []byte { return ec(id, offCurve(p)) }),
		point("zeros", "A point whose coordinates are zero.", "ec-point-not-on-curve", func(_ *upload, id string, p []byte) []byte {
			return ec(id, append([]byte{4}, make([]byte, len(p)-1)...))
		}),
		point("other-curve", "A point of one curve under the name of another.", "ec-point-not-on-curve", func(_ *upload, id string, p []byte) []byte {
			return ec(map[string]string{oidP256: oidSM2, oidSM2: oidP256}[id], p)
		}),
		point("weak-curve", "A key on the curve secp192k1.", "ec-curve-weak", func(_ *upload, _ string, p []byte) []byte { return ec("1.3.132.0.31", p[:49]) }),

		{row: 23, name: "listed", says: "A key that is on the caller's list of blocked keys.", finds: []string{"key-known-weak"},
			damage: func(u *upload) {
				u.call = u.call.also(call{"key_blocklist": "blocked.txt"})
				u.set("blocked.txt", spkiBlocklist(u.key.spki))
			}},
	}
}
