package scan

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// Checkpoint is what a run needs to go on where an earlier one ended, however that
// came about. Its output up to Length is complete and has the rows of the first
// Records records; what stands behind that must be cut off. The run that goes on
// has the same options, with Time, and Skip and Earlier set to Records and Counts.
type Checkpoint struct {
	// Version is the form of the checkpoint.
	Version int `json:"version"`
	// Identity tells inputs and options, see [Identity].
	Identity string `json:"identity"`
	// Time is the instant at which the certificates are judged.
	Time time.Time `json:"time"`
	// Records is how many records are done, and Length how many bytes of output
	// they have.
	Records int64  `json:"records"`
	Length  int64  `json:"length"`
	Counts  Counts `json:"counts"`
}

// checkpointVersion is the form of checkpoints that this package writes.
const checkpointVersion = 1

// Errors of going on.
var (
	// ErrCheckpoint is returned for a file that is no checkpoint.
	ErrCheckpoint = errors.New("scan: this is no checkpoint")
	// ErrNotResumable is returned for inputs that cannot be read a second time.
	ErrNotResumable = errors.New("scan: only files and folders can be read again from where a run ended")
)

// NewCheckpoint returns the checkpoint of a run that has not begun.
func NewCheckpoint(identity string, t time.Time) *Checkpoint {
	return &Checkpoint{Version: checkpointVersion, Identity: identity, Time: t}
}

// ReadCheckpoint reads a checkpoint from a file. The error is fs.ErrNotExist,
// wrapped, if there is none.
func ReadCheckpoint(name string) (*Checkpoint, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	c := &Checkpoint{}
	if err := json.Unmarshal(text, c); err != nil || c.Version != checkpointVersion || c.Records < 0 || c.Length < 0 {
		return nil, fmt.Errorf("%s: %w", name, ErrCheckpoint)
	}
	return c, nil
}

// Write writes the checkpoint to a file, which has either the old content or the
// new one at any time. The output must have reached the disk before.
func (c *Checkpoint) Write(name string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(name+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(text, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	// The new name must reach the disk as well, where folders can be synchronized.
	if dir, err := os.Open(filepath.Dir(name)); err == nil {
		dir.Sync()
		dir.Close()
	}
	return nil
}

// identityPrefix is how much of a file that is named itself goes into its identity.
const identityPrefix = 64 << 10

// Identity tells the files and folders of the given names, and the options that
// change the output, from all others: names, sizes, times of change, and the start
// of each file that is named itself. maker is the version of the program, since
// another one may write other rows. Time, Workers and Tally do not count.
func Identity(maker string, opt Options, names []string) (string, error) {
	if err := opt.complete(); err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%q %d %q %q %q %t %t %q %q %d %+v %t %s\n", maker, opt.ExpiringWithin, opt.Format, opt.Field, opt.Fields,
		opt.Full, opt.Row, opt.Output, opt.Wrap, opt.MaxSize, opt.Limits, opt.WeakKeys, opt.BlockedKeys.Digest())
	// Of a password nothing may be written down, nor anything it could be guessed by.
	fmt.Fprintf(h, "%t %t %d\n", opt.Password != nil, opt.Status != nil, opt.Revocation)
	for _, c := range opt.Issuers {
		fmt.Fprintln(h, c.Fingerprint())
	}
	for _, name := range names {
		if err := identify(h, name); err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func identify(h io.Writer, name string) error {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		// It has its row. If it comes into being, the inputs have changed.
		fmt.Fprintf(h, "%q missing\n", name)
		return nil
	case err != nil:
		return err
	case info.IsDir():
		// A link that is named itself is followed, as it is for reading.
		folder, err := filepath.EvalSymlinks(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q\n", name)
		return filepath.WalkDir(folder, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				fmt.Fprintf(h, "%q unreadable\n", p)
				return nil
			}
			info, err := d.Info()
			if err != nil {
				return err
			}
			describeFile(h, p, info)
			return nil
		})
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s: %w", name, ErrNotResumable)
	}
	describeFile(h, name, info)
	f, err := os.Open(name)
	if err != nil {
		fmt.Fprintln(h, "unreadable")
		return nil
	}
	defer f.Close()
	_, err = io.Copy(h, io.LimitReader(f, identityPrefix))
	return err
}

func describeFile(h io.Writer, name string, info fs.FileInfo) {
	fmt.Fprintf(h, "%q %v %d %d\n", name, info.Mode().Type(), info.Size(), info.ModTime().UnixNano())
}
