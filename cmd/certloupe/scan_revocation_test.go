package main

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// TestScanRevocation has scan ask the responder that the certificates name.
func TestScanRevocation(t *testing.T) {
	ca := revocationFiles(t)
	s, flags := responder(t, ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	s.Revoke(big.NewInt(revokedSerial), now.AddDate(0, -1, 0), ocsp.KeyCompromise)
	var all []byte
	for _, l := range []ocsptest.Leaf{{Name: "good.example"}, {Name: "revoked.example", Serial: big.NewInt(revokedSerial)}} {
		l.OCSP = []string{s.URL}
		all = append(all, pemText("CERTIFICATE", ca.Issue(l))...)
	}
	write(t, "all.pem", all)
	for _, test := range []struct {
		args, statuses string
		code           int
	}{
		{"scan all.pem --issuers ca.pem --revocation ignore", "good revoked", exitRejected},
		{"scan all.pem --issuers other.pem --issuers ca.pem --revocation hard-fail", "good revoked", exitRejected},
		{"scan all.pem --revocation soft-fail", "could-not-ask could-not-ask", exitAccepted},
		{"scan all.pem --issuers namesake.pem --revocation hard-fail", "could-not-ask could-not-ask", exitRejected},
	} {
		got := call(slices.Concat(strings.Fields(test.args), flags)...)
		var statuses []string
		for line := range strings.Lines(got.stdout) {
			var row struct{ Revocation struct{ Status string } }
			if err := json.Unmarshal([]byte(line), &row); err != nil {
				t.Fatal(err)
			}
			statuses = append(statuses, row.Revocation.Status)
		}
		if strings.Join(statuses, " ") != test.statuses || got.code != test.code {
			t.Errorf("%s: %q, %+v", test.args, statuses, got)
		}
	}
	before := len(s.Requests())
	for _, args := range []string{"scan all.pem --issuers ca.pem", "scan all.pem --timeout 5s", "scan all.pem --revocation maybe",
		"scan all.pem --revocation ignore --issuers missing", "scan - --password-file -"} {
		if got := call(strings.Fields(args)...); got.code != exitFailed || got.stdout != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if got := call("scan", "all.pem"); got.code != exitAccepted || strings.Contains(got.stdout, "revocation") || len(s.Requests()) != before {
		t.Errorf("asked although nobody was to be asked: %+v", got)
	}
}
