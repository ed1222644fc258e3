package scan

import (
	"bytes"
	"context"
	"crypto/sha256"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/sm2"
	"github.com/certloupe/certloupe/validate"
)

// row is what is said about one thing in a record.
type row struct {
	piece *piece
	kind  string
	// line is the line of the input, and block counts the blocks of the record;
	// both are 0 if there are none.
	line  int64
	block int
	// container is the format of the container that the thing is or is in, entry
	// counts what is in it, and name is the friendly name there.
	container string
	entry     int
	name      string
	cert      *certparse.Certificate
	key       *certparse.PrivateKey
	// status says whether the certificate was revoked, if somebody was to be asked.
	status *validate.CertificateStatus
	// print is the SHA-256 digest of the certificate.
	print [sha256.Size]byte
	// failure says why an input could not be read.
	failure string
	codes   []finding.Code
	worst   finding.Severity
	// findings are the whole findings; they are made only for the full report.
	findings []finding.Finding
	// more are the rows of what else is in the record, in row mode.
	more []row
}

// The kinds of rows beside those of blocks.
const (
	// kindUnread is an input, or the rest of it, that could not be read.
	kindUnread = "unread"
	// kindArchive is an archive that could not be read any further.
	kindArchive = "archive"
)

// judge turns records into rows. Each worker has one.
type judge struct {
	ctx    context.Context
	opt    *Options
	fields []string
	reader certparse.Reader
	w      jsontext.Writer
	rows   []row
	codes  []finding.Code
	// value and der are room for decoding a record, cell for a column.
	value, der, cell []byte
	path             fieldPath
}

func newJudge(ctx context.Context, opt *Options) *judge {
	fields := opt.Fields
	if fields == nil {
		fields = DefaultFields()
	}
	return &judge{ctx: ctx, opt: opt, fields: fields, path: newFieldPath(opt.Field)}
}

// batch writes the rows of all records of a batch.
func (j *judge) batch(b *batch) {
	j.w.Reset(b.out[:0])
	if j.opt.Status != nil {
		j.asking(b)
		b.out = j.w.Bytes()
		return
	}
	for i := range b.pieces {
		p := &b.pieces[i]
		j.rows, j.codes = j.rows[:0], j.codes[:0]
		j.record(p, b.data[p.start:p.end:p.end])
		b.tally.add(j.rows, j.opt.Tally)
		j.write()
	}
	clear(j.rows[:cap(j.rows)])
	b.out = j.w.Bytes()
}

// record makes the rows of one record.
func (j *judge) record(p *piece, data []byte) {
	where := finding.Where{Input: p.source.name, Line: int(p.line)}
	switch p.kind {
	case pieceTooLarge:
		where.Byte = finding.At(int(p.offset))
		j.only(p, certparse.KindUnknown.String(), finding.New("input-too-large", where, finding.Int("limit", j.opt.MaxSize)))
	case pieceUnread:
		j.rows = append(j.rows, row{piece: p, kind: kindUnread, failure: p.text})
	case pieceDamaged:
		j.only(p, kindArchive, finding.New("scan-archive-damaged", finding.Where{Input: p.source.name}, finding.Str("problem", p.text)))
	case pieceLimit:
		j.only(p, kindArchive, finding.New("scan-archive-limit", finding.Where{Input: p.source.name}, finding.Str("limit", p.text)))
	default:
		switch p.source.format {
		case PEM, DER:
			j.document(p, data, true)
		default:
			if value, f := j.lineValue(p, data); f != nil {
				j.only(p, certparse.KindUnknown.String(), *f)
			} else {
				j.document(p, value, false)
			}
		}
	}
}

// only makes the one row of a record that nothing can be read from.
func (j *judge) only(p *piece, kind string, f finding.Finding) {
	r := row{piece: p, kind: kind}
	if p.kind == pieceTooLarge || p.kind == pieceData {
		r.line = p.line
	}
	j.addFinding(&r, f)
	j.rows = append(j.rows, r)
}

// lineValue finds the certificate in a line. The value is PEM, DER, or text that
// the parser may make something of.
func (j *judge) lineValue(p *piece, line []byte) ([]byte, *finding.Finding) {
	line = bytes.TrimRight(line, "\r\n")
	switch format := p.source.format; {
	case format == TSV:
		column, _, _ := bytes.Cut(line, []byte{'\t'})
		j.value = unescapeTabs(j.value[:0], column)
		line = j.value
	case format == NDJSON, format == Auto && bytes.HasPrefix(bytes.TrimLeft(line, " \t"), []byte{'{'}):
		value, f := j.jsonValue(p, line)
		if f != nil {
			return nil, f
		}
		line = value
	}
	text := bytes.TrimSpace(line)
	if len(text) == 0 || text[0] == '-' {
		return text, nil
	}
	if need := len(text)/4*3 + 3; cap(j.der) < need {
		j.der = make([]byte, need)
	}
	if n, ok := decodeBase64(j.der[:cap(j.der)], text); ok && n > 0 {
		return j.der[:n:n], nil
	}
	return text, nil
}

// document makes the rows of what the parser finds in data. whole says that data
// is the record as it stands in the input.
func (j *judge) document(p *piece, data []byte, whole bool) {
	opt := certparse.Options{Name: p.source.name, Password: j.opt.Password, MaxSize: max(j.opt.MaxSize, len(data))}
	var d *certparse.Document
	if j.opt.Status == nil {
		d = j.reader.Parse(data, opt)
	} else {
		d = certparse.Parse(data, opt) // The certificates are kept until the answers are there.
	}
	if len(d.Blocks) == 0 && whole && p.record > 1 && onlyText(d) {
		return // The text behind the last block of an input.
	}
	for i := range d.Findings {
		at := &d.Findings[i].Where
		switch {
		case !whole:
			at.Line, at.Byte = int(p.line), 0
		case d.Text:
			if at.Line > 0 {
				at.Line += int(p.line) - 1
			}
			if n, ok := at.Byte.Get(); ok {
				at.Byte = finding.At(n + int(p.offset))
			}
		}
	}
	for i := range d.Blocks {
		b := &d.Blocks[i]
		r := row{piece: p, kind: b.Kind.String(), block: i + 1, cert: b.Certificate, key: b.PrivateKey}
		switch {
		case !whole:
			r.line = p.line
		case d.Text:
			r.line = p.line + int64(b.Line) - 1
		}
		j.codes = slices.Grow(j.codes, 8)
		r.codes = j.codes[len(j.codes):]
		for _, f := range d.Findings {
			// What concerns no block in particular is said with the first one.
			if f.Where.Block == r.block || f.Where.Block == 0 && r.block == 1 {
				j.addFinding(&r, f)
			}
		}
		j.block(&r, b)
		j.codes = append(j.codes, r.codes...)
		j.rows = append(j.rows, r)
		j.entries(&r, b, d.Findings)
	}
	if len(d.Blocks) == 0 {
		r := row{piece: p, kind: certparse.KindUnknown.String()}
		if !whole || d.Text {
			r.line = p.line
		}
		for _, f := range d.Findings {
			j.addFinding(&r, f)
		}
		if c := sm2.RecognizeContainer(data); c != sm2.NoContainer {
			j.sm2(&r, c, finding.Where{Input: p.source.name, Line: int(r.line)})
		}
		j.rows = append(j.rows, r)
	}
}

// onlyText reports whether a document is nothing but text.
func onlyText(d *certparse.Document) bool {
	for _, f := range d.Findings {
		if f.Code != "input-unrecognized" && f.Code != "input-empty" {
			return false
		}
	}
	return d.Text || len(d.Findings) == 0 || d.Findings[0].Code == "input-empty"
}

// block judges one block.
func (j *judge) block(r *row, b *certparse.Block) {
	where := finding.Where{Input: r.piece.source.name, Block: r.block, Line: int(r.line)}
	if r.cert == nil {
		j.container(r, b, where)
		return
	}
	j.certificate(r, where)
}

// certificate judges the certificate of a row, if it has one.
func (j *judge) certificate(r *row, where finding.Where) {
	c := r.cert
	if c == nil {
		return
	}
	r.print = sha256.Sum256(c.Raw())
	j.key(r, c, where)
	if j.opt.Full {
		for _, f := range c.Findings(where) {
			j.addFinding(r, f)
		}
		if f, ok := validate.ValidityFinding(c, j.opt.Time, j.opt.ExpiringWithin, where); ok {
			j.addFinding(r, f)
		}
		return
	}
	before := len(r.codes)
	r.codes = c.AppendCodes(r.codes)
	if code := validate.ValidityCode(c, j.opt.Time, j.opt.ExpiringWithin); code != "" {
		r.codes = append(r.codes, code)
	}
	for _, code := range r.codes[before:] {
		rule, _ := finding.Lookup(code)
		r.worst = max(r.worst, rule.Severity)
	}
}

// key judges the public key beyond its form, as far as that is asked for.
func (j *judge) key(r *row, c *certparse.Certificate, where finding.Where) {
	if j.opt.WeakKeys {
		for _, f := range c.KeyFindings(where) {
			j.addFinding(r, f)
		}
	}
	if f, blocked := validate.BlockedKeyFinding(c, j.opt.BlockedKeys, where); blocked {
		j.addFinding(r, f)
	}
}

func (j *judge) addFinding(r *row, f finding.Finding) {
	r.codes = append(r.codes, f.Code)
	r.worst = max(r.worst, f.Severity)
	if j.opt.Full {
		r.findings = append(r.findings, f)
	}
}
