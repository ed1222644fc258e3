package rows

import (
	"errors"
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
)

// container says of a block that is a container, or may be one, what is to be said of
// the container itself.
func (j *Judge) container(r *Row, b *certparse.Block) {
	if b.Container != nil {
		r.Container = b.Container.Format
	}
	if b.Kind == certparse.KindUnknown || b.Container != nil && len(b.Container.Entries) == 0 {
		if c := sm2.RecognizeContainer(b.DER); c != sm2.NoContainer {
			j.sm2(r, c, r.where())
			return
		}
	}
	switch b.Kind {
	case certparse.KindPKCS7, certparse.KindPKCS12, certparse.KindJavaKeystore:
		if b.Container != nil && len(b.Container.Entries) > 0 {
			return // The rows of what is in it say the rest.
		}
		// There may be certificates in it that nobody has looked at. What else there
		// is, is named by the kind and no fault of a bulk of files.
		if f, ok := b.ContainerFinding(r.where()); ok {
			j.Add(r, f)
		}
	}
}

// sm2 makes the row that of a container of an SM2 key, which stays closed: only the
// owner's signing key opens it.
func (j *Judge) sm2(r *Row, c sm2.Container, where finding.Where) {
	r.Kind, r.Container = KindSM2, c.String()
	unrecognized := func(code finding.Code) bool { return code == "input-unrecognized" || code == "pem-block-ignored" }
	r.Codes = slices.DeleteFunc(r.Codes, unrecognized)
	r.findings = slices.DeleteFunc(r.findings, func(f finding.Finding) bool { return unrecognized(f.Code) })
	r.Worst = 0
	for _, code := range r.Codes {
		rule, _ := finding.Lookup(code)
		r.Worst = max(r.Worst, rule.Severity)
	}
	j.Add(r, finding.New("container-sm2", where, finding.Str("container", r.Container)))
}

// entries makes the rows of what is in a container, whose row is the one at the given
// place. fs are the findings of the document.
func (j *Judge) entries(at int, c *certparse.Container, fs []finding.Finding) {
	in := j.rows[at]
	for i := range c.Entries {
		e := &c.Entries[i]
		r := Row{Place: in.Place, Kind: e.Kind.String(), Line: in.Line, Block: in.Block, Certificate: e.Certificate, Key: e.PrivateKey,
			Container: c.Format, Entry: i + 1, Name: e.FriendlyName}
		switch {
		case e.Certificate != nil:
			j.certificate(&r)
		case e.Kind == certparse.KindCertificate:
			var syntax *certparse.SyntaxError
			if _, err := certparse.ParseCertificate(e.DER); errors.As(err, &syntax) {
				j.Add(&r, syntax.Finding(r.where()))
			}
		case e.Kind == certparse.KindPrivateKey && e.PrivateKey == nil:
			// What keeps it closed is said of the container.
			for _, f := range fs {
				if f.Severity == finding.Error && (f.Where.Block == in.Block || f.Where.Block == 0) {
					j.Add(&r, f)
				}
			}
		}
		j.rows = append(j.rows, r)
	}
}
