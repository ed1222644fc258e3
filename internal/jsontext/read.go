package jsontext

import (
	"bytes"
	"iter"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Reading is strict about what RFC 8259 says, and about nothing else: names may come twice and
// texts may have any characters, so that the caller can say what is wrong with them. Texts
// are taken and refused as by encoding/json, with the same errors at the same
// places; the tests compare the two. It links reflect and all that
// conversions between JSON and any type of Go take, which a browser would have to fetch.

// maxNesting is how many arrays and objects may be within one another.
const maxNesting = 10_000

// SyntaxError says what is wrong with a JSON text.
type SyntaxError struct {
	// Offset is how many bytes were read, the one that is wrong among them.
	Offset  int
	problem string
}

func (e *SyntaxError) Error() string { return e.problem }

// Check returns a *SyntaxError if text is not one JSON value.
func Check(text []byte) error {
	c := checker{text: text}
	c.value()
	if c.err == nil && c.space() {
		c.unexpected("after top-level value")
	}
	if c.err != nil {
		return c.err
	}
	return nil
}

// checker goes through a text until the first error.
type checker struct {
	text []byte
	at   int
	err  *SyntaxError
}

// unexpected reports the next byte. The end of a text counts as a space where none may
// be.
func (c *checker) unexpected(where string) {
	if c.err != nil {
		return
	}
	char, offset := byte(' '), c.at
	if c.at < len(c.text) {
		char, offset = c.text[c.at], c.at+1
	}
	c.err = &SyntaxError{offset, "invalid character " + quoteChar(char) + " " + where}
}

func (c *checker) ended() {
	if c.err == nil {
		c.err = &SyntaxError{len(c.text), "unexpected end of JSON input"}
	}
}

func quoteChar(char byte) string {
	switch char {
	case '\'':
		return `'\''`
	case '"':
		return `'"'`
	}
	quoted := strconv.Quote(string(rune(char)))
	return "'" + quoted[1:len(quoted)-1] + "'"
}

func isSpace(char byte) bool {
	return char == ' ' || char == '\t' || char == '\r' || char == '\n'
}

// space skips white space and says whether there is something behind it.
func (c *checker) space() bool {
	for c.at < len(c.text) && isSpace(c.text[c.at]) {
		c.at++
	}
	return c.at < len(c.text)
}

// take takes a byte if it is the next one.
func (c *checker) take(char byte) bool {
	if c.at < len(c.text) && c.text[c.at] == char {
		c.at++
		return true
	}
	return false
}

// value reads a value with all that is in it. What is open is on a stack of its own, so
// that no text needs a deep one of Go.
func (c *checker) value() {
	var open []byte // The brackets that will close.
	for c.err == nil {
		if !c.space() {
			c.ended()
			return
		}
		switch char := c.text[c.at]; char {
		case '{', '[':
			if len(open) == maxNesting {
				c.unexpected("exceeded max depth")
				return
			}
			c.at++
			open = append(open, char+2) // In ASCII, brackets that belong together are two apart.
			if !c.space() {
				c.ended()
				return
			}
			if !c.take(char + 2) {
				if char == '{' {
					c.name()
				}
				continue
			}
			open = open[:len(open)-1]
		default:
			c.scalar()
		}
		// Behind a value.
		for {
			if c.err != nil || len(open) == 0 {
				return
			}
			closing := open[len(open)-1]
			if !c.space() {
				c.ended()
				return
			}
			if c.take(closing) {
				open = open[:len(open)-1]
				continue
			}
			if !c.take(',') {
				if closing == '}' {
					c.unexpected("after object key:value pair")
				} else {
					c.unexpected("after array element")
				}
				return
			}
			if closing == '}' {
				if !c.space() {
					c.ended()
					return
				}
				c.name()
			}
			break
		}
	}
}

// name reads the name of a member and the colon.
func (c *checker) name() {
	if c.text[c.at] != '"' {
		c.unexpected("looking for beginning of object key string")
		return
	}
	c.string()
	if c.err != nil {
		return
	}
	if !c.space() {
		c.ended()
		return
	}
	if !c.take(':') {
		c.unexpected("after object key")
	}
}

func (c *checker) scalar() {
	switch char := c.text[c.at]; {
	case char == '"':
		c.string()
	case char == '-' || char >= '0' && char <= '9':
		c.number()
	case char == 't':
		c.literal("true")
	case char == 'f':
		c.literal("false")
	case char == 'n':
		c.literal("null")
	default:
		c.unexpected("looking for beginning of value")
	}
}

func (c *checker) literal(word string) {
	for i := range len(word) {
		if !c.take(word[i]) {
			c.unexpected("in literal " + word + " (expecting " + quoteChar(word[i]) + ")")
			return
		}
	}
}

func (c *checker) string() {
	c.at++
	for c.at < len(c.text) {
		switch char := c.text[c.at]; {
		case char == '"':
			c.at++
			return
		case char < ' ':
			c.unexpected("in string literal")
			return
		case char == '\\':
			c.at++
			if c.escape(); c.err != nil {
				return
			}
		default:
			c.at++
		}
	}
	c.ended()
}

func (c *checker) escape() {
	if c.take('u') {
		for range 4 {
			if c.at >= len(c.text) || hexDigit(c.text[c.at]) < 0 {
				c.unexpected("in \\u hexadecimal character escape")
				return
			}
			c.at++
		}
		return
	}
	if c.at >= len(c.text) || bytes.IndexByte([]byte(`bfnrt\/"`), c.text[c.at]) < 0 {
		c.unexpected("in string escape code")
		return
	}
	c.at++
}

func (c *checker) number() {
	c.take('-')
	if !c.take('0') {
		c.digits("in numeric literal")
	}
	if c.err == nil && c.take('.') {
		c.digits("after decimal point in numeric literal")
	}
	if c.err == nil && (c.take('e') || c.take('E')) {
		if !c.take('+') {
			c.take('-')
		}
		c.digits("in exponent of numeric literal")
	}
}

// digits reads one or more.
func (c *checker) digits(where string) {
	start := c.at
	for c.at < len(c.text) && c.text[c.at] >= '0' && c.text[c.at] <= '9' {
		c.at++
	}
	if c.at == start {
		c.unexpected(where)
	}
}

func hexDigit(char byte) int {
	switch {
	case char >= '0' && char <= '9':
		return int(char - '0')
	case char >= 'a' && char <= 'f':
		return int(char-'a') + 10
	case char >= 'A' && char <= 'F':
		return int(char-'A') + 10
	}
	return -1
}

// Member is a member of an object.
type Member struct {
	Name string
	// Value is the JSON of the value, and Offset where it begins in the text.
	Value  []byte
	Offset int
}

// Members returns the members of text in their order. Text must have passed [Check] and
// be an object.
func Members(text []byte) iter.Seq[Member] {
	return func(yield func(Member) bool) {
		c := checker{text: text}
		for c.opens() {
			start := c.at
			c.string()
			name := Text(text[start:c.at])
			c.space()
			c.take(':')
			c.space()
			start = c.at
			c.value()
			if !yield(Member{name, text[start:c.at], start}) {
				return
			}
		}
	}
}

// Elements returns the JSON of the elements of text, which must have passed [Check] and be
// an array.
func Elements(text []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		c := checker{text: text}
		for c.opens() {
			start := c.at
			c.value()
			if !yield(text[start:c.at]) {
				return
			}
		}
	}
}

// opens goes to the next member or element, if there is one: behind the bracket or comma.
func (c *checker) opens() bool {
	c.space()
	c.at++
	return c.space() && c.text[c.at] != '}' && c.text[c.at] != ']'
}

// Text returns what a JSON text says, which must have passed [Check]. What is not UTF-8, and halves of
// UTF-16 pairs, become U+FFFD.
func Text(quoted []byte) string {
	s := bytes.TrimSpace(quoted)
	s = s[1 : len(s)-1]
	var out []byte
	for len(s) > 0 {
		if s[0] == '\\' {
			var char rune
			char, s = unescape(s)
			out = utf8.AppendRune(out, char)
			continue
		}
		char, size := utf8.DecodeRune(s)
		out = utf8.AppendRune(out, char)
		s = s[size:]
	}
	return string(out)
}

// unescape returns the character at the start of s, which is a backslash, and what is
// behind it.
func unescape(s []byte) (rune, []byte) {
	if s[1] != 'u' {
		if i := bytes.IndexByte([]byte("bfnrt"), s[1]); i >= 0 {
			return rune("\b\f\n\r\t"[i]), s[2:]
		}
		return rune(s[1]), s[2:]
	}
	char := codeUnit(s)
	s = s[6:]
	if !utf16.IsSurrogate(char) {
		return char, s
	}
	if len(s) >= 6 && s[0] == '\\' && s[1] == 'u' {
		if whole := utf16.DecodeRune(char, codeUnit(s)); whole != utf8.RuneError {
			return whole, s[6:]
		}
	}
	return utf8.RuneError, s
}

// codeUnit reads \uXXXX.
func codeUnit(s []byte) rune {
	char := rune(0)
	for _, digit := range s[2:6] {
		char = char<<4 | rune(hexDigit(digit))
	}
	return char
}
