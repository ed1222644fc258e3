package path_test

import (
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

func traced(o *path.Options) { o.Trace = true }

// TestLikeliestFirst: of two certificates of the issuer the one that fits is tried
// first, whatever their order.
func TestLikeliestFirst(t *testing.T) {
	r := root(t, "Root")
	ca := func(es ...edit) *entity { return issue(t, r, "CA", testKey(t, "CA"), append(edits{isCA}, es...)) }
	otherKeyID := func(c *x509.Certificate) { c.SubjectKeyId = []byte("other") }
	noUsage := func(c *x509.Certificate) { c.KeyUsage = 0 }
	plain := ca()
	bySerial := func(e *entity) edit {
		return ext("2.5.29.35", false, der(seq(implicit(0, string(plain.tmpl.SubjectKeyId)), explicit(1, directory(dnNode(dnCN, "Root"))), implicit(2, string(e.tmpl.SerialNumber.Bytes())))))
	}
	for _, x := range []struct {
		what        string
		likely, not *entity
		leaf        edits
		unfit       bool
	}{
		{"the key identifier", plain, ca(otherKeyID), nil, false},
		{"none rather than another key identifier", ca(withoutKeyID), ca(otherKeyID), edits{ext("2.5.29.35", false, der(seq(implicit(0, string(plain.tmpl.SubjectKeyId)))))}, false},
		{"the serial number", plain, ca(), edits{bySerial(plain)}, false},
		{"expired", ca(noUsage), ca(period(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))), nil, true},
		{"not yet valid", plain, ca(period(now.AddDate(0, 1, 0), now.AddDate(1, 0, 0))), nil, true},
		{"not for signing", plain, ca(usage(x509.KeyUsageCRLSign)), nil, true},
		{"no CA", plain, ca(func(c *x509.Certificate) { c.IsCA, c.KeyUsage = false, 0 }), nil, true},
	} {
		leaf := x.likely.leaf(x.leaf...)
		for _, pool := range [][]*entity{{x.likely, x.not}, {x.not, x.likely}} {
			res := ask(leaf, r, pool...).with(traced).build()
			if !res.Valid || res.Path[1] != x.likely.cert || len(res.Tried) != 1 {
				t.Errorf("%s: not the first of %d: %v", x.what, len(res.Tried), codes(res))
			}
		}
		if res := ask(leaf, r, x.not).build(); x.unfit && (res.Valid || res.Signatures != 0) {
			t.Errorf("%s: an issuer that is unfit is tried: %v", x.what, codes(res))
		}
	}
	// Without a key identifier to look for, all are alike.
	first, second := ca(), ca(withoutKeyID)
	leaf := plain.leaf(ext("2.5.29.35", false, der(seq(explicit(1, directory(dnNode(dnCN, "Root"))), implicit(2, "\x01")))))
	if res := ask(leaf, r, first, second).build(); !res.Valid || res.Path[1] != first.cert {
		t.Errorf("the order was changed: %v", codes(res))
	}
}

// TestBuildRepetitions: what is there twice, or is an anchor, is tried once only,
// among few certificates and among many.
func TestBuildRepetitions(t *testing.T) {
	expired := period(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0))
	r := root(t, "Root", expired)
	i := r.ca("CA")
	again := func(e *entity) *entity {
		c, err := certparse.ParseCertificate(e.cert.Raw())
		if err != nil {
			t.Fatal(err)
		}
		return &entity{cert: c}
	}
	q := ask(i.leaf(), r, i, again(i), again(r), i).with(traced)
	for _, more := range []int{0, 50} {
		for k := range more {
			q.pool = append(q.pool, root(t, fmt.Sprint("Unrelated", k)))
		}
		if res := q.build(); res.Valid || len(res.Tried) != 1 || !slices.Equal(codes(res), []string{"certificate-expired@2"}) {
			t.Errorf("%d attempts: %v", len(res.Tried), codes(res))
		}
	}
}

// TestBuildClosest: of attempts that fail in the same way the one with the fewest
// findings is reported and, of dead ends, the longest.
func TestBuildClosest(t *testing.T) {
	long := root(t, "Lost").ca("A").ca("CA")
	middle := root(t, "Lost").ca("A")
	short := issue(t, root(t, "Missing"), "CA", testKey(t, "CA"), edits{isCA})
	r := root(t, "Root")
	leaf := long.leaf()
	for _, pool := range [][]*entity{{short, long, middle}, {middle, long, short}} {
		if res := ask(leaf, r, pool...).build(); !slices.Equal(codes(res), []string{"path-issuer-missing@2"}) {
			t.Errorf("dead ends: %v", codes(res))
		}
	}
	one := root(t, "CA", permitted(dns("example.org")))
	two := root(t, "CA", permitted(dns("example.org")), period(now.AddDate(-2, 0, 0), now.AddDate(-1, 0, 0)))
	for _, roots := range [][]*entity{{one, two}, {two, one}} {
		res := question{target: leaf, roots: roots}.build()
		if !slices.Equal(codes(res), []string{"path-name-not-permitted@0"}) {
			t.Errorf("anchored: %v", codes(res))
		}
	}
}

// TestBuildLong: certificates of a CA for itself do not count as intermediates, but
// there is an end to them.
func TestBuildLong(t *testing.T) {
	r := root(t, "Root")
	pool := []*entity{r.ca("CA")}
	for i := range 105 {
		pool = append(pool, pool[i].again(fmt.Sprint("key", i), func(c *x509.Certificate) {
			c.SubjectKeyId, c.AuthorityKeyId = fmt.Append(nil, i), pool[i].tmpl.SubjectKeyId
		}))
	}
	one := func(o *path.Options) { o.MaxIntermediates = 1 }
	if res := ask(pool[90].leaf(), r, pool...).with(one).build(); !res.Valid || len(res.Path) != 93 {
		t.Errorf("90 of its own: %v", codes(res))
	}
	long := false
	for _, a := range ask(pool[105].leaf(), r, pool...).with(one).with(traced).build().Tried {
		long = long || len(a.Path) == 101 && a.Findings[0].Code == "path-too-long"
		if len(a.Path) > 101 {
			t.Fatalf("a path of %d certificates was tried", len(a.Path))
		}
	}
	if !long {
		t.Error("the limit was not reached")
	}
	if res := path.Validate([]*certparse.Certificate{pool[1].leaf(), pool[1].cert, pool[0].cert}, path.Anchor{Certificate: r.cert}, path.Options{Time: now, MaxIntermediates: 1}); !res.Valid {
		t.Errorf("one of its own: %v", codes(res))
	}
}

// TestLongNames: names that are too long to be compared again and again are
// compared as others are.
func TestLongNames(t *testing.T) {
	for _, n := range []int{10, 300} {
		name := strings.Repeat("Long ", n)
		r := root(t, "Root", subjectDN(dn(dnO, name)))
		same := *r
		tmpl := *r.tmpl
		same.tmpl = &tmpl
		same.tmpl.RawSubject = dn(dnO, strings.ToUpper(name))
		if res := ask(same.leaf(), r).build(); !res.Valid {
			t.Errorf("other capitals: %v", codes(res))
		}
		same.tmpl.RawSubject = dn(dnO, name+"er")
		leaf := same.leaf()
		res := path.Validate([]*certparse.Certificate{leaf}, path.Anchor{Certificate: r.cert}, path.Options{Time: now})
		if !slices.Equal(codes(res), []string{"issuer-mismatch@0"}) {
			t.Errorf("another name: %v", codes(res))
		}
		if res := ask(leaf, r).build(); !slices.Equal(codes(res), []string{"path-issuer-missing@0"}) {
			t.Errorf("another name: %v", codes(res))
		}
	}
}

// TestDirectResult: what is said of a target that is an anchor itself.
func TestDirectResult(t *testing.T) {
	c := root(t, "Root").leaf()
	res := ask(c, &entity{cert: c}).with(traced).build()
	if !res.Valid || len(res.Tried) != 1 || !res.Tried[0].Anchored || !slices.Equal(res.Policies, []string{certparse.AnyPolicy}) {
		t.Errorf("%+v", res)
	}
	// A date in month 13 is damaged, and neither past nor future.
	raw := slices.Clone(c.Raw())
	at := strings.Index(string(raw), "\x17\x0d26")
	copy(raw[at+4:], "13")
	check := func(raw []byte) {
		damaged, err := certparse.ParseCertificate(raw)
		if err != nil {
			t.Fatal(err)
		}
		if res := ask(damaged, &entity{cert: damaged}).build(); !slices.Equal(codes(res), []string{"validity-malformed@0"}) {
			t.Errorf("%v", codes(res))
		}
	}
	check(raw)
	raw = slices.Clone(c.Raw())
	copy(raw[at+15+4:], "13") // The second date follows the first.
	check(raw)
}

// TestFindingsAreFew: a budget that is used up, and names without end, are reported
// once or a hundred times, not for all that follows.
func TestFindingsAreFew(t *testing.T) {
	r := root(t, "Root", permitted(dns("example.com")))
	var list, other []node
	for i := range 600 {
		list = append(list, dns(fmt.Sprintf("x%d.example.com", i)))
		other = append(other, dns(fmt.Sprintf("y%d.example.com", i)))
	}
	i := r.ca("CA", excluded(list...), san(other...))
	count := func(res *path.Result, code finding.Code) (n int) {
		for _, f := range res.Findings {
			if f.Code == code {
				n++
			}
		}
		return n
	}
	a := i.ca("A", san(other...))
	if res := ask(a.leaf(san(other...)), r, i, a).build(); res.Valid || count(res, "path-budget") != 1 {
		t.Errorf("comparisons: %d", count(res, "path-budget"))
	}
	var strange []node
	for k := range 150 {
		strange = append(strange, dns(fmt.Sprintf("z%d.example.org", k)))
	}
	b := r.ca("B", permitted(dns("example.net")))
	for names, want := range map[int]int{1: 1, 99: 99, 150: 100} {
		if res := ask(b.leaf(noCN, san(strange[:names]...)), r, b).build(); res.Valid || count(res, "path-name-not-permitted") != want {
			t.Errorf("%d names: %d findings", names, count(res, "path-name-not-permitted"))
		}
	}
}

// TestMissingIssuerURLs: where the missing certificate may be found is said.
func TestMissingIssuerURLs(t *testing.T) {
	r := root(t, "Root")
	at := "http://example.com/ca.cer"
	leaf := r.ca("CA").leaf(func(c *x509.Certificate) { c.IssuingCertificateURL = []string{at} })
	res := ask(leaf, r).build()
	if len(res.Findings) != 1 || !slices.ContainsFunc(res.Findings[0].Data, func(d finding.Datum) bool {
		return d.Key == "urls" && strings.Contains(fmt.Sprint(d.Value), at)
	}) {
		t.Errorf("%+v", res.Findings)
	}
}
