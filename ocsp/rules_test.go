package ocsp_test

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// ruleTest is one response and what must come of it. An empty code is any status
// but refused.
type ruleTest struct {
	name   string
	change func(*scene)
	opt    ocsp.Options
	status ocsp.Status
	code   finding.Code
}

func runRules(t *testing.T, base scene, tests []ruleTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := base
			s.reply.Answers = slices.Clone(base.reply.Answers)
			test.change(&s)
			cert, issuer := s.parse(t)
			if test.opt.Time.IsZero() {
				test.opt.Time = now
			}
			r := verify(t, s.reply.DER(), cert, issuer, test.opt)
			if r.Status != test.status || r.Code != test.code {
				t.Errorf("%v %q (%v), want %v %q", r.Status, r.Code, codes(r), test.status, test.code)
			}
			if r.Status == ocsp.Refused && (len(r.Findings) == 0 || r.Findings[len(r.Findings)-1].Code != r.Code || !r.ThisUpdate.IsZero() || r.Delegate != nil) {
				t.Errorf("a refused response says more than why: %+v", r)
			}
		})
	}
}

func refusedTest(name string, code finding.Code, change func(*scene)) ruleTest {
	return ruleTest{name: name, change: change, code: code}
}

func goodTest(name string, change func(*scene)) ruleTest {
	return ruleTest{name: name, change: change, status: ocsp.Good}
}

func (t ruleTest) with(opt ocsp.Options) ruleTest {
	t.opt = opt
	return t
}

// certIDWith is a CertID under another hash function.
func certIDWith(dotted string, sum func([]byte) []byte, c forge.Certificate, serial []byte, parameters ...[]byte) []byte {
	return forge.CertID(dotted, sum, c.Subject, c.Key, serial, parameters...)
}

// TestRule5 finds the answer under every hash function, by all three parts.
func TestRule5(t *testing.T) {
	sum1 := func(b []byte) []byte { s := sha1.Sum(b); return s[:] }
	sum256 := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	for _, k := range []string{"p256-root", "sm2-ca"} {
		base := newScene(k, "p256-server")
		with := func(id []byte) func(*scene) { return func(s *scene) { s.reply.Answers[0].ID = id } }
		other := ca(key("p256-other"))
		other.Subject = forge.CommonName("Another CA")
		otherName, otherKey := base.issuer, base.issuer
		otherName.Subject, otherKey.Key = other.Subject, other.Key
		serial := base.leaf.Serial
		runRules(t, base, []ruleTest{
			goodTest("SHA-1", with(certIDWith("1.3.14.3.2.26", sum1, base.issuer, serial))),
			goodTest("SHA-256", with(certIDWith("2.16.840.1.101.3.4.2.1", sum256, base.issuer, serial, forge.Null()))),
			goodTest("SHA-384", with(certIDWith("2.16.840.1.101.3.4.2.2", func(b []byte) []byte { s := sha512.Sum384(b); return s[:] }, base.issuer, serial, forge.Null()))),
			goodTest("SHA-512", with(certIDWith("2.16.840.1.101.3.4.2.3", func(b []byte) []byte { s := sha512.Sum512(b); return s[:] }, base.issuer, serial, forge.Null()))),
			goodTest("SM3", with(certIDWith("1.2.156.10197.1.401", func(b []byte) []byte { s := sm3.Sum(b); return s[:] }, base.issuer, serial, forge.Null()))),
			refusedTest("unknown hash", "ocsp-other-certificate", with(certIDWith(forge.OIDPrivate, sum1, base.issuer, serial))),
			refusedTest("hash under a wrong name", "ocsp-other-certificate", with(certIDWith("2.16.840.1.101.3.4.2.1", sum1, base.issuer, serial))),
			refusedTest("wrong name", "ocsp-other-certificate", with(certIDWith("1.3.14.3.2.26", sum1, otherName, serial))),
			refusedTest("wrong key", "ocsp-other-certificate", with(certIDWith("1.3.14.3.2.26", sum1, otherKey, serial))),
			refusedTest("wrong serial number", "ocsp-other-certificate", with(certIDWith("1.3.14.3.2.26", sum1, base.issuer, []byte{0x10}))),
			refusedTest("no answer at all", "ocsp-other-certificate", func(s *scene) { s.reply.Answers = nil }),
			goodTest("among others", func(s *scene) {
				first := s.reply.Answers[0]
				first.ID, first.Status = certIDOf(base.issuer, 1), forge.Revoked(now)
				s.reply.Answers = append([]forge.Answer{first}, s.reply.Answers...)
			}),
			refusedTest("the certificate names another issuer", "issuer-mismatch", func(s *scene) { s.leaf.Issuer = other.Subject }),
			goodTest("the serial number of the certificate has a zero too many", func(s *scene) { s.leaf.Serial = []byte{0, 0x10, 0x01} }),
		})
	}
}

// TestRule6 gives two answers.
func TestRule6(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	sum256 := func(b []byte) []byte { s := sha256.Sum256(b); return s[:] }
	second := func(change func(*forge.Answer)) func(*scene) {
		return func(s *scene) {
			a := s.reply.Answers[0]
			change(&a)
			s.reply.Answers = append(s.reply.Answers, a)
		}
	}
	const bad = "ocsp-contradiction"
	runRules(t, base, []ruleTest{
		goodTest("twice the same", second(func(*forge.Answer) {})),
		refusedTest("good and revoked", bad, second(func(a *forge.Answer) { a.Status = forge.Revoked(now) })),
		refusedTest("good and unknown", bad, second(func(a *forge.Answer) { a.Status = forge.Unknown() })),
		refusedTest("good and, under another hash, revoked", bad, second(func(a *forge.Answer) {
			a.ID, a.Status = certIDWith("2.16.840.1.101.3.4.2.1", sum256, base.issuer, base.leaf.Serial), forge.Revoked(now)
		})),
		refusedTest("revoked and good", bad, func(s *scene) {
			second(func(*forge.Answer) {})(s)
			s.reply.Answers[0].Status = forge.Revoked(now)
		}),
		refusedTest("revoked at two times", bad, func(s *scene) {
			s.reply.Answers[0].Status = forge.Revoked(now)
			second(func(a *forge.Answer) { a.Status = forge.Revoked(now.Add(-time.Hour)) })(s)
		}),
		refusedTest("revoked for two reasons", bad, func(s *scene) {
			s.reply.Answers[0].Status = forge.Revoked(now, 1)
			second(func(a *forge.Answer) { a.Status = forge.Revoked(now, 4) })(s)
		}),
		{name: "twice revoked", status: ocsp.Revoked, change: func(s *scene) {
			s.reply.Answers[0].Status = forge.Revoked(now, 0)
			second(func(a *forge.Answer) { a.Status = forge.Revoked(now) })(s)
		}},
		refusedTest("the second one is stale", "ocsp-stale", second(func(a *forge.Answer) {
			a.This, a.Next = forge.GeneralizedTime(now.AddDate(0, 0, -2)), forge.GeneralizedTime(now.AddDate(0, 0, -1))
		})),
	})
	s := base
	s.reply.Answers = slices.Clone(s.reply.Answers)
	second(func(a *forge.Answer) {
		a.This, a.Next = forge.GeneralizedTime(now.Add(-2*time.Hour)), forge.GeneralizedTime(now.Add(time.Hour))
	})(&s)
	second(func(a *forge.Answer) { a.Next = nil })(&s)
	cert, issuer := s.parse(t)
	r := verify(t, s.reply.DER(), cert, issuer, ocsp.Options{Time: now})
	if !r.ThisUpdate.Equal(now.Add(-2*time.Hour)) || !r.NextUpdate.Equal(now.Add(time.Hour)) {
		t.Errorf("the dates are %v and %v, want the most cautious ones", r.ThisUpdate, r.NextUpdate)
	}
}

// TestRule7 moves the dates to both sides of their limits.
func TestRule7(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	const skew = ocsp.DefaultSkew
	this := func(d time.Duration) func(*scene) {
		return func(s *scene) {
			s.reply.Answers[0].This, s.reply.Produced = forge.GeneralizedTime(now.Add(d)), forge.GeneralizedTime(now.Add(d))
		}
	}
	next := func(d time.Duration) func(*scene) {
		return func(s *scene) { s.reply.Answers[0].Next = forge.GeneralizedTime(now.Add(d)) }
	}
	produced := func(d time.Duration) func(*scene) {
		return func(s *scene) { s.reply.Produced = forge.GeneralizedTime(now.Add(d)) }
	}
	age := func(d time.Duration) func(*scene) {
		return func(s *scene) {
			s.reply.Answers[0].Next = nil
			this(-d)(s)
		}
	}
	runRules(t, base, []ruleTest{
		goodTest("thisUpdate within the skew", this(skew)),
		refusedTest("thisUpdate beyond the skew", "ocsp-not-yet-valid", func(s *scene) {
			this(skew + time.Second)(s)
			produced(0)(s)
		}),
		refusedTest("thisUpdate without any skew", "ocsp-not-yet-valid", func(s *scene) {
			this(time.Second)(s)
			produced(0)(s)
		}).with(ocsp.Options{Skew: -1}),
		goodTest("thisUpdate with a large skew", this(time.Hour)).with(ocsp.Options{Skew: time.Hour}),
		goodTest("nextUpdate within the skew", next(-skew)),
		refusedTest("nextUpdate beyond the skew", "ocsp-stale", next(-skew-time.Second)),
		refusedTest("nextUpdate without any skew", "ocsp-stale", next(-time.Second)).with(ocsp.Options{Skew: -1}),
		goodTest("nextUpdate now, without any skew", next(0)).with(ocsp.Options{Skew: -1}),
		refusedTest("nextUpdate before thisUpdate", "ocsp-dates-reversed", func(s *scene) {
			this(skew)(s)
			next(skew - time.Second)(s)
		}),
		goodTest("nextUpdate with thisUpdate", func(s *scene) {
			this(0)(s)
			next(0)(s)
		}),
		refusedTest("produced in the future", "ocsp-produced-at", produced(skew+time.Second)),
		goodTest("produced within the skew", produced(skew)),
		refusedTest("produced before thisUpdate", "ocsp-produced-at", produced(-time.Hour-skew-time.Second)),
		goodTest("produced before thisUpdate within the skew", produced(-time.Hour-skew)),
		goodTest("without an end, of the last day", age(ocsp.DefaultMaxAge+skew)),
		refusedTest("without an end, older", "ocsp-too-old", age(ocsp.DefaultMaxAge+skew+time.Second)),
		refusedTest("without an end, older than asked", "ocsp-too-old", age(time.Hour+time.Second)).with(ocsp.Options{MaxAge: time.Hour, Skew: -1}),
		goodTest("without an end, as old as asked", age(time.Hour)).with(ocsp.Options{MaxAge: time.Hour, Skew: -1}),
	})
}

// TestRule8 compares nonces.
func TestRule8(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	nonce := bytes.Repeat([]byte{7}, 32)
	answered := func(value []byte) func(*scene) {
		return func(s *scene) { s.reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.2", false, value)} }
	}
	sent, strict := ocsp.Options{Nonce: nonce}, ocsp.Options{Nonce: nonce, StrictNonce: true}
	runRules(t, base, []ruleTest{
		goodTest("the same", answered(forge.Octets(nonce))).with(strict),
		goodTest("critical", func(s *scene) {
			s.reply.Exts = []forge.Extension{forge.Ext("1.3.6.1.5.5.7.48.1.2", true, forge.Octets(nonce))}
		}).with(strict),
		goodTest("none was sent", answered(forge.Octets(nonce))),
		goodTest("none came", func(*scene) {}).with(sent),
		refusedTest("none came where one must", "ocsp-nonce-missing", func(*scene) {}).with(strict),
		refusedTest("another one", "ocsp-nonce-mismatch", answered(forge.Octets(make([]byte, 32)))).with(sent),
		refusedTest("the beginning", "ocsp-nonce-mismatch", answered(forge.Octets(nonce[:31]))).with(sent),
		refusedTest("an empty one", "ocsp-nonce-mismatch", answered(forge.Octets())).with(sent),
		refusedTest("nothing at all in the extension", "ocsp-nonce-mismatch", answered(nil)).with(sent),
		refusedTest("not in an octet string", "ocsp-nonce-mismatch", answered(nonce)).with(sent),
		refusedTest("and more", "ocsp-nonce-mismatch", answered(append(forge.Octets(nonce), 0))).with(sent),
	})
}

// TestRule9 has extensions.
func TestRule9(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	response := func(x forge.Extension) func(*scene) { return func(s *scene) { s.reply.Exts = []forge.Extension{x} } }
	single := func(x forge.Extension) func(*scene) {
		return func(s *scene) { s.reply.Answers[0].Exts = []forge.Extension{x} }
	}
	const bad = "ocsp-extension-unknown"
	runRules(t, base, []ruleTest{
		refusedTest("unknown of the response", bad, response(forge.Ext(forge.OIDPrivate, true, forge.Null()))),
		refusedTest("unknown of the answer", bad, single(forge.Ext(forge.OIDPrivate, true, forge.Null()))),
		refusedTest("unknown of another answer", bad, func(s *scene) {
			a := s.reply.Answers[0]
			a.ID, a.Exts = certIDOf(s.issuer, 1), []forge.Extension{forge.Ext(forge.OIDPrivate, true, forge.Null())}
			s.reply.Answers = append(s.reply.Answers, a)
		}),
		refusedTest("nonce of the answer", bad, single(forge.Ext("1.3.6.1.5.5.7.48.1.2", true, forge.Octets(nil)))),
		refusedTest("archive cutoff of the response", bad, response(forge.Ext("1.3.6.1.5.5.7.48.1.6", true, forge.GeneralizedTime(now)))),
		refusedTest("certificate issuer of the answer", bad, single(forge.Ext("2.5.29.29", true, forge.Sequence()))),
		goodTest("unknown of the response, not critical", response(forge.Ext(forge.OIDPrivate, false, forge.Null()))),
		goodTest("an identifier with a zero inside a number", response(forge.Ext("1.2.16384", false, forge.Null()))),
		goodTest("of the answer, critical and known", single(forge.Ext("1.3.6.1.4.1.11129.2.4.5", true, forge.Octets()))),
		goodTest("unknown of the answer, not critical", single(forge.Ext(forge.OIDPrivate, false, forge.Null()))),
		goodTest("archive cutoff", single(forge.Ext("1.3.6.1.5.5.7.48.1.6", true, forge.GeneralizedTime(now)))),
		goodTest("extended revoke", response(forge.Ext("1.3.6.1.5.5.7.48.1.9", true, forge.Null()))),
	})
}

// TestRule10 signs with every algorithm.
func TestRule10(t *testing.T) {
	for _, k := range []string{"p256-root", "p384", "ed25519", "rsa-ca", "sm2-ca"} {
		t.Run(k, func(t *testing.T) {
			runRules(t, newScene(k, "p256-server"), []ruleTest{
				goodTest("issuer", func(*scene) {}),
				goodTest("delegate", func(s *scene) { *s = s.delegated(delegateOf(s.issuer, key("p256-other"))) }),
				refusedTest("changed", "revocation-signature-invalid", func(s *scene) {
					signature := s.reply.Signer.Sign(s.reply.TBS())
					s.reply.Answers[0].Status = forge.Unknown()
					signed := s.reply.Around(s.reply.TBS(), signature)
					s.reply.After = func([]byte) []byte { return signed }
				}),
				refusedTest("another algorithm", "revocation-signature-invalid", func(s *scene) {
					other := "ed25519"
					if k == other {
						other = "p256-root"
					}
					s.reply.Algorithm = key(other).Algorithm
				}),
			})
		})
	}
	pss := newScene("rsa-ca", "p256-server")
	pss.reply.Signer = pss.reply.Signer.WithPSS()
	sm2 := newScene("sm2-ca", "sm2-sign")
	empty := sm2.issuer.Key.WithEmptyID()
	runRules(t, pss, []ruleTest{goodTest("PSS", func(*scene) {})})
	runRules(t, sm2, []ruleTest{
		refusedTest("empty signer ID", "sm2-signer-id", func(s *scene) { s.reply.Signer = empty }),
		refusedTest("delegate with an empty signer ID", "sm2-signer-id", func(s *scene) {
			*s = s.delegated(delegateOf(s.issuer, key("sm2-other")))
			s.reply.Signer = s.reply.Signer.WithEmptyID()
		}),
		refusedTest("another key", "revocation-signature-invalid", func(s *scene) { s.reply.Signer = key("sm2-other") }),
	})
}

// TestRule11 tells the answers apart.
func TestRule11(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	cert, issuer := base.parse(t)
	at := now.AddDate(0, -1, 0)
	for _, test := range []struct {
		status []byte
		want   ocsp.Result
	}{
		{forge.Good(), ocsp.Result{Status: ocsp.Good}},
		{forge.Unknown(), ocsp.Result{Status: ocsp.Unknown}},
		{forge.Revoked(at), ocsp.Result{Status: ocsp.Revoked, RevokedAt: at}},
		{forge.Revoked(at, 1), ocsp.Result{Status: ocsp.Revoked, RevokedAt: at, Reason: ocsp.KeyCompromise}},
		{forge.Revoked(at, 6), ocsp.Result{Status: ocsp.Revoked, RevokedAt: at, Reason: ocsp.CertificateHold}},
		{forge.Revoked(at, 10), ocsp.Result{Status: ocsp.Revoked, RevokedAt: at, Reason: ocsp.AACompromise}},
	} {
		s := base.answering(func(a *forge.Answer) { a.Status = test.status })
		r := verify(t, s.reply.DER(), cert, issuer, ocsp.Options{Time: now})
		if r.Status != test.want.Status || !r.RevokedAt.Equal(test.want.RevokedAt) || r.Reason != test.want.Reason || r.Code != "" ||
			!r.ProducedAt.Equal(now.Add(-time.Hour)) || !r.ThisUpdate.Equal(now.Add(-time.Hour)) || !r.NextUpdate.Equal(now.Add(24*time.Hour)) {
			t.Errorf("%v: %+v", test.want.Status, r)
		}
	}
	if r := (ocsp.Result{}); r.Status != ocsp.Refused {
		t.Errorf("a result that nobody filled in is %v", r.Status)
	}
	for _, opt := range []ocsp.Options{{}, {Time: now}} {
		if _, err := ocsp.Verify(base.reply.DER(), cert, nil, opt); err != ocsp.ErrIncomplete {
			t.Errorf("without an issuer the error is %v", err)
		}
	}
	if _, err := ocsp.Verify(base.reply.DER(), cert, issuer, ocsp.Options{}); err != ocsp.ErrIncomplete {
		t.Errorf("without a time the error is %v", err)
	}
	if _, err := ocsp.Verify(base.reply.DER(), nil, issuer, ocsp.Options{Time: now}); err != ocsp.ErrIncomplete {
		t.Errorf("without a certificate the error is %v", err)
	}
}
