package certparse

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/certloupe/certloupe/finding"
)

// decode decodes the base64 text of a block, text[from:to], finds out what it
// is, and notes what is wrong with it. It reports whether there is no other way
// to read the block. Either boundary may be missing, or both.
func (t *textReader) decode(b *Block, begin, end *boundary, f *frame, from, to int) (certain bool) {
	var first, last string
	if begin != nil {
		first = begin.label
	}
	if end != nil {
		last = end.label
	}
	if b.Label = first; first == "" {
		b.Label = last
	}
	if strings.HasPrefix(b.Label, prefixPGP) {
		f.body = body{long: -1}
		t.note(f.lo, "pem-block-ignored", finding.Str("label", b.Label))
		return false
	}
	f.body = t.scanBody(from, to, false)
	s := &f.body
	b.Headers = s.headers
	encrypted := encryptedByHeader(b.Label, s.headers)
	if len(s.headers) > 0 && !encrypted {
		names := make([]string, len(s.headers))
		for i, h := range s.headers {
			names[i] = headerName(h)
		}
		t.note(s.headersAt, "pem-headers-unexpected", finding.List("headers", names))
		if s.continued {
			// OpenSSL refuses such headers, other decoders continued lines.
			t.notes[len(t.notes)-1].severity = finding.Error
		}
	}
	b.Kind = labelKind(b.Label)
	before := len(t.notes)
	switch {
	case len(s.chars)+s.bad.count+s.padding.count == 0:
		if begin != nil && end != nil {
			t.note(begin.start, "pem-empty")
		}
	case !encrypted && t.placeholder(s, from, to):
		for t.blankFrom(from, from+1) || isLineEnd(t.text[from]) {
			from++
		}
		t.note(from, "pem-placeholder")
		f.placeholder = true
	default:
		b.DER, certain = t.content(s, encrypted)
	}
	if b.Label == labelTrusted {
		b.DER = withoutTrust(b.DER)
	}
	switch whole := complete(b.DER); {
	case begin == nil && end == nil:
	case begin == nil:
		if !whole {
			// Without its start nothing can be said of the rest.
			t.notes = t.notes[:before]
			b.DER = nil
		}
		t.note(from, "pem-begin-missing")
		certain = certain && whole
	case end == nil:
		t.note(to, "pem-end-missing")
		certain = certain && whole
	}
	return t.label(b, begin, end, encrypted) && certain
}

// content decodes base64 characters and notes what is wrong with them.
func (t *textReader) content(s *body, encrypted bool) (der []byte, certain bool) {
	switch {
	case s.bad.count > 0:
		t.note(s.bad.first, "pem-base64-invalid",
			finding.Str("found", t.character(s.bad.first)), finding.Int("count", s.bad.count))
		return nil, false
	case s.afterPadding.count > 0:
		t.note(s.afterPadding.first, "pem-base64-padding", finding.Str("problem", "text follows the padding"))
		return nil, false
	case s.url.count > 0:
		if der = decodeChars(fromURL(s.chars)); bytes.ContainsAny(s.chars, "+/") || !complete(der) {
			t.note(s.url.first, "pem-base64-invalid",
				finding.Str("found", t.character(s.url.first)), finding.Int("count", s.url.count))
			return nil, false
		}
		t.note(s.url.first, "pem-base64url", finding.Int("count", s.url.count))
	default:
		der = decodeChars(s.chars)
	}
	if encrypted {
		// What is encrypted announces no length.
		if problem := s.padded(); problem != "" {
			t.note(s.lastEnd, "pem-base64-padding", finding.Str("problem", problem))
			return nil, false
		}
		return der, true
	}
	whole := complete(der)
	if !whole && s.inner.count > 0 {
		plus := t.scanBody(s.from, s.to, true)
		if lost := decodeChars(plus.chars); plus.even() && complete(lost) && formOf(lost) != formUnknown {
			t.note(s.inner.first, "pem-plus-signs-lost", finding.Int("count", s.inner.count))
			*s, der, whole = plus, lost, true
		}
	}
	if n, ok := announced(der); ok && der[0] == tagSequence && n > len(der) {
		at := s.short
		if at < 0 {
			at = s.lastEnd
		}
		t.note(at, "pem-truncated", finding.Int("announced", n), finding.Int("present", len(der)))
		return der, false
	}
	if problem := s.padded(); problem != "" {
		t.note(s.lastEnd, "pem-base64-padding", finding.Str("problem", problem))
		if !whole {
			return nil, false
		}
	}
	return der, true
}

// even reports whether all lines but the last have the same width.
func (s *body) even() bool { return s.short < 0 && s.longest == s.width }

// padded says what is wrong with the padding; it is empty if nothing is.
func (s *body) padded() string {
	rest := len(s.chars) % 4
	switch {
	case rest == 1:
		return "no number of bytes has this number of characters"
	case (rest+s.padding.count)%4 != 0 && s.padding.count == 0:
		return "the padding is missing"
	case s.padding.count != (4-rest)%4:
		return "the padding has the wrong length"
	}
	return ""
}

// decodeChars decodes base64 characters without padding. What is left over at
// the end is dropped.
func decodeChars(chars []byte) []byte {
	whole := len(chars) &^ 3
	der := make([]byte, whole/4*3+8)
	n, _ := decodeBase64(der, chars[:whole])
	if rest := chars[whole:]; len(rest) > 1 {
		tail := [4]byte{'=', '=', '=', '='}
		copy(tail[:], rest)
		m, _ := decodeBase64(der[n:], tail[:])
		n += m
	}
	return der[:n:n]
}

// fromURL returns chars with the two characters of the URL alphabet replaced.
func fromURL(chars []byte) []byte {
	chars = bytes.ReplaceAll(chars, []byte("-"), []byte("+"))
	return bytes.ReplaceAll(chars, []byte("_"), []byte("/"))
}

// withoutTrust returns the certificate of a TRUSTED CERTIFICATE block without
// the trust settings that OpenSSL puts behind it.
func withoutTrust(der []byte) []byte {
	n, ok := announced(der)
	if ok && n < len(der) && der[n] == tagSequence && complete(der[n:]) && formOf(der) == formCertificate {
		return der[:n:n]
	}
	return der
}

// label settles what the block is, and the label that it should have.
func (t *textReader) label(b *Block, begin, end *boundary, encrypted bool) bool {
	form := formUnknown
	if l := findLabel([]byte(b.Label)); !encrypted && (l == nil || l.kind != KindUnknown) {
		form = formOf(b.DER)
	}
	right := forms[form].label
	if form != formUnknown {
		b.Kind = forms[form].kind
	}
	if begin != nil && end != nil && begin.label != "" && end.label != "" && begin.label != end.label {
		t.note(end.start, "pem-label-mismatch", finding.Str("begin", begin.label), finding.Str("end", end.label))
		switch {
		case right == "":
			return false
		case form.fit(begin.label) == fits:
		case form.fit(end.label) == fits:
			b.Label = end.label
		default:
			b.Label = right
		}
		return true
	}
	if b.Label == "" {
		b.Label = right
	}
	if right == "" || form.fit(b.Label) == fits {
		return b.Label != ""
	}
	at := end
	if begin != nil {
		at = begin
	}
	t.note(at.start, "pem-label-wrong", finding.Str("label", b.Label),
		finding.Str("content", forms[form].what), finding.Str("expected", right))
	if form.fit(b.Label) == tolerated {
		t.notes[len(t.notes)-1].severity = finding.Warning
	}
	b.Label = right
	return true
}

// placeholder reports whether a body holds what documentation and masked output
// have in the place of content: dots, asterisks, or words.
func (t *textReader) placeholder(s *body, from, to int) bool {
	text := bytes.Trim(t.text[from:to], "\"'` \t\r\n\x00")
	filler := len(bytes.Trim(text, "*.xX#_?-=•… \t\r\n")) == 0 ||
		// The same once everything invisible is left out.
		s.bad.count == 0 && len(s.chars) > 0 && len(bytes.Trim(s.chars, "xX_-")) == 0
	switch {
	case filler && len(text) > 0:
		return true
	case bytes.Contains(text, []byte("...")), bytes.Contains(text, []byte("***")), bytes.Contains(text, []byte("…")):
		return s.bad.count > 0
	case bytes.IndexByte([]byte("<[{($"), text[0]) >= 0:
		return true
	}
	length := len(s.chars) + s.bad.count
	if length > 200 || s.inner.count == 0 && length > 40 || formOf(decodeChars(s.chars)) != formUnknown {
		return false
	}
	words := strings.Map(func(r rune) rune {
		if r <= ' ' {
			return -1
		}
		return unicode.ToUpper(r)
	}, string(text))
	for _, hint := range []string{"YOUR", "CONTENT", "HERE", "PLACEHOLDER", "EXAMPLE", "PASTE", "REDACTED", "SNIP", "OMITTED",
		"INSERT", "CERT", "KEY", "BASE64", "SECRET", "DATA"} {
		if strings.Contains(words, hint) {
			return true
		}
	}
	return false
}
