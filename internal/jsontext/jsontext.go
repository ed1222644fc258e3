// Package jsontext writes JSON whose bytes depend on nothing but the values:
// keys in the order they are written, two-space indentation, and every character
// that is not plainly printable escaped, so that a report can be shown on any
// terminal.
package jsontext

import (
	"strconv"
	"unicode/utf8"

	"github.com/certloupe/certloupe/internal/safetext"
)

const lowerHex = "0123456789abcdef"

// Writer builds one JSON text. Its zero value writes compact JSON; commas and
// indentation are its own business.
type Writer struct {
	// Indent, when not empty, puts every value on a line of its own, indented
	// by this string once for each level.
	Indent string

	buf   []byte
	depth int
}

// NewWriter returns a Writer that appends to dst.
func NewWriter(dst []byte, indent string) *Writer { return &Writer{Indent: indent, buf: dst} }

// Reset makes the Writer append to dst from now on.
func (w *Writer) Reset(dst []byte) { w.buf, w.depth = dst, 0 }

// Bytes returns what has been written.
func (w *Writer) Bytes() []byte { return w.buf }

// next prepares for a key or an array element: a comma after a value, and a new line.
func (w *Writer) next() {
	if len(w.buf) == 0 {
		return
	}
	switch w.buf[len(w.buf)-1] {
	case '{', '[':
		w.newline()
	case ' ', ':':
		// A value directly after its key.
	default:
		if w.depth > 0 {
			w.buf = append(w.buf, ',')
			w.newline()
		}
	}
}

func (w *Writer) newline() {
	if w.Indent == "" {
		return
	}
	w.buf = append(w.buf, '\n')
	for range w.depth {
		w.buf = append(w.buf, w.Indent...)
	}
}

func (w *Writer) open(c byte) {
	w.next()
	w.buf = append(w.buf, c)
	w.depth++
}

func (w *Writer) close(opened, c byte) {
	w.depth--
	if w.buf[len(w.buf)-1] != opened {
		w.newline()
	}
	w.buf = append(w.buf, c)
}

// BeginObject opens an object.
func (w *Writer) BeginObject() { w.open('{') }

// EndObject closes the object opened last.
func (w *Writer) EndObject() { w.close('{', '}') }

// BeginArray opens an array.
func (w *Writer) BeginArray() { w.open('[') }

// EndArray closes the array opened last.
func (w *Writer) EndArray() { w.close('[', ']') }

// Key writes a member's name. The member's value must follow.
func (w *Writer) Key(k string) {
	if n := len(w.buf); n > 0 && w.depth > 0 && w.Indent == "" && cap(w.buf)-n >= len(k)+len(`,"":`) {
		// The usual case in rows, of which there are very many: all at once.
		b := w.buf[:n+len(k)+len(`,"":`)]
		if b[n-1] != '{' {
			b[n] = ','
			n++
		}
		b[n] = '"'
		n += 1 + copy(b[n+1:], k)
		b[n], b[n+1] = '"', ':'
		w.buf = b[:n+2]
		return
	}
	w.next()
	b := append(append(append(w.buf, '"'), k...), `":`...)
	if w.Indent != "" {
		b = append(b, ' ')
	}
	w.buf = b
}

// Member writes a whole member of an object, with its name, that was written before by
// a Writer without indentation.
func (w *Writer) Member(text []byte) {
	w.next()
	w.buf = append(w.buf, text...)
}

// String writes a string value.
func (w *Writer) String(s string) {
	w.next()
	w.buf = AppendString(w.buf, s)
}

// Text is String for text that is not a string yet.
func (w *Writer) Text(s []byte) {
	w.next()
	w.buf = AppendString(w.buf, s)
}

// Int writes a whole number.
func (w *Writer) Int(n int64) {
	w.next()
	w.buf = strconv.AppendInt(w.buf, n, 10)
}

// Bool writes true or false.
func (w *Writer) Bool(b bool) {
	w.next()
	w.buf = strconv.AppendBool(w.buf, b)
}

// Null writes null.
func (w *Writer) Null() {
	w.next()
	w.buf = append(w.buf, "null"...)
}

// StringField writes a member with a string value.
func (w *Writer) StringField(k, v string) { w.Key(k); w.buf = AppendString(w.buf, v) }

// TextField writes a member with a string value.
func (w *Writer) TextField(k string, v []byte) { w.Key(k); w.buf = AppendString(w.buf, v) }

// IntField writes a member with a whole number.
func (w *Writer) IntField(k string, v int64) { w.Key(k); w.buf = strconv.AppendInt(w.buf, v, 10) }

// BoolField writes a member that is true or false.
func (w *Writer) BoolField(k string, v bool) { w.Key(k); w.Bool(v) }

// StringsField writes a member whose value is an array of strings.
func (w *Writer) StringsField(k string, v []string) {
	w.Key(k)
	w.BeginArray()
	for _, s := range v {
		w.String(s)
	}
	w.EndArray()
}

// unescaped are the characters of ASCII that stand for themselves in a string.
var unescaped = func() (set [256]bool) {
	for c := byte(' '); c < 0x7f; c++ {
		set[c] = c != '"' && c != '\\'
	}
	return set
}()

// plain is how many bytes at the start of s stand for themselves, eight of which are
// looked at together. It may fall short of all of them by up to seven.
func plain[T string | []byte](s T) int {
	const ones, high = 0x0101010101010101, 0x8080808080808080
	n := 0
	for ; len(s)-n >= 8; n += 8 {
		v := uint64(s[n]) | uint64(s[n+1])<<8 | uint64(s[n+2])<<16 | uint64(s[n+3])<<24 |
			uint64(s[n+4])<<32 | uint64(s[n+5])<<40 | uint64(s[n+6])<<48 | uint64(s[n+7])<<56
		// Each of the terms has the highest bit of a byte set if the byte is not ASCII, a
		// control character, DEL, a quotation mark or a backslash. What one byte carries
		// over to the next comes from a byte that is one of those.
		if (v|(v-' '*ones)|(v+ones)|((v^'"'*ones)-ones)|((v^'\\'*ones)-ones))&high != 0 {
			break
		}
	}
	return n
}

// AppendString appends s as a JSON string. Bytes that are not UTF-8 become
// U+FFFD; unprintable characters become \u escapes, which decode to the same string.
func AppendString[T string | []byte](dst []byte, s T) []byte {
	dst = append(dst, '"')
	start := 0
	for i := plain(s); i < len(s); {
		c := s[i]
		if unescaped[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			dst = append(dst, s[start:i]...)
			switch c {
			case '"', '\\':
				dst = append(dst, '\\', c)
			case '\n':
				dst = append(dst, '\\', 'n')
			case '\r':
				dst = append(dst, '\\', 'r')
			case '\t':
				dst = append(dst, '\\', 't')
			default:
				dst = appendEscape(dst, rune(c))
			}
			i++
			start = i
			continue
		}
		r, n := utf8.DecodeRuneInString(string(s[i:min(i+utf8.UTFMax, len(s))]))
		if (r == utf8.RuneError && n == 1) || !safetext.Printable(r) {
			dst = append(dst, s[start:i]...)
			dst = appendEscape(dst, r)
			start = i + n
		}
		i += n
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, r rune) []byte {
	if r > 0xffff {
		r -= 0x10000
		dst = appendEscape(dst, 0xd800+(r>>10)&0x3ff)
		return appendEscape(dst, 0xdc00+r&0x3ff)
	}
	return append(dst, '\\', 'u', lowerHex[r>>12&15], lowerHex[r>>8&15], lowerHex[r>>4&15], lowerHex[r&15])
}
