package bridge

import (
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
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

// kinds are the words for kinds of content, as the package scan has them.
var kinds = [...]string{
	certparse.KindUnknown:            "unknown",
	certparse.KindCertificate:        "certificate",
	certparse.KindPrivateKey:         "private_key",
	certparse.KindPublicKey:          "public_key",
	certparse.KindCertificateRequest: "certificate_request",
	certparse.KindCRL:                "crl",
	certparse.KindPKCS7:              "pkcs7",
	certparse.KindPKCS12:             "pkcs12",
	certparse.KindJavaKeystore:       "java_keystore",
	certparse.KindOpenSSHKey:         "openssh_key",
	certparse.KindParameters:         "parameters",
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
	// A file with nothing in it has a row all the same.
	for i := range max(1, len(d.Blocks)) {
		s.codes, s.worst = s.codes[:0], 0
		for _, found := range d.Findings {
			// What concerns no block in particular is said with the first one.
			if found.Where.Block == i+1 || found.Where.Block == 0 && i == 0 || len(d.Blocks) == 0 {
				s.add(found)
			}
		}
		if i < len(d.Blocks) {
			s.block(f, d, i)
			continue
		}
		s.w.BeginObject()
		s.w.StringField("source", f.Name)
		if d.Text {
			s.w.IntField("line", 1)
		}
		s.judged("unknown")
		s.end()
	}
}

func (s *summary) add(f finding.Finding) {
	s.codes, s.worst = append(s.codes, f.Code), max(s.worst, f.Severity)
}

func (s *summary) block(f Part, d *certparse.Document, i int) {
	b := &d.Blocks[i]
	at := finding.Where{Input: f.Name, Block: i + 1}
	if c := b.Certificate; c != nil {
		s.certificate(c, at)
	} else {
		switch b.Kind {
		case certparse.KindPKCS7, certparse.KindPKCS12, certparse.KindJavaKeystore:
			if found, ok := validate.ContentFinding(b.Kind, at); ok {
				s.add(found)
			}
		}
	}
	s.w.BeginObject()
	s.w.StringField("source", f.Name)
	if d.Text {
		s.w.IntField("line", int64(b.Line))
	}
	s.w.IntField("block", int64(i+1))
	s.judged(kinds[b.Kind])
	switch {
	case b.Certificate != nil:
		s.members(b.Certificate)
	case b.PrivateKey != nil:
		s.key(b.PrivateKey)
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
	sum := sha256.Sum256(c.Raw())
	var room [2 * sha256.Size]byte
	hex.Encode(room[:], sum[:])
	for i, digit := range room {
		if digit >= 'a' {
			room[i] = digit - 'a' + 'A'
		}
	}
	s.w.TextField("fingerprint", room[:])
	for _, name := range summaryMembers {
		if name != "days_left" {
			c.WriteMember(&s.w, name)
		} else if _, end, ok := c.Validity(); ok {
			s.w.IntField(name, daysBetween(s.opt.Time.Unix(), end.Unix()))
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

// daysBetween is the number of whole days from one time to another, rounded down:
// what expired an hour ago has -1 days left.
func daysBetween(from, to int64) int64 {
	const day = 24 * 60 * 60
	n := (to - from) / day
	if (to-from)%day < 0 {
		n--
	}
	return n
}
