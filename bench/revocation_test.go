package main

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/bench/testcerts"
	"github.com/certloupe/certloupe/ocsp"
)

// TestMain is the responder of the load test if it is asked to be.
func TestMain(m *testing.M) {
	if kind, ok := os.LookupEnv(responderKind); ok {
		if err := respond(testcerts.Kind(kind), os.Stdout, os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(2)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestTakeApart shows that only what is meant to be changed is changed.
func TestTakeApart(t *testing.T) {
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	u, err := subjectOf(m.certs[testcerts.RSA])
	if err != nil {
		t.Fatal(err)
	}
	der := u.response()
	p, err := takeApart(der)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(p.assemble(), der) {
		t.Error("the response is not put together as it was")
	}
	if _, err := takeApart(der[:len(der)-1]); err == nil {
		t.Error("half a response was taken apart")
	}
}

// TestHostileReplies shows that the replies get as far as they are meant to: the
// code says at which rule they end.
func TestHostileReplies(t *testing.T) {
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	replies, err := hostileReplies(m.certs)
	if err != nil {
		t.Fatal(err)
	}
	codes := map[string]string{
		"an RSA key of 262,144 bits":              "revocation-key-unusable",
		"an RSA key of 8192 bits, large exponent": "revocation-signature-invalid",
		"550 answers about the certificate":       "",
		"a nonce of 63 KiB":                       "",
		"70 answers, bad SM2 signature":           "revocation-signature-invalid",
		"550 answers, bad SM2 signature":          "revocation-signature-invalid",
		"zeros":                                   "ocsp-malformed",
		"nested lengths":                          "ocsp-malformed",
		"text":                                    "ocsp-malformed",
		"16 delegates, RSA keys up to 8192 bits":  "ocsp-too-many-certificates",
		"16 delegates, RSA keys up to 2048 bits":  "ocsp-too-many-certificates",
		"a responder's name of 4000 parts":        "ocsp-responder-unknown",
		"an extension of 10,000 nested levels":    "ocsp-responder-unknown",
	}
	if len(replies) != len(codes) {
		t.Errorf("%d replies", len(replies))
	}
	for _, reply := range replies {
		r, err := reply.about.verify(reply.der)
		code, ok := codes[reply.name]
		if err != nil || !ok || string(r.Code) != code || len(reply.der) > ocsp.DefaultMaxSize {
			t.Errorf("%s, %d bytes: %v %q, want %q", reply.name, len(reply.der), err, r.Code, code)
		}
	}
}

// TestLargeList shows that both readers find in the list what was put into it.
func TestLargeList(t *testing.T) {
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	b := &bench{out: io.Discard, entries: 1000}
	if err := b.measureList(m.certs); err != nil {
		t.Error(err)
	}
	u, err := subjectOf(m.certs[testcerts.ECDSA])
	if err != nil {
		t.Fatal(err)
	}
	der, err := largeList(u, 3)
	if err != nil {
		t.Fatal(err)
	}
	list, err := x509.ParseRevocationList(der)
	if err != nil || len(list.RevokedCertificateEntries) != 3 || list.RevokedCertificateEntries[0].SerialNumber.Cmp(list.RevokedCertificateEntries[2].SerialNumber) == 0 {
		t.Errorf("%v %+v", err, list)
	}
}

// TestLoad runs a short load test with both kinds of keys.
func TestLoad(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED: it starts responders and keeps them busy for seconds")
	}
	m := made()
	if m.err != nil {
		t.Fatal(m.err)
	}
	var out strings.Builder
	b := &bench{out: &out, load: 2 * turn}
	if err := b.measureLoad(m.certs); err != nil {
		t.Fatal(err)
	}
	if len(b.targets) != 3 || strings.Contains(out.String(), "NaN") || strings.Contains(out.String(), "Inf") {
		t.Errorf("%+v\n%s", b.targets, &out)
	}
}
