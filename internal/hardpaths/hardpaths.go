// Package hardpaths makes certificates that take a careless validator very long:
// meshes of CAs that certify each other, thousands of issuers with one name,
// names by the thousand below thousands of constraints, policies that multiply,
// and keys that are slow to use. It serves the tests and the benchmarks.
package hardpaths

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"strings"
)

// Time is an instant at which all certificates are valid.
var Time = notBefore.AddDate(0, 5, 0)

// Case is one input, each certificate in DER.
type Case struct {
	Name    string
	Target  []byte
	Anchors [][]byte
	Pool    [][]byte
	// Valid says that the path is valid by RFC 5280, though hard to judge.
	Valid bool
}

// Cases returns all cases, always the same.
func Cases() []Case {
	list := []Case{mesh(), ladder(false), ladder(true), oneName(), oneNameOneKey(), manyAnchors(), selfIssued(), copies(), oneSignature(), inheriting(),
		names(), namesOnManyPaths(), longNames(), longAttributes(), policyDoubling(), policiesOnManyPaths(), commonNames(), purposes(), damaged(), critical(), largeTarget()}
	return append(list, slowKeys()...)
}

// leaf is a target issued by the CA with the given name and key.
func leaf(issuer string, signer ed25519.PrivateKey, more ...node) []byte {
	return certificate{subject: name("leaf"), issuer: name(issuer), spki: spki(key("leaf")), signer: signer,
		extensions: append([]node{sans(dns("www.example.com"))}, more...)}.der()
}

// authority is a CA's certificate.
func authority(subject, subjectKey, issuer, issuerKey string, serial int, more ...node) []byte {
	return certificate{subject: name(subject), issuer: name(issuer), spki: spki(key(subjectKey)), signer: key(issuerKey), serial: serial, extensions: ca(more...)}.der()
}

func root(more ...node) []byte { return authority("Root", "Root", "Root", "Root", 1, more...) }

// mesh is CAs that all certify each other, and an anchor that excludes the leaf.
func mesh() Case {
	const n = 30
	c := Case{Name: "a mesh of 30 CAs that certify each other", Target: leaf("CA0", key("CA0")), Anchors: [][]byte{root(excluded(dns("example.com")))}}
	for i := range n {
		own := fmt.Sprint("CA", i)
		c.Pool = append(c.Pool, authority(own, own, "Root", "Root", i))
		for k := range n {
			if other := fmt.Sprint("CA", k); k != i {
				c.Pool = append(c.Pool, authority(own, own, other, other, 100+k))
			}
		}
	}
	return c
}

// ladder has two keys at each level, each certified by both of the level above:
// 2¹⁵ paths.
func ladder(anchored bool) Case {
	c := Case{Name: "a ladder of 15 levels, nobody trusted above", Target: leaf("L0", key("L0/0")), Anchors: [][]byte{root()}}
	top := "Nobody"
	if anchored {
		c.Name, top = "a ladder of 15 levels below an anchor that excludes the leaf", "Root"
		c.Anchors[0] = root(excluded(dns("example.com")))
	}
	for level := range 15 {
		for own := range 2 {
			for other := range 2 {
				subject, issuer := fmt.Sprint("L", level), fmt.Sprint("L", level+1)
				issuerKey := fmt.Sprint(issuer, "/", other)
				if level == 14 {
					issuer, issuerKey = top, top
				}
				c.Pool = append(c.Pool, authority(subject, fmt.Sprint(subject, "/", own), issuer, issuerKey, 10*level+2*own+other))
			}
		}
	}
	return c
}

func oneName() Case {
	c := Case{Name: "3000 issuers with one name, each with another key", Target: leaf("CA", key("none of them")), Anchors: [][]byte{root()}}
	for i := range 3000 {
		c.Pool = append(c.Pool, authority("CA", fmt.Sprint("CA", i), "Root", "Root", i))
	}
	return c
}

func oneNameOneKey() Case {
	c := Case{Name: "60 levels of 50 certificates for one name and key each", Target: leaf("L0", key("L0")), Anchors: [][]byte{root()}}
	for level := range 60 {
		for i := range 50 {
			own, above := fmt.Sprint("L", level), fmt.Sprint("L", level+1)
			c.Pool = append(c.Pool, authority(own, own, above, above, i))
		}
	}
	return c
}

func manyAnchors() Case {
	c := Case{Name: "2000 anchors with one name, none of which fits", Target: leaf("Root", key("none of them"))}
	for i := range 2000 {
		k := fmt.Sprint("Root", i)
		c.Anchors = append(c.Anchors, authority("Root", k, "Root", k, i))
	}
	return c
}

func selfIssued() Case {
	c := Case{Name: "a CA that changed its key 2000 times", Target: leaf("CA", key("CA0")), Anchors: [][]byte{root()}}
	for i := range 2000 {
		c.Pool = append(c.Pool, authority("CA", fmt.Sprint("CA", i), "CA", fmt.Sprint("CA", i+1), i))
	}
	return c
}

func copies() Case {
	c := Case{Name: "4000 copies of one certificate", Target: leaf("CA", key("CA")), Anchors: [][]byte{authority("Root", "Root", "Root", "Root", 1)}}
	one := authority("CA", "CA", "Other", "Other", 1)
	for range 4000 {
		c.Pool = append(c.Pool, bytes.Clone(one))
	}
	return c
}

func oneSignature() Case {
	c := Case{Name: "3000 certificates with one signature", Target: leaf("CA", key("none of them")), Anchors: [][]byte{root()}}
	for i := range 3000 {
		c.Pool = append(c.Pool, certificate{subject: name("CA"), issuer: name("CA"), spki: spki(key(fmt.Sprint("CA", i%7))), serial: i,
			extensions: isCA, signature: make([]byte, ed25519.SignatureSize)}.der())
	}
	return c
}

// inheriting is a chain of CAs with DSA keys without parameters, whose signatures
// cannot be checked before the path reaches an anchor.
func inheriting() Case {
	bare := func(i int) []byte {
		return der(seq(seq(oid(1, 2, 840, 10040, 4, 1)), bits(integer([]byte{1, byte(i >> 8), byte(i)}))))
	}
	algorithm := seq(oid(2, 16, 840, 1, 101, 3, 4, 3, 2))
	c := Case{Name: "3000 DSA keys without parameters", Target: leaf("CA", key("CA")), Anchors: [][]byte{root()}}
	for i := range 3000 {
		c.Pool = append(c.Pool, certificate{subject: name("CA"), issuer: name("CA"), spki: bare(i), serial: i, extensions: isCA,
			algorithm: algorithm, signature: der(seq(integer([]byte{1}), integer([]byte{1})))}.der())
	}
	return c
}

func numbered(prefix string, n int) (list []node) {
	for i := range n {
		list = append(list, dns(fmt.Sprintf("%s%d.example", prefix, i)))
	}
	return list
}

func names() Case {
	limits := excluded(numbered("x", 5000)...)
	return Case{Name: "5000 names below 5000 constraints", Anchors: [][]byte{root()}, Pool: [][]byte{authority("CA", "CA", "Root", "Root", 1, limits)},
		Target: certificate{subject: name("leaf"), issuer: name("CA"), spki: spki(key("leaf")), signer: key("CA"), extensions: []node{sans(numbered("y", 5000)...)}}.der()}
}

// namesOnManyPaths has names that no constraint concerns, on many paths that fail.
func namesOnManyPaths() Case {
	var addresses []node
	for i := range 20000 {
		addresses = append(addresses, text(context(7), string([]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})))
	}
	c := Case{Name: "20000 addresses on a ladder, each CA with 200 constraints on DNS names", Anchors: [][]byte{root(excluded(directory(name("leaf"))))},
		Target: certificate{subject: name("leaf"), issuer: name("L0"), spki: spki(key("leaf")), signer: key("L0/0"), extensions: []node{sans(addresses...)}}.der()}
	limits := excluded(numbered("x", 200)...)
	for level := range 10 {
		for own := range 2 {
			for other := range 2 {
				issuer, issuerKey := fmt.Sprint("L", level+1), fmt.Sprint("L", level+1, "/", other)
				if level == 9 {
					issuer, issuerKey = "Root", "Root"
				}
				c.Pool = append(c.Pool, authority(fmt.Sprint("L", level), fmt.Sprint("L", level, "/", own), issuer, issuerKey, 10*level+2*own+other, limits))
			}
		}
	}
	return c
}

// longNames are names that differ in case only, and other names that differ at
// their end.
func longNames() Case {
	long := strings.Repeat("a long name ", 3000)
	c := Case{Name: "names of 36 KB in various spellings", Anchors: [][]byte{root(excluded(dns("example.com")))}}
	c.Target = certificate{subject: name("leaf"), issuer: name(strings.ToUpper(long) + "0"), spki: spki(key("leaf")), signer: key("N0"), extensions: []node{sans(dns("www.example.com"))}}.der()
	for i := range 12 {
		for variant := range 3 {
			issuer, signer := name(strings.ToUpper(long)+fmt.Sprint(i+1)), key(fmt.Sprint("N", i+1))
			if i == 11 {
				issuer, signer = name("Root"), key("Root")
			}
			c.Pool = append(c.Pool, certificate{subject: name(long + fmt.Sprint(i)), issuer: issuer, spki: spki(key(fmt.Sprint("N", i))),
				signer: signer, serial: variant, extensions: ca()}.der())
		}
	}
	return c
}

// longAttributes are names below constraints on directories that agree to the last part.
func longAttributes() Case {
	var parts []string
	for i := range 400 {
		parts = append(parts, fmt.Sprint("Part ", i))
	}
	var limits, have []node
	for i := range 60 {
		limits = append(limits, directory(name(append(parts[:len(parts):len(parts)], fmt.Sprint("Excluded ", i))...)))
		have = append(have, directory(name(append(parts[:len(parts):len(parts)], strings.ToUpper(fmt.Sprint("Name ", i)))...)))
	}
	return Case{Name: "directory names of 400 parts below constraints of 400 parts", Anchors: [][]byte{root()}, Pool: [][]byte{authority("CA", "CA", "Root", "Root", 1, excluded(limits...))},
		Target: certificate{subject: name("leaf"), issuer: name("CA"), spki: spki(key("leaf")), signer: key("CA"), extensions: []node{sans(have...)}}.der()}
}

func policyDoubling() Case {
	c := Case{Name: "14 CAs that map 60 policies to 60", Anchors: [][]byte{root()}, Target: leaf("P0", key("P0"), policies(60, 0)...)}
	list := policies(60, 60)
	for i := range 14 {
		issuer := fmt.Sprint("P", i+1)
		if i == 13 {
			issuer = "Root"
		}
		c.Pool = append(c.Pool, authority(fmt.Sprint("P", i), fmt.Sprint("P", i), issuer, issuer, i, list...))
	}
	return c
}

func policiesOnManyPaths() Case {
	c := Case{Name: "a ladder on which every CA lists 300 policies", Anchors: [][]byte{root(excluded(dns("example.com")))}, Target: leaf("L0", key("L0/0"), policies(300, 0)...)}
	list := policies(300, 1)
	for level := range 8 {
		for own := range 2 {
			for other := range 2 {
				issuer, issuerKey := fmt.Sprint("L", level+1), fmt.Sprint("L", level+1, "/", other)
				if level == 7 {
					issuer, issuerKey = "Root", "Root"
				}
				c.Pool = append(c.Pool, authority(fmt.Sprint("L", level), fmt.Sprint("L", level, "/", own), issuer, issuerKey, 10*level+2*own+other, list...))
			}
		}
	}
	return c
}

func commonNames() Case {
	var parts []string
	for i := range 6000 {
		parts = append(parts, fmt.Sprintf("c%d.example", i))
	}
	return Case{Name: "6000 common names beside 6000 alternative names", Valid: true, Anchors: [][]byte{root()},
		Target: certificate{subject: name(parts...), issuer: name("Root"), spki: spki(key("leaf")), signer: key("Root"), extensions: []node{sans(numbered("a", 6000)...)}}.der()}
}

func purposes() Case {
	var list []node
	for i := range 50000 {
		list = append(list, oid(1, 3, 6, 1, 4, 1, 99999, 2, i))
	}
	return Case{Name: "50000 purposes", Valid: true, Anchors: [][]byte{root()}, Target: leaf("Root", key("Root"), extension(false, der(seq(list...)), 2, 5, 29, 37))}
}

// damaged are issuers with a hundred departures from the standard each.
func damaged() Case {
	var same []node
	for range 120 {
		same = append(same, seq(policy(1)))
	}
	c := Case{Name: "1500 issuers that list one policy 120 times", Target: leaf("CA", key("CA")), Anchors: [][]byte{root()}}
	for i := range 1500 {
		c.Pool = append(c.Pool, authority("CA", "CA", "Root", "Root", i, extension(false, der(seq(same...)), 2, 5, 29, 32)))
	}
	return c
}

func critical() Case {
	var list []node
	for i := range 200 {
		list = append(list, extension(true, nil, 1, 3, 6, 1, 4, 1, 99999, 3, i))
	}
	c := Case{Name: "600 issuers with 200 unknown critical extensions", Target: leaf("CA", key("CA")), Anchors: [][]byte{root()}}
	for i := range 600 {
		c.Pool = append(c.Pool, authority("CA", "CA", "Root", "Root", i, list...))
	}
	return c
}

func largeTarget() Case {
	c := Case{Name: "a target of 1 MB and 300 keys that may have signed it", Anchors: [][]byte{root()}}
	c.Target = leaf("CA", key("none of them"), extension(false, make([]byte, 1_000_000), 1, 3, 6, 1, 4, 1, 99999, 4))
	for i := range 300 {
		c.Pool = append(c.Pool, authority("CA", fmt.Sprint("CA", i), "Root", "Root", i))
	}
	return c
}

// slowKeys are issuers whose keys take long to use, none of which fits.
func slowKeys() []Case {
	rsa := seq(oid(1, 2, 840, 113549, 1, 1, 1), raw([]byte{5, 0}))
	sha256RSA := seq(oid(1, 2, 840, 113549, 1, 1, 11), raw([]byte{5, 0}))
	exponent := []byte{0x7f, 0xff, 0xff, 0xff}
	var list []Case
	for _, octets := range []int{256, 512, 1024, 2048} {
		list = append(list, slow(fmt.Sprintf("200 RSA keys of %d bits and the largest exponent", 8*octets), sha256RSA, number(0, octets, 0), func(i int) []byte {
			n := number(i, octets, 0x80)
			n[len(n)-1] |= 1
			return der(seq(rsa, bits(seq(integer(n), integer(exponent)))))
		}))
	}
	pair := func(octets int) []byte {
		return der(seq(integer(number(1, octets, 0)), integer(number(2, octets, 0))))
	}
	dsa := func(p, q int) Case {
		// The order must be a prime, or else the check ends early; the modulus need not.
		n := new(big.Int).SetBytes(number(2, q, 0x80))
		for n.SetBit(n, 0, 1); !n.ProbablyPrime(1); n.Add(n, big.NewInt(2)) {
		}
		order := n.Bytes()
		return slow(fmt.Sprintf("200 DSA keys of %d and %d bits", 8*p, 8*q), seq(oid(2, 16, 840, 1, 101, 3, 4, 3, 2)), pair(q), func(i int) []byte {
			prime := number(1, p, 0x80)
			prime[p-1] |= 1
			return der(seq(seq(oid(1, 2, 840, 10040, 4, 1), seq(integer(prime), integer(order), integer(number(3, p, 0)))), bits(integer(number(4+i, p, 0)))))
		})
	}
	return append(list, dsa(256, 32), dsa(384, 32), dsa(512, 64), elliptic521(pair(65)))
}

// slow is issuers with one name.
func slow(what string, algorithm node, signature []byte, spki func(i int) []byte) Case {
	c := Case{Name: what, Anchors: [][]byte{root()}}
	c.Target = certificate{subject: name("leaf"), issuer: name("CA"), spki: spki(0), algorithm: algorithm, signature: signature, extensions: []node{sans(dns("www.example.com"))}}.der()
	for i := range 200 {
		c.Pool = append(c.Pool, certificate{subject: name("CA"), issuer: name("Root"), spki: spki(i), serial: i, signer: key("Root"), extensions: isCA}.der())
	}
	return c
}

// number is octets that look random, the first of them with the given bits set and
// otherwise below a quarter.
func number(seed, octets int, first byte) []byte {
	var out []byte
	for i := uint64(0); len(out) < octets; i++ {
		sum := sha256.Sum256(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, uint64(seed)), i))
		out = append(out, sum[:]...)
	}
	out = out[:octets]
	out[0] = out[0]&0x3f | 1 | first
	return out
}
