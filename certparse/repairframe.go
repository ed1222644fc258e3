package certparse

import (
	"bytes"
	"strings"

	"github.com/certloupe/certloupe/finding"
)

// frame is what surrounds the base64 text of a block: its boundaries, the lines
// they stand on, and how all of it was written.
type frame struct {
	// lo and hi enclose the block with the quotation marks and blanks around it.
	lo, hi int
	// gap is where the block before ended.
	gap     int
	oneLine bool
	// placeholder says that there is no content.
	placeholder bool
	// glued says that the BEGIN line follows an END line directly.
	glued bool
	// indented counts boundaries that do not start their line for blanks, shared
	// those that share their line with other text.
	indented, shared tally
	sharedBegin      bool
	quotes, edge     tally
	body             body
}

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

// frame looks at the surroundings of the block whose base64 text is
// text[from:to]. One of the boundaries may be missing, or both.
func (t *textReader) frame(begin, end *boundary, gap, from, to int) frame {
	f := frame{lo: from, hi: to, gap: gap}
	if begin != nil {
		f.lo = begin.start
	}
	start := f.lo
	for f.lo > gap && (isBlank(t.text[f.lo-1]) || isQuote(t.text[f.lo-1])) {
		f.lo--
		if isQuote(t.text[f.lo]) {
			f.quotes = tally{f.lo, f.quotes.count + 1}
		}
	}
	switch lineStart := f.lo == 0 || isLineEnd(t.text[f.lo-1]); {
	case f.quotes.count > 0 || begin == nil:
	case t.lastEnd >= 0 && t.blankFrom(t.lastEnd, start):
		f.glued = true
	case !lineStart:
		f.shared.add(start)
		f.sharedBegin = true
	default:
		t.indentation(&f, f.lo, start)
	}
	if end == nil {
		return f
	}
	k := end.start
	for k > from && isBlank(t.text[k-1]) {
		k--
	}
	if k > from && isLineEnd(t.text[k-1]) {
		t.indentation(&f, k, end.start)
	}
	f.oneLine = begin != nil && bytes.IndexAny(t.text[begin.start:end.end], "\r\n") < 0
	t.behind(&f, end)
	return f
}

// folded reports whether the line that starts at text[i] continues an escaped
// line break, so that its indentation belongs to the notation and not to the text.
func (t *textReader) folded(i int) bool { return i > 0 && t.text[i-1] == '\n' && t.escaped(i-1) }

// behind looks at what follows the END line.
func (t *textReader) behind(f *frame, end *boundary) {
	quoted, folded := false, false
	pos := end.end
scan:
	for ; pos < len(t.text); pos++ {
		switch c := t.text[pos]; {
		case isQuote(c):
			f.quotes.add(pos)
			quoted = true
		case isBlank(c):
		case c == '\n' && t.escaped(pos):
			folded = true
		case (c == ',' || c == ';') && quoted:
			pos++
			break scan
		default:
			break scan
		}
	}
	f.hi = pos
	switch {
	case quoted || folded || end.glued:
	case pos < len(t.text) && !isLineEnd(t.text[pos]):
		f.shared.add(end.end)
	default:
		if i := t.plainBlank(end.end, pos); i >= 0 {
			f.edge.add(i)
		}
	}
}

// indentation counts the blanks before a boundary on its line.
func (t *textReader) indentation(f *frame, pos, start int) {
	if i := t.plainBlank(pos, start); i >= 0 && !t.folded(pos) {
		f.indented.add(i)
	}
}

// damage notes what is wrong with how the block is written. Label is what its
// boundaries should say where they say nothing.
func (t *textReader) damage(f *frame, begin, end *boundary, label string) {
	smart := t.letters(f, begin, end)
	s := &f.body
	quotes := f.quotes
	if s.quotes.count > 0 && (quotes.count == 0 || s.quotes.first < quotes.first) {
		quotes.first = s.quotes.first
	}
	if quotes.count += s.quotes.count; quotes.count > 0 {
		t.note(quotes.first, "text-quoted", finding.Str("character", t.character(quotes.first)))
	}
	if begin != nil {
		t.spelling(begin, label, smart || f.glued)
	}
	if end != nil {
		t.spelling(end, label, smart || end.glued)
	}
	if f.glued {
		t.note(begin.start, "pem-glued-blocks")
	}
	if f.indented.count > 0 {
		t.note(f.indented.first, "pem-indented")
	}
	if f.oneLine {
		t.note(begin.start, "pem-one-line")
	} else {
		if begin != nil && s.onBegin && f.shared.count == 0 {
			f.shared.add(begin.end)
			f.sharedBegin = true
		}
		if end != nil && s.onEnd {
			f.shared.add(end.start)
		}
	}
	if f.shared.count > 0 {
		keyword := "END"
		if f.sharedBegin {
			keyword = "BEGIN"
		}
		t.note(f.shared.first, "pem-boundary-not-alone", finding.Str("boundary", keyword))
	}
	if begin != nil || end != nil {
		t.spacing(f)
	}
}

// spacing notes blanks, blank lines and long lines.
func (t *textReader) spacing(f *frame) {
	if f.oneLine || f.placeholder {
		// The blanks are what became of the line breaks, or stand between words.
		return
	}
	s := &f.body
	all := []tally{f.edge, s.edge, s.empty, s.inner}
	if f.indented.count == 0 {
		all = append(all, s.indented)
	}
	var blanks tally
	for _, x := range all {
		if x.count > 0 && (blanks.count == 0 || x.first < blanks.first) {
			blanks.first = x.first
		}
		blanks.count += x.count
	}
	if blanks.count > 0 {
		t.note(blanks.first, "pem-spaces-inside", finding.Int("count", blanks.count))
	}
	if s.long >= 0 && f.shared.count == 0 {
		// Lines of 76 characters are what MIME has; every decoder reads them.
		t.note(s.long, "pem-line-length", finding.Int("length", s.longest))
		if s.longest <= 76 {
			t.notes[len(t.notes)-1].severity = finding.Notice
		}
	}
}

// spelling notes a boundary that is not written as it must be. The number of its
// hyphens does not count if something else explains it.
func (t *textReader) spelling(b *boundary, label string, explained bool) {
	expected := *b
	if expected.label == "" {
		expected.label = label
	}
	spelled := bytes.ReplaceAll(t.text[b.start:b.end], []byte{nothing}, nil)
	if !b.misspelt && (explained || string(spelled) == expected.expected()) {
		return
	}
	found := string(t.src[t.raw(b.start):t.rawEnd(b.end)])
	if b.label == "" {
		// What stands in its place may be anything, even a piece of a key.
		found = dashes + b.keyword() + "…"
	}
	t.note(b.start, "pem-boundary-damaged", finding.Str("boundary", b.keyword()),
		finding.Str("found", found), finding.Str("expected", expected.expected()))
}

// letters notes what was written with other characters than PEM has: escapes,
// invisible characters, dashes. It reports whether a dash was among them.
func (t *textReader) letters(f *frame, begin, end *boundary) (smart bool) {
	var invisible, dash, breaks, escapes tally
	start := f.lo
	if start > f.gap && isLineEnd(t.text[start-1]) {
		start-- // the line break before the BEGIN line
	}
	for i := start; i < f.hi || i == f.hi && i < len(t.text); i++ {
		c := t.text[i]
		if c == '\r' && lineBreak(t.text[i:]) == 0 {
			t.returns.add(i)
		}
		if i == f.hi && !isLineEnd(c) || c != nothing && !t.changed(i) {
			continue
		}
		switch {
		case t.escaped(i):
			if c == '\n' {
				breaks.add(i)
			} else {
				escapes.add(i)
			}
		case c == nothing && t.raw(i) == 0 && (t.mark || t.outer != nil):
			// The byte order mark of the whole text.
		case c == nothing, c == ' ', c == '\n':
			invisible.add(i)
		case c == '-' && (begin != nil && i < begin.end || end != nil && i >= end.start):
			dash.add(i)
		}
	}
	if invisible.count > 0 {
		t.note(invisible.first, "text-invisible-characters",
			finding.Int("count", invisible.count), finding.Str("character", t.character(invisible.first)))
	}
	if dash.count > 0 {
		t.note(dash.first, "text-smart-dashes", finding.Str("character", t.character(dash.first)))
	}
	if breaks.count == 0 {
		breaks = escapes
	}
	if breaks.count > 0 {
		t.note(breaks.first, "text-escaped-newlines",
			finding.Str("escape", strings.TrimRight(t.written(breaks.first), "\r\n")))
	}
	return dash.count > 0
}
