package certparse

import (
	"bytes"
	"encoding/binary"
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"
	"golang.org/x/text/unicode/norm"
)

// This file compares distinguished names, after the string preparation of RFC
// 4518. It is the one place in the library that does.

// maxAttributes is how many attributes one relative distinguished name may have
// to be compared other than by its bytes.
const maxAttributes = 32

// NameFromDER returns the distinguished name with the given DER, which need not be
// sound. The name keeps der, which must not be changed afterwards.
func NameFromDER(der []byte) Name { return Name{der} }

// Equal reports whether both are the same distinguished name, RFC 5280, Section
// 7.1: attribute by attribute, text without regard to case, to the type of string
// that it is written in, and to superfluous blanks. Names or values that cannot be
// decoded are the same only if their bytes are.
func (n Name) Equal(o Name) bool {
	return bytes.Equal(n.raw, o.raw) || compareNames(n.raw, o.raw, false)
}

// Within reports whether the name stands in the subtree below base, which it may
// be itself (RFC 5280, Section 4.2.1.10).
func (n Name) Within(base Name) bool { return compareNames(n.raw, base.raw, true) }

// Canonical returns a form of the name, for use as a key, that two names share
// exactly if they are the same for [Name.Equal]. It is not good for showing.
func (n Name) Canonical() string {
	out := make([]byte, 0, len(n.raw)+len(n.raw)/4)
	var rdns cryptobyte.String
	in := cryptobyte.String(n.raw)
	if !in.ReadASN1(&rdns, asn1.SEQUENCE) {
		return "!" + string(n.raw) // Only the same bytes are the same name.
	}
	for !rdns.Empty() {
		var rdn cryptobyte.String
		if !rdns.ReadASN1(&rdn, asn1.SET) {
			return "!" + string(n.raw)
		}
		out = appendCanonicalRDN(out, rdn)
	}
	return string(out)
}

// appendCanonicalRDN appends a set of attributes, sorted. Every part is preceded
// by its length, so that no two sets look the same.
func appendCanonicalRDN(out []byte, rdn cryptobyte.String) []byte {
	var list [maxAttributes]cryptobyte.String
	n, ok := splitSet(rdn, &list)
	if !ok {
		return appendPart(append(out, '='), rdn)
	}
	if n == 1 {
		return appendPart(append(out, 1), canonicalAttribute(list[0]))
	}
	parts := make([][]byte, n)
	for i := range parts {
		parts[i] = canonicalAttribute(list[i])
	}
	slices.SortFunc(parts, bytes.Compare)
	out = append(out, byte(n))
	for _, p := range parts {
		out = appendPart(out, p)
	}
	return out
}

func appendPart(out, part []byte) []byte {
	return append(binary.AppendUvarint(out, uint64(len(part))), part...)
}

// canonicalAttribute returns type and prepared value, or all bytes of an
// attribute whose value is not compared as text.
func canonicalAttribute(a cryptobyte.String) []byte {
	in := a
	var id, value cryptobyte.String
	var tag asn1.Tag
	if in.ReadASN1(&id, asn1.OBJECT_IDENTIFIER) && in.ReadAnyASN1(&value, &tag) && in.Empty() {
		var buf [96]byte
		if text, ok := prepareString(buf[:0], byte(tag), value); ok {
			return append(appendPart([]byte{'~'}, id), text...)
		}
	}
	return append([]byte{'='}, a...)
}

// compareNames reports whether a starts with all parts of b and, unless below is
// allowed, has no others.
func compareNames(a, b []byte, below bool) bool {
	var as, bs cryptobyte.String
	ain, bin := cryptobyte.String(a), cryptobyte.String(b)
	if !ain.ReadASN1(&as, asn1.SEQUENCE) || !bin.ReadASN1(&bs, asn1.SEQUENCE) {
		return false
	}
	for !bs.Empty() {
		var x, y cryptobyte.String
		if !as.ReadASN1(&x, asn1.SET) || !bs.ReadASN1(&y, asn1.SET) || !sameRDN(x, y) {
			return false
		}
	}
	return below || as.Empty()
}

// sameRDN compares two sets of attributes, each given without its tag.
func sameRDN(x, y cryptobyte.String) bool {
	if bytes.Equal(x, y) {
		return true
	}
	var a, b cryptobyte.String
	if in, jn := x, y; in.ReadASN1(&a, asn1.SEQUENCE) && in.Empty() && jn.ReadASN1(&b, asn1.SEQUENCE) && jn.Empty() {
		return sameAttribute(a, b) // as nearly always
	}
	return sameAttributes(x, y)
}

// sameAttributes compares two sets of attributes in any order.
func sameAttributes(x, y cryptobyte.String) bool {
	var xs, ys [maxAttributes]cryptobyte.String
	n, ok := splitSet(x, &xs)
	m, ok2 := splitSet(y, &ys)
	if !ok || !ok2 || n != m {
		return false
	}
	var taken [maxAttributes]bool
next:
	for i := range n {
		for k := range n {
			if !taken[k] && sameAttribute(xs[i], ys[k]) {
				taken[k] = true
				continue next
			}
		}
		return false
	}
	return true
}

// splitSet takes a set of attributes apart.
func splitSet(set cryptobyte.String, into *[maxAttributes]cryptobyte.String) (n int, ok bool) {
	for n = 0; !set.Empty(); n++ {
		if n == maxAttributes || !set.ReadASN1(&into[n], asn1.SEQUENCE) {
			return 0, false
		}
	}
	return n, n > 0
}

// sameAttribute compares two pairs of type and value.
func sameAttribute(x, y cryptobyte.String) bool {
	if bytes.Equal(x, y) {
		return true
	}
	var xid, yid, xv, yv cryptobyte.String
	var xtag, ytag asn1.Tag
	if !x.ReadASN1(&xid, asn1.OBJECT_IDENTIFIER) || !y.ReadASN1(&yid, asn1.OBJECT_IDENTIFIER) || !bytes.Equal(xid, yid) ||
		!x.ReadAnyASN1(&xv, &xtag) || !y.ReadAnyASN1(&yv, &ytag) || !x.Empty() || !y.Empty() {
		return false
	}
	var xbuf, ybuf [96]byte
	xs, ok := prepareString(xbuf[:0], byte(xtag), xv)
	ys, ok2 := prepareString(ybuf[:0], byte(ytag), yv)
	return ok && ok2 && bytes.Equal(xs, ys)
}

// prepareString appends the prepared form of a value of the given type to dst. It
// returns false for what cannot be compared as text.
func prepareString(dst []byte, tag byte, b []byte) ([]byte, bool) {
	switch tag {
	case tagPrintableString, tagIA5String, tagNumericString, tagVisibleString:
		// Characters that the type does not allow do not matter, other bytes do.
		if !isASCII(b) {
			return nil, false
		}
		return prepareASCII(dst, b), true
	case tagUTF8String, tagT61String:
		if isASCII(b) {
			return prepareASCII(dst, b), true
		}
	case tagBMPString, tagUniversalString:
	default:
		return nil, false
	}
	if !wellEncoded(tag, b) {
		return nil, false
	}
	return prepareText(dst, decodeString(tag, b, nil))
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// prepareASCII is prepareText for text that needs no tables.
func prepareASCII(dst, b []byte) []byte {
	start := len(dst)
	for _, c := range b {
		switch {
		case c == ' ' || '\t' <= c && c <= '\r':
			if n := len(dst); n > start && dst[n-1] != ' ' {
				dst = append(dst, ' ')
			}
		case c < ' ' || c == 0x7f: // mapped to nothing
		case 'A' <= c && c <= 'Z':
			dst = append(dst, c|0x20)
		default:
			dst = append(dst, c)
		}
	}
	if n := len(dst); n > start && dst[n-1] == ' ' {
		dst = dst[:n-1]
	}
	return dst
}

// prepareText is the string preparation of RFC 4518, Section 2, for matching
// without regard to case: characters are mapped, folded and normalized, and
// blanks that mean nothing removed. Folding works on decomposed text, which
// covers the letters whose folded form is several letters.
func prepareText(dst []byte, text string) ([]byte, bool) {
	mapped := make([]byte, 0, 2*len(text))
	for _, r := range text {
		if r, keep := mapRune(r); keep {
			mapped = utf8.AppendRune(mapped, r)
		}
	}
	folded := make([]byte, 0, len(mapped)+8)
	for _, r := range string(norm.NFKD.Bytes(mapped)) {
		switch r {
		case 'ß', 'ẞ':
			folded = append(folded, "ss"...)
		default:
			folded = utf8.AppendRune(folded, unicode.ToLower(unicode.ToUpper(r)))
		}
	}
	start := len(dst)
	for _, r := range string(norm.NFKC.Bytes(folded)) {
		switch {
		case prohibited(r):
			return nil, false
		case r == ' ':
			if n := len(dst); n > start && dst[n-1] != ' ' {
				dst = append(dst, ' ')
			}
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	if n := len(dst); n > start && dst[n-1] == ' ' {
		dst = dst[:n-1]
	}
	return dst, true
}

// mapRune is RFC 4518, Section 2.2: controls and characters without a meaning of
// their own vanish, every kind of space is a space.
func mapRune(r rune) (rune, bool) {
	switch {
	case '\t' <= r && r <= '\r', r == 0x85, unicode.In(r, unicode.Zs, unicode.Zl, unicode.Zp):
		return ' ', true
	case r < ' ', 0x7f <= r && r < 0xa0, r == 0xad, r == 0x34f, r == 0x1806, 0x180b <= r && r <= 0x180e,
		0xfe00 <= r && r <= 0xfe0f, r == 0xfffc, unicode.Is(unicode.Cf, r):
		return 0, false
	}
	return r, true
}

// prohibited is RFC 4518, Section 2.4: text with such characters is not compared.
func prohibited(r rune) bool {
	return r == utf8.RuneError || unicode.Is(unicode.Co, r) || r&0xfffe == 0xfffe || 0xfdd0 <= r && r <= 0xfdef
}
