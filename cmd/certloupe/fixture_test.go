package main

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// The fixtures are made here, with fixed keys that anyone can read: TEST ONLY.
// Ed25519 signatures have no randomness, so the certificates are always the same.

// now is the time at which the tests take place.
var now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// password opens encryptedKey.
const password = "OpenSesame"

// encryptedKey is the key of the server under the password, as
// openssl pkcs8 -topk8 -v2 aes-256-cbc -iter 2048 wrote it.
const encryptedKey = `-----BEGIN ENCRYPTED PRIVATE KEY-----
MIGbMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjk3ycm0i2rxQICCAAw
DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEG6YCPcD7yZ8phbeP7FrgMgEQBKQ
86FB4twwm467ajGQaPqNgMmbXwDjVNzHAqas3TPNKe2IuJ2fzZ8GnHjxTMhiwMrG
V3AJqUIurDETdQ1+KI4=
-----END ENCRYPTED PRIVATE KEY-----
`

func testKey(seed string) ed25519.PrivateKey {
	return ed25519.NewKeyFromSeed([]byte(seed))
}

var (
	caKey     = testKey("TEST ONLY: the key of CA of cmd/")
	serverKey = testKey("TEST ONLY: a server's key of cmd")
	otherKey  = testKey("TEST ONLY: another key for cmd/c")
)

func pemText(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func keyText(t *testing.T, key ed25519.PrivateKey) []byte {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return pemText("PRIVATE KEY", der)
}

func caTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{Country: []string{"CN"}, Organization: []string{"TEST ONLY"}, CommonName: "Test CA"},
		NotBefore:             now.AddDate(-2, 0, 0),
		NotAfter:              now.AddDate(8, 0, 0),
		IsCA:                  true,
		BasicConstraintsValid: true,
		MaxPathLenZero:        true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SubjectKeyId:          bytes.Repeat([]byte{1}, 20),
	}
}

func serverTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber:          big.NewInt(2),
		Subject:               pkix.Name{Country: []string{"CN"}, Organization: []string{"测试有限公司"}, CommonName: "www.example.com"},
		NotBefore:             now.AddDate(0, -1, 0),
		NotAfter:              now.AddDate(0, 3, 0),
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		DNSNames:              []string{"www.example.com", "example.com"},
		IPAddresses:           []net.IP{net.IPv4(192, 0, 2, 1).To4()},
		SubjectKeyId:          bytes.Repeat([]byte{2}, 20),
		AuthorityKeyId:        bytes.Repeat([]byte{1}, 20),
	}
}

// issue makes a certificate that the test CA signs.
func issue(t *testing.T, template *x509.Certificate, key ed25519.PrivateKey) []byte {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, caTemplate(), key.Public(), caKey)
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// files makes a directory with the fixtures and goes there.
func files(t *testing.T) {
	t.Helper()
	t.Chdir(t.TempDir())
	server := issue(t, serverTemplate(), serverKey)
	ca := issue(t, caTemplate(), caKey)
	expired := serverTemplate()
	expired.NotBefore, expired.NotAfter = now.AddDate(-1, 0, 0), now.AddDate(0, -2, 0)
	proof := &x509.Certificate{
		SerialNumber: big.NewInt(4), Subject: pkix.Name{CommonName: "5c1ee6cfd3ba45ad"},
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(0, 0, 9), AuthorityKeyId: bytes.Repeat([]byte{1}, 20),
	}
	certificate := pemText("CERTIFICATE", server)
	write(t, "server.pem", certificate)
	write(t, "server.der", server)
	write(t, "ca.pem", pemText("CERTIFICATE", ca))
	write(t, "chain.pem", append(bytes.Clone(certificate), pemText("CERTIFICATE", ca)...))
	chainFiles(t, certificate, pemText("CERTIFICATE", ca))
	write(t, "expired.pem", pemText("CERTIFICATE", issue(t, expired, serverKey)))
	write(t, "proof.pem", pemText("CERTIFICATE", issue(t, proof, otherKey)))
	write(t, "damaged.pem", bytes.Replace(certificate, []byte("BEGIN C"), []byte("BEGINC"), 1))
	write(t, "cut.pem", certificate[:len(certificate)/2])
	write(t, "server.key", keyText(t, serverKey))
	write(t, "damaged.key", bytes.Replace(keyText(t, serverKey), []byte("BEGIN P"), []byte("BEGINP"), 1))
	write(t, "other.key", keyText(t, otherKey))
	write(t, "encrypted.key", []byte(encryptedKey))
	write(t, "password", []byte(password+"\n"))
	write(t, "wrong-password", []byte("WrongSecret\n"))
	write(t, "hostile.pem", pemText("CERTIFICATE", issue(t, hostileTemplate(t), serverKey)))
	write(t, "empty", nil)
	write(t, "garbage", []byte("Nothing of this is a certificate.\n"))
	if err := os.Mkdir("directory", 0o777); err != nil {
		t.Fatal(err)
	}
	body := func(name string, members map[string]any) {
		text, err := json.MarshalIndent(members, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, text)
	}
	body("add.json", map[string]any{"certificate_pem": string(certificate), "private_key": encryptedKey, "private_key_password": password})
	body("add-mismatch.json", map[string]any{"certificate_pem": string(certificate), "private_key": string(keyText(t, otherKey)), "note": "x"})
	body("modify.json", map[string]any{"name": "my_cert", "cert_content": string(certificate), "private_key": string(keyText(t, serverKey))})
	body("update.json", map[string]any{"ocsp_enable": true, "template_id": nil})
	body("update-bad.json", map[string]any{"ocsp_enable": "false,"})
	body("record.json", map[string]any{"certificate_id": "0123", "cn_name": "Test CA", "ocsp_enable": false, "template_id": "5c8f9b2a1e3d4c5b6a7f8e9d"})
	write(t, "not.json", []byte("{"))
}

// hostile is a subject that tries to take over the terminal and to forge lines
// of the output.
const hostile = "a\x1b[2J\x1b]0;title\x07\u202egnp\u2066\u200b\r\nAccepted  no findings\x00\x9b31m"

func hostileTemplate(t *testing.T) *x509.Certificate {
	t.Helper()
	template := serverTemplate()
	// crypto/x509 escapes nothing in a UTF8String that is handed to it raw.
	value := asn1.RawValue{Class: asn1.ClassUniversal, Tag: asn1.TagUTF8String, Bytes: []byte(hostile)}
	subject, err := asn1.Marshal([][]struct {
		Type  asn1.ObjectIdentifier
		Value asn1.RawValue
	}{{{asn1.ObjectIdentifier{2, 5, 4, 3}, value}}})
	if err != nil {
		t.Fatal(err)
	}
	// The names are a SEQUENCE OF SET; encoding/asn1 wrote the inner one as SEQUENCE.
	subject[2] = 0x31
	template.RawSubject = subject
	template.DNSNames = []string{"x\x1b[31m.example", "evil\nAccepted"}
	return template
}

func write(t *testing.T, name string, data []byte) {
	t.Helper()
	if err := os.WriteFile(name, data, 0o666); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// result is what a call of the program gave.
type result struct {
	code           int
	stdout, stderr string
}

// caller calls the program in a world of its own.
type caller struct {
	stdin io.Reader
	env   environment
	vars  map[string]string
}

func newCaller() *caller {
	c := &caller{stdin: strings.NewReader(""), vars: map[string]string{}}
	c.env = environment{
		getenv:         func(name string) string { return c.vars[name] },
		now:            func() time.Time { return now },
		openDescriptor: func(int) (io.Reader, error) { return nil, errors.New("it is not open") },
		askPassword:    func(string) ([]byte, error) { return nil, errNoTerminal },
	}
	return c
}

func (c *caller) call(args ...string) result {
	var stdout, stderr bytes.Buffer
	code := run(args, c.stdin, &stdout, &stderr, c.env)
	return result{code, stdout.String(), stderr.String()}
}

// call calls the program with a terminal nowhere.
func call(args ...string) result { return newCaller().call(args...) }

// compareGolden compares text with a file in testdata, or writes it there.
func compareGolden(t *testing.T, dir, name, got string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if *update {
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		write(t, path, []byte(got))
		return
	}
	if want := read(t, path); got != want {
		t.Errorf("%s: the output is not the golden one (go test ./cmd/certloupe -update writes it anew):\n%s", name, got)
	}
}
