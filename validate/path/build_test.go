package path_test

import (
	"crypto/x509"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// TestBuildOrder: any order, repetitions and certificates of no use change nothing.
func TestBuildOrder(t *testing.T) {
	r := root(t, "Root")
	pool := []*entity{r}
	last := r
	for i := range 8 {
		last = last.ca(fmt.Sprint("CA", i))
		pool = append(pool, last, last, root(t, fmt.Sprint("Unrelated", i)))
	}
	leaf := last.leaf()
	for range 20 {
		rand.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
		res := ask(leaf, r, pool...).build()
		if !res.Valid || len(res.Path) != 10 {
			t.Fatalf("%v", codes(res))
		}
		if res.Signatures != 9 {
			t.Errorf("%d signatures were verified for 9", res.Signatures)
		}
	}
}

// TestBuildCross: of several ways the one that is valid is found.
func TestBuildCross(t *testing.T) {
	r1, r2 := root(t, "Root 1"), root(t, "Root 2")
	expired := r1.ca("CA", period(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)))
	limited := r1.ca("CA", permitted(dns("example.org")))
	wrongKey := issue(t, r1, "CA", testKey(t, "another"), edits{isCA})
	cross := r2.ca("CA")
	leaf := cross.leaf()
	q := question{target: leaf, roots: []*entity{r1, r2}, pool: []*entity{expired, limited, wrongKey, cross}}
	res := q.build()
	if !res.Valid || res.Path[2] != r2.cert {
		t.Fatalf("%v", codes(res))
	}
	q.pool = q.pool[:3]
	q.opt.Trace = true
	res = q.build()
	if res.Valid || !slices.Equal(codes(res), []string{"path-name-not-permitted@0"}) {
		t.Errorf("not the most specific failure: %v", codes(res))
	}
	var seen []string
	for _, a := range res.Tried {
		for _, f := range a.Findings {
			seen = append(seen, string(f.Code))
		}
	}
	slices.Sort(seen)
	if want := []string{"certificate-expired", "issuer-signature-invalid", "path-name-not-permitted"}; !slices.Equal(seen, want) {
		t.Errorf("tried %v, want %v", seen, want)
	}
	q.opt.Trace = false
	if res = q.build(); res.Tried != nil {
		t.Error("a trace that nobody asked for")
	}
}

// TestBuildRollover: a CA changes its key and certifies the new key with the old one.
func TestBuildRollover(t *testing.T) {
	r := root(t, "Root")
	old := r.ca("CA")
	renewed := old.again("CA, new key")
	leaf := renewed.leaf()
	if res := ask(leaf, r, old, renewed).build(); !res.Valid || len(res.Path) != 4 {
		t.Errorf("%v", codes(res))
	}
	if res := ask(leaf, r, old).build(); res.Valid || codes(res)[0] != "issuer-signature-invalid@0" {
		t.Errorf("%v", codes(res))
	}
}

// TestWeakAllowed: old chains can be asked for, and are pointed out.
func TestWeakAllowed(t *testing.T) {
	r := root(t, "Root")
	i := r.ca("CA", sha1)
	res := ask(i.leaf(sha1), r, i).with(weak).build()
	if !res.Valid || !slices.Equal(codes(res), []string{"signature-weak@1", "signature-weak@0"}) {
		t.Errorf("%v %v", res.Valid, codes(res))
	}
	c := root(t, "Self", sha1)
	if res := ask(c.cert, c).build(); !res.Valid {
		t.Errorf("a trusted certificate's own signature counts: %v", codes(res))
	}
}

// TestBuildDirect: a target that is an anchor itself.
func TestBuildDirect(t *testing.T) {
	r := root(t, "Root")
	c := r.leaf()
	self := &entity{cert: c}
	if res := ask(c, self).build(); !res.Valid || len(res.Path) != 1 || res.Signatures != 0 {
		t.Errorf("%v", codes(res))
	}
	if res := ask(c, self).with(func(o *path.Options) { o.Time = now.AddDate(1, 0, 0) }).build(); res.Valid {
		t.Error("an expired target is accepted because it is an anchor")
	}
	if res := ask(c, self).with(func(o *path.Options) {
		o.Excluded = certparse.GeneralNames{{Type: certparse.NameDNS, Raw: []byte("example.com")}}
	}).build(); res.Valid {
		t.Error("an excluded name is accepted because the target is an anchor")
	}
}

// TestBudgets: inputs made to take long are refused by the budget for their kind.
func TestBudgets(t *testing.T) {
	r := root(t, "Root")
	t.Run("signatures", func(t *testing.T) {
		var pool []*entity
		for i := range 120 {
			pool = append(pool, issue(t, r, "CA", testKey(t, fmt.Sprint("key", i)), edits{isCA, func(c *x509.Certificate) { c.SubjectKeyId = nil }}))
		}
		res := ask(r.ca("CA").leaf(), r, pool...).build()
		spent(t, res, "signatures")
		if res.Signatures > 100 {
			t.Errorf("%d signatures", res.Signatures)
		}
	})
	t.Run("comparisons with name constraints", func(t *testing.T) {
		var list, sans []node
		for i := range 600 {
			list = append(list, dns(fmt.Sprintf("x%d.example", i)))
			sans = append(sans, dns(fmt.Sprintf("y%d.example", i)))
		}
		i := r.ca("CA", excluded(list...))
		spent(t, ask(i.leaf(san(sans...)), r, i).build(), "comparisons with name constraints")
		if res := ask(i.leaf(san(sans[:400]...)), r, i).build(); !res.Valid {
			t.Errorf("%v", codes(res))
		}
	})
	t.Run("comparisons of long names", func(t *testing.T) {
		var list, parts []node
		for i := range 300 {
			list = append(list, directory(dnNode(dnO, fmt.Sprint("O", i))))
		}
		for i := range 1500 {
			parts = append(parts, attribute(dnO, text(utf8String, fmt.Sprint("Part", i))))
		}
		i := r.ca("CA", excluded(list...))
		spent(t, ask(i.leaf(san(directory(seq(parts...)))), r, i).build(), "comparisons with name constraints")
	})
	t.Run("policies", func(t *testing.T) {
		var list []string
		for i := range 6000 {
			list = append(list, fmt.Sprint("1.2.3.", i))
		}
		pool := []*entity{r.ca("A", policies(list...))}
		for _, n := range []string{"B", "C"} {
			pool = append(pool, pool[len(pool)-1].ca(n, policies(list...)))
		}
		spent(t, ask(pool[2].leaf(policies(list[0])), r, pool...).build(), "policies")
	})
	t.Run("partial paths", func(t *testing.T) {
		// Twelve CAs with one key that all certify each other, and nobody above them.
		var pool []*entity
		key := testKey(t, "shared")
		name := func(i int) string { return fmt.Sprint("CA", i) }
		for i := range 8 {
			issuer := &entity{tb: t, tmpl: root(t, name(i)).tmpl, key: key}
			for j := range 8 {
				if i != j {
					pool = append(pool, issue(t, issuer, name(j), key, edits{isCA, func(c *x509.Certificate) { c.SubjectKeyId = nil }}))
				}
			}
		}
		spent(t, ask(pool[0].leaf(), r, pool...).build(), "partial paths")
	})
	t.Run("paths", func(t *testing.T) {
		// Many keys of the root under one name, none of which fits.
		q := ask(r.ca("CA").leaf(), r)
		q.pool = []*entity{r.ca("CA")}
		for i := range 250 {
			q.roots = append(q.roots, root(t, "Root", func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -i-1); c.NotBefore = now.AddDate(-2, 0, 0) }))
		}
		q.roots = append(q.roots[1:], root(t, "Root", func(c *x509.Certificate) { c.NotAfter = now.AddDate(0, 0, -1); c.NotBefore = now.AddDate(-3, 0, 0) }))
		spent(t, q.build(), "paths")
	})
}

func spent(t *testing.T, r *path.Result, what string) {
	t.Helper()
	for _, f := range r.Findings {
		if f.Code == "path-budget" && f.Data[0].Value == what && !r.Valid {
			return
		}
	}
	t.Errorf("the budget on %s was not reached: %v, %v", what, r.Valid, codes(r))
}

// TestPolicyGraph: the graph stays small where a tree grows exponentially, and the
// outcome is the right one.
func TestPolicyGraph(t *testing.T) {
	r := root(t, "Root")
	const a, b = "1.2.3.1", "1.2.3.2"
	pool := []*entity{}
	last := r
	for i := range 16 {
		last = last.ca(fmt.Sprint("CA", i), policies(a, b), mapped(a, a, a, b, b, a, b, b))
		pool = append(pool, last)
	}
	res := ask(last.leaf(policies(a)), r, pool...).with(explicitPolicy).build()
	if !res.Valid || !slices.Equal(res.Policies, []string{a, b}) {
		t.Errorf("%v %v", codes(res), res.Policies)
	}
}

func TestPolicySets(t *testing.T) {
	for _, x := range []struct {
		what     string
		ca, leaf []edit
		accepted []string
		want     []string
	}{
		{"none at all", nil, nil, nil, nil},
		{"one", edits{policies(pA)}, edits{policies(pA)}, nil, []string{pA}},
		{"two of three", edits{policies(pA, pB)}, edits{policies(pB, pA, pC)}, nil, []string{pA, pB}},
		{"any and any", edits{policies(pAny)}, edits{policies(pAny)}, nil, []string{pAny}},
		{"any and any, one accepted", edits{policies(pAny)}, edits{policies(pAny)}, []string{pC}, []string{pC}},
		{"any and one", edits{policies(pAny)}, edits{policies(pA)}, nil, []string{pA}},
		{"one and any", edits{policies(pA)}, edits{policies(pAny)}, nil, []string{pA}},
		{"accepted ones only", edits{policies(pA, pB)}, edits{policies(pA, pB)}, []string{pB, pC}, []string{pB}},
		{"mapped back", edits{policies(pA), mapped(pA, pB)}, edits{policies(pB)}, nil, []string{pA}},
	} {
		r := root(t, "Root")
		i := r.ca("CA", x.ca...)
		res := ask(i.leaf(x.leaf...), r, i).with(func(o *path.Options) { o.InitialPolicies = x.accepted }).build()
		if !res.Valid || !slices.Equal(res.Policies, x.want) {
			t.Errorf("%s: %v %v, want %v", x.what, codes(res), res.Policies, x.want)
		}
	}
}

// TestRevocation: the hook sees each certificate with its issuer, from the top, and
// only if nothing else is wrong; an error from it refuses the path.
func TestRevocation(t *testing.T) {
	r := root(t, "Root")
	i := r.ca("CA")
	leaf := i.leaf(ext("2.5.29.31", true, der(seq(seq(explicit(0, explicit(0, uri("http://example.com/crl"))))))))
	var seen []int
	hook := func(refuse int) func(*path.Options) {
		return func(o *path.Options) {
			seen = nil
			o.Revocation = func(l path.Link) []finding.Finding {
				seen = append(seen, l.Index)
				if l.Path[l.Index] != l.Certificate || l.Path[l.Index+1] != l.Issuer || !l.IssuerKey.Equal(l.Issuer.PublicKey()) {
					t.Error("a link does not fit")
				}
				if l.Index == refuse {
					return []finding.Finding{finding.New("not-a-ca", finding.Where{})}
				}
				return nil
			}
		}
	}
	if res := ask(leaf, r, i).with(hook(-1)).build(); !res.Valid || !slices.Equal(seen, []int{1, 0}) {
		t.Errorf("%v %v", codes(res), seen)
	}
	if res := ask(leaf, r, i).with(hook(1)).build(); res.Valid || !slices.Equal(seen, []int{1}) {
		t.Errorf("%v %v", codes(res), seen)
	}
	if res := ask(leaf, r, i).with(hook(0)).with(func(o *path.Options) { o.Time = now.AddDate(1, 0, 0) }).build(); res.Valid || len(seen) != 0 {
		t.Errorf("%v %v", codes(res), seen)
	}
	if res := ask(leaf, r, i).build(); res.Valid || codes(res)[0] != "path-critical-extension@0" {
		t.Errorf("critical distribution points count for nothing without revocation: %v", codes(res))
	}
}

// TestValidate: one given path, in an order that may be wrong.
func TestValidate(t *testing.T) {
	r := root(t, "Root")
	i := r.ca("CA")
	leaf := i.leaf()
	opt := path.Options{Time: now}
	anchor := path.Anchor{Certificate: r.cert}
	if res := path.Validate([]*certparse.Certificate{leaf, i.cert}, anchor, opt); !res.Valid || !res.PublicKey.Equal(leaf.PublicKey()) {
		t.Errorf("%v", codes(res))
	}
	bare := path.Anchor{Name: r.cert.Subject(), Key: r.cert.PublicKey()}
	if res := path.Validate([]*certparse.Certificate{leaf, i.cert}, bare, opt); !res.Valid || len(res.Path) != 2 {
		t.Errorf("%v", codes(res))
	}
	if res := path.Validate([]*certparse.Certificate{leaf}, anchor, opt); res.Valid || codes(res)[0] != "issuer-mismatch@0" {
		t.Errorf("%v", codes(res))
	}
	if res := path.Validate([]*certparse.Certificate{i.cert, leaf}, anchor, opt); res.Valid {
		t.Errorf("%v", codes(res))
	}
	if res := path.Validate([]*certparse.Certificate{leaf, i.cert}, anchor, path.Options{Time: now, MaxIntermediates: -1}); res.Valid || codes(res)[0] != "path-too-long@1" {
		t.Errorf("%v", codes(res))
	}
	if res := ask(leaf, r, i).with(func(o *path.Options) { o.MaxIntermediates = -1 }).build(); res.Valid || res.Signatures > 0 {
		t.Errorf("the search goes on beyond the limit: %v, %d signatures", codes(res), res.Signatures)
	}
	if res := path.Validate(nil, anchor, opt); res.Valid || len(res.Findings) != 1 {
		t.Errorf("%v", codes(res))
	}
	if res := path.Validate([]*certparse.Certificate{leaf, i.cert}, anchor, path.Options{}); res.Valid {
		t.Error("valid at no time at all")
	}
}
