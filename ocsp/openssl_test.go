package ocsp_test

import (
	"bytes"
	"encoding/hex"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestOpenSSLAnswers has OpenSSL answer requests, without any network: RSA, ECDSA
// and SM2, every hash function, with a nonce, good, revoked and unknown.
func TestOpenSSLAnswers(t *testing.T) {
	if out, err := exec.Command("openssl", "version").Output(); err != nil || !bytes.HasPrefix(out, []byte("OpenSSL 3")) {
		t.Skipf("NOT CHECKED against OpenSSL 3: %s %v", out, err)
	}
	clock := time.Now()
	for _, test := range []struct {
		ca, responder string
		hash          ocsp.Hash
		args          []string
		want          string
	}{
		{"p256-root", "p256-intermediate", ocsp.SHA1, nil, ""},
		{"p256-root", "p256-intermediate", ocsp.SHA512, []string{"-rmd", "sha384"}, ""},
		{"rsa-ca", "rsa-other", ocsp.SHA256, nil, ""},
		{"rsa-ca", "rsa-other", ocsp.SHA384, []string{"-rsigopt", "rsa_padding_mode:pss"}, ""},
		{"rsa-ca", "p384", ocsp.SHA1, []string{"-resp_key_id"}, ""},
		{"sm2-ca", "sm2-other", ocsp.SM3, []string{"-rmd", "sm3", "-rsigopt", "distid:" + forge.StandardID}, ""},
		{"sm2-ca", "sm2-other", ocsp.SHA256, []string{"-rmd", "sm3", "-rsigopt", "distid:" + forge.StandardID}, ""},
		{"sm2-ca", "sm2-other", ocsp.SHA1, []string{"-rmd", "sm3", "-rsigopt", "distid:" + forge.StandardID, "-resp_key_id"}, ""},
		{"sm2-ca", "sm2-other", ocsp.SM3, []string{"-rmd", "sm3"}, "sm2-signer-id"},
	} {
		name := strings.Join(append([]string{test.ca, test.hash.String()}, test.args...), " ")
		t.Run(name, func(t *testing.T) {
			base := newScene(test.ca, "p256-server")
			long := func(c forge.Certificate) forge.Certificate {
				return c.Between(now.AddDate(-1, 0, 0), now.AddDate(20, 0, 0))
			}
			c := long(base.issuer)
			responder := long(delegateOf(c, key(test.responder)))
			dir := t.TempDir()
			write := func(name string, data []byte) string {
				path := filepath.Join(dir, name)
				if err := os.WriteFile(path, data, 0o600); err != nil {
					t.Fatal(err)
				}
				return path
			}
			const expires = "451231235959Z"
			index := "V\t" + expires + "\t\t1001\tunknown\t/CN=good\n" +
				"R\t" + expires + "\t251201120000Z,keyCompromise\t1002\tunknown\t/CN=revoked\n"
			args := []string{"ocsp", "-index", write("index.txt", []byte(index)), "-CA", write("ca.pem", pemOf("CERTIFICATE", c.DER())),
				"-rsigner", write("responder.pem", pemOf("CERTIFICATE", responder.DER())),
				"-rkey", write("responder.key", onlyPEM(readFile(t, "../testdata/keys/"+test.responder+".pem"))),
				"-ndays", "1", "-reqin", filepath.Join(dir, "request"), "-respout", filepath.Join(dir, "response")}
			for serial, want := range map[string]ocsp.Status{"1001": ocsp.Good, "1002": ocsp.Revoked, "1003": ocsp.Unknown} {
				leaf := long(base.leaf)
				leaf.Serial, _ = hex.DecodeString(serial)
				cert, issuer := parseCertificate(t, leaf.DER()), parseCertificate(t, c.DER())
				nonce := bytes.Repeat([]byte{leaf.Serial[1]}, ocsp.NonceSize)
				request, err := ocsp.Request(cert, issuer, ocsp.RequestOptions{Hash: test.hash, Nonce: nonce})
				if err != nil {
					t.Fatal(err)
				}
				write("request", request)
				if out, err := exec.Command("openssl", append(args, test.args...)...).CombinedOutput(); err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				r := verify(t, readFile(t, filepath.Join(dir, "response")), cert, issuer, ocsp.Options{Time: clock, Nonce: nonce, StrictNonce: true})
				if test.want != "" {
					want = ocsp.Refused
				}
				if r.Status != want || string(r.Code) != test.want {
					t.Errorf("%s: %v %s, want %v %s", serial, r.Status, r.Code, want, test.want)
				}
				if want == ocsp.Revoked && (r.Reason != ocsp.KeyCompromise || !r.RevokedAt.Equal(time.Date(2025, 12, 1, 12, 0, 0, 0, time.UTC))) {
					t.Errorf("revoked at %v, %v", r.RevokedAt, r.Reason)
				}
			}
		})
	}
}

// onlyPEM is a key file without the line that says that it is a test key.
func onlyPEM(text []byte) []byte {
	block, _ := pem.Decode(text)
	return pem.EncodeToMemory(block)
}
