package scan

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
	"github.com/certloupe/certloupe/validate"
)

// Whoever is asked is asked once about each certificate whose issuer is there, several
// at a time, and the rows stay in their order.
func TestRevocation(t *testing.T) {
	ca := ocsptest.NewCA("Test CA", ocsptest.LeafKey())
	namesake := ocsptest.NewCA("Test CA", testKey)
	parse := func(der []byte) *certparse.Certificate {
		c, err := certparse.ParseCertificate(der)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	leaf := ca.Issue(ocsptest.Leaf{Name: "leaf.example"})
	root := parse(ca.Certificate)
	var mu sync.Mutex
	asked := 0
	status := func(cert, issuer *certparse.Certificate) validate.Answer {
		mu.Lock()
		asked++
		mu.Unlock()
		if !issuer.Equal(root) {
			t.Error("asked with another issuer")
		}
		return validate.Answer{Source: "http://x", Result: &ocsp.Result{Status: ocsp.Revoked, RevokedAt: now.Add(-time.Hour), ThisUpdate: now,
			Findings: []finding.Finding{finding.New("certificate-revoked", finding.Where{}, finding.Time("time", now), finding.Str("reason", "key compromise"))}}}
	}
	line := func(ders ...[]byte) string {
		var text []byte
		for _, der := range ders {
			text = append(text, pemOf(der)...)
		}
		return `{"cert":"` + strings.ReplaceAll(string(text), "\n", `\n`) + `"}` + "\n"
	}
	for _, test := range []struct {
		name, input string
		issuers     []*certparse.Certificate
		policy      validate.RevocationPolicy
		says        string // the status of the first row
		finds       string
		verdict     string
		asked       int
	}{
		{"the issuer in the record", line(leaf, ca.Certificate), nil, 0, "revoked", "certificate-revoked", rejected, 1},
		{"the issuer was given", line(leaf), []*certparse.Certificate{root}, 0, "revoked", "certificate-revoked", rejected, 1},
		{"a namesake first", line(leaf, namesake.Certificate), []*certparse.Certificate{root}, 0, "revoked", "certificate-revoked", rejected, 1},
		{"only a namesake", line(leaf, namesake.Certificate), nil, validate.SoftFail, "could-not-ask", "revocation-issuer-missing", accepted, 0},
		{"no issuer", line(leaf), nil, validate.SoftFail, "could-not-ask", "revocation-issuer-missing", accepted, 0},
		{"no issuer where it matters", line(leaf), nil, validate.HardFail, "could-not-ask", "revocation-issuer-missing", rejected, 0},
		{"a root", line(ca.Certificate), nil, validate.HardFail, "nothing-to-ask", "", accepted, 0},
	} {
		asked = 0
		opt := Options{Format: NDJSON, Status: status, Issuers: test.issuers, Revocation: test.policy}
		r := run(t, from("x", test.input), opt)
		row := r.rows[0]
		got, _ := row["revocation"].(map[string]any)
		if got["status"] != test.says || row["verdict"] != test.verdict || test.finds != "" && !says(r, test.finds) || asked != test.asked {
			t.Errorf("%s: asked %d times\n%s", test.name, asked, r.text)
		}
		if opt.Status = nil; strings.Contains(run(t, from("x", test.input), opt).text, "revocation") {
			t.Errorf("%s: a row speaks of revocation, and nobody was asked", test.name)
		}
	}
	// Very many, in any number of workers, in lines whose rooms are used again.
	var many bytes.Buffer
	for range 300 {
		many.WriteString(base64.StdEncoding.EncodeToString(leaf) + "\n" + base64.StdEncoding.EncodeToString(certificate(many.Len())) + "\n")
	}
	var before string
	for _, workers := range []int{1, 3} {
		asked = 0
		r := run(t, from("x", many.Bytes()), Options{Time: now, Status: status, Issuers: []*certparse.Certificate{root}, Workers: workers})
		if asked != 300 || len(r.rows) != 600 || r.summary.Rejected < 300 || r.summary.Codes["certificate-revoked"] != 300 {
			t.Errorf("asked %d times, %d rows, %+v", asked, len(r.rows), r.summary.Counts)
		}
		for i, row := range r.rows {
			codes, _ := row["findings"].([]any)
			if slices.Contains(codes, any("certificate-revoked")) != (i%2 == 0) {
				t.Fatalf("row %d: %v", i, row)
			}
		}
		if before != "" && r.text != before {
			t.Error("the rows depend on the number of workers")
		}
		before = r.text
	}
}
