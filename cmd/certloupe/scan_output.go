package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/certloupe/certloupe/scan"
)

// scanOutput is where the rows go. With a checkpoint it is a file that can be gone
// on with after the program was ended in any way.
type scanOutput struct {
	w    io.Writer
	file *os.File // nil is standard output

	// state is the checkpoint, which stands in the file of the given name; nil if
	// there is none.
	state *scan.Checkpoint
	name  string
	// before is how long the output was when this run began.
	before int64
	// saved is when the last checkpoint was read or written, every how often one is.
	saved time.Time
	every time.Duration
	now   func() time.Time
}

// checkpointEvery is how often a checkpoint is usually written. Each waits for the disk.
const checkpointEvery = time.Second

var (
	errOtherRun = errors.New("the inputs or the options are not those of the run that wrote this file; remove it to start anew")
	errOtherOut = errors.New("the file is shorter than the run had written; remove the state to start anew")
)

// open opens the output, and sets the options that make a run go on.
func (s *scanCall) open(args []string) (*scanOutput, error) {
	o := &scanOutput{w: s.a.stdout, every: s.every, now: s.a.env.now}
	if s.out == "" {
		return o, nil
	}
	err := s.apart(args)
	if err != nil {
		return nil, err
	}
	if s.resume != "" {
		if err := s.checkpoint(o, args); err != nil {
			return nil, err
		}
	}
	if o.before > 0 || s.opt.Skip > 0 {
		err = o.goOn(s.out)
	} else {
		// A run that was ended before its first checkpoint has left an empty file.
		err = o.create(s.out, s.force || o.state != nil && (!o.saved.IsZero() || isEmpty(s.out)))
	}
	if err != nil {
		return nil, err
	}
	o.w = o.file
	if o.state != nil {
		// A run that is ended before its first checkpoint has one to start from.
		return o, o.save()
	}
	return o, nil
}

// apart is an error if a file that is written is an input, or stands in a folder
// that is one and would then be another folder each time.
func (s *scanCall) apart(args []string) error {
	for _, arg := range args {
		input, err := os.Stat(arg)
		if err != nil {
			continue // A row says so.
		}
		for _, name := range []string{s.out, s.resume, s.summaryFile} {
			if name == "" {
				continue
			}
			if info, err := os.Stat(name); err == nil && os.SameFile(info, input) {
				return usagef("%s is an input, and cannot be written as well", name)
			}
			if input.IsDir() && s.resume != "" && contains(input, name) {
				return usagef("%s is in %s, which is an input; a run that can be gone on with must leave its inputs as they are", name, arg)
			}
		}
	}
	return nil
}

// contains reports whether a file is in a folder, or in one below it.
func contains(folder fs.FileInfo, name string) bool {
	dir, err := filepath.Abs(filepath.Dir(name))
	if err == nil {
		dir, err = filepath.EvalSymlinks(dir)
	}
	for err == nil {
		var info fs.FileInfo
		if info, err = os.Stat(dir); err == nil && os.SameFile(info, folder) {
			return true
		}
		if up := filepath.Dir(dir); up != dir {
			dir = up
		} else {
			return false
		}
	}
	return false
}

// info is the file that the output goes to; nil if it is none.
func (o *scanOutput) info() fs.FileInfo {
	f, ok := o.w.(*os.File)
	if !ok {
		return nil
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return info
}

// checkpoint reads the checkpoint, or makes the first one.
func (s *scanCall) checkpoint(o *scanOutput, args []string) error {
	identity, err := scan.Identity(version(), s.opt, args)
	if err != nil {
		return err
	}
	o.name = s.resume
	o.state, err = scan.ReadCheckpoint(s.resume)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		o.state = scan.NewCheckpoint(identity, s.opt.Time)
		return nil
	case err != nil:
		return err
	case o.state.Identity != identity, s.judging.given() && !s.opt.Time.Equal(o.state.Time):
		return fmt.Errorf("%s: %w", s.resume, errOtherRun)
	}
	o.saved = o.now()
	o.before = o.state.Length
	s.opt.Time, s.opt.Skip, s.opt.Earlier = o.state.Time, o.state.Records, o.state.Counts
	return nil
}

// create makes a new file. An existing one is replaced only if replace is set.
func (o *scanOutput) create(name string, replace bool) error {
	mode := os.O_WRONLY | os.O_CREATE | os.O_EXCL
	if replace {
		mode = os.O_WRONLY | os.O_CREATE | os.O_TRUNC
	}
	var err error
	if o.file, err = os.OpenFile(name, mode, 0o644); errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: the file exists already; --force replaces it", name)
	}
	return err
}

func isEmpty(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular() && info.Size() == 0
}

// goOn opens the file of an earlier run and cuts off what stands behind the
// checkpoint.
func (o *scanOutput) goOn(name string) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	o.file = f
	info, err := f.Stat()
	if err == nil && info.Size() < o.before {
		err = fmt.Errorf("%s: %w", name, errOtherOut)
	}
	if err == nil {
		err = f.Truncate(o.before)
	}
	if err == nil {
		_, err = f.Seek(o.before, io.SeekStart)
	}
	if err != nil {
		f.Close()
	}
	return err
}

func (o *scanOutput) Write(p []byte) (int, error) { return o.w.Write(p) }

// done is called after rows were written.
func (o *scanOutput) done(p scan.Progress) error {
	if o.state == nil {
		return nil
	}
	o.state.Records, o.state.Length, o.state.Counts = p.Records, o.before+p.Written, p.Summary.Counts
	if o.now().Sub(o.saved) < o.every {
		return nil
	}
	return o.save()
}

// save writes the checkpoint once the rows have reached the disk.
func (o *scanOutput) save() error {
	if err := o.file.Sync(); err != nil {
		return err
	}
	o.saved = o.now()
	return o.state.Write(o.name)
}

// close ends the output; complete says that all rows were written.
func (o *scanOutput) close(complete bool) error {
	if o.file == nil {
		return nil
	}
	var err error
	if o.state != nil && complete {
		err = o.save()
	}
	if closeErr := o.file.Close(); err == nil {
		err = closeErr
	}
	return err
}
