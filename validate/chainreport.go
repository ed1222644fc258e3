package validate

import (
	"time"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// ChainSchema names the form of a chain report's JSON, as [Schema] does that of a report.
const ChainSchema = "certloupe.chain/1"

// JSON returns the report as indented JSON that ends in a line break. These bytes
// are the contract: the command line and the browser show the same.
func (r *ChainReport) JSON() []byte {
	w := jsontext.NewWriter(make([]byte, 0, 4096), "  ")
	r.writeJSON(w)
	return append(w.Bytes(), '\n')
}

// MarshalJSON returns the report as compact JSON.
func (r *ChainReport) MarshalJSON() ([]byte, error) {
	var w jsonWriter
	r.writeJSON(&w)
	return w.Bytes(), nil
}

func (r *ChainReport) writeJSON(w *jsonWriter) {
	w.BeginObject()
	w.StringField("schema", ChainSchema)
	w.StringField("profile", r.Profile.String())
	w.StringField("time", r.Time.UTC().Format(time.RFC3339))
	w.StringField("verdict", string(r.Verdict))
	writeFindings(w, r.Findings)
	w.Key("path")
	w.BeginObject()
	w.Key("certificates")
	writeIndexes(w, r.Path)
	w.BoolField("anchored", r.Anchored)
	w.EndObject()
	if len(r.Path) > 0 {
		w.StringsField("policies", r.Policies)
		w.Key("public_key")
		r.PublicKey.WriteJSON(w)
	}
	writeStatuses(w, r.Revocation)
	if r.Tried != nil {
		w.Key("tried")
		w.BeginArray()
		for _, a := range r.Tried {
			w.BeginObject()
			w.Key("certificates")
			writeIndexes(w, a.Path)
			w.BoolField("anchored", a.Anchored)
			writeFindings(w, a.Findings)
			w.EndObject()
		}
		w.EndArray()
		w.IntField("tried_paths", int64(r.TriedPaths))
	}
	writeCertificates(w, r.Certificates)
	writeRepaired(w, r.Repaired)
	if r.Reassembled != nil {
		w.Key("reassembled")
		r.Reassembled.writeJSON(w)
	}
	w.EndObject()
}
