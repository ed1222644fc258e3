package certparse

import (
	"math/big"

	"github.com/certloupe/certloupe/finding"
	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file tells the forms of unencrypted private keys apart. All are a
// SEQUENCE that starts with a version, and the element after it decides:
//
//	SEQUENCE      PKCS#8, RFC 5958 (OneAsymmetricKey, both versions)
//	OCTET STRING  SEC1, RFC 5915 (ECPrivateKey)
//	INTEGER       PKCS#1, RFC 8017 (RSAPrivateKey), or the form that OpenSSL
//	              has always written for DSA
//
// What follows the known fields of a SEQUENCE is passed over, as other readers
// do: later versions add fields there. If it cannot even be read, that is noted
// and the key is used all the same.

// decodedKey is a private key that was read, computed and found consistent.
type decodedKey struct {
	// algorithm is the AlgorithmIdentifier in DER. SubjectPublicKeyInfo and
	// PKCS#8 use the same.
	algorithm []byte
	// private is the content of privateKey in PKCS#8.
	private []byte
	// public is the content of subjectPublicKey.
	public []byte
}

// keyDecoder reads one unencrypted private key.
type keyDecoder struct {
	derReader
	// label is the label of the PEM block.
	label string
	// format is what [PrivateKey.Format] will return.
	format string
	// notes are problems that do not keep the key from being used.
	notes []*keyProblem
	// secrets are numbers that are overwritten in the end.
	secrets []*big.Int
}

// secret is a new number that is overwritten when the key has been read.
func (d *keyDecoder) secret() *big.Int {
	n := new(big.Int)
	d.secrets = append(d.secrets, n)
	return n
}

// decodePrivateKey reads an unencrypted private key in any form.
func decodePrivateKey(der []byte, label string) (*PrivateKey, []*keyProblem, *keyProblem) {
	if len(der) > maxPrivateKeySize {
		return nil, nil, malformed("it is absurdly large")
	}
	d := keyDecoder{derReader: derReader{der: der}, label: label}
	decoded, problem := d.decode()
	for _, n := range d.secrets {
		clear(n.Bits())
	}
	if problem != nil {
		return nil, nil, problem
	}
	defer clear(decoded.private)
	public, err := ParsePublicKey(encodeSPKI(decoded.algorithm, decoded.public))
	if err != nil {
		return nil, nil, inconsistent("its public key breaks the rules of its algorithm")
	}
	if d.longLength > 0 {
		d.notes = append(d.notes, (&keyProblem{code: "der-length-not-minimal"}).at(d.longLength-1))
	}
	return &PrivateKey{
		public: public,
		format: d.format,
		secret: newSecret(encodePKCS8(decoded.algorithm, decoded.private)),
	}, d.notes, nil
}

func (d *keyDecoder) decode() (*decodedKey, *keyProblem) {
	outer, ok := d.expect(0, uint32(len(d.der)), tagSequence)
	if !ok {
		return nil, d.syntax("the outer SEQUENCE")
	}
	if trailing := len(d.der) - int(outer.end); trailing > 0 {
		d.notes = append(d.notes, (&keyProblem{code: "der-trailing-bytes", data: []finding.Datum{
			finding.Int("count", trailing), finding.Str("what", "private key")}}).at(outer.end))
	}
	version, ok := d.expect(outer.body, outer.end, tagInteger)
	if !ok {
		return nil, d.syntax("the version")
	}
	second, ok := d.read(version.end, outer.end)
	if !ok {
		return nil, d.syntax("the field after the version")
	}
	switch second.tag {
	case tagSequence:
		return d.pkcs8(second, outer)
	case tagOctetString:
		d.format = "SEC1"
		return d.sec1(outer, NoCurve, nil)
	case tagInteger:
		return d.integers(outer)
	}
	return nil, malformed("it is none of PKCS#8, PKCS#1 and SEC1").at(second.start)
}

// syntax is the reader's last problem as one of the private key.
func (d *keyDecoder) syntax(what string) *keyProblem {
	return malformed(what + ": " + d.problem).at(d.problemAt)
}

// noteTail notes that what follows the known fields could not be read.
func (d *keyDecoder) noteTail() {
	d.notes = append(d.notes, (&keyProblem{code: "der-malformed", data: []finding.Datum{
		finding.Str("problem", d.problem)}}).at(d.problemAt))
}

// pkcs8Key is what PKCS#8 says about the key inside it.
type pkcs8Key struct {
	oid []byte
	// algorithm is the AlgorithmIdentifier as it was written.
	algorithm []byte
	// parameters is the element after the OID; its tag is 0 if there is none.
	parameters element
	// key is the OCTET STRING with the key.
	key element
}

// pkcs8 reads a OneAsymmetricKey whose privateKeyAlgorithm was found.
func (d *keyDecoder) pkcs8(algorithm, outer element) (*decodedKey, *keyProblem) {
	d.format = "PKCS#8"
	oid, ok := d.expect(algorithm.body, algorithm.end, tagOID)
	if !ok {
		return nil, d.syntax("the algorithm")
	}
	k := pkcs8Key{oid: oid.content().of(d.der), algorithm: algorithm.whole().of(d.der)}
	if oid.end < algorithm.end {
		if k.parameters, ok = d.read(oid.end, algorithm.end); !ok {
			return nil, d.syntax("the parameters of the algorithm")
		}
	}
	if k.key, ok = d.expect(algorithm.end, outer.end, tagOctetString); !ok {
		return nil, d.syntax("the field for the key")
	}
	decoded, problem := d.keyInside(k)
	if problem != nil {
		return nil, problem
	}
	for pos := k.key.end; pos < outer.end; {
		field, ok := d.read(pos, outer.end)
		if !ok {
			d.noteTail()
			break
		}
		if field.tag == contextTag(1) && !samePublic(d.publicBits(field), decoded.public) {
			clear(decoded.private)
			return nil, inconsistent("the public key that stands beside it is not its own").at(field.start)
		}
		pos = field.end
	}
	return decoded, nil
}

// keyInside reads the key inside PKCS#8 as its algorithm says.
func (d *keyDecoder) keyInside(k pkcs8Key) (*decodedKey, *keyProblem) {
	algorithm := identifyKeyAlgorithm(k.oid)
	switch algorithm {
	case RSA:
		return d.rsaInside(k, encodeAlgorithm(RSA, derNull))
	case RSAPSS:
		return d.rsaInside(k, k.algorithm)
	case ECDSA, SM2:
		return d.ecInside(k, algorithm)
	case DSA:
		return d.dsaInside(k)
	case Ed25519, Ed448, X25519, X448:
		return d.edwardsInside(k, algorithm)
	case MLDSA44, MLDSA65, MLDSA87, MLKEM512, MLKEM768, MLKEM1024:
		return d.latticeInside(k, algorithm)
	}
	if algorithm >= SLHDSASHA2128s && algorithm <= SLHDSASHAKE256f {
		return d.slhdsaInside(k, algorithm)
	}
	oid := oidString(k.oid)
	if name, ok := unsupportedKeys[oid]; ok {
		oid += " (" + name + ")"
	}
	return nil, (&keyProblem{code: "private-key-algorithm-unknown", data: []finding.Datum{finding.Str("oid", oid)}})
}

// unsupportedKeys names algorithms that can be met and are not supported.
var unsupportedKeys = map[string]string{
	"1.2.840.113549.1.3.1":  "Diffie-Hellman",
	"1.2.840.10046.2.1":     "Diffie-Hellman, X9.42",
	"1.2.840.113549.1.1.7":  "RSAES-OAEP",
	"1.2.643.7.1.1.1.1":     "GOST R 34.10-2012, 256 bits",
	"1.2.643.7.1.1.1.2":     "GOST R 34.10-2012, 512 bits",
	"1.2.156.10197.1.302.1": "SM9 signing",
	"1.2.156.10197.1.302.3": "SM9 encryption",
}

// inner is the content of the one element inside PKCS#8's privateKey, which must
// have the given tag.
func (d *keyDecoder) inner(k pkcs8Key, tag byte) ([]byte, *keyProblem) {
	e, ok := d.expect(k.key.body, k.key.end, tag)
	if !ok {
		return nil, d.syntax("the key inside PKCS#8")
	}
	return e.content().of(d.der), nil
}

// publicBits is the content of a BIT STRING of whole bytes, or nil.
func (d *keyDecoder) publicBits(e element) []byte {
	b := e.content().of(d.der)
	if len(b) == 0 || b[0] != 0 {
		return nil
	}
	return b[1:]
}

// derNull is the DER of NULL.
var derNull = []byte{tagNull, 0}

// encodeAlgorithm is the DER of an AlgorithmIdentifier with the given
// parameters in DER, RFC 5280, Section 4.1.1.2.
func encodeAlgorithm(a KeyAlgorithm, parameters []byte) []byte {
	oid := keyAlgorithmKinds[a].oid
	b := new(cryptobyte.Builder)
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1(asn1.OBJECT_IDENTIFIER, func(b *cryptobyte.Builder) { b.AddBytes([]byte(oid)) })
		b.AddBytes(parameters)
	})
	return b.BytesOrPanic()
}

// encodeSPKI is a SubjectPublicKeyInfo, RFC 5280, Section 4.1.2.7.
func encodeSPKI(algorithm, public []byte) []byte {
	b := cryptobyte.NewBuilder(make([]byte, 0, len(algorithm)+len(public)+16))
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddBytes(algorithm)
		b.AddASN1BitString(public)
	})
	return b.BytesOrPanic()
}

// encodePKCS8 is a OneAsymmetricKey of version 1, RFC 5958, Section 2. The
// builder gets all its room at once, so that it leaves no copies behind.
func encodePKCS8(algorithm, private []byte) []byte {
	b := cryptobyte.NewBuilder(make([]byte, 0, len(algorithm)+len(private)+24))
	b.AddASN1(asn1.SEQUENCE, func(b *cryptobyte.Builder) {
		b.AddASN1Uint64(0)
		b.AddBytes(algorithm)
		b.AddASN1OctetString(private)
	})
	return b.BytesOrPanic()
}
