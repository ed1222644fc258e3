package certparse

import (
	"bytes"
	"slices"

	"github.com/certloupe/certloupe/finding"
)

// This file reads text that is not PEM as it should be. It finds out what each
// block was meant to be and names everything that is wrong with it. A block is
// repaired only where there is one way to read it; often it is the content that
// tells, because DER announces its own length.

// textReader reads damaged text from some place of the input on.
type textReader struct {
	source
	doc    *Document
	finder *boundaryFinder
	lines  lineCounter
	// wrapped says that src was decoded from base64, so that its lines are not
	// those of the input.
	wrapped bool
	// mark says that the text starts with a byte order mark in UTF-8.
	mark bool
	// repairs says that something was found that a repair would change, broken
	// that some block could not be repaired.
	repairs, broken bool
	// returns is the first place of a carriage return alone.
	returns tally
	around  around
	// lastEnd is where the last block's END line ended, or -1.
	lastEnd int

	// notes are the findings about the present block.
	notes []textNote
}

// textNote is a finding at a place of the normalized text.
type textNote struct {
	at       int
	code     finding.Code
	severity finding.Severity
	data     []finding.Datum
}

func (t *textReader) note(at int, code finding.Code, data ...finding.Datum) {
	t.notes = append(t.notes, textNote{at: at, code: code, data: data})
}

// lineCounter counts lines up to places that lie close to each other.
type lineCounter struct {
	text []byte
	pos  int
	line int
}

func (c *lineCounter) at(pos int) int {
	if pos < c.pos {
		c.line -= c.breaks(pos, c.pos)
	} else {
		c.line += c.breaks(c.pos, pos)
	}
	c.pos = pos
	return c.line
}

// breaks counts the line breaks in text[i:j].
func (c *lineCounter) breaks(i, j int) (n int) {
	for ; i < j; i++ {
		switch c.text[i] {
		case '\n':
			n++
		case '\r':
			if rest := c.text[i:]; lineBreak(rest) == 0 && !isDoubledReturn(rest) {
				n++
			}
		}
	}
	return n
}

// line is the line of the input on which text[i] stands.
func (t *textReader) line(i int) int {
	if t.wrapped {
		return t.lines.at(t.offset(i))
	}
	return t.lines.at(t.raw(i))
}

// readText reads data from pos on, which is on the given line.
func (d *Document) readText(data []byte, pos, line int) *textReader {
	t := &textReader{doc: d, lastEnd: -1}
	t.input, t.base, t.src = data, pos, data[pos:]
	if order, name := utf16Order(t.src); order != nil {
		t.src, t.outer = decodeUTF16(t.src, pos, order)
		d.Findings = append(d.Findings, finding.New("text-utf16",
			finding.Where{Input: d.Name, Line: line, Byte: finding.At(pos)}, finding.Str("encoding", name)))
		t.repairs = true
	}
	t.lines = lineCounter{text: t.src, line: line}
	t.normalize()
	t.finder = newBoundaryFinder(t.text)
	if pos == 0 && t.outer == nil && bytes.HasPrefix(data, []byte("\xef\xbb\xbf")) {
		t.mark, t.repairs = true, true
	}
	t.blocks()
	return t
}

// where is the place of text[i] in the input.
func (t *textReader) where(i int) finding.Where {
	return finding.Where{Input: t.doc.Name, Line: t.line(i), Byte: finding.At(t.offset(i))}
}

// document records a finding about the text as a whole.
func (t *textReader) document(at int, code finding.Code, data ...finding.Datum) {
	t.doc.Findings = append(t.doc.Findings, finding.New(code, t.where(at), data...))
}

// blocks reads all blocks of the text.
func (t *textReader) blocks() {
	pos, gap := 0, 0
	var open *boundary
	for {
		if len(t.doc.Blocks) >= MaxBlocks {
			if b, ok := t.finder.next(pos); ok {
				t.document(b.start, "too-many-blocks", finding.Int("limit", MaxBlocks))
				t.broken = true
			}
			return
		}
		b, ok := t.finder.next(pos)
		switch {
		case !ok && open != nil:
			gap = t.withoutEnd(open, gap, len(t.text))
			t.gap(gap, len(t.text))
			t.finish()
			return
		case !ok:
			t.gap(gap, len(t.text))
			t.finish()
			return
		case b.begin:
			if open != nil {
				gap = t.withoutEnd(open, gap, b.start)
				open = nil
				if len(t.doc.Blocks) >= MaxBlocks {
					continue
				}
			}
			if end, ok := t.clean(b.start); ok {
				t.gap(gap, b.start)
				pos, gap, t.lastEnd = end, end, end
				continue
			}
			open = &b
		case open != nil:
			gap = t.block(open, &b, gap, open.end, b.start)
			open = nil
		default:
			gap = t.withoutBegin(gap, &b)
		}
		pos = b.end
	}
}

// finish records what was seen of the text as a whole.
func (t *textReader) finish() {
	if t.mark && len(t.doc.Blocks) > 0 {
		t.document(0, "text-byte-order-mark")
	}
	if t.returns.count > 0 {
		t.document(t.returns.first, "text-lone-carriage-return")
		t.repairs = true
	}
	t.around.record(t)
}

// clean reads the block at pos if there is nothing to remark about it.
func (t *textReader) clean(pos int) (end int, ok bool) {
	if t.outer != nil {
		return 0, false
	}
	start := t.raw(pos)
	if start > 0 && t.src[start-1] != '\n' || !bytes.HasPrefix(t.src[start:], []byte(beginPrefix)) {
		return 0, false
	}
	b, end, ok := cleanBlock(t.text, pos, nil)
	if !ok || t.raw(end)-start != end-pos || !bytes.Equal(t.src[start:t.raw(end)], t.text[pos:end]) || !b.sound() {
		return 0, false
	}
	if rest := t.src[t.raw(end):]; len(rest) > 0 && lineBreak(rest) == 0 {
		return 0, false
	}
	b.Start, b.End = t.offset(pos), t.offset(end)
	b.Line = t.line(pos)
	t.doc.Blocks = append(t.doc.Blocks, b)
	return end, true
}

// withoutEnd reads a block whose END line is missing; what follows it starts at limit.
func (t *textReader) withoutEnd(begin *boundary, gap, limit int) (next int) {
	to, seen, pos := begin.end, false, begin.end
	for pos < limit {
		end := t.lineEnd(pos, limit)
		line := bytes.Trim(t.text[pos:end], "\"'`, \t\x00")
		switch {
		case len(line) == 0:
		case isBase64Line(line):
			to, seen = end, true
		case !seen && bytes.IndexByte(line, ':') >= 0:
		default:
			limit = pos
		}
		pos = t.nextLine(end, limit)
	}
	return t.block(begin, nil, gap, begin.end, to)
}

// withoutBegin reads a block whose BEGIN line is missing. It starts after gap.
func (t *textReader) withoutBegin(gap int, end *boundary) (next int) {
	from := end.start
	for pos := gap; pos < end.start; {
		stop := t.lineEnd(pos, end.start)
		line := bytes.Trim(t.text[pos:stop], "\"'`, \t\x00")
		switch {
		case len(line) == 0:
		case !isBase64Line(line):
			from = end.start
		case from == end.start:
			from = pos
		}
		pos = t.nextLine(stop, end.start)
	}
	return t.block(nil, end, gap, from, end.start)
}

func isBase64Line(line []byte) bool {
	for _, c := range line {
		if base64Value[c] >= 64 && c != '=' && c != nothing {
			return false
		}
	}
	return true
}

// block reads the block between two boundaries, one of which may be missing. Its
// base64 text is text[from:to]; the last block ended at gap. It returns where
// the text after the block starts.
func (t *textReader) block(begin, end *boundary, gap, from, to int) (next int) {
	t.notes = t.notes[:0]
	frame := t.frame(begin, end, gap, from, to)
	t.gap(gap, frame.lo)
	first, last := from, to
	if begin != nil {
		first = begin.start
	}
	if end != nil {
		last = end.end
	}
	b := Block{Start: t.offset(first), End: t.endOffset(last), Line: t.line(first)}

	certain := t.decode(&b, begin, end, &frame, from, to)
	t.damage(&frame, begin, end, b.Label)
	t.emit(&b, certain)
	t.doc.Blocks = append(t.doc.Blocks, b)
	if end != nil {
		t.lastEnd = end.end
	} else {
		t.lastEnd = -1
	}
	return frame.hi
}

// emit turns the notes about the block into findings.
func (t *textReader) emit(b *Block, certain bool) {
	slices.SortStableFunc(t.notes, func(x, y textNote) int { return x.at - y.at })
	worst := finding.Severity(0)
	for _, n := range t.notes {
		where := t.where(n.at)
		where.Block = len(t.doc.Blocks) + 1
		f := finding.New(n.code, where, n.data...)
		if n.severity != 0 {
			f = f.As(n.severity)
		}
		worst = max(worst, f.Severity)
		t.doc.Findings = append(t.doc.Findings, f)
	}
	if !certain {
		t.broken = true
		return
	}
	b.Repaired = worst == finding.Error || t.outer != nil || t.returns.count > 0 || len(t.doc.Blocks) == 0 && t.repairs
	if worst >= finding.Warning {
		t.repairs = true
	}
}
