package finding

import (
	"time"

	"github.com/certloupe/certloupe/internal/jsontext"
)

// MarshalJSON returns the finding as it stands in a report.
func (f Finding) MarshalJSON() ([]byte, error) {
	var w jsontext.Writer
	f.WriteJSON(&w)
	return w.Bytes(), nil
}

// WriteJSON writes the finding as it stands in a report: code, severity and
// message always; where, fix, ref, vendor_code and data where they apply.
func (f Finding) WriteJSON(w *jsontext.Writer) {
	w.BeginObject()
	w.StringField("code", string(f.Code))
	w.StringField("severity", f.Severity.String())
	w.StringField("message", f.Message)
	if f.Where != (Where{}) {
		w.Key("where")
		f.Where.writeJSON(w)
	}
	if f.Fix != "" {
		w.StringField("fix", f.Fix)
	}
	if f.Ref != "" {
		w.StringField("ref", f.Ref)
	}
	if f.VendorCode != "" {
		w.StringField("vendor_code", f.VendorCode)
	}
	if len(f.Data) > 0 {
		w.Key("data")
		w.BeginObject()
		for _, d := range f.Data {
			w.Key(d.Key)
			switch v := d.Value.(type) {
			case string:
				w.String(v)
			case int64:
				w.Int(v)
			case time.Time:
				w.String(v.UTC().Format(time.RFC3339))
			case []string:
				w.BeginArray()
				for _, s := range v {
					w.String(s)
				}
				w.EndArray()
			default:
				w.Null()
			}
		}
		w.EndObject()
	}
	w.EndObject()
}

func (p Where) writeJSON(w *jsontext.Writer) {
	w.BeginObject()
	if p.Input != "" {
		w.StringField("input", p.Input)
	}
	if p.Field != "" {
		w.StringField("field", p.Field)
	}
	if n, ok := p.Certificate.Get(); ok {
		w.IntField("certificate", int64(n))
	}
	if p.Block > 0 {
		w.IntField("block", int64(p.Block))
	}
	if p.Line > 0 {
		w.IntField("line", int64(p.Line))
	}
	if n, ok := p.Byte.Get(); ok {
		w.IntField("byte", int64(n))
	}
	if n, ok := p.DERByte.Get(); ok {
		w.IntField("der_byte", int64(n))
	}
	w.EndObject()
}

// RulesJSON returns rules as an indented JSON array that ends in a line break.
func RulesJSON(rules []Rule) []byte {
	w := jsontext.NewWriter(nil, "  ")
	w.BeginArray()
	for _, r := range rules {
		w.BeginObject()
		w.StringField("code", string(r.Code))
		w.StringField("severity", r.Severity.String())
		w.StringField("message", r.Message)
		w.StringField("why", r.Why)
		for _, f := range []struct{ key, value string }{{"fix", r.Fix}, {"ref", r.Ref}, {"apig", r.APIG}, {"iotda", r.IoTDA}} {
			if f.value != "" {
				w.StringField(f.key, f.value)
			}
		}
		w.EndObject()
	}
	w.EndArray()
	return append(w.Bytes(), '\n')
}
