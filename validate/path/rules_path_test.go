package path_test

import (
	"crypto/x509"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// The path itself, RFC 5280, Section 6.1.3 (a), and CAs, Section 6.1.4 (k) to (n).
var pathRules = []rule{
	{"path-issuer-missing", 0, "an intermediate is missing", func(tb testing.TB) question {
		r := root(tb, "Root")
		return ask(r.ca("CA").leaf(), r)
	}, healthy},
	{"path-issuer-missing", 1, "the intermediate's issuer is missing", func(tb testing.TB) question {
		r := root(tb, "Root")
		b := r.ca("A").ca("B")
		return ask(b.leaf(), r, b)
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
	{"not-a-ca", 1, "a CA's certificate of version 1, which cannot say so", func(tb testing.TB) question {
		r := root(tb, "Root")
		i := version1Below(tb, r, "CA")
		return ask(i.leaf(), r, i)
	}, old},
	{"key-usage-unsuitable", 1, "the CA's key may not sign certificates", chain(nil, edits{usage(x509.KeyUsageCRLSign)}, nil),
		chain(nil, edits{usage(x509.KeyUsageCertSign)}, nil)},
	{"key-usage-unsuitable", 2, "the root's key may not sign certificates", chain(edits{usage(x509.KeyUsageDigitalSignature)}, nil, nil), healthy},
	{"key-usage-unsuitable", 0, "the caller wants another usage", chain(nil, nil, nil, func(o *path.Options) { o.KeyUsage = certparse.KeyEncipherment }),
		chain(nil, nil, nil, func(o *path.Options) { o.KeyUsage = certparse.DigitalSignature })},
	{"key-usage-unsuitable", 0, "the caller wants another usage than those that are stated, if any are", chain(nil, nil, nil, wantsEncipherment), chain(nil, nil, edits{usage(0)}, wantsEncipherment)},
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
}

func wantsEncipherment(o *path.Options) { o.KeyUsage = certparse.KeyEncipherment }
