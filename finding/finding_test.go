package finding

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestNewFillsTheTexts(t *testing.T) {
	f := New("field-too-long", Where{Field: "name"}, Str("name", "name"), Int("length", 51), Int("maximum", 50))
	if want := "The field name has 51 characters; at most 50 are allowed."; f.Message != want {
		t.Errorf("message %q, want %q", f.Message, want)
	}
	if f.Severity != Error {
		t.Errorf("severity %v", f.Severity)
	}
}

// What an upload says must not reach a terminal as it stands, nor fill the screen.
func TestMessagesAreSafe(t *testing.T) {
	hostile := "\x1b[31mred\x00 \u202e" + strings.Repeat("a", 10000)
	f := New("name-country", Where{}, Str("field", "subject"), Str("value", hostile))
	if strings.ContainsAny(f.Message, "\x1b\x00\u202e") {
		t.Errorf("control characters in %q", f.Message)
	}
	if len(f.Message) > 1000 {
		t.Errorf("the message has %d bytes", len(f.Message))
	}
	text, err := json.Marshal(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range string(text) {
		if c < 0x20 || c == '\u202e' {
			t.Errorf("unprintable character %U in %s", c, text)
		}
	}
	var back struct{ Data struct{ Value string } }
	if err := json.Unmarshal(text, &back); err != nil || back.Data.Value != hostile {
		t.Errorf("the data did not survive: %v", err)
	}
}

// A placeholder in data must not be filled in again.
func TestDataIsNotATemplate(t *testing.T) {
	f := New("field-too-long", Where{}, Str("name", "{length}"), Int("length", 7), Int("maximum", 5))
	if !strings.Contains(f.Message, "{length}") {
		t.Errorf("data was taken for a template: %q", f.Message)
	}
}

func TestJSON(t *testing.T) {
	f := New("certificate-expired", Where{Input: "a.pem", Field: "validity", Certificate: At(0), Block: 1, Line: 2, Byte: At(0), DERByte: At(7)},
		Time("not_after", time.Date(2022, 10, 8, 13, 15, 26, 0, time.UTC)))
	f.VendorCode = "APIG.2102"
	got, err := f.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"code":"certificate-expired","severity":"error","message":"The certificate expired on 2022-10-08T13:15:26Z.",` +
		`"where":{"input":"a.pem","field":"validity","certificate":0,"block":1,"line":2,"byte":0,"der_byte":7},` +
		`"fix":"Renew the certificate and upload the new one.","ref":"RFC 5280, Section 4.1.2.5","vendor_code":"APIG.2102",` +
		`"data":{"not_after":"2022-10-08T13:15:26Z"}}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestUnknownCodePanics(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New accepted a code that the table does not have")
		}
	}()
	New("no-such-code", Where{})
}

func TestWorst(t *testing.T) {
	if Worst(nil) != 0 || Worst([]Finding{{Severity: Notice}, {Severity: Error}, {Severity: Warning}}) != Error {
		t.Error("Worst does not return the highest severity")
	}
}
