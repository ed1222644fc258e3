package scan

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// caseFile is a file of a case of the testdata, as it is or decoded.
func caseFile(t *testing.T, name, file string) []byte {
	t.Helper()
	a, err := txtar.ParseFile("../testdata/cases/container/" + name + ".txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		switch f.Name {
		case file:
			return f.Data
		case file + ".base64":
			data, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(string(f.Data)), ""))
			if err != nil {
				t.Fatal(err)
			}
			return data
		}
	}
	t.Fatal(name, "has no", file)
	return nil
}

// What is in a container has rows of its own, and what stays closed a finding.
func TestContainers(t *testing.T) {
	for _, test := range []struct {
		name, file, container string
		kinds                 string // of the rows, the container's first
		closed                string // the finding of what stays closed
	}{
		{"container-pkcs12", "cert.pem", "PKCS#12", "pkcs12 certificate", ""},
		{"container-pkcs7", "cert.pem", "PKCS#7", "pkcs7 certificate", ""},
		{"container-java-keystore", "cert.pem", "JKS", "java_keystore certificate", ""},
		{"container-encrypted", "server.p12", "PKCS#12", "pkcs12 private_key", "container-encrypted"},
	} {
		data := caseFile(t, test.name, test.file)
		for _, full := range []bool{false, true} {
			for form, input := range map[string]string{"file": string(data), "line": base64.StdEncoding.EncodeToString(data) + "\n"} {
				if form == "line" && strings.HasPrefix(string(data), "-----") {
					continue
				}
				opt := Options{Full: full}
				if form == "line" {
					opt.Format = Base64
				}
				r := run(t, from("x", input), opt)
				var kinds []string
				for i, row := range r.rows {
					kinds = append(kinds, row["kind"].(string))
					if test.container != "" && row["container"] != test.container {
						t.Errorf("%s: the container of row %d is %v", test.name, i, row["container"])
					}
					if entry, _ := row["entry"].(float64); test.container != "" && int(entry) != i {
						t.Errorf("%s: the entry of row %d is %v", test.name, i, row["entry"])
					}
				}
				if got := strings.Join(kinds, " "); test.kinds != "" && got != test.kinds {
					t.Errorf("%s: %s, want %s\n%s", test.name, got, test.kinds, r.text)
				}
				if test.closed != "" && (!says(r, test.closed) || r.rows[0]["verdict"] != rejected) {
					t.Errorf("%s: %s", test.name, r.text)
				}
				if test.closed == "" && (r.rows[0]["verdict"] != accepted || strings.Contains(r.text, "PRIVATE")) {
					t.Errorf("%s: %s", test.name, r.text)
				}
				if test.name == "container-java-keystore" && r.rows[1]["friendly_name"] == nil {
					t.Errorf("the alias is missing: %s", r.text)
				}
			}
		}
	}
	// In row mode everything is in one row.
	line := base64.StdEncoding.EncodeToString(caseFile(t, "container-pkcs12", "cert.pem"))
	if r := run(t, from("x", line), Options{Row: true}); len(r.rows) != 1 || len(r.rows[0]["more"].([]any)) != 1 {
		t.Errorf("%s", r.text)
	}
	// A keystore is one record, whatever is behind it.
	keystore := append(caseFile(t, "container-java-keystore", "cert.pem"), "\n-----END X-----\nmore\n"...)
	if r := run(t, from("x", keystore), Options{}); r.summary.Records != 1 || r.rows[0]["kind"] != "java_keystore" {
		t.Errorf("%s", r.text)
	}
	// Containers of SM2 keys are named.
	r := run(t, from("x", caseFile(t, "container-sm2", "encrypt.key.pem")), Options{})
	if len(r.rows) != 1 || r.rows[0]["kind"] != kindSM2 || !says(r, "container-sm2") || says(r, "input-unrecognized") || says(r, "pem-block-ignored") {
		t.Errorf("%s", r.text)
	}
}

// The password opens what is closed without it, and does not get into any row.
func TestContainerPassword(t *testing.T) {
	const name = "container-weak-encryption"
	data, password := caseFile(t, name, "healthy/server.p12"), bytes.TrimSpace(caseFile(t, name, "healthy/password.txt"))
	r := run(t, from("x", data), Options{Password: password})
	if len(r.rows) != 3 || r.rows[0]["verdict"] != accepted || r.rows[1]["kind"] != "certificate" || r.rows[2]["kind"] != "private_key" ||
		r.rows[2]["key_algorithm"] == nil || r.summary.Certificates != 1 || r.summary.PrivateKeys != 1 {
		t.Errorf("%s", r.text)
	}
	for _, password := range []string{"", "not the password"} {
		r := run(t, from("x", data), Options{Password: []byte(password)})
		if !says(r, "container-password-wrong") || strings.Contains(r.text, "not the password") || r.rows[0]["verdict"] != rejected {
			t.Errorf("%q: %s", password, r.text)
		}
	}
}
