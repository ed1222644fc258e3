package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// revocationSchema is docs/revocation.schema.json.
func revocationSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	for _, name := range []string{"report.schema.json", "revocation.schema.json"} {
		text, err := os.ReadFile("../../docs/" + name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource("https://github.com/certloupe/certloupe/docs/"+name, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile("https://github.com/certloupe/certloupe/docs/revocation.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// said is what a report says, as a program reads it.
type said struct {
	Verdict      string
	Online       bool
	Certificates []struct {
		Status, Exempt string
		Accepted       bool
		Evidence       *struct {
			Source, URL, Reason string
			Cached              bool
		}
		Attempts []struct {
			Source, Code string
			Tries        int
		}
		Findings []struct{ Code string }
	}
	Findings []struct{ Code string }
}

// statuses are the statuses of the certificates, in their order.
func (s *said) statuses() (list []string) {
	for _, c := range s.Certificates {
		list = append(list, c.Status)
	}
	return list
}

// has reports whether a finding with the code is somewhere.
func (s *said) has(code string) bool {
	is := func(f struct{ Code string }) bool { return f.Code == code }
	for _, c := range s.Certificates {
		if slices.ContainsFunc(c.Findings, is) {
			return true
		}
	}
	return slices.ContainsFunc(s.Findings, is)
}

// revocation calls the program for JSON and for people, checks that both fit
// together and the schema, and returns what was said.
func revocation(t *testing.T, schema *jsonschema.Schema, code int, args ...string) said {
	t.Helper()
	args = append([]string{"revocation"}, args...)
	got := call(append(args, "--json")...)
	if got.code != code || got.stderr != "" {
		t.Fatalf("certloupe %q: exit code %d, want %d\n%s%s", args, got.code, code, got.stdout, got.stderr)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(got.stdout))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("certloupe %q breaks the schema: %v\n%s", args, err, got.stdout)
	}
	var s said
	if err := json.Unmarshal([]byte(got.stdout), &s); err != nil {
		t.Fatal(err)
	}
	if (s.Verdict == "accepted") != (code == exitAccepted) {
		t.Errorf("certloupe %q: %s with exit code %d", args, s.Verdict, code)
	}
	readable := call(args...)
	if readable.code != code || readable.stderr != "" {
		t.Errorf("certloupe %q for people: %+v", args, readable)
	}
	safe(t, readable)
	if quiet := call(append(args, "-q")...); quiet != (result{code: code}) {
		t.Errorf("certloupe %q -q: %+v", args, quiet)
	}
	return s
}

const revokedSerial = 0x1002

// revocationFiles makes a directory with certificates, responses and lists and goes
// there. The key is of Ed25519, so that everything is always the same.
func revocationFiles(t *testing.T) *ocsptest.CA {
	t.Helper()
	t.Chdir(t.TempDir())
	ca := ocsptest.NewCA("Test CA", caKey)
	other := ocsptest.NewCA("Another CA", otherKey)
	sub := ca.IssueCA(ocsptest.Leaf{Name: "Sub CA", Serial: big.NewInt(2), Key: otherKey})
	good := big.NewInt(ocsptest.DefaultSerial)
	leaf := pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{Name: "good.example"}))
	at := now.AddDate(0, -1, 0)
	write(t, "ca.pem", pemText("CERTIFICATE", ca.Certificate))
	write(t, "other.pem", pemText("CERTIFICATE", other.Certificate))
	write(t, "namesake.pem", pemText("CERTIFICATE", ocsptest.NewCA("Test CA", otherKey).Certificate))
	write(t, "good.pem", leaf)
	write(t, "good.der", ca.Issue(ocsptest.Leaf{Name: "good.example"}))
	write(t, "chain.pem", append(bytes.Clone(leaf), pemText("CERTIFICATE", ca.Certificate)...))
	write(t, "long.pem", slices.Concat(pemText("CERTIFICATE", ca.Certificate), pemText("CERTIFICATE", sub.Issue(ocsptest.Leaf{Name: "below.example"})), pemText("CERTIFICATE", sub.Certificate)))
	write(t, "revoked.pem", pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{Name: "revoked.example", Serial: big.NewInt(revokedSerial)})))
	write(t, "staple.pem", pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{Name: "staple.example", MustStaple: true})))
	write(t, "hostile.pem", pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{Name: hostile, OCSP: []string{"http://x/\x1b[2J\n\u202e"}})))
	for name, change := range map[string]func(*ocsptest.Reply){
		"good.ocsp":    func(*ocsptest.Reply) {},
		"stale.ocsp":   func(r *ocsptest.Reply) { r.Fault = ocsptest.Stale },
		"unknown.ocsp": func(r *ocsptest.Reply) { r.Answers[0].Status = ocsp.Unknown },
		"revoked.ocsp": func(r *ocsptest.Reply) {
			r.Answers[0] = ocsptest.Answer{Serial: big.NewInt(revokedSerial), Status: ocsp.Revoked, RevokedAt: at, Reason: ocsp.KeyCompromise}
		},
		"forged.ocsp": func(r *ocsptest.Reply) { r.Fault = ocsptest.SignedByStranger },
		"large.ocsp":  func(r *ocsptest.Reply) { r.Fault = ocsptest.Oversized },
	} {
		r := ocsptest.Reply{Responder: ocsptest.Responder{CA: ca, Delegate: serverKey}, Time: now, Answers: []ocsptest.Answer{{Serial: good}}}
		change(&r)
		write(t, name, ocsptest.Response(r))
	}
	entries := []ocsptest.Entry{{Serial: big.NewInt(revokedSerial), RevokedAt: at, Reason: ocsp.Superseded}}
	list := ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Entries: entries})
	write(t, "list.der", list)
	write(t, "list.pem", pemText("X509 CRL", list))
	write(t, "sub.crl", ocsptest.List(ocsptest.CRL{CA: sub, Time: now}))
	write(t, "all.crl", ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Entries: append(entries, ocsptest.Entry{Serial: good, RevokedAt: at})}))
	write(t, "damaged.crl", pemText("X509 CRL", ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Fault: ocsptest.TrailingData})))
	write(t, "stale.crl", ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Fault: ocsptest.Stale}))
	write(t, "empty", nil)
	write(t, "garbage", []byte("Nothing of this is a certificate.\n"))
	return ca
}

// TestRevocationOffline judges by what was handed in.
func TestRevocationOffline(t *testing.T) {
	schema := revocationSchema(t)
	revocationFiles(t)
	const (
		good, revoked, unknown, refused = "good", "revoked", "unknown", "refused"
		exempt, missing                 = "nothing-to-ask", "could-not-ask"
	)
	for _, test := range []struct {
		args     string
		code     int
		statuses []string
		finds    string
	}{
		{"good.pem --issuer ca.pem --stapled good.ocsp", 0, []string{good}, ""},
		{"good.der --issuer ca.pem --stapled good.ocsp", 0, []string{good}, ""},
		{"chain.pem --stapled good.ocsp", 0, []string{good}, ""},
		{"revoked.pem --issuer ca.pem --stapled revoked.ocsp", 1, []string{revoked}, "certificate-revoked"},
		{"revoked.pem --issuer ca.pem --stapled revoked.ocsp --policy soft", 1, []string{revoked}, "certificate-revoked"},
		{"good.pem --issuer ca.pem --stapled stale.ocsp", 1, []string{refused}, "ocsp-stale"},
		{"good.pem --issuer ca.pem --stapled stale.ocsp --policy soft", 0, []string{refused}, "revocation-soft-fail"},
		{"good.pem --issuer ca.pem --stapled good.ocsp --at 2026-06-03", 1, []string{refused}, "ocsp-stale"},
		{"good.pem --issuer ca.pem --stapled unknown.ocsp", 1, []string{unknown}, "revocation-hard-fail"},
		{"good.pem --issuer ca.pem --stapled unknown.ocsp --policy soft", 0, []string{unknown}, "revocation-soft-fail"},
		{"good.pem --issuer ca.pem --stapled forged.ocsp", 1, []string{refused}, "revocation-signature-invalid"},
		{"good.pem --issuer ca.pem --stapled large.ocsp", 1, []string{refused}, "ocsp-too-large"},
		{"good.pem --issuer ca.pem --stapled revoked.ocsp", 1, []string{refused}, "ocsp-other-certificate"},
		{"good.pem --issuer ca.pem --stapled empty", 1, []string{unknown}, "revocation-hard-fail"},
		{"staple.pem --issuer ca.pem --stapled empty", 1, []string{refused}, "ocsp-staple-missing"},
		{"staple.pem --issuer ca.pem --stapled good.ocsp", 0, []string{good}, ""},
		{"good.pem --issuer other.pem --stapled good.ocsp", 1, []string{missing}, "revocation-issuer-missing"},
		{"good.pem --issuer namesake.pem --stapled good.ocsp", 1, []string{missing}, "revocation-issuer-missing"},
		{"good.pem --stapled good.ocsp", 1, []string{missing}, "revocation-issuer-missing"},

		{"good.pem --issuer ca.pem --crl list.der", 0, []string{good}, ""},
		{"good.pem --issuer ca.pem --crl list.pem", 0, []string{good}, ""},
		{"revoked.pem --issuer ca.pem --crl list.pem", 1, []string{revoked}, "certificate-revoked"},
		{"good.pem revoked.pem ca.pem --crl list.pem", 1, []string{good, revoked, exempt}, "certificate-revoked"},
		{"chain.pem --crl list.pem", 0, []string{good, exempt}, ""},
		{"long.pem --crl list.pem --crl sub.crl", 0, []string{exempt, good, good}, ""},
		{"long.pem --crl list.pem", 1, []string{exempt, unknown, good}, "crl-not-covering"},
		{"long.pem --crl list.pem --policy soft", 0, []string{exempt, unknown, good}, "revocation-soft-fail"},
		{"good.pem --issuer ca.pem --crl damaged.crl", 1, []string{unknown}, "crl-malformed"},
		{"good.pem --issuer ca.pem --crl damaged.crl --crl list.der", 0, []string{good}, "crl-malformed"},
		{"good.pem --issuer ca.pem --crl stale.crl", 1, []string{refused}, "crl-stale"},

		{"good.pem --issuer ca.pem --stapled good.ocsp --crl all.crl", 1, []string{revoked}, ""},
		{"good.pem --issuer ca.pem --stapled forged.ocsp --crl list.der", 0, []string{good}, "revocation-signature-invalid"},
		{"good.pem --issuer ca.pem --stapled unknown.ocsp --crl list.der", 0, []string{good}, ""},
		{"good.pem --issuer ca.pem --stapled good.ocsp --crl stale.crl", 0, []string{good}, "crl-stale"},
		{"hostile.pem --issuer ca.pem --crl list.der", 0, []string{good}, ""},
	} {
		s := revocation(t, schema, test.code, strings.Fields(test.args)...)
		if !slices.Equal(s.statuses(), test.statuses) || test.finds != "" && !s.has(test.finds) || s.Online {
			t.Errorf("revocation %s: %+v, want %v %s", test.args, s, test.statuses, test.finds)
		}
	}
}

// TestRevocationStapleIsOfTheFirst has a stapled response beside a chain: it says
// nothing of the other certificates, not even that it is of another one.
func TestRevocationStapleIsOfTheFirst(t *testing.T) {
	schema := revocationSchema(t)
	revocationFiles(t)
	s := revocation(t, schema, 1, strings.Fields("good.pem revoked.pem --issuer ca.pem --stapled good.ocsp --crl list.pem")...)
	if want := []string{"good", "revoked"}; !slices.Equal(s.statuses(), want) || s.has("ocsp-other-certificate") {
		t.Errorf("%+v", s)
	}
}

// TestRevocationGolden compares all that is said, byte for byte.
func TestRevocationGolden(t *testing.T) {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	revocationFiles(t)
	got := map[string]string{}
	for name, args := range map[string]string{
		"revocation-good":    "chain.pem --crl list.pem --stapled good.ocsp --at 2026-06-01T12:00:00Z",
		"revocation-revoked": "revoked.pem --issuer ca.pem --stapled revoked.ocsp",
		"revocation-refused": "good.pem --issuer ca.pem --stapled forged.ocsp --crl damaged.crl",
	} {
		words := append([]string{"revocation"}, strings.Fields(args)...)
		got[name+".txt"] = call(words...).stdout
		got[name+".json"] = call(append(words, "--json")...).stdout
	}
	for name, text := range got {
		compareGolden(t, dir+"/testdata", name, text)
	}
}

// TestRevocationCalls has calls that cannot be answered.
func TestRevocationCalls(t *testing.T) {
	revocationFiles(t)
	ca := ocsptest.NewCA("Test CA", caKey)
	var many []byte
	for i := range maxRevocation + 1 {
		many = append(many, pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{Serial: big.NewInt(int64(i + 1))}))...)
	}
	write(t, "many.pem", many)
	sm2 := ocsptest.NewCA("SM2 CA", sm2Key(t))
	write(t, "sm2.pem", pemText("CERTIFICATE", sm2.Certificate))
	for _, args := range []string{
		"", "missing", "garbage", "empty", "good.pem --issuer missing", "good.pem --issuer garbage", "good.pem --stapled missing",
		"good.pem --crl missing", "good.pem --crl good.pem", "good.pem --crl garbage", "good.pem --policy none", "good.pem --order any",
		"good.pem --timeout 0s", "good.pem --timeout -1s", "good.pem --timeout soon", "good.pem --allow-private here", "good.pem --allow-private ::ffff:10.0.0.0/104",
		"good.pem --allow-port 0", "good.pem --allow-port 65536", "good.pem --responder-ca missing", "good.pem --responder-ca garbage", "good.pem --responder-ca sm2.pem",
		"good.pem --cache .", "good.pem --crl list.pem --timeout 5s", "good.pem --stapled good.ocsp --cache x", "good.pem --crl list.pem --order crl",
		"good.pem --json --quiet", "good.pem --at soon", "many.pem", "- -",
	} {
		got := call(append([]string{"revocation"}, strings.Fields(args)...)...)
		if got.code != exitFailed || got.stdout != "" || got.stderr == "" {
			t.Errorf("certloupe revocation %s: %+v", args, got)
		}
	}
}

// sm2Key is a key that TLS knows nothing of.
func sm2Key(t *testing.T) *sm2.PrivateKey {
	t.Helper()
	key, err := sm2.NewPrivateKey(bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// responder starts a responder of the CA, and returns it with the flags with which
// it may be asked.
func responder(t *testing.T, config ocsptest.Config) (*ocsptest.Server, []string) {
	t.Helper()
	config.Now = func() time.Time { return now }
	s := ocsptest.NewServer(config)
	t.Cleanup(s.Close)
	return s, allow(t, s.URL)
}

func allow(t *testing.T, address string) []string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return []string{"--allow-private", "127.0.0.0/8", "--allow-port", u.Port()}
}

// TestRevocationOnline asks a responder and a server of lists.
func TestRevocationOnline(t *testing.T) {
	schema := revocationSchema(t)
	ca := revocationFiles(t)
	tlsCA := ocsptest.NewCA("TLS CA", otherKey)
	write(t, "tls.pem", pemText("CERTIFICATE", tlsCA.Certificate))
	plain, flags := responder(t, ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	secure, secureFlags := responder(t, ocsptest.Config{Responder: ocsptest.Responder{CA: ca, Delegate: serverKey}, TLS: tlsCA})
	revoked := big.NewInt(revokedSerial)
	for _, s := range []*ocsptest.Server{plain, secure} {
		s.Revoke(revoked, now.AddDate(0, -1, 0), ocsp.KeyCompromise)
	}
	list := plain.Publish("full.crl", ocsptest.List(ocsptest.CRL{CA: ca, Time: now, Entries: []ocsptest.Entry{{Serial: revoked, RevokedAt: now.AddDate(0, -1, 0)}}}))
	issue := func(name string, l ocsptest.Leaf) { write(t, name, pemText("CERTIFICATE", ca.Issue(l))) }
	issue("online.pem", ocsptest.Leaf{OCSP: []string{plain.URL}})
	issue("online-revoked.pem", ocsptest.Leaf{Serial: revoked, OCSP: []string{plain.URL}})
	issue("secure.pem", ocsptest.Leaf{OCSP: []string{secure.URL}})
	issue("listed.pem", ocsptest.Leaf{CRLs: []string{list}})
	issue("listed-revoked.pem", ocsptest.Leaf{Serial: revoked, CRLs: []string{list}})
	issue("both.pem", ocsptest.Leaf{OCSP: []string{plain.URL}, CRLs: []string{list}})

	ask := func(code int, args string, more ...string) said {
		t.Helper()
		words := append(strings.Fields(args), "--issuer", "ca.pem")
		return revocation(t, schema, code, slices.Concat(words, more)...)
	}
	status := func(s said, want string, source string, code string) {
		t.Helper()
		c := s.Certificates[0]
		got := ""
		if c.Evidence != nil {
			got = c.Evidence.Source
		}
		if c.Status != want || got != source || code != "" && !s.has(code) || !s.Online {
			t.Errorf("%+v, want %s by %q, %s", s, want, source, code)
		}
	}
	status(ask(0, "online.pem", flags...), "good", "ocsp", "")
	status(ask(1, "online-revoked.pem", flags...), "revoked", "ocsp", "certificate-revoked")
	status(ask(1, "online-revoked.pem --policy soft", flags...), "revoked", "ocsp", "certificate-revoked")
	status(ask(0, "listed.pem", flags...), "good", "crl", "")
	status(ask(1, "listed-revoked.pem", flags...), "revoked", "crl", "")
	status(ask(0, "both.pem", flags...), "good", "ocsp", "")
	status(ask(0, "both.pem --order crl-ocsp", flags...), "good", "crl", "")
	status(ask(0, "both.pem --order crl", flags...), "good", "crl", "")
	status(ask(1, "online.pem --order crl", flags...), "nothing-to-ask", "", "revocation-nothing-to-ask")
	status(ask(1, "good.pem", flags...), "nothing-to-ask", "", "revocation-nothing-to-ask")
	status(ask(0, "good.pem --policy soft", flags...), "nothing-to-ask", "", "revocation-soft-fail")
	plain.Next(ocsptest.BadSignature)
	status(ask(1, "online.pem", flags...), "refused", "ocsp", "revocation-signature-invalid")
	fallen := ask(0, "both.pem", flags...)
	status(fallen, "good", "crl", "revocation-signature-invalid")
	if a := fallen.Certificates[0].Attempts; len(a) != 2 || a[0].Code != "revocation-signature-invalid" || a[0].Tries != 1 {
		t.Errorf("the attempts are %+v", a)
	}
	status(ask(1, "both.pem --order ocsp", flags...), "refused", "ocsp", "revocation-signature-invalid")
	plain.Next()

	// By default nobody on this machine is asked.
	before := len(plain.Requests())
	status(ask(1, "online.pem"), "could-not-ask", "", "revocation-url-refused")
	status(ask(1, "online.pem", flags[2:]...), "could-not-ask", "", "revocation-address-refused")
	status(ask(1, "online.pem", flags[:2]...), "could-not-ask", "", "revocation-url-refused")
	if len(plain.Requests()) != before {
		t.Error("somebody on this machine was asked")
	}
	// Servers with TLS are verified with their CA and no other one.
	status(ask(0, "secure.pem --responder-ca tls.pem", secureFlags...), "good", "ocsp", "")
	status(ask(1, "secure.pem", secureFlags...), "could-not-ask", "", "revocation-https-without-ca")
	status(ask(1, "secure.pem --responder-ca ca.pem", secureFlags...), "could-not-ask", "", "revocation-tls-failed")

	// What was answered is kept for the next call.
	kept := append([]string{"--cache", "answers"}, flags...)
	ask(0, "online.pem", kept...)
	before = len(plain.Requests())
	if s := ask(0, "online.pem", kept...); !s.Certificates[0].Evidence.Cached || len(plain.Requests()) != before {
		t.Errorf("it was asked again: %+v", s)
	}
	// A chain is asked about as a whole.
	sub := ca.IssueCA(ocsptest.Leaf{Name: "Sub CA", Serial: revoked, OCSP: []string{plain.URL}})
	responderOfSub, more := responder(t, ocsptest.Config{Responder: ocsptest.Responder{CA: sub}})
	write(t, "whole.pem", slices.Concat(pemText("CERTIFICATE", sub.Issue(ocsptest.Leaf{OCSP: []string{responderOfSub.URL}})),
		pemText("CERTIFICATE", sub.Certificate), pemText("CERTIFICATE", ca.Certificate)))
	s := revocation(t, schema, 1, slices.Concat([]string{"whole.pem"}, flags, more)...)
	if want := []string{"good", "revoked", "nothing-to-ask"}; !slices.Equal(s.statuses(), want) || s.Certificates[2].Exempt != "trust-anchor" {
		t.Errorf("the chain is %v, want %v", s.statuses(), want)
	}
}

// TestRevocationTimeout asks a responder that does not answer, with and without a
// terminal to say so on.
func TestRevocationTimeout(t *testing.T) {
	ca := revocationFiles(t)
	s, flags := responder(t, ocsptest.Config{Responder: ocsptest.Responder{CA: ca}})
	s.Next(ocsptest.Silence)
	write(t, "slow.pem", pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{OCSP: []string{s.URL}})))
	args := slices.Concat([]string{"revocation", "slow.pem", "--issuer", "ca.pem", "--timeout", "1200ms", "--json"}, flags)
	for _, columns := range []int{0, 80} {
		c := newCaller()
		c.env.errColumns = columns
		start := time.Now()
		got := c.call(args...)
		if took := time.Since(start); got.code != exitRejected || took > 10*time.Second {
			t.Errorf("exit code %d after %v: %s", got.code, took, got.stderr)
		}
		if !strings.Contains(got.stdout, "revocation-timeout") {
			t.Error(got.stdout)
		}
		if progress := strings.Contains(got.stderr, "Asking about 1 certificate for 1 second"); progress != (columns > 0) || columns > 0 && !strings.HasSuffix(got.stderr, " \r") {
			t.Errorf("on a terminal of %d columns: %q", columns, got.stderr)
		}
		quiet := c.call(append(args[:len(args):len(args)], "-q")...)
		if quiet.code != exitFailed { // --json and -q exclude each other.
			t.Errorf("%+v", quiet)
		}
	}
	args = slices.DeleteFunc(args, func(a string) bool { return a == "--json" })
	c := newCaller()
	c.env.errColumns = 80
	if got := c.call(append(args, "-q")...); got != (result{code: exitRejected}) {
		t.Errorf("quietly: %+v", got)
	}
}

// TestRevocationHostile asks a server that answers with what would take over a
// terminal.
func TestRevocationHostile(t *testing.T) {
	schema := revocationSchema(t)
	ca := revocationFiles(t)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Content-Type"] = []string{"text/\x1b[31m\u202e"}
		fmt.Fprint(w, "\x1b[2J")
	}))
	defer s.Close()
	write(t, "evil.pem", pemText("CERTIFICATE", ca.Issue(ocsptest.Leaf{Name: hostile, OCSP: []string{s.URL + "/%1b[2J%0a", "http://x\x1b[31m\u202e/"}})))
	got := revocation(t, schema, 1, slices.Concat([]string{"evil.pem", "--issuer", "ca.pem"}, allow(t, s.URL))...)
	if got.statuses()[0] != "could-not-ask" {
		t.Errorf("%+v", got)
	}
}
