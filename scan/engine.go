package scan

import (
	"context"
	"io"
	"iter"

	"github.com/certloupe/certloupe/internal/rows"
)

// The engine has workers, which take turns to read the inputs and to cut a batch of
// records off them, and then judge that batch and write its rows into it, each for
// itself; and the caller, who writes the batches out in the order in which they were
// cut. Whoever reads a batch judges it too, while it is still in the cache of that
// processor. There is a fixed number of batches, which go round, so that memory is
// bounded and nobody runs ahead further than that.

const (
	// batchBytes and batchPieces are how much goes into one batch.
	batchBytes  = 64 << 10
	batchPieces = 1024
	// keepBytes is the largest buffer that is kept for the next round.
	keepBytes = 1 << 20
)

// piece is one record of an input, or what is to be said instead of one.
type piece struct {
	rows.Place
	source *source
	// start and end enclose the record in the batch's data.
	start, end int
	kind       pieceKind
	// text is the error or the limit for the kinds that have one.
	text string
}

// piece is a record of the source, or what is to be said instead of one.
func (s *source) piece(kind pieceKind) piece {
	return piece{Place: rows.Place{Source: s.name}, source: s, kind: kind}
}

type pieceKind uint8

const (
	pieceData pieceKind = iota
	// pieceTooLarge is a record beyond the largest size.
	pieceTooLarge
	// pieceUnread is an input, or the rest of one, that could not be read.
	pieceUnread
	// pieceDamaged and pieceLimit are archives that cannot be read any further.
	pieceDamaged
	pieceLimit
)

// batch is some records in their order, and later the rows about them.
type batch struct {
	data   []byte
	pieces []piece
	// out are the rows, tally what is to be counted of them.
	out   []byte
	tally tally
	// records is how many records were cut up to the end of this batch, and read
	// how many bytes of the inputs.
	records, read int64
	done          chan struct{}
}

func (b *batch) reset() {
	if cap(b.data) > keepBytes {
		b.data = nil
	}
	if cap(b.out) > keepBytes {
		b.out = nil
	}
	clear(b.pieces)
	b.data, b.pieces, b.out = b.data[:0], b.pieces[:0], b.out[:0]
	b.tally.reset()
}

type engine struct {
	ctx context.Context
	opt Options
	// free are the batches that can be filled, and queue all that were, in their order.
	free, queue chan *batch

	// turn is held by the worker that reads. The rest belongs to it.
	turn    chan struct{}
	next    func() (*batch, bool)
	stop    func()
	over    bool
	yield   func(*batch) bool
	batch   *batch
	records int64
	read    int64
}

func newEngine(ctx context.Context, opt Options, inputs iter.Seq[Input]) *engine {
	window := 2*opt.Workers + 2
	e := &engine{ctx: ctx, opt: opt, free: make(chan *batch, window), queue: make(chan *batch, window), turn: make(chan struct{}, 1)}
	for range window {
		e.free <- &batch{done: make(chan struct{}, 1)}
	}
	e.next, e.stop = iter.Pull(e.batches(inputs))
	return e
}

// batches cuts all inputs into records, a batch at a time.
func (e *engine) batches(inputs iter.Seq[Input]) iter.Seq[*batch] {
	return func(yield func(*batch) bool) {
		e.yield = yield
		for in := range inputs {
			if e.ctx.Err() != nil || !e.input(in) {
				return
			}
		}
		e.dispatch()
	}
}

// take cuts the next batch, or returns nil when there are no more, or the run is over.
func (e *engine) take() *batch {
	select {
	case e.turn <- struct{}{}:
	case <-e.ctx.Done():
		return nil
	}
	defer func() { <-e.turn }()
	b, ok := e.next()
	if ok {
		e.queue <- b // There is room for every batch that exists.
		return b
	}
	if !e.over {
		e.over = true
		close(e.queue)
	}
	return nil
}

// add adds a record to the present batch. It returns false when the run is over.
func (e *engine) add(p piece, data []byte) bool {
	e.records++
	if e.records <= e.opt.Skip {
		return e.ctx.Err() == nil
	}
	if e.batch == nil {
		select {
		case e.batch = <-e.free:
			e.batch.reset()
		case <-e.ctx.Done():
			return false
		}
	}
	b := e.batch
	p.start = len(b.data)
	b.data = append(b.data, data...)
	p.end = len(b.data)
	b.pieces = append(b.pieces, p)
	if len(b.data) >= batchBytes || len(b.pieces) >= batchPieces {
		return e.dispatch()
	}
	return true
}

// dispatch hands over the present batch. It returns false when the run is over.
func (e *engine) dispatch() bool {
	b := e.batch
	if b == nil {
		return e.ctx.Err() == nil
	}
	e.batch = nil
	b.records, b.read = e.records, e.read
	return e.yield(b) && e.ctx.Err() == nil
}

// work reads and judges batches until there are no more.
func (e *engine) work() {
	j := newJudge(e.ctx, &e.opt)
	for e.ctx.Err() == nil {
		b := e.take()
		if b == nil {
			break
		}
		j.batch(b)
		b.done <- struct{}{}
	}
	// If somebody else reads, this is left to them.
	select {
	case e.turn <- struct{}{}:
		e.stop()
		<-e.turn
	default:
	}
}

// write writes the batches out in their order.
func (e *engine) write(w io.Writer) (*Summary, error) {
	s := newSummary(&e.opt)
	progress := Progress{Records: e.opt.Skip, Summary: s}
	for {
		var b *batch
		open := true
		select {
		case b, open = <-e.queue:
		case <-e.ctx.Done():
			return s, e.ctx.Err()
		}
		if !open {
			return s, e.ctx.Err()
		}
		select {
		case <-b.done:
		case <-e.ctx.Done():
			return s, e.ctx.Err()
		}
		n, err := w.Write(b.out)
		progress.Written += int64(n)
		if err != nil {
			return s, err
		}
		s.add(&b.tally)
		progress.Records, progress.Read = b.records, b.read
		e.free <- b
		if e.opt.Progress != nil {
			if err := e.opt.Progress(progress); err != nil {
				return s, err
			}
		}
	}
}
