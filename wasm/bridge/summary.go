package bridge

import (
	"errors"
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/sm2"
	"github.com/certloupe/certloupe/validate"
)

// summaryOptions are the options of summary.
type summaryOptions struct{ judging }

// summaryMembers are the members of a certificate that its row has, see
// certparse.Members.
var summaryMembers = []string{
	"common_name", "subject", "san", "issuer", "serial_hex", "not_before", "not_after", "days_left",
	"key_algorithm", "key_curve", "key_bits", "signature_algorithm", "is_ca",
}

// summarize writes a row for each thing that is in the files, and one for each file
// that nothing is found in. The rows are those of the package scan, which reads
// files and archives and is too large for a browser; only block counts the blocks of
// the whole file here.
func summarize(c *call) ([]byte, *failure) {
	var opt summaryOptions
	if failed := c.options(&opt); failed != nil {
		return nil, failed
	}
	var list []Part
	var blocked []byte
	if failed := c.roles(map[string]*[]byte{"key_blocklist": &blocked}, map[string]*[]Part{"file": &list}); failed != nil {
		return nil, failed
	}
	options, failed := opt.options(blocked)
	if failed != nil {
		return nil, failed
	}
	if options.Time.IsZero() {
		options.Time = time.Now()
	}
	if options.ExpiringWithin == 0 {
		options.ExpiringWithin = 30 * 24 * time.Hour
	}
	s := summary{opt: options}
	for _, f := range list {
		s.file(f, opt.maxSize())
	}
	return s.w.Bytes(), nil
}

// summary writes rows. Its memory is used again for each.
type summary struct {
	opt    validate.Options
	reader certparse.Reader
	w      jsontext.Writer
	codes  []finding.Code
	worst  finding.Severity
}

func (s *summary) file(f Part, limit int) {
	d := s.reader.Parse(f.Data, certparse.Options{Name: f.Name, MaxSize: limit})
	for i := range d.Blocks {
		s.codes, s.worst = s.codes[:0], 0
		for _, found := range d.Findings {
			// What concerns no block in particular is said with the first one.
			if found.Where.Block == i+1 || found.Where.Block == 0 && i == 0 {
				s.add(found)
			}
		}
		s.block(f, d, i)
		s.entries(f, d, i)
	}
	if len(d.Blocks) > 0 {
		return
	}
	// A file with nothing in it has a row all the same.
	s.codes, s.worst = s.codes[:0], 0
	for _, found := range d.Findings {
		s.add(found)
	}
	kind := certparse.KindUnknown.String()
	if c := sm2.RecognizeContainer(f.Data); c != sm2.NoContainer {
		kind = s.sm2(c, finding.Where{Input: f.Name})
	}
	s.w.BeginObject()
	s.w.StringField("source", f.Name)
	if d.Text {
		s.w.IntField("line", 1)
	}
	s.judged(kind)
	s.end()
}

func (s *summary) add(f finding.Finding) {
	s.codes, s.worst = append(s.codes, f.Code), max(s.worst, f.Severity)
}

// block writes the row of a block.
func (s *summary) block(f Part, d *certparse.Document, i int) {
	b := &d.Blocks[i]
	at := finding.Where{Input: f.Name, Block: i + 1}
	kind := b.Kind.String()
	if b.Certificate != nil {
		s.certificate(b.Certificate, at)
	} else {
		kind = s.container(b, at)
	}
	s.row(f, d, i, kind, b.Certificate, b.PrivateKey)
}

// container says of a block that is a container, or may be one, what is to be said of
// the container itself, and returns the word for its kind.
func (s *summary) container(b *certparse.Block, at finding.Where) string {
	filled := b.Container != nil && len(b.Container.Entries) > 0
	if b.Kind == certparse.KindUnknown || b.Container != nil && !filled {
		if c := sm2.RecognizeContainer(b.DER); c != sm2.NoContainer {
			return s.sm2(c, at)
		}
	}
	switch b.Kind {
	case certparse.KindPKCS7, certparse.KindPKCS12, certparse.KindJavaKeystore:
		if found, ok := validate.ContentFinding(b.Kind, at); ok && !filled {
			s.add(found)
		}
	}
	return b.Kind.String()
}

// sm2 makes the row that of a container of an SM2 key, which only the owner's
// signing key opens.
func (s *summary) sm2(c sm2.Container, at finding.Where) (kind string) {
	s.codes = slices.DeleteFunc(s.codes, func(code finding.Code) bool { return code == "input-unrecognized" || code == "pem-block-ignored" })
	s.worst = 0
	for _, code := range s.codes {
		rule, _ := finding.Lookup(code)
		s.worst = max(s.worst, rule.Severity)
	}
	s.add(finding.New("container-sm2", at, finding.Str("container", c.String())))
	return "sm2_container"
}

// entries writes the rows of what is in the container of a block.
func (s *summary) entries(f Part, d *certparse.Document, i int) {
	b := &d.Blocks[i]
	if b.Container == nil {
		return
	}
	at := finding.Where{Input: f.Name, Block: i + 1}
	for n := range b.Container.Entries {
		e := &b.Container.Entries[n]
		s.codes, s.worst = s.codes[:0], 0
		switch {
		case e.Certificate != nil:
			s.certificate(e.Certificate, at)
		case e.Kind == certparse.KindCertificate:
			var syntax *certparse.SyntaxError
			if _, err := certparse.ParseCertificate(e.DER); errors.As(err, &syntax) {
				s.add(syntax.Finding(at))
			}
		case e.Kind == certparse.KindPrivateKey && e.PrivateKey == nil:
			// What keeps it closed is said of the container.
			for _, found := range d.Findings {
				if found.Severity == finding.Error && (found.Where.Block == i+1 || found.Where.Block == 0) {
					s.add(found)
				}
			}
		}
		s.row(f, d, i, e.Kind.String(), e.Certificate, e.PrivateKey)
	}
}

// row writes the row of a thing in a block.
func (s *summary) row(f Part, d *certparse.Document, i int, kind string, cert *certparse.Certificate, key *certparse.PrivateKey) {
	s.w.BeginObject()
	s.w.StringField("source", f.Name)
	if d.Text {
		s.w.IntField("line", int64(d.Blocks[i].Line))
	}
	s.w.IntField("block", int64(i+1))
	s.judged(kind)
	switch {
	case cert != nil:
		s.members(cert)
	case key != nil:
		s.key(key)
	}
	s.end()
}

// certificate says what is to be said of a certificate.
func (s *summary) certificate(c *certparse.Certificate, at finding.Where) {
	if f, ok := validate.BlockedKeyFinding(c, s.opt.BlockedKeys, at); ok {
		s.add(f)
	}
	before := len(s.codes)
	s.codes = c.AppendCodes(s.codes)
	if code := validate.ValidityCode(c, s.opt.Time, s.opt.ExpiringWithin); code != "" {
		s.codes = append(s.codes, code)
	}
	for _, code := range s.codes[before:] {
		rule, _ := finding.Lookup(code)
		s.worst = max(s.worst, rule.Severity)
	}
}

func (s *summary) judged(kind string) {
	s.w.StringField("kind", kind)
	verdict := validate.Accepted
	if s.worst == finding.Error {
		verdict = validate.Rejected
	}
	s.w.StringField("verdict", string(verdict))
	s.w.Key("findings")
	s.w.BeginArray()
	for _, code := range s.codes {
		s.w.String(string(code))
	}
	s.w.EndArray()
}

func (s *summary) members(c *certparse.Certificate) {
	s.w.StringField("fingerprint", c.Fingerprint())
	for _, name := range summaryMembers {
		if name != "days_left" {
			c.WriteMember(&s.w, name)
		} else if days, ok := validate.DaysLeft(c, s.opt.Time); ok {
			s.w.IntField(name, days)
		}
	}
}

func (s *summary) key(key *certparse.PrivateKey) {
	public := key.Public()
	s.w.StringField("key_algorithm", public.Algorithm.String())
	if curve := public.Curve.String(); curve != "" {
		s.w.StringField("key_curve", curve)
	}
	if public.Bits > 0 {
		s.w.IntField("key_bits", int64(public.Bits))
	}
	s.w.StringField("format", key.Format())
	if e := key.Encryption(); e != "" {
		s.w.StringField("encryption", e)
	}
}

// end ends a row with a line break.
func (s *summary) end() {
	s.w.EndObject()
	s.w.Reset(append(s.w.Bytes(), '\n'))
}
