package path_test

import (
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"go/build"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
	"golang.org/x/net/publicsuffix"
)

// The public suites of path validation are read from the folder that
// CERTLOUPE_VECTORS names, else from shared/vectors beside the project. They are
// not part of the project; without them these tests are skipped.

// exception is a case that is decided otherwise than its suite expects.
type exception struct {
	ID       string `json:"id"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	Reason   string `json:"reason"`
}

func vectors(tb testing.TB, name string) []byte {
	tb.Helper()
	dir := os.Getenv("CERTLOUPE_VECTORS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "vectors")
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

// exceptions returns the exceptions whose ID starts with prefix.
func exceptions(tb testing.TB, prefix string) map[string]exception {
	tb.Helper()
	data, err := os.ReadFile("testdata/exceptions.json")
	if err != nil {
		tb.Fatal(err)
	}
	var list []exception
	if err := json.Unmarshal(data, &list); err != nil {
		tb.Fatal(err)
	}
	m := map[string]exception{}
	for _, e := range list {
		if e.Reason == "" || e.Expected == e.Actual {
			tb.Errorf("%s: an exception needs a reason and a difference", e.ID)
		}
		if _, ok := m[e.ID]; ok {
			tb.Errorf("%s: there are two exceptions", e.ID)
		}
		if strings.HasPrefix(e.ID, prefix) {
			m[strings.TrimPrefix(e.ID, prefix)] = e
		}
	}
	return m
}

// compare holds one outcome against the expected one and the exceptions.
func compare(t *testing.T, known map[string]exception, id string, want bool, r *path.Result, valid bool) {
	t.Helper()
	word := map[bool]string{true: "accept", false: "refuse"}
	e, ok := known[id]
	delete(known, id)
	switch {
	case ok && (e.Expected != word[want] || e.Actual != word[valid]):
		t.Errorf("%s: the exception is stale: expected %s, is %s", id, word[want], word[valid])
	case !ok && want != valid:
		t.Errorf("%s: want %s, got %s %v", id, word[want], word[valid], codes(r))
	}
}

func unused(t *testing.T, known map[string]exception) {
	for id := range known {
		t.Errorf("%s: there is an exception for a case that does not exist", id)
	}
}

func codes(r *path.Result) []string {
	var list []string
	for _, f := range r.Findings {
		n, _ := f.Where.Certificate.Get()
		list = append(list, string(f.Code)+"@"+string(rune('0'+n)))
	}
	return list
}

func parse(der []byte) (*certparse.Certificate, error) { return certparse.ParseCertificate(der) }

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
		compare(t, known, c.ID, c.Expect, r, r.Valid)
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

type limboName struct{ Kind, Value string }

type limboCase struct {
	ID                     string
	Features               []string
	ValidationKind         string      `json:"validation_kind"`
	TrustedCerts           []string    `json:"trusted_certs"`
	UntrustedIntermediates []string    `json:"untrusted_intermediates"`
	PeerCertificate        string      `json:"peer_certificate"`
	CRLs                   []string    `json:"crls"`
	ValidationTime         *string     `json:"validation_time"`
	KeyUsage               []string    `json:"key_usage"`
	ExtendedKeyUsage       []string    `json:"extended_key_usage"`
	ExpectedResult         string      `json:"expected_result"`
	ExpectedPeerName       *limboName  `json:"expected_peer_name"`
	ExpectedPeerNames      []limboName `json:"expected_peer_names"`
	MaxChainDepth          *int        `json:"max_chain_depth"`
}

// limboNow is the instant at which the cases without one are judged. They were
// made to be valid whenever they are run.
var limboNow = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

var limboPurposes = map[string]string{
	"anyExtendedKeyUsage": certparse.EKUAny, "serverAuth": certparse.EKUServerAuth, "clientAuth": certparse.EKUClientAuth,
	"codeSigning": "1.3.6.1.5.5.7.3.3", "emailProtection": "1.3.6.1.5.5.7.3.4", "timeStamping": "1.3.6.1.5.5.7.3.8",
	"OCSPSigning": certparse.EKUOCSPSigning,
}

// icannSuffix returns the suffix under which registrars sell names. The private
// part of the list, where a hoster's customers get names, is left out, as the
// Baseline Requirements advise: the hoster itself may have a wildcard there.
func icannSuffix(domain string) string {
	suffix, icann := publicsuffix.PublicSuffix(domain)
	for !icann {
		_, rest, ok := strings.Cut(suffix, ".")
		if !ok {
			break
		}
		suffix, icann = publicsuffix.PublicSuffix(rest)
	}
	return suffix
}

// run decides a case as its ID and options demand.
func (c *limboCase) run(tb testing.TB) (r *path.Result, valid bool) {
	read := func(text string) (*certparse.Certificate, error) {
		b, _ := pem.Decode([]byte(text))
		if b == nil {
			tb.Fatalf("%s: no PEM", c.ID)
		}
		return parse(b.Bytes)
	}
	all := func(list []string) []*certparse.Certificate {
		var out []*certparse.Certificate
		for _, s := range list {
			if x, err := read(s); err == nil { // What is not even a certificate is of no use to a path.
				out = append(out, x)
			}
		}
		return out
	}
	opt := path.Options{Time: limboNow, PublicSuffix: icannSuffix}
	// The suite's own cases are about certificates that break RFC 5280 anywhere; those
	// taken over from BetterTLS are about paths only.
	opt.Conforming = !strings.HasPrefix(c.ID, "bettertls::")
	if strings.HasPrefix(c.ID, "webpki::") || strings.HasPrefix(c.ID, "online::") {
		opt.Profile = path.WebPKI
	}
	if c.ValidationTime != nil {
		at, err := time.Parse(time.RFC3339, *c.ValidationTime)
		if err != nil {
			tb.Fatal(err)
		}
		opt.Time = at
	}
	if c.MaxChainDepth != nil {
		if opt.MaxIntermediates = *c.MaxChainDepth; opt.MaxIntermediates == 0 {
			opt.MaxIntermediates = -1
		}
	}
	for _, p := range c.ExtendedKeyUsage {
		opt.Purposes = append(opt.Purposes, limboPurposes[p])
	}
	if len(c.ExtendedKeyUsage) == 0 {
		opt.Purposes = []string{map[string]string{"SERVER": certparse.EKUServerAuth, "CLIENT": certparse.EKUClientAuth}[c.ValidationKind]}
	}
	for i, name := range []string{"digitalSignature", "nonRepudiation", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign", "cRLSign", "encipherOnly", "decipherOnly"} {
		if slices.Contains(c.KeyUsage, name) {
			opt.KeyUsage |= 1 << i
		}
	}
	target, err := read(c.PeerCertificate)
	if err != nil {
		return &path.Result{Findings: []finding.Finding{finding.New("der-malformed", finding.Where{}, finding.Str("problem", err.Error()))}}, false
	}
	anchors, others := path.Anchors(all(c.TrustedCerts)), all(c.UntrustedIntermediates)
	if len(c.CRLs) > 0 {
		var ders [][]byte
		for _, text := range c.CRLs {
			if b, _ := pem.Decode([]byte(text)); b != nil {
				ders = append(ders, b.Bytes)
			}
		}
		opt.Revocation = hardFail(ders, others, opt)
	}
	r = path.Build(target, anchors, others, opt)
	names := c.ExpectedPeerNames
	if c.ExpectedPeerName != nil {
		names = append(names, *c.ExpectedPeerName)
	}
	for _, n := range names {
		r.Findings = append(r.Findings, checkName(tb, target, n)...)
	}
	for _, f := range r.Findings {
		if f.Severity == finding.Error {
			return r, false
		}
	}
	return r, r.Valid
}

func checkName(tb testing.TB, c *certparse.Certificate, n limboName) []finding.Finding {
	switch n.Kind {
	case "DNS":
		return path.CheckHost(c, n.Value)
	case "IP":
		a, err := netip.ParseAddr(n.Value)
		if err != nil {
			tb.Fatal(err)
		}
		return path.CheckIP(c, a)
	case "RFC822":
		return path.CheckEmail(c, n.Value)
	}
	tb.Fatalf("a peer name of kind %q", n.Kind)
	return nil
}

func limboCases(tb testing.TB) []limboCase {
	var file struct{ Testcases []limboCase }
	if err := json.Unmarshal(vectors(tb, "limbo.json"), &file); err != nil {
		tb.Fatal(err)
	}
	return file.Testcases
}

func TestLimbo(t *testing.T) {
	known := exceptions(t, "limbo/")
	for _, c := range limboCases(t) {
		r, valid := c.run(t)
		compare(t, known, c.ID, c.ExpectedResult == "SUCCESS", r, valid)
	}
	unused(t, known)
}
