package ocsp_test

import (
	"slices"
	"testing"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestConcerns tells responses about a certificate from all others, whoever signed them.
func TestConcerns(t *testing.T) {
	s := newScene("p256-root", "p256-server")
	cert, issuer := s.parse(t)
	response := s.reply.DER()
	if !ocsp.Concerns(response, cert, issuer) {
		t.Error("its own response does not concern the certificate")
	}
	unsigned := slices.Clone(response)
	unsigned[len(unsigned)-1] ^= 1
	if !ocsp.Concerns(unsigned, cert, issuer) {
		t.Error("the signature counts, which it should not")
	}
	other := newScene("p256-root", "p256-server")
	other.reply.Answers[0].ID = certIDOf(other.issuer, 0x77)
	large := newScene("p256-root", "p256-server")
	large.reply.Exts = []forge.Extension{forge.Ext("1.2.3.4", false, forge.Octets(make([]byte, ocsp.DefaultMaxSize)))}
	twice := newScene("p256-root", "p256-server")
	twice.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, false, forge.Null()), forge.Ext(forge.OIDPrivate, false, forge.Null())}
	for name, r := range map[string][]byte{
		"another certificate": other.reply.DER(),
		"nothing":             nil,
		"cut off":             response[:len(response)-1],
		"too large":           large.reply.DER(),
		"damaged at its end":  twice.reply.DER(),
	} {
		if ocsp.Concerns(r, cert, issuer) {
			t.Errorf("%s concerns the certificate", name)
		}
	}
	if ocsp.Concerns(response, cert, nil) || ocsp.Concerns(response, nil, issuer) || ocsp.Concerns(response, issuer, issuer) {
		t.Error("it concerns another certificate, or none")
	}
}
