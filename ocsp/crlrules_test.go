package ocsp_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

// listTest judges a certificate by some lists. Every list is judged with and
// without an index.
type listTest struct {
	name   string
	lists  []forge.List
	status ocsp.Status
	code   finding.Code
	// leaf, if set, is the certificate in question.
	leaf *forge.Certificate
	opt  ocsp.Options
}

func runLists(t *testing.T, base scene, tests []listTest) {
	t.Helper()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := base
			if test.leaf != nil {
				s.leaf = *test.leaf
			}
			cert, issuer := s.parse(t)
			if test.opt.Time.IsZero() {
				test.opt.Time = now
			}
			for _, indexed := range []bool{false, true} {
				var lists []*ocsp.CRL
				for _, l := range test.lists {
					parsed := compareCRL(t, l.DER(), true)
					if parsed == nil {
						return
					}
					if indexed {
						parsed.Index()
					}
					lists = append(lists, parsed)
				}
				for range lists {
					lists = append(lists[1:], lists[0]) // In every order but reversed.
					r, err := ocsp.Judge(lists, cert, issuer, test.opt)
					if err != nil {
						t.Fatal(err)
					}
					if r.Status != test.status || r.Code != test.code {
						t.Errorf("%v %q (%v), want %v %q", r.Status, r.Code, codes(r), test.status, test.code)
					}
				}
			}
		})
	}
}

// TestCRLScope gives lists that cover the certificate and lists that do not.
func TestCRLScope(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	hit := l.Revoking(forge.Entry(base.leaf.Serial, now.AddDate(0, -1, 0), forge.Reason(1)))
	here, there := forge.URI("http://crl.example.com/1.crl"), forge.URI("http://crl.example.com/2.crl")
	two := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.FullName(here)), forge.Sequence(forge.FullName(there))))
	relative := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.RelativeName("shard"))))
	unnamed := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.Implicit(1, 1, 0x40), forge.Explicit(2, forge.Directory(base.issuer.Subject)))))
	subordinate := base.leaf.With(forge.BasicCA())
	broken := base.leaf.With(forge.Ext("2.5.29.19", true, forge.Null()))
	brokenCA := base.leaf.With(forge.Ext("2.5.29.19", true, forge.Sequence(forge.Boolean(0xff), forge.Null())))
	at := func(parts ...[]byte) forge.List { return l.With(forge.IssuingPoint(parts...)) }
	shard := forge.CommonName("Revocation Test CA")
	runLists(t, base, []listTest{
		{name: "full", lists: []forge.List{l}, status: ocsp.Good},
		{name: "full, revoked", lists: []forge.List{hit}, status: ocsp.Revoked},
		{name: "none", status: ocsp.Unknown},
		{name: "of another CA", lists: []forge.List{l.Of(forge.CommonName("Another CA"))}, status: ocsp.Unknown},
		{name: "of another CA, of the same number", lists: []forge.List{hit.Of(forge.CommonName("Another CA")), l}, status: ocsp.Good},
		{name: "first point", lists: []forge.List{at(forge.FullName(here))}, leaf: &two, status: ocsp.Good},
		{name: "second point", lists: []forge.List{at(forge.FullName(there))}, leaf: &two, status: ocsp.Good},
		{name: "second name of the second point", lists: []forge.List{at(forge.FullName(forge.URI("x:y"), there))}, leaf: &two, status: ocsp.Good},
		{name: "other point", lists: []forge.List{at(forge.FullName(forge.URI("http://crl.example.com/3.crl")))}, leaf: &two, status: ocsp.Unknown},
		{name: "other point revokes the number", lists: []forge.List{hit.With(forge.IssuingPoint(forge.FullName(forge.URI("http://crl.example.com/3.crl"))))}, leaf: &two, status: ocsp.Unknown},
		{name: "point that the certificate does not name", lists: []forge.List{at(forge.FullName(here))}, status: ocsp.Unknown},
		{name: "the issuer's name", lists: []forge.List{at(forge.FullName(forge.Directory(base.issuer.Subject)))}, status: ocsp.Good},
		{name: "the same text as another kind of name", lists: []forge.List{at(forge.FullName(forge.TLV(0x82, here[2:])))}, leaf: &two, status: ocsp.Unknown},
		{name: "relative names", lists: []forge.List{at(forge.RelativeName("shard"))}, leaf: &relative, status: ocsp.Good},
		{name: "relative name as a full name", lists: []forge.List{at(forge.FullName(forge.Directory(forge.Sequence(contentOf(shard), contentOf(forge.CommonName("shard"))))))}, leaf: &relative, status: ocsp.Good},
		{name: "other relative name", lists: []forge.List{at(forge.RelativeName("sharb"))}, leaf: &relative, status: ocsp.Unknown},
		{name: "end entities", lists: []forge.List{at(forge.OnlyUser())}, status: ocsp.Good},
		{name: "end entities, but it is a CA", lists: []forge.List{at(forge.OnlyUser())}, leaf: &subordinate, status: ocsp.Unknown},
		{name: "all, but nobody knows", lists: []forge.List{l}, leaf: &broken, status: ocsp.Good},
		{name: "CAs, but nobody knows", lists: []forge.List{at(forge.OnlyCA())}, leaf: &brokenCA, status: ocsp.Unknown},
		{name: "the issuer's name in capitals", lists: []forge.List{at(forge.FullName(forge.Directory(forge.CommonName("REVOCATION TEST CA"))))}, status: ocsp.Good},
		{name: "end entities, but nobody knows", lists: []forge.List{at(forge.OnlyUser())}, leaf: &broken, status: ocsp.Unknown},
		{name: "CAs", lists: []forge.List{at(forge.OnlyCA())}, leaf: &subordinate, status: ocsp.Good},
		{name: "CAs, but it is none", lists: []forge.List{at(forge.OnlyCA())}, status: ocsp.Unknown},
		{name: "attribute certificates", lists: []forge.List{at(forge.OnlyAttribute())}, status: ocsp.Unknown},
		{name: "some reasons", lists: []forge.List{at(forge.OnlySome(0x40))}, status: ocsp.Unknown},
		{name: "some reasons and revoked", lists: []forge.List{hit.With(forge.IssuingPoint(forge.OnlySome(0x40)))}, status: ocsp.Revoked},
		{name: "all reasons together", lists: []forge.List{at(forge.OnlySome(0x40)), at(forge.OnlySome(0x3f, 0x80))}, status: ocsp.Good},
		{name: "all reasons but one together", lists: []forge.List{at(forge.OnlySome(0x40)), at(forge.OnlySome(0x3f))}, status: ocsp.Unknown},
		{name: "the point has no name but an issuer", lists: []forge.List{at(forge.FullName(forge.Directory(base.issuer.Subject)), forge.OnlySome(0x40), forge.Indirect()), at(forge.OnlySome(0x3f, 0x80))}, leaf: &unnamed, status: ocsp.Good},
	})
	points := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.FullName(here), forge.Implicit(1, 6, 0x40))))
	runLists(t, base, []listTest{
		{name: "the point is for one reason", lists: []forge.List{at(forge.FullName(here))}, leaf: &points, status: ocsp.Unknown},
		{name: "the point is for one reason, but the list for all", lists: []forge.List{l}, leaf: &points, status: ocsp.Good},
	})
}

// TestCRLSound gives lists that break a rule.
func TestCRLSound(t *testing.T) {
	const skew = ocsp.DefaultSkew
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	noNext := func(age time.Duration) forge.List {
		c := l.Between(now.Add(-age), now)
		c.Next = nil
		return c
	}
	hit := l.Revoking(forge.Entry(base.leaf.Serial, now.AddDate(0, -1, 0), forge.Reason(1)))
	stranger := forge.Entry([]byte{9}, now.AddDate(0, -1, 0), forge.Ext(forge.OIDPrivate, true, forge.Null()))
	indirectly := l.With(forge.IssuingPoint(forge.Indirect())).Revoking(forge.Entry([]byte{9}, now, forge.CertificateIssuer(forge.Directory(forge.CommonName("Another CA")))))
	runLists(t, base, []listTest{
		{name: "signed by somebody else", lists: []forge.List{l.SignedBy(key("p256-other"))}, code: "revocation-signature-invalid"},
		{name: "a sound one beside it", lists: []forge.List{l.SignedBy(key("p256-other")).With(forge.CRLNumber(9)), hit}, status: ocsp.Revoked},
		{name: "a sound one beside it that does not revoke", lists: []forge.List{l.SignedBy(key("p256-other")), l}, status: ocsp.Good},
		{name: "unknown extension", lists: []forge.List{l.With(forge.Ext(forge.OIDPrivate, true, forge.Null()))}, code: "crl-extension-unknown"},
		{name: "unknown extension that is not critical", lists: []forge.List{l.With(forge.Ext(forge.OIDPrivate, false, forge.Null()))}, status: ocsp.Good},
		{name: "unknown extension of another entry", lists: []forge.List{l.Revoking(stranger)}, code: "crl-extension-unknown"},
		{name: "unknown extension of another entry, beside a revocation", lists: []forge.List{hit.Revoking(stranger)}, code: "crl-extension-unknown"},
		{name: "without a number", lists: []forge.List{{Version: l.Version, Issuer: l.Issuer, This: l.This, Next: l.Next, Signer: l.Signer}}, code: "crl-number"},
		{name: "with a critical number", lists: []forge.List{l.With(forge.Ext("2.5.29.20", true, forge.Integer(5)))}, code: "crl-number"},
		{name: "of version 1", lists: []forge.List{{Issuer: l.Issuer, This: l.This, Next: l.Next, Signer: l.Signer}}, status: ocsp.Good},
		{name: "of version 1, revoked", lists: []forge.List{{Issuer: l.Issuer, This: l.This, Next: l.Next, Signer: l.Signer, Entries: [][]byte{forge.Entry(base.leaf.Serial, now)}}}, status: ocsp.Revoked},
		{name: "indirect without a concern", lists: []forge.List{indirectly}, status: ocsp.Good},
		{name: "thisUpdate within the skew", lists: []forge.List{l.Between(now.Add(skew), now.Add(time.Hour))}, status: ocsp.Good},
		{name: "thisUpdate beyond the skew", lists: []forge.List{l.Between(now.Add(skew+time.Second), now.Add(time.Hour))}, code: "crl-not-yet-valid"},
		{name: "nextUpdate within the skew", lists: []forge.List{l.Between(now.Add(-time.Hour), now.Add(-skew))}, status: ocsp.Good},
		{name: "nextUpdate beyond the skew", lists: []forge.List{l.Between(now.Add(-time.Hour), now.Add(-skew-time.Second))}, code: "crl-stale"},
		{name: "nextUpdate before thisUpdate", lists: []forge.List{l.Between(now, now.Add(-time.Second))}, code: "crl-dates-reversed"},
		{name: "without nextUpdate, fresh", lists: []forge.List{noNext(ocsp.DefaultMaxAge + skew)}, status: ocsp.Good},
		{name: "without nextUpdate, old", lists: []forge.List{noNext(ocsp.DefaultMaxAge + skew + time.Second)}, code: "crl-too-old"},
		{name: "without nextUpdate, older than asked", lists: []forge.List{noNext(time.Hour)}, code: "crl-too-old", opt: ocsp.Options{MaxAge: time.Minute}},
	})
	powerless := base
	powerless.issuer = base.issuer.With(forge.KeyUsage(forge.KeyCertSign))
	damaged := base
	damaged.issuer = base.issuer.With(forge.Ext("2.5.29.15", true, forge.Null()))
	silent := base
	silent.issuer = base.issuer.Without("2.5.29.15")
	runLists(t, powerless, []listTest{{name: "without cRLSign", lists: []forge.List{l}, code: "crl-issuer-key-usage"}})
	runLists(t, damaged, []listTest{{name: "damaged key usage", lists: []forge.List{l}, code: "crl-issuer-key-usage"}})
	runLists(t, silent, []listTest{{name: "no key usage", lists: []forge.List{l}, status: ocsp.Good}})
	for _, k := range []string{"rsa-ca", "ed25519", "sm2-ca", "p384"} {
		s := newScene(k, "p256-server")
		runLists(t, s, []listTest{{name: k, lists: []forge.List{listOf(s.issuer)}, status: ocsp.Good}})
	}
	sm2 := newScene("sm2-ca", "sm2-sign")
	runLists(t, sm2, []listTest{{name: "empty signer ID", lists: []forge.List{listOf(sm2.issuer).SignedBy(sm2.issuer.Key.WithEmptyID())}, code: "sm2-signer-id"}})
}

// TestCRLEntries finds the entry, in lists with and without the issuers' names.
func TestCRLEntries(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	serial, at := base.leaf.Serial, now.AddDate(0, -1, 0)
	l := listOf(base.issuer)
	var crowd [][]byte
	for i := range 200 {
		crowd = append(crowd, forge.Entry([]byte{0x10, byte(i%100 + 2), byte(i)}, at, forge.Reason(4)))
	}
	crowded := l.Revoking(crowd[:150]...).Revoking(forge.Entry(serial, at)).Revoking(crowd[150:]...)
	crl := forge.CommonName("Revocation Test CRL Issuer")
	signer := below(base.issuer, "Revocation Test CRL Issuer", key("p256-other"), 0x0c).With(forge.KeyUsage(forge.CRLSign))
	pointed := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.Explicit(2, forge.Directory(crl)))))
	ind := l.Of(crl).SignedBy(signer.Key).With(forge.IssuingPoint(forge.Indirect()))
	own, foreign := forge.CertificateIssuer(forge.Directory(base.issuer.Subject)), forge.CertificateIssuer(forge.Directory(forge.CommonName("Another CA")))
	signers := ocsp.Options{CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate {
		return []*certparse.Certificate{nil, parseCertificate(t, base.leaf.DER()), parseCertificate(t, signer.DER())}
	}}
	stranger := signer
	stranger.Subject = forge.CommonName("Another CA")
	strangers := ocsp.Options{CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate {
		return []*certparse.Certificate{parseCertificate(t, stranger.DER())}
	}}
	elsewhere := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.Explicit(2, forge.Directory(stranger.Subject)))))
	relative := base.leaf.With(forge.DistributionPoints(forge.Sequence(forge.RelativeName("shard"), forge.Explicit(2, forge.Directory(crl)))))
	powerless := signer.With(forge.KeyUsage(forge.DigitalSignature))
	wrong := ocsp.Options{CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate {
		return []*certparse.Certificate{parseCertificate(t, powerless.DER())}
	}}
	runLists(t, base, []listTest{
		{name: "in a crowd", lists: []forge.List{crowded}, status: ocsp.Revoked},
		{name: "not in the crowd", lists: []forge.List{l.Revoking(crowd...)}, status: ocsp.Good},
		{name: "number with zeros", lists: []forge.List{l.Revoking(forge.Entry([]byte{0x10}, at), forge.Entry([]byte{0, 0x90, 1}, at))}, status: ocsp.Good},
		{name: "indirect, named", lists: []forge.List{ind.Revoking(forge.Entry(serial, at, own))}, leaf: &pointed, opt: signers, status: ocsp.Revoked},
		{name: "indirect, named before", lists: []forge.List{ind.Revoking(forge.Entry([]byte{1}, at, own), forge.Entry([]byte{2}, at), forge.Entry(serial, at))}, leaf: &pointed, opt: signers, status: ocsp.Revoked},
		{name: "indirect, of the list's issuer", lists: []forge.List{ind.Revoking(forge.Entry(serial, at))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, of another issuer", lists: []forge.List{ind.Revoking(forge.Entry([]byte{1}, at, own), forge.Entry(serial, at, foreign))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, after another issuer", lists: []forge.List{ind.Revoking(forge.Entry([]byte{1}, at, own), forge.Entry([]byte{2}, at, foreign), forge.Entry(serial, at))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, both", lists: []forge.List{ind.Revoking(forge.Entry(serial, at, foreign), forge.Entry(serial, at, own))}, leaf: &pointed, opt: signers, status: ocsp.Revoked},
		{name: "indirect, without asking", lists: []forge.List{ind}, leaf: &pointed, code: "crl-issuer-unknown"},
		{name: "indirect, signer without cRLSign", lists: []forge.List{ind}, leaf: &pointed, opt: wrong, code: "crl-issuer-key-usage"},
		{name: "indirect, signed by another key", lists: []forge.List{ind.SignedBy(key("p384"))}, leaf: &pointed, opt: signers, code: "revocation-signature-invalid"},
		{name: "indirect, signed by a key of another name", lists: []forge.List{ind}, leaf: &pointed, opt: strangers, code: "crl-issuer-unknown"},
		{name: "indirect, of another issuer than the point's", lists: []forge.List{ind}, leaf: &elsewhere, opt: signers, status: ocsp.Unknown},
		{name: "indirect, with its issuer's name", lists: []forge.List{ind.With(forge.IssuingPoint(forge.FullName(forge.Directory(crl)), forge.Indirect()))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, relative to its issuer", lists: []forge.List{ind.With(forge.IssuingPoint(forge.RelativeName("shard"), forge.Indirect()))}, leaf: &relative, opt: signers, status: ocsp.Good},
		{name: "not said to be indirect", lists: []forge.List{l.Of(crl).SignedBy(signer.Key)}, leaf: &pointed, opt: signers, status: ocsp.Unknown},
		{name: "not the point's issuer", lists: []forge.List{ind}, opt: signers, status: ocsp.Unknown},
	})
}

// TestCRLDelta applies delta lists.
func TestCRLDelta(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	serial, at := base.leaf.Serial, now.AddDate(0, -1, 0)
	full := listOf(base.issuer) // Number 5.
	held := full.Revoking(forge.Entry(serial, at, forge.Reason(6)))
	unnumbered := held // Only lists of version 1 may be without.
	unnumbered.Version, unnumbered.Exts, unnumbered.Entries = nil, nil, [][]byte{forge.Entry(serial, at)}
	delta := func(base, number byte) forge.List { return full.With(forge.DeltaOf(base), forge.CRLNumber(number)) }
	adds := func(l forge.List) forge.List { return l.Revoking(forge.Entry(serial, at, forge.Reason(1))) }
	removes := func(l forge.List) forge.List { return l.Revoking(forge.Entry(serial, at, forge.Reason(8))) }
	stale := func(l forge.List) forge.List { return l.Between(now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)) }
	keyID := func(b byte) forge.Extension {
		return forge.Ext("2.5.29.35", false, forge.Sequence(forge.Implicit(0, b)))
	}
	runLists(t, base, []listTest{
		{name: "adds", lists: []forge.List{full, adds(delta(5, 6))}, status: ocsp.Revoked},
		{name: "adds to an earlier one", lists: []forge.List{full, adds(delta(3, 6))}, status: ocsp.Revoked},
		{name: "says nothing", lists: []forge.List{held, delta(5, 6)}, status: ocsp.Revoked},
		{name: "removes", lists: []forge.List{held, removes(delta(5, 6))}, status: ocsp.Good},
		{name: "removes, then adds", lists: []forge.List{held, removes(delta(5, 6)), adds(delta(5, 7))}, status: ocsp.Revoked},
		{name: "adds, then removes", lists: []forge.List{full, adds(delta(5, 6)), removes(delta(5, 7))}, status: ocsp.Good},
		{name: "adds, after removing another one", lists: []forge.List{full, delta(5, 6).Revoking(forge.Entry([]byte{1}, at, forge.Reason(8)), forge.Entry(serial, at))}, status: ocsp.Revoked},
		{name: "based on a later one", lists: []forge.List{held, removes(delta(6, 7))}, status: ocsp.Revoked},
		{name: "of a list without a number", lists: []forge.List{unnumbered, removes(delta(5, 6))}, status: ocsp.Revoked},
		{name: "not later", lists: []forge.List{held, removes(delta(4, 5))}, status: ocsp.Revoked},
		{name: "of another scope", lists: []forge.List{held, removes(delta(5, 6)).With(forge.IssuingPoint(forge.OnlyUser()))}, status: ocsp.Revoked},
		{name: "of another key", lists: []forge.List{held.With(keyID(1)), removes(delta(5, 6)).With(keyID(2))}, status: ocsp.Revoked},
		{name: "of the same key", lists: []forge.List{held.With(keyID(1)), removes(delta(5, 6)).With(keyID(1))}, status: ocsp.Good},
		{name: "forged", lists: []forge.List{held, removes(delta(5, 6)).SignedBy(key("p256-other"))}, status: ocsp.Revoked},
		{name: "stale", lists: []forge.List{held, stale(removes(delta(5, 6)))}, status: ocsp.Revoked},
		{name: "alone", lists: []forge.List{delta(5, 6)}, status: ocsp.Unknown},
		{name: "alone, revoking", lists: []forge.List{adds(delta(5, 6))}, status: ocsp.Unknown},
		{name: "with a stale full one", lists: []forge.List{stale(full), delta(5, 6)}, code: "crl-stale"},
		{name: "later full one without the entry", lists: []forge.List{held, full.With(forge.CRLNumber(6))}, status: ocsp.Good},
		{name: "earlier full one with the entry, forged later one", lists: []forge.List{held, full.With(forge.CRLNumber(6)).SignedBy(key("p256-other"))}, status: ocsp.Revoked},
		{name: "earlier full one with the entry, later one of another scope", lists: []forge.List{held, full.With(forge.CRLNumber(6), forge.IssuingPoint(forge.OnlyUser()))}, status: ocsp.Revoked},
	})
}

// TestCRLSyntax reads lists that are not exact.
func TestCRLSyntax(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	at := now.AddDate(0, -1, 0)
	replaced := func(l forge.List, from, to []byte) []byte {
		tbs := l.TBS()
		if !bytes.Contains(tbs, from) {
			t.Fatal("the list does not have the bytes")
		}
		// Only replacements of the same length are made, or whole parts are left out.
		return l.Around(bytes.Replace(tbs, from, to, 1))
	}
	change := func(change func(*forge.List)) []byte {
		c := l
		c.Exts = slices.Clone(l.Exts)
		change(&c)
		return c.DER()
	}
	point := func(parts ...[]byte) []byte { return l.With(forge.IssuingPoint(parts...)).DER() }
	good := map[string][]byte{
		"as it is":                                l.DER(),
		"version 1":                               change(func(l *forge.List) { l.Version, l.Exts = nil, nil }),
		"GeneralizedTime":                         change(func(l *forge.List) { l.Next = forge.GeneralizedTime(now.AddDate(30, 0, 0)) }),
		"without nextUpdate":                      change(func(l *forge.List) { l.Next = nil }),
		"entry with all extensions":               l.With(forge.IssuingPoint(forge.Indirect())).Revoking(forge.Entry([]byte{1}, at, forge.Reason(1), forge.Ext("2.5.29.24", false, forge.GeneralizedTime(at)), forge.CertificateIssuer(forge.Directory(base.issuer.Subject)))).DER(),
		"entry with a negative number":            l.Revoking(forge.Entry([]byte{0xff, 1}, at)).DER(),
		"entry with several issuers":              l.With(forge.IssuingPoint(forge.Indirect())).Revoking(forge.Entry([]byte{1}, at, forge.CertificateIssuer(forge.Directory(base.issuer.Subject), forge.URI("x:y")))).DER(),
		"key identifier with a name and a number": l.With(forge.Ext("2.5.29.35", false, forge.Sequence(forge.Explicit(1, forge.URI("x:y")), forge.Implicit(2, 1)))).DER(),
		"two bytes of reasons":                    point(forge.OnlySome(0, 0x80)),
		"alternative name of issuer":              l.With(forge.Ext("2.5.29.18", false, forge.Sequence(forge.URI("x:y")))).DER(),
		"freshest":                                l.With(forge.Ext("2.5.29.46", false, forge.Sequence(forge.Sequence(forge.FullName(forge.URI("http://crl.example.com/delta.crl")))))).DER(),
	}
	for name, der := range good {
		if _, err := ocsp.ParseCRL(der); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	noAlgorithm := *l.Signer
	noAlgorithm.Algorithm = forge.Null()
	unsigned := l
	unsigned.Signer = &noAlgorithm
	bad := map[string][]byte{
		"empty":                     nil,
		"trailing byte":             append(l.DER(), 0),
		"version 1 written":         change(func(l *forge.List) { l.Version = forge.Integer(0) }),
		"version 3":                 change(func(l *forge.List) { l.Version = forge.Integer(2) }),
		"version 1 with extensions": change(func(l *forge.List) { l.Version = nil }),
		"version 1 with extensions of entries": change(func(l *forge.List) {
			l.Version, l.Exts, l.Entries = nil, nil, [][]byte{forge.Entry([]byte{1}, at, forge.Reason(1))}
		}),
		"two algorithms":             change(func(l *forge.List) { l.Algorithm = key("p384").Algorithm }),
		"no issuer":                  change(func(l *forge.List) { l.Issuer = forge.Sequence() }),
		"an issuer that is no name":  change(func(l *forge.List) { l.Issuer = forge.Sequence(forge.Null()) }),
		"thisUpdate missing":         change(func(l *forge.List) { l.This, l.Next = nil, nil }),
		"thisUpdate with a zone":     change(func(l *forge.List) { l.This = forge.TLV(forge.TagUTCTime, []byte("260101110000+0000")) }),
		"nextUpdate without seconds": change(func(l *forge.List) { l.Next = forge.TLV(forge.TagUTCTime, []byte("2601011100Z")) }),
		"nextUpdate in month 13":     change(func(l *forge.List) { l.Next = forge.TLV(forge.TagUTCTime, []byte("261301110000Z")) }),
		"extension twice":            change(func(l *forge.List) { l.Exts = append(l.Exts, forge.CRLNumber(6)) }),
		"no extensions in the list":  change(func(l *forge.List) { l.Exts = []forge.Extension{} }),
		"negative number":            change(func(l *forge.List) { l.Exts = []forge.Extension{forge.CRLNumber(0x80)} }),
		"number that is too long": change(func(l *forge.List) {
			l.Exts = []forge.Extension{forge.Ext("2.5.29.20", false, forge.Integer(bytes.Repeat([]byte{1}, 21)...))}
		}),
		"number and more": change(func(l *forge.List) {
			l.Exts = []forge.Extension{forge.Ext("2.5.29.20", false, append(forge.Integer(1), 0))}
		}),
		"delta without a number":                           change(func(l *forge.List) { l.Exts = []forge.Extension{forge.DeltaOf(1)} }),
		"delta before its base":                            l.With(forge.DeltaOf(6)).DER(),
		"empty point":                                      point(),
		"point with a false":                               point(forge.Implicit(1, 0)),
		"point with a boolean of 1":                        point(forge.Implicit(1, 1)),
		"point for CAs with a boolean of 1":                point(forge.Implicit(2, 1)),
		"point for attributes with a boolean of 1":         point(forge.Implicit(5, 1)),
		"point for end entities and CAs":                   point(forge.OnlyUser(), forge.OnlyCA()),
		"point for end entities and attributes":            point(forge.OnlyUser(), forge.OnlyAttribute()),
		"point for CAs and attributes":                     point(forge.OnlyCA(), forge.OnlyAttribute()),
		"point in the wrong order":                         point(forge.Indirect(), forge.OnlyUser()),
		"point and more":                                   l.With(forge.Ext("2.5.29.28", true, append(forge.Sequence(forge.OnlyUser()), 0))).DER(),
		"point without reasons":                            point(forge.Implicit(3, 0)),
		"point with no reason":                             point(forge.Implicit(3, 1, 0)),
		"point with the unused reason":                     point(forge.Implicit(3, 7, 0x80)),
		"point with reasons of bits beyond":                point(forge.Implicit(3, 7, 0xc0)),
		"point with an empty name":                         point(forge.Explicit(0)),
		"point with no names":                              point(forge.Explicit(0, forge.Explicit(0))),
		"point with a name of a third kind":                point(forge.Explicit(0, forge.Explicit(2, forge.URI("x:y")))),
		"point with a name of form 9":                      point(forge.FullName(forge.Implicit(9, 1))),
		"point with a directory name that is none":         point(forge.FullName(forge.Explicit(4, forge.Null()))),
		"point with a relative name that is none":          point(forge.Explicit(0, forge.Explicit(1, forge.Null()))),
		"entry without a time":                             l.Revoking(forge.Sequence(forge.Integer(1))).DER(),
		"entry without a number":                           l.Revoking(forge.Sequence(forge.UTCTime(at))).DER(),
		"entry with a number that is not minimal":          l.Revoking(forge.Entry([]byte{0, 1}, at)).DER(),
		"entry and more":                                   l.Revoking(forge.Sequence(forge.Integer(1), forge.UTCTime(at), forge.Extensions([]forge.Extension{forge.Reason(1)}), forge.Null())).DER(),
		"entry with no extensions in the list":             l.Revoking(forge.Sequence(forge.Integer(1), forge.UTCTime(at), forge.Sequence())).DER(),
		"entry with an extension twice":                    l.Revoking(forge.Entry([]byte{1}, at, forge.Reason(1), forge.Reason(1))).DER(),
		"entry with reason 7":                              l.Revoking(forge.Entry([]byte{1}, at, forge.Reason(7))).DER(),
		"entry with a reason and more":                     l.Revoking(forge.Entry([]byte{1}, at, forge.Ext("2.5.29.21", false, append(forge.Enumerated(1), 0)))).DER(),
		"entry that removes":                               l.Revoking(forge.Entry([]byte{1}, at, forge.Reason(8))).DER(),
		"entry with an issuer":                             l.Revoking(forge.Entry([]byte{1}, at, forge.CertificateIssuer(forge.Directory(base.issuer.Subject)))).DER(),
		"entry with no issuer in the list":                 l.With(forge.IssuingPoint(forge.Indirect())).Revoking(forge.Entry([]byte{1}, at, forge.CertificateIssuer())).DER(),
		"entry with an issuer that is no directory name":   l.With(forge.IssuingPoint(forge.Indirect())).Revoking(forge.Entry([]byte{1}, at, forge.CertificateIssuer(forge.URI("x:y")))).DER(),
		"entry with an issuer that cannot be read":         l.With(forge.IssuingPoint(forge.Indirect())).Revoking(forge.Entry([]byte{1}, at, forge.CertificateIssuer(forge.Directory(base.issuer.Subject), forge.Null()))).DER(),
		"point with 65 names":                              point(forge.FullName(slices.Repeat([][]byte{forge.URI("x:y")}, 65)...)),
		"entry with an odd invalidity date":                l.Revoking(forge.Entry([]byte{1}, at, forge.Ext("2.5.29.24", false, forge.UTCTime(at)))).DER(),
		"freshest without points":                          l.With(forge.Ext("2.5.29.46", false, forge.Sequence())).DER(),
		"entry with a negative number that is not minimal": l.Revoking(forge.Entry([]byte{0xff, 0x80}, at)).DER(),
		"key identifier with a name but no number":         l.With(forge.Ext("2.5.29.35", false, forge.Sequence(forge.Explicit(1, forge.URI("x:y"))))).DER(),
		"key identifier and more":                          l.With(forge.Ext("2.5.29.35", false, forge.Sequence(forge.Implicit(0, 1), forge.Null()))).DER(),
		"a set":                                            append([]byte{0x31}, l.DER()[1:]...),
		"algorithms that are none":                         unsigned.DER(),
		"nextUpdate without a zone":                        change(func(l *forge.List) { l.Next = forge.TLV(forge.TagUTCTime, []byte("2602011100000")) }),
		"nextUpdate with something instead of a digit":     change(func(l *forge.List) { l.Next = forge.TLV(forge.TagUTCTime, []byte("2602020:0000Z")) }),
		"point with eight unused bits of reasons":          point(forge.Implicit(3, 8, 0x40, 0)),
		"point with a directory name and more":             point(forge.FullName(forge.Explicit(4, base.issuer.Subject, forge.Null()))),
		"key identifier that is none":                      l.With(forge.Ext("2.5.29.35", false, forge.Null())).DER(),
		"something instead of entries":                     replaced(l, l.Exts[0].DER(), bytes.Repeat([]byte{5, 0}, len(l.Exts[0].DER())/2)),
	}
	for name, der := range bad {
		if _, err := ocsp.ParseCRL(der); err == nil {
			t.Errorf("%s: it is taken", name)
		} else if f := err.(*ocsp.SyntaxError).Finding(finding.Where{}); f.Code != "crl-malformed" {
			t.Errorf("%s: %s", name, f.Code)
		}
	}
}

// TestCRLSigners judges one list with several certificates of its issuer.
func TestCRLSigners(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	namesake := base.issuer
	namesake.Key = key("p256-other")
	l, err := ocsp.ParseCRL(listOf(base.issuer).DER())
	if err != nil {
		t.Fatal(err)
	}
	cert, issuer := base.parse(t)
	other := parseCertificate(t, namesake.DER())
	for _, test := range []struct {
		issuer *certparse.Certificate
		others int
		status ocsp.Status
	}{
		{issuer, 0, ocsp.Good},
		// That it verified with one key says nothing of another.
		{other, -1, ocsp.Refused},
		{other, 0, ocsp.Good},
		{other, 6, ocsp.Good},
		{other, 7, ocsp.Refused},
	} {
		opt := ocsp.Options{Time: now, CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate {
			if test.others < 0 {
				return nil
			}
			return append(slices.Repeat([]*certparse.Certificate{other}, test.others), issuer)
		}}
		r, err := ocsp.Judge([]*ocsp.CRL{l}, cert, test.issuer, opt)
		if err != nil || r.Status != test.status {
			t.Errorf("%d others: %v %s, %v", test.others, r.Status, r.Code, err)
		}
	}
	if _, err := ocsp.Judge([]*ocsp.CRL{nil}, cert, issuer, ocsp.Options{Time: now}); err != ocsp.ErrIncomplete {
		t.Errorf("with a list that is nil: %v", err)
	}
	if _, err := ocsp.Judge(nil, nil, issuer, ocsp.Options{Time: now}); err != ocsp.ErrIncomplete {
		t.Errorf("without a certificate: %v", err)
	}
	if _, err := ocsp.Judge(nil, cert, nil, ocsp.Options{Time: now}); err != ocsp.ErrIncomplete {
		t.Errorf("without an issuer: %v", err)
	}
	if _, err := ocsp.Judge(nil, cert, issuer, ocsp.Options{}); err != ocsp.ErrIncomplete {
		t.Errorf("without a time: %v", err)
	}
	stranger := ca(key("p384"))
	stranger.Subject = forge.CommonName("Another CA")
	if r, _ := ocsp.Judge([]*ocsp.CRL{l}, cert, parseCertificate(t, stranger.DER()), ocsp.Options{Time: now}); r.Code != "issuer-mismatch" {
		t.Errorf("with another CA: %v %s", r.Status, r.Code)
	}
}
