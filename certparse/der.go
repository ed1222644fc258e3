package certparse

import (
	"github.com/certloupe/certloupe/finding"
)

// This file reads DER for the certificate parser. Everything that is found is a
// span, an offset and a length into the certificate's own bytes, so a parsed
// certificate has no pointers for the garbage collector to follow and nothing is
// copied or decoded before somebody asks for it.
//
// The reader is lenient: a length that is longer than it need be is noted and
// read all the same. Only what leaves no way to go on (a length past the end, a
// form that DER does not have) stops it.

// ASN.1 tags as they stand in the identifier byte.
const (
	tagBoolean         = 0x01
	tagInteger         = 0x02
	tagBitString       = 0x03
	tagOctetString     = 0x04
	tagNull            = 0x05
	tagOID             = 0x06
	tagEnumerated      = 0x0a
	tagUTF8String      = 0x0c
	tagNumericString   = 0x12
	tagPrintableString = 0x13
	tagT61String       = 0x14
	tagIA5String       = 0x16
	tagUTCTime         = 0x17
	tagGeneralizedTime = 0x18
	tagVisibleString   = 0x1a
	tagUniversalString = 0x1c
	tagBMPString       = 0x1e
	tagSequence        = 0x30
	tagSet             = 0x31
)

// contextTag is the identifier byte of context-specific tag n, primitive.
func contextTag(n byte) byte { return 0x80 | n }

// contextConstructed is the identifier byte of context-specific tag n, constructed.
func contextConstructed(n byte) byte { return 0xa0 | n }

// span is a part of a DER encoding.
type span struct{ off, len uint32 }

func (s span) of(der []byte) []byte { return der[s.off : s.off+s.len : s.off+s.len] }

func (s span) end() uint32 { return s.off + s.len }

// element is one tag-length-value: start is where the tag stands, [body, end) is the content.
type element struct {
	tag              byte
	start, body, end uint32
}

// content is the element's value, without tag and length.
func (e element) content() span { return span{e.body, e.end - e.body} }

// whole is the element with its tag and length.
func (e element) whole() span { return span{e.start, e.end - e.start} }

// SyntaxError says where and why bytes could not be read as what they should be.
type SyntaxError struct {
	// Code is the finding that fits.
	Code finding.Code
	// Offset is the offset in the DER, from zero.
	Offset int
	// Problem says what was wrong, for a person.
	Problem string
}

func (e *SyntaxError) Error() string { return "certparse: " + e.Problem }

// Finding returns the finding that says the same, at the given place.
func (e *SyntaxError) Finding(where finding.Where) finding.Finding {
	where.DERByte = finding.At(e.Offset)
	return finding.New(e.Code, where, finding.Str("problem", e.Problem))
}

// derReader walks over DER. It keeps the first problem that it could not read
// past, and calls note for what it could.
type derReader struct {
	der []byte
	// longLength is the offset of the first length that is not minimal, plus one.
	longLength uint32
	// problem is the reason why read last failed, at offset problemAt.
	problem   string
	problemAt uint32
	// indefinite says that the problem is a length in the indefinite form.
	indefinite bool
}

// read reads the element at pos, which must end at or before limit. If it
// returns false, the reason is in r.problem.
func (r *derReader) read(pos, limit uint32) (element, bool) {
	if pos+2 <= limit {
		tag, n := r.der[pos], r.der[pos+1]
		if n < 0x80 && tag&0x1f != 0x1f {
			if end := pos + 2 + uint32(n); end <= limit {
				return element{tag, pos, pos + 2, end}, true
			}
		}
	}
	return r.readLong(pos, limit)
}

func (r *derReader) readLong(pos, limit uint32) (element, bool) {
	if pos+2 > limit {
		return r.fail(pos, "an element is missing or cut off")
	}
	tag, n := r.der[pos], uint32(r.der[pos+1])
	if tag&0x1f == 0x1f {
		return r.fail(pos, "a tag number above 30 stands where none is expected")
	}
	body := pos + 2
	if n == 0x80 {
		r.indefinite = true
		return r.fail(pos, "a length has the indefinite form, which DER does not allow")
	}
	if n > 0x80 {
		octets := n & 0x7f
		if body+octets > limit {
			return r.fail(pos, "a length is cut off")
		}
		n = 0
		for i := range octets {
			if n >= 1<<23 {
				return r.fail(pos, "a length is absurdly large")
			}
			n = n<<8 | uint32(r.der[body+i])
		}
		if n < 0x80 || octets > 4 || n < 1<<(8*(octets-1)) {
			if r.longLength == 0 {
				r.longLength = pos + 2
			}
		}
		body += octets
	}
	if n > limit-body {
		return r.fail(pos, "an element is longer than what contains it")
	}
	return element{tag, pos, body, body + n}, true
}

func (r *derReader) fail(pos uint32, problem string) (element, bool) {
	r.problem, r.problemAt = problem, pos
	return element{}, false
}

// expect is read for an element that must have the given tag.
func (r *derReader) expect(pos, limit uint32, tag byte) (element, bool) {
	if pos+2 <= limit && r.der[pos] == tag {
		if n := r.der[pos+1]; n < 0x80 {
			if end := pos + 2 + uint32(n); end <= limit {
				return element{tag, pos, pos + 2, end}, true
			}
		}
	}
	e, ok := r.readLong(pos, limit)
	if ok && e.tag != tag {
		return r.fail(pos, "an element has another type than the standard gives it")
	}
	return e, ok
}

// syntaxError is the last problem as an error.
func (r *derReader) syntaxError(what string) *SyntaxError {
	code := finding.Code("der-malformed")
	if r.indefinite {
		code = "der-indefinite-length"
	}
	return &SyntaxError{Code: code, Offset: int(r.problemAt), Problem: what + ": " + r.problem}
}

// isIntegerMinimal reports whether the content octets of an INTEGER are as few as possible.
func isIntegerMinimal(b []byte) bool {
	if len(b) < 2 {
		return len(b) == 1
	}
	return !(b[0] == 0 && b[1] < 0x80 || b[0] == 0xff && b[1] >= 0x80)
}

// smallInteger is the value of the content octets of an INTEGER that fits into 31 bits and is not negative.
func smallInteger(b []byte) (int, bool) {
	if len(b) == 0 || b[0] >= 0x80 {
		return 0, false
	}
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	if len(b) > 4 || len(b) == 4 && b[0] >= 0x80 {
		return 0, false
	}
	n := 0
	for _, c := range b {
		n = n<<8 | int(c)
	}
	return n, true
}
