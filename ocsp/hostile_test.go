package ocsp_test

import (
	"bytes"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// hostileReplies are responses of up to 64 KiB that are meant to cost much.
func hostileReplies() map[string]scene {
	base := newScene("p256-root", "p256-server")
	giant := &forge.Key{
		SPKI: forge.Sequence(forge.Algorithm("1.2.840.113549.1.1.1", forge.Null()),
			forge.Bits(0, forge.Sequence(forge.Integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 262144/8)...)...), forge.Integer(1, 0, 1))...)),
		Algorithm: forge.Algorithm("1.2.840.113549.1.1.11", forge.Null()),
		Sign:      func([]byte) []byte { return make([]byte, 16<<10) },
	}
	replies := map[string]scene{}
	replies["giant key"] = base.delegated(delegateOf(base.issuer, giant))

	answers := base
	answers.reply.Answers = slices.Repeat(base.reply.Answers, 600)
	replies["many answers"] = answers

	// Sixteen delegates that the issuer vouched for, with the most expensive keys,
	// none of which signed the response.
	large := &forge.Key{
		SPKI: forge.Sequence(forge.Algorithm("1.2.840.113549.1.1.1", forge.Null()),
			forge.Bits(0, forge.Sequence(forge.Integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 1024)...)...), forge.Integer(0x7f, 0xff, 0xff, 0xff))...)),
		Algorithm: forge.Algorithm("1.2.840.113549.1.1.11", forge.Null()),
	}
	delegates := base.delegated(delegateOf(base.issuer, large))
	large.Sign = func([]byte) []byte { return bytes.Repeat([]byte{0x55}, 1024) }
	delegates.reply.Certs = nil
	for i := range 16 {
		d := delegateOf(base.issuer, large)
		d.Serial = []byte{byte(i + 1)}
		delegates.reply.Certs = append(delegates.reply.Certs, d.DER())
	}
	replies["sixteen large keys"] = delegates

	sm2 := newScene("sm2-ca", "sm2-sign")
	sm2.reply.Signer = key("sm2-other")
	replies["SM2 signature of nobody"] = sm2
	sm2.reply.Answers = slices.Repeat(sm2.reply.Answers, 550)
	replies["the same, 550 answers"] = sm2

	names := base
	var rdns [][]byte
	for range 2000 {
		rdns = append(rdns, contentOf(forge.CommonName("x")))
	}
	names.reply.ResponderID = forge.ByName(forge.Sequence(rdns...))
	replies["long name"] = names

	nested := base
	deep := forge.Null()
	for range 10000 {
		deep = forge.Sequence(deep)
		if len(deep) > 60<<10 {
			break
		}
	}
	nested.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, false, deep)}
	replies["nested"] = nested
	return replies
}

// TestHostileReplies holds the judgement of any reply to 10 ms of CPU and 8 MiB.
func TestHostileReplies(t *testing.T) {
	limit := 10 * time.Millisecond
	if runtime.GOOS == "js" {
		limit *= 20 // There is no assembly for big numbers there.
	}
	for name, s := range hostileReplies() {
		der := s.reply.DER()
		if len(der) > ocsp.DefaultMaxSize {
			t.Errorf("%s: the reply has %d bytes", name, len(der))
			continue
		}
		cert, issuer := s.parse(t)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		r := verify(t, der, cert, issuer, ocsp.Options{Time: now})
		runtime.ReadMemStats(&after)
		allocated := after.TotalAlloc - before.TotalAlloc
		fastest := time.Hour
		// The machine may be busy with something else, so the fastest of many counts.
		for i := 0; i < 5 || i < 100 && fastest > limit; i++ {
			start := time.Now()
			verify(t, der, cert, issuer, ocsp.Options{Time: now})
			fastest = min(fastest, time.Since(start))
		}
		t.Logf("%-24s %6d bytes: %v, %d KiB, %v %s", name, len(der), fastest, allocated>>10, r.Status, r.Code)
		if fastest > limit || allocated > 8<<20 {
			t.Errorf("%s: it took %v and %d bytes", name, fastest, allocated)
		}
	}
}
