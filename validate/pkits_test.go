package validate_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// TestPKITS judges all cases of NIST's suite with their revocation lists, as files:
// each must be decided as the suite expects, and each rejection must say which
// certificate breaks which section of the standard.
func TestPKITS(t *testing.T) {
	schema := loadSchema(t, "chain")
	var cases []struct {
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
	if err := json.Unmarshal(vectors(t, "pkits.json"), &cases); err != nil {
		t.Fatal(err)
	}
	if len(cases) < 249 {
		t.Errorf("there are only %d cases", len(cases))
	}
	for _, c := range cases {
		request := &validate.ChainRequest{Revocation: validate.Revocation{Policy: validate.HardFail}}
		for i, text := range slices.Concat(c.Chain, c.Roots) {
			der, err := base64.StdEncoding.DecodeString(text)
			if err != nil {
				t.Fatal(err)
			}
			f := validate.File{Name: fmt.Sprint(i), Data: der}
			switch {
			case i >= len(c.Chain):
				request.Roots = append(request.Roots, f)
			case i == 0:
				request.Files = append(request.Files, f)
			default:
				request.Intermediates = append(request.Intermediates, f)
			}
		}
		for i, der := range c.CRLs {
			request.Revocation.CRLs = append(request.Revocation.CRLs, validate.File{Name: fmt.Sprint("list", i), Data: der})
		}
		opt := validate.ChainOptions{Path: path.Options{
			Time: c.Time, InitialPolicies: c.Opts.InitialPolicySet, ExplicitPolicy: c.Opts.ExplicitPolicy,
			InhibitPolicyMapping: c.Opts.InhibitMapping, InhibitAnyPolicy: c.Opts.InhibitAny,
		}}
		r := validate.Chain(request, opt)
		if accepted := r.Verdict == validate.Accepted; accepted != c.Expect {
			t.Errorf("%s: %s, which is not expected: %s", c.ID, r.Verdict, codes(r.Findings))
		}
		if c.Expect && c.ExpectPolicies != nil && !slices.Equal(r.Policies, c.ExpectPolicies) {
			t.Errorf("%s: policies %v, want %v", c.ID, r.Policies, c.ExpectPolicies)
		}
		checkRejection(t, c.ID, r)
		checkSchema(t, schema, c.ID, r.JSON())
		if !bytes.Equal(r.JSON(), validate.Chain(request, opt).JSON()) {
			t.Errorf("%s: two runs give two reports", c.ID)
		}
	}
}

// checkRejection checks that what rejects a path names the certificate and the
// section of a standard.
func checkRejection(t *testing.T, name string, r *validate.ChainReport) {
	t.Helper()
	if rejected := finding.Worst(r.Findings) == finding.Error; rejected != (r.Verdict == validate.Rejected) {
		t.Errorf("%s: %s with %s", name, r.Verdict, codes(r.Findings))
	}
	for _, f := range r.Findings {
		n, ok := f.Where.Certificate.Get()
		if f.Severity == finding.Error && (!ok || n >= len(r.Certificates) || f.Ref == "") {
			t.Errorf("%s: %s does not say where and why: certificate %d, %q", name, f.Code, n, f.Ref)
		}
	}
}

// vectors reads a public suite from the folder that CERTLOUPE_VECTORS names, else
// from shared/vectors beside the project. The suites are not part of the project.
func vectors(tb testing.TB, name string) []byte {
	tb.Helper()
	dir := os.Getenv("CERTLOUPE_VECTORS")
	if dir == "" {
		dir = filepath.Join("..", "..", "shared", "vectors")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		tb.Skipf("SKIPPED: %s is not there; set CERTLOUPE_VECTORS to the folder with the public suites", filepath.Join(dir, name))
	}
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// TestLimboRejections judges the chains of another suite, which are broken in many
// more ways, by both profiles: whatever is rejected, the report says where and why.
func TestLimboRejections(t *testing.T) {
	var suite struct {
		Testcases []struct {
			ID            string
			Trusted       []string `json:"trusted_certs"`
			Intermediates []string `json:"untrusted_intermediates"`
			Peer          string   `json:"peer_certificate"`
			Time          *string  `json:"validation_time"`
		}
	}
	if err := json.Unmarshal(vectors(t, "limbo.json"), &suite); err != nil {
		t.Fatal(err)
	}
	schema := loadSchema(t, "chain")
	rejected := 0
	for i, c := range suite.Testcases {
		if i%7 != 0 && strings.HasPrefix(c.ID, "bettertls::") {
			continue // They are thousands that differ little.
		}
		files := func(name string, texts ...string) []validate.File {
			return []validate.File{{Name: name, Data: []byte(strings.Join(texts, "\n"))}}
		}
		opt := validate.ChainOptions{Path: path.Options{Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC), Profile: path.Profile(i % 2), Trace: i%3 == 0}}
		if c.Time != nil {
			at, err := time.Parse(time.RFC3339, *c.Time)
			if err != nil {
				t.Fatal(err)
			}
			opt.Path.Time = at
		}
		r := validate.Chain(&validate.ChainRequest{Files: files("peer.pem", c.Peer), Roots: files("roots.pem", c.Trusted...),
			Intermediates: files("more.pem", c.Intermediates...)}, opt)
		if r.Verdict == validate.Rejected && len(r.Path) > 0 {
			rejected++
			checkRejection(t, c.ID, r)
		}
		checkSchema(t, schema, c.ID, r.JSON())
	}
	if rejected < 100 {
		t.Errorf("only %d were rejected", rejected)
	}
}
