package rows

import (
	"crypto/sha256"
	"slices"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/validate"
)

// field is one field of rows. Rows are written by the million, so what a name means
// is looked up once.
type field struct {
	name string
	// own writes the field unless the row does not have it. If there is none, the
	// field is a member of certificates, and key writes that of a private key.
	own    func(j *Judge, w *jsontext.Writer, r *Row)
	member certparse.Member
	key    func(w *jsontext.Writer, k *certparse.PrivateKey)
}

// ownFields are the fields of a row beside those of its certificate.
var ownFields = []field{
	{name: "source", own: func(_ *Judge, w *jsontext.Writer, r *Row) { w.StringField("source", r.Place.Source) }},
	{name: "record", own: func(_ *Judge, w *jsontext.Writer, r *Row) { counted(w, "record", r.Place.Record) }},
	{name: "line", own: func(_ *Judge, w *jsontext.Writer, r *Row) { counted(w, "line", r.Line) }},
	{name: "block", own: func(_ *Judge, w *jsontext.Writer, r *Row) { counted(w, "block", int64(r.Block)) }},
	{name: "kind", own: func(_ *Judge, w *jsontext.Writer, r *Row) { w.StringField("kind", r.Kind) }},
	{name: "verdict", own: func(_ *Judge, w *jsontext.Writer, r *Row) { w.StringField("verdict", r.Verdict()) }},
	{name: "findings", own: writeCodes},
	{name: "error", own: func(_ *Judge, w *jsontext.Writer, r *Row) { given(w, "error", r.Failure) }},
	{name: "days_left", own: writeDaysLeft},
	{name: "format", own: writeFormat},
	{name: "encryption", own: writeEncryption},
	{name: "container", own: func(_ *Judge, w *jsontext.Writer, r *Row) { given(w, "container", r.Container) }},
	{name: "entry", own: func(_ *Judge, w *jsontext.Writer, r *Row) { counted(w, "entry", int64(r.Entry)) }},
	{name: "friendly_name", own: func(_ *Judge, w *jsontext.Writer, r *Row) { given(w, "friendly_name", r.Name) }},
	{name: "revocation", own: writeRevocation},
	{name: "more", own: (*Judge).writeMore},
}

// keyFields are the members of a certificate that a private key has, too.
var keyFields = map[string]func(w *jsontext.Writer, k *certparse.PrivateKey){
	"key_algorithm": func(w *jsontext.Writer, k *certparse.PrivateKey) {
		w.StringField("key_algorithm", k.Public().Algorithm.String())
	},
	"key_curve": func(w *jsontext.Writer, k *certparse.PrivateKey) { given(w, "key_curve", k.Public().Curve.String()) },
	"key_bits":  func(w *jsontext.Writer, k *certparse.PrivateKey) { counted(w, "key_bits", int64(k.Public().Bits)) },
}

// Fields returns the names of all fields that a row can have: its place, what is
// said about it, and the members of a certificate that certparse.Members lists.
func Fields() []string {
	var names []string
	for _, f := range ownFields {
		names = append(names, f.name)
	}
	return append(names, certparse.Members()...)
}

// DefaultFields returns the fields of a row if none are chosen.
func DefaultFields() []string {
	return []string{
		"source", "record", "line", "block", "container", "entry", "friendly_name", "kind", "verdict", "findings", "error", "fingerprint", "common_name", "subject", "san",
		"issuer", "serial_hex", "not_before", "not_after", "days_left", "key_algorithm", "key_curve", "key_bits",
		"signature_algorithm", "is_ca", "format", "encryption", "revocation",
	}
}

// layout says which fields rows have.
type layout struct {
	// chosen are the fields that were asked for, and object those that an object has
	// before its last one, the rows in the row.
	chosen, object []field
	// The fields of a full row, around its findings and the report of a certificate.
	full, ofCertificate, ofKey []field
}

func newLayout(opt *Options) layout {
	names := opt.Fields
	if names == nil {
		names = DefaultFields()
	}
	l := layout{
		chosen: fieldsNamed(names...),
		full: fieldsNamed("source", "record", "line", "block", "container", "entry", "friendly_name", "kind", "verdict", "error",
			"revocation"),
		ofCertificate: fieldsNamed("days_left"),
		ofKey:         fieldsNamed("key_algorithm", "key_curve", "key_bits", "format", "encryption"),
	}
	l.object = slices.DeleteFunc(slices.Clone(l.chosen), func(f field) bool { return f.name == "more" })
	return l
}

// fieldsNamed are the fields of those names, which must exist.
func fieldsNamed(names ...string) []field {
	var fields []field
	for _, name := range names {
		if i := slices.IndexFunc(ownFields, func(f field) bool { return f.name == name }); i >= 0 {
			fields = append(fields, ownFields[i])
			continue
		}
		f := field{name: name, key: keyFields[name]}
		var ok bool
		if f.member, ok = certparse.MemberNamed(name); !ok {
			panic("rows: there is no field " + name)
		}
		switch name {
		case "fingerprint":
			f.own = writeFingerprint // The digest is there already.
		case "issuer":
			f.own = writeIssuer
		}
		fields = append(fields, f)
	}
	return fields
}

// Write writes a row as an object.
func (j *Judge) Write(w *jsontext.Writer, r *Row) {
	w.BeginObject()
	if j.opt.Full {
		j.report(w, r)
	} else {
		j.write(w, r, j.layout.object)
	}
	j.writeMore(w, r)
	w.EndObject()
}

// WriteField writes the field at the given place of those that were chosen, unless
// the row does not have it.
func (j *Judge) WriteField(w *jsontext.Writer, r *Row, i int) { j.write(w, r, j.layout.chosen[i:i+1]) }

func (j *Judge) write(w *jsontext.Writer, r *Row, fields []field) {
	for i := range fields {
		switch f := &fields[i]; {
		case f.own != nil:
			f.own(j, w, r)
		case r.Certificate != nil:
			r.Certificate.WriteMember(w, f.member)
		case r.Key != nil && f.key != nil:
			f.key(w, r.Key)
		}
	}
}

// report writes everything there is to say.
func (j *Judge) report(w *jsontext.Writer, r *Row) {
	j.write(w, r, j.layout.full)
	w.Key("findings")
	w.BeginArray()
	for _, f := range r.findings {
		f.WriteJSON(w)
	}
	w.EndArray()
	switch {
	case r.Certificate != nil:
		j.write(w, r, j.layout.ofCertificate)
		r.Certificate.WriteMembers(w)
	case r.Key != nil:
		j.write(w, r, j.layout.ofKey)
	}
}

// given writes a text that there may be.
func given(w *jsontext.Writer, name, text string) {
	if text != "" {
		w.StringField(name, text)
	}
}

// counted writes a number that is 0 where there is none.
func counted(w *jsontext.Writer, name string, n int64) {
	if n > 0 {
		w.IntField(name, n)
	}
}

func writeCodes(_ *Judge, w *jsontext.Writer, r *Row) {
	w.Key("findings")
	w.BeginArray()
	for _, code := range r.Codes {
		w.String(string(code))
	}
	w.EndArray()
}

func writeFingerprint(_ *Judge, w *jsontext.Writer, r *Row) {
	if r.Certificate != nil {
		var room [2 * sha256.Size]byte
		w.TextField("fingerprint", appendHex(room[:0], r.Print[:]))
	}
}

func writeDaysLeft(j *Judge, w *jsontext.Writer, r *Row) {
	if r.Certificate == nil {
		return
	}
	if days, ok := validate.DaysLeft(r.Certificate, j.opt.Time); ok {
		w.IntField("days_left", days)
	}
}

func writeFormat(_ *Judge, w *jsontext.Writer, r *Row) {
	if r.Certificate == nil && r.Key != nil {
		w.StringField("format", r.Key.Format())
	}
}

func writeEncryption(_ *Judge, w *jsontext.Writer, r *Row) {
	if r.Certificate == nil && r.Key != nil {
		given(w, "encryption", r.Key.Encryption())
	}
}

// writeRevocation writes what is known about the revocation of a certificate.
func writeRevocation(_ *Judge, w *jsontext.Writer, r *Row) {
	s := r.Status
	if s == nil {
		return
	}
	w.Key("revocation")
	w.BeginObject()
	w.StringField("status", string(s.Status))
	given(w, "source", s.Source)
	given(w, "code", string(s.Code))
	if s.Status == validate.StatusRevoked {
		w.StringField("revoked_at", s.RevokedAt.UTC().Format(time.RFC3339))
		w.StringField("reason", s.Reason.String())
	}
	w.EndObject()
}

// writeMore writes the rows of what else is in the record.
func (j *Judge) writeMore(w *jsontext.Writer, r *Row) {
	if len(r.More) == 0 {
		return
	}
	w.Key("more")
	w.BeginArray()
	for i := range r.More {
		j.Write(w, &r.More[i])
	}
	w.EndArray()
}

func appendHex(dst, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}
