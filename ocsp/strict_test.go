package ocsp_test

import (
	"bytes"
	"crypto/sha1"
	"encoding/asn1"
	"slices"
	"testing"
	"time"
)

// inTBS replaces the first occurrence of some bytes in the signed part,
// which is signed again, so that nothing but its form is wrong.
func inTBS(from, to []byte) func(*scene) {
	return func(s *scene) {
		tbs := s.reply.tbs()
		if !bytes.Contains(tbs, from) {
			panic("the signed part does not have the bytes")
		}
		tbs = bytes.Replace(tbs, from, to, 1)
		signed := s.reply.around(tbs, s.reply.signer.sign(tbs))
		s.reply.after = func([]byte) []byte { return signed }
	}
}

// TestRule1 reads responses that are not exact DER.
func TestRule1(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	after := func(change func([]byte) []byte) func(*scene) {
		return func(s *scene) { s.reply.after = change }
	}
	basic := func(der []byte) []byte { return sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(der)) }
	single := func(change func(*answer)) func(*scene) { return func(s *scene) { change(&s.reply.answers[0]) } }
	produced := generalizedTime(now.Add(-time.Hour))
	retimed := func(text string) func(*scene) {
		return func(s *scene) { s.reply.produced = tlv(tagGeneralizedTime, []byte(text)) }
	}
	const bad = "ocsp-malformed"
	runRules(t, base, []ruleTest{
		refusedTest("empty", bad, after(func([]byte) []byte { return nil })),
		refusedTest("cut off", bad, after(func(der []byte) []byte { return der[:len(der)-1] })),
		refusedTest("trailing byte", bad, after(func(der []byte) []byte { return append(der, 0) })),
		refusedTest("long length", bad, after(func(der []byte) []byte { return append([]byte{0x30, 0x83, 0}, der[2:]...) })),
		refusedTest("indefinite length", bad, after(func(der []byte) []byte { return append(append([]byte{0x30, 0x80}, der[4:]...), 0, 0) })),
		refusedTest("no answer", bad, after(func([]byte) []byte { return sequence(enumerated(0)) })),
		refusedTest("status 4", bad, after(func([]byte) []byte { return sequence(enumerated(4)) })),
		refusedTest("status 7", bad, after(func([]byte) []byte { return sequence(enumerated(7)) })),
		refusedTest("negative status", bad, after(func([]byte) []byte { return sequence(enumerated(0xff)) })),
		refusedTest("integer status", bad, after(func([]byte) []byte { return sequence(integer(3)) })),
		refusedTest("failure with an answer", bad, after(func(der []byte) []byte { return bytes.Replace(der, enumerated(0), enumerated(3), 1) })),
		refusedTest("more than an answer", bad, after(func([]byte) []byte {
			return sequence(enumerated(0), explicit(0, basic(base.reply.der())), null())
		})),
		refusedTest("two answers", bad, after(func([]byte) []byte {
			return sequence(enumerated(0), explicit(0, basic(nil), basic(nil)))
		})),
		refusedTest("more than an octet string", bad, after(func([]byte) []byte {
			return sequence(enumerated(0), explicit(0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(nil), null())))
		})),
		refusedTest("empty basic response", bad, after(func([]byte) []byte { return sequence(enumerated(0), explicit(0, basic(nil))) })),
		refusedTest("trailing byte in the octet string", bad, func(s *scene) {
			tbs := s.reply.tbs()
			inner := sequence(tbs, s.reply.signer.algorithm, bits(0, s.reply.signer.sign(tbs)...))
			s.reply.after = func([]byte) []byte { return sequence(enumerated(0), explicit(0, basic(append(inner, 0)))) }
		}),
		refusedTest("something after the signature", bad, func(s *scene) {
			tbs := s.reply.tbs()
			inner := sequence(tbs, s.reply.signer.algorithm, bits(0, s.reply.signer.sign(tbs)...), null())
			s.reply.after = func([]byte) []byte { return sequence(enumerated(0), explicit(0, basic(inner))) }
		}),
		refusedTest("unused bits in the signature", bad, func(s *scene) {
			tbs := s.reply.tbs()
			inner := sequence(tbs, s.reply.signer.algorithm, bits(1, append(s.reply.signer.sign(tbs), 0)...))
			s.reply.after = func([]byte) []byte { return sequence(enumerated(0), explicit(0, basic(inner))) }
		}),
		refusedTest("certificates that are none", bad, func(s *scene) { s.reply.certs = [][]byte{sequence(null())} }),
		refusedTest("certificates that are no sequence", bad, func(s *scene) { s.reply.certs = [][]byte{null()} }),
		refusedTest("responder's ID of a third kind", bad, func(s *scene) { s.reply.responderID = explicit(3, s.issuer.subject) }),
		refusedTest("responder's ID that is no name", bad, func(s *scene) { s.reply.responderID = explicit(1, null()) }),
		refusedTest("responder's ID and more", bad, func(s *scene) { s.reply.responderID = explicit(1, s.issuer.subject, null()) }),
		refusedTest("short hash of the key", bad, func(s *scene) { s.reply.responderID = explicit(2, octets(make([]byte, 19))) }),
		refusedTest("SHA-256 hash of the key", bad, func(s *scene) { s.reply.responderID = explicit(2, octets(make([]byte, 32))) }),
		refusedTest("hash of the key and more", bad, func(s *scene) {
			s.reply.responderID = explicit(2, octets(make([]byte, 20)), null())
		}),
		refusedTest("UTCTime", bad, inTBS(produced, utcTime(now))),
		refusedTest("fraction of a second", bad, retimed("20260101110000.5Z")),
		refusedTest("without seconds", bad, retimed("202601011100Z")),
		refusedTest("another zone", bad, retimed("20260101110000+0000")),
		refusedTest("without a zone", bad, retimed("20260101110000")),
		refusedTest("no digit", bad, retimed("2026010111000:Z")),
		refusedTest("no digit in the year", bad, retimed("2:260101110000Z")),
		refusedTest("month 13", bad, retimed("20251301110000Z")),
		refusedTest("month 0", bad, retimed("20260001110000Z")),
		refusedTest("30 February", bad, retimed("20250230110000Z")),
		refusedTest("hour 24", bad, retimed("20251231240000Z")),
		refusedTest("minute 60", bad, retimed("20260101106000Z")),
		refusedTest("second 60", bad, retimed("20260101105960Z")),
		refusedTest("no list of answers", bad, inTBS(produced, slices.Concat(produced, null()))),
		refusedTest("an answer that is none", bad, func(s *scene) { s.reply.answers[0].id = null() }),
		refusedTest("status of a fourth kind", bad, single(func(a *answer) { a.status = implicit(3) })),
		refusedTest("good and more", bad, single(func(a *answer) { a.status = implicit(0, 0) })),
		refusedTest("unknown and more", bad, single(func(a *answer) { a.status = implicit(2, 0) })),
		refusedTest("constructed good", bad, single(func(a *answer) { a.status = explicit(0) })),
		refusedTest("revoked without a time", bad, single(func(a *answer) { a.status = explicit(1) })),
		refusedTest("revoked and more", bad, single(func(a *answer) { a.status = explicit(1, produced, null()) })),
		refusedTest("reason 7", bad, single(func(a *answer) { a.status = revoked(now, 7) })),
		refusedTest("reason 11", bad, single(func(a *answer) { a.status = revoked(now, 11) })),
		refusedTest("reason and more", bad, single(func(a *answer) {
			a.status = explicit(1, produced, explicit(0, enumerated(1), null()))
		})),
		refusedTest("nextUpdate and more", bad, single(func(a *answer) { a.next = append(a.next, null()...) })),
		refusedTest("answer with something in place of extensions", bad, single(func(a *answer) {
			// nextUpdate moves forward, so that the last field is one that nobody knows.
			a.this = slices.Concat(a.this, explicit(0, a.next), implicit(2))
			a.next = nil
		})),
		refusedTest("thisUpdate missing", bad, single(func(a *answer) { a.this = nil })),
		refusedTest("serial number with a zero too many", bad, single(func(a *answer) { a.id = certIDOf(base.issuer, 0, 0x10, 0x01) })),
		refusedTest("serial number without octets", bad, single(func(a *answer) { a.id = certIDOf(base.issuer) })),
		refusedTest("CertID and more", bad, single(func(a *answer) { a.id = bytes.Replace(a.id, integer(0x10, 1), implicit(9, 0x10, 1), 1) })),
		refusedTest("hash with parameters", bad, single(func(a *answer) {
			name, key := sha1.Sum(base.issuer.subject), sha1.Sum(base.issuer.key.public())
			a.id = sequence(algorithm("1.3.14.3.2.26", integer(1)), octets(name[:]), octets(key[:]), integer(0x10, 1))
		})),
		refusedTest("extension twice", bad, func(s *scene) { s.reply.exts = []ext{{oidPrivate, false, null()}, {oidPrivate, false, null()}} }),
		refusedTest("no extensions in the list", bad, func(s *scene) { s.reply.exts = []ext{} }),
		refusedTest("extension of an answer twice", bad, single(func(a *answer) {
			a.exts = []ext{{oidPrivate, false, null()}, {oidPrivate, false, null()}}
		})),
		refusedTest("33 extensions", bad, func(s *scene) {
			for i := range 33 {
				s.reply.exts = append(s.reply.exts, ext{oidPrivate + "." + string(rune('1'+i/10)) + string(rune('0'+i%10)), false, null()})
			}
		}),
		refusedTest("critical written as false", bad, func(s *scene) {
			s.reply.exts = []ext{{oidPrivate, true, null()}}
			inTBS(boolean(0xff), boolean(0))(s)
		}),
		refusedTest("critical written as 1", bad, func(s *scene) {
			s.reply.exts = []ext{{oidPrivate, true, null()}}
			inTBS(boolean(0xff), boolean(1))(s)
		}),
		refusedTest("identifier that is cut off", bad, func(s *scene) {
			s.reply.exts = []ext{{"1.2.3.4", false, null()}}
			inTBS(oid("1.2.3.4"), tlv(0x06, []byte{0x2a, 3, 0x84}))(s)
		}),
		refusedTest("identifier that is not minimal", bad, func(s *scene) {
			s.reply.exts = []ext{{"1.2.3.4", false, null()}}
			inTBS(oid("1.2.3.4"), tlv(0x06, []byte{0x2a, 0x80, 4}))(s)
		}),
		refusedTest("something after the answers", bad, func(s *scene) {
			tbs := s.reply.tbs()
			changed := sequence(contentOf(tbs), null())
			signed := s.reply.around(changed, s.reply.signer.sign(changed))
			s.reply.after = func([]byte) []byte { return signed }
		}),
		goodTest("version 1 written", func(s *scene) { s.reply.version = explicit(0, integer(0)) }),
		refusedTest("version 1 and more", "ocsp-version", func(s *scene) { s.reply.version = explicit(0, integer(0), integer(0)) }),
		refusedTest("version that is no number", "ocsp-version", func(s *scene) { s.reply.version = explicit(0, null()) }),
		refusedTest("version 2", "ocsp-version", func(s *scene) { s.reply.version = explicit(0, integer(1)) }),
		goodTest("nothing wrong", func(*scene) {}),
	})
}

func contentOf(element []byte) []byte {
	var raw asn1.RawValue
	must(asn1.Unmarshal(element, &raw))
	return raw.Bytes
}
