// Package scan reads certificates in bulk: very many files, folders, archives and
// endless streams, and writes one line for each thing that it finds.
//
// [Run] is the way in. It reads the inputs one after the other, judges what they
// hold on several processors at once, and writes the rows in the order of the
// input, in memory that does not grow with their number. The same inputs with the
// same options give the same output, byte for byte, however many workers there
// are. [Paths] makes inputs of the names of files and folders, and [Checkpoint]
// lets a run that was ended go on where it was.
//
// What a file holds is judged by its content, never by its name. Nothing is left
// out silently: what cannot be read is a row that says why.
package scan

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/rows"
	"github.com/certloupe/certloupe/validate"
)

// Format says how the records of an input are told apart.
type Format string

// The formats. Whatever the format, compressed and archived inputs are unpacked
// first, except in row mode.
const (
	// Auto recognizes the format of each input by its content.
	Auto Format = "auto"
	// PEM is text with any number of PEM blocks.
	PEM Format = "pem"
	// DER is one certificate or key in one file, whatever its encoding.
	DER Format = "der"
	// Base64 is one certificate in each line, as DER in base64.
	Base64 Format = "base64"
	// NDJSON is one JSON object in each line, with the certificate in a field.
	NDJSON Format = "ndjson"
	// TSV is lines of columns that are separated by tabs, with the escapes of
	// ClickHouse's TabSeparated; the certificate is in the first one.
	TSV Format = "tsv"
)

// Formats lists the formats.
var Formats = []Format{Auto, PEM, DER, Base64, NDJSON, TSV}

// Output says how rows are written.
type Output string

// The forms of output.
const (
	// JSON is one JSON object for each row.
	JSON Output = "json"
	// Tabs is one line for each row as ClickHouse's TabSeparated has it: the chosen
	// fields as columns, or if none were chosen the JSON object as the only column.
	Tabs Output = "tsv"
)

// Options say how to scan. The zero value is right for most.
type Options struct {
	// Time is the instant at which certificates are judged; zero means now.
	Time time.Time
	// ExpiringWithin is how long before its end a certificate is reported as
	// expiring soon; zero means 30 days, a negative value means never.
	ExpiringWithin time.Duration
	// BlockedKeys are public keys that must not be used; nil means none.
	BlockedKeys *certparse.KeyBlocklist
	// WeakKeys looks for keys whose private half can be computed, too. For an RSA key
	// that takes many times as long as everything else.
	WeakKeys bool
	// Password opens encrypted private keys and containers; nil means that none is
	// given. PKCS#12 is tried with an empty one in any case.
	Password []byte
	// Status asks whether certificates were revoked, several at once; nil means that
	// nobody is asked. Issuers are certificates among which the issuers are looked for,
	// besides those in the same record, and Revocation says what follows when it
	// cannot be found out.
	Status     validate.StatusFunc
	Issuers    []*certparse.Certificate
	Revocation validate.RevocationPolicy
	// Format is the format of all inputs; empty means Auto.
	Format Format
	// Field is the field of an NDJSON record that has the certificate, as PEM or as
	// DER in base64; dots lead into nested objects. Empty means "cert".
	Field string
	// Fields are the fields of a row, in their order, out of [Fields]; nil means
	// [DefaultFields].
	Fields []string
	// Full writes everything that a report says of a certificate, with whole
	// findings instead of their codes. It excludes Fields.
	Full bool
	// Row is row mode: each line of the input gives exactly one line of output, an
	// empty one too. Inputs are lines then (Auto, Base64, NDJSON or TSV); Auto
	// tells them apart line by line. The row is that of the first thing in the
	// record; if there are more, their rows are the elements of its field "more".
	Row bool
	// Output is the form of the output; empty means JSON.
	Output Output
	// Wrap, if not empty, makes each row the only member, of this name, of an object.
	Wrap string
	// Workers is how many records are judged at once; 0 means one for each processor.
	Workers int
	// MaxSize is the largest record in bytes that is read; 0 means
	// certparse.DefaultMaxSize.
	MaxSize int
	// Limits bound what archives may unpack to.
	Limits Limits
	// Tally counts duplicates and issuers too, which takes memory: see [Summary].
	Tally bool
	// Skip is how many records at the start are passed over, because an earlier run
	// wrote their rows, and Earlier what that run counted. The certificates of that
	// run are not remembered, so that duplicates of them go unnoticed.
	Skip    int64
	Earlier Counts
	// Progress, if not nil, is called after output was written. An error ends the run.
	Progress func(Progress) error
}

// Progress says how far a run is.
type Progress struct {
	// Records is how many records were done, skipped ones included.
	Records int64
	// Read is how many bytes of the inputs were read, before any unpacking.
	Read int64
	// Written is how many bytes of output this run wrote.
	Written int64
	// Summary is what was found so far. It must not be kept or changed.
	Summary *Summary
}

// ErrOptions is returned, wrapped, for options that contradict each other or do
// not exist.
var ErrOptions = errors.New("scan: the options are not valid")

func invalid(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrOptions, fmt.Sprintf(format, args...))
}

// defaultField is where an NDJSON record has its certificate.
const defaultField = "cert"

// complete checks the options and fills in what was left out.
func (o *Options) complete() error {
	if o.Time.IsZero() {
		o.Time = time.Now()
	}
	if o.ExpiringWithin == 0 {
		o.ExpiringWithin = rows.ExpiringWithin
	}
	if o.Format == "" {
		o.Format = Auto
	}
	if o.Output == "" {
		o.Output = JSON
	}
	if o.Field == "" {
		o.Field = defaultField
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxSize <= 0 {
		o.MaxSize = certparse.DefaultMaxSize
	}
	o.Limits.complete()
	switch {
	case !slices.Contains(Formats, o.Format):
		return invalid("there is no format %q", o.Format)
	case o.Output != JSON && o.Output != Tabs:
		return invalid("there is no output %q", o.Output)
	case o.Row && (o.Format == PEM || o.Format == DER):
		return invalid("row mode reads lines, and %s has none that are records", o.Format)
	case o.Full && o.Fields != nil:
		return invalid("fields cannot be chosen from the full report")
	case o.Wrap != "" && o.Output == Tabs:
		return invalid("only JSON can be wrapped")
	case slices.Contains(strings.Split(o.Field, "."), ""):
		return invalid("the field %q has an empty part", o.Field)
	}
	for _, name := range o.Fields {
		if !slices.Contains(Fields(), name) {
			return invalid("there is no field %q", name)
		}
	}
	if o.Fields != nil && len(o.Fields) == 0 {
		return invalid("no field was chosen")
	}
	return nil
}

// Run scans the inputs and writes the rows to w. Each call of w.Write has whole
// rows. An input that pauses does not hold back the rows of what it has sent: they
// are written before the next read of an input that is Live.
//
// The error says why the run could not go on: invalid options ([ErrOptions]), an
// error of w or of Progress, or the end of ctx. Inputs that cannot be read are no
// error; they are rows, and counted in the Summary, which is never nil unless the
// options are invalid. If Run ends early, a read of a Live input that has not
// returned goes on in the background until it does.
func Run(ctx context.Context, w io.Writer, inputs iter.Seq[Input], opt Options) (*Summary, error) {
	if err := opt.complete(); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	e := newEngine(ctx, opt, inputs)
	for range opt.Workers {
		go e.work()
	}
	return e.write(w)
}
