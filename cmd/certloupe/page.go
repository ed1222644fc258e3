package main

import (
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/certloupe/certloupe/internal/safetext"
)

const (
	// defaultColumns is the width of a page that goes to no terminal.
	defaultColumns = 80
	// minColumns and maxColumns bound the width: text in narrower columns cannot
	// be read, and longer lines are hard to follow.
	minColumns, maxColumns = 40, 120
)

// page lays out text for a person: in two columns, wrapped, and safe. All text
// passes through safetext here, wherever it comes from, so that nothing that a
// certificate says can reach the terminal's controls.
type page struct {
	w     io.Writer
	width int
	color bool
}

// newPage returns a page for a terminal of the given width; 0 is no terminal.
func newPage(w io.Writer, columns int, color bool) *page {
	if columns == 0 {
		columns = defaultColumns
	}
	return &page{w: w, width: min(max(columns, minColumns), maxColumns), color: color}
}

// style is how a piece of text looks, as the parameters of the terminal's
// sequence "select graphic rendition".
type style string

const (
	plain  style = ""
	bold   style = "1"
	faint  style = "2"
	red    style = "1;31"
	green  style = "1;32"
	yellow style = "1;33"
	cyan   style = "1;36"
)

// piece is text in one style.
type piece struct {
	text  string
	style style
}

func text(s string) piece { return piece{text: s} }

func (p *page) paint(s string, style style) string {
	if !p.color || style == plain || s == "" {
		return s
	}
	return "\x1b[" + string(style) + "m" + s + "\x1b[0m"
}

// blank writes an empty line.
func (p *page) blank() { io.WriteString(p.w, "\n") }

// row writes a label and, from the given column on, text that is wrapped within
// that column. Pieces are separated by a blank.
func (p *page) row(indent int, label piece, column int, pieces ...piece) {
	var b strings.Builder
	b.WriteString(strings.Repeat(" ", indent))
	name := safetext.String(label.text)
	b.WriteString(p.paint(name, label.style))
	used := indent + displayWidth(name)
	pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.text == "" })
	if len(pieces) == 0 {
		column = used
	} else if used > column {
		b.WriteByte(' ')
		used++
	}
	b.WriteString(strings.Repeat(" ", max(0, column-used)))
	position := max(column, used)
	start := true
	for _, piece := range pieces {
		for _, word := range words(safetext.String(piece.text)) {
			width := displayWidth(word)
			switch {
			case start:
			case position+1+width <= p.width:
				b.WriteByte(' ')
				position++
			default:
				b.WriteByte('\n')
				b.WriteString(strings.Repeat(" ", column))
				position = column
			}
			start = false
			for position+width > p.width {
				head := cutWidth(word, max(2, p.width-position))
				b.WriteString(p.paint(head, piece.style))
				b.WriteByte('\n')
				b.WriteString(strings.Repeat(" ", column))
				word, position = word[len(head):], column
				width = displayWidth(word)
			}
			b.WriteString(p.paint(word, piece.style))
			position += width
		}
	}
	b.WriteByte('\n')
	io.WriteString(p.w, b.String())
}

// words splits text at its blanks, except within a BEGIN or END line, which
// means something only as a whole.
func words(s string) []string {
	split := strings.Split(s, " ")
	merged := split[:0]
	open := false
	for _, word := range split {
		if open {
			merged[len(merged)-1] += " " + word
		} else {
			merged = append(merged, word)
		}
		begins := strings.HasPrefix(word, "-----BEGIN") || strings.HasPrefix(word, "-----END")
		open = (open || begins) && !strings.HasSuffix(strings.TrimRight(word, ".,;:"), "-----")
	}
	return merged
}

// lines writes text that has its own line breaks, each line as it is.
func (p *page) lines(s string) {
	for line := range strings.Lines(s) {
		io.WriteString(p.w, safetext.String(strings.TrimSuffix(line, "\n"))+"\n")
	}
}

// cutWidth is the longest beginning of s that is at most width columns wide, but
// at least one character.
func cutWidth(s string, width int) string {
	for i, r := range s {
		if width -= runeWidth(r); width < 0 && i > 0 {
			return s[:i]
		}
	}
	return s
}

// displayWidth is how many columns of a terminal s takes.
func displayWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// runeWidth is how many columns of a terminal r takes: two for the wide
// characters of East Asia, none for marks that combine with the one before.
func runeWidth(r rune) int {
	switch {
	case r < 0x300:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me):
		return 0
	case unicode.Is(wide, r):
		return 2
	}
	return 1
}

// wide are the characters that Unicode Standard Annex 11 calls wide or
// fullwidth, by their blocks.
var wide = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1},
		{Lo: 0x2e80, Hi: 0x303e, Stride: 1},
		{Lo: 0x3041, Hi: 0x33ff, Stride: 1},
		{Lo: 0x3400, Hi: 0x4dbf, Stride: 1},
		{Lo: 0x4e00, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xa960, Hi: 0xa97f, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1},
		{Lo: 0xf900, Hi: 0xfaff, Stride: 1},
		{Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff01, Hi: 0xff60, Stride: 1},
		{Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6ff, Stride: 1},
		{Lo: 0x1f900, Hi: 0x1faff, Stride: 1},
		{Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}
