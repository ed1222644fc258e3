package ocsp_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/ocsp/internal/forge"
)

var update = flag.Bool("update", false, "write the cases in testdata")

// evidence is what is judged: a response or CRLs about a certificate.
type evidence struct {
	cert, issuer []byte
	response     []byte
	crls         [][]byte
	// stapled says that the response was brought along by the server.
	stapled bool
	opt     ocsp.Options
}

// testCase shows one finding, beside a healthy twin that does not have it. The
// file in testdata is named after its code.
type testCase struct {
	code, says string
	bad, good  evidence
}

// TestCases judges every case and its healthy twin and compares both, input and
// result, with the files in testdata.
func TestCases(t *testing.T) {
	written := map[string]bool{}
	for _, c := range slices.Concat(responseCases(), crlCases()) {
		t.Run(c.code, func(t *testing.T) {
			rule, ok := finding.Lookup(finding.Code(c.code))
			if !ok {
				t.Fatal("there is no such code")
			}
			bad, good := judge(t, c.bad), judge(t, c.good)
			if f, ok := find(bad, c.code); !ok {
				t.Errorf("the case does not find it, but %v", codes(bad))
			} else if f.Severity != rule.Severity {
				t.Errorf("it is a %v, want a %v", f.Severity, rule.Severity)
			}
			if rule.Severity == finding.Error && bad.Status != ocsp.Revoked && (bad.Status != ocsp.Refused || string(bad.Code) != c.code) {
				t.Errorf("the case gives %v %s", bad.Status, bad.Code)
			}
			if good.Status != ocsp.Good {
				t.Errorf("the healthy twin gives %v %s", good.Status, good.Code)
			}
			if _, ok := find(good, c.code); ok {
				t.Error("the healthy twin finds it as well")
			}
			a := &txtar.Archive{Comment: []byte(c.says + "\n")}
			a.Files = append(a.Files, sections("", c.bad, bad)...)
			for _, f := range sections("healthy/", c.good, good) {
				// What the twins have in common is written once.
				if !slices.ContainsFunc(a.Files, func(o txtar.File) bool { return "healthy/"+o.Name == f.Name && bytes.Equal(o.Data, f.Data) }) {
					a.Files = append(a.Files, f)
				}
			}
			name := filepath.Join("testdata", c.code+".txtar")
			if *update {
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
			}
			if got := readFile(t, name); !bytes.Equal(got, txtar.Format(a)) {
				t.Errorf("%s is not what the test makes; if that is meant, run go test ./ocsp -update", name)
			}
		})
		if written[c.code] {
			t.Errorf("%s has two cases", c.code)
		}
		written[c.code] = true
	}
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !written[strings.TrimSuffix(filepath.Base(f), ".txtar")] {
			t.Errorf("%s belongs to no case", f)
		}
	}
}

func judge(tb testing.TB, e evidence) *ocsp.Result {
	tb.Helper()
	cert, issuer := parseCertificate(tb, e.cert), parseCertificate(tb, e.issuer)
	if e.crls != nil {
		return judgeCRLs(tb, e.crls, cert, issuer, e.opt)
	}
	if e.stapled {
		r, err := ocsp.Staple(e.response, cert, issuer, e.opt)
		if err != nil {
			tb.Fatal(err)
		}
		return r
	}
	return verify(tb, e.response, cert, issuer, e.opt)
}

func find(r *ocsp.Result, code string) (finding.Finding, bool) {
	i := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return string(f.Code) == code })
	if i < 0 {
		return finding.Finding{}, false
	}
	return r.Findings[i], true
}

func codes(r *ocsp.Result) (codes []finding.Code) {
	for _, f := range r.Findings {
		codes = append(codes, f.Code)
	}
	return codes
}

// sections are the files of one variant of a case.
func sections(prefix string, e evidence, r *ocsp.Result) (files []txtar.File) {
	add := func(name string, data []byte) { files = append(files, txtar.File{Name: prefix + name, Data: data}) }
	options := "at: " + e.opt.Time.Format(time.RFC3339) + "\n"
	if e.opt.Nonce != nil {
		options += "nonce: " + hex.EncodeToString(e.opt.Nonce) + "\n"
	}
	if e.stapled {
		options += "stapled\n"
	}
	if e.opt.MaxSize != 0 {
		options += fmt.Sprintf("max size: %d\n", e.opt.MaxSize)
	}
	add("options", []byte(options))
	add("certificate.pem", pemOf("CERTIFICATE", e.cert))
	add("issuer.pem", pemOf("CERTIFICATE", e.issuer))
	if e.crls == nil {
		add("response.base64", base64Of(e.response))
	}
	for i, crl := range e.crls {
		add(fmt.Sprintf("crl%d.pem", i), pemOf("X509 CRL", crl))
	}
	add("result", []byte(resultText(r)))
	return files
}

func pemOf(label string, der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der})
}

func base64Of(b []byte) []byte {
	var out []byte
	for text := range slices.Chunk([]byte(base64.StdEncoding.EncodeToString(b)), 64) {
		out = append(append(out, text...), '\n')
	}
	return out
}

// resultText is a result for people to read.
func resultText(r *ocsp.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "status: %v\n", r.Status)
	if r.Code != "" {
		fmt.Fprintf(&b, "code: %s\n", r.Code)
	}
	if r.Status == ocsp.Revoked {
		fmt.Fprintf(&b, "revoked at: %s\nreason: %v\n", r.RevokedAt.Format(time.RFC3339), r.Reason)
	}
	for _, d := range []struct {
		name string
		t    time.Time
	}{{"produced at", r.ProducedAt}, {"this update", r.ThisUpdate}, {"next update", r.NextUpdate}} {
		if !d.t.IsZero() {
			fmt.Fprintf(&b, "%s: %s\n", d.name, d.t.Format(time.RFC3339))
		}
	}
	if r.Delegate != nil {
		fmt.Fprintf(&b, "delegate: %s\n", r.Delegate.Subject())
	}
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%v %s: %s\n", f.Severity, f.Code, f.Message)
	}
	return b.String()
}

// parse is used where a case needs the certificates of a scene.
func (s scene) parse(tb testing.TB) (cert, issuer *certparse.Certificate) {
	tb.Helper()
	return parseCertificate(tb, s.leaf.DER()), parseCertificate(tb, s.issuer.DER())
}

// evidence is the scene's response, judged now.
func (s scene) evidence() evidence {
	return evidence{cert: s.leaf.DER(), issuer: s.issuer.DER(), response: s.reply.DER(), opt: ocsp.Options{Time: now}}
}

// status is an OCSP response that is nothing but a status.
func (s scene) status(n byte) evidence {
	e := s.evidence()
	e.response = forge.Sequence(forge.Enumerated(n))
	return e
}

func (e evidence) withNonce(nonce []byte) evidence {
	e.opt.Nonce = nonce
	return e
}

func (e evidence) upTo(size int) evidence {
	e.opt.MaxSize = size
	return e
}
