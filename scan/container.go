package scan

import (
	"slices"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/sm2"
	"github.com/certloupe/certloupe/validate"
)

// kindSM2 is a container in which a CA hands out an SM2 key.
const kindSM2 = "sm2_container"

// container says of a block that is a container, or may be one, what is to be said of
// the container itself.
func (j *judge) container(r *row, b *certparse.Block, where finding.Where) {
	if b.Container != nil {
		r.container = b.Container.Format
	}
	if b.Kind == certparse.KindUnknown || b.Container != nil && len(b.Container.Entries) == 0 {
		if c := sm2.RecognizeContainer(b.DER); c != sm2.NoContainer {
			j.sm2(r, c, where)
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
		if f, ok := validate.ContentFinding(b.Kind, where); ok {
			j.addFinding(r, f)
		}
	}
}

// sm2 makes the row that of a container of an SM2 key, which stays closed: only the
// owner's signing key opens it.
func (j *judge) sm2(r *row, c sm2.Container, where finding.Where) {
	r.kind, r.container = kindSM2, c.String()
	unrecognized := func(code finding.Code) bool { return code == "input-unrecognized" || code == "pem-block-ignored" }
	r.codes = slices.DeleteFunc(r.codes, unrecognized)
	r.findings = slices.DeleteFunc(r.findings, func(f finding.Finding) bool { return unrecognized(f.Code) })
	r.worst = 0
	for _, code := range r.codes {
		rule, _ := finding.Lookup(code)
		r.worst = max(r.worst, rule.Severity)
	}
	j.addFinding(r, finding.New("container-sm2", where, finding.Str("container", r.container)))
}

// entries makes the rows of what is in the container of a block, whose row is in.
func (j *judge) entries(in *row, b *certparse.Block, fs []finding.Finding) {
	if b.Container == nil {
		return
	}
	where := finding.Where{Input: in.piece.source.name, Block: in.block, Line: int(in.line)}
	for i := range b.Container.Entries {
		e := &b.Container.Entries[i]
		r := row{piece: in.piece, kind: e.Kind.String(), line: in.line, block: in.block, cert: e.Certificate, key: e.PrivateKey,
			container: b.Container.Format, entry: i + 1, name: e.FriendlyName}
		switch {
		case e.Kind == certparse.KindCertificate && e.Certificate == nil:
			if _, err := certparse.ParseCertificate(e.DER); err != nil {
				if syntax, ok := err.(*certparse.SyntaxError); ok {
					j.addFinding(&r, syntax.Finding(where))
				}
			}
		case e.Kind == certparse.KindPrivateKey && e.PrivateKey == nil:
			// What keeps it closed is said of the container.
			for _, f := range fs {
				if f.Severity == finding.Error && (f.Where.Block == in.block || f.Where.Block == 0) {
					j.addFinding(&r, f)
				}
			}
		}
		j.certificate(&r, where)
		j.rows = append(j.rows, r)
	}
}
