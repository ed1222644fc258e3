package certparse

import (
	"bytes"
	"math"
	"slices"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
)

// Parse reads an input of any kind, PEM or DER, and says what it holds and what
// is wrong with it. It judges by content, never by a name, and by a label only
// where the content says nothing. It never fails; an input that holds nothing of use gives a
// Document without blocks and a finding that says so.
//
// The Document keeps parts of data if it is DER; data must not be changed
// afterwards.
func Parse(data []byte, opt Options) *Document {
	d := &Document{Name: opt.Name}
	d.parse(data, opt)
	return d
}

// parse reads data into an empty document.
func (d *Document) parse(data []byte, opt Options) {
	limit := opt.MaxSize
	if limit <= 0 {
		limit = DefaultMaxSize
	}
	limit = min(limit, math.MaxInt32)
	switch {
	case len(data) > limit:
		d.Findings = append(d.Findings, finding.New("input-too-large", d.where(),
			finding.Int("limit", limit)))
		return
	case len(bytes.TrimSpace(data)) == 0:
		d.Findings = append(d.Findings, finding.New("input-empty", d.where()))
		return
	}
	if isBinary(data) {
		d.readDER(data)
	} else if !d.readMisread(data) {
		d.readPEM(data)
	}
	d.open(opt.Password)
	slices.SortStableFunc(d.Findings, func(a, b finding.Finding) int { return int(a.Where.Byte) - int(b.Where.Byte) })
}

func (d *Document) where() finding.Where { return finding.Where{Input: d.Name} }

// isBinary reports whether data is DER or another binary format that is
// recognized. A SEQUENCE starts with the byte that is the digit 0 in text, so its
// length decides.
func isBinary(data []byte) bool {
	if data[0] != tagSequence {
		return formOf(data) != formUnknown
	}
	if len(data) < 2 {
		return false
	}
	if data[1] >= 0x80 {
		// No text in UTF-8 has a continuation byte after a digit.
		return data[1] < 0xc0
	}
	return formOf(data) != formUnknown || complete(data) && !utf8.Valid(data)
}

// readDER reads data as the DER of one thing.
func (d *Document) readDER(data []byte) {
	b := Block{Kind: recognize(data), DER: data, End: len(data)}
	if n, ok := announced(data); ok && data[0] == tagSequence && n > len(data) {
		d.Findings = append(d.Findings, finding.New("pem-truncated", d.where(),
			finding.Int("announced", n), finding.Int("present", len(data))))
	} else if b.Kind == KindUnknown {
		d.Findings = append(d.Findings, finding.New("input-unrecognized", d.where()))
	}
	d.Blocks = append(d.Blocks, b)
}

// readMisread reads DER whose bytes were taken for characters of a text and
// written out as UTF-8. From Latin-1 the bytes can be won back; where they were
// replaced, they are lost. It reports whether data is such a thing.
func (d *Document) readMisread(data []byte) bool {
	if data[0] != tagSequence || len(data) < 4 {
		return false
	}
	r, _ := utf8.DecodeRune(data[1:])
	switch {
	case r == utf8.RuneError && data[1] == 0xef, r == 0x201a:
		// A replacement character, or what Windows has for 0x82.
		d.Findings = append(d.Findings, finding.New("der-read-as-text", d.where()))
		return true
	case r < 0x80 || r > 0x84:
		return false
	}
	der := make([]byte, 0, len(data))
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r > 0xff {
			return false
		}
		der = append(der, byte(r))
		i += n
	}
	f := formOf(der)
	if !complete(der) || f == formUnknown {
		return false
	}
	b := Block{Kind: forms[f].kind, Label: forms[f].label, DER: der, End: len(data), Repaired: true}
	d.Blocks = []Block{b}
	d.Findings = append(d.Findings, finding.New("der-read-as-text", d.where()))
	d.Repaired = b.PEM()
	return true
}

// sound reports whether a block that is well written holds what its label says,
// in full.
func (b *Block) sound() bool {
	f := formOf(b.DER)
	if f == formUnknown || f.fit(b.Label) != fits {
		return false
	}
	b.Kind = forms[f].kind
	n, ok := announced(b.DER)
	return !ok || n <= len(b.DER)
}

// readPEM reads data as text. Blocks that are as they should be are read here;
// the first thing that is not hands over to the tolerant reader.
func (d *Document) readPEM(data []byte) {
	d.Text = true
	if cap(d.Blocks) == 0 {
		d.Blocks = make([]Block, 0, min(1+len(data)/1024, 16))
	}
	pos, line := 0, 1
	for {
		for pos < len(data) {
			n := lineBreak(data[pos:])
			if n == 0 {
				break
			}
			pos += n
			line++
		}
		if pos == len(data) {
			break
		}
		var b Block
		var end int
		ok := len(d.Blocks) < MaxBlocks
		if ok {
			b, end, ok = cleanBlock(data, pos, d.memory)
		}
		if !ok || !b.sound() {
			d.readRest(data, pos, line)
			break
		}
		b.Line = line
		line += bytes.Count(data[pos:end], newline)
		d.Blocks = append(d.Blocks, b)
		pos = end
	}
	if i := firstCRLF(data); i >= 0 && d.Text {
		where := d.where()
		where.Line, where.Byte = 1+bytes.Count(data[:i], newline), finding.At(i)
		d.Findings = append(d.Findings, finding.New("text-crlf", where))
	}
}

var newline = []byte{'\n'}

// firstCRLF is where the first line break is that is CRLF, or -1.
func firstCRLF(data []byte) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(data[at:], '\r')
		if i < 0 {
			return -1
		}
		if at += i; lineBreak(data[at:]) == 2 {
			return at
		}
	}
}

// readRest reads the text from pos on tolerantly.
func (d *Document) readRest(data []byte, pos, line int) {
	t := d.readText(data, pos, line)
	if len(d.Blocks) == 0 {
		if in := t.unwrap(); in != nil {
			t = in
		} else if !t.bare() {
			d.nothing(t)
			return
		}
	}
	if !t.repairs || t.broken || len(d.Blocks) == 0 {
		return
	}
	var out []byte
	for i := range d.Blocks {
		text := d.Blocks[i].PEM()
		if text == nil {
			return
		}
		out = append(out, text...)
	}
	d.Repaired = out
}

// nothing records that there was nothing of use in the text.
func (d *Document) nothing(t *textReader) {
	if len(bytes.Trim(t.text, " \t\r\n\x00")) == 0 {
		d.Findings = append(d.Findings[:0], finding.New("input-empty", d.where()))
		return
	}
	odd := 0
	for i, c := range t.text {
		if c == nothing || c >= utf8.RuneSelf && !utf8.RuneStart(c) && i > 0 && t.text[i-1] < utf8.RuneSelf {
			odd++
		}
	}
	d.Text = odd <= len(t.text)/20
	d.Findings = append(d.Findings, finding.New("input-unrecognized", d.where()))
}

// open reads the certificates, opens the private keys and unpacks the containers of
// the blocks.
func (d *Document) open(password []byte) {
	var keys *keyOpener // Only keys and containers need one.
	for i := range d.Blocks {
		b := &d.Blocks[i]
		if len(b.DER) == 0 {
			continue
		}
		where := d.where()
		if d.Text {
			where.Block, where.Line, where.Byte = i+1, b.Line, finding.At(b.Start)
		}
		encrypted := encryptedByHeader(b.Label, b.Headers)
		n, ok := announced(b.DER)
		if ok && n > len(b.DER) && b.DER[0] == tagSequence && !encrypted {
			continue // cut off, which has its finding
		}
		switch b.Kind {
		case KindPrivateKey, KindPKCS7, KindPKCS12, KindJavaKeystore:
			if keys == nil {
				keys = &keyOpener{password: password}
			}
		}
		switch b.Kind {
		case KindCertificate:
			c, err := parseCertificate(b.DER, d.memory)
			if b.Certificate = c; err != nil {
				d.syntaxError(err, where)
			}
		case KindPrivateKey:
			k, fs := keys.open(b, where)
			b.PrivateKey = k
			d.Findings = append(d.Findings, fs...)
		case KindUnknown:
			if d.Text {
				d.Findings = append(d.Findings, finding.New("pem-block-ignored", where, finding.Str("label", b.Label)))
			}
		case KindPKCS7, KindPKCS12, KindJavaKeystore:
			if d.checkShape(b, where, n, ok) {
				c, fs := keys.unpack(b, where)
				b.Container = c
				d.Findings = append(d.Findings, fs...)
			}
		default:
			d.checkShape(b, where, n, ok)
		}
		if b.Kind == KindParameters && i+1 < len(d.Blocks) && d.Blocks[i+1].Kind == KindPrivateKey {
			d.Findings = append(d.Findings, finding.New("key-parameters-block", where, finding.Str("label", b.Label)))
		}
	}
}

// checkShape checks the outside of what is not a certificate or private key. It
// reports whether the block holds what its kind says.
func (d *Document) checkShape(b *Block, where finding.Where, size int, known bool) bool {
	switch {
	case recognize(b.DER) != b.Kind:
		d.syntaxError(&SyntaxError{Code: "der-malformed", Problem: "the content does not have the structure that the label promises"}, where)
		return false
	case known && size < len(b.DER) && b.DER[0] == tagSequence:
		where.DERByte = finding.At(size)
		d.Findings = append(d.Findings, finding.New("der-trailing-bytes", where,
			finding.Int("count", len(b.DER)-size), finding.Str("what", "outer structure")))
	}
	return true
}

func (d *Document) syntaxError(err error, where finding.Where) {
	if e, ok := err.(*SyntaxError); ok {
		d.Findings = append(d.Findings, e.Finding(where))
	}
}
