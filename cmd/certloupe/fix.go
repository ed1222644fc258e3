package main

import (
	"io/fs"
	"strings"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
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
		r := repair(args[0], data, word, int(limit), toFile)
		defer clear(r.text)
		if r.damaged() {
			a.code = exitRejected
		}
		to := ""
		switch {
		case r.text == nil:
		case !toFile:
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
	password.add(c)
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
	// unpacked says that the input has a container, withheld how many private keys
	// in it were left out because they go only to a file.
	unpacked bool
	withheld int
	// secret says that text holds a private key, or may hold one.
	secret bool
	// done are the findings that the repair disposed of, left the damage that
	// remains.
	done, left []finding.Finding
}

func (r *repaired) damaged() bool { return r.text == nil || len(r.left) > 0 }

// repair repairs data as far as that can be done in one way only. The password
// opens containers; toFile says that the result goes to a file.
func repair(name string, data, password []byte, limit int, toFile bool) *repaired {
	doc := certparse.Parse(data, certparse.Options{Name: name, Password: password, MaxSize: limit})
	r := &repaired{name: name, text: doc.Repaired}
	for i := range doc.Blocks {
		switch doc.Blocks[i].Kind {
		case certparse.KindCertificate, certparse.KindPublicKey, certparse.KindCertificateRequest, certparse.KindCRL, certparse.KindParameters:
		default:
			r.secret = true
		}
	}
	if packed := containers(doc); len(packed) > 0 {
		after := doc
		if r.text != nil {
			after = certparse.Parse(r.text, certparse.Options{Name: name, Password: password, MaxSize: 2 * max(limit, len(r.text))})
		}
		r.unpack(after, packed, toFile)
		for _, f := range doc.Findings {
			if !hasCode(after.Findings, f.Code) {
				r.done = append(r.done, f)
			}
		}
		return r
	}
	if r.text == nil && !doc.Text {
		for i := range doc.Blocks {
			r.text = append(r.text, doc.Blocks[i].PEM()...)
		}
		r.converted = r.text != nil
	}
	before := damage(doc)
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

// unpack writes the blocks of an input that has containers, with what is in those.
func (r *repaired) unpack(doc *certparse.Document, packed []finding.Finding, toFile bool) {
	r.text, r.secret, r.unpacked = nil, false, true
	whole := true // Nothing was dropped, so that what was wrong with the old text is past.
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if b.Container == nil {
			r.secret = r.secret || b.Kind == certparse.KindPrivateKey || b.Kind == certparse.KindOpenSSHKey
			text := b.PEM()
			whole = whole && text != nil
			r.text = append(r.text, text...)
			continue
		}
		for k := range b.Container.Entries {
			e := &b.Container.Entries[k]
			if e.PrivateKey != nil && !toFile {
				r.withheld++
				continue
			}
			text := e.PEM()
			r.secret = r.secret || e.PrivateKey != nil
			r.text = append(r.text, text...)
			clear(text)
		}
	}
	whole = whole && r.text != nil
	again := certparse.Parse(r.text, certparse.Options{Name: r.name, MaxSize: max(certparse.DefaultMaxSize, len(r.text))})
	for _, f := range doc.Findings {
		aboutText := strings.HasPrefix(string(f.Code), "pem-") || strings.HasPrefix(string(f.Code), "text-")
		switch {
		case f.Severity != finding.Error:
		case aboutText && whole && !hasCode(again.Findings, f.Code):
			r.done = append(r.done, f)
		default:
			r.left = append(r.left, f)
		}
	}
	if r.text == nil && r.withheld == 0 && len(r.left) == 0 {
		r.left = packed
	}
}

// containers are the findings about the containers of an input that are to be
// unpacked: all but PKCS#7 without anything for that, which is passed on as PEM.
func containers(doc *certparse.Document) []finding.Finding {
	var found []finding.Finding
	for i := range doc.Blocks {
		b := &doc.Blocks[i]
		if b.Kind == certparse.KindPKCS7 && (b.Container == nil || len(b.Container.Entries) == 0) {
			continue
		}
		if f, ok := b.ContainerFinding(finding.Where{Input: doc.Name}); ok {
			found = append(found, f)
		}
	}
	return found
}

// opensOnly are findings about keys and containers that cannot be opened here but
// are not damaged for all that.
var opensOnly = map[finding.Code]bool{
	"container-content-other":            true,
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

// leftOut says that private keys were left out.
func (r *repaired) leftOut() string {
	if r.withheld == 0 {
		return ""
	}
	return "; " + count(r.withheld, "private key") + " left out, because private keys of a container go only to a file: give -o NEW"
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
	case r.withheld > 0 && r.text == nil:
		head("Not unpacked", red, name+": "+count(r.withheld, "private key")+", which go only to a file; give -o NEW")
	case r.text == nil && len(r.left) == 0:
		head("Not repaired", red, name+": nothing in it has a PEM form")
	case r.text == nil && r.unpacked:
		head("Not unpacked", red, name+": nothing came out of it")
	case r.text == nil:
		head("Not repaired", red, name+": this cannot be undone")
	case r.unpacked && len(r.left) > 0:
		head("Unpacked in part", yellow, name+to+r.leftOut())
	case r.unpacked:
		head("Unpacked", green, name+to+r.leftOut())
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
