package ocsp_test

import (
	"bytes"
	"slices"
	"time"

	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// responseCases has one case for each finding about OCSP responses.
func responseCases() (cases []testCase) {
	base := newScene("p256-root", "p256-server")
	healthy := base.evidence()
	add := func(code, says string, bad evidence) {
		cases = append(cases, testCase{code, says, bad, healthy})
	}
	answering := func(change func(*forge.Answer)) evidence { return base.answering(change).evidence() }
	replying := func(change func(*scene)) evidence {
		s := base
		change(&s)
		return s.evidence()
	}

	add("certificate-revoked", "The responder says that the certificate was revoked (RFC 6960, Section 2.2).",
		answering(func(a *forge.Answer) { a.Status = forge.Revoked(now.AddDate(0, -1, 0), 1) }))
	add("certificate-status-unknown", "The responder does not know the certificate (RFC 6960, Section 2.2).",
		answering(func(a *forge.Answer) { a.Status = forge.Unknown() }))
	add("ocsp-malformed", "A byte follows the response (X.690, Section 10.1).",
		replying(func(s *scene) { s.reply.After = func(der []byte) []byte { return append(der, 0) } }))
	for n, code := range map[byte]string{1: "ocsp-request-malformed", 2: "ocsp-responder-failed", 3: "ocsp-try-later",
		5: "ocsp-signature-required", 6: "ocsp-unauthorized"} {
		add(code, "The responder gives a status in place of an answer (RFC 6960, Section 4.2.1).", base.status(n))
	}
	basic := forge.OID("1.3.6.1.5.5.7.48.1.1")
	other := forge.OID("1.3.6.1.5.5.7.48.1.7")
	add("ocsp-response-type", "The response is of a type that is not the basic one (RFC 6960, Section 4.2.1).",
		replying(func(s *scene) {
			s.reply.After = func(der []byte) []byte { return bytes.Replace(der, basic, other, 1) }
		}))
	add("ocsp-version", "The response states version 2 (RFC 6960, Section 4.2.1).",
		replying(func(s *scene) { s.reply.Version = forge.Explicit(0, forge.Integer(1)) }))
	add("ocsp-version-written", "The response states version 1, which is the default (X.690, Section 11.5).",
		replying(func(s *scene) { s.reply.Version = forge.Explicit(0, forge.Integer(0)) }))
	add("ocsp-responder-unknown", "The responder's ID is the name of nobody (RFC 6960, Section 4.2.2.3).",
		replying(func(s *scene) { s.reply.ResponderID = forge.ByName(forge.CommonName("Somebody Else")) }))
	add("revocation-signature-invalid", "Somebody else signed the response (RFC 6960, Section 3.2).",
		replying(func(s *scene) { s.reply.Signer = key("p256-other") }))
	add("revocation-signature-unsupported", "The signature algorithm is made up (RFC 6960, Section 4.3).",
		replying(func(s *scene) { s.reply.Algorithm = forge.Algorithm(forge.OIDPrivate) }))
	add("ocsp-extension-unknown", "The response has a critical extension that nobody knows (RFC 6960, Section 4.4).",
		replying(func(s *scene) { s.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, true, forge.Null())} }))
	add("ocsp-other-certificate", "The answer is for another serial number (RFC 6960, Section 3.2).",
		answering(func(a *forge.Answer) { a.ID = certIDOf(base.issuer, 0x10, 0x02) }))
	add("ocsp-contradiction", "One answer says good and the next one revoked (RFC 6960, Section 3.2).",
		replying(func(s *scene) {
			second := s.reply.Answers[0]
			second.Status = forge.Revoked(now.AddDate(0, -1, 0), 1)
			s.reply.Answers = append(slices.Clone(s.reply.Answers), second)
		}))
	add("ocsp-produced-at", "The response was produced in the future (RFC 6960, Section 2.4).",
		replying(func(s *scene) { s.reply.Produced = forge.GeneralizedTime(now.Add(time.Hour)) }))
	add("ocsp-not-yet-valid", "The answer holds from tomorrow on (RFC 6960, Section 4.2.2.1).",
		answering(func(a *forge.Answer) {
			a.This, a.Next = forge.GeneralizedTime(now.AddDate(0, 0, 1)), forge.GeneralizedTime(now.AddDate(0, 0, 2))
		}))
	add("ocsp-dates-reversed", "nextUpdate is before thisUpdate (RFC 6960, Section 2.4).",
		answering(func(a *forge.Answer) { a.Next = forge.GeneralizedTime(now.Add(-2 * time.Hour)) }))
	add("ocsp-stale", "nextUpdate has passed (RFC 6960, Section 4.2.2.1).",
		answering(func(a *forge.Answer) {
			a.This, a.Next = forge.GeneralizedTime(now.AddDate(0, 0, -2)), forge.GeneralizedTime(now.AddDate(0, 0, -1))
		}))
	add("ocsp-too-old", "The answer is a week old and has no nextUpdate (RFC 6960, Section 3.2).",
		answering(func(a *forge.Answer) { a.This, a.Next = forge.GeneralizedTime(now.AddDate(0, 0, -7)), nil }))

	large := base
	large.reply.Exts = []forge.Extension{forge.Ext(forge.OIDPrivate, false, forge.Octets(make([]byte, 500)))}
	cases = append(cases, testCase{"ocsp-too-large", "The response is larger than what is read.", large.evidence().upTo(500), healthy.upTo(500)})

	nonce := bytes.Repeat([]byte{0x5a}, 32)
	answered := base
	answered.reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.2", false, forge.Octets(nonce))}
	cases = append(cases,
		testCase{"ocsp-nonce-missing", "A nonce was sent and the response does not repeat it (RFC 9654, Section 2.1).",
			healthy.withNonce(nonce), answered.evidence().withNonce(nonce)},
		testCase{"ocsp-nonce-mismatch", "The nonce of the response is not the one that was sent (RFC 9654, Section 2.1).",
			answered.evidence().withNonce(bytes.Repeat([]byte{0xa5}, 32)), answered.evidence().withNonce(nonce)})

	stapling := base
	stapling.leaf = base.leaf.With(forge.MustStaple())
	with, without := stapling.evidence(), stapling.evidence()
	with.stapled, without.stapled, without.response = true, true, nil
	cases = append(cases, testCase{"ocsp-staple-missing", "The certificate demands stapling and the server staples nothing (RFC 7633, Section 4.2.3).", without, with})
	return append(cases, delegateCases(base)...)
}

// delegateCases has one case for each finding about the responder's certificate.
func delegateCases(base scene) (cases []testCase) {
	d := delegateOf(base.issuer, key("p256-intermediate"))
	healthy := base.delegated(d).evidence()
	add := func(code, says string, d forge.Certificate) {
		cases = append(cases, testCase{code, says, base.delegated(d).evidence(), healthy})
	}
	stranger := d
	stranger.Signer = key("p256-other")
	add("ocsp-delegate-issuer", "Somebody else issued the responder's certificate (RFC 6960, Section 4.2.2.2).", stranger)
	damaged := d
	damaged.Exts = append(slices.Clone(d.Exts), forge.KeyUsage(forge.KeyCertSign))
	add("ocsp-delegate-damaged", "The responder's certificate has two key usages (RFC 5280, Section 4.2).", damaged)
	add("ocsp-delegate-purpose", "A sibling certificate signed the response (RFC 6960, Section 4.2.2.2).", d.Without("2.5.29.37"))
	add("ocsp-delegate-ca", "A subordinate CA signed the response (RFC 6960, Section 4.2.2.2).", d.With(forge.BasicCA()))
	add("ocsp-delegate-key-usage", "The responder's key is for encryption (RFC 5280, Section 4.2.1.3).", d.With(forge.KeyUsage(0x20)))
	add("ocsp-delegate-extension", "The responder's certificate has a critical extension that nobody knows (RFC 5280, Section 4.2).",
		d.With(forge.Ext(forge.OIDPrivate, true, forge.Null())))
	add("ocsp-delegate-validity", "The responder's certificate has expired (RFC 6960, Section 4.2.2.2).",
		d.Between(now.AddDate(-1, 0, 0), now.Add(-time.Minute)))
	add("ocsp-delegate-not-checked", "The issuer did not say that the responder needs no check (RFC 6960, Section 4.2.2.2.1).",
		d.Without("1.3.6.1.5.5.7.48.1.5"))
	large := base.delegated(delegateOf(base.issuer, key("rsa-8200")))
	cases = append(cases, testCase{"revocation-key-unusable", "The responder's RSA key is larger than any that is used.",
		large.evidence(), base.delegated(delegateOf(base.issuer, key("rsa-other"))).evidence()})
	many := base.delegated(d)
	many.reply.Certs = slices.Repeat(many.reply.Certs, 17)
	return append(cases, testCase{"ocsp-too-many-certificates", "The response has 17 certificates.", many.evidence(), healthy})
}
