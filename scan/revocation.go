package scan

import (
	"sync"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/rows"
	"github.com/certloupe/certloupe/validate"
)

// askedAtOnce is how many certificates of one batch are asked about at once.
const askedAtOnce = 16

// asking writes the rows of all records of a batch once somebody was asked about
// their certificates. It takes long to be answered, so all of a batch are asked about
// at the same time; the rows stay in their order.
func (j *judge) asking(b *batch) {
	records := make([][]rows.Row, len(b.pieces))
	var wg sync.WaitGroup
	places := make(chan struct{}, askedAtOnce)
	for i := range b.pieces {
		p := &b.pieces[i]
		// What the rows of a record are made of is kept, so none of it is used again.
		j.value, j.der = nil, nil
		j.record(p, b.data[p.start:p.end:p.end])
		records[i] = j.rows.Take()
		candidates := j.issuers(records[i])
		for k := range records[i] {
			r := &records[i][k]
			if r.Certificate == nil {
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
	for _, list := range records {
		b.tally.add(list, j.opt.Tally)
		j.write(list)
	}
}

// issuers are the certificates among which issuers are looked for: those of the
// record before those that were given.
func (j *judge) issuers(list []rows.Row) []*certparse.Certificate {
	var found []*certparse.Certificate
	for i := range list {
		if c := list[i].Certificate; c != nil {
			found = append(found, c)
		}
	}
	return append(found, j.opt.Issuers...)
}

// ask asks about the certificate of a row. It changes nothing but the row.
func (j *judge) ask(r *rows.Row, candidates []*certparse.Certificate) {
	if j.ctx.Err() != nil {
		return // Nobody will read the row.
	}
	status, fs := validate.AskStatus(j.opt.Status, r.Certificate, candidates, j.opt.Revocation)
	r.Status = &status
	// The room behind the codes may belong to the next row.
	r.Codes = r.Codes[:len(r.Codes):len(r.Codes)]
	for _, f := range fs {
		f.Where = finding.Where{Input: r.Place.Source, Block: r.Block, Line: int(r.Line)}
		j.rows.Add(r, f)
	}
}
