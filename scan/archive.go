package scan

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
)

// Limits bound what one input may unpack to. The zero value of each field stands
// for its default.
type Limits struct {
	// Depth is how many archives and compressed forms may be in one another; the
	// default is 4. A .tar.gz file counts as two.
	Depth int
	// Entries is how many members all archives of an input may have; the default is
	// a million.
	Entries int
	// Ratio is how many times the size of the input everything in it may have; the
	// default is 200. The first 16 MiB are free.
	Ratio int64
	// Bytes is how many bytes everything in the input may have; the default is 64 GiB.
	Bytes int64
}

func (l *Limits) complete() {
	if l.Depth <= 0 {
		l.Depth = 4
	}
	if l.Entries <= 0 {
		l.Entries = 1_000_000
	}
	if l.Ratio <= 0 {
		l.Ratio = 200
	}
	if l.Bytes <= 0 {
		l.Bytes = 64 << 30
	}
}

const (
	// freeBytes may be unpacked from an input of any size.
	freeBytes = 16 << 20
	// maxDirectory is how much of a zip archive is read for its directory.
	maxDirectory = 16 << 20
	// maxBufferedZip is the largest zip archive that is held in memory, because it
	// comes from a stream or from another archive.
	maxBufferedZip = 32 << 20
)

// limitError is a limit that was reached.
type limitError string

func (e limitError) Error() string { return string(e) }

// budget counts what an input unpacks to.
type budget struct {
	limits  *Limits
	in, out int64
	entries int
}

func (b *budget) entry() error {
	if b.entries++; b.entries > b.limits.Entries {
		return limitError("the number of members")
	}
	return nil
}

// unpacked is a reader of something unpacked, within the budget.
type unpacked struct {
	r io.Reader
	b *budget
}

func (u unpacked) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	u.b.out += int64(n)
	switch {
	case u.b.out > u.b.limits.Bytes:
		return n, limitError("the unpacked size")
	case u.b.out-freeBytes > u.b.limits.Ratio*u.b.in:
		return n, limitError("how much smaller it is than what is in it")
	}
	return n, err
}

// gzip reads a compressed stream. The name stays that of the file.
func (o *opener) gzip(src *source, r io.Reader, depth int) error {
	z, err := gzip.NewReader(r)
	if err != nil {
		return o.report(src, err)
	}
	return o.open(src, unpacked{z, &o.budget}, depth+1)
}

func (o *opener) tar(src *source, r io.Reader, depth int) error {
	t := tar.NewReader(r)
	var before error
	members := 0
	for {
		h, err := t.Next()
		switch {
		case err == io.EOF && members == 0:
			return o.nothing(src)
		case err == io.EOF:
			return nil
		case err != nil:
			if err == before { // The member that it concerns has a row already.
				return reportedError{err}
			}
			return o.report(src, err)
		}
		if err := o.budget.entry(); err != nil {
			return o.report(src, err)
		}
		switch h.Typeflag {
		case tar.TypeReg, tar.TypeGNUSparse, tar.TypeCont:
		default: // Folders and links have no content of their own.
			continue
		}
		// A sparse member is larger than what it takes in the archive.
		members++
		before = nil
		if err := o.open(src.member(h.Name), unpacked{t, &o.budget}, depth+1); err != nil {
			reported, ok := err.(reportedError)
			if !ok {
				return err
			}
			before = reported.error
		}
	}
}

func (o *opener) zip(src *source, r io.Reader, depth int) error {
	file, size, err := o.seekable(r, depth)
	if err != nil {
		return o.report(src, err)
	}
	directory := &directoryReader{ReaderAt: file, left: maxDirectory}
	z, err := zip.NewReader(directory, size)
	if err != nil {
		return o.report(src, err)
	}
	directory.done = true
	members := 0
	for _, f := range z.File {
		if err := o.budget.entry(); err != nil {
			return o.report(src, err)
		}
		if !f.Mode().IsRegular() {
			continue
		}
		members++
		if err := o.zipMember(src.member(f.Name), f, depth); err != nil {
			if _, ok := err.(reportedError); !ok {
				return err
			}
		}
	}
	if members == 0 {
		return o.nothing(src)
	}
	return nil
}

// nothing makes the row of an archive without members.
func (o *opener) nothing(src *source) error {
	src.format = PEM
	p := src.piece(pieceData)
	p.Record = 1
	if !o.e.add(p, nil) {
		return errStop
	}
	return nil
}

var errEncrypted = errors.New("the member is encrypted")

func (o *opener) zipMember(src *source, f *zip.File, depth int) error {
	if f.Flags&1 != 0 {
		return o.report(src, errEncrypted)
	}
	r, err := f.Open()
	if err != nil {
		return o.report(src, err)
	}
	defer r.Close()
	return o.open(src, unpacked{r, &o.budget}, depth+1)
}

// seekable returns what a zip archive is read from: the input's own file if there
// is one, else what the stream holds.
func (o *opener) seekable(r io.Reader, depth int) (io.ReaderAt, int64, error) {
	if file, ok := o.file.(fs.File); ok && depth == 0 {
		at, ok := o.file.(io.ReaderAt)
		if info, err := file.Stat(); ok && err == nil && info.Mode().IsRegular() {
			o.budget.in = info.Size()
			return inputReaderAt{at, o}, info.Size(), nil
		}
	}
	data, err := io.ReadAll(io.LimitReader(r, maxBufferedZip+1))
	switch {
	case err != nil:
		return nil, 0, err
	case len(data) > maxBufferedZip:
		return nil, 0, limitError("the size of a zip archive that is not a file of its own")
	}
	return bytes.NewReader(data), int64(len(data)), nil
}

// inputReaderAt reads the input itself in any order.
type inputReaderAt struct {
	file io.ReaderAt
	o    *opener
}

func (r inputReaderAt) ReadAt(p []byte, off int64) (int, error) {
	n, err := r.file.ReadAt(p, off)
	r.o.e.read += int64(n)
	if err != nil && err != io.EOF {
		err = readError{err}
	}
	return n, err
}

// directoryReader bounds what is read while the directory of a zip archive is,
// because all of it stays in memory.
type directoryReader struct {
	io.ReaderAt
	left int64
	done bool
}

func (r *directoryReader) ReadAt(p []byte, off int64) (int, error) {
	if !r.done {
		if r.left -= int64(len(p)); r.left < 0 {
			return 0, limitError("the size of a zip archive's directory")
		}
	}
	return r.ReaderAt.ReadAt(p, off)
}
