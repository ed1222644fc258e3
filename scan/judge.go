package scan

import (
	"bytes"
	"context"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/internal/rows"
)

// judge turns records into lines of output. Each worker has one.
type judge struct {
	ctx    context.Context
	opt    *Options
	rows   *rows.Judge
	reader certparse.Reader
	w      jsontext.Writer
	// value and der are room for decoding a record, cell for a column.
	value, der, cell []byte
	path             fieldPath
	// wrap is the name of the member that each row is, escaped.
	wrap string
}

func newJudge(ctx context.Context, opt *Options) *judge {
	j := &judge{ctx: ctx, opt: opt, path: newFieldPath(opt.Field), rows: rows.NewJudge(&rows.Options{
		Time: opt.Time, ExpiringWithin: opt.ExpiringWithin, BlockedKeys: opt.BlockedKeys, WeakKeys: opt.WeakKeys,
		Fields: opt.Fields, Full: opt.Full,
	})}
	if opt.Wrap != "" {
		name := jsontext.AppendString(nil, opt.Wrap)
		j.wrap = string(name[1 : len(name)-1])
	}
	return j
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
		j.rows.Reset()
		j.record(p, b.data[p.start:p.end:p.end])
		b.tally.add(j.rows.Rows(), j.opt.Tally)
		j.write(j.rows.Rows())
	}
	j.rows.Clear()
	b.out = j.w.Bytes()
}

// record makes the rows of one record.
func (j *judge) record(p *piece, data []byte) {
	where := finding.Where{Input: p.Source}
	switch p.kind {
	case pieceTooLarge:
		where.Line, where.Byte = int(p.Line), finding.At(int(p.Offset))
		j.rows.Only(&p.Place, certparse.KindUnknown.String(), p.Line, finding.New("input-too-large", where, finding.Int("limit", j.opt.MaxSize)))
	case pieceUnread:
		j.rows.Unread(&p.Place, p.text)
	case pieceDamaged:
		j.rows.Only(&p.Place, rows.KindArchive, 0, finding.New("scan-archive-damaged", where, finding.Str("problem", p.text)))
	case pieceLimit:
		j.rows.Only(&p.Place, rows.KindArchive, 0, finding.New("scan-archive-limit", where, finding.Str("limit", p.text)))
	default:
		switch p.source.format {
		case PEM, DER:
			j.document(p, data)
		default:
			p.Value = true
			if value, f := j.lineValue(p, data); f != nil {
				j.rows.Only(&p.Place, certparse.KindUnknown.String(), p.Line, *f)
			} else {
				j.document(p, value)
			}
		}
	}
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

// document makes the rows of what the parser finds in data.
func (j *judge) document(p *piece, data []byte) {
	opt := certparse.Options{Name: p.Source, Password: j.opt.Password, MaxSize: max(j.opt.MaxSize, len(data))}
	var d *certparse.Document
	if j.opt.Status == nil {
		d = j.reader.Parse(data, opt)
	} else {
		d = certparse.Parse(data, opt) // The certificates are kept until the answers are there.
	}
	j.rows.Document(&p.Place, d, data)
}

// write writes the rows of one record.
func (j *judge) write(list []rows.Row) {
	if j.opt.Row {
		// An empty line has a row too: the parser says that it is empty.
		list[0].More = list[1:]
		j.line(&list[0])
		return
	}
	for i := range list {
		j.line(&list[i])
	}
}

// line writes one line of output.
func (j *judge) line(r *rows.Row) {
	switch {
	case j.opt.Output == Tabs:
		j.columns(r)
	case j.wrap != "":
		j.w.BeginObject()
		j.w.Key(j.wrap)
		j.rows.Write(&j.w, r)
		j.w.EndObject()
	default:
		j.rows.Write(&j.w, r)
	}
	j.w.Reset(append(j.w.Bytes(), '\n'))
}
