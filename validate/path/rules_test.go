package path_test

import (
	"crypto"
	"crypto/x509"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

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

// with changes the options of a question.
func with(q func(testing.TB) question, change func(*path.Options)) func(testing.TB) question {
	return func(tb testing.TB) question { return q(tb).with(change) }
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

var rules = slices.Concat(pathRules, extensionRules, policyRules, nameRules, issuingRules, webRules)

func forServers(o *path.Options)  { o.Purposes = append(o.Purposes, certparse.EKUServerAuth) }
func forAnything(o *path.Options) { o.Purposes = append(o.Purposes, certparse.EKUAny) }
func forClients(o *path.Options)  { o.Purposes = append(o.Purposes, certparse.EKUClientAuth) }

var (
	akiWithSerial = der(seq(implicit(0, "key"), explicit(1, directory(dnNode(dnCN, "Root"))), implicit(2, "\x05")))
)

func weak(o *path.Options) { o.AllowWeak = true }

func sha1(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }

// public is a key that cannot sign.
type public struct{ key crypto.PublicKey }

func (p public) Public() crypto.PublicKey { return p.key }

func (p public) Sign(io.Reader, []byte, crypto.SignerOpts) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

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
			for i, f := range bad.Findings {
				if slices.ContainsFunc(bad.Findings[:i], func(o finding.Finding) bool { return o.Code == f.Code && o.Message == f.Message }) {
					t.Errorf("%s is said twice", f.Code)
				}
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
