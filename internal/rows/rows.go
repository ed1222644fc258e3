// Package rows turns what is found in very many inputs into rows: one JSON object
// for each thing, with a verdict and the codes of what is wrong with it.
//
// A [Judge] is the way in: [Judge.Document] makes the rows of what was read from one
// record, and [Judge.Write] writes one. The package scan makes its output of them,
// and the browser's module its summaries, so that both have the same bytes. Nothing
// here reads a file or looks at the clock.
package rows

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
	"github.com/certloupe/certloupe/validate"
)

// ExpiringWithin is how long before its end a certificate expires soon, unless the
// caller has another opinion.
const ExpiringWithin = 30 * 24 * time.Hour

// Options say how things are judged, and what their rows have.
type Options struct {
	// Time is the instant at which certificates are judged.
	Time time.Time
	// ExpiringWithin is how long before its end a certificate is reported as
	// expiring soon; never if it is not positive.
	ExpiringWithin time.Duration
	// BlockedKeys are public keys that must not be used; nil means none.
	BlockedKeys *certparse.KeyBlocklist
	// WeakKeys looks for keys whose private half can be computed, too.
	WeakKeys bool
	// Fields are the fields of a row, in their order; nil means [DefaultFields].
	Fields []string
	// Full writes everything that a report says, with whole findings instead of
	// their codes, in the place of Fields.
	Full bool
}

// Place is where a record stands.
type Place struct {
	// Source names the input.
	Source string
	// Record counts the records of the source from 1, and is 0 where they are not
	// counted. The record starts on Line, from 1, and at the byte Offset.
	Record, Line, Offset int64
	// Value says that the things were taken out of the record, which is a line, so
	// that places in them are not places in the source.
	Value bool
}

// Row is what is said about one thing in a record.
type Row struct {
	Place *Place
	Kind  string
	// Line is the line of the source, and Block counts the blocks of the record;
	// both are 0 if there are none.
	Line  int64
	Block int
	// Container is the format of the container that the thing is or is in, Entry
	// counts what is in it, and Name is the friendly name there.
	Container   string
	Entry       int
	Name        string
	Certificate *certparse.Certificate
	Key         *certparse.PrivateKey
	// Print is the SHA-256 digest of the certificate.
	Print [sha256.Size]byte
	// Status says whether the certificate was revoked, if somebody was asked.
	Status *validate.CertificateStatus
	// Failure says why an input could not be read.
	Failure string
	Codes   []finding.Code
	Worst   finding.Severity
	// More are the rows of what else is in the record, where they are part of this one.
	More []Row

	// findings are the whole findings; they are made only for the full report.
	findings []finding.Finding
}

// The kinds of rows beside those of blocks.
const (
	// KindUnread is an input, or the rest of it, that could not be read.
	KindUnread = "unread"
	// KindArchive is an archive that could not be read any further.
	KindArchive = "archive"
	// KindSM2 is a container in which a CA hands out an SM2 key.
	KindSM2 = "sm2_container"
)

// The verdicts of a row: those of an upload, and one more.
const (
	Accepted = string(validate.Accepted)
	Rejected = string(validate.Rejected)
	// Unread says that nobody knows, because the input could not be read.
	Unread = "unread"
)

// Verdict is the verdict of the row.
func (r *Row) Verdict() string {
	switch {
	case r.Kind == KindUnread:
		return Unread
	case r.Worst == finding.Error:
		return Rejected
	}
	return Accepted
}

// Judge makes rows, one record after the other. It must not be used by several
// goroutines at once.
type Judge struct {
	opt    *Options
	layout layout
	rows   []Row
	codes  []finding.Code

	issuers issuers
}

// NewJudge returns a Judge. The fields must be some of [Fields].
func NewJudge(opt *Options) *Judge {
	return &Judge{opt: opt, layout: newLayout(opt)}
}

// Reset forgets the rows that were made, whose memory is used again.
func (j *Judge) Reset() { j.rows, j.codes = j.rows[:0], j.codes[:0] }

// Clear is Reset, and lets go of what the rows refer to.
func (j *Judge) Clear() {
	j.Reset()
	clear(j.rows[:cap(j.rows)])
}

// Rows are the rows that were made since the last Reset. They are valid until the next.
func (j *Judge) Rows() []Row { return j.rows }

// Take returns the rows that were made since the last Reset, and leaves them to the
// caller.
func (j *Judge) Take() []Row {
	taken := j.rows
	j.rows, j.codes = nil, nil
	return taken
}

// Only makes the one row of a record that nothing can be read from. line is 0 for what
// has no line.
func (j *Judge) Only(p *Place, kind string, line int64, f finding.Finding) {
	r := Row{Place: p, Kind: kind, Line: line}
	j.Add(&r, f)
	j.rows = append(j.rows, r)
}

// Unread makes the row of an input that could not be read, and says why.
func (j *Judge) Unread(p *Place, failure string) {
	j.rows = append(j.rows, Row{Place: p, Kind: KindUnread, Failure: failure})
}

// Document makes the rows of what the parser found in data.
func (j *Judge) Document(p *Place, d *certparse.Document, data []byte) {
	if len(d.Blocks) == 0 && !p.Value && p.Record > 1 && onlyText(d) {
		return // The text behind the last block of an input.
	}
	p.settle(d)
	for i := range d.Blocks {
		j.block(p, d, i)
	}
	if len(d.Blocks) > 0 {
		return
	}
	r := Row{Place: p, Kind: certparse.KindUnknown.String()}
	if p.Value || d.Text {
		r.Line = p.Line
	}
	for _, f := range d.Findings {
		j.Add(&r, f)
	}
	if c := sm2.RecognizeContainer(data); c != sm2.NoContainer {
		j.sm2(&r, c, r.where())
	}
	j.rows = append(j.rows, r)
}

// settle turns the places of findings in a record into places in the source.
func (p *Place) settle(d *certparse.Document) {
	for i := range d.Findings {
		at := &d.Findings[i].Where
		switch {
		case p.Value:
			at.Line, at.Byte = int(p.Line), 0
		case d.Text:
			if at.Line > 0 {
				at.Line += int(p.Line) - 1
			}
			if n, ok := at.Byte.Get(); ok {
				at.Byte = finding.At(n + int(p.Offset))
			}
		}
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

// block makes the row of a block, and those of what is in it.
func (j *Judge) block(p *Place, d *certparse.Document, i int) {
	b := &d.Blocks[i]
	// It is filled where it stays: rows are large.
	at := len(j.rows)
	j.rows = append(j.rows, Row{Place: p, Kind: b.Kind.String(), Block: i + 1, Certificate: b.Certificate, Key: b.PrivateKey})
	r := &j.rows[at]
	switch {
	case p.Value:
		r.Line = p.Line
	case d.Text:
		r.Line = p.Line + int64(b.Line) - 1
	}
	j.codes = slices.Grow(j.codes, 8)
	r.Codes = j.codes[len(j.codes):]
	for k := range d.Findings {
		// What concerns no block in particular is said with the first one.
		if f := &d.Findings[k]; f.Where.Block == r.Block || f.Where.Block == 0 && r.Block == 1 {
			j.Add(r, *f)
		}
	}
	if r.Certificate != nil {
		j.certificate(r)
	} else {
		j.container(r, b)
	}
	j.codes = append(j.codes, r.Codes...)
	if b.Container != nil {
		j.entries(at, b.Container, d.Findings)
	}
}

// where is the place of the row in a finding.
func (r *Row) where() finding.Where {
	return finding.Where{Input: r.Place.Source, Block: r.Block, Line: int(r.Line)}
}

// certificate judges the certificate of a row.
func (j *Judge) certificate(r *Row) {
	c := r.Certificate
	r.Print = sha256.Sum256(c.Raw())
	if j.opt.WeakKeys {
		for _, f := range c.KeyFindings(r.where()) {
			j.Add(r, f)
		}
	}
	if j.opt.BlockedKeys != nil {
		if f, blocked := validate.BlockedKeyFinding(c, j.opt.BlockedKeys, r.where()); blocked {
			j.Add(r, f)
		}
	}
	if j.opt.Full {
		for _, f := range c.Findings(r.where()) {
			j.Add(r, f)
		}
		if f, ok := validate.ValidityFinding(c, j.opt.Time, j.opt.ExpiringWithin, r.where()); ok {
			j.Add(r, f)
		}
		return
	}
	before := len(r.Codes)
	r.Codes = c.AppendCodes(r.Codes)
	if code := validate.ValidityCode(c, j.opt.Time, j.opt.ExpiringWithin); code != "" {
		r.Codes = append(r.Codes, code)
	}
	for _, code := range r.Codes[before:] {
		rule, _ := finding.Lookup(code)
		r.Worst = max(r.Worst, rule.Severity)
	}
}

// Add adds a finding to a row.
func (j *Judge) Add(r *Row, f finding.Finding) {
	r.Codes = append(r.Codes, f.Code)
	r.Worst = max(r.Worst, f.Severity)
	if j.opt.Full {
		r.findings = append(r.findings, f)
	}
}
