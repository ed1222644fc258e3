package validate_test

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// TestConforming: a private CA that breaks rules for issuers is trusted by who
// trusts it, with a warning; who demands these rules, as browsers do, refuses it.
func TestConforming(t *testing.T) {
	root := newRoot(t, "Root")
	ca := root.ca("CA", func(c *x509.Certificate) { c.SubjectKeyId = []byte{} })
	server := ca.server(func(c *x509.Certificate) { c.DNSNames = append(c.DNSNames, "my_host.example.com") })
	request := &validate.ChainRequest{Files: partyFiles(server, ca), Roots: partyFiles(root)}
	const code = "subject-alt-name-underscore"
	for _, test := range []struct {
		name string
		edit func(*validate.ChainOptions)
		want finding.Severity
	}{
		{"default", func(*validate.ChainOptions) {}, finding.Warning},
		{"conforming", func(o *validate.ChainOptions) { o.Path.Conforming = true }, finding.Error},
		{"web", func(o *validate.ChainOptions) { o.Path.Profile = path.WebPKI }, finding.Error},
	} {
		r := judgeChain(request, test.edit)
		if got := severityOf(r.Findings, code, 0); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if (r.Verdict == validate.Accepted) != (test.want == finding.Warning) {
			t.Errorf("%s: %s with %s", test.name, r.Verdict, codes(r.Findings))
		}
		for i, f := range r.Findings {
			if slices.ContainsFunc(r.Findings[:i], func(o finding.Finding) bool {
				return o.Code == f.Code && o.Where.Certificate == f.Where.Certificate && o.Message == f.Message
			}) {
				t.Errorf("%s: %s is said twice", test.name, f.Code)
			}
		}
	}
}

// TestLintAside: what is wrong with a certificate that the path does not need does
// not reject it, and is not kept quiet either.
func TestLintAside(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	bad := newRoot(t, "Bad").ca("Unused", rawExtension(true, []byte{1}, 2, 5, 29, 30))
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(server, bad), Roots: partyFiles(root)})
	if r.Verdict != validate.Accepted || severityOf(r.Findings, "extension-malformed", 1) != finding.Warning {
		t.Errorf("%s with %s", r.Verdict, codes(r.Findings))
	}
	r = judgeChain(&validate.ChainRequest{Files: partyFiles(bad.server(), bad), Roots: partyFiles(newRoot(t, "Bad"))})
	if r.Verdict != validate.Rejected || severityOf(r.Findings, "extension-malformed", 1) != finding.Error {
		t.Errorf("in the path: %s with %s", r.Verdict, codes(r.Findings))
	}
}

// TestNothingIsTrustedByItself: certificates are trusted because they are among the
// roots, and for no other reason.
func TestNothingIsTrustedByItself(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	for name, request := range map[string]*validate.ChainRequest{
		"no roots":              {Files: partyFiles(server, root)},
		"among intermediates":   {Files: partyFiles(server), Intermediates: partyFiles(root)},
		"unreadable roots":      {Files: partyFiles(server, root), Roots: []validate.File{{Name: "x", Data: []byte("x")}}},
		"another root":          {Files: partyFiles(server, root), Roots: partyFiles(newRoot(t, "Other"))},
		"the name with another": {Files: partyFiles(server, root), Roots: partyFiles((&party{tb: t}).issue("Root", "another key", asCA))},
	} {
		r := judgeChain(request)
		if r.Verdict != validate.Rejected || r.Anchored && finding.Worst(r.Findings) != finding.Error {
			t.Errorf("%s: %s with %s", name, r.Verdict, codes(r.Findings))
		}
	}
	if r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(server)}); r.Verdict != validate.Accepted || !r.Anchored || len(r.Path) != 1 {
		t.Errorf("a certificate that is trusted itself: %s with %s", r.Verdict, codes(r.Findings))
	}
}

// TestNames: a certificate must be for every name that is asked for.
func TestNames(t *testing.T) {
	root := newRoot(t, "Root")
	request := &validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root)}
	for _, test := range []struct {
		edit func(*validate.ChainOptions)
		want validate.Verdict
	}{
		{func(o *validate.ChainOptions) { o.Host = "www.example.com" }, validate.Accepted},
		{func(o *validate.ChainOptions) { o.Host = "192.0.2.1" }, validate.Rejected},
		{func(o *validate.ChainOptions) { o.Host = "example.com" }, validate.Rejected},
		{func(o *validate.ChainOptions) { o.Email = "a@example.com" }, validate.Rejected},
		{func(o *validate.ChainOptions) { o.URI = "https://www.example.com/" }, validate.Rejected},
	} {
		r := judgeChain(request, test.edit)
		if r.Verdict != test.want {
			t.Errorf("%s with %s", r.Verdict, codes(r.Findings))
		}
		checkRejection(t, "names", r)
	}
}

// TestKeysInFiles: private keys beside the certificates are passed over, whether they
// can be opened or not, and never shown.
func TestKeysInFiles(t *testing.T) {
	for _, c := range loadCases(t) {
		if c.Code() != "private-key-encrypted" && c.Code() != "key-mismatch" {
			continue
		}
		key := c.Files(golden.Failing)["key.pem"]
		root := newRoot(t, "Root")
		r := judgeChain(&validate.ChainRequest{Roots: partyFiles(root), Files: []validate.File{
			{Name: "both.pem", Data: append(certparse.EncodePEM("CERTIFICATE", root.server().cert.Raw()), key...)}, {Name: "key.pem", Data: key}}})
		if r.Verdict != validate.Accepted {
			t.Errorf("%s: %s with %s", c.Name, r.Verdict, codes(r.Findings))
		}
		for _, line := range privateLines(key) {
			if bytes.Contains(r.JSON(), []byte(line)) {
				t.Errorf("%s: the report shows a line of the key", c.Name)
			}
		}
		if r := judgeChain(&validate.ChainRequest{Roots: partyFiles(root), Files: []validate.File{{Name: "key.pem", Data: key}}}); r.Verdict != validate.Rejected || len(r.Path) != 0 {
			t.Errorf("%s: a key alone: %s with %s", c.Name, r.Verdict, codes(r.Findings))
		}
	}
}

// TestUploadStatus asks about the certificates of an upload, of any profile.
func TestUploadStatus(t *testing.T) {
	root := newRoot(t, "Root")
	ca := root.ca("CA")
	server := ca.server()
	rogue := (&party{tb: t}).issue("CA", "rogue", asCA)
	namesake := (&party{tb: t}).issue("Not the CA", "CA", asCA) // with the CA's key
	pems := func(parties ...*party) (b []byte) {
		for _, p := range parties {
			b = append(b, certparse.EncodePEM("CERTIFICATE", p.cert.Raw())...)
		}
		return b
	}
	schema := loadSchema(t, "report")
	good := validate.Answer{Result: &ocsp.Result{Status: ocsp.Good}, Source: "test"}
	bad := validate.Answer{Source: "test", Result: &ocsp.Result{Status: ocsp.Revoked, RevokedAt: pathTime,
		Findings: []finding.Finding{finding.New("certificate-revoked", finding.Where{}, finding.Time("time", pathTime), finding.Str("reason", "unspecified"))}}}
	for _, test := range []struct {
		name    string
		request validate.Request
		answers map[string]validate.Answer
		policy  validate.RevocationPolicy
		want    []validate.RevocationStatus
		verdict validate.Verdict
	}{
		{"a chain", &validate.Bundle{Certificate: pems(server, ca), TrustedRoot: pems(root)}, map[string]validate.Answer{"www.example.com": good, "CA": good},
			validate.HardFail, []validate.RevocationStatus{validate.StatusGood, validate.StatusGood}, validate.Accepted},
		{"revoked", &validate.Bundle{Certificate: pems(server, ca), TrustedRoot: pems(root)}, map[string]validate.Answer{"www.example.com": bad, "CA": good},
			validate.IgnoreMissing, []validate.RevocationStatus{validate.StatusRevoked, validate.StatusGood}, validate.Rejected},
		{"revoked in a field", &validate.AddServerCertificate{CertificatePEM: validate.Set(string(pems(server, ca, root)))}, map[string]validate.Answer{"CA": bad},
			validate.IgnoreMissing, []validate.RevocationStatus{validate.StatusCouldNotAsk, validate.StatusRevoked}, validate.Rejected},
		{"a device", &validate.DeviceCertificateQuery{Certificate: pems(root.server()), CA: pems(root)}, map[string]validate.Answer{"www.example.com": bad},
			validate.SoftFail, []validate.RevocationStatus{validate.StatusRevoked}, validate.Rejected},
		{"files", &validate.Inspection{Files: []validate.File{{Name: "a", Data: pems(server)}, {Name: "b", Data: pems(ca, server)}}}, map[string]validate.Answer{"www.example.com": good},
			validate.SoftFail, []validate.RevocationStatus{validate.StatusGood, validate.StatusCouldNotAsk}, validate.Accepted},
		{"the issuer is missing", &validate.Bundle{Certificate: pems(server)}, map[string]validate.Answer{"www.example.com": good},
			validate.HardFail, []validate.RevocationStatus{validate.StatusCouldNotAsk}, validate.Rejected},
		{"another name has the key that signed", &validate.Inspection{Files: []validate.File{{Name: "a", Data: pems(server)}, {Name: "b", Data: pems(namesake)}}}, map[string]validate.Answer{"www.example.com": good},
			validate.HardFail, []validate.RevocationStatus{validate.StatusCouldNotAsk}, validate.Rejected},
		{"the issuer did not sign", &validate.Inspection{Files: []validate.File{{Name: "a", Data: pems(server)}, {Name: "b", Data: pems(rogue)}}}, map[string]validate.Answer{"www.example.com": good},
			validate.HardFail, []validate.RevocationStatus{validate.StatusCouldNotAsk}, validate.Rejected},
	} {
		opt := validate.Options{Time: pathTime, Revocation: test.policy, Status: func(cert, issuer *certparse.Certificate) validate.Answer {
			if cert.CheckSignature(issuer.PublicKey()) != nil {
				t.Errorf("%s: asked about %s of %s, who did not sign it", test.name, cert.Subject(), issuer.Subject())
			}
			return test.answers[cert.Subject().CommonName()]
		}}
		r := validate.Upload(test.request, opt)
		var got []validate.RevocationStatus
		for _, s := range r.Revocation {
			got = append(got, s.Status)
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
		if _, partial := test.request.(*validate.AddServerCertificate); !partial && r.Verdict != test.verdict {
			t.Errorf("%s: %s with %s", test.name, r.Verdict, codes(r.Findings))
		}
		if revoked := slices.Contains(test.want, validate.StatusRevoked); revoked != has(r.Findings, "certificate-revoked") {
			t.Errorf("%s: %s", test.name, codes(r.Findings))
		}
		checkSchema(t, schema, test.name, r.JSON())
		opt.Status = nil
		if quiet := validate.Upload(test.request, opt); quiet.Revocation != nil || bytes.Contains(quiet.JSON(), []byte(`"revocation"`)) {
			t.Errorf("%s: nobody was asked, but the report says %v", test.name, quiet.Revocation)
		}
	}
}

// TestChainBudgets: no input takes long, and what a budget cuts off is not accepted.
func TestChainBudgets(t *testing.T) {
	root := newRoot(t, "Root")
	// CAs that all certify each other, and lists by each of them.
	const n = 12
	var files, crls []validate.File
	for i := range n {
		for k := range n {
			if i != k {
				issuer := (&party{tb: t}).issue(fmt.Sprint("CA", i), fmt.Sprint("key", i), asCA)
				files = append(files, issuer.issue(fmt.Sprint("CA", k), fmt.Sprint("key", k), asCA).file())
			}
		}
	}
	for i := range n {
		issuer := root.issue(fmt.Sprint("CA", i), fmt.Sprint("key", i), asCA)
		if i%2 == 0 {
			files = append(files, issuer.file())
		}
		for number := range int64(8) {
			crls = append(crls, issuer.list(number+1))
		}
	}
	server := (&party{tb: t}).issue("CA0", "key0", asCA).server()
	for _, roots := range [][]validate.File{partyFiles(root), nil} {
		asked := 0
		started := time.Now()
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Intermediates: files, Roots: roots, Revocation: validate.Revocation{
			Policy: validate.HardFail, CRLs: crls, Responses: crls, Status: func(_, _ *certparse.Certificate) validate.Answer { asked++; return validate.Answer{} },
		}})
		if r.Verdict == validate.Accepted && roots == nil {
			t.Errorf("it was accepted with %s", codes(r.Findings))
		}
		if took := time.Since(started); took > 20*time.Second {
			t.Errorf("it took %v", took)
		}
		if asked > 200 {
			t.Errorf("asked %d times", asked)
		}
		checkRejection(t, "budget", r)
	}
	// More evidence than is read.
	many := slices.Repeat([]validate.File{root.list(1)}, 120)
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{CRLs: many}})
	if !has(r.Findings, "path-budget") || r.Verdict != validate.Accepted || r.Revocation[0].Status != validate.StatusGood {
		t.Errorf("too many lists: %s with %s", r.Verdict, codes(r.Findings))
	}
	large := validate.File{Name: "large.crl", Data: append([]byte{0x30}, make([]byte, 60<<20)...)}
	r = judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{CRLs: []validate.File{large, large}}})
	if strings.Count(codes(r.Findings), "crl-malformed") != 1 || strings.Count(codes(r.Findings), "path-budget") != 1 {
		t.Errorf("lists that are too large: %s", codes(r.Findings))
	}
	// More certificates than are asked about.
	var pems []byte
	for i := range 30 {
		pems = append(pems, certparse.EncodePEM("CERTIFICATE", root.issue("server", fmt.Sprint("server", i)).cert.Raw())...)
	}
	asked := 0
	validate.Upload(&validate.Bundle{Certificate: pems, TrustedRoot: certparse.EncodePEM("CERTIFICATE", root.cert.Raw())},
		validate.Options{Time: pathTime, Status: func(_, _ *certparse.Certificate) validate.Answer { asked++; return validate.Answer{} }})
	if asked != 20 {
		t.Errorf("asked %d times", asked)
	}
	// More roots and intermediates than are read.
	pem := validate.File{Name: "many.pem", Data: bytes.Repeat(certparse.EncodePEM("CERTIFICATE", root.cert.Raw()), 999)}
	r = judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: slices.Repeat([]validate.File{pem}, 6), Intermediates: []validate.File{pem, pem}})
	if n := strings.Count(codes(r.Findings), "path-budget"); n != 2 || r.Verdict != validate.Accepted {
		t.Errorf("too many certificates: %s with %s", r.Verdict, codes(r.Findings))
	}
}

// TestTriedIsBounded: a report shows no more paths than a person can read.
func TestTriedIsBounded(t *testing.T) {
	root := newRoot(t, "Root")
	var cas []*party
	for i := range 300 { // None of them is a CA's.
		cas = append(cas, (&party{tb: t}).issue("CA", fmt.Sprint("key", i)))
	}
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.ca("CA").server()), Intermediates: partyFiles(cas...), Roots: partyFiles(root)},
		func(o *validate.ChainOptions) { o.Path.Trace = true })
	if len(r.Tried) != min(200, r.TriedPaths) || r.TriedPaths != 300 || r.Verdict != validate.Rejected {
		t.Errorf("%d of %d, %s", len(r.Tried), r.TriedPaths, r.Verdict)
	}
	checkSchema(t, loadSchema(t, "chain"), "tried", r.JSON())
}

// TestAdvice names how a chain would better be sent. The certificates are judged as
// an upload, by themselves, and as a path.
func TestAdvice(t *testing.T) {
	root, other := newRoot(t, "Root"), newRoot(t, "Other")
	ca := root.ca("CA")
	cross := other.issue("CA", "CA", asCA)
	old := root.issue("CA", "CA", asCA, func(c *x509.Certificate) { c.NotAfter = pathTime.AddDate(0, -1, 0); c.SerialNumber.SetInt64(9) })
	sub := ca.ca("Sub")
	server := sub.server()
	for _, test := range []struct {
		name  string
		files []*party
		codes string
		best  []int
	}{
		{"in order", []*party{server, sub, ca}, "", nil},
		{"with its root", []*party{server, sub, ca, root}, "chain-root-included", []int{0, 1, 2}},
		{"out of order", []*party{server, ca, sub}, "chain-order chain-order", []int{0, 2, 1}},
		{"reversed", []*party{root, ca, sub, server}, "chain-end-entity-not-first chain-order chain-order chain-order", []int{3, 2, 1}},
		{"repeated", []*party{server, sub, sub, ca, server}, "chain-duplicate chain-duplicate", []int{0, 1, 3}},
		{"unrelated", []*party{server, sub, ca, other.ca("Else")}, "chain-unrelated", []int{0, 1, 2}},
		{"cross-signed", []*party{server, sub, ca, cross}, "chain-cross-signed", []int{0, 1, 2}},
		{"expired first", []*party{server, sub, old, ca}, "chain-expired-variant", []int{0, 1, 3}},
		{"CAs only", []*party{sub, ca}, "", nil},
	} {
		seen := map[string]bool{}
		for _, how := range []string{"upload", "path"} {
			var findings []finding.Finding
			var best []int
			if how == "upload" {
				var pem []byte
				for _, p := range test.files {
					pem = append(pem, certparse.EncodePEM("CERTIFICATE", p.cert.Raw())...)
				}
				r := validate.Upload(&validate.Bundle{Certificate: pem}, validate.Options{Time: pathTime})
				findings = r.Findings
				for _, x := range r.Reassembled {
					best = x.Certificates
				}
			} else {
				r := judgeChain(&validate.ChainRequest{Files: partyFiles(test.files...), Roots: partyFiles(root)})
				if findings = r.Findings; r.Reassembled != nil {
					best = r.Reassembled.Certificates
				}
				if r.Verdict != validate.Accepted {
					t.Errorf("%s as a path: %s", test.name, codes(findings))
				}
			}
			var got []string
			for _, f := range findings {
				if strings.HasPrefix(string(f.Code), "chain-") {
					got = append(got, string(f.Code))
				}
			}
			slices.Sort(got)
			if text := strings.Join(got, " "); text != test.codes || !slices.Equal(best, test.best) {
				t.Errorf("%s as %s: %q and %v, want %q and %v", test.name, how, text, best, test.codes, test.best)
			}
			seen[fmt.Sprint(best)] = true
		}
		if len(seen) != 1 {
			t.Errorf("%s: upload and path advise differently", test.name)
		}
	}
}

// TestOwnerIsKnown: a key says whose certificate it is, even if that is a CA's.
func TestOwnerIsKnown(t *testing.T) {
	root := newRoot(t, "Root")
	key, err := x509.MarshalPKCS8PrivateKey(root.key)
	if err != nil {
		t.Fatal(err)
	}
	chain := append(certparse.EncodePEM("CERTIFICATE", root.cert.Raw()), certparse.EncodePEM("CERTIFICATE", root.server().cert.Raw())...)
	for _, test := range []struct {
		key  []byte
		want bool
	}{{nil, true}, {certparse.EncodePEM("PRIVATE KEY", key), false}} {
		r := validate.Upload(&validate.Bundle{Certificate: chain, PrivateKey: test.key}, validate.Options{Time: pathTime})
		if has(r.Findings, "chain-end-entity-not-first") != test.want {
			t.Errorf("with a key %v: %s", test.key != nil, codes(r.Findings))
		}
	}
}

// BenchmarkChain judges a server below one CA below a root, with and without lists.
func BenchmarkChain(b *testing.B) {
	root := newRoot(b, "Root")
	ca := root.ca("CA")
	server := ca.server()
	for name, revocation := range map[string]validate.Revocation{
		"plain": {}, "lists": {Policy: validate.HardFail, CRLs: []validate.File{root.list(1), ca.list(1)}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := judgeChain(&validate.ChainRequest{Files: partyFiles(server, ca), Roots: partyFiles(root), Revocation: revocation})
				if r.Verdict != validate.Accepted {
					b.Fatal(codes(r.Findings))
				}
			}
		})
	}
}
