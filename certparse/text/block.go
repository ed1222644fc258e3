package text

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/cryptobyte"
	"golang.org/x/crypto/cryptobyte/asn1"

	"github.com/certloupe/certloupe/internal/safetext"
)

const (
	tagBitString = asn1.BIT_STRING
	tagOID       = asn1.OBJECT_IDENTIFIER
	tagSequence  = asn1.SEQUENCE
	tagSet       = asn1.SET

	asn1Null = "\x05\x00"
)

// octetsPerLine is how many octets a line of hexadecimal has where certinfo does
// not set an example.
const octetsPerLine = 16

// block is a part of the text: whole lines.
type block []byte

const spaces = "                        "

// line adds one line. The parts must not have line feeds.
func (b *block) line(indent int, parts ...string) {
	*b = append(*b, spaces[:indent]...)
	for _, p := range parts {
		*b = append(*b, p...)
	}
	*b = append(*b, '\n')
}

// hex adds octets in hexadecimal, so many on each line and not more than
// maxValue of them.
func (b *block) hex(indent, perLine int, octets []byte) {
	const digits = "0123456789abcdef"
	shown := octets[:min(len(octets), maxValue)]
	for i, c := range shown {
		if i%perLine == 0 {
			if i > 0 {
				*b = append(*b, '\n')
			}
			*b = append(*b, spaces[:indent]...)
		}
		*b = append(*b, digits[c>>4], digits[c&15])
		if i < len(shown)-1 {
			*b = append(*b, ':')
		}
	}
	if len(shown) > 0 {
		*b = append(*b, '\n')
	} else {
		b.line(indent, "(empty)")
	}
	if len(shown) < len(octets) {
		b.line(indent, "... (", strconv.Itoa(len(octets)), " octets)")
	}
}

// quoted makes a value safe to show. It stands in quotation marks if it could
// otherwise be taken for something else: for two values, for an escape, or for
// the next line of a narrow screen.
func quoted(s string) string {
	if strings.ContainsAny(s, `,+"\`) || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "#") ||
		strings.HasSuffix(s, " ") || strings.Contains(s, "  ") {
		return `"` + safetext.String(withBackslash.Replace(s)) + `"`
	}
	return safetext.String(s)
}

var withBackslash = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

// safe is the last line of defence: whatever wrote the text, it leaves here with
// nothing but printable characters and line feeds.
func safe(text []byte) string {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		i := 0
		for i < len(text) && text[i] >= 0x20 && text[i] < 0x7f || i < len(text) && text[i] == '\n' {
			i++
		}
		out = append(out, text[:i]...)
		if text = text[i:]; len(text) > 0 {
			_, n := utf8.DecodeRune(text)
			out = safetext.Append(out, string(text[:n]))
			text = text[n:]
		}
	}
	return string(out)
}

// readAny reads one element of any type and returns its content.
func readAny(der, content *cryptobyte.String) bool {
	return der.ReadAnyASN1(content, nil)
}
