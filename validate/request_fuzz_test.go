package validate

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzReadRequest reads any bytes as the body of each operation. The oracle is
// encoding/json: what it takes for an object is read, with the same values for
// every text, and what it refuses is a finding. Judging never panics, depends on
// nothing but the bytes, and gives a report that is JSON.
func FuzzReadRequest(f *testing.F) {
	for _, name := range []string{"add-server-certificate", "modify-ssl-certificate", "update-ca-certificate"} {
		text, err := os.ReadFile("../testdata/documents/" + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, s := range []string{
		"", " ", "null", "[]", "{}", `{"name":null}`, `{"name":"a","name":"b"}`, `{"NAME":"x"}`, `{"template_id":1e400}`,
		`{"provision_enable":"true,"}`, `{"certificate_pem":"\ud800"}`, "{\"name\":\"\xff\"}", `{"name":"a"} x`, `{"ocsp_ssl_enable":true}`,
	} {
		f.Add([]byte(s))
	}
	opt := Options{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	f.Fuzz(func(t *testing.T, body []byte) {
		var object map[string]json.RawMessage
		readable := utf8.Valid(body) && json.Unmarshal(body, &object) == nil && object != nil
		for _, operation := range []Operation{OpAddServerCertificate, OpModifySSLCertificate, OpUpdateCACertificate} {
			request, err := ReadRequest(operation, body)
			if err != nil {
				t.Fatal(err)
			}
			report := Upload(request, opt)
			unreadable := false
			duplicate := false
			for _, x := range report.Findings {
				unreadable = unreadable || strings.HasPrefix(string(x.Code), "body-")
				duplicate = duplicate || x.Code == "field-duplicate"
				if n, ok := x.Where.Byte.Get(); ok && x.Where.Input == "body" && n > len(body) {
					t.Errorf("%s at byte %d of %d", x.Code, n, len(body))
				}
			}
			if unreadable == readable {
				t.Errorf("encoding/json reads it: %v, but %s: unreadable is %v", readable, operation, unreadable)
			}
			if r, ok := request.(*SSLCertificateForm); ok && readable && !duplicate {
				var want string
				raw, present := object["name"]
				isText := present && bytes.HasPrefix(raw, []byte{'"'}) && json.Unmarshal(raw, &want) == nil
				got, ok := r.Name.Get()
				if ok != isText || got != want {
					t.Errorf("name is %q %v, want %q %v", got, ok, want, isText)
				}
				if r.Name.IsNull() != (string(raw) == "null") || r.Name.IsAbsent() != !present {
					t.Errorf("absent and null are confused in %s", body)
				}
			}
			text := report.JSON()
			if !json.Valid(text) {
				t.Errorf("the report is not JSON: %s", text)
			}
			if again, _ := ReadRequest(operation, body); !bytes.Equal(Upload(again, opt).JSON(), text) {
				t.Error("two reports on the same body differ")
			}
		}
	})
}
