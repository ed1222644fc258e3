package ocsp_test

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"

	xocsp "golang.org/x/crypto/ocsp"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestRequest reads the requests with x/crypto/ocsp, which knows neither nonces
// nor SM3, and answers each with what it asks for.
func TestRequest(t *testing.T) {
	s := newScene("p256-root", "p256-server")
	cert, issuer := s.parse(t)
	nonce, err := ocsp.NewNonce(bytes.NewReader(bytes.Repeat([]byte{9}, 100)))
	if err != nil || len(nonce) != ocsp.NonceSize {
		t.Fatal(nonce, err)
	}
	for hash, want := range map[ocsp.Hash]crypto.Hash{ocsp.SHA1: crypto.SHA1, ocsp.SHA256: crypto.SHA256,
		ocsp.SHA384: crypto.SHA384, ocsp.SHA512: crypto.SHA512, ocsp.SM3: 0} {
		for _, n := range [][]byte{nil, nonce} {
			der, err := ocsp.Request(cert, issuer, ocsp.RequestOptions{Hash: hash, Nonce: n})
			if err != nil {
				t.Fatal(err)
			}
			if want != 0 {
				r, err := xocsp.ParseRequest(der)
				if err != nil {
					t.Fatalf("%v: %v", hash, err)
				}
				if r.HashAlgorithm != want || r.SerialNumber.Cmp(cert.SerialNumber()) != 0 {
					t.Errorf("%v: the request says %v and %v", hash, r.HashAlgorithm, r.SerialNumber)
				}
			}
			if wrapped := append(forge.OID("1.3.6.1.5.5.7.48.1.2"), forge.Octets(forge.Octets(nonce))...); bytes.Contains(der, wrapped) != (n != nil) {
				t.Errorf("%v: the nonce is not there or should not be", hash)
			}
			// The CertID of the request is taken for the answer as it is.
			id := contentOf(contentOf(contentOf(contentOf(der)))) // OCSPRequest, TBSRequest, requestList, Request.
			s := s.answering(func(a *forge.Answer) { a.ID = id })
			if r := verify(t, s.reply.DER(), cert, issuer, ocsp.Options{Time: now}); r.Status != ocsp.Good {
				t.Errorf("%v: the answer to the request is %v %s", hash, r.Status, r.Code)
			}
		}
	}
	if _, err := ocsp.Request(cert, nil, ocsp.RequestOptions{}); err != ocsp.ErrIncomplete {
		t.Errorf("without an issuer: %v", err)
	}
	if _, err := ocsp.Request(nil, issuer, ocsp.RequestOptions{}); err != ocsp.ErrIncomplete {
		t.Errorf("without a certificate: %v", err)
	}
	if _, err := ocsp.Request(cert, issuer, ocsp.RequestOptions{Hash: 99}); err != ocsp.ErrIncomplete {
		t.Errorf("with an unknown hash: %v", err)
	}
	failure := errors.New("no randomness")
	if _, err := ocsp.NewNonce(iotest.ErrReader(failure)); err != failure {
		t.Errorf("without randomness: %v", err)
	}
}

// TestGetURL takes the URL apart again.
func TestGetURL(t *testing.T) {
	request := []byte{0xfb, 0xef, 0xff, 0x3e, 0x3f, 0xff, 0x01}
	for _, responder := range []string{"http://ocsp.example.com", "http://ocsp.example.com/", "http://ocsp.example.com/a/b"} {
		got := ocsp.GetURL(responder, request)
		u, err := url.Parse(got)
		if err != nil {
			t.Fatal(err)
		}
		prefix := strings.TrimSuffix(responder, "/") + "/"
		escaped, ok := strings.CutPrefix(got, prefix)
		if !ok || strings.ContainsAny(escaped, "+/=") {
			t.Errorf("%s does not follow %s, escaped", got, prefix)
		}
		text, err := url.QueryUnescape(escaped)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := base64.StdEncoding.DecodeString(text); err != nil || !bytes.Equal(back, request) {
			t.Errorf("%s gives back %x, %v", u, back, err)
		}
	}
}
