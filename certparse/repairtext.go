package certparse

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"unicode/utf8"

	"github.com/certloupe/certloupe/internal/safetext"
)

// Before damaged text is read, it is brought into one alphabet: escapes become
// what they stand for, dashes from word processors become hyphens, and so on.
// Nothing is forgotten on the way: for each byte of the result its place in the
// input is kept, and so it can always be told how it was written there.

// nothing stands in the normalized text for a character that cannot be seen. It
// is kept, rather than dropped, so that it can be counted and placed.
const nothing = 0

// source is a text in its stages: as given, after its encoding was undone, and
// after its characters were normalized.
type source struct {
	// input is what was given. src[0] is input[base] unless outer is set.
	input []byte
	base  int
	// src is the input as UTF-8 text, and outer the offset in the input of each
	// of its bytes, with one more for the end; nil when the input is UTF-8 itself.
	src   []byte
	outer []uint32
	// text is the normalized text, and at the offset in src of each of its bytes,
	// with one more for the end; nil when nothing had to be changed.
	text []byte
	at   []uint32
}

// raw is the offset in src of text[i].
func (s *source) raw(i int) int {
	if s.at == nil {
		return i
	}
	return int(s.at[i])
}

// offset is the offset in the input of text[i].
func (s *source) offset(i int) int {
	if s.outer == nil {
		return s.base + s.raw(i)
	}
	return int(s.outer[s.raw(i)])
}

// rawEnd is the offset in src of the end of what text[i-1] was written as. What
// normalization swallowed behind it does not count.
func (s *source) rawEnd(i int) int {
	if s.at == nil || i == 0 || s.escaped(i-1) {
		return s.raw(i)
	}
	end := s.raw(i-1) + 1
	for end < s.raw(i) && s.src[end]&0xc0 == 0x80 {
		end++
	}
	return end
}

// endOffset is the offset in the input of the end of text[:i].
func (s *source) endOffset(i int) int {
	if s.outer == nil {
		return s.base + s.rawEnd(i)
	}
	return int(s.outer[s.rawEnd(i)])
}

// changed reports whether text[i] was written as something else.
func (s *source) changed(i int) bool {
	return s.at != nil && s.src[s.at[i]] != s.text[i]
}

// escaped reports whether text[i] was written as an escape.
func (s *source) escaped(i int) bool {
	if s.at == nil {
		return false
	}
	c := s.src[s.at[i]]
	return (c == '\\' || c == '%') && s.at[i+1]-s.at[i] > 1
}

// written is how text[i] was written, cut after a few characters.
func (s *source) written(i int) string {
	if s.at == nil {
		return string(s.text[i : i+1])
	}
	return string(s.src[s.at[i]:min(s.at[i+1], s.at[i]+12)])
}

// character names the character text[i] as it was written, for a person.
func (s *source) character(i int) string {
	w := s.written(i)
	r, size := utf8.DecodeRuneInString(w)
	if s.escaped(i) {
		_, r, _ = readEscape([]byte(w))
	} else if r == utf8.RuneError && size <= 1 {
		return "the byte 0x" + hexUpper([]byte(w[:1]))
	}
	name := strconv.FormatUint(uint64(r), 16)
	for len(name) < 4 {
		name = "0" + name
	}
	name = "U+" + string(bytes.ToUpper([]byte(name)))
	if what, ok := characterNames[r]; ok {
		return name + ", " + what
	}
	if r != ' ' && safetext.Printable(r) {
		if r < utf8.RuneSelf {
			return string(r)
		}
		return string(r) + " (" + name + ")"
	}
	return name
}

var characterNames = map[rune]string{
	0x00: "a null character", ' ': "a blank", '\t': "a tab", 0x1a: "the end-of-file mark of DOS",
	0xa0: "a no-break space", 0xad: "a soft hyphen", 0x200b: "a zero-width space", 0x200e: "a left-to-right mark",
	0x200f: "a right-to-left mark", 0x202f: "a narrow no-break space", 0x2060: "a word joiner",
	0x3000: "an ideographic space", 0xfeff: "a byte order mark",
}

// decodeUTF16 returns b, which is UTF-16, as UTF-8, with the offset in b of each
// byte and of the end.
func decodeUTF16(b []byte, base int, order binary.ByteOrder) (src []byte, outer []uint32) {
	src = make([]byte, 0, len(b)/2+utf8.UTFMax)
	outer = make([]uint32, 0, len(b)/2+utf8.UTFMax)
	i := 0
	for i+1 < len(b) {
		r, n := rune(order.Uint16(b[i:])), 2
		if r >= 0xd800 && r < 0xdc00 && i+3 < len(b) {
			if low := rune(order.Uint16(b[i+2:])); low >= 0xdc00 && low < 0xe000 {
				r, n = (r-0xd800)<<10+(low-0xdc00)+0x10000, 4
			}
		}
		before := len(src)
		src = utf8.AppendRune(src, r)
		for range len(src) - before {
			outer = append(outer, uint32(base+i))
		}
		i += n
	}
	return src, append(outer, uint32(base+len(b)))
}

// utf16Order says whether b is UTF-16, and in which byte order. ASCII text in
// UTF-16 has a null byte in each pair, so no byte order mark is needed.
func utf16Order(b []byte) (order binary.ByteOrder, name string) {
	switch {
	case len(b) < 4:
		return nil, ""
	case b[0] == 0xff && b[1] == 0xfe:
		return binary.LittleEndian, "UTF-16LE"
	case b[0] == 0xfe && b[1] == 0xff:
		return binary.BigEndian, "UTF-16BE"
	}
	var nulls [2]int
	pairs := min(len(b), 512) / 2
	for i, c := range b[:2*pairs] {
		if c == 0 {
			nulls[i&1]++
		}
	}
	switch {
	case nulls[0] == 0 && nulls[1] > pairs*3/4:
		return binary.LittleEndian, "UTF-16LE"
	case nulls[1] == 0 && nulls[0] > pairs*3/4:
		return binary.BigEndian, "UTF-16BE"
	}
	return nil, ""
}

// ordinary tells the bytes that normalization leaves alone.
var ordinary = func() (t [256]bool) {
	for c := 0x20; c < 0x7f; c++ {
		t[c] = c != '\\'
	}
	t['\t'], t['\n'], t['\r'] = true, true, true
	return t
}()

// normalize makes text and at out of src.
func (s *source) normalize() {
	src := s.src
	percent := bytes.Contains(src, []byte("-----BEGIN%20")) ||
		bytes.Contains(src, []byte("-----BEGIN+")) && bytes.Contains(src, []byte("%0A"))
	i := 0
	for i < len(src) && ordinary[src[i]] {
		i++
	}
	if i == len(src) && !percent {
		s.text = src
		return
	}
	text := make([]byte, 0, len(src))
	at := make([]uint32, 0, len(src)+1)
	put := func(c byte, from int) {
		text = append(text, c)
		at = append(at, uint32(from))
	}
	for i = 0; i < len(src); {
		c := src[i]
		switch {
		case c == '\\' || c == '%' && percent:
			n, r, ok := readEscape(src[i:])
			if !ok {
				for j := range n {
					put(c, i+j)
				}
				i += n
				continue
			}
			from := i
			i += n
			if r == '\r' {
				if m, next, ok := readEscape(src[i:]); ok && next == '\n' {
					i += m
				}
				r = '\n'
			}
			if r == '\n' && src[i-1] != '\n' {
				i += lineBreak(src[i:])
			}
			put(meaning(r), from)
		case c < utf8.RuneSelf:
			if !ordinary[c] {
				c = nothing
			}
			put(c, i)
			i++
		default:
			r, n := utf8.DecodeRune(src[i:])
			if r == utf8.RuneError && n <= 1 {
				put(windows1252(c), i)
			} else if m := meaning(r); m != '?' {
				put(m, i)
			} else {
				for j := range n {
					put(src[i+j], i+j)
				}
			}
			i += n
		}
	}
	s.text, s.at = text, append(at, uint32(len(src)))
}

// readEscape reads the escape that b starts with: backslashes with what follows
// them, as JSON, YAML, shells and most programming languages write it, or a
// percent sign with two digits, as URLs have it. It returns how many bytes it
// takes and the character it stands for. Several backslashes are an escape that
// was escaped again. What is no escape is not ok; n then says how far to skip.
func readEscape(b []byte) (n int, r rune, ok bool) {
	if len(b) == 0 {
		return 0, 0, false
	}
	if b[0] == '%' {
		if v, ok := readHex(b[1:], 2); ok {
			return 3, v, true
		}
		return 1, 0, false
	}
	for n < len(b) && b[n] == '\\' {
		n++
	}
	if n == 0 || n == len(b) {
		return n, 0, false
	}
	switch c := b[n]; c {
	case 'n':
		return n + 1, '\n', true
	case 'r':
		return n + 1, '\r', true
	case 't':
		return n + 1, '\t', true
	case '\n':
		return n + 1, '\n', true
	case '\r':
		return n + max(1, lineBreak(b[n:])), '\n', true
	case 'u':
		if v, ok := readHex(b[n+1:], 4); ok {
			return n + 5, v, true
		}
	case 'x':
		if v, ok := readHex(b[n+1:], 2); ok {
			return n + 3, v, true
		}
	case '/', '"', '\'', '`', '+', '=', '-', '_', ' ', '#', '*', '.':
		return n + 1, rune(c), true
	}
	return n, 0, false
}

func readHex(b []byte, digits int) (v rune, ok bool) {
	if len(b) < digits {
		return 0, false
	}
	for _, c := range b[:digits] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		v = v<<4 | rune(c)
	}
	return v, true
}

// meaning is the byte that stands for r in normalized text: a hyphen for every
// dash, a quotation mark for every quotation mark, a blank for every kind of
// space, a line feed for every line break, nothing for what cannot be seen. It
// is '?' for everything else that is not ASCII.
func meaning(r rune) byte {
	switch {
	case r < utf8.RuneSelf:
		if ordinary[byte(r)] || r == '\\' {
			return byte(r)
		}
		return nothing
	case r >= 0x2010 && r <= 0x2015, r == 0x2212, r == 0x2043, r == 0x2500, r == 0x2e3a, r == 0x2e3b, r == 0xfe58, r == 0xfe63, r == 0xff0d:
		return '-'
	case r >= 0x2018 && r <= 0x201f, r == 0xab, r == 0xbb, r == 0xb4, r == 0x2039, r == 0x203a, r == 0x2032, r == 0x2033, r == 0xff02, r == 0xff07, r >= 0x300c && r <= 0x300f:
		return '"'
	case r == 0xa0, r == 0x1680, r >= 0x2000 && r <= 0x200a, r == 0x202f, r == 0x205f, r == 0x3000:
		return ' '
	case r == 0x85, r == 0x2028, r == 0x2029:
		return '\n'
	case r < 0xa0, r == 0xad, r == 0x34f, r == 0x61c, r == 0x180e, r >= 0x200b && r <= 0x200f, r >= 0x202a && r <= 0x202e,
		r >= 0x2060 && r <= 0x206f, r >= 0xfe00 && r <= 0xfe0f, r == 0xfeff, r >= 0xfff9 && r <= 0xfffb:
		return nothing
	}
	return '?'
}

// windows1252 is meaning for the bytes of the Western code page of Windows, in
// which text is pasted that is not UTF-8.
func windows1252(c byte) byte {
	switch c {
	case 0xa0:
		return ' '
	case 0x96, 0x97:
		return '-'
	case 0x91, 0x92, 0x93, 0x94:
		return '"'
	}
	return c
}
