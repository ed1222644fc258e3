package path_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
)

// modulus is what a reader takes for an RSA modulus of the given length. Nobody
// knows a private key for it.
func modulus(bits, n int) *big.Int {
	m := new(big.Int).Lsh(big.NewInt(1), uint(bits)-1)
	return m.Add(m, big.NewInt(int64(2*n+1)))
}

// TestEffort: the longer the keys, the fewer signatures are checked, and those of
// the usual lengths count as one.
func TestEffort(t *testing.T) {
	r := root(t, "Root")
	signer := issue(t, nil, "CA", rsaKeys()[0], edits{isCA})
	byRSA := signer.leaf()
	curve := func(c elliptic.Curve) func(int) crypto.PublicKey {
		return func(int) crypto.PublicKey {
			key, err := ecdsa.GenerateKey(c, rand.Reader)
			if err != nil {
				t.Fatal(err)
			}
			return key.Public()
		}
	}
	long := func(bits, e int) func(int) crypto.PublicKey {
		return func(i int) crypto.PublicKey { return &rsa.PublicKey{N: modulus(bits, i), E: e} }
	}
	byECDSA := root(t, "CA").leaf()
	large := ext("1.3.6.1.4.1.99999.9", false, make([]byte, 48<<10))
	for _, x := range []struct {
		what string
		leaf *certparse.Certificate
		key  func(int) crypto.PublicKey
		want int // of 110 signatures
	}{
		{"P-256", byECDSA, curve(elliptic.P256()), 100},
		{"P-224", byECDSA, curve(elliptic.P224()), 300 / 8},
		{"P-384", byECDSA, curve(elliptic.P384()), 300 / 8},
		{"P-521", byECDSA, curve(elliptic.P521()), 300 / 41},
		{"RSA-2048", byRSA, long(2048, 65537), 100},
		{"RSA-3072", byRSA, long(3072, 65537), 100},
		{"RSA-4096", byRSA, long(4096, 65537), 300 / 6},
		{"RSA-4096, a long exponent", byRSA, long(4096, 1<<31-1), 300 / 14},
		{"RSA-8192", byRSA, long(8192, 65537), 300 / 22},
		{"P-256, a large certificate", root(t, "CA").leaf(large), curve(elliptic.P256()), 300 / 4},
	} {
		var pool []*entity
		for i := range 110 {
			pool = append(pool, issue(t, r, "CA", public{x.key(i)}, edits{isCA, func(c *x509.Certificate) { c.SubjectKeyId = nil }}))
		}
		res := ask(x.leaf, r, pool...).with(traced).build()
		spent(t, res, "signatures")
		if res.Signatures != x.want {
			t.Errorf("%s: %d signatures, want %d", x.what, res.Signatures, x.want)
		}
		// The check that was not made is the last attempt.
		if n := len(res.Tried); n != x.want+1 || !slices.ContainsFunc(res.Tried[n-1].Findings, func(f finding.Finding) bool { return f.Code == "path-budget" }) {
			t.Errorf("%s: %d attempts for %d signatures", x.what, n, x.want)
		}
	}
}

// TestSignaturesNotChecked: a signature that nobody checked is not called wrong.
func TestSignaturesNotChecked(t *testing.T) {
	// A key that is too long is that, however much effort it would take.
	r := root(t, "Root")
	ca := issue(t, r, "CA", public{&rsa.PublicKey{N: modulus(33_000, 0), E: 65537}}, nil)
	leaf := issue(t, nil, "CA", rsaKeys()[0], edits{isCA}).leaf()
	tooLong := path.Validate([]*certparse.Certificate{leaf}, path.Anchor{Name: leaf.Issuer(), Key: ca.cert.PublicKey()}, path.Options{Time: now})
	// An algorithm that is not known.
	raw := []byte(strings.ReplaceAll(string(leaf.Raw()), "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b", "\x2a\x86\x48\x86\xf7\x0d\x01\x01\x6b"))
	other, err := certparse.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	unknown := path.Validate([]*certparse.Certificate{other}, path.Anchor{Name: leaf.Issuer(), Key: ca.cert.PublicKey()}, path.Options{Time: now})
	// One that was checked, with a key that is none.
	even := issue(t, r, "CA", public{&rsa.PublicKey{N: modulus(4096, 0), E: 1 << 17}}, nil)
	invalid := path.Validate([]*certparse.Certificate{leaf}, path.Anchor{Name: leaf.Issuer(), Key: even.cert.PublicKey()}, path.Options{Time: now})
	if !slices.Equal(codes(invalid), []string{"issuer-signature-invalid@0"}) {
		t.Errorf("a key that is none: %v", codes(invalid))
	}
	// More of them than there is a budget for.
	list, top := longChain(t, 102, nil)
	tooMany := path.Validate(list, path.Anchor{Certificate: top.cert}, path.Options{Time: now, MaxIntermediates: 200})
	for what, x := range map[string]struct {
		res  *path.Result
		code finding.Code
		ref  string
	}{
		"a key that is too long": {tooLong, "signature-not-checked", "RFC 5280, Section 6.1.3 (a)(1)"},
		"an unknown algorithm":   {unknown, "signature-not-checked", "RFC 5280, Section 6.1.3 (a)(1)"},
		"too many":               {tooMany, "path-budget", ""},
	} {
		found := false
		for _, f := range x.res.Findings {
			found = found || f.Code == x.code && (x.ref == "" || f.Ref == x.ref)
			if f.Code == "issuer-signature-invalid" {
				t.Errorf("%s: called invalid", what)
			}
		}
		if x.res.Valid || !found {
			t.Errorf("%s: %v %v", what, x.res.Valid, codes(x.res))
		}
	}
}

// longChain makes a chain of n CAs, the first one last, and a leaf below them.
func longChain(t *testing.T, n int, edits edits) (chain []*certparse.Certificate, r *entity) {
	r = root(t, "Root")
	last := r
	for i := range n {
		last = last.ca(fmt.Sprint("CA", i), edits...)
		chain = append(chain, last.cert)
	}
	chain = append(chain, last.leaf())
	slices.Reverse(chain)
	return chain, r
}

func entities(certs []*certparse.Certificate) (list []*entity) {
	for _, c := range certs {
		list = append(list, &entity{cert: c})
	}
	return list
}

// TestFindingsBudget: what was noticed about all certificates together has a limit,
// also while nothing speaks against any of them.
func TestFindingsBudget(t *testing.T) {
	many := func(o *path.Options) { o.MaxIntermediates = 100 }
	for n, valid := range map[int]bool{40: true, 60: false} {
		list, r := longChain(t, n, edits{repeated(98)})
		res := ask(list[0], r, entities(list[1:])...).with(many).build()
		if res.Valid != valid {
			t.Errorf("%d certificates: %v", n, codes(res))
		}
		if !valid {
			spent(t, res, "findings")
		}
	}
}

// TestLongSearch: attempts that are not kept do not count as findings that were
// written down, and of very many only the first ones are kept.
func TestLongSearch(t *testing.T) {
	r := root(t, "Root")
	unfit := edits{ext("1.3.6.1.4.1.99999.9", true, []byte{5, 0}), sha1}
	leaf := root(t, "CA").leaf(sha1)
	var pool []*entity
	for range 1200 {
		pool = append(pool, r.ca("CA", unfit...))
	}
	if res := ask(leaf, r, append(pool, r.ca("CA"))...).with(weak).build(); !res.Valid {
		t.Errorf("%v", codes(res))
	}
	list, r := longChain(t, 60, nil)
	list = list[:60] // The first CA is missing.
	below := entities(list[1:])
	for range 500 {
		below = append(below, r.ca("CA0", unfit...))
	}
	res := ask(list[0], r, below...).with(traced).with(func(o *path.Options) { o.MaxIntermediates = 100 }).build()
	if n := weight(res); res.Valid || len(res.Tried) < 200 || n > 21_000 {
		t.Errorf("%d certificates and findings in %d attempts", n, len(res.Tried))
	}
}

// TestPolicyBudgets: neither one path nor all paths of a search may have too many
// policies; it is said once.
func TestPolicyBudgets(t *testing.T) {
	list := make([]string, 9000)
	for i := range list {
		list[i] = fmt.Sprint("1.2.3.", i)
	}
	r := root(t, "Root")
	budget := func(a []finding.Finding) (n int) {
		for _, f := range a {
			if f.Code == "path-budget" {
				n++
			}
		}
		return n
	}
	for n, want := range map[int]int{2500: 0, 9000: 1} {
		ca := r.ca("CA", policies(list[:n]...))
		if res := ask(ca.leaf(policies(list[0])), r, ca).build(); budget(res.Findings) != want || res.Valid != (want == 0) {
			t.Errorf("%d policies: %v", n, codes(res))
		}
	}
	// Three ways, each with a third of what is too much.
	var pool []*entity
	for range 3 {
		pool = append(pool, r.ca("CA", policies(list[:1500]...), permitted(dns("example.org"))))
	}
	res := ask(pool[0].leaf(), r, pool...).with(traced).build()
	var seen []int
	for _, a := range res.Tried {
		seen = append(seen, budget(a.Findings))
	}
	if !slices.Equal(seen, []int{0, 0, 1}) {
		t.Errorf("%v", seen)
	}
}
