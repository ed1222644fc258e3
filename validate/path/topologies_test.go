package path_test

import (
	"crypto/x509"
	"fmt"
	mathrand "math/rand/v2"
	"testing"
)

// intended is what this package and crypto/x509 are meant to decide differently,
// with the reason and an example of each. Everywhere else they agree.
var intended = []struct {
	what, reason string
	ours         bool // what this package says; crypto/x509 says the opposite
	example      func(testing.TB) question
}{
	{"a certificate that a CA issued to itself, below a limit on the length",
		"RFC 5280, Section 6.1.4 (l): such certificates do not count. crypto/x509 counts them.", true,
		func(tb testing.TB) question {
			r := root(tb, "Root")
			a := r.ca("A", pathLen(0))
			b := a.again("new key")
			return ask(b.leaf(), r, a, b)
		}},
	{"policy constraints of the root",
		"A trust anchor given as a certificate binds as its certificate says, RFC 5937. crypto/x509 does not look at them.", false,
		chain(edits{limits(0, -1)}, nil, nil)},
	{"constraints on directory names that are not critical",
		"RFC 5280, Section 4.2.1.10: names are limited whether the extension is critical or not. crypto/x509 knows no directory names and refuses critical ones only.", false,
		chain(nil, edits{ext(extConstraints, false, der(seq(explicit(0, seq(directory(dnNode(dnO, "Acme")))))))}, nil)},
	{"constraints on directory names that are critical and satisfied",
		"As before: crypto/x509 refuses what it does not know.", true,
		chain(nil, edits{permitted(directory(dnNode(dnO, "Acme")))}, edits{subjectDN(dn(dnO, "Acme", dnCN, "www.example.com"))})},
	{"an issuer's name in another kind of string",
		"RFC 5280, Section 7.1: names are the same if their prepared strings are. crypto/x509 compares bytes.", true,
		func(tb testing.TB) question {
			r := root(tb, "Root", subjectDN(dn(dnCN, "ROOT")))
			other := *r.tmpl
			other.RawSubject = der(seq(attribute(dnCN, text(printableString, "Root"))))
			return ask((&entity{tb: tb, tmpl: &other, key: r.key}).leaf(), r)
		}},
}

// TestIntendedDifferences: each difference is still there, as described.
func TestIntendedDifferences(t *testing.T) {
	for _, x := range intended {
		q := x.example(t)
		if res := q.build(); res.Valid != x.ours {
			t.Errorf("%s: %v %v", x.what, res.Valid, codes(res))
		}
		if err := askStandard(t, q); (err == nil) == x.ours {
			t.Errorf("%s: there is no difference: crypto/x509 says %v", x.what, err)
		}
	}
}

// askStandard puts a question to crypto/x509.
func askStandard(tb testing.TB, q question) error {
	tb.Helper()
	roots, others := x509.NewCertPool(), x509.NewCertPool()
	add := func(p *x509.CertPool, list []*entity) {
		for _, e := range list {
			c, err := x509.ParseCertificate(e.cert.Raw())
			if err != nil {
				tb.Fatal(err)
			}
			p.AddCert(c)
		}
	}
	add(roots, q.roots)
	add(others, q.pool)
	leaf, err := x509.ParseCertificate(q.target.Raw())
	if err != nil {
		return err
	}
	opt := x509.VerifyOptions{Roots: roots, Intermediates: others, CurrentTime: now, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageAny}}
	if len(q.opt.Purposes) > 0 {
		opt.KeyUsages = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	_, err = leaf.Verify(opt)
	return err
}

// topology is a network of CAs and a leaf, drawn by chance: several anchors, CAs up
// to eight levels deep, cross-certificates, new keys, certificates with something
// wrong, copies, and any order.
func topology(tb testing.TB, r *mathrand.Rand) (question, string) {
	var roots, nodes []*entity
	depth := map[*entity]int{}
	says := ""
	for i := range 1 + r.IntN(3) {
		e := root(tb, fmt.Sprint("Root", i))
		roots, nodes = append(roots, e), append(nodes, e)
	}
	flaw := func() (list edits) {
		switch r.IntN(24) {
		case 0:
			list = edits{period(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))}
		case 1:
			list = edits{purpose(x509.ExtKeyUsageClientAuth)}
		case 2:
			list = edits{usage(x509.KeyUsageCRLSign)}
		case 3:
			list = edits{excluded(dns("example.com"))}
		case 4:
			list = edits{permitted(dns("example.com"))}
		case 5:
			list = edits{policies(pA), limits(int64(r.IntN(3)), -1)}
		case 6:
			list = edits{func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, 0 }}
		default:
			return nil
		}
		says += " flaw"
		return list
	}
	for i := range 4 + r.IntN(12) {
		above := nodes[r.IntN(len(nodes))]
		if r.IntN(3) > 0 {
			above = nodes[len(nodes)-1] // Deep rather than broad.
		}
		if depth[above] == 8 {
			continue
		}
		e := above.ca(fmt.Sprint("CA", i), flaw()...)
		depth[e] = depth[above] + 1
		nodes = append(nodes, e)
	}
	pool := append([]*entity{}, nodes[len(roots):]...)
	for range r.IntN(6) { // cross-certificates, also between roots
		a, b := nodes[r.IntN(len(nodes))], nodes[r.IntN(len(nodes))]
		if a.tmpl.Subject.CommonName != b.tmpl.Subject.CommonName {
			pool = append(pool, a.ca(b.tmpl.Subject.CommonName, flaw()...))
		}
	}
	signer := nodes[len(nodes)-1-r.IntN(min(3, len(nodes)))]
	if r.IntN(3) == 0 { // The CA has a new key, and certifies it with the old one.
		says += " rollover"
		renewed := signer.again("new key of " + signer.tmpl.Subject.CommonName)
		pool = append(pool, renewed)
		if r.IntN(2) == 0 {
			signer = renewed
		}
	}
	leaf := signer.leaf()
	for range r.IntN(4) { // copies, and what is of no use
		pool = append(pool, pool[r.IntN(len(pool))], root(tb, "Useless"))
	}
	if r.IntN(3) == 0 {
		pool = append(pool, roots...)
	}
	if r.IntN(4) == 0 {
		pool = pool[:len(pool)-1-r.IntN(len(pool)-1)] // Something is missing.
	}
	r.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
	q := question{target: leaf, roots: roots, pool: pool}
	return q.with(forServers), says
}

// TestTopologies: 2000 networks are decided as crypto/x509 decides them. What is
// intended to differ does not occur: nothing limits the length where a CA issues
// certificates to itself.
func TestTopologies(t *testing.T) {
	count := 2000
	if testing.Short() {
		count = 200
	}
	r := mathrand.New(mathrand.NewPCG(3, 4))
	valid, longest := 0, 0
	for i := range count {
		q, says := topology(t, r)
		res := q.build()
		err := askStandard(t, q)
		if res.Valid != (err == nil) {
			t.Errorf("topology %d (%s): %v %v; crypto/x509: %v", i, says, res.Valid, codes(res), err)
		}
		if res.Valid {
			valid++
			longest = max(longest, len(res.Path))
		}
	}
	t.Logf("%d topologies, %d valid, the longest path has %d certificates", count, valid, longest)
	if valid < count/4 || valid > count*9/10 || longest < 9 {
		t.Errorf("the topologies are too easy: %d of %d are valid, the longest path has %d certificates", valid, count, longest)
	}
}
