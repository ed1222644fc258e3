package ocsp_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// TestRule2 gives keys that nobody should compute with, in a certificate that the
// issuer vouched for and in one that it did not.
func TestRule2(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	giant := &forge.Key{
		SPKI: forge.Sequence(forge.Algorithm("1.2.840.113549.1.1.1", forge.Null()),
			forge.Bits(0, forge.Sequence(forge.Integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 262144/8)...)...), forge.Integer(1, 0, 1))...)),
		Algorithm: forge.Algorithm("1.2.840.113549.1.1.11", forge.Null()),
		Sign:      func([]byte) []byte { return make([]byte, 256) },
	}
	explicitCurve := *key("p256-other")
	explicitCurve.SPKI = bytes.Replace(explicitCurve.SPKI, forge.OID("1.2.840.10045.3.1.7"), forge.Sequence(forge.Integer(1), forge.Null(), forge.Integer(1)), 1)
	wide := *key("rsa-other")
	wide.SPKI = forge.Sequence(forge.Algorithm("1.2.840.113549.1.1.1", forge.Null()),
		forge.Bits(0, forge.Sequence(forge.Integer(append([]byte{0}, bytes.Repeat([]byte{0xc1}, 256)...)...), forge.Integer(0, 0x80, 0, 0, 1))...))
	delegated := func(k *forge.Key, change func(*forge.Certificate)) func(*scene) {
		return func(s *scene) {
			d := delegateOf(s.issuer, k)
			change(&d)
			s.reply.ResponderID, s.reply.Signer, s.reply.Certs = forge.ByName(d.Subject), d.Key, [][]byte{d.DER()}
		}
	}
	same := func(*forge.Certificate) {}
	offCurve := *key("p256-other")
	offCurve.SPKI = bytes.Clone(offCurve.SPKI)
	offCurve.SPKI[len(offCurve.SPKI)-1] ^= 1
	runRules(t, base, []ruleTest{
		refusedTest("RSA with 262144 bits", "revocation-key-unusable", delegated(giant, same)),
		refusedTest("RSA with 262144 bits from a stranger", "ocsp-delegate-issuer", delegated(giant, func(d *forge.Certificate) { d.Signer = key("p256-other") })),
		refusedTest("RSA with 8200 bits", "revocation-key-unusable", delegated(key("rsa-8200"), same)),
		refusedTest("RSA with an exponent of 32 bits", "revocation-key-unusable", delegated(&wide, same)),
		refusedTest("a point that is not on the curve", "revocation-key-unusable", delegated(&offCurve, same)),
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
			goodTest("issuer by name", func(s *scene) { s.reply.ResponderID = forge.ByName(s.issuer.Subject) }),
			goodTest("issuer by key", func(s *scene) { s.reply.ResponderID = forge.ByKey(s.issuer.Key) }),
			goodTest("delegate by key", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.ResponderID = forge.ByKey(responder.Key)
			}),
			refusedTest("somebody else by name", "ocsp-responder-unknown", func(s *scene) { s.reply.ResponderID = forge.ByName(forge.CommonName("Somebody Else")) }),
			refusedTest("somebody else by key", "ocsp-responder-unknown", func(s *scene) { s.reply.ResponderID = forge.ByKey(key("p256-other")) }),
			refusedTest("SM3 of the key cut to 20 octets", "ocsp-responder-unknown", func(s *scene) {
				sum := sm3.Sum(s.issuer.Key.Public())
				s.reply.ResponderID = forge.Explicit(2, forge.Octets(sum[:20]))
			}),
			refusedTest("the issuer signs in the delegate's name", "revocation-signature-invalid", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.Signer = s.issuer.Key
			}),
			refusedTest("the delegate signs in the issuer's name", "revocation-signature-invalid", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.ResponderID = forge.ByName(s.issuer.Subject)
			}),
			refusedTest("the delegate's certificate is not in the response", "ocsp-responder-unknown", func(s *scene) {
				*s = s.delegated(responder)
				s.reply.Certs = nil
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
	by := func(d forge.Certificate) func(*scene) { return func(s *scene) { *s = s.delegated(d) } }
	among := func(certs ...forge.Certificate) func(*scene) {
		return func(s *scene) {
			*s = s.delegated(responder)
			s.reply.Certs = nil
			for _, c := range certs {
				s.reply.Certs = append(s.reply.Certs, c.DER())
			}
		}
	}
	namesake := sibling
	namesake.Subject = responder.Subject
	forged := responder
	forged.Signer = key("p256-other")
	indirect := responder
	indirect.Signer, indirect.Issuer = sibling.Key, sibling.Subject
	otherIssuer := responder
	otherIssuer.Issuer = forge.CommonName("Another CA")
	likeIssuer := responder
	likeIssuer.Subject = base.issuer.Subject
	numbered := func(c forge.Certificate, n int) (list []forge.Certificate) {
		for i := range n {
			c.Serial = []byte{0x40, byte(i)}
			list = append(list, c)
		}
		return list
	}
	renewed := responder
	renewed.Key = key("p256-other")
	runRules(t, base, []ruleTest{
		goodTest("delegate", by(responder)),
		goodTest("delegate last", among(sibling, base.issuer, namesake, responder)),
		goodTest("delegate first", among(responder, namesake, sibling)),
		goodTest("delegate after a forged one", among(forged, responder)),
		goodTest("delegate with the issuer's name", by(likeIssuer)),
		goodTest("without a key usage", by(responder.Without("2.5.29.15"))),
		goodTest("with one more purpose", by(responder.With(forge.Purposes(certparse.EKUClientAuth, forge.OIDOCSPSigning)))),
		goodTest("basic constraints that say that it is no CA", by(responder.With(forge.Ext("2.5.29.19", true, forge.Sequence())))),
		goodTest("critical purpose", by(responder.With(forge.Ext("2.5.29.37", true, forge.Purposes(forge.OIDOCSPSigning).Value)))),
		goodTest("unknown extension that is not critical", by(responder.With(forge.Ext(forge.OIDPrivate, false, forge.Null())))),
		goodTest("damaged name that does not matter", by(responder.With(forge.Ext("2.5.29.17", false, forge.Sequence())))),
		refusedTest("any purpose", "ocsp-delegate-purpose", by(responder.With(forge.Purposes(certparse.EKUAny)))),
		refusedTest("server's purpose", "ocsp-delegate-purpose", by(responder.With(forge.Purposes(certparse.EKUServerAuth)))),
		refusedTest("damaged purpose", "ocsp-delegate-damaged", by(responder.With(forge.Ext("2.5.29.37", false, forge.Sequence(forge.OID(forge.OIDOCSPSigning), forge.Null()))))),
		refusedTest("damaged basic constraints", "ocsp-delegate-damaged", by(responder.With(forge.Ext("2.5.29.19", true, forge.Null())))),
		refusedTest("damaged key usage", "ocsp-delegate-damaged", by(responder.With(forge.Ext("2.5.29.15", true, forge.Null())))),
		refusedTest("key usage without digitalSignature", "ocsp-delegate-key-usage", by(responder.With(forge.KeyUsage(0x40)))),
		refusedTest("precertificate", "ocsp-delegate-extension", by(responder.With(forge.Ext("1.3.6.1.4.1.11129.2.4.3", true, forge.Null())))),
		refusedTest("not valid yet", "ocsp-delegate-validity", by(responder.Between(now.Add(time.Second), now.AddDate(1, 0, 0)))),
		refusedTest("not valid any more", "ocsp-delegate-validity", by(responder.Between(now.AddDate(-1, 0, 0), now.Add(-time.Second)))),
		refusedTest("not valid when the response was signed", "ocsp-delegate-validity", by(responder.Between(now.Add(-time.Minute), now.AddDate(1, 0, 0)))),
		refusedTest("not valid any more when the response was signed", "ocsp-delegate-validity", func(s *scene) {
			*s = s.delegated(responder.Between(now.AddDate(-1, 0, 0), now.Add(time.Minute)))
			s.reply.Produced = forge.GeneralizedTime(now.Add(2 * time.Minute))
		}),
		refusedTest("valid when the response will have been signed, but not yet", "ocsp-delegate-validity", func(s *scene) {
			*s = s.delegated(responder.Between(now.Add(time.Minute), now.AddDate(1, 0, 0)))
			s.reply.Produced = forge.GeneralizedTime(now.Add(2 * time.Minute))
		}),
		refusedTest("validity that cannot be read", "ocsp-delegate-validity", func(s *scene) {
			*s = s.delegated(responder)
			s.reply.Certs = [][]byte{withoutTime(responder.DER(), responder.From)}
		}),
		refusedTest("the best of several reasons", "revocation-signature-invalid", func(s *scene) {
			among(renewed, otherIssuer)(s)
		}),
		goodTest("valid to the second", by(responder.Between(now.Add(-time.Hour), now))),
		refusedTest("forged by a namesake of the issuer", "ocsp-delegate-issuer", by(forged)),
		refusedTest("issued by a sibling", "ocsp-delegate-issuer", by(indirect)),
		refusedTest("signed by the issuer in another's name", "ocsp-delegate-issuer", by(otherIssuer)),
		goodTest("delegate after seven forged ones", among(append(numbered(forged, 7), responder)...)),
		refusedTest("delegate after eight forged ones", "ocsp-too-many-certificates", among(append(numbered(forged, 8), responder)...)),
		goodTest("delegate after a forged one, many times over", among(append(slices.Repeat([]forge.Certificate{forged}, 9), responder)...)),
		goodTest("delegate after its successor", among(renewed, responder)),
		goodTest("delegate after five successors", among(append(numbered(renewed, 5), responder)...)),
		refusedTest("delegate after six successors", "ocsp-too-many-certificates", among(append(numbered(renewed, 6), responder)...)),
		refusedTest("more certificates than are read", "ocsp-too-many-certificates", func(s *scene) {
			*s = s.delegated(responder)
			s.reply.Certs = slices.Concat(slices.Repeat([][]byte{sibling.DER()}, 16), s.reply.Certs)
		}),
		goodTest("as many certificates as are read", func(s *scene) {
			*s = s.delegated(responder)
			s.reply.Certs = slices.Concat(slices.Repeat([][]byte{sibling.DER()}, 15), s.reply.Certs)
		}),
	})
	cert, issuer := base.parse(t)
	r := verify(t, base.delegated(responder).reply.DER(), cert, issuer, ocsp.Options{Time: now})
	if r.Delegate == nil || !bytes.Equal(r.Delegate.Raw(), responder.DER()) || len(r.Findings) != 0 {
		t.Errorf("delegate %v, findings %v", r.Delegate, codes(r))
	}
}
