package path_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"io"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// rule is a pair of questions that differ in one thing: the bad one must be
// refused with the code at the certificate with the given index, and only there;
// the good one accepted.
type rule struct {
	code      string
	index     int
	what      string
	bad, good func(testing.TB) question
}

// chain asks about a leaf below one CA below a root, each with edits.
func chain(root_, ca, leaf []edit, options ...func(*path.Options)) func(testing.TB) question {
	return func(tb testing.TB) question {
		r := root(tb, "Root", root_...)
		i := r.ca("CA", ca...)
		q := ask(i.leaf(leaf...), r, i)
		for _, o := range options {
			o(&q.opt)
		}
		return q
	}
}

// below asks about a leaf below two CAs or, if more edits are given, three. Policies
// are demanded if the leaf has one.
func below(first, second, leaf []edit, third ...[]edit) func(testing.TB) question {
	return func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", first...)
		b := a.ca("B", second...)
		pool := []*entity{a, b}
		if len(third) > 0 {
			pool = append(pool, b.ca("C", third[0]...))
		}
		q := ask(pool[len(pool)-1].leaf(leaf...), r, pool...)
		q.opt.ExplicitPolicy = len(leaf) > 0
		return q
	}
}

type edits = []edit

func web(o *path.Options) { o.Profile = path.WebPKI }

func conforming(o *path.Options) { o.Conforming = true }

func explicitPolicy(o *path.Options) { o.ExplicitPolicy = true }

const pA, pB, pC, pAny = "1.3.6.1.4.1.99999.1", "1.3.6.1.4.1.99999.2", "1.3.6.1.4.1.99999.3", certparse.AnyPolicy

func acceptable(ids ...string) func(*path.Options) {
	return func(o *path.Options) { o.InitialPolicies, o.ExplicitPolicy = ids, true }
}

// permit is a pair of rules about constraints on names: bad and good are names
// of the leaf below a CA with the given constraint.
func named(code, what string, constraint edit, bad, good node) rule {
	return rule{code, 0, what, chain(nil, edits{constraint}, edits{san(bad)}), chain(nil, edits{constraint}, edits{san(good)})}
}

var healthy = chain(nil, nil, nil)

var rules = []rule{
	// The path itself, Section 6.1.3 (a).
	{"path-issuer-missing", 0, "an intermediate is missing", func(tb testing.TB) question {
		r := root(tb, "Root")
		return ask(r.ca("CA").leaf(), r)
	}, healthy},
	{"path-root-not-trusted", 2, "the root is not trusted", func(tb testing.TB) question {
		r := root(tb, "Root")
		i := r.ca("CA")
		return ask(i.leaf(), root(tb, "Other"), i, r)
	}, healthy},
	{"path-circular", 2, "two CAs certify each other", func(tb testing.TB) question {
		a, b := root(tb, "A"), root(tb, "B")
		return ask(a.leaf(), root(tb, "Root"), a.ca("B"), b.ca("A"))
	}, healthy},
	{"issuer-signature-invalid", 0, "the leaf was signed with another key", func(tb testing.TB) question {
		r := root(tb, "Root")
		i := r.ca("CA")
		j := issue(tb, r, "CA", testKey(tb, "another"), edits{isCA})
		return ask(j.leaf(), r, i)
	}, healthy},
	{"issuer-signature-invalid", 1, "the CA was signed with another key than the root's", func(tb testing.TB) question {
		r := root(tb, "Root")
		i := issue(tb, issue(tb, nil, "Root", testKey(tb, "another"), edits{isCA}), "CA", testKey(tb, "CA"), edits{isCA})
		return ask(i.leaf(), r, i)
	}, healthy},
	{"certificate-expired", 0, "the leaf expired a second ago", chain(nil, nil, edits{period(now.AddDate(0, 0, -30), now.Add(-time.Second))}),
		chain(nil, nil, edits{period(now.AddDate(0, 0, -30), now)})},
	{"certificate-expired", 0, "the whole last second counts", chain(nil, nil, edits{period(now.AddDate(0, 0, -30), now)}, func(o *path.Options) { o.Time = now.Add(time.Second) }),
		chain(nil, nil, edits{period(now.AddDate(0, 0, -30), now)}, func(o *path.Options) { o.Time = now.Add(999 * time.Millisecond) })},
	{"certificate-expired", 1, "the CA expired", chain(nil, edits{period(now.AddDate(-1, 0, 0), now.Add(-time.Second))}, nil),
		chain(nil, edits{period(now.AddDate(-1, 0, 0), now)}, nil)},
	{"certificate-expired", 2, "the root expired", chain(edits{period(now.AddDate(-1, 0, 0), now.Add(-time.Second))}, nil, nil),
		chain(edits{period(now.AddDate(-1, 0, 0), now)}, nil, nil)},
	{"certificate-not-yet-valid", 0, "the leaf is valid a second later", chain(nil, nil, edits{period(now.Add(time.Second), now.AddDate(0, 1, 0))}),
		chain(nil, nil, edits{period(now, now.AddDate(0, 1, 0))})},

	// CAs, Section 6.1.4 (k) to (n).
	{"not-a-ca", 1, "the issuer is not a CA", chain(nil, edits{func(c *x509.Certificate) { c.IsCA = false; c.KeyUsage = 0 }}, nil), healthy},
	{"not-a-ca", 1, "the issuer has no basic constraints", chain(nil, edits{func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid = false, false; c.KeyUsage = 0 }}, nil), healthy},
	{"not-a-ca", 1, "the root is not a CA", func(tb testing.TB) question {
		r := root(tb, "Root", func(c *x509.Certificate) { c.IsCA = false; c.KeyUsage = 0 })
		return ask(r.leaf(), r)
	}, func(tb testing.TB) question { r := root(tb, "Root"); return ask(r.leaf(), r) }},
	{"key-usage-unsuitable", 1, "the CA's key may not sign certificates", chain(nil, edits{usage(x509.KeyUsageCRLSign)}, nil),
		chain(nil, edits{usage(x509.KeyUsageCertSign)}, nil)},
	{"key-usage-unsuitable", 2, "the root's key may not sign certificates", chain(edits{usage(x509.KeyUsageDigitalSignature)}, nil, nil), healthy},
	{"key-usage-unsuitable", 0, "the caller wants another usage", chain(nil, nil, nil, func(o *path.Options) { o.KeyUsage = certparse.KeyEncipherment }),
		chain(nil, nil, nil, func(o *path.Options) { o.KeyUsage = certparse.DigitalSignature })},
	{"path-length-exceeded", 1, "a CA below a CA that allows none", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", pathLen(0))
		b := a.ca("B")
		return ask(b.leaf(), r, a, b)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", pathLen(1))
		b := a.ca("B")
		return ask(b.leaf(), r, a, b)
	}},
	{"path-length-exceeded", 1, "the root's limit counts", chain(edits{pathLen(0)}, nil, nil), chain(edits{pathLen(1)}, nil, nil)},
	{"path-length-exceeded", 1, "a later CA cannot widen the limit", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", pathLen(1))
		b := a.ca("B", pathLen(5))
		c := b.ca("C")
		return ask(c.leaf(), r, a, b, c)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", pathLen(2))
		b := a.ca("B", pathLen(5))
		c := b.ca("C")
		return ask(c.leaf(), r, a, b, c)
	}},
	{"path-length-exceeded", 1, "what a CA issued to itself does not count", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", pathLen(0))
		b := a.again("new key")
		c := b.ca("C")
		return ask(c.leaf(), r, a, b, c)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", pathLen(0))
		b := a.again("new key")
		return ask(b.leaf(), r, a, b)
	}},
	{"path-too-long", 1, "the caller allows no intermediates", chain(nil, nil, nil, func(o *path.Options) { o.MaxIntermediates = -1 }),
		chain(nil, nil, nil, func(o *path.Options) { o.MaxIntermediates = 1 })},

	// Extensions, Section 6.1.4 (o) and 6.1.5 (f).
	{"path-critical-extension", 0, "unknown in the leaf", chain(nil, nil, edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}),
		chain(nil, nil, edits{ext("1.3.6.1.4.1.99999.9", false, []byte{5, 0})})},
	{"path-critical-extension", 1, "unknown in the CA", chain(nil, edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}, nil),
		chain(nil, edits{ext("1.3.6.1.4.1.99999.9", false, []byte{5, 0})}, nil)},
	{"path-critical-extension", 2, "unknown in the root", chain(edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}, nil, nil),
		chain(edits{ext("1.3.6.1.4.1.99999.9", false, []byte{5, 0})}, nil, nil)},
	{"path-critical-extension", 0, "known but not processed: a precertificate", chain(nil, nil, edits{ext("1.3.6.1.4.1.11129.2.4.3", true, []byte{5, 0})}), healthy},
	{"extension-malformed", 0, "damaged alternative names", chain(nil, nil, edits{func(c *x509.Certificate) { c.DNSNames = nil }, ext(extSAN, false, []byte{0x30, 3, 0x87, 1, 1})}), healthy},
	{"extension-malformed", 1, "damaged name constraints", chain(nil, edits{ext(extConstraints, false, []byte{0x30, 0})}, nil), healthy},
	{"extension-malformed", 0, "an empty extended key usage", chain(nil, nil, edits{purpose(), ext(extPurposes, false, []byte{0x30, 0})}), healthy},

	// Purposes.
	{"extended-key-usage-unsuitable", 0, "the leaf is for clients", chain(nil, nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, forServers),
		chain(nil, nil, nil, forServers)},
	{"extended-key-usage-unsuitable", 1, "the CA is for clients", chain(nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, nil, forServers),
		chain(nil, edits{purpose(x509.ExtKeyUsageClientAuth, x509.ExtKeyUsageServerAuth)}, nil, forServers)},
	{"extended-key-usage-unsuitable", 0, "one of two purposes", chain(nil, nil, nil, forServers, forClients),
		chain(nil, nil, edits{purpose(x509.ExtKeyUsageAny)}, forServers, forClients)},

	// Policies, Section 6.1.3 (d) to (f), 6.1.4 (a) and (b), 6.1.5 (g).
	{"path-policy-required", 0, "the leaf has none", chain(nil, edits{policies(pA)}, nil, explicitPolicy),
		chain(nil, edits{policies(pA)}, edits{policies(pA)}, explicitPolicy)},
	{"path-policy-required", 1, "the CA has none", chain(nil, nil, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(pAny)}, edits{policies(pA)}, explicitPolicy)},
	{"path-policy-required", 0, "the CA and the leaf have different ones", chain(nil, edits{policies(pA)}, edits{policies(pB)}, explicitPolicy),
		chain(nil, edits{policies(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "not one that the caller accepts", chain(nil, edits{policies(pA)}, edits{policies(pA)}, acceptable(pB)),
		chain(nil, edits{policies(pA)}, edits{policies(pA)}, acceptable(pB, pA))},
	{"path-policy-required", 0, "anyPolicy in the CA, but not the one that the caller accepts", chain(nil, edits{policies(pAny)}, edits{policies(pA)}, acceptable(pB)),
		chain(nil, edits{policies(pAny)}, edits{policies(pA)}, acceptable(pA))},
	{"path-policy-required", 0, "a CA demands one", chain(nil, edits{limits(0, -1)}, nil), chain(nil, edits{policies(pA), limits(0, -1)}, edits{policies(pA)})},
	{"path-policy-required", 0, "a CA demands one from the next but one on", chain(nil, edits{limits(1, -1)}, nil), chain(nil, edits{limits(2, -1)}, nil)},
	{"path-policy-required", 0, "the root demands one", chain(edits{limits(1, -1)}, edits{}, nil), chain(edits{limits(5, -1)}, nil, nil)},
	{"path-policy-required", 0, "the leaf demands one", chain(nil, nil, edits{limits(0, -1)}), chain(nil, nil, edits{limits(1, -1)})},
	{"path-policy-required", 0, "the caller inhibits anyPolicy", chain(nil, edits{policies(pA)}, edits{policies(pAny)}, explicitPolicy, func(o *path.Options) { o.InhibitAnyPolicy = true }),
		chain(nil, edits{policies(pA)}, edits{policies(pAny)}, explicitPolicy)},
	{"path-policy-required", 0, "a CA inhibits anyPolicy", chain(nil, edits{policies(pA), inhibitAny(0)}, edits{policies(pAny)}, explicitPolicy),
		chain(nil, edits{policies(pA), inhibitAny(1)}, edits{policies(pAny)}, explicitPolicy)},
	{"path-policy-required", 0, "a CA demands one three certificates on", below(edits{limits(2, -1)}, nil, nil), below(edits{limits(3, -1)}, nil, nil)},
	{"path-policy-required", 0, "a CA inhibits mapping two certificates on", below(edits{policies(pAny), limits(-1, 1)}, edits{policies(pA)}, edits{policies(pB)}, edits{policies(pA), mapped(pA, pB)}),
		below(edits{policies(pAny), limits(-1, 2)}, edits{policies(pA)}, edits{policies(pB)}, edits{policies(pA), mapped(pA, pB)})},
	{"path-policy-required", 0, "a CA inhibits anyPolicy two certificates on", below(edits{policies(pA), inhibitAny(1)}, edits{policies(pA)}, edits{policies(pAny)}),
		below(edits{policies(pA), inhibitAny(2)}, edits{policies(pA)}, edits{policies(pAny)})},
	{"path-policy-required", 1, "anyPolicy still counts in what a CA issued to itself", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", policies(pA), inhibitAny(0))
		b := a.ca("B", policies(pAny))
		return ask(b.leaf(policies(pA)), r, a, b).with(explicitPolicy)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A", policies(pA), inhibitAny(0))
		b := a.again("new key", policies(pAny))
		return ask(b.leaf(policies(pA)), r, a, b).with(explicitPolicy)
	}},
	{"path-policy-required", 1, "the root inhibits anyPolicy", chain(edits{inhibitAny(0)}, edits{policies(pAny)}, edits{policies(pA)}, explicitPolicy),
		chain(edits{inhibitAny(1)}, edits{policies(pAny)}, edits{policies(pA)}, explicitPolicy)},
	{"path-policy-required", 0, "mapped to another policy", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pA)}, explicitPolicy),
		chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "a mapped policy has the anchor's name", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pB)),
		chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pA))},
	{"path-policy-required", 0, "anyPolicy can be mapped from", chain(nil, edits{policies(pAny), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pC)),
		chain(nil, edits{policies(pAny), mapped(pA, pB)}, edits{policies(pB)}, acceptable(pA))},
	{"path-policy-required", 0, "the caller inhibits mapping", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true }),
		chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"path-policy-required", 0, "a policy that may not be mapped is gone", chain(nil, edits{policies(pA), mapped(pA, pB)}, edits{policies(pA)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true }),
		chain(nil, edits{policies(pA), mapped(pC, pB)}, edits{policies(pA)}, explicitPolicy, func(o *path.Options) { o.InhibitPolicyMapping = true })},
	{"path-policy-required", 0, "the root inhibits mapping", chain(edits{limits(-1, 0)}, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy),
		chain(edits{limits(-1, 1)}, edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, explicitPolicy)},
	{"policy-mapping-any-policy", 1, "anyPolicy is mapped", chain(nil, edits{policies(pA), mapped(pAny, pB)}, nil), chain(nil, edits{policies(pA), mapped(pA, pB)}, nil)},

	// Names, Section 4.2.1.10 and 6.1.3 (b) and (c).
	named("path-name-not-permitted", "DNS: another domain", permitted(dns("example.com")), dns("www.example.org"), dns("www.example.com")),
	named("path-name-not-permitted", "DNS: the end of a label", permitted(dns("example.com")), dns("badexample.com"), dns("EXAMPLE.com")),
	named("path-name-not-permitted", "DNS: a wildcard above the permitted name", permitted(dns("www.example.com")), dns("*.example.com"), dns("*.www.example.com")),
	named("path-name-excluded", "DNS: an excluded domain", excluded(dns("example.com")), dns("a.b.example.com"), dns("example.org")),
	named("path-name-excluded", "DNS: a wildcard that stands for an excluded name", excluded(dns("bad.example.com")), dns("*.example.com"), dns("*.example.org")),
	named("path-name-excluded", "DNS: all names", excluded(dns("")), dns("example.com"), ip(10, 0, 0, 1)),
	named("path-name-not-permitted", "IP: another network", permitted(ip(192, 0, 2, 0, 255, 255, 255, 0)), ip(192, 0, 3, 1), ip(192, 0, 2, 1)),
	named("path-name-not-permitted", "IP: the other version", permitted(ip(0, 0, 0, 0, 0, 0, 0, 0)), ip(make([]byte, 16)...), ip(1, 2, 3, 4)),
	named("path-name-excluded", "IP: an excluded network", excluded(ip(10, 0, 0, 0, 255, 0, 0, 0)), ip(10, 1, 2, 3), ip(11, 1, 2, 3)),
	named("path-name-not-permitted", "e-mail: another host", permitted(email("example.com")), email("a@sub.example.com"), email("a@EXAMPLE.com")),
	named("path-name-not-permitted", "e-mail: the domain, not the host", permitted(email(".example.com")), email("a@example.com"), email("a@sub.example.com")),
	named("path-name-not-permitted", "e-mail: another mailbox", permitted(email("a@example.com")), email("A@example.com"), email("\"a\"@Example.com")),
	named("path-name-excluded", "e-mail: an excluded host", excluded(email("example.com")), email("a@example.com"), email("a@example.org")),
	named("path-name-excluded", "e-mail: an international address", excluded(email("example.com")), utf8Mailbox("ä@example.com"), utf8Mailbox("ä@example.org")),
	named("path-name-not-permitted", "URI: a subdomain of a host", permitted(uri("example.com")), uri("http://www.example.com/"), uri("http://user@example.com:8080/x")),
	named("path-name-not-permitted", "URI: the host of a domain", permitted(uri(".example.com")), uri("http://example.com/"), uri("http://www.example.com?")),
	named("path-name-excluded", "URI: an excluded host", excluded(uri("example.com")), uri("https://EXAMPLE.com"), uri("https://example.org")),
	{"path-name-not-permitted", 0, "directory: another organization", chain(nil, edits{acme}, edits{subjectDN(dn()), san(directory(dnNode(dnC, "CN", dnO, "Other")))}),
		chain(nil, edits{acme}, edits{subjectDN(dn()), san(directory(dnNode(dnC, "cn", dnO, " ACME ", dnCN, "x")))})},
	{"path-name-not-permitted", 0, "directory: above the permitted name", chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN"))}),
		chain(nil, edits{acme}, edits{subjectDN(dn(dnC, "CN", dnO, "Acme"))})},
	{"path-name-excluded", 0, "directory: the subject", chain(nil, edits{excluded(directory(dnNode(dnO, "Bad")))}, edits{subjectDN(dn(dnO, "bad", dnCN, "x"))}),
		chain(nil, edits{excluded(directory(dnNode(dnO, "Bad")))}, edits{subjectDN(dn(dnO, "good", dnCN, "x"))})},
	{"path-name-not-permitted", 0, "e-mail: in the subject, if there are no alternative names", chain(nil, edits{permitted(email("example.com"))}, edits{noSAN, subjectDN(dn(dnEmail, "a@example.org"))}),
		chain(nil, edits{permitted(email("example.com"))}, edits{noSAN, subjectDN(dn(dnEmail, "a@example.com"))})},
	named("path-name-constraint-unsupported", "a constraint on other names", excluded(upn("a@example.com")), upn("b@example.com"), dns("example.com")),
	named("path-name-constraint-unsupported", "a constraint on registered IDs", permitted(implicit(8, "\x2a\x03")), implicit(8, "\x2a\x03"), dns("example.com")),
	named("path-name-not-comparable", "a URI without a host", permitted(uri("example.com")), uri("urn:a:b"), uri("http://example.com")),
	named("path-name-not-comparable", "a URI with an address", excluded(uri("example.com")), uri("http://192.0.2.1/"), uri("http://example.org/")),
	named("path-name-not-comparable", "a DNS name that is none", permitted(dns("example.com")), dns("a..example.com"), dns("a.example.com")),
	named("path-name-not-comparable", "a wildcard inside a label", excluded(dns("bad.example.com")), dns("b*.example.com"), dns("ok.example.com")),
	{"path-name-constraint-invalid", 1, "a wildcard", chain(nil, edits{permitted(dns("*.example.com"))}, nil), chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"path-name-constraint-invalid", 1, "a dot before a DNS name", chain(nil, edits{permitted(dns(".example.com"))}, nil), chain(nil, edits{permitted(dns("example.com"))}, nil)},
	{"path-name-constraint-invalid", 1, "two @", chain(nil, edits{excluded(email("a@b@example.com"))}, nil), chain(nil, edits{excluded(email("a@example.com"))}, nil)},
	{"path-name-not-permitted", 0, "the root's constraints count", chain(edits{permitted(dns("example.org"))}, nil, nil), chain(edits{permitted(dns("example.com"))}, nil, nil)},
	{"path-name-not-permitted", 0, "each CA narrows", chain(edits{permitted(dns("example.com"))}, edits{permitted(dns("example.com"), dns("example.org"))}, edits{san(dns("example.org"))}),
		chain(edits{permitted(dns("example.com"))}, edits{permitted(dns("example.com"), dns("example.org"))}, nil)},
	{"path-name-excluded", 1, "a CA's own names count", chain(edits{excluded(dns("example.org"))}, edits{san(dns("ca.example.org"))}, nil), chain(edits{excluded(dns("example.org"))}, edits{san(dns("ca.example.com"))}, nil)},
	{"path-name-excluded", 0, "what a CA issued to itself is exempt, unless it is the target", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("CA", excluded(directory(dnNode(dnCN, "CA"))))
		b := a.again("new key")
		return ask(b.cert, r, a)
	}, func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("CA", excluded(directory(dnNode(dnCN, "CA"))))
		b := a.again("new key")
		return ask(b.leaf(), r, a, b)
	}},
	{"path-name-not-permitted", 0, "the caller's constraints", chain(nil, nil, nil, func(o *path.Options) {
		o.Permitted = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.org")}}
	}), chain(nil, nil, nil, func(o *path.Options) {
		o.Permitted = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.com")}}
	})},
	{"path-name-excluded", 0, "the caller's exclusions", chain(nil, nil, nil, func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.com")}}
	}), chain(nil, nil, nil, func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.org")}}
	})},

	// What issuers must do, Section 4.
	{"subject-key-identifier-missing", 1, "a CA without key identifier", chain(nil, edits{withoutKeyID}, edits{ext("2.5.29.35", false, []byte{0x30, 3, 0x80, 1, 1})}, conforming), chain(nil, edits{withoutKeyID}, nil)},
	{"authority-key-identifier-missing", 0, "nothing says which key signed", func(tb testing.TB) question { return unlinked(tb).with(conforming) }, unlinked},
	{"extension-should-be-critical", 1, "basic constraints", chain(nil, edits{casual}, nil, conforming), chain(nil, edits{casual}, nil)},
	{"extension-must-not-be-critical", 0, "authority information access", chain(nil, nil, edits{ext("2.5.29.14", true, []byte{4, 1, 1})}, conforming), chain(nil, nil, edits{ext("2.5.29.14", true, []byte{4, 1, 1})})},
	{"serial-too-long", 0, "21 octets", chain(nil, nil, edits{longSerial}, conforming), chain(nil, nil, edits{longSerial})},
	{"serial-too-long", 1, "21 octets, which do not matter in an anchor", chain(nil, edits{longSerial}, nil, conforming), chain(edits{longSerial}, nil, nil, conforming)},
	{"extension-should-be-critical", 1, "name constraints, which the web does not demand", chain(nil, edits{loose}, nil, conforming), chain(nil, edits{loose}, nil, web)},
	{"extension-should-be-critical", 1, "policy constraints, but not policy mappings", chain(nil, edits{ext(extLimits, false, []byte{0x30, 3, 0x80, 1, 9})}, nil, conforming),
		chain(nil, edits{policies(pA), ext(extMappings, false, der(seq(seq(id(pA), id(pB)))))}, nil, conforming)},
	{"der-malformed", 0, "more departures than are kept", chain(nil, nil, edits{repeated(120)}), chain(nil, nil, edits{repeated(50)})},
	{"key-usage-without-ca", 0, "a leaf that may sign certificates; a path length limit means nothing there", chain(nil, nil, edits{casualUsage, ext(extBasic, true, []byte{0x30, 0})}, conforming),
		chain(nil, nil, edits{ext(extBasic, true, []byte{0x30, 3, 2, 1, 0})}, conforming)},

	// The profile for the web.
	{"path-web-version", 2, "an anchor of version 1", func(tb testing.TB) question { return old(tb).with(web) }, old},
	{"path-web-key", 0, "a P-224 key", func(tb testing.TB) question { return small(tb).with(web) }, small},
	{"path-web-authority-key-identifier", 0, "it names issuer and serial number", chain(nil, nil, edits{ext("2.5.29.35", false, akiWithSerial)}, web), chain(nil, nil, nil, web)},
	{"path-web-authority-key-identifier", 2, "a root's has no key identifier", chain(edits{ext("2.5.29.35", false, []byte{0x30, 0})}, nil, nil, web), chain(nil, nil, nil, web)},
	{"path-web-authority-key-identifier", 2, "a root's is another's", chain(edits{ext("2.5.29.35", false, []byte{0x30, 3, 0x80, 1, 1})}, nil, nil, web), chain(nil, nil, nil, web)},
	{"path-web-purpose", 0, "none is stated", chain(nil, nil, edits{purpose()}, web), chain(nil, nil, edits{purpose()})},
	{"path-web-purpose", 0, "any is stated", chain(nil, nil, edits{purpose(x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageAny)}, web), chain(nil, nil, nil, web)},
	{"path-web-purpose", 0, "critical", chain(nil, nil, edits{purpose(), criticalPurpose}, web), chain(nil, nil, edits{purpose(), criticalPurpose})},
	{"path-web-key", 0, "an RSA key of 2040 bits", func(tb testing.TB) question { return rsaLeaf(tb, 2040).with(web) }, func(tb testing.TB) question { return rsaLeaf(tb, 2048).with(web) }},
	{"path-web-key", 0, "an RSA key of 2049 bits", func(tb testing.TB) question { return rsaLeaf(tb, 2049).with(web) }, func(tb testing.TB) question { return rsaLeaf(tb, 3072).with(web) }},
	{"signature-weak", 0, "SHA-1", chain(nil, nil, edits{sha1}, web, weak), chain(edits{sha1}, nil, nil, web)},
	{"signature-weak", 1, "SHA-1 in a CA's certificate", chain(nil, edits{sha1}, nil), chain(edits{sha1}, nil, nil)},
	{"signature-weak", 1, "SHA-1 in what a CA issued to itself", func(tb testing.TB) question {
		r := root(tb, "Root")
		a := r.ca("A")
		b := a.again("new key", sha1)
		return ask(b.leaf(), r, a, b)
	}, healthy},
	{"path-web-purpose", 2, "of the root", chain(edits{purpose(x509.ExtKeyUsageServerAuth)}, nil, nil, web), chain(nil, edits{purpose(x509.ExtKeyUsageServerAuth)}, nil, web)},
	{"extended-key-usage-unsuitable", 0, "serverAuth is always needed", chain(nil, nil, edits{purpose(x509.ExtKeyUsageClientAuth)}, web), chain(nil, nil, nil, web)},
	{"path-web-wildcard", 0, "a public suffix", chain(nil, nil, edits{noCN, san(dns("*.com"))}, web), chain(nil, nil, edits{noCN, san(dns("*.example.com"))}, web)},
	{"path-web-wildcard", 0, "a public suffix of two labels", chain(nil, nil, edits{noCN, san(dns("*.co.uk"))}, web, coUK), chain(nil, nil, edits{noCN, san(dns("*.example.co.uk"))}, web, coUK)},
	{"path-web-validity", 0, "201 days", chain(nil, nil, edits{days(201)}, web), chain(nil, nil, edits{days(200)}, web)},
	{"ca-as-server", 0, "a CA as a server", chain(nil, nil, edits{isCA, casualUsage}, web), chain(nil, nil, edits{isCA, casualUsage})},
	{"subject-alt-name-missing", 0, "only a common name", chain(nil, nil, edits{noSAN}, web), chain(nil, nil, edits{noSAN})},
	{"common-name-not-in-san", 0, "another common name", chain(nil, nil, edits{san(dns("example.com"))}, web), chain(nil, nil, edits{san(dns("example.com"))})},
	{"extension-should-not-be-critical", 0, "alternative names beside a subject", chain(nil, nil, edits{criticalSAN}, web), chain(nil, nil, edits{criticalSAN})},
}

var acme = permitted(directory(dnNode(dnC, "CN", dnO, "Acme")))

func forServers(o *path.Options) { o.Purposes = append(o.Purposes, certparse.EKUServerAuth) }
func forClients(o *path.Options) { o.Purposes = append(o.Purposes, certparse.EKUClientAuth) }

func noSAN(c *x509.Certificate) { c.DNSNames = nil }
func noCN(c *x509.Certificate)  { c.RawSubject = dn(dnO, "Example") }

// withoutKeyID makes a CA by hand, because crypto/x509 gives every CA a key identifier.
func withoutKeyID(c *x509.Certificate) {
	c.SubjectKeyId, c.IsCA, c.BasicConstraintsValid = nil, false, false
	ext(extBasic, true, []byte{0x30, 3, 1, 1, 0xff})(c)
}

// unlinked asks about a leaf that does not name its issuer's key.
func unlinked(tb testing.TB) question {
	r := root(tb, "Root")
	i := r.ca("CA")
	bare := *i.tmpl
	bare.SubjectKeyId = nil
	l := issue(tb, &entity{tb: tb, tmpl: &bare, key: i.key}, "www.example.com", testKey(tb, "leaf"), edits{isServer})
	return ask(l.cert, r, i)
}

// small asks about a leaf with a key that is too short for the web.
func small(tb testing.TB) question {
	r := root(tb, "Root")
	key, err := ecdsa.GenerateKey(elliptic.P224(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return ask(issue(tb, r, "www.example.com", key, edits{isServer}).cert, r)
}

// old asks about a leaf below an anchor of version 1.
func old(tb testing.TB) question {
	r := version1(tb, "Root")
	i := r.ca("CA")
	return ask(i.leaf(), r, i)
}

var (
	akiWithSerial = der(seq(implicit(0, "key"), explicit(1, directory(dnNode(dnCN, "Root"))), implicit(2, "\x05")))
)

func casual(c *x509.Certificate) { ext(extBasic, false, []byte{0x30, 3, 1, 1, 0xff})(c) }

func casualUsage(c *x509.Certificate) {
	c.KeyUsage = x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign
}

func criticalPurpose(c *x509.Certificate) {
	ext(extPurposes, true, der(seq(id(certparse.EKUServerAuth))))(c)
}

func weak(o *path.Options) { o.AllowWeak = true }

func sha1(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }

// loose has name constraints that are not critical.
func loose(c *x509.Certificate) {
	ext(extConstraints, false, der(seq(explicit(0, seq(dns("example.com"))))))(c)
}

// repeated lists one policy n times, each but the first a departure from the standard.
func repeated(n int) edit { return policies(slices.Repeat([]string{pA}, n)...) }

// rsaLeaf asks about a leaf with an RSA key of the given length.
func rsaLeaf(tb testing.TB, bits int) question {
	r := root(tb, "Root")
	n := new(big.Int).Lsh(big.NewInt(1), uint(bits)-1)
	n.SetBit(n, 0, 1)
	return ask(issue(tb, r, "www.example.com", public{&rsa.PublicKey{N: n, E: 65537}}, edits{isServer}).cert, r)
}

// public is a key that cannot sign.
type public struct{ key crypto.PublicKey }

func (p public) Public() crypto.PublicKey { return p.key }

func (p public) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

func coUK(o *path.Options) {
	o.PublicSuffix = func(d string) string {
		if strings.HasSuffix(d, "co.uk") {
			return "co.uk"
		}
		return d[strings.LastIndexByte(d, '.')+1:]
	}
}

func days(n int) edit {
	return func(c *x509.Certificate) { c.NotAfter = c.NotBefore.AddDate(0, 0, n).Add(-time.Second) }
}

func criticalSAN(c *x509.Certificate) {
	c.DNSNames = nil
	ext(extSAN, true, der(seq(dns("www.example.com"))))(c)
}

func longSerial(c *x509.Certificate) { c.SerialNumber = c.SerialNumber.Lsh(c.SerialNumber, 160) }

func TestRules(t *testing.T) {
	for _, r := range rules {
		t.Run(r.code+"/"+strings.ReplaceAll(r.what, " ", "_"), func(t *testing.T) {
			if _, ok := finding.Lookup(finding.Code(r.code)); !ok {
				t.Fatal("there is no such code")
			}
			bad := r.bad(t).build()
			if bad.Valid {
				t.Errorf("the bad one is accepted: %v", codes(bad))
			}
			for _, f := range bad.Findings {
				if n, _ := f.Where.Certificate.Get(); string(f.Code) != r.code || n != r.index {
					t.Errorf("the bad one also has %s at %d", f.Code, n)
				}
				if f.Ref == "" && !slices.Contains([]finding.Code{"path-too-long", "path-budget"}, f.Code) {
					t.Errorf("%s has no reference", f.Code)
				}
			}
			if len(bad.Findings) == 0 {
				t.Errorf("the bad one has no findings")
			}
			if good := r.good(t).build(); !good.Valid || len(good.Findings) > 0 {
				t.Errorf("the good one is refused: %v", codes(good))
			}
		})
	}
}

// TestEveryCodeHasAPair: no code of this room goes without a bad and a good question.
func TestEveryCodeHasAPair(t *testing.T) {
	proven := map[finding.Code]bool{
		"path-budget":                  true, // TestBudgets
		"path-name-not-in-certificate": true, // TestNames
	}
	for _, r := range rules {
		proven[finding.Code(r.code)] = true
	}
	for _, r := range finding.Rules() {
		if strings.HasPrefix(string(r.Code), "path-") && !proven[r.Code] {
			t.Errorf("%s: there is no pair for this code", r.Code)
		}
	}
}
