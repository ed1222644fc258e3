package hardpaths

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/asn1"
	"time"

	"golang.org/x/crypto/cryptobyte"
	cbasn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Certificates are written by hand: crypto/x509 checks what it writes, which takes
// long, and refuses some of what is needed here.

// node is a piece of ASN.1.
type node func(*cryptobyte.Builder)

func tlv(tag cbasn1.Tag, in ...node) node {
	return func(b *cryptobyte.Builder) {
		b.AddASN1(tag, func(b *cryptobyte.Builder) {
			for _, n := range in {
				n(b)
			}
		})
	}
}

func seq(in ...node) node { return tlv(cbasn1.SEQUENCE, in...) }

func raw(bytes []byte) node { return func(b *cryptobyte.Builder) { b.AddBytes(bytes) } }

func text(tag cbasn1.Tag, s string) node { return tlv(tag, raw([]byte(s))) }

func integer(bytes []byte) node {
	if len(bytes) > 0 && bytes[0] >= 0x80 {
		bytes = append([]byte{0}, bytes...)
	}
	return tlv(cbasn1.INTEGER, raw(bytes))
}

func oid(arcs ...int) node {
	return func(b *cryptobyte.Builder) { b.AddASN1ObjectIdentifier(asn1.ObjectIdentifier(arcs)) }
}

func bits(n node) node { return tlv(cbasn1.BIT_STRING, raw([]byte{0}), n) }

func context(n uint8) cbasn1.Tag { return cbasn1.Tag(n).ContextSpecific() }

func der(n node) []byte {
	var b cryptobyte.Builder
	n(&b)
	return b.BytesOrPanic()
}

// extension is one that is critical or not.
func extension(critical bool, value []byte, arcs ...int) node {
	if critical {
		return seq(oid(arcs...), func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) }, tlv(cbasn1.OCTET_STRING, raw(value)))
	}
	return seq(oid(arcs...), tlv(cbasn1.OCTET_STRING, raw(value)))
}

// name is a distinguished name of common names.
func name(parts ...string) []byte {
	var list []node
	for _, p := range parts {
		list = append(list, tlv(cbasn1.SET, seq(oid(2, 5, 4, 3), text(cbasn1.UTF8String, p))))
	}
	return der(seq(list...))
}

// key is a key pair made from a word: TEST ONLY.
func key(word string) ed25519.PrivateKey {
	seed := sha256.Sum256([]byte("TEST ONLY " + word))
	return ed25519.NewKeyFromSeed(seed[:])
}

var edwards = seq(oid(1, 3, 101, 112))

// spki is the public half of a key.
func spki(k ed25519.PrivateKey) []byte {
	return der(seq(edwards, bits(raw(k.Public().(ed25519.PublicKey)))))
}

// Every certificate is valid from notBefore to notAfter.
var (
	notBefore = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
)

// certificate is what goes into one.
type certificate struct {
	subject, issuer, spki []byte
	serial                int
	extensions            []node
	// algorithm and signature are those of Ed25519 with signer if not set.
	algorithm node
	signature []byte
	signer    ed25519.PrivateKey
}

func (c certificate) der() []byte {
	if c.algorithm == nil {
		c.algorithm = edwards
	}
	date := func(t time.Time) node { return func(b *cryptobyte.Builder) { b.AddASN1UTCTime(t) } }
	tbs := der(seq(tlv(context(0).Constructed(), integer([]byte{2})), integer([]byte{1, byte(c.serial >> 16), byte(c.serial >> 8), byte(c.serial)}),
		c.algorithm, raw(c.issuer), seq(date(notBefore), date(notAfter)), raw(c.subject), raw(c.spki),
		tlv(context(3).Constructed(), seq(c.extensions...))))
	if c.signature == nil {
		c.signature = ed25519.Sign(c.signer, tbs)
	}
	return der(seq(raw(tbs), c.algorithm, bits(raw(c.signature))))
}

// isCA says that the certificate is a CA's.
var isCA = []node{
	extension(true, der(seq(func(b *cryptobyte.Builder) { b.AddASN1Boolean(true) })), 2, 5, 29, 19),
	extension(true, der(func(b *cryptobyte.Builder) { b.AddBytes([]byte{3, 2, 2, 4}) }), 2, 5, 29, 15), // keyCertSign
}

func ca(more ...node) []node { return append(append([]node(nil), isCA...), more...) }

// sans are alternative names.
func sans(names ...node) node { return extension(false, der(seq(names...)), 2, 5, 29, 17) }

func dns(s string) node { return text(context(2), s) }

func directory(dn []byte) node { return tlv(context(4).Constructed(), raw(dn)) }

// excluded are name constraints.
func excluded(names ...node) node {
	var list []node
	for _, n := range names {
		list = append(list, seq(n))
	}
	return extension(true, der(seq(tlv(context(1).Constructed(), list...))), 2, 5, 29, 30)
}

func policy(n int) node { return oid(1, 3, 6, 1, 4, 1, 99999, 1, n) }

// policies are the first n policies and mappings of each to each of the first m.
func policies(n, m int) []node {
	var list, mappings []node
	for i := range n {
		list = append(list, seq(policy(i)))
		for k := range m {
			mappings = append(mappings, seq(policy(i), policy(k)))
		}
	}
	out := []node{extension(false, der(seq(list...)), 2, 5, 29, 32)}
	if m > 0 {
		out = append(out, extension(true, der(seq(mappings...)), 2, 5, 29, 33))
	}
	return out
}
