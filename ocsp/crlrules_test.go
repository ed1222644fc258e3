package ocsp_test

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
)

// listTest judges a certificate by some lists. Every list is judged with and
// without an index.
type listTest struct {
	name   string
	lists  []list
	status ocsp.Status
	code   finding.Code
	// leaf, if set, is the certificate in question.
	leaf *cert
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
					parsed := compareCRL(t, l.der(), true)
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
	hit := l.revoking(entryOf(base.leaf.serial, now.AddDate(0, -1, 0), reason(1)))
	here, there := uri("http://crl.example.com/1.crl"), uri("http://crl.example.com/2.crl")
	two := base.leaf.with(distributionPoints(sequence(fullName(here)), sequence(fullName(there))))
	relative := base.leaf.with(distributionPoints(sequence(relativeName("shard"))))
	unnamed := base.leaf.with(distributionPoints(sequence(implicit(1, 1, 0x40), explicit(2, directory(base.issuer.subject)))))
	subordinate := base.leaf.with(basicCA())
	broken := base.leaf.with(ext{"2.5.29.19", true, null()})
	at := func(parts ...[]byte) list { return l.with(issuingPoint(parts...)) }
	shard := commonName("Revocation Test CA")
	runLists(t, base, []listTest{
		{name: "full", lists: []list{l}, status: ocsp.Good},
		{name: "full, revoked", lists: []list{hit}, status: ocsp.Revoked},
		{name: "none", status: ocsp.Unknown},
		{name: "of another CA", lists: []list{l.of(commonName("Another CA"))}, status: ocsp.Unknown},
		{name: "of another CA, of the same number", lists: []list{hit.of(commonName("Another CA")), l}, status: ocsp.Good},
		{name: "first point", lists: []list{at(fullName(here))}, leaf: &two, status: ocsp.Good},
		{name: "second point", lists: []list{at(fullName(there))}, leaf: &two, status: ocsp.Good},
		{name: "second name of the second point", lists: []list{at(fullName(uri("x:y"), there))}, leaf: &two, status: ocsp.Good},
		{name: "other point", lists: []list{at(fullName(uri("http://crl.example.com/3.crl")))}, leaf: &two, status: ocsp.Unknown},
		{name: "other point revokes the number", lists: []list{hit.with(issuingPoint(fullName(uri("http://crl.example.com/3.crl"))))}, leaf: &two, status: ocsp.Unknown},
		{name: "point that the certificate does not name", lists: []list{at(fullName(here))}, status: ocsp.Unknown},
		{name: "the issuer's name", lists: []list{at(fullName(directory(base.issuer.subject)))}, status: ocsp.Good},
		{name: "the same text as another kind of name", lists: []list{at(fullName(tlv(0x82, here[2:])))}, leaf: &two, status: ocsp.Unknown},
		{name: "relative names", lists: []list{at(relativeName("shard"))}, leaf: &relative, status: ocsp.Good},
		{name: "relative name as a full name", lists: []list{at(fullName(directory(sequence(contentOf(shard), contentOf(commonName("shard"))))))}, leaf: &relative, status: ocsp.Good},
		{name: "other relative name", lists: []list{at(relativeName("sharb"))}, leaf: &relative, status: ocsp.Unknown},
		{name: "end entities", lists: []list{at(onlyUser())}, status: ocsp.Good},
		{name: "end entities, but it is a CA", lists: []list{at(onlyUser())}, leaf: &subordinate, status: ocsp.Unknown},
		{name: "end entities, but nobody knows", lists: []list{at(onlyUser())}, leaf: &broken, status: ocsp.Unknown},
		{name: "CAs", lists: []list{at(onlyCA())}, leaf: &subordinate, status: ocsp.Good},
		{name: "CAs, but it is none", lists: []list{at(onlyCA())}, status: ocsp.Unknown},
		{name: "attribute certificates", lists: []list{at(onlyAttribute())}, status: ocsp.Unknown},
		{name: "some reasons", lists: []list{at(onlySome(0x40))}, status: ocsp.Unknown},
		{name: "some reasons and revoked", lists: []list{hit.with(issuingPoint(onlySome(0x40)))}, status: ocsp.Revoked},
		{name: "all reasons together", lists: []list{at(onlySome(0x40)), at(onlySome(0x3f, 0x80))}, status: ocsp.Good},
		{name: "all reasons but one together", lists: []list{at(onlySome(0x40)), at(onlySome(0x3f))}, status: ocsp.Unknown},
		{name: "the point has no name but an issuer", lists: []list{at(fullName(directory(base.issuer.subject)), onlySome(0x40), indirect()), at(onlySome(0x3f, 0x80))}, leaf: &unnamed, status: ocsp.Good},
	})
	points := base.leaf.with(distributionPoints(sequence(fullName(here), implicit(1, 6, 0x40))))
	runLists(t, base, []listTest{
		{name: "the point is for one reason", lists: []list{at(fullName(here))}, leaf: &points, status: ocsp.Unknown},
		{name: "the point is for one reason, but the list for all", lists: []list{l}, leaf: &points, status: ocsp.Good},
	})
}

// TestCRLSound gives lists that break a rule.
func TestCRLSound(t *testing.T) {
	const skew = ocsp.DefaultSkew
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	noNext := func(age time.Duration) list {
		c := l.between(now.Add(-age), now)
		c.next = nil
		return c
	}
	hit := l.revoking(entryOf(base.leaf.serial, now.AddDate(0, -1, 0), reason(1)))
	stranger := entryOf([]byte{9}, now.AddDate(0, -1, 0), ext{oidPrivate, true, null()})
	indirectly := l.with(issuingPoint(indirect())).revoking(entryOf([]byte{9}, now, certificateIssuer(directory(commonName("Another CA")))))
	runLists(t, base, []listTest{
		{name: "signed by somebody else", lists: []list{l.signedBy(key("p256-other"))}, code: "revocation-signature-invalid"},
		{name: "a sound one beside it", lists: []list{l.signedBy(key("p256-other")).with(crlNumber(9)), hit}, status: ocsp.Revoked},
		{name: "a sound one beside it that does not revoke", lists: []list{l.signedBy(key("p256-other")), l}, status: ocsp.Good},
		{name: "unknown extension", lists: []list{l.with(ext{oidPrivate, true, null()})}, code: "crl-extension-unknown"},
		{name: "unknown extension that is not critical", lists: []list{l.with(ext{oidPrivate, false, null()})}, status: ocsp.Good},
		{name: "unknown extension of another entry", lists: []list{l.revoking(stranger)}, code: "crl-extension-unknown"},
		{name: "unknown extension of another entry, beside a revocation", lists: []list{hit.revoking(stranger)}, code: "crl-extension-unknown"},
		{name: "without a number", lists: []list{{version: l.version, issuer: l.issuer, this: l.this, next: l.next, signer: l.signer}}, code: "crl-number"},
		{name: "with a critical number", lists: []list{l.with(ext{"2.5.29.20", true, integer(5)})}, code: "crl-number"},
		{name: "of version 1", lists: []list{{issuer: l.issuer, this: l.this, next: l.next, signer: l.signer}}, status: ocsp.Good},
		{name: "of version 1, revoked", lists: []list{{issuer: l.issuer, this: l.this, next: l.next, signer: l.signer, entries: [][]byte{entryOf(base.leaf.serial, now)}}}, status: ocsp.Revoked},
		{name: "indirect without a concern", lists: []list{indirectly}, status: ocsp.Good},
		{name: "thisUpdate within the skew", lists: []list{l.between(now.Add(skew), now.Add(time.Hour))}, status: ocsp.Good},
		{name: "thisUpdate beyond the skew", lists: []list{l.between(now.Add(skew+time.Second), now.Add(time.Hour))}, code: "crl-not-yet-valid"},
		{name: "nextUpdate within the skew", lists: []list{l.between(now.Add(-time.Hour), now.Add(-skew))}, status: ocsp.Good},
		{name: "nextUpdate beyond the skew", lists: []list{l.between(now.Add(-time.Hour), now.Add(-skew-time.Second))}, code: "crl-stale"},
		{name: "nextUpdate before thisUpdate", lists: []list{l.between(now, now.Add(-time.Second))}, code: "crl-dates-reversed"},
		{name: "without nextUpdate, fresh", lists: []list{noNext(ocsp.DefaultMaxAge + skew)}, status: ocsp.Good},
		{name: "without nextUpdate, old", lists: []list{noNext(ocsp.DefaultMaxAge + skew + time.Second)}, code: "crl-too-old"},
		{name: "without nextUpdate, older than asked", lists: []list{noNext(time.Hour)}, code: "crl-too-old", opt: ocsp.Options{MaxAge: time.Minute}},
	})
	powerless := base
	powerless.issuer = base.issuer.with(keyUsage(keyCertSign))
	damaged := base
	damaged.issuer = base.issuer.with(ext{"2.5.29.15", true, null()})
	silent := base
	silent.issuer = base.issuer.without("2.5.29.15")
	runLists(t, powerless, []listTest{{name: "without cRLSign", lists: []list{l}, code: "crl-issuer-key-usage"}})
	runLists(t, damaged, []listTest{{name: "damaged key usage", lists: []list{l}, code: "crl-issuer-key-usage"}})
	runLists(t, silent, []listTest{{name: "no key usage", lists: []list{l}, status: ocsp.Good}})
	for _, k := range []string{"rsa-ca", "ed25519", "sm2-ca", "p384"} {
		s := newScene(k, "p256-server")
		runLists(t, s, []listTest{{name: k, lists: []list{listOf(s.issuer)}, status: ocsp.Good}})
	}
	sm2 := newScene("sm2-ca", "sm2-sign")
	runLists(t, sm2, []listTest{{name: "empty signer ID", lists: []list{listOf(sm2.issuer).signedBy(sm2.issuer.key.withEmptyID())}, code: "sm2-signer-id"}})
}

// TestCRLEntries finds the entry, in lists with and without the issuers' names.
func TestCRLEntries(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	serial, at := base.leaf.serial, now.AddDate(0, -1, 0)
	l := listOf(base.issuer)
	var crowd [][]byte
	for i := range 200 {
		crowd = append(crowd, entryOf([]byte{0x10, byte(i%100 + 2), byte(i)}, at, reason(4)))
	}
	crowded := l.revoking(crowd[:150]...).revoking(entryOf(serial, at)).revoking(crowd[150:]...)
	crl := commonName("Revocation Test CRL Issuer")
	signer := below(base.issuer, "Revocation Test CRL Issuer", key("p256-other"), 0x0c).with(keyUsage(crlSign))
	pointed := base.leaf.with(distributionPoints(sequence(explicit(2, directory(crl)))))
	ind := l.of(crl).signedBy(signer.key).with(issuingPoint(indirect()))
	own, foreign := certificateIssuer(directory(base.issuer.subject)), certificateIssuer(directory(commonName("Another CA")))
	signers := ocsp.Options{CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate {
		return []*certparse.Certificate{nil, parseCertificate(t, base.leaf.der()), parseCertificate(t, signer.der())}
	}}
	powerless := signer.with(keyUsage(digitalSignature))
	wrong := ocsp.Options{CRLIssuers: func(*ocsp.CRL) []*certparse.Certificate {
		return []*certparse.Certificate{parseCertificate(t, powerless.der())}
	}}
	runLists(t, base, []listTest{
		{name: "in a crowd", lists: []list{crowded}, status: ocsp.Revoked},
		{name: "not in the crowd", lists: []list{l.revoking(crowd...)}, status: ocsp.Good},
		{name: "number with zeros", lists: []list{l.revoking(entryOf([]byte{0x10}, at), entryOf([]byte{0, 0x90, 1}, at))}, status: ocsp.Good},
		{name: "indirect, named", lists: []list{ind.revoking(entryOf(serial, at, own))}, leaf: &pointed, opt: signers, status: ocsp.Revoked},
		{name: "indirect, named before", lists: []list{ind.revoking(entryOf([]byte{1}, at, own), entryOf([]byte{2}, at), entryOf(serial, at))}, leaf: &pointed, opt: signers, status: ocsp.Revoked},
		{name: "indirect, of the list's issuer", lists: []list{ind.revoking(entryOf(serial, at))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, of another issuer", lists: []list{ind.revoking(entryOf([]byte{1}, at, own), entryOf(serial, at, foreign))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, after another issuer", lists: []list{ind.revoking(entryOf([]byte{1}, at, own), entryOf([]byte{2}, at, foreign), entryOf(serial, at))}, leaf: &pointed, opt: signers, status: ocsp.Good},
		{name: "indirect, both", lists: []list{ind.revoking(entryOf(serial, at, foreign), entryOf(serial, at, own))}, leaf: &pointed, opt: signers, status: ocsp.Revoked},
		{name: "indirect, without asking", lists: []list{ind}, leaf: &pointed, code: "crl-issuer-unknown"},
		{name: "indirect, signer without cRLSign", lists: []list{ind}, leaf: &pointed, opt: wrong, code: "crl-issuer-key-usage"},
		{name: "indirect, signed by another key", lists: []list{ind.signedBy(key("p384"))}, leaf: &pointed, opt: signers, code: "revocation-signature-invalid"},
		{name: "not said to be indirect", lists: []list{l.of(crl).signedBy(signer.key)}, leaf: &pointed, opt: signers, status: ocsp.Unknown},
		{name: "not the point's issuer", lists: []list{ind}, opt: signers, status: ocsp.Unknown},
	})
}

// TestCRLDelta applies delta lists.
func TestCRLDelta(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	serial, at := base.leaf.serial, now.AddDate(0, -1, 0)
	full := listOf(base.issuer) // Number 5.
	held := full.revoking(entryOf(serial, at, reason(6)))
	delta := func(base, number byte) list { return full.with(deltaOf(base), crlNumber(number)) }
	adds := func(l list) list { return l.revoking(entryOf(serial, at, reason(1))) }
	removes := func(l list) list { return l.revoking(entryOf(serial, at, reason(8))) }
	stale := func(l list) list { return l.between(now.AddDate(0, 0, -2), now.AddDate(0, 0, -1)) }
	keyID := func(b byte) ext { return ext{"2.5.29.35", false, sequence(implicit(0, b))} }
	runLists(t, base, []listTest{
		{name: "adds", lists: []list{full, adds(delta(5, 6))}, status: ocsp.Revoked},
		{name: "adds to an earlier one", lists: []list{full, adds(delta(3, 6))}, status: ocsp.Revoked},
		{name: "says nothing", lists: []list{held, delta(5, 6)}, status: ocsp.Revoked},
		{name: "removes", lists: []list{held, removes(delta(5, 6))}, status: ocsp.Good},
		{name: "removes, then adds", lists: []list{held, removes(delta(5, 6)), adds(delta(5, 7))}, status: ocsp.Revoked},
		{name: "adds, then removes", lists: []list{full, adds(delta(5, 6)), removes(delta(5, 7))}, status: ocsp.Good},
		{name: "adds, after removing another one", lists: []list{full, delta(5, 6).revoking(entryOf([]byte{1}, at, reason(8)), entryOf(serial, at))}, status: ocsp.Revoked},
		{name: "based on a later one", lists: []list{held, removes(delta(6, 7))}, status: ocsp.Revoked},
		{name: "not later", lists: []list{held, removes(delta(4, 5))}, status: ocsp.Revoked},
		{name: "of another scope", lists: []list{held, removes(delta(5, 6)).with(issuingPoint(onlyUser()))}, status: ocsp.Revoked},
		{name: "of another key", lists: []list{held.with(keyID(1)), removes(delta(5, 6)).with(keyID(2))}, status: ocsp.Revoked},
		{name: "of the same key", lists: []list{held.with(keyID(1)), removes(delta(5, 6)).with(keyID(1))}, status: ocsp.Good},
		{name: "forged", lists: []list{held, removes(delta(5, 6)).signedBy(key("p256-other"))}, status: ocsp.Revoked},
		{name: "stale", lists: []list{held, stale(removes(delta(5, 6)))}, status: ocsp.Revoked},
		{name: "alone", lists: []list{delta(5, 6)}, status: ocsp.Unknown},
		{name: "alone, revoking", lists: []list{adds(delta(5, 6))}, status: ocsp.Unknown},
		{name: "with a stale full one", lists: []list{stale(full), delta(5, 6)}, code: "crl-stale"},
		{name: "later full one without the entry", lists: []list{held, full.with(crlNumber(6))}, status: ocsp.Good},
		{name: "earlier full one with the entry, forged later one", lists: []list{held, full.with(crlNumber(6)).signedBy(key("p256-other"))}, status: ocsp.Revoked},
		{name: "earlier full one with the entry, later one of another scope", lists: []list{held, full.with(crlNumber(6), issuingPoint(onlyUser()))}, status: ocsp.Revoked},
	})
}

// TestCRLSyntax reads lists that are not exact.
func TestCRLSyntax(t *testing.T) {
	base := newScene("p256-root", "p256-server")
	l := listOf(base.issuer)
	at := now.AddDate(0, -1, 0)
	replaced := func(l list, from, to []byte) []byte {
		tbs := l.tbs()
		if !bytes.Contains(tbs, from) {
			t.Fatal("the list does not have the bytes")
		}
		// Only replacements of the same length are made, or whole parts are left out.
		return l.around(bytes.Replace(tbs, from, to, 1))
	}
	change := func(change func(*list)) []byte {
		c := l
		c.exts = slices.Clone(l.exts)
		change(&c)
		return c.der()
	}
	point := func(parts ...[]byte) []byte { return l.with(issuingPoint(parts...)).der() }
	good := map[string][]byte{
		"as it is":                   l.der(),
		"version 1":                  change(func(l *list) { l.version, l.exts = nil, nil }),
		"GeneralizedTime":            change(func(l *list) { l.next = generalizedTime(now.AddDate(30, 0, 0)) }),
		"without nextUpdate":         change(func(l *list) { l.next = nil }),
		"entry with all extensions":  l.with(issuingPoint(indirect())).revoking(entryOf([]byte{1}, at, reason(1), ext{"2.5.29.24", false, generalizedTime(at)}, certificateIssuer(directory(base.issuer.subject)))).der(),
		"two bytes of reasons":       point(onlySome(0, 0x80)),
		"alternative name of issuer": l.with(ext{"2.5.29.18", false, sequence(uri("x:y"))}).der(),
		"freshest":                   l.with(ext{"2.5.29.46", false, sequence(sequence(fullName(uri("http://crl.example.com/delta.crl"))))}).der(),
	}
	for name, der := range good {
		if _, err := ocsp.ParseCRL(der); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	bad := map[string][]byte{
		"empty":                                          nil,
		"trailing byte":                                  append(l.der(), 0),
		"version 1 written":                              change(func(l *list) { l.version = integer(0) }),
		"version 3":                                      change(func(l *list) { l.version = integer(2) }),
		"version 1 with extensions":                      change(func(l *list) { l.version = nil }),
		"version 1 with extensions of entries":           change(func(l *list) { l.version, l.exts, l.entries = nil, nil, [][]byte{entryOf([]byte{1}, at, reason(1))} }),
		"two algorithms":                                 change(func(l *list) { l.algorithm = key("p384").algorithm }),
		"no issuer":                                      change(func(l *list) { l.issuer = sequence() }),
		"an issuer that is no name":                      change(func(l *list) { l.issuer = sequence(null()) }),
		"thisUpdate missing":                             change(func(l *list) { l.this, l.next = nil, nil }),
		"thisUpdate with a zone":                         change(func(l *list) { l.this = tlv(tagUTCTime, []byte("260101110000+0000")) }),
		"nextUpdate without seconds":                     change(func(l *list) { l.next = tlv(tagUTCTime, []byte("2601011100Z")) }),
		"nextUpdate in month 13":                         change(func(l *list) { l.next = tlv(tagUTCTime, []byte("261301110000Z")) }),
		"extension twice":                                change(func(l *list) { l.exts = append(l.exts, crlNumber(6)) }),
		"no extensions in the list":                      change(func(l *list) { l.exts = []ext{} }),
		"negative number":                                change(func(l *list) { l.exts = []ext{crlNumber(0x80)} }),
		"number that is too long":                        change(func(l *list) { l.exts = []ext{{"2.5.29.20", false, integer(bytes.Repeat([]byte{1}, 21)...)}} }),
		"number and more":                                change(func(l *list) { l.exts = []ext{{"2.5.29.20", false, append(integer(1), 0)}} }),
		"delta without a number":                         change(func(l *list) { l.exts = []ext{deltaOf(1)} }),
		"delta before its base":                          l.with(deltaOf(6)).der(),
		"empty point":                                    point(),
		"point with a false":                             point(implicit(1, 0)),
		"point with a boolean of 1":                      point(implicit(1, 1)),
		"point for end entities and CAs":                 point(onlyUser(), onlyCA()),
		"point for end entities and attributes":          point(onlyUser(), onlyAttribute()),
		"point for CAs and attributes":                   point(onlyCA(), onlyAttribute()),
		"point in the wrong order":                       point(indirect(), onlyUser()),
		"point and more":                                 l.with(ext{"2.5.29.28", true, append(sequence(onlyUser()), 0)}).der(),
		"point without reasons":                          point(implicit(3, 0)),
		"point with no reason":                           point(implicit(3, 1, 0)),
		"point with the unused reason":                   point(implicit(3, 7, 0x80)),
		"point with reasons of bits beyond":              point(implicit(3, 7, 0xc0)),
		"point with an empty name":                       point(explicit(0)),
		"point with no names":                            point(explicit(0, explicit(0))),
		"point with a name of a third kind":              point(explicit(0, explicit(2, uri("x:y")))),
		"point with a name of form 9":                    point(fullName(implicit(9, 1))),
		"point with a directory name that is none":       point(fullName(explicit(4, null()))),
		"point with a relative name that is none":        point(explicit(0, explicit(1, null()))),
		"entry without a time":                           l.revoking(sequence(integer(1))).der(),
		"entry without a number":                         l.revoking(sequence(utcTime(at))).der(),
		"entry with a number that is not minimal":        l.revoking(entryOf([]byte{0, 1}, at)).der(),
		"entry and more":                                 l.revoking(sequence(integer(1), utcTime(at), extensionList([]ext{reason(1)}), null())).der(),
		"entry with no extensions in the list":           l.revoking(sequence(integer(1), utcTime(at), sequence())).der(),
		"entry with an extension twice":                  l.revoking(entryOf([]byte{1}, at, reason(1), reason(1))).der(),
		"entry with reason 7":                            l.revoking(entryOf([]byte{1}, at, reason(7))).der(),
		"entry with a reason and more":                   l.revoking(entryOf([]byte{1}, at, ext{"2.5.29.21", false, append(enumerated(1), 0)})).der(),
		"entry that removes":                             l.revoking(entryOf([]byte{1}, at, reason(8))).der(),
		"entry with an issuer":                           l.revoking(entryOf([]byte{1}, at, certificateIssuer(directory(base.issuer.subject)))).der(),
		"entry with no issuer in the list":               l.with(issuingPoint(indirect())).revoking(entryOf([]byte{1}, at, certificateIssuer())).der(),
		"entry with an issuer that is no directory name": l.with(issuingPoint(indirect())).revoking(entryOf([]byte{1}, at, certificateIssuer(uri("x:y")))).der(),
		"entry with an issuer that cannot be read":       l.with(issuingPoint(indirect())).revoking(entryOf([]byte{1}, at, certificateIssuer(directory(base.issuer.subject), null()))).der(),
		"point with 65 names":                            point(fullName(slices.Repeat([][]byte{uri("x:y")}, 65)...)),
		"entry with an odd invalidity date":              l.revoking(entryOf([]byte{1}, at, ext{"2.5.29.24", false, utcTime(at)})).der(),
		"freshest without points":                        l.with(ext{"2.5.29.46", false, sequence()}).der(),
		"key identifier that is none":                    l.with(ext{"2.5.29.35", false, null()}).der(),
		"something instead of entries":                   replaced(l, l.exts[0].der(), bytes.Repeat([]byte{5, 0}, len(l.exts[0].der())/2)),
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
	namesake.key = key("p256-other")
	l, err := ocsp.ParseCRL(listOf(base.issuer).der())
	if err != nil {
		t.Fatal(err)
	}
	cert, issuer := base.parse(t)
	other := parseCertificate(t, namesake.der())
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
	if _, err := ocsp.Judge(nil, cert, issuer, ocsp.Options{}); err != ocsp.ErrIncomplete {
		t.Errorf("without a time: %v", err)
	}
	stranger := ca(key("p384"))
	stranger.subject = commonName("Another CA")
	if r, _ := ocsp.Judge([]*ocsp.CRL{l}, cert, parseCertificate(t, stranger.der()), ocsp.Options{Time: now}); r.Code != "issuer-mismatch" {
		t.Errorf("with another CA: %v %s", r.Status, r.Code)
	}
}
