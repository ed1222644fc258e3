package forge

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file writes DER, and on request what is not quite DER.

// The tags of the two kinds of time.
const (
	TagGeneralizedTime = 0x18
	TagUTCTime         = 0x17
)

// TLV is an element with the given tag around the parts.
func TLV(tag byte, parts ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.Tag(tag), func(b *cryptobyte.Builder) {
		for _, p := range parts {
			b.AddBytes(p)
		}
	})
	return b.BytesOrPanic()
}

// Sequence is a SEQUENCE.
func Sequence(parts ...[]byte) []byte { return TLV(0x30, parts...) }

// Octets is an OCTET STRING.
func Octets(parts ...[]byte) []byte { return TLV(0x04, parts...) }

// Explicit is the context-specific tag n around whole elements.
func Explicit(n byte, parts ...[]byte) []byte { return TLV(0xa0|n, parts...) }

// Implicit is the context-specific tag n in place of a primitive element's own.
func Implicit(n byte, content ...byte) []byte { return TLV(0x80|n, content) }

// Integer is an INTEGER with the given content, minimal or not.
func Integer(content ...byte) []byte { return TLV(0x02, content) }

// Enumerated is an ENUMERATED.
func Enumerated(n byte) []byte { return TLV(0x0a, []byte{n}) }

// Boolean is a BOOLEAN with the given content, of which DER allows 0 and 0xff.
func Boolean(content byte) []byte { return TLV(0x01, []byte{content}) }

// Null is a NULL.
func Null() []byte { return []byte{0x05, 0} }

// Bits is a BIT STRING of which the last bits are unused.
func Bits(unused byte, content ...byte) []byte { return TLV(0x03, []byte{unused}, content) }

// OID is an OBJECT IDENTIFIER.
func OID(dotted string) []byte {
	var content []byte
	for i, part := range strings.Split(dotted, ".") {
		n := must(strconv.ParseUint(part, 10, 64))
		switch i {
		case 0:
			content = []byte{byte(40 * n)}
			continue
		case 1:
			content[0] += byte(n)
			continue
		}
		arc := []byte{byte(n & 0x7f)}
		for n >>= 7; n > 0; n >>= 7 {
			arc = append([]byte{0x80 | byte(n&0x7f)}, arc...)
		}
		content = append(content, arc...)
	}
	return TLV(0x06, content)
}

// Algorithm is an AlgorithmIdentifier.
func Algorithm(dotted string, parameters ...[]byte) []byte {
	return Sequence(append([][]byte{OID(dotted)}, parameters...)...)
}

// GeneralizedTime is a time in the form that OCSP demands.
func GeneralizedTime(t time.Time) []byte {
	return TLV(TagGeneralizedTime, []byte(t.UTC().Format("20060102150405Z")))
}

// UTCTime is a time until 2049 in the form of certificates and CRLs.
func UTCTime(t time.Time) []byte { return TLV(TagUTCTime, []byte(t.UTC().Format("060102150405Z"))) }

// CommonName is a distinguished name with one attribute.
func CommonName(cn string) []byte {
	return Sequence(TLV(0x31, Sequence(OID("2.5.4.3"), TLV(0x0c, []byte(cn)))))
}

// Extension is an extension; Value is the content of its OCTET STRING.
type Extension struct {
	OID      string
	Critical bool
	Value    []byte
}

// DER is the Extension.
func (x Extension) DER() []byte {
	if x.Critical {
		return Sequence(OID(x.OID), Boolean(0xff), Octets(x.Value))
	}
	return Sequence(OID(x.OID), Octets(x.Value))
}

// Extensions is the list of extensions.
func Extensions(xs []Extension) []byte {
	var list [][]byte
	for _, x := range xs {
		list = append(list, x.DER())
	}
	return Sequence(list...)
}

// Ext makes an extension.
func Ext(oid string, critical bool, value []byte) Extension { return Extension{oid, critical, value} }

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
