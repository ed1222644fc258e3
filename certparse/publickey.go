package certparse

import (
	"bytes"
	"crypto/ecdsa"
	"math/bits"

	"github.com/certloupe/certloupe/finding"
)

// KeyAlgorithm is the algorithm that a key is for.
type KeyAlgorithm uint8

// The key algorithms that are told apart. Elliptic curve keys on the SM2 curve
// are SM2, whatever their algorithm identifier says.
const (
	UnknownKeyAlgorithm KeyAlgorithm = iota
	RSA
	RSAPSS
	ECDSA
	SM2
	Ed25519
	Ed448
	X25519
	X448
	DSA
	DH
	MLDSA44
	MLDSA65
	MLDSA87
	MLKEM512
	MLKEM768
	MLKEM1024
	SLHDSASHA2128s
	SLHDSASHA2128f
	SLHDSASHA2192s
	SLHDSASHA2192f
	SLHDSASHA2256s
	SLHDSASHA2256f
	SLHDSASHAKE128s
	SLHDSASHAKE128f
	SLHDSASHAKE192s
	SLHDSASHAKE192f
	SLHDSASHAKE256s
	SLHDSASHAKE256f

	keyAlgorithms // how many there are
)

// keyAlgorithmKind is what is fixed about a key algorithm: its identifier's
// content octets, its name, and for keys of one size the octets of the public key.
type keyAlgorithmKind struct {
	oid, name string
	octets    int
}

var keyAlgorithmKinds = [keyAlgorithms]keyAlgorithmKind{
	RSA:             {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01", "RSA", 0},
	RSAPSS:          {"\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a", "RSA-PSS", 0},
	ECDSA:           {"\x2a\x86\x48\xce\x3d\x02\x01", "ECDSA", 0},
	SM2:             {"\x2a\x81\x1c\xcf\x55\x01\x82\x2d", "SM2", 0},
	Ed25519:         {"\x2b\x65\x70", "Ed25519", 32},
	Ed448:           {"\x2b\x65\x71", "Ed448", 57},
	X25519:          {"\x2b\x65\x6e", "X25519", 32},
	X448:            {"\x2b\x65\x6f", "X448", 56},
	DSA:             {"\x2a\x86\x48\xce\x38\x04\x01", "DSA", 0},
	DH:              {"\x2a\x86\x48\xce\x3e\x02\x01", "DH", 0},
	MLDSA44:         {"\x60\x86\x48\x01\x65\x03\x04\x03\x11", "ML-DSA-44", 1312},
	MLDSA65:         {"\x60\x86\x48\x01\x65\x03\x04\x03\x12", "ML-DSA-65", 1952},
	MLDSA87:         {"\x60\x86\x48\x01\x65\x03\x04\x03\x13", "ML-DSA-87", 2592},
	MLKEM512:        {"\x60\x86\x48\x01\x65\x03\x04\x04\x01", "ML-KEM-512", 800},
	MLKEM768:        {"\x60\x86\x48\x01\x65\x03\x04\x04\x02", "ML-KEM-768", 1184},
	MLKEM1024:       {"\x60\x86\x48\x01\x65\x03\x04\x04\x03", "ML-KEM-1024", 1568},
	SLHDSASHA2128s:  {"\x60\x86\x48\x01\x65\x03\x04\x03\x14", "SLH-DSA-SHA2-128s", 32},
	SLHDSASHA2128f:  {"\x60\x86\x48\x01\x65\x03\x04\x03\x15", "SLH-DSA-SHA2-128f", 32},
	SLHDSASHA2192s:  {"\x60\x86\x48\x01\x65\x03\x04\x03\x16", "SLH-DSA-SHA2-192s", 48},
	SLHDSASHA2192f:  {"\x60\x86\x48\x01\x65\x03\x04\x03\x17", "SLH-DSA-SHA2-192f", 48},
	SLHDSASHA2256s:  {"\x60\x86\x48\x01\x65\x03\x04\x03\x18", "SLH-DSA-SHA2-256s", 64},
	SLHDSASHA2256f:  {"\x60\x86\x48\x01\x65\x03\x04\x03\x19", "SLH-DSA-SHA2-256f", 64},
	SLHDSASHAKE128s: {"\x60\x86\x48\x01\x65\x03\x04\x03\x1a", "SLH-DSA-SHAKE-128s", 32},
	SLHDSASHAKE128f: {"\x60\x86\x48\x01\x65\x03\x04\x03\x1b", "SLH-DSA-SHAKE-128f", 32},
	SLHDSASHAKE192s: {"\x60\x86\x48\x01\x65\x03\x04\x03\x1c", "SLH-DSA-SHAKE-192s", 48},
	SLHDSASHAKE192f: {"\x60\x86\x48\x01\x65\x03\x04\x03\x1d", "SLH-DSA-SHAKE-192f", 48},
	SLHDSASHAKE256s: {"\x60\x86\x48\x01\x65\x03\x04\x03\x1e", "SLH-DSA-SHAKE-256s", 64},
	SLHDSASHAKE256f: {"\x60\x86\x48\x01\x65\x03\x04\x03\x1f", "SLH-DSA-SHAKE-256f", 64},
}

// String returns the algorithm's name, such as "RSA" or "ML-DSA-65".
func (a KeyAlgorithm) String() string {
	if a == UnknownKeyAlgorithm || a >= keyAlgorithms {
		return "unknown"
	}
	return keyAlgorithmKinds[a].name
}

// identifyKeyAlgorithm returns the algorithm that the content octets of an OID name.
func identifyKeyAlgorithm(oid []byte) KeyAlgorithm {
	switch string(oid) { // The two that nearly every certificate has.
	case "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01":
		return RSA
	case "\x2a\x86\x48\xce\x3d\x02\x01":
		return ECDSA
	}
	for a := RSAPSS; a < keyAlgorithms; a++ {
		if keyAlgorithmKinds[a].oid == string(oid) {
			return a
		}
	}
	return UnknownKeyAlgorithm
}

// PublicKey is a public key as a certificate holds it. It is read leniently;
// [PublicKey.Key] decodes and checks it.
type PublicKey struct {
	// Algorithm is what the key is for.
	Algorithm KeyAlgorithm
	// Curve is the curve of an ECDSA or SM2 key, else NoCurve.
	Curve Curve
	// Bits is the size that people name: of the modulus, of the curve's field or
	// of the encoded key; 0 if not known.
	Bits int

	spki  []byte
	value []byte // What is inside the BIT STRING.
}

// PublicKey returns the certificate's public key.
func (c *Certificate) PublicKey() PublicKey {
	return PublicKey{
		Algorithm: c.keyAlgorithm,
		Curve:     c.keyCurve,
		Bits:      int(c.keyBits),
		spki:      c.spki.whole().of(c.raw),
		value:     c.keyValue.of(c.raw),
	}
}

// identifier reads the key's AlgorithmIdentifier: the content octets of the OID,
// and the DER of the parameters, nil if there are none. Paths ask for keys again
// and again, and hardly ever for this.
func (k PublicKey) identifier() (oid, parameters []byte) {
	r := derReader{der: k.spki}
	spki, ok := r.expect(0, uint32(len(k.spki)), tagSequence)
	if !ok {
		return nil, nil
	}
	id, ok := r.algorithmIdentifier(spki.body, spki.end)
	if !ok {
		return nil, nil
	}
	if id.hasParameters() {
		parameters = id.parameters.whole().of(k.spki)
	}
	return id.oid.of(k.spki), parameters
}

// ParsePublicKey reads the DER of a SubjectPublicKeyInfo. It returns an error, a
// *[SyntaxError], if that cannot be read or departs from the standard.
func ParsePublicKey(spki []byte) (PublicKey, error) {
	c := &Certificate{raw: spki}
	p := parser{derReader: derReader{der: spki}, c: c}
	var ok bool
	if c.spki, ok = p.expect(0, uint32(min(len(spki), MaxCertificateSize)), tagSequence); !ok {
		return PublicKey{}, p.syntaxError("this is not a public key")
	}
	p.publicKey()
	for _, n := range c.notes() {
		if rule, _ := finding.Lookup(n.code); rule.Severity == finding.Error {
			f := finding.New(n.code, finding.Where{}, n.data...)
			return PublicKey{}, &SyntaxError{Code: n.code, Offset: int(n.offset), Problem: f.Message}
		}
	}
	if int(c.spki.end) != len(spki) {
		return PublicKey{}, &SyntaxError{Code: "public-key-malformed", Offset: int(c.spki.end), Problem: "something follows the public key"}
	}
	return c.PublicKey(), nil
}

// SPKI returns the DER of the key's SubjectPublicKeyInfo.
func (k PublicKey) SPKI() []byte { return k.spki }

// Octets returns the content of the key's BIT STRING without the count of unused
// bits, which is what the hash of a key is made of in OCSP (RFC 6960, Section
// 4.1.1) and in key identifiers (RFC 5280, Section 4.2.1.2).
func (k PublicKey) Octets() []byte { return k.value }

// Name returns the algorithm's name with the curve where there is one, such as
// "ECDSA P-256"; for unknown algorithms the OID.
func (k PublicKey) Name() string {
	switch {
	case k.Algorithm == UnknownKeyAlgorithm:
		oid, _ := k.identifier()
		return oidString(oid)
	case k.Algorithm == ECDSA && k.Curve.String() != "":
		return "ECDSA " + k.Curve.String()
	}
	return k.Algorithm.String()
}

// Type returns the documented algorithm type: "RSA", "ECC" or "SM2". It is empty
// for keys of other kinds.
func (k PublicKey) Type() string {
	switch k.Algorithm {
	case RSA, RSAPSS:
		return "RSA"
	case ECDSA:
		return "ECC"
	case SM2:
		return "SM2"
	}
	return ""
}

// Equal reports whether both are the same key, however each is encoded. An RSA
// key and the same key restricted to PSS are equal.
func (k PublicKey) Equal(o PublicKey) bool {
	rsaLike := func(a KeyAlgorithm) bool { return a == RSA || a == RSAPSS }
	if k.Algorithm != o.Algorithm && !(rsaLike(k.Algorithm) && rsaLike(o.Algorithm)) || k.Curve != o.Curve {
		return false
	}
	switch k.Algorithm {
	case UnknownKeyAlgorithm:
		return bytes.Equal(k.spki, o.spki)
	case RSA, RSAPSS:
		n1, e1, ok1 := rsaIntegers(k.value)
		n2, e2, ok2 := rsaIntegers(o.value)
		return ok1 && ok2 && bytes.Equal(trimZeros(n1), trimZeros(n2)) && bytes.Equal(trimZeros(e1), trimZeros(e2))
	case ECDSA, SM2:
		if k.Curve == OtherCurve || k.Curve == NoCurve {
			return bytes.Equal(k.spki, o.spki)
		}
		if len(k.value) != len(o.value) {
			a, err1 := k.Key()
			b, err2 := o.Key()
			if err1 != nil || err2 != nil {
				return false
			}
			return a.(*ecdsa.PublicKey).Equal(b)
		}
	case DSA:
		a, err1 := k.dsaKey()
		b, err2 := o.dsaKey()
		return err1 == nil && err2 == nil && a.P.Cmp(b.P) == 0 && a.Q.Cmp(b.Q) == 0 && a.G.Cmp(b.G) == 0 && a.Y.Cmp(b.Y) == 0
	}
	return bytes.Equal(k.value, o.value)
}

func trimZeros(b []byte) []byte {
	for len(b) > 0 && b[0] == 0 {
		b = b[1:]
	}
	return b
}

// bitLength is the number of bits of a number given by its octets.
func bitLength(b []byte) int {
	b = trimZeros(b)
	if len(b) == 0 {
		return 0
	}
	return 8*(len(b)-1) + bits.Len8(b[0])
}
