package scan

import (
	"crypto/sha256"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
	"github.com/certloupe/certloupe/validate"
)

// ownFields are the fields of a row beside those of its certificate.
var ownFields = []string{
	"source", "record", "line", "block", "kind", "verdict", "findings", "error", "days_left", "format", "encryption",
	"container", "entry", "friendly_name", "revocation", "more",
}

// Fields returns the names of all fields that a row can have: its place, what is
// said about it, and the members of a certificate that certparse.Members lists.
func Fields() []string { return append(append([]string(nil), ownFields...), certparse.Members()...) }

// DefaultFields returns the fields of a row if none are chosen.
func DefaultFields() []string {
	return []string{
		"source", "record", "line", "block", "container", "entry", "friendly_name", "kind", "verdict", "findings", "error", "fingerprint", "common_name", "subject", "san",
		"issuer", "serial_hex", "not_before", "not_after", "days_left", "key_algorithm", "key_curve", "key_bits",
		"signature_algorithm", "is_ca", "format", "encryption", "revocation",
	}
}

// write writes the rows of one record.
func (j *judge) write() {
	if j.opt.Row {
		// An empty line has a row too: the parser says that it is empty.
		j.rows[0].more = j.rows[1:]
		j.line(&j.rows[0])
		return
	}
	for i := range j.rows {
		j.line(&j.rows[i])
	}
}

// line writes one line of output.
func (j *judge) line(r *row) {
	switch {
	case j.opt.Output == Tabs:
		j.columns(r)
	case j.opt.Wrap != "":
		j.w.BeginObject()
		// The name is the caller's, so it is escaped like any text.
		name := jsontext.AppendString(nil, j.opt.Wrap)
		j.w.Key(string(name[1 : len(name)-1]))
		j.object(&j.w, r)
		j.w.EndObject()
	default:
		j.object(&j.w, r)
	}
	j.w.Reset(append(j.w.Bytes(), '\n'))
}

// object writes a row as an object.
func (j *judge) object(w *jsontext.Writer, r *row) {
	w.BeginObject()
	if j.opt.Full {
		j.report(w, r)
	} else {
		for _, name := range j.fields {
			if name != "more" {
				j.field(w, r, name)
			}
		}
	}
	j.more(w, r)
	w.EndObject()
}

// more writes the rows of what else is in the record.
func (j *judge) more(w *jsontext.Writer, r *row) {
	if len(r.more) == 0 {
		return
	}
	w.Key("more")
	w.BeginArray()
	for i := range r.more {
		j.object(w, &r.more[i])
	}
	w.EndArray()
}

// field writes one field of a row, unless the row does not have it.
func (j *judge) field(w *jsontext.Writer, r *row, name string) {
	switch name {
	case "source":
		w.StringField(name, r.piece.source.name)
	case "record":
		if r.piece.record > 0 {
			w.IntField(name, r.piece.record)
		}
	case "line":
		if r.line > 0 {
			w.IntField(name, r.line)
		}
	case "block":
		if r.block > 0 {
			w.IntField(name, int64(r.block))
		}
	case "container":
		if r.container != "" {
			w.StringField(name, r.container)
		}
	case "entry":
		if r.entry > 0 {
			w.IntField(name, int64(r.entry))
		}
	case "friendly_name":
		if r.name != "" {
			w.StringField(name, r.name)
		}
	case "revocation":
		if r.status != nil {
			w.Key(name)
			writeStatus(w, r.status)
		}
	case "kind":
		w.StringField(name, r.kind)
	case "verdict":
		w.StringField(name, r.verdict())
	case "findings":
		w.Key(name)
		w.BeginArray()
		for _, code := range r.codes {
			w.String(string(code))
		}
		w.EndArray()
	case "error":
		if r.failure != "" {
			w.StringField(name, r.failure)
		}
	case "more":
		j.more(w, r)
	default:
		if r.cert != nil {
			j.certificateField(w, r, name)
		} else if r.key != nil {
			keyField(w, r.key, name)
		}
	}
}

func (j *judge) certificateField(w *jsontext.Writer, r *row, name string) {
	switch name {
	case "fingerprint":
		var room [2 * sha256.Size]byte
		w.TextField(name, appendHex(room[:0], r.print[:]))
	case "days_left":
		if days, ok := validate.DaysLeft(r.cert, j.opt.Time); ok {
			w.IntField(name, days)
		}
	default:
		r.cert.WriteMember(w, name)
	}
}

// keyField writes what is public about a private key.
func keyField(w *jsontext.Writer, key *certparse.PrivateKey, name string) {
	public := key.Public()
	switch name {
	case "key_algorithm":
		w.StringField(name, public.Algorithm.String())
	case "key_curve":
		if curve := public.Curve.String(); curve != "" {
			w.StringField(name, curve)
		}
	case "key_bits":
		if public.Bits > 0 {
			w.IntField(name, int64(public.Bits))
		}
	case "format":
		w.StringField(name, key.Format())
	case "encryption":
		if e := key.Encryption(); e != "" {
			w.StringField(name, e)
		}
	}
}

// report writes the members of a row with everything there is to say.
func (j *judge) report(w *jsontext.Writer, r *row) {
	for _, name := range []string{"source", "record", "line", "block", "container", "entry", "friendly_name", "kind", "verdict", "error", "revocation"} {
		j.field(w, r, name)
	}
	w.Key("findings")
	w.BeginArray()
	for _, f := range r.findings {
		f.WriteJSON(w)
	}
	w.EndArray()
	switch {
	case r.cert != nil:
		j.field(w, r, "days_left")
		r.cert.WriteMembers(w)
	case r.key != nil:
		for _, name := range []string{"key_algorithm", "key_curve", "key_bits", "format", "encryption"} {
			j.field(w, r, name)
		}
	}
}

// The verdicts of a row: those of an upload, and one more.
const (
	accepted = "accepted"
	rejected = "rejected"
	// unread says that nobody knows, because the input could not be read.
	unread = "unread"
)

func (r *row) verdict() string {
	switch {
	case r.kind == kindUnread:
		return unread
	case r.worst == finding.Error:
		return rejected
	}
	return accepted
}

func appendHex(dst, b []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range b {
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}
