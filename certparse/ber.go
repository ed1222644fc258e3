package certparse

import "slices"

// This file reads BER, ITU-T X.690, where it stands in place of DER. Containers may
// be BER by their standards (RFC 5652, RFC 7292), and OpenSSL, Java and Windows
// make use of that: lengths of the indefinite form, and strings in several
// pieces, because they write while they encrypt. Certificates must be DER.

// maxBERDepth is how deep elements may be nested. Certificates and containers
// have about fifteen levels.
const maxBERDepth = 32

// berElement is one element: whole with its tag and length, content without them
// and without the octets that end an indefinite length. The tag is as it stands in
// one byte, however it is written.
type berElement struct {
	tag            byte
	whole, content []byte
}

// berNext reads the element that b starts with, and returns what follows it.
func berNext(b []byte) (e berElement, rest []byte, ok bool) {
	tag, body, size, ok := tagLength(b)
	if !ok || tag == 0 { // Only the end of an indefinite length has the tag 0.
		return e, nil, false
	}
	end, next := body+size, body+size
	if size < 0 {
		if end = berEnd(b, body, maxBERDepth); end < 0 {
			return e, nil, false
		}
		next = end + 2
	}
	if next > len(b) {
		return e, nil, false
	}
	return berElement{tag, b[:next:next], b[body:end:end]}, b[next:], true
}

// berEnd returns where the content of the element that starts with b ends, if its
// length has the indefinite form: at the two zero bytes after its last child. It
// is -1 if there is no such place.
func berEnd(b []byte, pos, depth int) int {
	if b[0]&0x20 == 0 || depth == 0 {
		return -1
	}
	for pos+2 <= len(b) {
		if b[pos] == 0 && b[pos+1] == 0 {
			return pos
		}
		tag, body, size, ok := tagLength(b[pos:])
		if !ok || tag == 0 {
			return -1
		}
		if size < 0 {
			end := berEnd(b[pos:], body, depth-1)
			if end < 0 {
				return -1
			}
			body, size = end, 2
		}
		if size > len(b)-pos-body {
			return -1
		}
		pos += body + size
	}
	return -1
}

// berReader walks over elements that follow each other.
type berReader struct{ rest []byte }

// next returns the next element if it has the given tag.
func (r *berReader) next(tag byte) (e berElement, ok bool) {
	if r.tag() != tag {
		return e, false
	}
	return r.any()
}

// any returns the next element.
func (r *berReader) any() (e berElement, ok bool) {
	e, rest, ok := berNext(r.rest)
	if ok {
		r.rest = rest
	}
	return e, ok
}

// tag is the next element's tag, or 0 at the end; no element has that tag.
func (r *berReader) tag() byte { return shortTag(r.rest) }

// inside walks over the elements inside e.
func (e berElement) inside() berReader { return berReader{e.content} }

// octets returns the content of a string that may be in pieces, which primitive
// is the tag of when it is in one piece.
func (e berElement) octets(primitive byte) ([]byte, bool) {
	switch e.tag {
	case primitive:
		return e.content, true
	case primitive | 0x20:
		return appendPieces(nil, e.content, maxBERDepth)
	}
	return nil, false
}

// appendPieces appends the pieces of an OCTET STRING, ITU-T X.690, Section 8.7.3.
func appendPieces(dst, content []byte, depth int) ([]byte, bool) {
	if depth == 0 {
		return nil, false
	}
	for r := (berReader{content}); len(r.rest) > 0; {
		e, ok := r.any()
		switch {
		case ok && e.tag == tagOctetString:
			dst = append(dst, e.content...)
		case ok && e.tag == tagOctetString|0x20:
			if dst, ok = appendPieces(dst, e.content, depth-1); !ok {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return dst, true
}

// berConverter rewrites BER as DER, as far as tags, lengths and the pieces of
// strings go. It notes where it first met what DER does not allow, as offsets plus one.
type berConverter struct {
	in                                      []byte
	indefinite, pieces, notMinimal, longTag int
}

// berToDER rewrites the one element that data consists of. Values and their order
// stay as they are, so sets are not sorted and numbers not shortened.
func berToDER(data []byte) (der []byte, c berConverter, ok bool) {
	c.in = data
	der, end, ok := c.element(make([]byte, 0, len(data)+8), 0, len(data), maxBERDepth)
	return der, c, ok && end == len(data)
}

// first notes an offset unless there was one before.
func first(offset *int, pos int) {
	if *offset == 0 {
		*offset = pos + 1
	}
}

// element appends the element at pos and returns where it ends.
func (c *berConverter) element(dst []byte, pos, limit, depth int) (out []byte, end int, ok bool) {
	e, _, ok := berNext(c.in[pos:limit])
	if !ok || depth == 0 {
		return nil, 0, false
	}
	_, lengthAt := readTag(e.whole)
	if lengthAt > 1 {
		first(&c.longTag, pos)
	}
	body := lengthAt + 1
	if e.whole[lengthAt] == 0x80 {
		first(&c.indefinite, pos)
	} else {
		body = len(e.whole) - len(e.content)
		if body-lengthAt > lengthOctets(len(e.content)) {
			first(&c.notMinimal, pos)
		}
	}
	end = pos + len(e.whole)
	if e.tag&0x20 == 0 {
		return appendTLV(dst, e.tag, e.content), end, true
	}
	begin, tag := len(dst), e.tag
	if isStringInPieces(tag) {
		first(&c.pieces, pos)
		tag &^= 0x20
		if dst, ok = c.string(dst, tag, e.content); !ok {
			return nil, 0, false
		}
	} else {
		for at, stop := pos+body, pos+body+len(e.content); at < stop; {
			if dst, at, ok = c.element(dst, at, stop, depth-1); !ok {
				return nil, 0, false
			}
		}
	}
	return slices.Insert(dst, begin, appendLength([]byte{tag}, len(dst)-begin)...), end, true
}

// string appends the content of a string in pieces.
func (c *berConverter) string(dst []byte, tag byte, content []byte) ([]byte, bool) {
	if tag != tagBitString {
		return appendPieces(dst, content, maxBERDepth)
	}
	unused := len(dst)
	return appendBits(append(dst, 0), unused, content, maxBERDepth)
}

// appendBits appends the pieces of a BIT STRING, ITU-T X.690, Section 8.6.4. The
// number of unused bits stands in front of each piece; only in the last it may be
// other than zero. That of the whole is at unused.
func appendBits(dst []byte, unused int, content []byte, depth int) ([]byte, bool) {
	if depth == 0 {
		return nil, false
	}
	for r := (berReader{content}); len(r.rest) > 0; {
		e, ok := r.any()
		switch {
		case !ok || dst[unused] != 0:
			return nil, false
		case e.tag == tagBitString && len(e.content) > 0:
			dst[unused] = e.content[0]
			dst = append(dst, e.content[1:]...)
		case e.tag == tagBitString|0x20:
			if dst, ok = appendBits(dst, unused, e.content, depth-1); !ok {
				return nil, false
			}
		default:
			return nil, false
		}
	}
	return dst, true
}

// isStringInPieces reports whether the tag is that of a string or a time in the
// constructed form. Only tags of the universal class say what they are.
func isStringInPieces(tag byte) bool {
	switch tag &^ 0x20 {
	case tagBitString, tagOctetString, tagUTF8String, tagNumericString, tagPrintableString, tagT61String,
		tagIA5String, tagUTCTime, tagGeneralizedTime, tagVisibleString, tagUniversalString, tagBMPString:
		return tag&0x20 != 0
	}
	return false
}

// lengthOctets is how many bytes a length has in DER.
func lengthOctets(n int) int {
	var room [8]byte
	return len(appendLength(room[:0], n))
}

// appendTLV appends an element in DER.
func appendTLV(dst []byte, tag byte, content []byte) []byte {
	return append(appendLength(append(dst, tag), len(content)), content...)
}

// appendLength appends a length in DER.
func appendLength(dst []byte, n int) []byte {
	switch {
	case n < 0x80:
		return append(dst, byte(n))
	case n < 1<<8:
		return append(dst, 0x81, byte(n))
	case n < 1<<16:
		return append(dst, 0x82, byte(n>>8), byte(n))
	case n < 1<<24:
		return append(dst, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(dst, 0x84, byte(n>>24), byte(n>>16), byte(n>>8), byte(n))
}
