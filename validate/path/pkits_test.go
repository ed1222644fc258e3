package path_test

import (
	"encoding/base64"
	"encoding/json"
	"go/build"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

type pkitsCase struct {
	ID             string
	Chain, Roots   []string
	CRLs           [][]byte
	Time           time.Time
	Expect         bool
	ExpectPolicies []string `json:"expect_policies"`
	Opts           struct {
		InitialPolicySet []string `json:"initial_policy_set"`
		ExplicitPolicy   bool     `json:"explicit_policy"`
		InhibitMapping   bool     `json:"inhibit_mapping"`
		InhibitAny       bool     `json:"inhibit_any"`
	}
}

func TestPKITS(t *testing.T) {
	var cases []pkitsCase
	if err := json.Unmarshal(vectors(t, "pkits.json"), &cases); err != nil {
		t.Fatal(err)
	}
	known := exceptions(t, "pkits/")
	for _, c := range cases {
		read := func(list []string) []*certparse.Certificate {
			var out []*certparse.Certificate
			for _, s := range list {
				der, err := base64.StdEncoding.DecodeString(s)
				if err != nil {
					t.Fatal(err)
				}
				x, err := parse(der)
				if err != nil {
					t.Fatalf("%s: %v", c.ID, err)
				}
				out = append(out, x)
			}
			return out
		}
		chain := read(c.Chain)
		anchors := path.Anchors(read(c.Roots))
		opt := path.Options{
			Time: c.Time, InitialPolicies: c.Opts.InitialPolicySet, ExplicitPolicy: c.Opts.ExplicitPolicy,
			InhibitPolicyMapping: c.Opts.InhibitMapping, InhibitAnyPolicy: c.Opts.InhibitAny,
		}
		opt.Revocation = hardFail(c.CRLs, chain[1:], opt)
		r := path.Build(chain[0], anchors, chain[1:], opt)
		if d := disagreement(known, c.ID, c.Expect, r, r.Valid); d != "" {
			t.Error(d)
		}
		if c.Expect && r.Valid && c.ExpectPolicies != nil && !slices.Equal(r.Policies, c.ExpectPolicies) {
			t.Errorf("%s: policies %v, want %v", c.ID, r.Policies, c.ExpectPolicies)
		}
	}
	unused(t, known)
}

// TestPKITSInGoroot runs the part of PKITS whose expectations lie beside its
// certificates in the source of Go, so that a fresh clone has it. Revocation lists
// do not, so the cases that they decide are left out.
func TestPKITSInGoroot(t *testing.T) {
	dir := filepath.Join(build.Default.GOROOT, "src", "crypto", "x509", "testdata", "nist-pkits")
	data, err := os.ReadFile(filepath.Join(dir, "vectors.json"))
	if err != nil {
		t.Skipf("SKIPPED: %v", err)
	}
	var cases []struct {
		Name                                                                        string
		CertPath, InitialPolicySet                                                  []string
		ShouldValidate                                                              bool
		InitialPolicyMappingInhibit, InitialExplicitPolicy, InitialAnyPolicyInhibit bool
	}
	if err := json.Unmarshal(data, &cases); err != nil {
		t.Fatal(err)
	}
	policy := map[string]string{"anyPolicy": certparse.AnyPolicy}
	for i := range 9 {
		policy["NIST-test-policy-"+strconv.Itoa(i+1)] = "2.16.840.1.101.3.2.1.48." + strconv.Itoa(i+1)
	}
	for _, c := range cases {
		if decidedByLists.MatchString(c.Name) || len(c.CertPath) < 2 {
			continue
		}
		var chain []*certparse.Certificate
		for _, name := range c.CertPath {
			der, err := os.ReadFile(filepath.Join(dir, "certs", name))
			if err != nil {
				t.Fatal(err)
			}
			x, err := parse(der)
			if err != nil {
				t.Fatal(err)
			}
			chain = append([]*certparse.Certificate{x}, chain...)
		}
		opt := path.Options{Time: time.Date(2011, 4, 15, 0, 0, 0, 0, time.UTC), InhibitPolicyMapping: c.InitialPolicyMappingInhibit,
			ExplicitPolicy: c.InitialExplicitPolicy, InhibitAnyPolicy: c.InitialAnyPolicyInhibit}
		for _, p := range c.InitialPolicySet {
			if policy[p] == "" {
				t.Fatalf("%s: policy %q", c.Name, p)
			}
			opt.InitialPolicies = append(opt.InitialPolicies, policy[p])
		}
		last := len(chain) - 1
		if r := path.Build(chain[0], path.Anchors(chain[last:]), chain[1:last], opt); r.Valid != c.ShouldValidate {
			t.Errorf("%s: %v %v", c.Name, r.Valid, codes(r))
		}
	}
}

// decidedByLists are the cases of PKITS that are decided by revocation lists.
var decidedByLists = regexp.MustCompile(`^4\.(4|14|15)\.|^4\.(5\.[257]|7\.[45]) `)
