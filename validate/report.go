package validate

import (
	"strconv"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// Schema names the form of a report's JSON. It changes when a member changes its
// meaning or goes away, not when one is added.
const Schema = "certloupe.report/1"

// JSON returns the report as indented JSON that ends in a line break. These
// bytes are the contract: the command line and the browser show the same.
func (r *Report) JSON() []byte {
	w := jsontext.NewWriter(make([]byte, 0, 4096), "  ")
	r.writeJSON(w)
	return append(w.Bytes(), '\n')
}

// MarshalJSON returns the report as compact JSON.
func (r *Report) MarshalJSON() ([]byte, error) {
	var w jsonWriter
	r.writeJSON(&w)
	return w.Bytes(), nil
}

func (r *Report) writeJSON(w *jsonWriter) {
	w.BeginObject()
	w.StringField("schema", Schema)
	w.StringField("profile", string(r.Profile))
	w.StringField("verdict", string(r.Verdict))
	writeFindings(w, r.Findings)
	writeCertificates(w, r.Certificates)
	w.Key("keys")
	w.BeginArray()
	for _, k := range r.Keys {
		k.writeJSON(w)
	}
	w.EndArray()
	if r.Pairing != nil {
		w.Key("pairing")
		r.Pairing.WriteJSON(w)
	}
	w.Key("response")
	if r.Response != nil {
		r.Response.writeJSON(w)
	} else {
		w.Null()
	}
	writeRepaired(w, r.Repaired)
	if r.Reassembled != nil {
		w.Key("reassembled")
		w.BeginArray()
		for _, x := range r.Reassembled {
			x.writeJSON(w)
		}
		w.EndArray()
	}
	writeStatuses(w, r.Revocation)
	w.EndObject()
}

func writeFindings(w *jsonWriter, fs []finding.Finding) {
	w.Key("findings")
	w.BeginArray()
	for _, f := range fs {
		f.WriteJSON(w)
	}
	w.EndArray()
}

func writeCertificates(w *jsonWriter, certificates []Certificate) {
	w.Key("certificates")
	w.BeginArray()
	for _, c := range certificates {
		w.BeginObject()
		w.StringField("input", c.Input)
		w.IntField("block", int64(c.Block))
		writeContainer(w, c.Container, c.FriendlyName)
		c.WriteMembers(w)
		w.EndObject()
	}
	w.EndArray()
}

// writeStatuses writes what is known about revocation, if somebody was asked.
func writeStatuses(w *jsonWriter, statuses []CertificateStatus) {
	if statuses == nil {
		return
	}
	w.Key("revocation")
	w.BeginArray()
	for _, s := range statuses {
		s.writeJSON(w)
	}
	w.EndArray()
}

func writeRepaired(w *jsonWriter, repaired []Repaired) {
	w.Key("repaired")
	w.BeginArray()
	for _, x := range repaired {
		w.BeginObject()
		w.StringField("input", x.Input)
		if x.PEM != nil {
			w.StringField("pem", string(x.PEM))
		} else {
			w.BoolField("withheld", true)
		}
		w.EndObject()
	}
	w.EndArray()
}

func (k Key) writeJSON(w *jsonWriter) {
	w.BeginObject()
	w.StringField("input", k.Input)
	w.IntField("block", int64(k.Block))
	writeContainer(w, k.Container, k.FriendlyName)
	w.StringField("algorithm", k.Public.Name())
	if k.Public.Bits > 0 {
		w.IntField("bits", int64(k.Public.Bits))
	}
	w.StringField("format", k.Format)
	if k.Encryption != "" {
		w.StringField("encryption", k.Encryption)
	}
	if n, ok := k.Certificate.Get(); ok {
		w.IntField("certificate", int64(n))
	}
	w.EndObject()
}

// writeContainer writes where in its block something stands, if that is a container.
func writeContainer(w *jsonWriter, format, name string) {
	if format != "" {
		w.StringField("container", format)
	}
	if name != "" {
		w.StringField("friendly_name", name)
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
