package certparse

import (
	"bytes"
	"strings"
)

// tally counts something and remembers where it was first seen.
type tally struct{ first, count int }

func (t *tally) add(i int) {
	if t.count == 0 {
		t.first = i
	}
	t.count++
}

// body is what stands between a BEGIN and an END line. Its places are offsets in
// the normalized text.
type body struct {
	from, to int
	headers  []Header
	// chars are the base64 characters without the padding.
	chars   []byte
	padding tally
	// afterPadding counts base64 characters that follow padding.
	afterPadding tally
	// bad counts characters that do not belong into base64 at all.
	bad tally
	// url counts the two characters of the URL alphabet, which are in chars.
	url tally
	// inner counts blanks between base64 characters of a line, edge lines that
	// have them at an end, indented lines that start with them, empty blank lines.
	inner, edge, indented, empty tally
	// quotes counts quotation marks at the ends of lines.
	quotes tally
	// long is the first line that is longer than usual, longest the longest.
	long, longest int
	// short is the end of the first line that is shorter than the first one
	// although another line follows, or -1.
	short int

	// onBegin and onEnd say that text stands on the line of the boundary before
	// or after it.
	onBegin, onEnd bool
	// headersAt is where the header lines start; continued says that one of them
	// goes on in the next line.
	headersAt int
	continued bool

	width, lastEnd, lastWidth int
}

// encryptedByHeader reports whether the headers of a block say that its content
// is encrypted, as OpenSSL's traditional private keys do.
func encryptedByHeader(label string, headers []Header) bool {
	if !strings.HasSuffix(label, "PRIVATE KEY") {
		return false
	}
	for _, h := range headers {
		if h.Name == "Proc-Type" && strings.Contains(h.Value, "ENCRYPTED") {
			return true
		}
	}
	return false
}

// scanBody reads text[from:to]. The blanks inside lines count as plus signs if
// plus is set.
func (t *textReader) scanBody(from, to int, plus bool) body {
	s := body{from: from, to: to, chars: make([]byte, 0, to-from), long: -1, short: -1}
	pos := t.scanHeaders(&s, from, to)
	for {
		end := t.lineEnd(pos, to)
		switch {
		case !t.blankFrom(pos, end):
			before, other := len(s.chars), s.bad.count+s.padding.count
			t.scanLine(&s, pos, end, plus)
			n := len(s.chars) - before
			if n > 0 {
				s.measure(pos, end, n)
			}
			if n += s.bad.count + s.padding.count - other; n > 0 {
				s.onBegin = s.onBegin || pos == from
				s.onEnd = s.onEnd || end == to
			}
		case pos == from && end != to:
			if i := t.plainBlank(pos, end); i >= 0 {
				s.edge.add(i)
			}
		case end != to:
			s.empty.add(pos)
		}
		if end == to {
			return s
		}
		pos = t.nextLine(end, to)
	}
}

// measure notes the width n of the line from pos to end.
func (s *body) measure(pos, end, n int) {
	if s.width == 0 {
		s.width = n
	} else if s.lastWidth < s.width && s.short < 0 {
		s.short = s.lastEnd
	}
	s.lastEnd, s.lastWidth = end, n
	if n > lineWidth && s.long < 0 {
		s.long = pos
	}
	s.longest = max(s.longest, n)
}

func (t *textReader) lineEnd(pos, to int) int {
	for pos < to && t.text[pos] != '\n' && t.text[pos] != '\r' {
		pos++
	}
	return pos
}

// nextLine is where the line after the one that ends at end starts.
func (t *textReader) nextLine(end, to int) int {
	if isDoubledReturn(t.text[end:]) {
		end++
	}
	return min(to, end+max(1, lineBreak(t.text[end:])))
}

// isDoubledReturn reports whether b starts with a carriage return too many before
// a line break, which is what a file transfer in the wrong mode makes of CRLF.
func isDoubledReturn(b []byte) bool {
	return len(b) > 2 && b[0] == '\r' && b[1] == '\r' && b[2] == '\n'
}

// blankFrom reports whether text[pos:end] has nothing but blanks.
func (t *textReader) blankFrom(pos, end int) bool {
	for ; pos < end; pos++ {
		if !isBlank(t.text[pos]) {
			return false
		}
	}
	return true
}

// plainBlank returns the first blank in text[pos:end] that is written as such, or -1.
func (t *textReader) plainBlank(pos, end int) int {
	for ; pos < end; pos++ {
		if c := t.text[pos]; (c == ' ' || c == '\t') && !t.changed(pos) {
			return pos
		}
	}
	return -1
}

// maxHeaders is how many header lines of a block are kept.
const maxHeaders = 64

// scanHeaders reads the header lines and returns where the base64 text starts.
func (t *textReader) scanHeaders(s *body, from, to int) int {
	pos := from
	for pos < to && t.blankFrom(pos, t.lineEnd(pos, to)) {
		if pos = t.nextLine(t.lineEnd(pos, to), to); pos == to {
			return from
		}
	}
	if pos == from {
		return from
	}
	indent := 0
	for {
		end := t.lineEnd(pos, to)
		line := t.text[pos:end]
		inner := bytes.TrimLeft(line, " \t\x00")
		before := len(line) - len(inner)
		inner = bytes.Trim(inner, "\"'` \t\x00")
		name, value, ok := bytes.Cut(inner, []byte(":"))
		switch {
		case ok && (len(s.headers) == 0 || before <= indent):
			if len(s.headers) == 0 {
				s.headersAt = pos
			}
			if len(s.headers) < maxHeaders {
				s.headers = append(s.headers, Header{headerText(name), headerText(value)})
			}
			indent = before
		case len(s.headers) > 0 && before > indent && len(inner) > 0:
			// RFC 1421, Section 4.6: a line that starts with white space
			// continues the one before it.
			s.continued = true
			h := &s.headers[len(s.headers)-1]
			if len(h.Value)+len(inner) <= 1<<12 {
				h.Value += headerText(inner)
			}
		case len(s.headers) > 0 && len(inner) == 0:
			return t.nextLine(end, to)
		case len(s.headers) > 0:
			return pos
		default:
			return from
		}
		if end == to {
			return to
		}
		pos = t.nextLine(end, to)
	}
}

// headerName is a header's name as it may be shown: only well-known names are,
// since a stray colon makes a header of any line, even of a line of a key.
func headerName(h Header) string {
	switch h.Name {
	case "Proc-Type", "DEK-Info", "Content-Domain", "Key-Info", "Comment", "Version", "Subject", "Issuer":
		return h.Name
	}
	return "an unknown one"
}

func headerText(b []byte) string {
	return string(bytes.TrimSpace(bytes.ReplaceAll(b, []byte{nothing}, nil)))
}

// joins tells the characters that join quoted pieces of text in source code.
func joins(c byte) bool {
	switch c {
	case '+', '.', ',', ';', '&', '[', ']', '(', ')':
		return true
	}
	return false
}

// scanLine reads one line of base64 text.
func (t *textReader) scanLine(s *body, pos, end int, plus bool) {
	pos, end = t.trimLine(s, pos, end)
	for i := pos; i < end; i++ {
		c := t.text[i]
		switch {
		case base64Value[c] < 64:
			if s.padding.count > 0 {
				s.afterPadding.add(i)
			}
			s.chars = append(s.chars, c)
		case c == '=':
			s.padding.add(i)
		case c == nothing:
		case isBlank(c):
			switch {
			case t.changed(i):
			case plus:
				s.chars = append(s.chars, '+')
			default:
				s.inner.add(i)
			}
		case (c == '-' || c == '_') && (!t.changed(i) || t.escaped(i)):
			s.url.add(i)
			s.chars = append(s.chars, c)
		case isQuote(c) && t.joint(i, end) > 0:
			s.quotes.add(i)
			i += t.joint(i, end) - 1
		case c&0xc0 == 0x80 && s.bad.count > 0:
			// The rest of a character that was counted.
		default:
			s.bad.add(i)
		}
	}
}

// trimLine takes blanks and quotation marks off both ends of a line, and what
// joins a quoted line to the next one.
func (t *textReader) trimLine(s *body, pos, end int) (int, int) {
	indented, edge, quoted := false, false, t.folded(pos)
	start := pos
	for ; pos < end; pos++ {
		c := t.text[pos]
		if c == nothing || isBlank(c) && t.changed(pos) {
			continue
		}
		if isBlank(c) {
			indented = true
		} else if isQuote(c) {
			s.quotes.add(pos)
			quoted = true
		} else if !joins(c) || !t.quoteNear(pos+1, end, 1) && !(quoted && t.onlyJoins(pos, end)) {
			break
		}
	}
	for ; end > pos; end-- {
		c := t.text[end-1]
		if c == nothing || isBlank(c) && t.changed(end-1) {
			continue
		}
		if isBlank(c) {
			edge = true
		} else if isQuote(c) {
			s.quotes.add(end - 1)
			quoted = true
		} else if !joins(c) || !t.quoteNear(end-2, pos-1, -1) {
			break
		}
	}
	// Blanks beside quotation marks belong to the source code, not to the text.
	if indented && !quoted {
		s.indented.add(start)
	}
	if edge && !quoted {
		s.edge.add(end)
	}
	return pos, end
}

// quoteNear reports whether the next thing from i on towards stop is a quotation
// mark, blanks aside.
func (t *textReader) quoteNear(i, stop, step int) bool {
	for n := 0; n < maxLookBack && i != stop; n++ {
		if isQuote(t.text[i]) {
			return true
		}
		if !isBlank(t.text[i]) {
			return false
		}
		i += step
	}
	return false
}

func (t *textReader) onlyJoins(pos, end int) bool {
	if end-pos > maxLookBack {
		return false
	}
	for _, c := range t.text[pos:end] {
		if !joins(c) && !isBlank(c) {
			return false
		}
	}
	return true
}

// joint is the length of what joins two quoted pieces within a line, such as
// " + ", or 0 when there is something else at pos.
func (t *textReader) joint(pos, end int) int {
	quotes := 0
	for i := pos; i < end && i < pos+maxLookBack; i++ {
		switch c := t.text[i]; {
		case isQuote(c):
			if quotes++; quotes == 2 {
				return i + 1 - pos
			}
		case !joins(c) && !isBlank(c):
			return 0
		}
	}
	return 0
}
