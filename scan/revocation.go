package scan

import (
	"sync"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/validate"
)

// askedAtOnce is how many certificates of one batch are asked about at once.
const askedAtOnce = 16

// asking writes the rows of all records of a batch once somebody was asked about
// their certificates. It takes long to be answered, so all of a batch are asked about
// at the same time; the rows stay in their order.
func (j *judge) asking(b *batch) {
	records := make([][]row, len(b.pieces))
	var wg sync.WaitGroup
	places := make(chan struct{}, askedAtOnce)
	for i := range b.pieces {
		p := &b.pieces[i]
		// What the rows of a record are made of is kept, so none of it is used again.
		j.rows, j.codes, j.value, j.der = nil, nil, nil, nil
		j.record(p, b.data[p.start:p.end:p.end])
		records[i] = j.rows
		candidates := j.issuers(j.rows)
		for k := range j.rows {
			r := &j.rows[k]
			if r.cert == nil {
				continue
			}
			places <- struct{}{}
			wg.Go(func() {
				j.ask(r, candidates)
				<-places
			})
		}
	}
	wg.Wait()
	for _, rows := range records {
		j.rows = rows
		b.tally.add(rows, j.opt.Tally)
		j.write()
	}
	j.rows = nil
}

// issuers are the certificates among which issuers are looked for: those of the
// record before those that were given.
func (j *judge) issuers(rows []row) []*certparse.Certificate {
	var found []*certparse.Certificate
	for i := range rows {
		if c := rows[i].cert; c != nil {
			found = append(found, c)
		}
	}
	return append(found, j.opt.Issuers...)
}

// ask asks about the certificate of a row. It changes nothing but the row.
func (j *judge) ask(r *row, candidates []*certparse.Certificate) {
	if j.ctx.Err() != nil {
		return // Nobody will read the row.
	}
	status, fs := validate.AskStatus(j.opt.Status, r.cert, candidates, j.opt.Revocation)
	r.status = &status
	// The room behind the codes may belong to the next row.
	r.codes = r.codes[:len(r.codes):len(r.codes)]
	for _, f := range fs {
		f.Where = finding.Where{Input: r.piece.source.name, Block: r.block, Line: int(r.line)}
		j.addFinding(r, f)
	}
}

// writeStatus writes what is known about the revocation of a certificate.
func writeStatus(w *jsontext.Writer, s *validate.CertificateStatus) {
	w.BeginObject()
	w.StringField("status", string(s.Status))
	if s.Source != "" {
		w.StringField("source", s.Source)
	}
	if s.Code != "" {
		w.StringField("code", string(s.Code))
	}
	if s.Status == validate.StatusRevoked {
		w.StringField("revoked_at", s.RevokedAt.UTC().Format(time.RFC3339))
		w.StringField("reason", s.Reason.String())
	}
	w.EndObject()
}
