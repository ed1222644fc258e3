package text_test

import (
	"bytes"
	"crypto/elliptic"
	"crypto/sha256"
	"encoding/asn1"
	"encoding/hex"
	"strconv"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"

	"github.com/certloupe/certloupe/certparse"
)

// Certificates for the tests are put together from their parts, because most of
// them are of a kind that no tool would issue. No key and no signature is real:
// a text shows octets and checks nothing.

// tlv is one element: its identifier octet and its content.
func tlv(tag byte, parts ...[]byte) []byte {
	content := bytes.Join(parts, nil)
	n := len(content)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, content...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, content...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, content...)
	}
	return append([]byte{tag, 0x83, byte(n >> 16), byte(n >> 8), byte(n)}, content...)
}

func seq(parts ...[]byte) []byte { return tlv(0x30, parts...) }

func str(tag byte, s string) []byte { return tlv(tag, []byte(s)) }

func utf8String(s string) []byte { return str(0x0c, s) }

func integer(b ...byte) []byte { return tlv(0x02, b) }

func octets(b []byte) []byte { return tlv(0x04, b) }

func bits(b ...byte) []byte { return tlv(0x03, b) }

func oid(dotted string) []byte {
	var id asn1.ObjectIdentifier
	for arc := range strings.SplitSeq(dotted, ".") {
		n, err := strconv.Atoi(arc)
		if err != nil {
			panic(err)
		}
		id = append(id, n)
	}
	der, err := asn1.Marshal(id)
	if err != nil {
		panic(err)
	}
	return der
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// noise is n octets that are always the same and have no zero at their ends.
func noise(seed string, n int) []byte {
	var b []byte
	for sum := sha256.Sum256([]byte(seed)); len(b) < n; sum = sha256.Sum256(sum[:]) {
		b = append(b, sum[:]...)
	}
	b = b[:n]
	b[0] |= 0x80
	b[n-1] |= 1
	return b
}

// attribute is an RDN with one attribute.
func attribute(id string, value []byte) []byte {
	return tlv(0x31, seq(oid(id), value))
}

func commonName(cn string) []byte { return seq(attribute("2.5.4.3", utf8String(cn))) }

// ext is an extension.
func ext(id string, critical bool, value []byte) []byte {
	if critical {
		return seq(oid(id), tlv(0x01, []byte{0xff}), octets(value))
	}
	return seq(oid(id), octets(value))
}

var (
	null          = []byte{5, 0}
	sha256WithRSA = seq(oid("1.2.840.113549.1.1.11"), null)
	ecdsaSHA256   = seq(oid("1.2.840.10045.4.3.2"))
	sm2WithSM3    = seq(oid("1.2.156.10197.1.501"))
)

// spki is a SubjectPublicKeyInfo.
func spki(algorithm, key []byte) []byte { return seq(algorithm, bits(append([]byte{0}, key...)...)) }

func rsaKey(octets int) []byte {
	modulus := append([]byte{0}, noise("modulus", octets)...)
	return spki(seq(oid("1.2.840.113549.1.1.1"), null), seq(integer(modulus...), integer(1, 0, 1)))
}

// curvePoint is k times the curve's base point, uncompressed.
func curvePoint(curve elliptic.Curve, k int) []byte {
	x, y := curve.ScalarBaseMult([]byte{byte(k >> 8), byte(k)})
	return elliptic.Marshal(curve, x, y)
}

func curveKey(curve string, point []byte) []byte {
	return spki(seq(oid("1.2.840.10045.2.1"), oid(curve)), point)
}

func p256Key() []byte {
	return curveKey("1.2.840.10045.3.1.7", curvePoint(elliptic.P256(), 1))
}

func sm2Key() []byte { return curveKey("1.2.156.10197.1.301", curvePoint(sm2.P256(), 1)) }

func dates(from, to string) []byte { return seq(str(0x17, from), str(0x17, to)) }

// parts are the fields of a certificate as DER. Those that are nil are filled in.
type parts struct {
	version, serial, inner, issuer, validity, subject, key, uniqueIDs []byte
	extensions                                                        [][]byte
	algorithm, signature                                              []byte
}

func (p parts) der() []byte {
	fill := func(field *[]byte, der []byte) {
		if *field == nil {
			*field = der
		}
	}
	fill(&p.version, tlv(0xa0, integer(2)))
	fill(&p.serial, integer(0x32, 0xd2))
	fill(&p.algorithm, sha256WithRSA)
	fill(&p.inner, p.algorithm)
	fill(&p.issuer, commonName("Example CA"))
	fill(&p.validity, dates("240102030405Z", "340102030405Z"))
	fill(&p.subject, commonName("example.com"))
	fill(&p.key, rsaKey(256))
	fill(&p.signature, bits(append([]byte{0}, noise("signature", 71)...)...))
	var extensions []byte
	if p.extensions != nil {
		extensions = tlv(0xa3, seq(p.extensions...))
	}
	tbs := seq(p.version, p.serial, p.inner, p.issuer, p.validity, p.subject, p.key, p.uniqueIDs, extensions)
	return seq(tbs, p.algorithm, p.signature)
}

func parse(t testing.TB, der []byte) *certparse.Certificate {
	t.Helper()
	c, err := certparse.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// The three certificates with a golden text.

func rsaLeaf() parts {
	return parts{
		issuer: seq(attribute("2.5.4.6", str(0x13, "CN")), attribute("2.5.4.10", utf8String("Certloupe TEST ONLY")), attribute("2.5.4.3", utf8String("Example CA"))),
		subject: seq(attribute("2.5.4.6", str(0x13, "CN")), attribute("2.5.4.8", utf8String("广东")), attribute("2.5.4.10", utf8String("Example")),
			attribute("2.5.4.3", utf8String("apigtest.example.com"))),
		extensions: [][]byte{
			ext("2.5.29.15", true, bits(5, 0xa0)),
			ext("2.5.29.37", false, seq(oid("1.3.6.1.5.5.7.3.1"), oid("1.3.6.1.5.5.7.3.2"))),
			ext("2.5.29.19", true, seq()),
			ext("2.5.29.14", false, octets(noise("key", 20))),
			ext("2.5.29.35", false, seq(tlv(0x80, noise("issuer key", 20)))),
			ext("2.5.29.17", false, seq(str(0x82, "apigtest.example.com"), str(0x82, "*.san.com"))),
			ext("2.5.29.31", false, seq(seq(tlv(0xa0, tlv(0xa0, str(0x86, "http://crl.example.com/ca.crl")))))),
			ext("2.5.29.32", false, seq(seq(oid("2.23.140.1.2.1")))),
			ext("1.3.6.1.5.5.7.1.1", false, seq(
				seq(oid("1.3.6.1.5.5.7.48.1"), str(0x86, "http://ocsp.example.com")),
				seq(oid("1.3.6.1.5.5.7.48.2"), str(0x86, "http://ca.example.com/ca.cer")))),
		},
		signature: bits(append([]byte{0}, noise("signature", 256)...)...),
	}
}

func ecdsaCA() parts {
	return parts{
		algorithm: ecdsaSHA256,
		issuer:    commonName("Example Root"),
		subject:   seq(attribute("2.5.4.10", utf8String("Example")), attribute("2.5.4.3", utf8String("Example CA"))),
		key:       p256Key(),
		extensions: [][]byte{
			ext("2.5.29.15", true, bits(1, 0x06)),
			ext("2.5.29.19", true, seq(tlv(0x01, []byte{0xff}), integer(0))),
			ext("2.5.29.14", false, octets(noise("key", 20))),
			ext("2.5.29.32", false, seq(seq(oid("2.5.29.32.0")))),
			ext("1.3.6.1.4.1.41482.3.3", false, []byte{5, 4, 3}),
			ext("1.3.6.1.4.1.57264.1.3", false, []byte("6dcb09b5b57875f334f61aebed695e2e4193db5e")),
		},
	}
}

func sm2Certificate() parts {
	return parts{
		algorithm: sm2WithSM3,
		issuer:    seq(attribute("2.5.4.6", str(0x13, "CN")), attribute("2.5.4.3", utf8String("Example SM2 CA"))),
		subject:   seq(attribute("2.5.4.6", str(0x13, "CN")), attribute("2.5.4.3", utf8String("SM2 device"))),
		key:       sm2Key(),
		extensions: [][]byte{
			ext("2.5.29.15", true, bits(6, 0xc0)),
			ext("2.5.29.35", false, seq(
				tlv(0x80, noise("issuer key", 20)),
				tlv(0xa1, tlv(0xa4, commonName("Example Root"))),
				tlv(0x82, []byte{1, 2, 3}))),
		},
	}
}
