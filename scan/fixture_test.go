package scan

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"encoding/pem"
	"iter"
	"math/big"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Words of rows, as they are documented.
const (
	accepted, rejected, unread = "accepted", "rejected", "unread"
	kindSM2                    = "sm2_container"
)

// The certificates are made here, with a fixed key that anyone can read: TEST ONLY.

// now is the time at which the tests take place.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

var testKey = ed25519.NewKeyFromSeed([]byte("TEST ONLY: the key of scan's  CA"))

// serialMark is in the serial number of each certificate; the eight bytes behind
// it count.
var serialMark = []byte("serial: ")

func template() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(append(bytes.Clone(serialMark), 0, 0, 0, 0, 0, 0, 0, 1)),
		Subject:      pkix.Name{Country: []string{"CN"}, Organization: []string{"TEST ONLY"}, CommonName: "www.example.com"},
		NotBefore:    now.AddDate(-1, 0, 0),
		NotAfter:     now.AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
		DNSNames:     []string{"www.example.com", "example.com"},
		SubjectKeyId: bytes.Repeat([]byte{1}, 20),
	}
}

func issue(t testing.TB, c *x509.Certificate) []byte {
	t.Helper()
	parent := *c
	parent.Subject = pkix.Name{CommonName: "Test CA"}
	parent.SubjectKeyId = bytes.Repeat([]byte{2}, 20)
	der, err := x509.CreateCertificate(nil, c, &parent, testKey.Public(), testKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

var base = sync.OnceValue(func() []byte {
	parent := *template()
	parent.Subject = pkix.Name{CommonName: "Test CA"}
	parent.SubjectKeyId = bytes.Repeat([]byte{2}, 20)
	der, err := x509.CreateCertificate(nil, template(), &parent, testKey.Public(), testKey)
	if err != nil {
		panic(err)
	}
	return der
})

// certificate is a certificate with the serial number n.
func certificate(n int) []byte {
	der := bytes.Clone(base())
	at := bytes.Index(der, serialMark) + len(serialMark)
	binary.BigEndian.PutUint64(der[at:], uint64(n))
	return der
}

func pemOf(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func base64Of(der []byte) string { return base64.StdEncoding.EncodeToString(der) }

// bundle is certificates with the serial numbers from 1 to n as PEM.
func bundle(n int) []byte {
	var b bytes.Buffer
	for i := range n {
		b.Write(pemOf(certificate(i + 1)))
	}
	return b.Bytes()
}

func keyPEM(t testing.TB) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(testKey)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// from makes inputs of byte strings.
func from(named ...any) iter.Seq[Input] {
	var inputs []Input
	for i := 0; i < len(named); i += 2 {
		data := named[i+1]
		if s, ok := data.(string); ok {
			data = []byte(s)
		}
		inputs = append(inputs, Stream(named[i].(string), bytes.NewReader(data.([]byte))))
	}
	return slices.Values(inputs)
}

// result is the outcome of a run.
type result struct {
	text    string
	rows    []map[string]any
	summary *Summary
}

// run scans and reads the rows back.
func run(t testing.TB, inputs iter.Seq[Input], opt Options) result {
	t.Helper()
	if opt.Time.IsZero() {
		opt.Time = now
	}
	opt.Tally = true
	var out bytes.Buffer
	summary, err := Run(context.Background(), &out, inputs, opt)
	if err != nil {
		t.Fatal(err)
	}
	r := result{text: out.String(), summary: summary}
	if opt.Output != Tabs {
		for line := range strings.Lines(r.text) {
			var row map[string]any
			if err := json.Unmarshal([]byte(line), &row); err != nil || !strings.HasSuffix(line, "\n") {
				t.Fatalf("%v: %q", err, line)
			}
			r.rows = append(r.rows, row)
		}
	}
	return r
}

// describe shows each row by its kind and the codes of its findings.
func (r result) describe() string {
	var said []string
	for _, row := range r.rows {
		s := row["kind"].(string)
		if codes, _ := row["findings"].([]any); len(codes) > 0 {
			for _, c := range codes {
				s += " " + c.(string)
			}
		}
		said = append(said, s)
	}
	return strings.Join(said, "; ")
}

// has reports whether a row has the finding.
func (r result) has(code string) bool {
	for _, row := range r.rows {
		if codes, _ := row["findings"].([]any); slices.Contains(codes, any(code)) {
			return true
		}
	}
	return false
}
