package ocsp_test

import (
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file writes DER for the tests, and on request what is not quite DER.

const (
	tagGeneralizedTime = 0x18
	tagUTCTime         = 0x17
)

func tlv(tag byte, parts ...[]byte) []byte {
	var b cryptobyte.Builder
	b.AddASN1(asn1.Tag(tag), func(b *cryptobyte.Builder) {
		for _, p := range parts {
			b.AddBytes(p)
		}
	})
	return b.BytesOrPanic()
}

func sequence(parts ...[]byte) []byte { return tlv(0x30, parts...) }

func octets(parts ...[]byte) []byte { return tlv(0x04, parts...) }

// explicit is the context-specific tag n around whole elements.
func explicit(n byte, parts ...[]byte) []byte { return tlv(0xa0|n, parts...) }

// implicit is the context-specific tag n in place of a primitive element's own.
func implicit(n byte, content ...byte) []byte { return tlv(0x80|n, content) }

func integer(content ...byte) []byte { return tlv(0x02, content) }

func enumerated(n byte) []byte { return tlv(0x0a, []byte{n}) }

func boolean(content byte) []byte { return tlv(0x01, []byte{content}) }

func null() []byte { return []byte{0x05, 0} }

func bits(unused byte, content ...byte) []byte { return tlv(0x03, []byte{unused}, content) }

func oid(dotted string) []byte {
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
	return tlv(0x06, content)
}

func algorithm(dotted string, parameters ...[]byte) []byte {
	return sequence(append([][]byte{oid(dotted)}, parameters...)...)
}

func generalizedTime(t time.Time) []byte {
	return tlv(tagGeneralizedTime, []byte(t.UTC().Format("20060102150405Z")))
}

func utcTime(t time.Time) []byte { return tlv(tagUTCTime, []byte(t.UTC().Format("060102150405Z"))) }

// commonName is a distinguished name with one attribute.
func commonName(cn string) []byte {
	return sequence(tlv(0x31, sequence(oid("2.5.4.3"), tlv(0x0c, []byte(cn)))))
}

// ext is an extension.
type ext struct {
	oid      string
	critical bool
	value    []byte
}

func (x ext) der() []byte {
	if x.critical {
		return sequence(oid(x.oid), boolean(0xff), octets(x.value))
	}
	return sequence(oid(x.oid), octets(x.value))
}

// extensionList is an Extensions, or nothing if there is none.
func extensionList(xs []ext) []byte {
	var list [][]byte
	for _, x := range xs {
		list = append(list, x.der())
	}
	return sequence(list...)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
