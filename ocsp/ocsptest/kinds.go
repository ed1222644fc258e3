package ocsptest

import (
	"bytes"
	"math/big"
	"slices"

	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// kinds has all faults, in the order of their numbers.
var kinds = [faults]kind{
	None: {name: "none"},

	MalformedRequest:  {name: "malformed-request", code: "ocsp-request-malformed", status: 1},
	InternalError:     {name: "internal-error", code: "ocsp-responder-failed", status: 2},
	TryLater:          {name: "try-later", code: "ocsp-try-later", status: 3},
	SignatureRequired: {name: "signature-required", code: "ocsp-signature-required", status: 5},
	Unauthorized:      {name: "unauthorized", code: "ocsp-unauthorized", status: 6},
	InvalidStatus:     {name: "invalid-status", code: "ocsp-malformed", status: 7},

	WrongResponderName: {name: "wrong-responder-name", code: "ocsp-responder-unknown",
		reply: func(m *making) { m.ResponderID = forge.ByName(forge.CommonName("Nobody")) }},
	WrongResponderKey: {name: "wrong-responder-key", code: "ocsp-responder-unknown", reply: wrongResponderKey},
	DelegateForged: {name: "delegate-forged", code: "ocsp-delegate-issuer",
		reply: delegate(func(c *forge.Certificate) { c.Signer = stranger() })},
	DelegateWithoutPurpose: {name: "delegate-without-purpose", code: "ocsp-delegate-purpose",
		reply: delegate(func(c *forge.Certificate) { *c = c.With(forge.Purposes("1.3.6.1.5.5.7.3.1")) })},
	DelegateExpired: {name: "delegate-expired", code: "ocsp-delegate-validity",
		reply: func(m *making) { *m.delegate() = m.delegate().Between(m.at.Add(-2*day), m.at.Add(-day)) }},
	DelegateNotYetValid: {name: "delegate-not-yet-valid", code: "ocsp-delegate-validity",
		reply: func(m *making) { *m.delegate() = m.delegate().Between(m.at.Add(day), m.at.Add(2*day)) }},
	DelegateIsCA: {name: "delegate-is-ca", code: "ocsp-delegate-ca",
		reply: delegate(func(c *forge.Certificate) { *c = c.With(forge.BasicCA()) })},
	DelegateKeyUsage: {name: "delegate-key-usage", code: "ocsp-delegate-key-usage",
		reply: delegate(func(c *forge.Certificate) { *c = c.With(forge.KeyUsage(0x20)) })},
	DelegateCriticalExtension: {name: "delegate-critical-extension", code: "ocsp-delegate-extension",
		reply: delegate(func(c *forge.Certificate) { *c = c.With(nobody()) })},
	DelegateWithoutNoCheck: {name: "delegate-without-no-check", code: "ocsp-delegate-not-checked",
		reply: delegate(func(c *forge.Certificate) { *c = c.Without(forge.NoCheck().OID) })},
	DelegateMissing: {name: "delegate-missing", code: "ocsp-responder-unknown",
		reply: func(m *making) { m.delegate(); m.responder = nil }},
	DelegateHugeKey: {name: "delegate-huge-key", code: "revocation-key-unusable",
		reply: func(m *making) { m.delegateTo(hugeKey()) }},
	TooManyCertificates: {name: "too-many-certificates", code: "ocsp-too-many-certificates",
		reply: func(m *making) { m.Certs = slices.Repeat([][]byte{m.delegate().DER()}, 20) }},
	BadSignature: {name: "bad-signature", code: "revocation-signature-invalid", listCode: "revocation-signature-invalid",
		reply: func(m *making) { m.Signer = otherBytes(m.Signer) },
		list:  func(_ *making, l *forge.List) { l.Signer = otherBytes(l.Signer) }},
	SignedByStranger: {name: "signed-by-stranger", code: "revocation-signature-invalid", listCode: "revocation-signature-invalid",
		reply: func(m *making) { m.Signer = stranger() },
		list:  func(_ *making, l *forge.List) { l.Signer = stranger() }},
	UnknownAlgorithm: {name: "unknown-algorithm", code: "revocation-signature-unsupported",
		reply: func(m *making) { m.Algorithm = forge.Algorithm(forge.OIDPrivate) }},
	EmptySignerID: {name: "empty-signer-id", code: "sm2-signer-id", reply: emptySignerID},

	WrongIssuerName: {name: "wrong-issuer-name", code: "ocsp-other-certificate",
		reply: identified(func(m *making, id *parsedID) []byte {
			return certID(id.hash, forge.CommonName("Another CA"), m.ca.key, id.serial)
		})},
	WrongIssuerKey: {name: "wrong-issuer-key", code: "ocsp-other-certificate",
		reply: identified(func(m *making, id *parsedID) []byte { return certID(id.hash, m.ca.name, stranger(), id.serial) })},
	WrongSerial: {name: "wrong-serial", code: "ocsp-other-certificate",
		reply: identified(func(m *making, id *parsedID) []byte {
			return certID(id.hash, m.ca.name, m.ca.key, new(big.Int).Add(id.serial, big.NewInt(1)))
		})},
	UnknownHash: {name: "unknown-hash", code: "ocsp-other-certificate",
		reply: identified(func(m *making, id *parsedID) []byte {
			h := hashes[id.hash]
			return forge.CertID(forge.OIDPrivate, h.sum, m.ca.name, m.ca.key, octetsOf(id.serial), forge.Null())
		})},
	NoAnswer:      {name: "no-answer", code: "ocsp-other-certificate", reply: func(m *making) { m.Answers = nil }},
	Contradiction: {name: "contradiction", code: "ocsp-contradiction", reply: contradict},
	Stale: {name: "stale", code: "ocsp-stale", listCode: "crl-stale", reply: dated(-2*day, -day),
		list: func(m *making, l *forge.List) { *l = l.Between(m.at.Add(-2*day), m.at.Add(-day)) }},
	NotYetValid: {name: "not-yet-valid", code: "ocsp-not-yet-valid", listCode: "crl-not-yet-valid", reply: dated(day, 2*day),
		list: func(m *making, l *forge.List) { *l = l.Between(m.at.Add(day), m.at.Add(2*day)) }},
	TooOld: {name: "too-old", code: "ocsp-too-old", listCode: "crl-too-old", reply: dated(-7*day, 0),
		list: func(m *making, l *forge.List) { l.This, l.Next = forge.UTCTime(m.at.Add(-7*day)), nil }},
	DatesReversed: {name: "dates-reversed", code: "ocsp-dates-reversed", listCode: "crl-dates-reversed", reply: dated(-day, -2*day),
		list: func(m *making, l *forge.List) { *l = l.Between(m.at.Add(-day), m.at.Add(-2*day)) }},
	NoNextUpdate: {name: "no-next-update",
		reply: answers(func(_ *making, a *forge.Answer) { a.Next = nil }),
		list:  func(_ *making, l *forge.List) { l.Next = nil }},
	ProducedInFuture: {name: "produced-in-future", code: "ocsp-produced-at",
		reply: func(m *making) { m.Produced = forge.GeneralizedTime(m.at.Add(day)) }},
	WrongNonce: {name: "wrong-nonce", code: "ocsp-nonce-mismatch", reply: wrongNonce},
	NoNonce:    {name: "no-nonce", code: "ocsp-nonce-missing", reply: noNonce},
	CriticalExtension: {name: "critical-extension", code: "ocsp-extension-unknown", listCode: "crl-extension-unknown",
		reply: func(m *making) { m.Exts = append(slices.Clone(m.Exts), nobody()) },
		list:  func(_ *making, l *forge.List) { *l = l.With(nobody()) }},
	CriticalAnswerExtension: {name: "critical-answer-extension", code: "ocsp-extension-unknown",
		reply: answers(func(_ *making, a *forge.Answer) { a.Exts = []forge.Extension{nobody()} })},

	TrailingData: {name: "trailing-data", code: "ocsp-malformed", listCode: "crl-malformed",
		reply: after(trailing), list: func(m *making, _ *forge.List) { m.After = trailing }},
	BER: {name: "ber", code: "ocsp-malformed", listCode: "crl-malformed",
		reply: after(indefinite), list: func(m *making, _ *forge.List) { m.After = indefinite }},
	CutOff: {name: "cut-off", code: "ocsp-malformed", listCode: "crl-malformed",
		reply: after(cut), list: func(m *making, _ *forge.List) { m.After = cut }},
	Version2: {name: "version-2", code: "ocsp-version",
		reply: func(m *making) { m.Version = forge.Explicit(0, forge.Integer(1)) }},
	OtherType: {name: "other-type", code: "ocsp-response-type", reply: after(func(der []byte) []byte {
		return bytes.Replace(der, forge.OID("1.3.6.1.5.5.7.48.1.1"), forge.OID("1.3.6.1.5.5.7.48.1.7"), 1)
	})},
	Oversized: {name: "oversized", code: "ocsp-too-large", reply: func(m *making) {
		m.Exts = append(slices.Clone(m.Exts), forge.Ext(forge.OIDPrivate, false, forge.Octets(make([]byte, 128<<10))))
	}},

	WrongContentType: {name: "wrong-content-type", transport: wrongContentType},
	WebPage:          {name: "web-page", transport: webPage},
	Redirect:         {name: "redirect", transport: redirect},
	NotFound:         {name: "not-found", transport: status(404)},
	ServerError:      {name: "server-error", transport: status(500)},
	Unavailable:      {name: "unavailable", transport: status(503)},
	EmptyBody:        {name: "empty-body", transport: emptyBody},
	Truncated:        {name: "truncated", transport: truncated},
	Compressed:       {name: "compressed", transport: compressed},
	Endless:          {name: "endless", transport: endless},
	Drip:             {name: "drip", transport: drip},
	Silence:          {name: "silence", transport: silence},
	Reset:            {name: "reset", transport: reset},
	HugeHeader:       {name: "huge-header", transport: hugeHeader},
}
