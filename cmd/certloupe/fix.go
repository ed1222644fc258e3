package main

import (
	"io/fs"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/spf13/cobra"
)

func (a *app) fixCommand() *cobra.Command {
	var (
		output string
		force  bool
		quiet  bool
		limit  = size(certparse.DefaultMaxSize)
	)
	c := &cobra.Command{
		Use:   "fix FILE [-o NEW]",
		Short: "Repair damaged PEM",
		Long: `Repair PEM that was damaged on its way: broken BEGIN and END lines, lost line
breaks, quotation marks, escapes, invisible characters and the like. DER becomes
PEM. Only damage that can be undone in one way is undone; what a certificate or
key says is never changed.

The result goes to standard output, or to the new file of -o, which only its
owner can read if there is a private key in it. What was repaired is said on
standard error. Text without damage is passed on as it is.

The exit code is 1 if damage remains. The file - is standard input.`,
		Example: `  certloupe fix server.pem -o repaired.pem
  pbpaste | certloupe fix - | certloupe inspect -`,
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
		data, err := a.sources.read(args[0], int(limit))
		if err != nil {
			return err
		}
		r := repair(args[0], data, int(limit))
		if r.damaged() {
			a.code = exitRejected
		}
		to := ""
		switch {
		case r.text == nil:
		case output == "" || output == standardInput:
			a.out.Write(r.text)
		default:
			mode := fs.FileMode(0o644)
			if r.secret {
				mode = 0o600
			}
			if err := writeFile(output, r.text, mode, force); err != nil {
				return err
			}
			to = output
		}
		if !quiet {
			p := newPage(a.stderr, a.env.errColumns, a.colored(a.env.errColumns > 0))
			r.write(p, to)
		}
		return nil
	})
	c.Flags().SortFlags = false
	c.Flags().StringVarP(&output, "output", "o", "", "new `file` for the result")
	c.Flags().BoolVar(&force, "force", false, "replace the file of -o if it exists")
	c.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not say what was repaired")
	addLimit(c, &limit)
	return c
}

// repaired is the result of a repair.
type repaired struct {
	name string
	// text is what to write; nil if the damage cannot be repaired.
	text []byte
	// converted says that the input was DER.
	converted bool
	// secret says that text holds a private key, or may hold one.
	secret bool
	// done are the findings that the repair disposed of, left the damage that
	// remains.
	done, left []finding.Finding
}

func (r *repaired) damaged() bool { return r.text == nil || len(r.left) > 0 }

// repair repairs data as far as that can be done in one way only.
func repair(name string, data []byte, limit int) *repaired {
	doc := certparse.Parse(data, certparse.Options{Name: name, MaxSize: limit})
	r := &repaired{name: name, text: doc.Repaired}
	for i := range doc.Blocks {
		switch doc.Blocks[i].Kind {
		case certparse.KindCertificate, certparse.KindPublicKey, certparse.KindCertificateRequest, certparse.KindCRL, certparse.KindParameters:
		default:
			r.secret = true
		}
	}
	if r.text == nil && !doc.Text && len(containers(doc)) == 0 {
		for i := range doc.Blocks {
			r.text = append(r.text, doc.Blocks[i].PEM()...)
		}
		r.converted = r.text != nil
	}
	before := append(containers(doc), damage(doc)...)
	switch {
	case r.text != nil:
		r.left = damage(certparse.Parse(r.text, certparse.Options{Name: name, MaxSize: 2 * max(limit, len(r.text))}))
		for _, f := range doc.Findings {
			if !hasCode(r.left, f.Code) && f.Severity > finding.Notice && !opensOnly[f.Code] {
				r.done = append(r.done, f)
			}
		}
	case len(before) == 0 && len(doc.Blocks) > 0 && doc.Text:
		r.text = data
	default:
		r.left = before
	}
	return r
}

// containers are findings about content that has no PEM form.
func containers(doc *certparse.Document) []finding.Finding {
	var found []finding.Finding
	for i := range doc.Blocks {
		where := finding.Where{Input: doc.Name}
		switch doc.Blocks[i].Kind {
		case certparse.KindPKCS12:
			found = append(found, finding.New("container-pkcs12", where))
		case certparse.KindJavaKeystore:
			found = append(found, finding.New("container-java-keystore", where, finding.Str("format", "JKS or JCEKS")))
		}
	}
	return found
}

// opensOnly are findings about keys that cannot be opened here but are not
// damaged for all that.
var opensOnly = map[finding.Code]bool{
	"private-key-encrypted":              true,
	"private-key-encryption-unsupported": true,
	"private-key-kdf-cost":               true,
	"private-key-algorithm-unknown":      true,
	"private-key-too-large":              true,
}

// damage are the findings that stand for damage.
func damage(doc *certparse.Document) []finding.Finding {
	var found []finding.Finding
	for _, f := range doc.Findings {
		if f.Severity == finding.Error && !opensOnly[f.Code] {
			found = append(found, f)
		}
	}
	return found
}

func hasCode(list []finding.Finding, code finding.Code) bool {
	for _, f := range list {
		if f.Code == code {
			return true
		}
	}
	return false
}

// write says what was done.
func (r *repaired) write(p *page, to string) {
	v := &reportView{}
	name := v.input(r.name)
	if to != "" {
		to = ", written to " + to
	}
	head := func(label string, style style, said string) {
		p.row(0, piece{label, style}, displayWidth(label)+2, text(said))
	}
	switch {
	case r.text == nil && len(r.left) == 0:
		head("Not repaired", red, name+": nothing in it has a PEM form")
	case r.text == nil:
		head("Not repaired", red, name+": this cannot be undone")
	case len(r.left) > 0:
		head("Repaired in part", yellow, name+to)
	case r.converted:
		head("Converted", green, name+": DER to PEM"+to)
	case len(r.done) > 0:
		head("Repaired", green, name+to)
	default:
		head("Sound", green, name+": nothing to repair"+to)
	}
	for _, f := range r.left {
		p.blank()
		p.finding(f, v.place(f.Where))
	}
	for _, f := range r.done {
		p.blank()
		p.row(0, piece{"repaired", green}, severityColumn, piece{string(f.Code), bold})
		p.row(severityColumn, piece{}, severityColumn, text(f.Message))
		p.row(severityColumn, piece{"at", faint}, detailColumn, text(v.place(f.Where)))
	}
}
