package ocsp_test

import (
	"slices"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestExplainedSize gives responses and lists with an SM2 signature over an empty
// signer ID. Why it does not verify is looked for in small ones only: it takes
// hashing them dozens of times.
func TestExplainedSize(t *testing.T) {
	sm2 := newScene("sm2-ca", "sm2-sign")
	empty := sm2.issuer.Key.WithEmptyID()
	cert, issuer := sm2.parse(t)
	for _, test := range []struct {
		parts int
		code  finding.Code
	}{{50, "sm2-signer-id"}, {500, "revocation-signature-invalid"}} {
		reply := sm2.reply
		reply.Signer, reply.Answers = empty, slices.Repeat(reply.Answers, test.parts)
		if r := verify(t, reply.DER(), cert, issuer, ocsp.Options{Time: now}); r.Status != ocsp.Refused || r.Code != test.code {
			t.Errorf("a response with %d answers: %v %s, want %s", test.parts, r.Status, r.Code, test.code)
		}
		entry := forge.Entry([]byte{0x20, 0x01}, now.AddDate(0, -1, 0), forge.Reason(4))
		list := must(ocsp.ParseCRL(listOf(sm2.issuer).SignedBy(empty).Revoking(slices.Repeat([][]byte{entry}, 2*test.parts)...).DER()))
		r, err := ocsp.Judge([]*ocsp.CRL{list}, cert, issuer, ocsp.Options{Time: now})
		if err != nil || r.Status != ocsp.Refused || r.Code != test.code {
			t.Errorf("a list with %d entries: %v %v, want %s", list.Entries, r, err, test.code)
		}
	}
}
