package certparse

import (
	"bytes"
)

// boundary is a BEGIN or END line, or what is left of one. Its places are
// offsets in the normalized text.
type boundary struct {
	// start and end enclose the line from its first hyphen to its last.
	start, end int
	begin      bool
	// label is the label it was meant to have; empty when it has none.
	label string
	// known says that the label is one of pemLabels.
	known bool
	// misspelt says that more is wrong than the number of hyphens.
	misspelt bool
	// glued says that another boundary follows directly.
	glued bool
}

// keyword is BEGIN or END.
func (b *boundary) keyword() string {
	if b.begin {
		return "BEGIN"
	}
	return "END"
}

// expected is how the line should be written.
func (b *boundary) expected() string {
	return dashes + b.keyword() + " " + b.label + dashes
}

const (
	// maxInner is how many characters are looked at between the hyphens.
	maxInner = maxLabel + 16
	// maxGuesses is how many misspelt boundaries of one input are puzzled over.
	maxGuesses = 1000
	// maxLookBack is how far before a boundary without hyphens its line may start.
	maxLookBack = 16
)

// boundaryFinder finds boundaries from the start of the text to its end.
type boundaryFinder struct {
	text []byte
	// dash, begin and end are the next places of a hyphen and of the two
	// keywords; each is searched for again only when it has been passed.
	dash, begin, end int
	// follows is where a boundary must be looked for although it has no hyphens
	// and does not start a line, because it follows another one.
	follows int
	// probing says that only one boundary is of interest.
	probing bool
	guesses int
}

func newBoundaryFinder(text []byte) *boundaryFinder {
	return &boundaryFinder{text: text, dash: -1, begin: -1, end: -1, follows: -1}
}

func (f *boundaryFinder) index(pos int, what string) int {
	if i := bytes.Index(f.text[pos:], []byte(what)); i >= 0 {
		return pos + i
	}
	return len(f.text)
}

// next returns the first boundary at or after pos.
func (f *boundaryFinder) next(pos int) (b boundary, ok bool) {
	for {
		if f.dash < pos {
			f.dash = f.index(pos, "-")
		}
		if f.begin < pos {
			f.begin = f.index(pos, "BEGIN")
		}
		if f.end < pos {
			f.end = f.index(pos, "END")
		}
		at := min(f.dash, f.begin, f.end)
		if f.follows >= pos {
			at = min(at, f.follows)
		}
		if at == len(f.text) {
			return b, false
		}
		if b, pos, ok = f.read(at); ok {
			return b, true
		}
	}
}

// read reads the boundary at pos. If there is none, next is where to go on looking.
func (f *boundaryFinder) read(pos int) (b boundary, next int, ok bool) {
	text := f.text
	word, before := f.hyphens(pos)
	next = max(word, pos+1)
	lineStart := startsLine(text, pos)
	if before == 0 && !lineStart && pos != f.follows {
		return b, next, false
	}
	if before == len(dashes) && word == pos+before && (pos == 0 || text[pos-1] == '\n' || text[pos-1] == '\r') {
		if b, ok := f.strict(pos); ok {
			return b, b.end, true
		}
	}
	for word < len(text) && word < pos+maxInner && (isBlank(text[word])) {
		word++
	}
	stop := word
	for stop < len(text) && stop < word+maxInner && text[stop] != '-' && text[stop] != '\n' && text[stop] != '\r' {
		stop++
	}
	if stop == word+maxInner {
		return b, next, false
	}
	tail, after := f.hyphens(stop)
	inner := bytes.TrimRight(text[word:stop], " \t\x00")
	if after == 0 {
		inner = bytes.TrimRight(inner, "\"'` \t\x00\\,")
		stop = word + len(inner)
		tail = stop
	}
	b = boundary{start: pos, end: tail}
	if !f.resolve(&b, inner, before, after, lineStart || pos == f.follows) {
		return b, next, false
	}
	if !f.probing {
		f.split(&b, stop, after)
	}
	return b, b.end, true
}

// blanks skips a few blanks at pos.
func (f *boundaryFinder) blanks(pos int) int {
	for stop := min(len(f.text), pos+maxLookBack); pos < stop && isBlank(f.text[pos]); {
		pos++
	}
	return pos
}

// hyphens skips the hyphens at pos, and what cannot be seen between them.
func (f *boundaryFinder) hyphens(pos int) (end, count int) {
	end = pos
	for i := pos; i < len(f.text) && (f.text[i] == '-' || f.text[i] == nothing); i++ {
		if f.text[i] == '-' {
			count++
			end = i + 1
		}
	}
	return end, count
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == nothing }

func isQuote(c byte) bool { return c == '"' || c == '\'' || c == '`' }

// startsLine reports whether only blanks and quotation marks stand before pos on its line.
func startsLine(text []byte, pos int) bool {
	for i := range maxLookBack {
		if i == pos {
			return true
		}
		switch c := text[pos-1-i]; {
		case c == '\n' || c == '\r':
			return true
		case !isBlank(c) && !isQuote(c):
			return false
		}
	}
	return false
}

// strict reads a boundary that is exactly as the standard has it, alone on its
// line. The label may be any; a misspelt one is read as what it was meant to be.
func (f *boundaryFinder) strict(pos int) (b boundary, ok bool) {
	line := f.text[pos:min(len(f.text), pos+maxInner+2*len(dashes))]
	n := bytes.IndexAny(line, "\r\n")
	if n < 0 && pos+len(line) < len(f.text) {
		return b, false
	}
	if n >= 0 {
		line = line[:n]
	}
	line = bytes.TrimRight(line, " \t")
	b = boundary{start: pos, end: pos + len(line)}
	var label []byte
	switch {
	case !bytes.HasSuffix(line, []byte(dashes)):
		return b, false
	case bytes.HasPrefix(line, []byte(beginPrefix)) && len(line) >= len(beginPrefix)+len(dashes):
		b.begin = true
		label = line[len(beginPrefix) : len(line)-len(dashes)]
	case bytes.HasPrefix(line, []byte(endPrefix)) && len(line) >= len(endPrefix)+len(dashes):
		label = line[len(endPrefix) : len(line)-len(dashes)]
	default:
		return b, false
	}
	if l := findLabel(label); l != nil {
		b.label, b.known = l.name, true
		return b, true
	}
	if _, ok := squeezedLabel(squeeze(nil, label)); ok || !plainLabel(label) {
		return b, false
	}
	if f.guesses < maxGuesses {
		f.guesses++
		if _, _, ok := guessBoundary(squeeze([]byte(b.keyword()), label)); ok {
			return b, false
		}
	}
	b.label = string(label)
	return b, true
}

// plainLabel reports whether a label that is not known is written as labels are.
// Small letters are not: what has them may be a piece of a key, and labels are shown.
func plainLabel(label []byte) bool {
	if len(label) == 0 || len(label) > maxLabel || label[0] == ' ' || label[len(label)-1] == ' ' {
		return false
	}
	for i, c := range label {
		switch {
		case c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '.', c == '#', c == '/', c == '_':
		case c == ' ' && label[i-1] != ' ':
		case c == '-' && i > 0 && i < len(label)-1 && label[i-1] != '-':
		default:
			return false
		}
	}
	return true
}

// resolve finds out which boundary was meant by what stands between the hyphens:
// before and after are their numbers, alone says that nothing else stands before
// on the line. The fewer hyphens are left, the more must be right.
func (f *boundaryFinder) resolve(b *boundary, inner []byte, before, after int, alone bool) bool {
	var buffer [maxInner]byte
	s := squeeze(buffer[:0], inner)
	var rest []byte
	switch {
	case len(s) < len("END"):
		return false
	case bytes.HasPrefix(s, []byte("BEGIN")):
		b.begin, rest = true, s[len("BEGIN"):]
	case bytes.HasPrefix(s, []byte("END")):
		rest = s[len("END"):]
	default:
		return f.guess(b, s, before, after)
	}
	if len(rest) == 0 {
		b.misspelt = true
		return before >= 3 && after >= 3
	}
	if b.label, b.known = squeezedLabel(rest); b.known {
		spelled := b.keyword() + " " + b.label
		b.misspelt = string(bytes.ReplaceAll(inner, []byte{nothing}, nil)) != spelled
		switch {
		case before > 0 && after > 0:
			return true
		case before == 0 && after == 0:
			return alone && !b.misspelt && f.endsLine(b.end)
		case before == 0:
			return alone && after >= 2
		}
		return before >= 2 && f.endsLine(b.end)
	}
	if f.guess(b, s, before, after) {
		return true
	}
	// A label that nobody knows is taken for one if the rest is right. What cannot
	// be a label is as good as none.
	rest, b.begin = bytes.CutPrefix(inner, []byte("BEGIN "))
	if !b.begin {
		rest = bytes.TrimPrefix(inner, []byte("END "))
	}
	if before < len(dashes) || after < len(dashes) || len(rest) == len(inner) {
		return false
	}
	if b.label = string(rest); !plainLabel(rest) {
		b.label, b.misspelt = "", true
	}
	return true
}

func (f *boundaryFinder) guess(b *boundary, s []byte, before, after int) bool {
	if before < 3 || after < 3 || f.guesses >= maxGuesses {
		return false
	}
	f.guesses++
	begin, label, ok := guessBoundary(s)
	if ok {
		b.begin, b.label, b.known, b.misspelt = begin, label, true, true
	}
	return ok
}

// endsLine reports whether only blanks and quotation marks follow on the line.
func (f *boundaryFinder) endsLine(pos int) bool {
	for i := range maxLookBack {
		if pos+i >= len(f.text) {
			return true
		}
		switch c := f.text[pos+i]; {
		case c == '\n' || c == '\r':
			return true
		case !isBlank(c) && !isQuote(c) && c != ',' && c != ';' && c != '\\':
			return false
		}
	}
	return false
}

// split ends b where the next boundary begins, if one follows directly, and
// gives each of the two its share of the hyphens between them: stop is where
// these start.
func (f *boundaryFinder) split(b *boundary, stop, after int) {
	if after == 0 {
		return
	}
	next := f.blanks(b.end)
	word, _ := f.hyphens(next)
	word = f.blanks(word)
	rest := f.text[word:]
	if (len(rest) < 5 || !bytes.EqualFold(rest[:5], []byte("BEGIN"))) && (len(rest) < 3 || !bytes.EqualFold(rest[:3], []byte("END"))) {
		return
	}
	end := b.end
	if next == end && after > len(dashes) {
		keep := max(len(dashes), after-len(dashes))
		for end = stop; keep > 0; end++ {
			if f.text[end] == '-' {
				keep--
			}
		}
		next = f.blanks(end)
	}
	// What follows may be no boundary after all. A copy looks, and looks no further.
	probe := *f
	probe.follows, probe.probing = next, true
	if _, _, ok := probe.read(next); ok {
		b.glued, b.end = true, end
		f.follows = next
	}
}
