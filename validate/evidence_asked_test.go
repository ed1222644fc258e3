package validate_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/validate"
)

// TestAskedIfOpen: somebody is asked only if the evidence leaves the question open,
// whatever comes after the evidence that settled it.
func TestAskedIfOpen(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	good, revoked, unknown := root.answer(server, answerGood), root.answer(server, answerRevoked), root.answer(server, answerUnknown)
	for _, test := range []struct {
		name      string
		lists     []validate.File
		responses []validate.File
		asked     int
	}{
		{"nothing", nil, nil, 1},
		{"unknown", nil, []validate.File{unknown}, 1},
		{"refused", nil, []validate.File{{Name: "x", Data: []byte("no response")}}, 1},
		{"good", nil, []validate.File{good}, 0},
		{"revoked", nil, []validate.File{revoked}, 0},
		{"good, then unknown", nil, []validate.File{good, unknown}, 0},
		{"unknown, then good", nil, []validate.File{unknown, good}, 0},
		{"revoked, then unknown", nil, []validate.File{revoked, unknown}, 0},
		{"a good list, then unknown", []validate.File{root.list(1)}, []validate.File{unknown}, 0},
		{"a list that revokes it, then unknown", []validate.File{root.list(1, server)}, []validate.File{unknown}, 0},
	} {
		asked := 0
		judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root), Revocation: validate.Revocation{
			CRLs: test.lists, Responses: test.responses,
			Status: func(_, _ *certparse.Certificate) validate.Answer {
				asked++
				return validate.Answer{Result: &ocsp.Result{Status: ocsp.Good}}
			},
		}})
		if asked != test.asked {
			t.Errorf("%s: asked %d times", test.name, asked)
		}
	}
}

// evidenceFindings are the findings about evidence, each with the index of its certificate.
func evidenceFindings(r *validate.ChainReport) (codes []string, certificates []int) {
	for _, f := range r.Findings {
		if strings.HasPrefix(string(f.Code), "ocsp-") || strings.HasPrefix(string(f.Code), "crl-") || strings.HasPrefix(string(f.Code), "certificate-status") {
			n, _ := f.Where.Certificate.Get()
			codes, certificates = append(codes, string(f.Code)), append(certificates, n)
		}
	}
	return codes, certificates
}

// TestResponsesOfThePath: a response is held against the certificate that it is
// about only; one about no certificate of the path against the target only.
func TestResponsesOfThePath(t *testing.T) {
	root := newRoot(t, "Root")
	ca := root.ca("CA")
	server := ca.server()
	both := []validate.File{ca.answer(server, answerGood), root.answer(ca, answerGood)}
	for _, test := range []struct {
		name      string
		responses []validate.File
		want      []int // the certificates with findings about evidence
	}{
		{"of both", both, nil},
		{"of both and of another", append(slices.Clone(both), newRoot(t, "Other").answer(server, answerGood)), []int{0}},
		{"of both and one that cannot be read", append(slices.Clone(both), validate.File{Name: "x", Data: []byte("no response")}), []int{0}},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(server, ca), Roots: partyFiles(root),
			Revocation: validate.Revocation{Policy: validate.HardFail, Responses: test.responses}})
		if codes, at := evidenceFindings(r); r.Verdict != validate.Accepted || !slices.Equal(at, test.want) {
			t.Errorf("%s: %s with %v at %v", test.name, r.Verdict, codes, at)
		}
	}
}

// TestNobodyToAsk: without evidence, and without anybody to ask, revocation is not
// looked after, so that a critical extension about it is not processed.
func TestNobodyToAsk(t *testing.T) {
	root := newRoot(t, "Root")
	point := append([]byte{0x30, 26, 0x30, 24, 0xa0, 22, 0xa0, 20, 0x86, 18}, "http://example.com"...)
	server := root.server(rawExtension(true, point, 2, 5, 29, 31))
	for _, test := range []struct {
		name       string
		revocation validate.Revocation
		want       finding.Severity
	}{
		{"nobody", validate.Revocation{}, finding.Error},
		{"a list", validate.Revocation{CRLs: []validate.File{root.list(1)}}, 0},
		{"a response", validate.Revocation{Responses: []validate.File{root.answer(server, answerGood)}}, 0},
		{"somebody", validate.Revocation{Status: func(_, _ *certparse.Certificate) validate.Answer { return validate.Answer{} }}, 0},
		{"a policy that demands an answer", validate.Revocation{Policy: validate.HardFail}, 0},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root), Revocation: test.revocation})
		if got := severityOf(r.Findings, "path-critical-extension", 0); got != test.want {
			t.Errorf("%s: %v, %s", test.name, got, codes(r.Findings))
		}
	}
}

// TestEvidenceBudgets: what goes beyond the budgets is left aside and named.
func TestEvidenceBudgets(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	good, list := root.answer(server, answerGood), root.list(1)
	other := newRoot(t, "Other").list(1)
	huge := validate.File{Name: "huge", Data: make([]byte, ocsp.MaxCRLSize+1)}
	for _, test := range []struct {
		name             string
		lists, responses []validate.File
		want             validate.Verdict
		what             string
	}{
		{"a hundred lists", append(slices.Repeat([]validate.File{other}, 99), list), nil, validate.Accepted, ""},
		{"more", append(slices.Repeat([]validate.File{other}, 100), list), nil, validate.Rejected, "pieces of evidence"},
		{"a hundred lists and responses", slices.Repeat([]validate.File{other}, 99), []validate.File{good}, validate.Accepted, ""},
		{"more", slices.Repeat([]validate.File{other}, 100), []validate.File{good}, validate.Rejected, "pieces of evidence"},
		{"too many bytes", nil, []validate.File{huge, good}, validate.Rejected, "bytes of evidence"},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root),
			Revocation: validate.Revocation{Policy: validate.HardFail, CRLs: test.lists, Responses: test.responses}})
		what := ""
		for _, f := range r.Findings {
			if f.Code == "path-budget" {
				what, _ = f.Data[0].Value.(string)
			}
		}
		if r.Verdict != test.want || what != test.what {
			t.Errorf("%s: %s, %q, %s", test.name, r.Verdict, what, codes(r.Findings))
		}
	}
}

// TestFormsOfLists: lists are read as DER and as PEM, whatever else stands there.
func TestFormsOfLists(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	list, revoking := root.list(1), root.list(2, server)
	// A list that revokes the server and has the PEM of one that does not in an extension.
	inside := root.commentedList(3, certparse.EncodePEM("X509 CRL", list.Data), server)
	for _, test := range []struct {
		name string
		data []byte
		want finding.Code // empty if the server is good
	}{
		{"DER", list.Data, ""},
		{"PEM", certparse.EncodePEM("X509 CRL", list.Data), ""},
		{"another label", certparse.EncodePEM("CRL", list.Data), ""},
		{"the label of something else", certparse.EncodePEM("CERTIFICATE", revoking.Data), "certificate-revoked"},
		{"PEM with other things", slices.Concat(certparse.EncodePEM("CERTIFICATE", server.cert.Raw()), certparse.EncodePEM("X509 CRL", revoking.Data)), "certificate-revoked"},
		{"PEM inside of DER", inside.Data, "certificate-revoked"},
		{"PEM without a list", certparse.EncodePEM("CERTIFICATE", server.cert.Raw()), "crl-malformed"},
		{"a list that cannot be read", certparse.EncodePEM("X509 CRL", []byte{0x30, 0}), "crl-malformed"},
		{"under another label", certparse.EncodePEM("CRL", []byte{0x30, 0}), "crl-malformed"},
		{"nothing of the kind", []byte("no list"), "crl-malformed"},
		{"nothing", nil, "crl-malformed"},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root),
			Revocation: validate.Revocation{Policy: validate.HardFail, CRLs: []validate.File{{Name: "x", Data: test.data}}}})
		found := test.want == "" || slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == test.want })
		if !found || (r.Verdict == validate.Accepted) != (test.want == "") {
			t.Errorf("%s: %s, %s", test.name, r.Verdict, codes(r.Findings))
		}
	}
}
