package certparse

import (
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/certloupe/certloupe/internal/safetext"
)

// stringTypeName is the name of an ASN.1 string type, or empty for other types.
func stringTypeName(tag byte) string {
	switch tag {
	case tagUTF8String:
		return "UTF8String"
	case tagPrintableString:
		return "PrintableString"
	case tagIA5String:
		return "IA5String"
	case tagT61String:
		return "TeletexString"
	case tagBMPString:
		return "BMPString"
	case tagUniversalString:
		return "UniversalString"
	case tagNumericString:
		return "NumericString"
	case tagVisibleString:
		return "VisibleString"
	}
	return ""
}

// isText reports whether a value can be decoded as text.
func isText(tag byte, b []byte) bool {
	switch tag {
	case tagBMPString:
		return len(b)%2 == 0
	case tagUniversalString:
		return len(b)%4 == 0
	}
	return stringTypeName(tag) != ""
}

// decodeString turns a value of an ASN.1 string type into text. Of a value that
// is not encoded as its type demands it returns the likeliest reading; of one
// that is no text, # and the hexadecimal digits of whole.
//
// TeletexString is read as ISO 8859-1: that is what those who used it wrote, and
// no reader implements the shift sequences of T.61.
func decodeString(tag byte, b, whole []byte) string {
	if !isText(tag, b) {
		return "#" + hexLower(whole)
	}
	switch tag {
	case tagT61String:
		return latin1(b)
	case tagBMPString:
		units := make([]uint16, len(b)/2)
		for i := range units {
			units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
		}
		return string(utf16.Decode(units))
	case tagUniversalString:
		out := make([]byte, 0, len(b))
		for i := 0; i < len(b); i += 4 {
			out = utf8.AppendRune(out, rune(uint32(b[i])<<24|uint32(b[i+1])<<16|uint32(b[i+2])<<8|uint32(b[i+3])))
		}
		return string(out)
	}
	if tag == tagUTF8String || utf8.Valid(b) {
		return string(b)
	}
	return latin1(b)
}

func latin1(b []byte) string {
	out := make([]byte, 0, len(b)+8)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return string(out)
}

// printableChars are the characters of PrintableString, X.680, Section 41.4. The
// asterisk, the ampersand and the at sign are not among them.
var printableChars = func() (set [256]bool) {
	for _, c := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 '()+,-./:=?") {
		set[c] = true
	}
	return set
}()

// plain reports whether the value needs no closer look: a PrintableString,
// UTF8String or IA5String in which every character is allowed and shows itself.
func plain(tag byte, b []byte) bool {
	switch tag {
	case tagPrintableString:
		for ; len(b) >= 4; b = b[4:] {
			if !(printableChars[b[0]] && printableChars[b[1]] && printableChars[b[2]] && printableChars[b[3]]) {
				return false
			}
		}
		for _, c := range b {
			if !printableChars[c] {
				return false
			}
		}
		return true
	case tagUTF8String, tagIA5String:
		i := 0
		for ; len(b)-i >= 8; i += 8 {
			// Eight at once: the highest bit of a byte is set if it is none of these characters.
			const ones, high = 0x0101010101010101, 0x8080808080808080
			if v := binary.LittleEndian.Uint64(b[i:]); (v|(v-' '*ones)|(v+ones))&high != 0 {
				break
			}
		}
		for ; i < len(b); i++ {
			if c := b[i]; c < 0x20 || c >= 0x7f {
				return tag == tagUTF8String && allPrintable(b[i:])
			}
		}
		return true
	}
	return false
}

// allPrintable reports whether b is UTF-8 in which every character shows itself.
func allPrintable(b []byte) bool {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n <= 1 || !safetext.Printable(r) {
			return false
		}
		b = b[n:]
	}
	return true
}

// wellEncoded reports whether the bytes are what the string type allows.
func wellEncoded(tag byte, b []byte) bool {
	switch tag {
	case tagUTF8String:
		return utf8.Valid(b)
	case tagPrintableString:
		for _, c := range b {
			if !printableChars[c] {
				return false
			}
		}
	case tagIA5String:
		for _, c := range b {
			if c > 0x7f {
				return false
			}
		}
	case tagVisibleString:
		for _, c := range b {
			if c < 0x20 || c > 0x7e {
				return false
			}
		}
	case tagNumericString:
		for _, c := range b {
			if c != ' ' && c-'0' > 9 {
				return false
			}
		}
	case tagBMPString:
		// UCS-2 has no surrogates; readers that take it for UTF-16 disagree with the others.
		for i := 0; i+1 < len(b); i += 2 {
			if b[i]&0xf8 == 0xd8 {
				return false
			}
		}
		return len(b)%2 == 0
	case tagUniversalString:
		for i := 0; i+3 < len(b); i += 4 {
			if !utf8.ValidRune(rune(uint32(b[i])<<24 | uint32(b[i+1])<<16 | uint32(b[i+2])<<8 | uint32(b[i+3]))) {
				return false
			}
		}
		return len(b)%4 == 0
	}
	return true
}
