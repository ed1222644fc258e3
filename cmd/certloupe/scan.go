package main

import (
	"context"
	"errors"

	"io"
	"io/fs"
	"iter"
	"maps"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/scan"
	"github.com/spf13/cobra"
)

// scanCall are the flags of one call of scan.
type scanCall struct {
	a       *app
	judging judging
	opt     scan.Options
	limit   size
	format  choice
	output  choice
	failOn  choice
	workers number

	out, resume, summaryFile string
	summary, force           bool
	every                    time.Duration

	password passwordFlags
	policy   choice
	asking   asking
	issuers  []string
}

func (a *app) scanCommand() *cobra.Command {
	s := &scanCall{a: a, limit: size(certparse.DefaultMaxSize),
		format: choice{value: string(scan.Auto)},
		output: choice{value: string(scan.JSON), allowed: []string{string(scan.JSON), string(scan.Tabs)}},
		failOn: choice{allowed: []string{"error", "warning", "never"}},
		policy: choice{allowed: slices.Sorted(maps.Keys(revocationPolicies))},
	}
	for _, f := range scan.Formats {
		s.format.allowed = append(s.format.allowed, string(f))
	}
	c := &cobra.Command{
		Use:   "scan PATH...",
		Short: "Judge very many certificates, one row for each",
		Long: `Judge the certificates in files, folders, archives (zip, tar, gzip) and streams,
and write one row for each certificate or key, in the order of the input and as
JSON lines. What cannot be read is a row that says why. Memory does not grow with
the number of certificates.

An input is PEM with any number of blocks, DER, one base64 DER in each line, or
one JSON object in each line with the certificate in the field --field; which of
them is recognized by the content. The path - is standard input.

Containers (PKCS#7, PKCS#12, Java keystores) are unpacked, and what is in them has
rows of its own. With --revocation, the servers are asked that the certificates
name; the issuer of each is looked for in the same record and in --issuers.

With --row, each line of the input gives exactly one line of output, as engines
want it that send rows through a program; docs/scan.md shows how.

Exit codes: 0 nothing was found of the severity that --fail-on names, 1 something
was, 2 an input could not be read or the job not be done.`,
		Example: `  certloupe scan /etc/ssl bundle.pem.gz
  certloupe scan --fields source,line,common_name,not_after --summary certs.ndjson
  certloupe scan --resume state.json -o rows.ndjson huge.pem
  certloupe scan --row --field tls.cert - <rows.ndjson`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return usagef("scan needs a file or folder, or - for standard input")
			}
			return nil
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.Var(&s.format, "format", "`format` of the inputs: "+strings.Join(s.format.allowed, ", "))
	f.StringVar(&s.opt.Field, "field", "cert", "`field` with the certificate in a JSON record; dots lead into nested objects")
	f.StringSliceVar(&s.opt.Fields, "fields", nil, "the `fields` of a row, in this order, such as source,line,not_after")
	f.BoolVar(&s.opt.Full, "full", false, "write everything that is known about each certificate")
	f.BoolVar(&s.opt.Row, "row", false, "write exactly one line for each line of the input")
	f.Var(&s.output, "as", "`form` of the rows: json or tsv")
	f.StringVar(&s.opt.Wrap, "wrap", "", "make each row the member of this `name` of a JSON object")
	f.StringVarP(&s.out, "output", "o", "", "write the rows to this new `file` instead of standard output")
	f.BoolVar(&s.force, "force", false, "let --output replace a file")
	f.StringVar(&s.resume, "resume", "", "keep in this `file` how far the run is, and go on from there if it exists (needs --output)")
	f.DurationVar(&s.every, "checkpoint-every", checkpointEvery, "how often to write the file of --resume, as a `time` such as 1s")
	f.BoolVar(&s.summary, "summary", false, "write a summary to standard error at the end")
	f.StringVar(&s.summaryFile, "summary-json", "", "write the summary as JSON to this `file`")
	f.Var(&s.failOn, "fail-on", "`severity` that makes the exit code 1: error (the default), warning, or never (the default with --row)")
	f.Var(&s.workers, "workers", "how many certificates are judged at once; 0 is one for each processor")
	f.BoolVar(&s.opt.WeakKeys, "weak-keys", false, "look for keys that can be taken apart, too, which takes much longer")
	f.Var(&s.policy, "revocation", "ask whether the certificates were revoked, and judge so: ignore, soft-fail or hard-fail")
	f.StringArrayVar(&s.issuers, "issuers", nil, "`file` with certificates of issuers, for --revocation; may be repeated")
	s.asking.add(c)
	s.password.add(c)
	s.judging.add(c)
	addLimit(c, &s.limit)
	complete(c, "revocation", s.policy.allowed...)
	complete(c, "format", s.format.allowed...)
	complete(c, "as", s.output.allowed...)
	complete(c, "fail-on", s.failOn.allowed...)
	complete(c, "fields", scan.Fields()...)
	c.RunE = a.work(func(args []string) error { return s.run(c, args) })
	return c
}

func (s *scanCall) run(c *cobra.Command, args []string) error {
	if slices.Contains(args, standardInput) {
		if err := s.a.sources.takeStandardInput(); err != nil {
			return err
		}
	}
	if err := s.options(c); err != nil {
		return err
	}
	end, err := s.ask(c)
	if err != nil {
		return err
	}
	defer end()
	if s.resume != "" && s.out == "" {
		return usagef("--resume needs --output FILE")
	}
	if i := slices.Index(args, standardInput); i >= 0 {
		if s.resume != "" {
			return usagef("standard input cannot be read again, and so not with --resume")
		}
		if slices.Contains(args[i+1:], standardInput) {
			return usagef("standard input can be read only once")
		}
	}
	// A scan makes much garbage and keeps little, so collecting it less often saves
	// a good part of the time; the limit keeps that from costing memory.
	if s.a.env.getenv("GOGC") == "" && s.a.env.getenv("GOMEMLIMIT") == "" {
		defer debug.SetGCPercent(debug.SetGCPercent(scanGC))
		defer debug.SetMemoryLimit(debug.SetMemoryLimit(scanMemory))
	}
	out, err := s.open(args)
	if err != nil {
		return err
	}
	bar := newProgressBar(s.a, args)
	s.opt.Progress = func(p scan.Progress) error {
		bar.show(p)
		return out.done(p)
	}
	summary, err := scan.Run(context.Background(), out, s.inputs(args, out.info()), s.opt)
	bar.clear()
	if closeErr := out.close(err == nil); err == nil {
		err = closeErr
	}
	switch {
	case errors.Is(err, syscall.EPIPE):
		return nil // The reader has seen what it wanted.
	case errors.Is(err, scan.ErrOptions):
		return usageError{strings.TrimPrefix(err.Error(), scan.ErrOptions.Error()+": ")}
	case err != nil:
		return err
	}
	s.a.code = s.exitCode(summary)
	if summary.Unread > 0 {
		s.a.complain(count(int(summary.Unread), "input") + " could not be read, or not to the end; the rows say why")
	}
	return s.report(summary)
}

// scanGC and scanMemory are the values of GOGC and GOMEMLIMIT for a scan.
const (
	scanGC     = 400
	scanMemory = 96 << 20
)

// options completes the options of the library.
func (s *scanCall) options(c *cobra.Command) error {
	if err := exclusive(c, "full", "fields"); err != nil {
		return err
	}
	judged, err := s.judging.options(s.a)
	if err != nil {
		return err
	}
	s.opt.Time, s.opt.ExpiringWithin, s.opt.BlockedKeys = judged.Time, judged.ExpiringWithin, judged.BlockedKeys
	s.opt.Format, s.opt.Output = scan.Format(s.format.value), scan.Output(s.output.value)
	s.opt.Workers, s.opt.MaxSize = int(s.workers), int(s.limit)
	if s.opt.Password, err = s.password.read(c, &s.a.sources); err != nil {
		return err
	}
	s.opt.Tally = s.summary || s.summaryFile != ""
	if !c.Flags().Changed("fields") {
		s.opt.Fields = nil
	}
	return nil
}

// ask sets the options for asking whether certificates were revoked, and returns the
// function that ends it.
func (s *scanCall) ask(c *cobra.Command) (end func(), err error) {
	wanted := s.policy.value != ""
	if !wanted && len(s.issuers) > 0 {
		return nil, usagef("--issuers is for --revocation")
	}
	for _, name := range s.issuers {
		certs, err := s.a.sources.certificates(name)
		if err != nil {
			return nil, err
		}
		s.opt.Issuers = append(s.opt.Issuers, certs...)
	}
	s.opt.Revocation = revocationPolicies[s.policy.value]
	s.opt.Status, end, err = s.a.statusFunc(c, &s.asking, wanted, "--revocation", s.opt.Time, false)
	return end, err
}

// inputs are what the arguments name. The output itself is none of them: reading
// what is being written would go on forever.
func (s *scanCall) inputs(args []string, out fs.FileInfo) iter.Seq[scan.Input] {
	return func(yield func(scan.Input) bool) {
		for _, name := range args {
			inputs := scan.Paths(name)
			if name == standardInput {
				inputs = slices.Values([]scan.Input{s.standardInput()})
			}
			for in := range inputs {
				if open := in.Open; out != nil && open != nil {
					in.Open = func() (io.ReadCloser, error) { return openOther(open, out) }
				}
				if !yield(in) {
					return
				}
			}
		}
	}
}

var errItself = errors.New("this is the output of the scan itself")

// openOther opens a file unless it is the given one.
func openOther(open func() (io.ReadCloser, error), not fs.FileInfo) (io.ReadCloser, error) {
	r, err := open()
	if f, ok := r.(fs.File); ok && err == nil {
		if info, err := f.Stat(); err == nil && os.SameFile(info, not) {
			f.Close()
			return nil, errItself
		}
	}
	return r, err
}

// standardInput pauses unless it is a file.
func (s *scanCall) standardInput() scan.Input {
	stdin := s.a.sources.stdin
	in := scan.Stream(standardInput, stdin)
	if f, ok := stdin.(*os.File); ok {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			in.Live = false
		}
	}
	return in
}

func (s *scanCall) exitCode(sum *scan.Summary) int {
	failOn := s.failOn.value
	if failOn == "" && s.opt.Row {
		failOn = "never"
	}
	switch {
	case sum.Unread > 0:
		return exitFailed
	case failOn == "never":
		return exitAccepted
	case sum.Errors > 0, failOn == "warning" && sum.Warnings > 0:
		return exitRejected
	}
	return exitAccepted
}

// report writes the summary to where it is wanted.
func (s *scanCall) report(sum *scan.Summary) error {
	if s.summary {
		s.a.scanSummary(sum)
	}
	if s.summaryFile == "" {
		return nil
	}
	text, err := sum.MarshalJSON()
	if err != nil {
		return err
	}
	return writeFile(s.summaryFile, append(text, '\n'), 0o644, s.force || s.resume != "")
}
