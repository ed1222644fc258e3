package main

import (
	"io/fs"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/mend"
	"github.com/spf13/cobra"
)

func (a *app) fixCommand() *cobra.Command {
	var (
		output   string
		force    bool
		quiet    bool
		password passwordFlags
		limit    = size(certparse.DefaultMaxSize)
	)
	c := &cobra.Command{
		Use:   "fix FILE [-o NEW]",
		Short: "Repair damaged PEM",
		Long: `Repair PEM that was damaged on its way: broken BEGIN and END lines, lost line
breaks, quotation marks, escapes, invisible characters and the like. DER becomes
PEM, and containers (PKCS#7, PKCS#12, Java keystores) are unpacked into it. Only
damage that can be undone in one way is undone; what a certificate or key says is
never changed.

The result goes to standard output, or to the new file of -o, which only its
owner can read if there is a private key in it. Private keys of a container come
out without encryption and only to a file; standard output gets the certificates.
What was repaired is said on standard error. Text without damage is passed on as it
is.

The exit code is 1 if damage remains. The file - is standard input.`,
		Example: `  certloupe fix server.pem -o repaired.pem
  pbpaste | certloupe fix - | certloupe inspect -
  certloupe fix server.p12 --ask-password -o server-with-key.pem`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usagef("fix takes one file, or - for standard input")
			}
			return nil
		},
	}
	c.RunE = a.work(func(args []string) error {
		if force && (output == "" || output == standardInput) {
			return usagef("--force goes with -o NEW")
		}
		word, err := password.read(c, &a.sources)
		if err != nil {
			return err
		}
		data, err := a.sources.read(args[0], int(limit))
		if err != nil {
			return err
		}
		toFile := output != "" && output != standardInput
		r := mend.Mend(args[0], data, word, int(limit), toFile)
		defer clear(r.Text)
		if r.Damaged() {
			a.code = exitRejected
		}
		to := ""
		switch {
		case r.Text == nil:
		case !toFile:
			a.out.Write(r.Text)
		default:
			mode := fs.FileMode(0o644)
			if r.Secret {
				mode = 0o600
			}
			if err := writeFile(output, r.Text, mode, force); err != nil {
				return err
			}
			to = output
		}
		if !quiet {
			p := newPage(a.stderr, a.env.errColumns, a.colored(a.env.errColumns > 0))
			writeMended(p, r, to)
		}
		return nil
	})
	c.Flags().SortFlags = false
	c.Flags().StringVarP(&output, "output", "o", "", "new `file` for the result")
	c.Flags().BoolVar(&force, "force", false, "replace the file of -o if it exists")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not say what was repaired")
	password.add(c)
	addLimit(c, &limit)
	return c
}

// leftOut says that private keys were left out.
func leftOut(r *mend.Result) string {
	if r.Withheld == 0 {
		return ""
	}
	return "; " + count(r.Withheld, "private key") + " left out, because private keys of a container go only to a file: give -o NEW"
}

// writeMended says what was done.
func writeMended(p *page, r *mend.Result, to string) {
	v := &reportView{}
	name := v.input(r.Name)
	if to != "" {
		to = ", written to " + to
	}
	head := func(label string, style style, said string) {
		p.row(0, piece{label, style}, displayWidth(label)+2, text(said))
	}
	switch {
	case r.Withheld > 0 && r.Text == nil:
		head("Not unpacked", red, name+": "+count(r.Withheld, "private key")+", which go only to a file; give -o NEW")
	case r.Text == nil && len(r.Left) == 0:
		head("Not repaired", red, name+": nothing in it has a PEM form")
	case r.Text == nil && r.Unpacked:
		head("Not unpacked", red, name+": nothing came out of it")
	case r.Text == nil:
		head("Not repaired", red, name+": this cannot be undone")
	case r.Unpacked && len(r.Left) > 0:
		head("Unpacked in part", yellow, name+to+leftOut(r))
	case r.Unpacked:
		head("Unpacked", green, name+to+leftOut(r))
	case len(r.Left) > 0:
		head("Repaired in part", yellow, name+to)
	case r.Converted:
		head("Converted", green, name+": DER to PEM"+to)
	case len(r.Done) > 0:
		head("Repaired", green, name+to)
	default:
		head("Sound", green, name+": nothing to repair"+to)
	}
	for _, f := range r.Left {
		p.blank()
		p.finding(f, v.place(f.Where))
	}
	for _, f := range r.Done {
		p.blank()
		p.row(0, piece{"repaired", green}, severityColumn, piece{string(f.Code), bold})
		p.row(severityColumn, piece{}, severityColumn, text(f.Message))
		p.row(severityColumn, piece{"at", faint}, detailColumn, text(v.place(f.Where)))
	}
}
