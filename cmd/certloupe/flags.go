package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate"
	"github.com/spf13/cobra"
)

// choice is a flag with a fixed list of values.
type choice struct {
	value   string
	allowed []string
}

func (c *choice) String() string { return c.value }
func (c *choice) Type() string   { return "word" }
func (c *choice) Set(s string) error {
	if !slices.Contains(c.allowed, s) {
		return fmt.Errorf("choose from %s", strings.Join(c.allowed, ", "))
	}
	c.value = s
	return nil
}

// instant is a flag with a point in time.
type instant struct{ time.Time }

func (t *instant) Type() string { return "time" }
func (t *instant) String() string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}
func (t *instant) Set(s string) error {
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if v, err := time.Parse(layout, s); err == nil {
			if v.IsZero() {
				return fmt.Errorf("the year 1 stands for no time at all")
			}
			t.Time = v.UTC()
			return nil
		}
	}
	return fmt.Errorf("write it like 2026-01-31 or 2026-01-31T12:00:00Z")
}

// period is a flag with a length of time. Zero is not given, negative is never.
type period struct{ time.Duration }

const day = 24 * time.Hour

func (d *period) Type() string { return "days" }
func (d *period) String() string {
	switch {
	case d.Duration == 0:
		return ""
	case d.Duration < 0:
		return "never"
	case d.Duration%day == 0:
		return strconv.FormatInt(int64(d.Duration/day), 10) + "d"
	}
	return d.Duration.String()
}
func (d *period) Set(s string) error {
	if s == "never" {
		d.Duration = -1
		return nil
	}
	v, err := time.ParseDuration(s)
	if n, dayErr := strconv.ParseInt(strings.TrimSuffix(s, "d"), 10, 64); dayErr == nil && s != "" {
		v, err = time.Duration(n)*day, nil
		if n < 0 || n > int64((1<<63-1)/day) {
			err = strconv.ErrRange
		}
	}
	if err != nil || v < 0 {
		return fmt.Errorf("write it like 30d, 720h or never")
	}
	if v == 0 {
		v = -1
	}
	d.Duration = v
	return nil
}

// number is a flag with a small number.
type number uint16

func (n *number) Type() string   { return "number" }
func (n *number) String() string { return strconv.Itoa(int(*n)) }
func (n *number) Set(s string) error {
	v, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return fmt.Errorf("give a number from 0 to %d", math.MaxUint16)
	}
	*n = number(v)
	return nil
}

// size is a flag with a number of bytes.
type size int

const maxSize = 1 << 30

func (n *size) Type() string   { return "bytes" }
func (n *size) String() string { return formatSize(int(*n)) }
func (n *size) Set(s string) error {
	digits, unit := s, int64(1)
	for i, suffix := range []string{"K", "M", "G"} {
		if d, ok := strings.CutSuffix(strings.ToUpper(s), suffix); ok {
			digits, unit = d, 1<<(10*(i+1))
		}
	}
	v, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || v < 1 || v > maxSize/unit {
		return fmt.Errorf("write it like 500000, 512K or 64M; at most 1G")
	}
	*n = size(v * unit)
	return nil
}

func formatSize(n int) string {
	for _, u := range []struct {
		unit   int
		suffix string
	}{{1 << 30, "G"}, {1 << 20, "M"}, {1 << 10, "K"}} {
		if n > 0 && n%u.unit == 0 {
			return strconv.Itoa(n/u.unit) + u.suffix
		}
	}
	return strconv.Itoa(n)
}

// judging are the flags that say how to judge.
type judging struct {
	at         instant
	within     period
	blocklists []string
}

func (j *judging) add(c *cobra.Command) {
	c.Flags().Var(&j.at, "at", "judge as of this `time` instead of now, such as 2026-01-31 or 2026-01-31T12:00:00Z")
	c.Flags().Var(&j.within, "expiring-within", "report certificates that expire within so many `days`: 30d (the default), 720h, never")
	c.Flags().StringArrayVar(&j.blocklists, "key-blocklist", nil, "reject the public keys that this `file` lists, by digests as openssl-blacklist has them or by SHA-256 of the SubjectPublicKeyInfo; may be repeated")
}

// maxBlocklist is the largest list of blocked keys in bytes that is read, several
// times as large as all of openssl-blacklist. Tests have a smaller one.
var maxBlocklist = 256 << 20

// options are the options of the library. The time is fixed here, once, so that
// the report and what is shown beside it agree.
func (j *judging) options(a *app) (validate.Options, error) {
	opt := validate.Options{Time: j.at.Time, ExpiringWithin: j.within.Duration}
	if opt.Time.IsZero() {
		opt.Time = a.env.now()
	}
	if len(j.blocklists) == 0 {
		return opt, nil
	}
	opt.BlockedKeys = new(certparse.KeyBlocklist)
	for _, name := range j.blocklists {
		text, err := a.sources.read(name, maxBlocklist)
		if err != nil {
			return opt, err
		}
		// Part of a list would let through what the rest blocks.
		if len(text) > maxBlocklist {
			return opt, fmt.Errorf("%s: a list of blocked keys has at most %s bytes", name, formatSize(maxBlocklist))
		}
		if err := opt.BlockedKeys.Read(text); err != nil {
			return opt, fmt.Errorf("%s: %w", name, err)
		}
	}
	return opt, nil
}

// given reports whether the time was chosen by the caller.
func (j *judging) given() bool { return !j.at.IsZero() }

// form are the flags that choose the form of the output.
type form struct {
	json, quiet bool
}

func (f *form) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.json, "json", false, "write the report as JSON")
	c.Flags().BoolVarP(&f.quiet, "quiet", "q", false, "write nothing; the exit code is the answer")
}

// exclusive is an error if more than one of the flags is given.
func exclusive(c *cobra.Command, flags ...string) error {
	var given []string
	for _, name := range flags {
		if c.Flags().Changed(name) {
			given = append(given, "--"+name)
		}
	}
	if len(given) > 1 {
		return usagef("%s exclude each other", strings.Join(given, " and "))
	}
	return nil
}

// deliver writes the report in the chosen form and sets the exit code.
func (a *app) deliver(f form, report *validate.Report, view *reportView) {
	if report.Verdict == validate.Rejected {
		a.code = exitRejected
	}
	switch {
	case f.quiet:
	case f.json:
		a.out.Write(report.JSON())
	default:
		view.page, view.report = a.page(), report
		view.write()
	}
}
