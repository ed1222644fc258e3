package peers

import (
	"bytes"
	"context"
	"fmt"
	"net/netip"
	"os/exec"
	"strconv"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/client"
	"github.com/certloupe/certloupe/ocsp/ocsptest"
)

// loopback are the options with which a responder on this machine may be asked.
func loopback(port int, opt client.Options) client.Options {
	opt.AllowPrivate = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	opt.Ports = []uint16{uint16(port)}
	opt.CacheBytes = -1
	opt.Order = client.OCSPOnly
	return opt
}

// ask asks the responder at the URL about a certificate of the CA.
func ask(t *testing.T, opt client.Options, ca *ocsptest.CA, url string, n int64) *client.Result {
	t.Helper()
	c, err := client.New(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	leaf := ca.Issue(ocsptest.Leaf{Serial: serial(n), OCSP: []string{url}})
	r, err := c.Check(context.Background(), parse(t, leaf), parse(t, ca.Certificate))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// openssl3 skips the test unless OpenSSL 3 is there, which can sign with SM2.
func openssl3(t *testing.T) string {
	t.Helper()
	path := find(t, "openssl")
	if out, err := exec.Command(path, "version").Output(); err != nil || !bytes.HasPrefix(out, []byte("OpenSSL 3")) {
		t.Skipf("NOT CHECKED against OpenSSL 3: %s %v", out, err)
	}
	return path
}

const distID = "distid:1234567812345678"

// TestOpenSSLResponder asks the responder of OpenSSL: with RSA, ECDSA and SM2, all
// the hash functions that it knows, by POST with a nonce and by GET without.
func TestOpenSSLResponder(t *testing.T) {
	path := openssl3(t)
	for _, test := range []struct {
		ca, responder string
		hashes        []ocsp.Hash
		args          []string
		code          finding.Code
	}{
		{"rsa-ca", "rsa-other", []ocsp.Hash{ocsp.SHA1, ocsp.SHA256}, nil, ""},
		{"p256-root", "p256-intermediate", []ocsp.Hash{ocsp.SHA1, ocsp.SHA256}, []string{"-resp_key_id"}, ""},
		{"sm2-ca", "sm2-other", []ocsp.Hash{ocsp.SM3, ocsp.SHA1, ocsp.SHA256}, []string{"-rmd", "sm3", "-rsigopt", distID}, ""},
		// Without its option OpenSSL signs with an empty signer ID.
		{"sm2-ca", "sm2-other", []ocsp.Hash{ocsp.SM3}, []string{"-rmd", "sm3"}, "sm2-signer-id"},
	} {
		t.Run(fmt.Sprint(test.ca, test.args), func(t *testing.T) {
			caKey, _ := testKey(t, test.ca)
			responderKey, responderPEM := testKey(t, test.responder)
			ca := ocsptest.NewCA("Test CA", caKey)
			_, write := writer(t)
			const expires = "491231235959Z"
			index := fmt.Sprintf("V\t%s\t\t%X\tunknown\t/CN=good\nR\t%s\t%s,keyCompromise\t%X\tunknown\t/CN=revoked\n",
				expires, goodSerial, expires, revokedAt.Format("060102150405Z"), revokedSerial)
			port := freePort(t)
			args := []string{"ocsp", "-port", strconv.Itoa(port), "-index", write("index.txt", []byte(index)),
				"-CA", write("ca.pem", certificatePEM(ca.Certificate)),
				"-rsigner", write("responder.pem", certificatePEM(ca.IssueResponder(responderKey))),
				"-rkey", write("responder.key", responderPEM), "-ndays", "1"}
			start(t, says("waiting for OCSP client connections"), path, append(args, test.args...)...)
			for _, hash := range test.hashes {
				for _, nonce := range []client.Nonce{client.RequireNonce, client.NoNonce} {
					opt := loopback(port, client.Options{Hashes: []ocsp.Hash{hash}, Nonce: nonce})
					for n, want := range map[int64]client.Status{goodSerial: client.Good, revokedSerial: client.Revoked, unknownSerial: client.Unknown} {
						r := ask(t, opt, ca, "http://"+address(port), n)
						if test.code != "" {
							want = client.Refused
							if len(r.Attempts) != 1 || r.Attempts[0].Code != test.code {
								t.Errorf("%v, nonce %d, %#x: %+v, want %s", hash, nonce, n, r.Attempts, test.code)
							}
						}
						if r.Status != want {
							t.Errorf("%v, nonce %d, %#x: %v %v, want %v", hash, nonce, n, r.Status, r.Findings, want)
						} else if want == client.Revoked && (!r.Evidence.RevokedAt.Equal(revokedAt) || r.Evidence.Reason != ocsp.KeyCompromise) {
							t.Errorf("%v: revoked at %v, %v", hash, r.Evidence.RevokedAt, r.Evidence.Reason)
						}
					}
				}
			}
		})
	}
}

// TestOpenSSLAsks has the client of OpenSSL ask the responder of package ocsptest,
// which users may point other clients at. Its exit code says whether it believed
// the response; its output says "good" even where it did not.
func TestOpenSSLAsks(t *testing.T) {
	path := openssl3(t)
	for _, name := range []string{"rsa-ca", "p256-root", "ed25519"} {
		key, _ := testKey(t, name)
		delegate, _ := testKey(t, "p384")
		ca := ocsptest.NewCA("Test CA", key)
		for _, responder := range []ocsptest.Responder{{CA: ca}, {CA: ca, Delegate: delegate}, {CA: ca, ByKey: true}} {
			s := ocsptest.NewServer(ocsptest.Config{Responder: responder})
			defer s.Close()
			_, write := writer(t)
			file := write("ca.pem", certificatePEM(ca.Certificate))
			asked := func(fault ocsptest.Fault) bool {
				s.Next(fault)
				return exec.Command(path, "ocsp", "-issuer", file, "-CAfile", file, "-cert",
					write("leaf.pem", certificatePEM(ca.Issue(ocsptest.Leaf{}))), "-url", s.URL).Run() == nil
			}
			if !asked(ocsptest.None) {
				t.Errorf("%s: OpenSSL does not take a sound response", name)
			}
			for _, fault := range []ocsptest.Fault{ocsptest.BadSignature, ocsptest.SignedByStranger, ocsptest.DelegateForged, ocsptest.DelegateWithoutPurpose, ocsptest.CutOff} {
				if asked(fault) {
					t.Errorf("%s: OpenSSL takes a response with the fault %v", name, fault)
				}
			}
		}
	}
}
