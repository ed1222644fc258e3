package validate_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
)

// casesTime is when the certificates of the cases are judged.
var casesTime = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// healthy returns the files of a case's healthy twin.
func healthy(t *testing.T, name string) map[string][]byte {
	t.Helper()
	for _, c := range loadCases(t) {
		if c.Name == name && c.HasHealthy() {
			return c.Files(golden.Healthy)
		}
	}
	t.Fatalf("the case %s is gone", name)
	return nil
}

// filled is text brought to a length in characters by lines of notes before it,
// made of characters that take one to four bytes.
func filled(t *testing.T, text []byte, length int) string {
	t.Helper()
	const notes = "a é 证 😀 "
	n := length - utf8.RuneCount(text) - 1
	if n < 0 {
		t.Fatalf("the text has more than %d characters already", length)
	}
	runes := []rune(strings.Repeat(notes, n/utf8.RuneCountInString(notes)+1))[:n]
	s := string(runes) + "\n" + string(text)
	if got := utf8.RuneCountInString(s); got != length || len(s) <= length {
		t.Fatalf("filled to %d characters in %d bytes, want %d characters", got, len(s), length)
	}
	return s
}

// limit is a documented bound on the length of a field.
type limit struct {
	field    string
	min, max int
	// value makes a value of the field with a number of characters.
	value func(t *testing.T, length int) string
	// judge judges a request in which the field has the value.
	judge func(t *testing.T, value string) *validate.Report
}

// TestDocumentedLengths tries each documented length at its bounds and one beyond.
// Lengths count characters, not bytes: seeds 001 and 003 speak of characters.
func TestDocumentedLengths(t *testing.T) {
	for _, l := range documentedLimits(t) {
		t.Run(l.field, func(t *testing.T) {
			for _, try := range []struct {
				length int
				code   string
			}{{l.min - 1, "field-too-short"}, {l.min, ""}, {l.max, ""}, {l.max + 1, "field-too-long"}} {
				report := l.judge(t, l.value(t, try.length))
				if try.code == "" {
					for _, f := range report.Findings {
						if f.Code == "field-too-short" || f.Code == "field-too-long" {
							t.Errorf("%d characters: %s", try.length, f.Message)
						}
					}
					if try.length == l.max && report.Verdict != validate.Accepted {
						t.Errorf("%d characters: %s: %s", try.length, report.Verdict, codes(report.Findings))
					}
					continue
				}
				if !hasLength(report, try.code, l.field, try.length) {
					t.Errorf("%d characters: no %s of %s, but %s", try.length, try.code, l.field, codes(report.Findings))
				}
			}
		})
	}
}

func hasLength(r *validate.Report, code, field string, length int) bool {
	for _, f := range r.Findings {
		if string(f.Code) != code || f.Where.Field != field {
			continue
		}
		for _, d := range f.Data {
			if d == finding.Int("length", length) {
				return true
			}
		}
	}
	return false
}

func documentedLimits(t *testing.T) []limit {
	server, pair := healthy(t, "der/serial-zero"), healthy(t, "pair/pair-swapped")
	// text fills a PEM text; below the length of the block it is notes alone.
	text := func(pem []byte) func(*testing.T, int) string {
		return func(t *testing.T, length int) string {
			if length < 10 {
				return strings.Repeat("证", length)
			}
			return filled(t, pem, length)
		}
	}
	repeated := func(s string) func(*testing.T, int) string {
		return func(_ *testing.T, length int) string { return strings.Repeat(s, length) }
	}
	add := func(change func(*validate.AddServerCertificate, string)) func(*testing.T, string) *validate.Report {
		return func(_ *testing.T, value string) *validate.Report {
			r := &validate.AddServerCertificate{
				CertificatePEM: validate.Set(string(server["cert.pem"])), PrivateKey: validate.Set(string(server["key.pem"]))}
			change(r, value)
			return validate.Upload(r, validate.Options{Time: casesTime})
		}
	}
	form := func(change func(*validate.SSLCertificateForm, string)) func(*testing.T, string) *validate.Report {
		return func(_ *testing.T, value string) *validate.Report {
			r := &validate.SSLCertificateForm{Name: validate.Set("tlcp_demo"), AlgorithmType: validate.Set("SM2"),
				CertContent: validate.Set(string(pair["encrypt.pem"])), PrivateKey: validate.Set(string(pair["encrypt.key.pem"])),
				CertContentSign: validate.Set(string(pair["sign.pem"])), PrivateKeySign: validate.Set(string(pair["sign.key.pem"]))}
			change(r, value)
			return validate.Upload(r, validate.Options{Time: casesTime, CJKNames: true})
		}
	}
	return []limit{
		{"name", 4, 50, repeated("证"), form(func(r *validate.SSLCertificateForm, v string) { r.Name = validate.Set(v) })},
		{"cert_content_sign", 1, 8092, text(pair["sign.pem"]), form(func(r *validate.SSLCertificateForm, v string) { r.CertContentSign = validate.Set(v) })},
		{"private_key_sign", 1, 8092, text(pair["sign.key.pem"]), form(func(r *validate.SSLCertificateForm, v string) { r.PrivateKeySign = validate.Set(v) })},
		{"certificate_pem", 1, 65535, text(server["cert.pem"]), add(func(r *validate.AddServerCertificate, v string) { r.CertificatePEM = validate.Set(v) })},
		{"private_key", 1, 10240, text(server["key.pem"]), add(func(r *validate.AddServerCertificate, v string) { r.PrivateKey = validate.Set(v) })},
		{"private_key_password", 1, 64, repeated("p"), add(func(r *validate.AddServerCertificate, v string) { r.PrivateKeyPassword = validate.Set(v) })},
		{"ocsp_server_ca_id", 1, 36, repeated("0"), func(_ *testing.T, v string) *validate.Report {
			return validate.Upload(&validate.UpdateCACertificate{OCSPServerCAID: validate.Set(v)}, validate.Options{Time: casesTime})
		}},
	}
}

// TestLengthBeforeForm makes sure that a length is counted in characters even
// where the form allows none of more than one byte: 64 of them break the form, 65
// the length.
func TestLengthBeforeForm(t *testing.T) {
	for length, code := range map[int]string{64: "field-pattern", 65: "field-too-long"} {
		r := &validate.AddServerCertificate{PrivateKeyPassword: validate.Set(strings.Repeat("密", length))}
		if report := validate.Upload(r, validate.Options{Time: casesTime}); !has(report.Findings, code) {
			t.Errorf("%d characters: no %s, but %s", length, code, codes(report.Findings))
		}
	}
}

// TestTemplateID tries the forms of template_id, which has exactly 24 digits.
func TestTemplateID(t *testing.T) {
	for value, good := range map[string]bool{
		"61c970ce2d63eb6ee655dbf0":      true,
		"61C970CE2D63EB6EE655DBF0":      true,
		"61c970ce2d63eb6ee655dbf":       false,
		"61c970ce2d63eb6ee655dbf01":     false,
		"61c970ce2d63eb6ee655dbfg":      false,
		"61c970ce2d63eb6ee655dbf\u0661": false, // A digit, but not of the sixteen.
		"":                              false,
	} {
		report := validate.Upload(&validate.UpdateCACertificate{TemplateID: validate.Set(value)}, validate.Options{Time: casesTime})
		if has(report.Findings, "field-pattern") == good {
			t.Errorf("%q: %s", value, codes(report.Findings))
		}
	}
}

// TestLengthsOfABody tries a bound through the JSON of a request, in which one
// character may be written in twelve.
func TestLengthsOfABody(t *testing.T) {
	server := healthy(t, "der/serial-zero")
	for length, want := range map[int]bool{65535: false, 65536: true} {
		pem := filled(t, server["cert.pem"], length)
		escaped, err := json.Marshal(pem)
		if err != nil {
			t.Fatal(err)
		}
		written := strings.ReplaceAll(string(escaped), "😀", `\ud83d\ude00`)
		key, err := json.Marshal(string(server["key.pem"]))
		if err != nil {
			t.Fatal(err)
		}
		body := `{"certificate_pem": ` + written + `, "private_key": ` + string(key) + `}`
		r, err := validate.ReadRequest(validate.OpAddServerCertificate, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		if report := validate.Upload(r, validate.Options{Time: casesTime}); has(report.Findings, "field-too-long") != want {
			t.Errorf("%d characters: %s", length, codes(report.Findings))
		}
	}
}
