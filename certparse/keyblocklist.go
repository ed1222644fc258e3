package certparse

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// KeyBlocklist is a list of public keys that nobody should use any more. Its zero
// value is an empty list. Once it has been filled it may be used by several
// goroutines at once.
//
// Lists are too large to come with this package: of the keys that Debian's OpenSSL
// made until 2008 there are some hundred thousand of each size (CVE-2008-0166;
// Debian's package openssl-blacklist has them).
type KeyBlocklist struct {
	moduli []modulusDigest
	keys   []keyDigest
}

// modulusDigest is the end of the SHA-1 digest of a modulus as openssl rsa
// -modulus prints it.
type modulusDigest [10]byte

// keyDigest is the SHA-256 digest of a SubjectPublicKeyInfo.
type keyDigest [sha256.Size]byte

// Read adds the entries of a text to the list. Each line is one key: the last 20
// hexadecimal digits of the SHA-1 digest of the line "Modulus=…" that openssl rsa
// -noout -modulus prints, which is the format of openssl-blacklist, or the 64
// digits of the SHA-256 digest of the DER of a SubjectPublicKeyInfo. Blank lines
// and lines that start with # are skipped. A line of any other form is an error
// that names its number; nothing is added then.
func (l *KeyBlocklist) Read(text []byte) error {
	moduli, keys := slices.Clone(l.moduli), slices.Clone(l.keys)
	number := 0
	for line := range bytes.Lines(text) {
		number++
		line = bytes.TrimSpace(line)
		if len(line) == 0 || line[0] == '#' {
			continue
		}
		var digest keyDigest
		n := 0
		if len(line) <= hex.EncodedLen(len(digest)) {
			var err error
			if n, err = hex.Decode(digest[:], line); err != nil {
				n = 0
			}
		}
		switch n {
		case len(modulusDigest{}):
			moduli = append(moduli, modulusDigest(digest[:n]))
		case len(digest):
			keys = append(keys, digest)
		default:
			return fmt.Errorf("certparse: line %d of the list of blocked keys is neither 20 nor 64 hexadecimal digits", number)
		}
	}
	slices.SortFunc(moduli, func(a, b modulusDigest) int { return bytes.Compare(a[:], b[:]) })
	slices.SortFunc(keys, func(a, b keyDigest) int { return bytes.Compare(a[:], b[:]) })
	l.moduli, l.keys = slices.Compact(moduli), slices.Compact(keys)
	return nil
}

// Len returns how many entries the list has. A nil list has none.
func (l *KeyBlocklist) Len() int {
	if l == nil {
		return 0
	}
	return len(l.moduli) + len(l.keys)
}

// Digest returns the SHA-256 digest of the entries in hexadecimal, which tells lists
// apart: two lists with the same entries have the same.
func (l *KeyBlocklist) Digest() string {
	h := sha256.New()
	if l != nil {
		for _, m := range l.moduli {
			h.Write(m[:])
		}
		// No number of moduli looks like another number of keys.
		fmt.Fprintf(h, "%d", len(l.moduli))
		for _, k := range l.keys {
			h.Write(k[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Match reports whether the list has the key, and by which digest: "modulus SHA-1"
// or "SubjectPublicKeyInfo SHA-256". An RSA or EC key is found however it is
// encoded. A nil list has no key.
func (l *KeyBlocklist) Match(k PublicKey) (digest string, found bool) {
	if l.Len() == 0 {
		return "", false
	}
	if k.Algorithm == RSA || k.Algorithm == RSAPSS {
		if n, _, ok := rsaIntegers(k.value); ok {
			sum := sha1.Sum([]byte("Modulus=" + strings.TrimLeft(hexUpper(trimZeros(n)), "0") + "\n"))
			end := modulusDigest(sum[len(sum)-len(modulusDigest{}):])
			if _, ok := slices.BinarySearchFunc(l.moduli, end, func(a, b modulusDigest) int { return bytes.Compare(a[:], b[:]) }); ok {
				return "modulus SHA-1", true
			}
		}
	}
	for _, spki := range [][]byte{k.spki, k.usualSPKI()} {
		if _, ok := slices.BinarySearchFunc(l.keys, sha256.Sum256(spki), func(a keyDigest, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) }); ok && spki != nil {
			return "SubjectPublicKeyInfo SHA-256", true
		}
	}
	return "", false
}

// usualSPKI is the SubjectPublicKeyInfo that tools write for the key: the same
// key in another form must not pass a list. It is nil if there is no other form.
func (k PublicKey) usualSPKI() []byte {
	switch k.Algorithm {
	case RSA, RSAPSS:
		n, e, ok := rsaIntegers(k.value)
		if !ok {
			return nil
		}
		var b cryptobyte.Builder
		b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
			b.AddASN1BigInt(signedInteger(n))
			b.AddASN1BigInt(signedInteger(e))
		})
		return encodeSPKI(encodeAlgorithm(RSA, derNull), b.BytesOrPanic())
	case ECDSA, SM2:
		curve := curveKinds[min(k.Curve, OtherCurve)].oid
		if curve == "" {
			return nil
		}
		point := k.value
		if key, err := k.Key(); err == nil {
			p := key.(*ecdsa.PublicKey)
			point = uncompressed(p.X, p.Y, (p.Curve.Params().BitSize+7)/8)
		}
		return encodeSPKI(encodeAlgorithm(ECDSA, append([]byte{tagOID, byte(len(curve))}, curve...)), point)
	}
	return nil
}
