package path_test

import (
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/validate/path"
	"golang.org/x/net/publicsuffix"
)

// The cases of C2SP/x509-limbo are read from the file that CERTLOUPE_LIMBO names,
// which may be the project's own limbo.json of nearly ten thousand cases, else
// from limbo.json in the folder with the public suites.

type limboName struct{ Kind, Value string }

// limboCase has every field of the suite's schema. A file with other fields is
// refused, so that nothing is left out that a case depends on.
type limboCase struct {
	ID                     string      `json:"id"`
	ConflictsWith          []string    `json:"conflicts_with"`
	Features               []string    `json:"features"`
	Importance             string      `json:"importance"`
	Description            string      `json:"description"`
	ValidationKind         string      `json:"validation_kind"`
	TrustedCerts           []string    `json:"trusted_certs"`
	UntrustedIntermediates []string    `json:"untrusted_intermediates"`
	PeerCertificate        string      `json:"peer_certificate"`
	PeerCertificateKey     *string     `json:"peer_certificate_key"`
	ValidationTime         *string     `json:"validation_time"`
	SignatureAlgorithms    []string    `json:"signature_algorithms"`
	KeyUsage               []string    `json:"key_usage"`
	ExtendedKeyUsage       []string    `json:"extended_key_usage"`
	ExpectedResult         string      `json:"expected_result"`
	ExpectedPeerName       *limboName  `json:"expected_peer_name"`
	ExpectedPeerNames      []limboName `json:"expected_peer_names"`
	MaxChainDepth          *int        `json:"max_chain_depth"`
	CRLs                   []string    `json:"crls"`
}

// limboNow is the instant at which the cases without one are judged. They were
// made to be valid whenever they are run.
var limboNow = time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)

var limboPurposes = map[string]string{
	"anyExtendedKeyUsage": certparse.EKUAny, "serverAuth": certparse.EKUServerAuth, "clientAuth": certparse.EKUClientAuth,
	"codeSigning": "1.3.6.1.5.5.7.3.3", "emailProtection": "1.3.6.1.5.5.7.3.4", "timeStamping": "1.3.6.1.5.5.7.3.8",
	"OCSPSigning": certparse.EKUOCSPSigning,
}

var limboUsages = map[string]certparse.KeyUsage{
	"digitalSignature": certparse.DigitalSignature, "contentCommitment": certparse.NonRepudiation, "nonRepudiation": certparse.NonRepudiation,
	"keyEncipherment": certparse.KeyEncipherment, "dataEncipherment": certparse.DataEncipherment, "keyAgreement": certparse.KeyAgreement,
	"keyCertSign": certparse.KeyCertSign, "cRLSign": certparse.CRLSign, "encipher_only": certparse.EncipherOnly, "decipher_only": certparse.DecipherOnly,
}

var limboAlgorithms = map[string][]certparse.SignatureAlgorithm{
	"RSA_WITH_MD5": {certparse.MD5WithRSA}, "RSA_WITH_SHA1": {certparse.SHA1WithRSA}, "RSA_WITH_SHA224": {certparse.SHA224WithRSA},
	"RSA_WITH_SHA256": {certparse.SHA256WithRSA}, "RSA_WITH_SHA384": {certparse.SHA384WithRSA}, "RSA_WITH_SHA512": {certparse.SHA512WithRSA},
	"RSA_WITH_SHA3_224": {certparse.SHA3_224WithRSA}, "RSA_WITH_SHA3_256": {certparse.SHA3_256WithRSA},
	"RSA_WITH_SHA3_384": {certparse.SHA3_384WithRSA}, "RSA_WITH_SHA3_512": {certparse.SHA3_512WithRSA},
	"RSASSA_PSS":      {certparse.RSAPSSOther, certparse.SHA256WithRSAPSS, certparse.SHA384WithRSAPSS, certparse.SHA512WithRSAPSS},
	"ECDSA_WITH_SHA1": {certparse.ECDSAWithSHA1}, "ECDSA_WITH_SHA224": {certparse.ECDSAWithSHA224}, "ECDSA_WITH_SHA256": {certparse.ECDSAWithSHA256},
	"ECDSA_WITH_SHA384": {certparse.ECDSAWithSHA384}, "ECDSA_WITH_SHA512": {certparse.ECDSAWithSHA512},
	"ECDSA_WITH_SHA3_224": {certparse.ECDSAWithSHA3_224}, "ECDSA_WITH_SHA3_256": {certparse.ECDSAWithSHA3_256},
	"ECDSA_WITH_SHA3_384": {certparse.ECDSAWithSHA3_384}, "ECDSA_WITH_SHA3_512": {certparse.ECDSAWithSHA3_512},
	"DSA_WITH_SHA1": {certparse.DSAWithSHA1}, "DSA_WITH_SHA224": {certparse.DSAWithSHA224}, "DSA_WITH_SHA256": {certparse.DSAWithSHA256},
	"ED25519": {certparse.PureEd25519}, "ED448": {certparse.PureEd448},
	// Nobody here verifies these; a path with them is refused anyway.
	"DSA_WITH_SHA384": {}, "DSA_WITH_SHA512": {}, "GOSTR3411_94_WITH_3410_2001": {},
	"GOSTR3410_2012_WITH_3411_2012_256": {}, "GOSTR3410_2012_WITH_3411_2012_512": {},
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

// options are the inputs of a case, apart from certificates and names.
func (c *limboCase) options() (opt path.Options, err error) {
	opt = path.Options{Time: limboNow, PublicSuffix: icannSuffix}
	// The suite's own cases are about certificates that break RFC 5280 anywhere; those
	// taken over from BetterTLS are about paths only.
	opt.Conforming = !strings.HasPrefix(c.ID, "bettertls::")
	if strings.HasPrefix(c.ID, "webpki::") || strings.HasPrefix(c.ID, "online::") {
		opt.Profile = path.WebPKI
	}
	if c.ValidationTime != nil {
		if opt.Time, err = time.Parse(time.RFC3339, *c.ValidationTime); err != nil {
			return opt, err
		}
	}
	if c.MaxChainDepth != nil {
		if opt.MaxIntermediates = *c.MaxChainDepth; opt.MaxIntermediates == 0 {
			opt.MaxIntermediates = -1
		}
	}
	for _, p := range c.ExtendedKeyUsage {
		id := limboPurposes[p]
		if id == "" && strings.Trim(p, "0123456789.") == "" {
			id = p // The schema allows OIDs as well.
		}
		if id == "" {
			return opt, fmt.Errorf("an extended key usage %q", p)
		}
		opt.Purposes = append(opt.Purposes, id)
	}
	if len(c.ExtendedKeyUsage) == 0 {
		switch c.ValidationKind {
		case "SERVER":
			opt.Purposes = []string{certparse.EKUServerAuth}
		case "CLIENT":
			opt.Purposes = []string{certparse.EKUClientAuth}
		default:
			return opt, fmt.Errorf("a validation of kind %q", c.ValidationKind)
		}
	}
	for _, name := range c.KeyUsage {
		u, ok := limboUsages[name]
		if !ok {
			return opt, fmt.Errorf("a key usage %q", name)
		}
		opt.KeyUsage |= u
	}
	return opt, nil
}

// acceptable reports whether the case allows the algorithm of a certificate's signature.
func (c *limboCase) acceptable(x *certparse.Certificate) bool {
	return len(c.SignatureAlgorithms) == 0 || slices.ContainsFunc(c.SignatureAlgorithms, func(name string) bool {
		return slices.Contains(limboAlgorithms[name], x.SignatureAlgorithm())
	})
}

// run decides a case as its ID and options demand.
func (c *limboCase) run() (r *path.Result, valid bool, err error) {
	read := func(text string) (*certparse.Certificate, error) {
		b, _ := pem.Decode([]byte(text))
		if b == nil {
			return nil, errors.New("no PEM")
		}
		return parse(b.Bytes)
	}
	all := func(list []string, keep func(*certparse.Certificate) bool) []*certparse.Certificate {
		var out []*certparse.Certificate
		for _, s := range list {
			if x, err := read(s); err == nil && keep(x) { // What is not even a certificate is of no use to a path.
				out = append(out, x)
			}
		}
		return out
	}
	for _, name := range c.SignatureAlgorithms {
		if limboAlgorithms[name] == nil {
			return nil, false, fmt.Errorf("a signature algorithm %q", name)
		}
	}
	opt, err := c.options()
	if err != nil {
		return nil, false, err
	}
	refuse := func(problem string) (*path.Result, bool, error) {
		return &path.Result{Findings: []finding.Finding{finding.New("der-malformed", finding.Where{}, finding.Str("problem", problem))}}, false, nil
	}
	target, err := read(c.PeerCertificate)
	if err != nil {
		return refuse(err.Error())
	}
	if !c.acceptable(target) {
		return refuse("the signature algorithm is not acceptable")
	}
	anyone := func(*certparse.Certificate) bool { return true }
	anchors, others := path.Anchors(all(c.TrustedCerts, anyone)), all(c.UntrustedIntermediates, c.acceptable)
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
		names = append(slices.Clone(names), *c.ExpectedPeerName)
	}
	for _, n := range names {
		fs, err := checkName(target, n)
		if err != nil {
			return nil, false, err
		}
		r.Findings = append(r.Findings, fs...)
	}
	return r, r.Valid && finding.Worst(r.Findings) < finding.Error, nil
}

func checkName(c *certparse.Certificate, n limboName) ([]finding.Finding, error) {
	switch n.Kind {
	case "DNS":
		return path.CheckHost(c, n.Value), nil
	case "IP":
		a, err := netip.ParseAddr(n.Value)
		if err != nil {
			return nil, err
		}
		return path.CheckIP(c, a), nil
	case "RFC822":
		return path.CheckEmail(c, n.Value), nil
	}
	return nil, fmt.Errorf("a peer name of kind %q", n.Kind)
}

// openLimbo opens the file with the cases.
func openLimbo(tb testing.TB) io.ReadCloser {
	if name := os.Getenv("CERTLOUPE_LIMBO"); name != "" {
		f, err := os.Open(name)
		if err != nil {
			tb.Fatal(err) // Who names a file wants it to be read.
		}
		return f
	}
	return io.NopCloser(strings.NewReader(string(vectors(tb, "limbo.json"))))
}

// limboCases reads the cases one by one, because the whole file takes a hundred
// megabytes in memory.
func limboCases(tb testing.TB, each func(limboCase)) {
	in := openLimbo(tb)
	defer in.Close()
	if err := readLimbo(in, each); err != nil {
		tb.Fatal(err)
	}
}

func readLimbo(in io.Reader, each func(limboCase)) error {
	d := json.NewDecoder(in)
	d.DisallowUnknownFields()
	seen := 0
	for {
		t, err := d.Token()
		if err == io.EOF && seen > 0 {
			return nil
		}
		if err != nil {
			return err
		}
		switch t {
		case "version":
			var version int
			if err := d.Decode(&version); err != nil || version != 1 {
				return fmt.Errorf("version %d of the schema: %w", version, err)
			}
		case "testcases":
			if _, err := d.Token(); err != nil {
				return err
			}
			for ; d.More(); seen++ {
				var c limboCase
				if err := d.Decode(&c); err != nil {
					return err
				}
				each(c)
			}
		}
	}
}

// limboKnown returns the exceptions for the cases.
func limboKnown(tb testing.TB) map[string]exception { return exceptions(tb, "limbo/") }

func TestLimbo(t *testing.T) {
	known := limboKnown(t)
	start := time.Now()
	var lock sync.Mutex
	count, excepted, failed := 0, 0, map[string]int{}
	queue := make(chan limboCase, 64)
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for c := range queue {
				r, valid, err := c.run()
				want := c.ExpectedResult == "SUCCESS"
				lock.Lock()
				count++
				if _, ok := known[c.ID]; ok {
					excepted++
				}
				switch d := disagreement(known, c.ID, want, r, valid); {
				case err != nil:
					t.Errorf("%s: %v", c.ID, err)
				case !want && c.ExpectedResult != "FAILURE":
					t.Errorf("%s: the expected result is %q", c.ID, c.ExpectedResult)
				case d != "":
					t.Errorf("%s (importance %s, features %v)", d, c.Importance, c.Features)
				default:
					lock.Unlock()
					continue
				}
				group, _, _ := strings.Cut(c.ID, "::")
				failed[group]++
				lock.Unlock()
			}
		})
	}
	limboCases(t, func(c limboCase) { queue <- c })
	close(queue)
	workers.Wait()
	if os.Getenv("CERTLOUPE_LIMBO") == "" {
		unused(t, known) // Another file may lack the cases.
	}
	took := time.Since(start)
	t.Logf("%d cases, %d exceptions, failed by group: %v; %v, %.0f cases a second", count, excepted, failed, took.Round(time.Millisecond), float64(count)/took.Seconds())
}

// TestLimboReader: a file in the form of the project's own is read to the end,
// and one with a field that nobody knows is refused.
func TestLimboReader(t *testing.T) {
	const one = `{"id":"a::b","conflicts_with":["a::c"],"features":["max-chain-depth"],"importance":"high","description":"","validation_kind":"SERVER",` +
		`"trusted_certs":[],"untrusted_intermediates":[],"peer_certificate":"","peer_certificate_key":null,"validation_time":null,"signature_algorithms":["RSA_WITH_SHA256"],` +
		`"key_usage":["contentCommitment"],"extended_key_usage":["1.2.3"],"expected_result":"FAILURE","expected_peer_name":null,` +
		`"expected_peer_names":[{"kind":"RFC822","value":"a@example.com"}],"max_chain_depth":3,"crls":[]}`
	for _, x := range []struct {
		text string
		want int
		ok   bool
	}{
		{`{"version":1,"testcases":[` + one + `,` + one + `]}`, 2, true},
		{`{"testcases":[` + one + `],"version":1}`, 1, true},
		{`{"version":2,"testcases":[` + one + `]}`, 0, false},
		{`{"version":1,"testcases":[{"id":"a","surprise":1}]}`, 0, false},
		{`{"version":1,"testcases":[` + one + `,`, 1, false},
		{`{"version":1}`, 0, false},
	} {
		var got []limboCase
		err := readLimbo(strings.NewReader(x.text), func(c limboCase) { got = append(got, c) })
		if len(got) != x.want || (err == nil) != x.ok {
			t.Errorf("%s: %d cases, %v", x.text, len(got), err)
		}
	}
	for _, name := range []string{"key_usage", "extended_key_usage", "signature_algorithms", "validation_kind", "validation_time"} {
		value := `["surprise"]`
		if strings.HasPrefix(name, "validation") {
			value = `"surprise"`
		}
		text := `{"version":1,"testcases":[{"id":"a::b","validation_kind":"SERVER","peer_certificate":"","` + name + `":` + value + `}]}`
		if err := readLimbo(strings.NewReader(text), func(c limboCase) {
			if _, _, err := c.run(); err == nil {
				t.Errorf("%s: an unknown value is taken for none", name)
			}
		}); err != nil {
			t.Error(err)
		}
	}
}

// TestLimboContradiction: the one exception hangs on the demand for conformity, and
// on nothing else.
func TestLimboContradiction(t *testing.T) {
	limboCases(t, func(c limboCase) {
		if c.ID != "cve::cve-2024-0567" && c.ID != "rfc5280::aki::cross-signed-root-missing-aki" {
			return
		}
		r, valid, err := c.run()
		if err != nil || valid || !slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == "authority-key-identifier-missing" }) {
			t.Errorf("%s: %v %v %v", c.ID, err, valid, codes(r))
		}
		c.ID = "bettertls::" + c.ID // These are judged without conformity.
		if r, valid, err := c.run(); err != nil || !valid {
			t.Errorf("%s, by Section 6 alone: %v %v", c.ID, err, codes(r))
		}
	})
}
