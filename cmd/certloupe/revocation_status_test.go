package main

import (
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
	"github.com/certloupe/certloupe/validate"
)

// TestAsking has check and chain ask the responder that a certificate names.
func TestAsking(t *testing.T) {
	ca := revocationFiles(t)
	s, flags := responder(t, ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	const revoked, unknown = revokedSerial, 0x1003
	s.Revoke(big.NewInt(revoked), now.AddDate(0, -1, 0), ocsp.KeyCompromise)
	s.Unknown(big.NewInt(unknown))
	for name, l := range map[string]ocsptest.Leaf{
		"good":     {OCSP: []string{s.URL}},
		"revoked":  {Serial: big.NewInt(revoked), OCSP: []string{s.URL}},
		"unknown":  {Serial: big.NewInt(unknown), OCSP: []string{s.URL}},
		"nothing":  {},
		"elsewise": {OCSP: []string{"ldap://ocsp.example.com"}},
	} {
		l.Name, l.Hosts = name+".example", []string{name + ".example"}
		write(t, name+".pem", pemText("CERTIFICATE", ca.Issue(l)))
	}
	for _, test := range []struct {
		name, policy string
		fault        ocsptest.Fault
		code         int
		status       string
		finds        string
	}{
		{"good", "hard-fail", ocsptest.None, 0, "good", ""},
		{"revoked", "hard-fail", ocsptest.None, 1, "revoked", "certificate-revoked"},
		{"revoked", "ignore", ocsptest.None, 1, "revoked", "certificate-revoked"},
		{"unknown", "hard-fail", ocsptest.None, 1, "unknown", "certificate-status-unknown"},
		{"unknown", "soft-fail", ocsptest.None, 0, "unknown", "certificate-status-unknown"},
		{"nothing", "hard-fail", ocsptest.None, 1, "nothing-to-ask", "revocation-nothing-to-ask"},
		{"nothing", "soft-fail", ocsptest.None, 0, "nothing-to-ask", "revocation-nothing-to-ask"},
		{"elsewise", "hard-fail", ocsptest.None, 1, "could-not-ask", "revocation-url-refused"},
		{"good", "hard-fail", ocsptest.BadSignature, 1, "refused", "revocation-signature-invalid"},
		{"good", "soft-fail", ocsptest.BadSignature, 0, "refused", "revocation-signature-invalid"},
		{"good", "hard-fail", ocsptest.Oversized, 1, "refused", "ocsp-too-large"},
		{"good", "hard-fail", ocsptest.NotFound, 1, "could-not-ask", "revocation-could-not-ask"},
		{"good", "ignore", ocsptest.NotFound, 0, "could-not-ask", "revocation-http-status"},
	} {
		for _, args := range [][]string{
			{"check", "--cert", test.name + ".pem", "--trusted-root", "ca.pem", "--revocation", test.policy},
			{"chain", "--roots", "ca.pem", test.name + ".pem", "--ask", "--revocation", test.policy},
		} {
			s.Next(test.fault)
			got := call(slices.Concat(args, flags, []string{"--json"})...)
			var report struct {
				Findings   []struct{ Code string }
				Revocation []struct{ Status string }
			}
			if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
				t.Fatalf("%q: %v %+v", args, err, got)
			}
			found := test.finds == "" || slices.ContainsFunc(report.Findings, func(f struct{ Code string }) bool { return f.Code == test.finds })
			if got.code != test.code || !found || len(report.Revocation) != 1 || report.Revocation[0].Status != test.status {
				t.Errorf("%q with %v: exit code %d, %+v, want %d %s %s", args, test.fault, got.code, report, test.code, test.status, test.finds)
			}
		}
	}
	s.Next()
	// Nobody is asked who was not to be.
	before := len(s.Requests())
	for _, args := range []string{"check --cert revoked.pem --trusted-root ca.pem", "chain --roots ca.pem revoked.pem"} {
		if got := call(strings.Fields(args)...); got.code != exitAccepted {
			t.Errorf("%s: %+v", args, got)
		}
		for _, flag := range []string{"--timeout 5s", "--order crl", "--allow-private 127.0.0.0/8", "--allow-port 80", "--responder-ca ca.pem", "--cache x"} {
			if got := call(strings.Fields(args + " " + flag)...); got.code != exitFailed {
				t.Errorf("%s %s: exit code %d", args, flag, got.code)
			}
		}
	}
	for _, args := range []string{"check --cert good.pem --revocation maybe", "check --cert good.pem --revocation ignore --timeout 0s", "chain --roots ca.pem good.pem --ask --responder-ca missing",
		"chain --roots ca.pem good.pem --ask --cache ."} {
		if got := call(strings.Fields(args)...); got.code != exitFailed || got.stdout != "" {
			t.Errorf("%s: %+v", args, got)
		}
	}
	if len(s.Requests()) != before {
		t.Error("the responder was asked")
	}
	// On a terminal it is said that it takes long.
	s.Next(ocsptest.Silence)
	c := newCaller()
	c.env.errColumns = 80
	got := c.call(slices.Concat(strings.Fields("check --cert good.pem --trusted-root ca.pem --revocation soft-fail --timeout 1200ms"), flags)...)
	if got.code != exitAccepted || !strings.Contains(got.stderr, "Asking about revocation for 1 second") {
		t.Errorf("%+v", got)
	}
}

// TestAnswerOf carries over every status, and nothing of what is wrong gets lost.
func TestAnswerOf(t *testing.T) {
	note := []finding.Finding{finding.New("revocation-too-many-urls", finding.Where{}, finding.Int("limit", 8))}
	sound := func(s ocsp.Status) *ocsp.Result { return &ocsp.Result{Status: s, ThisUpdate: time.Unix(1, 0)} }
	for want, r := range map[validate.RevocationStatus]*client.Result{
		validate.StatusGood:         {Status: client.Good, Evidence: sound(ocsp.Good), URL: "http://x"},
		validate.StatusRevoked:      {Status: client.Revoked, Evidence: sound(ocsp.Revoked), URL: "http://x"},
		validate.StatusUnknown:      {Status: client.Unknown, Evidence: sound(ocsp.Unknown), URL: "http://x"},
		validate.StatusRefused:      {Status: client.Refused, Attempts: []client.Attempt{{URL: "http://x", Code: "ocsp-too-large"}}},
		validate.StatusNothingToAsk: {Status: client.NothingToAsk, Exempt: client.NoRevocation},
		validate.StatusCouldNotAsk:  {Status: client.CouldNotAsk, Attempts: []client.Attempt{{URL: "http://x"}}},
	} {
		r.Findings = note
		a := answerOf(r)
		if a.Status() != want || want != validate.StatusNothingToAsk && a.Source != "http://x" {
			t.Errorf("%v: %+v", r.Status, a)
		}
		if want != validate.StatusNothingToAsk && len(a.Findings) != 1 {
			t.Errorf("%v: the findings are lost: %+v", r.Status, a)
		}
	}
	if a := answerOf(&client.Result{Status: client.Refused, Attempts: []client.Attempt{{Code: "ocsp-too-large"}}}); a.Result.Code != "ocsp-too-large" {
		t.Errorf("%+v", a)
	}
	if (&client.Result{}).Status != client.CouldNotAsk {
		t.Error("a result that nobody filled in is not that nobody could be asked")
	}
}
