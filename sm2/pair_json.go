package sm2

import (
	"slices"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// Advice says how servers and services take a pair. It is the same for every
// pair.
func (p *Pairing) Advice() []Advice { return slices.Clone(advice) }

// MarshalJSON returns the pairing as it stands in a report.
func (p *Pairing) MarshalJSON() ([]byte, error) {
	var w jsontext.Writer
	p.WriteJSON(&w)
	return w.Bytes(), nil
}

// WriteJSON writes the pairing as it stands in a report. The halves are sorted
// by what they are for; input and key_input say which field each part arrived in.
// A half that is missing is left out, and so is a key that belongs to neither.
func (p *Pairing) WriteJSON(w *jsontext.Writer) {
	w.BeginObject()
	if p.Algorithm != "" {
		w.StringField("algorithm", p.Algorithm)
	}
	p.Signing.writeJSON(w, "signing", p.SigningUsage)
	p.Encryption.writeJSON(w, "encryption", p.EncryptionUsage)
	w.BoolField("swapped", p.Swapped)
	w.BoolField("keys_swapped", p.KeysSwapped)
	w.Key("advice")
	w.BeginArray()
	for _, a := range advice {
		w.BeginObject()
		w.StringField("for", a.For)
		w.StringField("signing", a.Signing)
		w.StringField("encryption", a.Encryption)
		w.EndObject()
	}
	w.EndArray()
	w.EndObject()
}

func (h Half) writeJSON(w *jsontext.Writer, name string, usage []string) {
	if h.Certificate == nil {
		return
	}
	w.Key(name)
	w.BeginObject()
	writePlace(w, "input", "certificate", h.At)
	w.StringsField("key_usage", usage)
	w.BoolField("key_found", h.Key != nil)
	if h.Key != nil {
		writePlace(w, "key_input", "", h.KeyAt)
	}
	w.EndObject()
}

func writePlace(w *jsontext.Writer, input, certificate string, at finding.Where) {
	if at.Input != "" {
		w.StringField(input, at.Input)
	}
	if n, ok := at.Certificate.Get(); ok && certificate != "" {
		w.IntField(certificate, int64(n))
	}
}
