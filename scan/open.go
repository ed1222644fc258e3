package scan

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
)

// This file leads an input to its records: through archives and compressed forms,
// as deep as the limits allow, to the streams in them.

// source is what records come from: an input, or a member of an archive.
type source struct {
	name   string
	format Format
}

// maxName is how much of a name is kept; members of archives may have longer ones.
const maxName = 4096

func newSource(name string) *source { return &source{name: name[:min(len(name), maxName)]} }

// member is the source of a member of an archive.
func (s *source) member(name string) *source { return newSource(s.name + "!" + name) }

// readError is an error of the input itself, not of what is in it.
type readError struct{ error }

func (e readError) Unwrap() error { return e.error }

var (
	// errStop says that the run is over.
	errStop = errors.New("scan: the run is over")
	// errAbandon says that the rest of an input was given up, which is reported.
	errAbandon = errors.New("scan: the rest of the input was given up")
)

// reportedError is an error that has its row.
type reportedError struct{ error }

// opener reads one input.
type opener struct {
	e      *engine
	in     Input
	file   io.ReadCloser
	budget budget
}

// input reads one input and returns false when the run is over.
func (e *engine) input(in Input) bool {
	src := newSource(in.Name)
	err := in.Err
	var file io.ReadCloser
	if err == nil {
		file, err = in.Open()
	}
	if err != nil {
		p := src.piece(pieceUnread)
		p.text = cause(err)
		return e.add(p, nil)
	}
	defer file.Close()
	o := &opener{e: e, in: in, file: file, budget: budget{limits: &e.opt.Limits}}
	r := &inputReader{o: o}
	if e.opt.Row {
		src.format = e.opt.Format
		err = o.split(src, r, splitLines)
	} else {
		err = o.open(src, r, 0)
	}
	return err != errStop
}

// cause is the text of an error without the name of the file, which the row has.
func cause(err error) string {
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		err = path.Err
	}
	return err.Error()
}

// inputReader reads the input itself.
type inputReader struct{ o *opener }

func (r *inputReader) Read(p []byte) (int, error) {
	if r.o.in.Live && !r.o.e.dispatch() {
		return 0, readError{errStop}
	}
	n, err := r.o.file.(io.Reader).Read(p)
	r.o.budget.in += int64(n)
	r.o.e.read += int64(n)
	if err != nil && err != io.EOF {
		err = readError{err}
	}
	return n, err
}

// open reads a stream of whatever kind.
func (o *opener) open(src *source, r io.Reader, depth int) error {
	head, err := peek(r, o.in.Live)
	whole := err == io.EOF
	if err == nil || whole {
		r = io.MultiReader(bytes.NewReader(head), r)
	} else {
		r = io.MultiReader(bytes.NewReader(head), failing{err})
	}
	if c := containerOf(head); c != noContainer {
		if depth >= o.budget.limits.Depth {
			return o.report(src, limitError("archives in archives"))
		}
		switch c {
		case gzipStream:
			return o.gzip(src, r, depth)
		case tarArchive:
			return o.tar(src, r, depth)
		case zipArchive:
			return o.zip(src, r, depth)
		}
	}
	if src.format = o.e.opt.Format; src.format == Auto {
		src.format = formatOf(head, whole)
	}
	switch src.format {
	case PEM:
		return o.split(src, r, splitPEM)
	case DER:
		return o.split(src, r, splitNothing)
	}
	return o.split(src, r, splitLines)
}

// failing is a reader that has nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// peek reads the start of a stream. Of a live one it waits only for as much as
// tells its format.
func peek(r io.Reader, live bool) (head []byte, err error) {
	head = make([]byte, 0, peekSize)
	for empty := 0; err == nil && len(head) < peekSize && empty < 100; {
		var n int
		n, err = r.Read(head[len(head):peekSize])
		head = head[:len(head)+n]
		if n == 0 {
			empty++
		}
		if live && (len(head) >= 512 || hasLine(head)) {
			break
		}
	}
	return head, err
}

// hasLine reports whether b has a whole line of text that is not blank.
func hasLine(b []byte) bool {
	text := bytes.TrimLeft(b, " \t\r\n")
	return bytes.IndexByte(text, '\n') >= 0 && bytes.IndexByte(b, 0) < 0
}

// split cuts a stream into records.
func (o *opener) split(src *source, r io.Reader, mode splitMode) error {
	s := newSplitter(r, mode, o.e.opt.MaxSize)
	row := o.e.opt.Row
	p := src.piece(pieceData)
	for {
		p.Line, p.Offset = s.line, s.offset
		data, tooLarge, err := s.next()
		switch {
		case err == io.EOF:
			if p.Record == 0 && !row {
				// An input without anything in it is a record too, an empty one.
				p.Record = 1
				if !o.e.add(p, nil) {
					return errStop
				}
			}
			return nil
		case err != nil:
			return o.report(src, err)
		case mode == splitLines && !row && !tooLarge && len(bytes.TrimSpace(data)) == 0:
			continue
		}
		p.Record++
		p.kind = pieceData
		if tooLarge {
			p.kind = pieceTooLarge
		}
		if !o.e.add(p, data) {
			return errStop
		}
	}
}

// report makes a row of what keeps a source from being read any further. What it
// returns says how far up that matters.
func (o *opener) report(src *source, err error) error {
	p, result := src.piece(pieceDamaged), error(reportedError{err})
	p.text = err.Error()
	var limit limitError
	var read readError
	switch {
	case errors.Is(err, errStop):
		return errStop
	case err == errAbandon:
		return err
	case errors.As(err, &limit):
		p.kind, p.text, result = pieceLimit, string(limit), errAbandon
	case errors.As(err, &read):
		p.kind, p.text, result = pieceUnread, cause(read.error), errAbandon
	}
	if !o.e.add(p, nil) {
		return errStop
	}
	return result
}
