package ocsp_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
)

// TestRule2 gives keys that nobody should compute with, in a certificate that the
// issuer vouched for and in one that it did not.
func TestRule2(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	giant := &testKey{
		spki: sequence(algorithm("1.2.840.113549.1.1.1", null()),
			bits(0, sequence(integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 262144/8)...)...), integer(1, 0, 1))...)),
		algorithm: algorithm("1.2.840.113549.1.1.11", null()),
		sign:      func([]byte) []byte { return make([]byte, 256) },
	}
	explicitCurve := *key("p256-other")
	explicitCurve.spki = bytes.Replace(explicitCurve.spki, oid("1.2.840.10045.3.1.7"), sequence(integer(1), null(), integer(1)), 1)
	wide := *key("rsa-other")
	wide.spki = sequence(algorithm("1.2.840.113549.1.1.1", null()),
		bits(0, sequence(integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 256)...)...), integer(0, 0x80, 0, 0, 1))...))
	delegated := func(k *testKey, change func(*cert)) func(*scene) {
		return func(s *scene) {
			d := delegateOf(s.issuer, k)
			change(&d)
			s.reply.responderID, s.reply.signer, s.reply.certs = byName(d.subject), d.key, [][]byte{d.der()}
		}
	}
	same := func(*cert) {}
	runRules(t, base, []ruleTest{
		refusedTest("RSA with 262144 bits", "revocation-key-unusable", delegated(giant, same)),
		refusedTest("RSA with 262144 bits from a stranger", "ocsp-delegate-issuer", delegated(giant, func(d *cert) { d.signer = key("p256-other") })),
		refusedTest("RSA with 8200 bits", "revocation-key-unusable", delegated(key("rsa-8200"), same)),
		refusedTest("RSA with an exponent of 32 bits", "revocation-key-unusable", delegated(&wide, same)),
		refusedTest("curve without a name", "revocation-signature-unsupported", delegated(&explicitCurve, same)),
		goodTest("RSA with 2048 bits", delegated(key("rsa-other"), same)),
	})
}

// TestRule3 names the responder.
func TestRule3(t *testing.T) {
	for _, k := range []string{"p256-root", "sm2-ca"} {
		base := newScene(k, "p256-server")
		responder := delegateOf(base.issuer, key("p256-intermediate"))
		runRules(t, base, []ruleTest{
			goodTest("issuer by name", func(s *scene) { s.reply.responderID = byName(s.issuer.subject) }),
			goodTest("issuer by key", func(s *scene) { s.reply.responderID = byKey(s.issuer.key) }),
			goodTest("delegate by key", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.responderID = byKey(responder.key)
			}),
			refusedTest("somebody else by name", "ocsp-responder-unknown", func(s *scene) { s.reply.responderID = byName(commonName("Somebody Else")) }),
			refusedTest("somebody else by key", "ocsp-responder-unknown", func(s *scene) { s.reply.responderID = byKey(key("p256-other")) }),
			refusedTest("SM3 of the key cut to 20 octets", "ocsp-responder-unknown", func(s *scene) {
				sum := sm3.Sum(s.issuer.key.public())
				s.reply.responderID = explicit(2, octets(sum[:20]))
			}),
			refusedTest("the issuer signs in the delegate's name", "revocation-signature-invalid", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.signer = s.issuer.key
			}),
			refusedTest("the delegate signs in the issuer's name", "revocation-signature-invalid", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.responderID = byName(s.issuer.subject)
			}),
			refusedTest("the delegate's certificate is not in the response", "ocsp-responder-unknown", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.certs = nil
			}),
		})
	}
}

// TestRule4 has another certificate than the issuer's sign. What makes a
// certificate unfit is in the cases; here is what else makes one fit.
func TestRule4(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	responder := delegateOf(base.issuer, key("p256-intermediate"))
	sibling := below(base.issuer, "sibling.example.com", key("p256-other"), 9)
	by := func(d cert) func(*scene) { return func(s *scene) { *s = s.delegated(d) } }
	among := func(certs ...cert) func(*scene) {
		return func(s *scene) {
			*s = s.delegated(responder)
			s.reply.certs = nil
			for _, c := range certs {
				s.reply.certs = append(s.reply.certs, c.der())
			}
		}
	}
	namesake := sibling
	namesake.subject = responder.subject
	forged := responder
	forged.signer = key("p256-other")
	indirect := responder
	indirect.signer, indirect.issuer = sibling.key, sibling.subject
	otherIssuer := responder
	otherIssuer.issuer = commonName("Another CA")
	likeIssuer := responder
	likeIssuer.subject = base.issuer.subject
	numbered := func(c cert, n int) (list []cert) {
		for i := range n {
			c.serial = []byte{0x40, byte(i)}
			list = append(list, c)
		}
		return list
	}
	renewed := responder
	renewed.key = key("p256-other")
	runRules(t, base, []ruleTest{
		goodTest("delegate", by(responder)),
		goodTest("delegate last", among(sibling, base.issuer, namesake, responder)),
		goodTest("delegate first", among(responder, namesake, sibling)),
		goodTest("delegate after a forged one", among(forged, responder)),
		goodTest("delegate with the issuer's name", by(likeIssuer)),
		goodTest("without a key usage", by(responder.without("2.5.29.15"))),
		goodTest("with one more purpose", by(responder.with(purposes(certparse.EKUClientAuth, oidOCSPSigning)))),
		goodTest("basic constraints that say that it is no CA", by(responder.with(ext{"2.5.29.19", true, sequence()}))),
		goodTest("critical purpose", by(responder.with(ext{"2.5.29.37", true, purposes(oidOCSPSigning).value}))),
		goodTest("unknown extension that is not critical", by(responder.with(ext{oidPrivate, false, null()}))),
		goodTest("damaged name that does not matter", by(responder.with(ext{"2.5.29.17", false, sequence()}))),
		refusedTest("any purpose", "ocsp-delegate-purpose", by(responder.with(purposes(certparse.EKUAny)))),
		refusedTest("server's purpose", "ocsp-delegate-purpose", by(responder.with(purposes(certparse.EKUServerAuth)))),
		refusedTest("damaged purpose", "ocsp-delegate-damaged", by(responder.with(ext{"2.5.29.37", false, sequence(oid(oidOCSPSigning), null())}))),
		refusedTest("damaged basic constraints", "ocsp-delegate-damaged", by(responder.with(ext{"2.5.29.19", true, null()}))),
		refusedTest("damaged key usage", "ocsp-delegate-damaged", by(responder.with(ext{"2.5.29.15", true, null()}))),
		refusedTest("key usage without digitalSignature", "ocsp-delegate-key-usage", by(responder.with(keyUsage(0x40)))),
		refusedTest("precertificate", "ocsp-delegate-extension", by(responder.with(ext{"1.3.6.1.4.1.11129.2.4.3", true, null()}))),
		refusedTest("not valid yet", "ocsp-delegate-validity", by(responder.between(now.Add(time.Second), now.AddDate(1, 0, 0)))),
		refusedTest("not valid any more", "ocsp-delegate-validity", by(responder.between(now.AddDate(-1, 0, 0), now.Add(-time.Second)))),
		refusedTest("not valid when the response was signed", "ocsp-delegate-validity", by(responder.between(now.Add(-time.Minute), now.AddDate(1, 0, 0)))),
		refusedTest("not valid any more when the response was signed", "ocsp-delegate-validity", func(s *scene) {
			*s = s.delegated(responder.between(now.AddDate(-1, 0, 0), now.Add(time.Minute)))
			s.reply.produced = generalizedTime(now.Add(2 * time.Minute))
		}),
		goodTest("valid to the second", by(responder.between(now.Add(-time.Hour), now))),
		refusedTest("forged by a namesake of the issuer", "ocsp-delegate-issuer", by(forged)),
		refusedTest("issued by a sibling", "ocsp-delegate-issuer", by(indirect)),
		refusedTest("signed by the issuer in another's name", "ocsp-delegate-issuer", by(otherIssuer)),
		goodTest("delegate after seven forged ones", among(append(numbered(forged, 7), responder)...)),
		refusedTest("delegate after eight forged ones", "ocsp-too-many-certificates", among(append(numbered(forged, 8), responder)...)),
		goodTest("delegate after a forged one, many times over", among(append(slices.Repeat([]cert{forged}, 9), responder)...)),
		goodTest("delegate after its successor", among(renewed, responder)),
		goodTest("delegate after five successors", among(append(numbered(renewed, 5), responder)...)),
		refusedTest("delegate after six successors", "ocsp-too-many-certificates", among(append(numbered(renewed, 6), responder)...)),
		refusedTest("more certificates than are read", "ocsp-too-many-certificates", func(s *scene) {
			*s = s.delegated(responder)
			s.reply.certs = slices.Concat(slices.Repeat([][]byte{sibling.der()}, 16), s.reply.certs)
		}),
		goodTest("as many certificates as are read", func(s *scene) {
			*s = s.delegated(responder)
			s.reply.certs = slices.Concat(slices.Repeat([][]byte{sibling.der()}, 15), s.reply.certs)
		}),
	})
	cert, issuer := base.parse(t)
	r := verify(t, base.delegated(responder).reply.der(), cert, issuer, ocsp.Options{Time: now})
	if r.Delegate == nil || !bytes.Equal(r.Delegate.Raw(), responder.der()) || len(r.Findings) != 0 {
		t.Errorf("delegate %v, findings %v", r.Delegate, codes(r))
	}
}
