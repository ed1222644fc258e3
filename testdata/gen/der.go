package main

import (
	"strconv"
	"strings"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
)

// This file writes DER, and on request what is not quite DER: every function
// takes the content as it shall stand, so that a case can put anything anywhere.

// Tags that have no function of their own.
const (
	tagUTF8      = 0x0c
	tagPrintable = 0x13
	tagTeletex   = 0x14
	tagIA5       = 0x16
	tagUTC       = 0x17
	tagGeneral   = 0x18
)

// tlv is one element whose content is that of the parts, one after the other.
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

func set(parts ...[]byte) []byte { return tlv(0x31, parts...) }

func octets(parts ...[]byte) []byte { return tlv(0x04, parts...) }

// explicit is the context-specific tag n around whole elements.
func explicit(n byte, parts ...[]byte) []byte { return tlv(0xa0|n, parts...) }

// implicit is the context-specific tag n in place of a primitive element's own.
func implicit(n byte, content ...byte) []byte { return tlv(0x80|n, content) }

// integer is an INTEGER with the given content octets.
func integer(content ...byte) []byte { return tlv(0x02, content) }

func number(n int64) []byte {
	var b cryptobyte.Builder
	b.AddASN1Int64(n)
	return b.BytesOrPanic()
}

func boolean(content byte) []byte { return tlv(0x01, []byte{content}) }

func null() []byte { return []byte{0x05, 0} }

// bits is a BIT STRING whose last byte has the given number of unused bits.
func bits(unused byte, content ...byte) []byte { return tlv(0x03, []byte{unused}, content) }

func text(tag byte, s string) []byte { return tlv(tag, []byte(s)) }

// oid is an OBJECT IDENTIFIER in dotted form.
func oid(dotted string) []byte {
	var arcs []uint64
	for part := range strings.SplitSeq(dotted, ".") {
		n, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			panic(err)
		}
		arcs = append(arcs, n)
	}
	content := base128(40*arcs[0] + arcs[1])
	for _, n := range arcs[2:] {
		content = append(content, base128(n)...)
	}
	return tlv(0x06, content)
}

func base128(n uint64) []byte {
	b := []byte{byte(n & 0x7f)}
	for n >>= 7; n > 0; n >>= 7 {
		b = append([]byte{0x80 | byte(n&0x7f)}, b...)
	}
	return b
}

// algorithm is an AlgorithmIdentifier.
func algorithm(dotted string, parameters ...[]byte) []byte {
	return sequence(append([][]byte{oid(dotted)}, parameters...)...)
}

// content is what stands inside an element, without its tag and length.
func content(element []byte) []byte {
	s := cryptobyte.String(element)
	var inner cryptobyte.String
	var tag asn1.Tag
	if !s.ReadAnyASN1(&inner, &tag) {
		panic("gen: this is not an element")
	}
	return inner
}
