package path_test

import (
	"crypto/x509"
	"math/rand/v2"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// What the suites of BetterTLS ask: whether a valid path is found beside invalid
// ones, and whether name constraints hold for every combination of names.

// defects are what is wrong with a branch of a path.
var defects = []struct {
	name  string
	edits []edit
}{
	{"expired", edits{period(now.AddDate(-1, 0, 0), now.AddDate(0, 0, -1))}},
	{"not yet valid", edits{period(now.AddDate(0, 0, 1), now.AddDate(1, 0, 0))}},
	{"names not permitted", edits{permitted(dns("example.org"))}},
	{"names excluded", edits{excluded(dns("example.com"))}},
	{"for clients", edits{purpose(x509.ExtKeyUsageClientAuth)}},
	{"no basic constraints", edits{func(c *x509.Certificate) { c.IsCA, c.BasicConstraintsValid, c.KeyUsage = false, false, 0 }}},
	{"not a CA", edits{func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, 0 }}},
	{"may not sign", edits{usage(x509.KeyUsageCRLSign)}},
	{"weak signature", edits{sha1}},
	{"unknown critical extension", edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0})}},
	{"path too long", edits{pathLen(0)}},
	{"policy required", edits{limits(0, -1)}},
}

// TestBuildAroundDefects: where a good branch exists it is found, whatever is wrong
// with the others, whichever root they lead to and whatever the order.
func TestBuildAroundDefects(t *testing.T) {
	shuffle := rand.New(rand.NewPCG(5, 6))
	for _, d := range defects {
		for level := range 3 {
			trusted, other, unknown := root(t, "Trusted"), root(t, "Other"), root(t, "Unknown")
			// top → level 0 → level 1 → level 2 → leaf; one level has bad branches too. The
			// last level may be one without CAs below, which "path too long" needs.
			if d.name == "path too long" && level == 2 {
				continue
			}
			names := []string{"A", "B", "C"}
			above := trusted
			var good, bad []*entity
			for i, n := range names {
				if i == level {
					bad = append(bad, above.ca(n, d.edits...), other.ca(n, d.edits...), issue(t, above, n, testKey(t, "another"), edits{isCA}), unknown.ca(n))
				}
				above = above.ca(n)
				good = append(good, above)
			}
			leaf := above.leaf()
			q := question{target: leaf, roots: []*entity{trusted, other}}
			q.opt.Purposes = []string{certparse.EKUServerAuth}
			pool := append(append(append([]*entity{}, good...), bad...), bad...)
			for range 6 {
				shuffle.Shuffle(len(pool), func(i, j int) { pool[i], pool[j] = pool[j], pool[i] })
				q.pool = pool
				if res := q.build(); !res.Valid {
					t.Errorf("%s at level %d: %v", d.name, level, codes(res))
				}
			}
			q.pool = nil
			for _, e := range pool {
				if e != good[level] {
					q.pool = append(q.pool, e)
				}
			}
			if res := q.build(); res.Valid {
				t.Errorf("%s at level %d: accepted without a good branch", d.name, level)
			}
		}
	}
}

// TestBuildAroundRoots: roots that are not trusted, expired or limited do not keep
// a path to another root from being found, and one that a root signed as well is a
// CA like any other.
func TestBuildAroundRoots(t *testing.T) {
	old := root(t, "Root", period(now.AddDate(-2, 0, 0), now.AddDate(0, 0, -1)))
	renewed := root(t, "Root") // the same name and key
	next := root(t, "Next")
	cross := next.ca("Root")
	i := renewed.ca("CA")
	leaf := i.leaf()
	for name, x := range map[string]struct {
		roots, pool []*entity
		want        bool
	}{
		"only the expired root":                  {[]*entity{old}, []*entity{i}, false},
		"the expired and the renewed root":       {[]*entity{old, renewed}, []*entity{i}, true},
		"the expired root, and the renewed sent": {[]*entity{old}, []*entity{i, renewed}, false},
		"over the cross-certificate":             {[]*entity{next}, []*entity{i, cross}, true},
		"the expired root or the cross one":      {[]*entity{old, next}, []*entity{i, old, renewed, cross}, true},
		"the cross-certificate as an anchor":     {[]*entity{cross}, []*entity{i}, true},
		"the CA itself as an anchor":             {[]*entity{i}, nil, true},
		"the CA as an anchor and all above":      {[]*entity{i}, []*entity{i, renewed, cross, next}, true},
		"nobody":                                 {nil, []*entity{i, renewed}, false},
	} {
		if res := (question{target: leaf, roots: x.roots, pool: x.pool}).build(); res.Valid != x.want {
			t.Errorf("%s: %v %v", name, res.Valid, codes(res))
		}
	}
}

// TestNameConstraintCombinations: every combination of constraints on DNS names and
// addresses with the names of a leaf, decided by RFC 5280, Section 4.2.1.10 and the
// name that the peer has.
func TestNameConstraintCombinations(t *testing.T) {
	const host, address = "host.example.com", "10.0.0.9"
	own, foreign := [2]node{dns("example.com"), ip(10, 0, 0, 0, 255, 255, 255, 0)}, [2]node{dns("example.org"), ip(10, 9, 0, 0, 255, 255, 255, 0)}
	names := [2]node{dns(host), ip(10, 0, 0, 9)}
	r := root(t, "Root")
	// 0 nothing, 1 own, 2 foreign, 3 both, for each form permitted and excluded.
	pick := func(n, form int) (list []node) {
		if n&1 != 0 {
			list = append(list, own[form])
		}
		if n&2 != 0 {
			list = append(list, foreign[form])
		}
		return list
	}
	for code := range 4 * 4 * 4 * 4 {
		sets := [4]int{code & 3, code >> 2 & 3, code >> 4 & 3, code >> 6 & 3} // permitted DNS and IP, excluded DNS and IP
		var fields []node
		for tag := range 2 {
			var subtrees []node
			for form := range 2 {
				for _, n := range pick(sets[2*tag+form], form) {
					subtrees = append(subtrees, seq(n))
				}
			}
			if subtrees != nil {
				fields = append(fields, explicit(uint8(tag), subtrees...))
			}
		}
		var limit edits
		if fields != nil {
			limit = edits{ext(extConstraints, true, der(seq(fields...)))}
		}
		i := r.ca("CA", limit...)
		for has := range 4 { // which of the names the leaf has
			for _, common := range []string{"", host, "host.example.org"} {
				var list []node
				admitted := true
				for form := range 2 {
					if has>>form&1 == 0 {
						continue
					}
					list = append(list, names[form])
					in, out := sets[form], sets[2+form]
					admitted = admitted && (in == 0 || in&1 != 0) && out&1 == 0
				}
				change := edits{func(c *x509.Certificate) { c.DNSNames, c.Subject.CommonName = nil, common }}
				if list != nil {
					change = edits{func(c *x509.Certificate) { c.Subject.CommonName = common }, san(list...)}
				}
				leaf := i.leaf(change...)
				if res := ask(leaf, r, i).build(); res.Valid != admitted {
					t.Errorf("constraints %v, names %b: %v %v", sets, has, res.Valid, codes(res))
				}
				if got, want := path.CheckHost(leaf, host) == nil, has&1 != 0; got != want {
					t.Errorf("names %b, common name %q: host %v", has, common, got)
				}
				if got, want := path.CheckHost(leaf, address) == nil, has&2 != 0; got != want {
					t.Errorf("names %b, common name %q: address %v", has, common, got)
				}
			}
		}
	}
}
