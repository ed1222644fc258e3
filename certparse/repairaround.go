package certparse

import (
	"bytes"
	"strings"

	"github.com/certloupe/certloupe/finding"
)

// around is the text around the blocks of one input.
type around struct {
	at    finding.Where
	kinds []string
	bytes int
}

// gap looks at the text between two blocks, text[from:to].
func (t *textReader) gap(from, to int) {
	for from < to && (isBlank(t.text[from]) || isLineEnd(t.text[from])) {
		from++
	}
	for to > from && (isBlank(t.text[to-1]) || isLineEnd(t.text[to-1])) {
		to--
	}
	text := t.text[from:to]
	// Quotation marks and what joins quoted text are no text of their own.
	if len(bytes.Trim(text, "\"'`,;+[](){}\\ \t\r\n\x00")) == 0 {
		return
	}
	if t.around.bytes == 0 {
		t.around.at = t.where(from)
	}
	t.around.bytes += t.endOffset(to) - t.offset(from)
	kind := textKind(text)
	for _, k := range t.around.kinds {
		if k == kind {
			return
		}
	}
	t.around.kinds = append(t.around.kinds, kind)
}

// textKind says what text is, as far as tools are known to write it.
func textKind(text []byte) string {
	has := func(s string) bool { return bytes.Contains(text, []byte(s)) }
	switch {
	case has("Bag Attributes"), has("localKeyID"):
		return "Bag Attributes"
	case has("Signature Algorithm:"), has("Private-Key:"), has("Public-Key:"), has("Modulus="):
		return "the output of openssl -text"
	case has("subject=") || has("subject:"), has("issuer="), has(" s:"):
		return "subject and issuer lines"
	}
	for line := range bytes.Lines(text) {
		if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' {
			return "other text"
		}
	}
	return "comments"
}

// record adds the finding about the text around the blocks of t.
func (a *around) record(t *textReader) {
	if a.bytes == 0 || len(t.doc.Blocks) == 0 {
		return
	}
	t.doc.Findings = append(t.doc.Findings, finding.New("text-around-pem", a.at,
		finding.Str("kind", strings.Join(a.kinds, ", ")), finding.Int("bytes", a.bytes)))
}
