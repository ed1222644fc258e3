package ocsp_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// inTBS replaces the first occurrence of some bytes in the signed part,
// which is signed again, so that nothing but its form is wrong.
func inTBS(from, to []byte) func(*scene) {
	return func(s *scene) {
		tbs := s.reply.TBS()
		if !bytes.Contains(tbs, from) {
			panic("the signed part does not have the bytes")
		}
		tbs = bytes.Replace(tbs, from, to, 1)
		signed := s.reply.Around(tbs, s.reply.Signer.Sign(tbs))
		s.reply.After = func([]byte) []byte { return signed }
	}
}

// TestRule1 reads responses that are not exact DER.
func TestRule1(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	after := func(change func([]byte) []byte) func(*scene) {
		return func(s *scene) { s.reply.After = change }
	}
	basic := func(der []byte) []byte { return forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.1.1"), forge.Octets(der)) }
	single := func(change func(*forge.Answer)) func(*scene) { return func(s *scene) { change(&s.reply.Answers[0]) } }
	produced := forge.GeneralizedTime(now.Add(-time.Hour))
	retimed := func(text string) func(*scene) {
		return func(s *scene) { s.reply.Produced = forge.TLV(forge.TagGeneralizedTime, []byte(text)) }
	}
	const bad = "ocsp-malformed"
	runRules(t, base, []ruleTest{
		refusedTest("empty", bad, after(func([]byte) []byte { return nil })),
		refusedTest("cut off", bad, after(func(der []byte) []byte { return der[:len(der)-1] })),
		refusedTest("trailing byte", bad, after(func(der []byte) []byte { return append(der, 0) })),
		refusedTest("a set", bad, after(func(der []byte) []byte { return append([]byte{0x31}, der[1:]...) })),
		refusedTest("long length", bad, after(func(der []byte) []byte { return append([]byte{0x30, 0x83, 0}, der[2:]...) })),
		refusedTest("indefinite length", bad, after(func(der []byte) []byte { return append(append([]byte{0x30, 0x80}, der[4:]...), 0, 0) })),
		refusedTest("no answer", bad, after(func([]byte) []byte { return forge.Sequence(forge.Enumerated(0)) })),
		refusedTest("status 4", bad, after(func([]byte) []byte { return forge.Sequence(forge.Enumerated(4)) })),
		refusedTest("status 7", bad, after(func([]byte) []byte { return forge.Sequence(forge.Enumerated(7)) })),
		refusedTest("negative status", bad, after(func([]byte) []byte { return forge.Sequence(forge.Enumerated(0xff)) })),
		refusedTest("integer status", bad, after(func([]byte) []byte { return forge.Sequence(forge.Integer(3)) })),
		refusedTest("failure with an answer", bad, after(func(der []byte) []byte { return bytes.Replace(der, forge.Enumerated(0), forge.Enumerated(3), 1) })),
		refusedTest("more than an answer", bad, after(func([]byte) []byte {
			return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, basic(base.reply.DER())), forge.Null())
		})),
		refusedTest("two answers", bad, after(func([]byte) []byte {
			return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, basic(nil), basic(nil)))
		})),
		refusedTest("more than an octet string", bad, after(func([]byte) []byte {
			return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, forge.Sequence(forge.OID("1.3.6.1.5.5.7.48.1.1"), forge.Octets(nil), forge.Null())))
		})),
		refusedTest("empty basic response", bad, after(func([]byte) []byte { return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, basic(nil))) })),
		refusedTest("trailing byte in the octet string", bad, func(s *scene) {
			tbs := s.reply.TBS()
			inner := forge.Sequence(tbs, s.reply.Signer.Algorithm, forge.Bits(0, s.reply.Signer.Sign(tbs)...))
			s.reply.After = func([]byte) []byte {
				return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, basic(append(inner, 0))))
			}
		}),
		refusedTest("something after the signature", bad, func(s *scene) {
			tbs := s.reply.TBS()
			inner := forge.Sequence(tbs, s.reply.Signer.Algorithm, forge.Bits(0, s.reply.Signer.Sign(tbs)...), forge.Null())
			s.reply.After = func([]byte) []byte { return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, basic(inner))) }
		}),
		refusedTest("unused bits in the signature", bad, func(s *scene) {
			tbs := s.reply.TBS()
			inner := forge.Sequence(tbs, s.reply.Signer.Algorithm, forge.Bits(1, append(s.reply.Signer.Sign(tbs), 0)...))
			s.reply.After = func([]byte) []byte { return forge.Sequence(forge.Enumerated(0), forge.Explicit(0, basic(inner))) }
		}),
		refusedTest("certificates that are none", bad, func(s *scene) { s.reply.Certs = [][]byte{forge.Sequence(forge.Null())} }),
		refusedTest("certificates that are no sequence", bad, func(s *scene) { s.reply.Certs = [][]byte{forge.Null()} }),
		refusedTest("responder's ID of a third kind", bad, func(s *scene) { s.reply.ResponderID = forge.Explicit(3, s.issuer.Subject) }),
		refusedTest("responder's ID that is no name", bad, func(s *scene) { s.reply.ResponderID = forge.Explicit(1, forge.Null()) }),
		refusedTest("responder's ID and more", bad, func(s *scene) { s.reply.ResponderID = forge.Explicit(1, s.issuer.Subject, forge.Null()) }),
		refusedTest("short hash of the key", bad, func(s *scene) { s.reply.ResponderID = forge.Explicit(2, forge.Octets(make([]byte, 19))) }),
		refusedTest("SHA-256 hash of the key", bad, func(s *scene) { s.reply.ResponderID = forge.Explicit(2, forge.Octets(make([]byte, 32))) }),
		refusedTest("hash of the key and more", bad, func(s *scene) {
			s.reply.ResponderID = forge.Explicit(2, forge.Octets(make([]byte, 20)), forge.Null())
		}),
		refusedTest("UTCTime", bad, inTBS(produced, forge.UTCTime(now))),
		refusedTest("fraction of a second", bad, retimed("20260101110000.5Z")),
		refusedTest("without seconds", bad, retimed("202601011100Z")),
		refusedTest("another zone", bad, retimed("20260101110000+0000")),
		refusedTest("a digit instead of a zone", bad, retimed("202601011100000")),
		refusedTest("without a zone", bad, retimed("20260101110000")),
		refusedTest("no digit", bad, retimed("2026010111000:Z")),
		refusedTest("no digit in the year", bad, retimed("2:260101110000Z")),
		refusedTest("no digit that would be one ten", bad, retimed("20260101110:00Z")),
		refusedTest("month 13", bad, retimed("20251301110000Z")),
		refusedTest("month 0", bad, retimed("20260001110000Z")),
		refusedTest("30 February", bad, retimed("20250230110000Z")),
		refusedTest("hour 24", bad, retimed("20251231240000Z")),
		refusedTest("hour 24 within a month", bad, retimed("20251230240000Z")),
		refusedTest("minute 60", bad, retimed("20260101106000Z")),
		refusedTest("second 60", bad, retimed("20260101105960Z")),
		refusedTest("second 60 within an hour", bad, retimed("20260101105860Z")),
		refusedTest("no list of answers", bad, inTBS(produced, slices.Concat(produced, forge.Null()))),
		refusedTest("an answer that is none", bad, func(s *scene) { s.reply.Answers[0].ID = forge.Null() }),
		refusedTest("status of a fourth kind", bad, single(func(a *forge.Answer) { a.Status = forge.Implicit(3) })),
		refusedTest("good and more", bad, single(func(a *forge.Answer) { a.Status = forge.Implicit(0, 0) })),
		refusedTest("unknown and more", bad, single(func(a *forge.Answer) { a.Status = forge.Implicit(2, 0) })),
		refusedTest("constructed good", bad, single(func(a *forge.Answer) { a.Status = forge.Explicit(0) })),
		refusedTest("revoked without a time", bad, single(func(a *forge.Answer) { a.Status = forge.Explicit(1) })),
		refusedTest("revoked and more", bad, single(func(a *forge.Answer) { a.Status = forge.Explicit(1, produced, forge.Null()) })),
		refusedTest("reason 7", bad, single(func(a *forge.Answer) { a.Status = forge.Revoked(now, 7) })),
		refusedTest("reason 256", bad, single(func(a *forge.Answer) {
			a.Status = forge.Explicit(1, produced, forge.Explicit(0, forge.TLV(0x0a, []byte{1, 0})))
		})),
		refusedTest("reason 11", bad, single(func(a *forge.Answer) { a.Status = forge.Revoked(now, 11) })),
		refusedTest("reason and more", bad, single(func(a *forge.Answer) {
			a.Status = forge.Explicit(1, produced, forge.Explicit(0, forge.Enumerated(1), forge.Null()))
		})),
		refusedTest("nextUpdate and more", bad, single(func(a *forge.Answer) { a.Next = append(a.Next, forge.Null()...) })),
		refusedTest("answer with something in place of extensions", bad, single(func(a *forge.Answer) {
			// nextUpdate moves forward, so that the last field is one that nobody knows.
			a.This = slices.Concat(a.This, forge.Explicit(0, a.Next), forge.Implicit(2))
			a.Next = nil
		})),
		refusedTest("thisUpdate missing", bad, single(func(a *forge.Answer) { a.This = nil })),
		refusedTest("serial number with a zero too many", bad, single(func(a *forge.Answer) { a.ID = certIDOf(base.issuer, 0, 0x10, 0x01) })),
		refusedTest("serial number without octets", bad, single(func(a *forge.Answer) { a.ID = certIDOf(base.issuer) })),
		refusedTest("CertID and more", bad, single(func(a *forge.Answer) {
			a.ID = bytes.Replace(a.ID, forge.Integer(0x10, 1), forge.Implicit(9, 0x10, 1), 1)
		})),
		refusedTest("hash with parameters", bad, single(func(a *forge.Answer) {
			name, key := sha1.Sum(base.issuer.Subject), sha1.Sum(base.issuer.Key.Public())
			a.ID = forge.Sequence(forge.Algorithm("1.3.14.3.2.26", forge.Integer(1)), forge.Octets(name[:]), forge.Octets(key[:]), forge.Integer(0x10, 1))
		})),
		refusedTest("extension twice", bad, func(s *scene) {
			s.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, false, forge.Null()), forge.Ext(forge.OIDPrivate, false, forge.Null())}
		}),
		refusedTest("no extensions in the list", bad, func(s *scene) { s.reply.Exts = []forge.Extension{} }),
		refusedTest("extension of an answer twice", bad, single(func(a *forge.Answer) {
			a.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, false, forge.Null()), forge.Ext(forge.OIDPrivate, false, forge.Null())}
		})),
		refusedTest("33 extensions", bad, func(s *scene) {
			for i := range 33 {
				s.reply.Exts = append(s.reply.Exts, forge.Ext(forge.OIDPrivate+"."+string(rune('1'+i/10))+string(rune('0'+i%10)), false, forge.Null()))
			}
		}),
		refusedTest("critical written as false", bad, func(s *scene) {
			s.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, true, forge.Null())}
			inTBS(forge.Boolean(0xff), forge.Boolean(0))(s)
		}),
		refusedTest("critical written as 1", bad, func(s *scene) {
			s.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, true, forge.Null())}
			inTBS(forge.Boolean(0xff), forge.Boolean(1))(s)
		}),
		refusedTest("identifier that is cut off", bad, func(s *scene) {
			s.reply.Exts = []forge.Extension{forge.Ext("1.2.3.4", false, forge.Null())}
			inTBS(forge.OID("1.2.3.4"), forge.TLV(0x06, []byte{0x2a, 3, 0x84}))(s)
		}),
		refusedTest("identifier that is not minimal", bad, func(s *scene) {
			s.reply.Exts = []forge.Extension{forge.Ext("1.2.3.4", false, forge.Null())}
			inTBS(forge.OID("1.2.3.4"), forge.TLV(0x06, []byte{0x2a, 0x80, 4}))(s)
		}),
		refusedTest("something after the answers", bad, func(s *scene) {
			tbs := s.reply.TBS()
			changed := forge.Sequence(contentOf(tbs), forge.Null())
			signed := s.reply.Around(changed, s.reply.Signer.Sign(changed))
			s.reply.After = func([]byte) []byte { return signed }
		}),
		goodTest("version 1 written", func(s *scene) { s.reply.Version = forge.Explicit(0, forge.Integer(0)) }),
		refusedTest("version 1 and more", "ocsp-version", func(s *scene) { s.reply.Version = forge.Explicit(0, forge.Integer(0), forge.Integer(0)) }),
		refusedTest("version that is no number", "ocsp-version", func(s *scene) { s.reply.Version = forge.Explicit(0, forge.Null()) }),
		refusedTest("version 2", "ocsp-version", func(s *scene) { s.reply.Version = forge.Explicit(0, forge.Integer(1)) }),
		goodTest("nothing wrong", func(*scene) {}),
	})
}

func contentOf(element []byte) []byte {
	var raw asn1.RawValue
	must(asn1.Unmarshal(element, &raw))
	return raw.Bytes
}
