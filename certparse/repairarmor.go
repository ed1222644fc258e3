package certparse

import (
	"bytes"

	"github.com/certloupe/certloupe/finding"
)

// wrapped are the three forms that base64 gives to the start of a BEGIN line,
// depending on where in a group of three bytes the line starts.
var wrapped = [...]string{"LS0tLS1CRUdJTi", "LS0tLUJFR0lO", "LS0tQkVHSU4g"}

// minBare is how many base64 characters a text without armor must have to be
// taken for one.
const minBare = 48

// unwrap reads PEM that was encoded in base64 once more, as Kubernetes secrets
// have it. It returns nil if the text of t is nothing of the kind.
func (t *textReader) unwrap() *textReader {
	var next [len(wrapped)]int
	from, to := t.wrappedText(0, &next)
	if to == 0 {
		return nil
	}
	first := from
	src := make([]byte, 0, len(t.text)-first)
	outer := make([]uint32, 0, len(t.text)-first)
	for ; to > 0; from, to = t.wrappedText(to, &next) {
		if len(src) > 0 {
			src, outer = append(src, '\n'), append(outer, uint32(t.offset(from)))
		}
		var quad [4]byte
		var place [4]uint32
		n := 0
		for i := from; i < to; i++ {
			c := t.text[i]
			if base64Value[c] >= 64 && c != '=' {
				continue
			}
			quad[n], place[n] = c, uint32(t.offset(i))
			if n++; n == 4 {
				var out [3]byte
				m, ok := decodeBase64(out[:], quad[:])
				if n = 0; ok {
					src, outer = append(src, out[:m]...), append(outer, place[:m]...)
				}
			}
		}
	}
	in := &textReader{doc: t.doc, lastEnd: -1, repairs: true, wrapped: true}
	in.input, in.src, in.outer = t.input, src, append(outer, uint32(t.offset(len(t.text))))
	in.lines = lineCounter{text: t.input, line: 1}
	in.normalize()
	in.finder = newBoundaryFinder(in.text)
	t.document(first, "text-base64-twice")
	in.blocks()
	return in
}

// wrappedText finds the next base64 text at or after pos that holds a BEGIN line.
// It returns no end if there is none. In next it keeps where each form stands next.
func (t *textReader) wrappedText(pos int, next *[len(wrapped)]int) (from, to int) {
	from = len(t.text)
	for k, w := range wrapped {
		if next[k] <= pos {
			next[k] = len(t.text)
			if i := bytes.Index(t.text[pos:], []byte(w)); i >= 0 {
				next[k] = pos + i
			}
		}
		from = min(from, next[k])
	}
	if from == len(t.text) {
		return 0, 0
	}
	to = from
	for from > pos && t.wrappedAt(from-1) {
		from--
	}
	for to < len(t.text) && t.wrappedAt(to) {
		to++
	}
	return from, to
}

// wrappedAt reports whether text[i] belongs to a base64 text of several lines,
// which may be indented.
func (t *textReader) wrappedAt(i int) bool {
	c := t.text[i]
	return base64Value[c] < 64 || c == '=' || isLineEnd(c) ||
		isBlank(c) && i > 0 && (isBlank(t.text[i-1]) || isLineEnd(t.text[i-1]))
}

// bare reads base64 text that has no BEGIN and END lines. It reports whether
// there was any: the content must be something that is recognized.
func (t *textReader) bare() bool {
	from, to := 0, len(t.text)
	for from < to && (isBlank(t.text[from]) || isLineEnd(t.text[from])) {
		from++
	}
	for to > from && (isBlank(t.text[to-1]) || isLineEnd(t.text[to-1])) {
		to--
	}
	// The first few characters tell whether a look at the rest is worth its time.
	start := t.scanBody(from, min(to, from+4*minBare), false)
	if len(start.chars) < minBare || start.bad.count > 0 || formOf(decodeChars(fromURL(start.chars))) == formUnknown {
		return false
	}
	if s := t.scanBody(from, to, false); s.bad.count > 0 || len(s.headers) > 0 {
		return false
	}
	t.notes = t.notes[:0]
	f := t.frame(nil, nil, from, from, to)
	b := Block{Start: t.offset(from), End: t.endOffset(to), Line: t.line(from)}
	certain := t.decode(&b, nil, nil, &f, from, to)
	t.damage(&f, nil, nil, b.Label)
	expected := boundary{begin: true, label: b.Label}
	t.note(from, "pem-armor-missing", finding.Str("expected", expected.expected()))
	t.emit(&b, certain)
	t.doc.Blocks = append(t.doc.Blocks, b)
	return true
}
