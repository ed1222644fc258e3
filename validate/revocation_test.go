package validate_test

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/ocsp"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// TestPolicies holds every status against every policy: what is accepted, and how
// loudly it is said.
func TestPolicies(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server(asksAt)
	answered := func(r *ocsp.Result) validate.Answer {
		return validate.Answer{Result: r, Source: "http://ocsp.example.com"}
	}
	unknown := finding.New("certificate-status-unknown", finding.Where{})
	stale := finding.New("ocsp-stale", finding.Where{}, finding.Time("next_update", pathTime))
	revoked := finding.New("certificate-revoked", finding.Where{}, finding.Time("time", pathTime), finding.Str("reason", "keyCompromise"))
	const none = finding.Severity(0)
	for _, test := range []struct {
		name   string
		answer validate.Answer
		status validate.RevocationStatus
		code   finding.Code
		// want are the severities for IgnoreMissing, SoftFail and HardFail.
		want [3]finding.Severity
	}{
		{"good", answered(&ocsp.Result{Status: ocsp.Good}), validate.StatusGood, "certificate-revoked", [3]finding.Severity{}},
		{"revoked", answered(&ocsp.Result{Status: ocsp.Revoked, RevokedAt: pathTime, Reason: ocsp.KeyCompromise, Findings: []finding.Finding{revoked}}),
			validate.StatusRevoked, "certificate-revoked", [3]finding.Severity{finding.Error, finding.Error, finding.Error}},
		{"revoked, whatever else is said", validate.Answer{Result: &ocsp.Result{Status: ocsp.Revoked}, Unasked: validate.StatusNothingToAsk},
			validate.StatusRevoked, "certificate-revoked", [3]finding.Severity{finding.Error, finding.Error, finding.Error}},
		{"good, with a remark", answered(&ocsp.Result{Status: ocsp.Good, Findings: []finding.Finding{stale.As(finding.Notice)}}),
			validate.StatusGood, "ocsp-stale", [3]finding.Severity{finding.Notice, finding.Notice, finding.Notice}},
		{"unknown", answered(&ocsp.Result{Status: ocsp.Unknown, Findings: []finding.Finding{unknown}}),
			validate.StatusUnknown, "certificate-status-unknown", [3]finding.Severity{finding.Notice, finding.Warning, finding.Error}},
		{"refused", answered(&ocsp.Result{Code: "ocsp-stale", Findings: []finding.Finding{stale}}),
			validate.StatusRefused, "ocsp-stale", [3]finding.Severity{finding.Warning, finding.Warning, finding.Error}},
		{"could not ask", validate.Answer{Source: "http://ocsp.example.com", Unasked: validate.StatusCouldNotAsk, Problem: "timeout"},
			validate.StatusCouldNotAsk, "revocation-could-not-ask", [3]finding.Severity{finding.Notice, finding.Warning, finding.Error}},
		{"nothing to ask", validate.Answer{Unasked: validate.StatusNothingToAsk},
			validate.StatusNothingToAsk, "revocation-nothing-to-ask", [3]finding.Severity{finding.Notice, finding.Notice, finding.Error}},
		// A hook that says nothing, or that claims what takes evidence, could not ask.
		{"zero answer", validate.Answer{}, validate.StatusCouldNotAsk, "revocation-could-not-ask", [3]finding.Severity{finding.Notice, finding.Warning, finding.Error}},
		{"good without evidence", validate.Answer{Unasked: validate.StatusGood},
			validate.StatusCouldNotAsk, "revocation-could-not-ask", [3]finding.Severity{finding.Notice, finding.Warning, finding.Error}},
		{"zero result", validate.Answer{Result: &ocsp.Result{}}, validate.StatusRefused, "revocation-could-not-ask", [3]finding.Severity{none, none, none}},
	} {
		for policy, want := range test.want {
			asked := 0
			r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root), Revocation: validate.Revocation{
				Policy: validate.RevocationPolicy(policy),
				Status: func(cert, issuer *certparse.Certificate) validate.Answer {
					asked++
					if cert.Subject().CommonName() != "www.example.com" || issuer.Subject().CommonName() != "Root" {
						t.Errorf("asked about %s of %s", cert.Subject(), issuer.Subject())
					}
					return test.answer
				},
			}})
			if asked != 1 {
				t.Errorf("%s: asked %d times", test.name, asked)
			}
			if got := severityOf(r.Findings, test.code, 0); got != want {
				t.Errorf("%s with policy %d: %s is %v, want %v", test.name, policy, test.code, got, want)
			}
			if len(r.Revocation) != 1 || r.Revocation[0].Status != test.status {
				t.Errorf("%s: %+v", test.name, r.Revocation)
			}
			if r.Verdict == validate.Accepted && want == finding.Error {
				t.Errorf("%s with policy %d was accepted", test.name, policy)
			}
		}
	}
}

// TestAnswerFindings: what an answer says beside its status is passed on, but never
// decides, and does not make what the policy allows an error.
func TestAnswerFindings(t *testing.T) {
	root := newRoot(t, "Root")
	stale := finding.New("ocsp-stale", finding.Where{}, finding.Time("next_update", pathTime))
	for policy, verdict := range map[validate.RevocationPolicy]validate.Verdict{validate.SoftFail: validate.Accepted, validate.HardFail: validate.Rejected} {
		for _, result := range []*ocsp.Result{nil, {Code: "ocsp-stale", Findings: []finding.Finding{stale}}} {
			r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{
				Policy: policy, Status: func(_, _ *certparse.Certificate) validate.Answer {
					return validate.Answer{Result: result, Findings: []finding.Finding{stale}}
				},
			}})
			want := finding.Warning
			if result != nil && policy == validate.HardFail {
				want = finding.Error
			}
			if r.Verdict != verdict || severityOf(r.Findings, "ocsp-stale", 0) != want {
				t.Errorf("policy %d: %s with %s", policy, r.Verdict, codes(r.Findings))
			}
		}
	}
}

// TestRefusedWithoutFinding: a hook whose evidence is refused without saying why
// must not pass with a policy that demands an answer.
func TestRefusedWithoutFinding(t *testing.T) {
	root := newRoot(t, "Root")
	for _, result := range []*ocsp.Result{{}, {Status: ocsp.Unknown}, {Status: ocsp.Revoked}, {Status: 99}} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{
			Policy: validate.HardFail, Status: func(_, _ *certparse.Certificate) validate.Answer { return validate.Answer{Result: result} },
		}})
		if r.Verdict != validate.Rejected {
			t.Errorf("%v was accepted", result.Status)
		}
		checkRejection(t, result.Status.String(), r)
	}
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{
		Status: func(_, _ *certparse.Certificate) validate.Answer {
			return validate.Answer{Result: &ocsp.Result{Status: ocsp.Revoked}}
		},
	}})
	if r.Verdict != validate.Rejected {
		t.Error("a revoked certificate was accepted")
	}
}

// TestRevokedOnce: who says by itself that a certificate was revoked is not
// repeated in other words.
func TestRevokedOnce(t *testing.T) {
	root := newRoot(t, "Root")
	own := finding.New("certificate-revoked", finding.Where{}, finding.Time("time", pathTime), finding.Str("reason", "keyCompromise")).As(finding.Error)
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{
		Status: func(_, _ *certparse.Certificate) validate.Answer {
			return validate.Answer{Result: &ocsp.Result{Status: ocsp.Revoked, Findings: []finding.Finding{own}}}
		},
	}})
	n := 0
	for _, f := range r.Findings {
		if f.Code == "certificate-revoked" {
			n++
		}
	}
	if n != 1 || r.Verdict != validate.Rejected {
		t.Errorf("%s: %s", r.Verdict, codes(r.Findings))
	}
}

// TestSaidOnce: what two sources say in the same words is one finding, as grave as
// the graver of them; what they say in other words, or about something else, is two.
func TestSaidOnce(t *testing.T) {
	root := newRoot(t, "Root")
	stale := finding.New("ocsp-stale", finding.Where{}, finding.Time("next_update", pathTime)).As(finding.Notice)
	later := finding.New("ocsp-stale", finding.Where{}, finding.Time("next_update", pathTime.Add(time.Hour)))
	other := stale
	other.Code = "crl-stale"
	for _, test := range []struct {
		name string
		said []finding.Finding
		want int
	}{
		{"the same", []finding.Finding{stale, stale.As(finding.Warning), stale}, 1},
		{"in other words", []finding.Finding{stale.As(finding.Warning), later.As(finding.Warning)}, 2},
		{"of another kind", []finding.Finding{stale.As(finding.Warning), other.As(finding.Warning)}, 2},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{
			Status: func(_, _ *certparse.Certificate) validate.Answer {
				return validate.Answer{Result: &ocsp.Result{Status: ocsp.Good}, Findings: test.said}
			},
		}})
		n := 0
		for _, f := range r.Findings {
			if f.Code == "ocsp-stale" || f.Code == "crl-stale" {
				if n++; f.Severity != finding.Warning {
					t.Errorf("%s: %v", test.name, f.Severity)
				}
			}
		}
		if n != test.want {
			t.Errorf("%s: %d findings, want %d", test.name, n, test.want)
		}
	}
}

// TestStatusJSON: the report has what is known of a status, and nothing else.
func TestStatusJSON(t *testing.T) {
	root := newRoot(t, "Root")
	all := ocsp.Result{Status: ocsp.Revoked, Code: "ocsp-stale", RevokedAt: pathTime, Reason: ocsp.KeyCompromise, ProducedAt: pathTime.Add(1 * time.Hour), ThisUpdate: pathTime.Add(2 * time.Hour), NextUpdate: pathTime.Add(3 * time.Hour)}
	for _, test := range []struct {
		answer validate.Answer
		want   map[string]any
	}{
		{validate.Answer{Result: &all, Source: "x"}, map[string]any{"certificate": 0.0, "status": "revoked", "source": "x", "code": "ocsp-stale", "revoked_at": "2026-06-01T12:00:00Z",
			"reason": "keyCompromise", "produced_at": "2026-06-01T13:00:00Z", "this_update": "2026-06-01T14:00:00Z", "next_update": "2026-06-01T15:00:00Z"}},
		{validate.Answer{Result: &ocsp.Result{Status: ocsp.Good}}, map[string]any{"certificate": 0.0, "status": "good"}},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{
			Status: func(_, _ *certparse.Certificate) validate.Answer { return test.answer },
		}})
		var report struct{ Revocation []map[string]any }
		if err := json.Unmarshal(r.JSON(), &report); err != nil {
			t.Fatal(err)
		}
		if len(report.Revocation) != 1 || !maps.Equal(report.Revocation[0], test.want) {
			t.Errorf("%v, want %v", report.Revocation, test.want)
		}
	}
}

// TestEvidence judges paths with lists and responses that are handed in.
func TestEvidence(t *testing.T) {
	root := newRoot(t, "Root")
	ca := root.ca("CA")
	server := ca.server()
	other := newRoot(t, "Other")
	broken, brokenOwn := root.list(1), ca.list(1)
	for _, f := range []validate.File{broken, brokenOwn} {
		f.Data[len(f.Data)-1] ^= 1
	}
	files := func(f ...validate.File) []validate.File { return f }
	good, revoked, unknown := ca.answer(server, answerGood), ca.answer(server, answerRevoked), ca.answer(server, answerUnknown)
	for _, test := range []struct {
		name             string
		crls, responses  []validate.File
		server, ca       validate.RevocationStatus
		verdict, ignored validate.Verdict
	}{
		{"lists", files(root.list(1), ca.list(1)), nil, validate.StatusGood, validate.StatusGood, validate.Accepted, validate.Accepted},
		{"a list and a response", files(root.list(1)), files(good), validate.StatusGood, validate.StatusGood, validate.Accepted, validate.Accepted},
		{"responses in disorder", nil, files(good, root.answer(ca, answerGood)), validate.StatusGood, validate.StatusGood, validate.Accepted, validate.Accepted},
		{"the list of the CA is missing", files(root.list(1)), nil, validate.StatusUnknown, validate.StatusGood, validate.Rejected, validate.Accepted},
		{"a list revokes the server", files(root.list(1), ca.list(1, server)), nil, validate.StatusRevoked, validate.StatusGood, validate.Rejected, validate.Rejected},
		{"a list revokes the CA", files(root.list(1, ca), ca.list(1)), nil, "", validate.StatusRevoked, validate.Rejected, validate.Rejected},
		{"a response revokes the server", files(root.list(1)), files(revoked), validate.StatusRevoked, validate.StatusGood, validate.Rejected, validate.Rejected},
		{"a list does not outweigh it", files(root.list(1), ca.list(1)), files(revoked), validate.StatusRevoked, validate.StatusGood, validate.Rejected, validate.Rejected},
		{"good does not outweigh it", files(root.list(1)), files(good, revoked), validate.StatusRevoked, validate.StatusGood, validate.Rejected, validate.Rejected},
		{"unknown does not outweigh good", files(root.list(1), ca.list(1)), files(unknown), validate.StatusGood, validate.StatusGood, validate.Accepted, validate.Accepted},
		{"a broken list does not outweigh good", files(root.list(1), brokenOwn), files(good), validate.StatusGood, validate.StatusGood, validate.Accepted, validate.Accepted},
		{"unknown", files(root.list(1)), files(unknown), validate.StatusUnknown, validate.StatusGood, validate.Rejected, validate.Accepted},
		{"a broken list", files(broken, ca.list(1)), nil, "", validate.StatusRefused, validate.Rejected, validate.Accepted},
		{"a list of somebody else's", files(other.list(1), ca.list(1)), nil, "", validate.StatusUnknown, validate.Rejected, validate.Accepted},
		{"a response of somebody else's", files(root.list(1)), files(other.answer(server, answerGood)), validate.StatusRefused, validate.StatusGood, validate.Rejected, validate.Accepted},
		{"no response at all", files(root.list(1)), files(validate.File{Name: "x", Data: []byte("no response")}), validate.StatusRefused, validate.StatusGood, validate.Rejected, validate.Accepted},
	} {
		for _, policy := range []validate.RevocationPolicy{validate.HardFail, validate.SoftFail, validate.IgnoreMissing} {
			r := judgeChain(&validate.ChainRequest{Files: partyFiles(server, ca), Roots: partyFiles(root),
				Revocation: validate.Revocation{Policy: policy, CRLs: test.crls, Responses: test.responses}})
			want := test.ignored
			if policy == validate.HardFail {
				want = test.verdict
			}
			if r.Verdict != want {
				t.Errorf("%s with policy %d: %s with %s", test.name, policy, r.Verdict, codes(r.Findings))
			}
			for index, want := range []validate.RevocationStatus{test.server, test.ca} {
				got := validate.RevocationStatus("")
				for _, s := range r.Revocation {
					if s.Certificate == index {
						got = s.Status
					}
				}
				if got != want && (policy == validate.HardFail || want != "") {
					t.Errorf("%s with policy %d: certificate %d is %q, want %q", test.name, policy, index, got, want)
				}
			}
			checkRejection(t, test.name, r)
		}
	}
}

// TestUnreadableEvidence: what cannot be read is named, and is as good as nothing.
func TestUnreadableEvidence(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	for policy, verdict := range map[validate.RevocationPolicy]validate.Verdict{validate.SoftFail: validate.Accepted, validate.HardFail: validate.Rejected} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root), Revocation: validate.Revocation{
			Policy: policy, CRLs: []validate.File{{Name: "bad.crl", Data: []byte("-----BEGIN X509 CRL-----\nMAA=\n-----END X509 CRL-----\n")}},
		}})
		if r.Verdict != verdict || !slices.ContainsFunc(r.Findings, func(f finding.Finding) bool { return f.Code == "crl-malformed" && f.Where.Input == "bad.crl" }) {
			t.Errorf("policy %d: %s with %s", policy, r.Verdict, codes(r.Findings))
		}
	}
	pem := slices.Concat(certparse.EncodePEM("X509 CRL", root.list(1).Data), certparse.EncodePEM("X509 CRL", root.list(2, server).Data))
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(server), Roots: partyFiles(root), Revocation: validate.Revocation{
		CRLs: []validate.File{{Name: "both.pem", Data: pem}},
	}})
	if severityOf(r.Findings, "certificate-revoked", 0) != finding.Error {
		t.Errorf("the second list of a PEM file was not read: %s", codes(r.Findings))
	}
}

// TestSigners: lists that somebody else than the issuer signed count only if that
// one has a path to the same root that is not revoked.
func TestSigners(t *testing.T) {
	root, other := newRoot(t, "Root"), newRoot(t, "Other")
	server := root.server()
	// The root's name with another key: a certificate for signing lists.
	signer := root.issue("Root", "list key", asCA)
	rogue := other.issue("Root", "rogue key", asCA)
	// The root's own lists cover CAs only, so that they say nothing about the server.
	onlyCAs := func(revoked ...*party) validate.File {
		return root.scopedList(3, []byte{0x30, 3, 0x82, 1, 0xff}, revoked...)
	}
	judge := func(more []*party, roots []*party, crls ...validate.File) *validate.ChainReport {
		return judgeChain(&validate.ChainRequest{Files: partyFiles(server), Intermediates: partyFiles(more...), Roots: partyFiles(roots...),
			Revocation: validate.Revocation{Policy: validate.HardFail, CRLs: crls}})
	}
	for _, test := range []struct {
		name  string
		more  []*party
		roots []*party
		crls  []validate.File
		want  validate.Verdict
	}{
		{"another key of the issuer", []*party{signer}, []*party{root}, []validate.File{signer.list(1)}, validate.Accepted},
		{"its certificate is not there", nil, []*party{root}, []validate.File{signer.list(1)}, validate.Rejected},
		{"it revokes the server", []*party{signer}, []*party{root}, []validate.File{signer.list(1, server)}, validate.Rejected},
		{"the root speaks of CAs only", []*party{signer}, []*party{root}, []validate.File{signer.list(2), onlyCAs()}, validate.Accepted},
		{"it was revoked", []*party{signer}, []*party{root}, []validate.File{signer.list(2), onlyCAs(signer)}, validate.Rejected},
		{"somebody who is not trusted", []*party{rogue}, []*party{root}, []validate.File{rogue.list(1)}, validate.Rejected},
		// RFC 5280, Section 6.3.3 (f): the same trust anchor.
		{"another trusted root", []*party{rogue}, []*party{root, other}, []validate.File{rogue.list(1)}, validate.Rejected},
	} {
		if r := judge(test.more, test.roots, test.crls...); r.Verdict != test.want {
			t.Errorf("%s: %s with %s", test.name, r.Verdict, codes(r.Findings))
		}
	}
}

// TestExcused: an end entity's certificate whose issuer promises to say nothing
// needs no answer, and for browsers neither does a short-lived one. A CA's does.
func TestExcused(t *testing.T) {
	root := newRoot(t, "Root")
	silent := rawExtension(false, []byte{5, 0}, 2, 5, 29, 56)
	short := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = pathTime.Add(-time.Hour), pathTime.Add(48*time.Hour)
	}
	months := func(c *x509.Certificate) {
		c.NotBefore, c.NotAfter = pathTime.Add(-time.Hour), pathTime.AddDate(0, 3, 0)
	}
	for _, test := range []struct {
		name    string
		profile path.Profile
		files   []*party
		refused bool
	}{
		{"plain", path.RFC5280, []*party{root.server()}, true},
		{"no revocation", path.RFC5280, []*party{root.server(silent)}, false},
		{"a CA that says so", path.RFC5280, []*party{root.ca("CA", silent).server(silent), root.ca("CA", silent)}, true},
		{"short-lived", path.RFC5280, []*party{root.server(short)}, true},
		{"not short-lived, on the web", path.WebPKI, []*party{root.server(months)}, true},
		{"short-lived on the web", path.WebPKI, []*party{root.server(short)}, false},
	} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(test.files...), Roots: partyFiles(root), Revocation: validate.Revocation{Policy: validate.HardFail}},
			func(o *validate.ChainOptions) { o.Path.Profile = test.profile })
		refused := false
		for i := range r.Certificates {
			refused = refused || severityOf(r.Findings, "revocation-nothing-to-ask", i) == finding.Error
		}
		if test.profile == path.WebPKI && r.Revocation == nil {
			t.Fatalf("%s: nobody was asked: %s", test.name, codes(r.Findings))
		}
		if refused != test.refused {
			t.Errorf("%s: refused %v, %s", test.name, refused, codes(r.Findings))
		}
	}
}

// TestExcusedAnswers: what excuses the lack of an answer also excuses that nobody
// could be asked, and what was said is a notice then.
func TestExcusedAnswers(t *testing.T) {
	root := newRoot(t, "Root")
	silent := rawExtension(false, []byte{5, 0}, 2, 5, 29, 56)
	for policy, want := range map[validate.RevocationPolicy]finding.Severity{validate.IgnoreMissing: finding.Notice, validate.SoftFail: finding.Notice, validate.HardFail: finding.Notice} {
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server(silent)), Roots: partyFiles(root), Revocation: validate.Revocation{
			Policy: policy, Status: func(_, _ *certparse.Certificate) validate.Answer { return validate.Answer{} },
		}})
		if got := severityOf(r.Findings, "revocation-could-not-ask", 0); got != want || r.Verdict != validate.Accepted {
			t.Errorf("policy %d: %s with %v", policy, r.Verdict, got)
		}
	}
}

// listedAt names the place of the list about a certificate, and listOf is the list
// of that place.
func listedAt(n int) partyEdit {
	return func(c *x509.Certificate) { c.CRLDistributionPoints = []string{placeOfList(n)} }
}

func placeOfList(n int) string { return fmt.Sprint("http://crl.example.com/", n) }

func listOf(signer *party, n int) validate.File {
	uri := append([]byte{0x86, byte(len(placeOfList(n)))}, placeOfList(n)...)
	point := []byte{0x30, byte(len(uri) + 4), 0xa0, byte(len(uri) + 2), 0xa0, byte(len(uri))}
	return signer.scopedList(1, append(point, uri...))
}

// signers are certificates of a root for signing lists. The list about each of them
// and, first, about who is listed at place 0 is signed by the next; the root signs
// the last.
func signers(root *party, n int) (list []*party, crls []validate.File) {
	for i := range n {
		list = append(list, root.issue("Root", fmt.Sprint("signer", i), asCA, listedAt(i+1)))
	}
	for i, p := range append(slices.Clone(list), root) {
		crls = append(crls, listOf(p, i))
	}
	return list, crls
}

// TestSignerDepth: who signed a list may have a list signed by the next, but that
// has an end.
func TestSignerDepth(t *testing.T) {
	root := newRoot(t, "Root")
	for n, want := range map[int]validate.Verdict{0: validate.Accepted, 1: validate.Accepted, 2: validate.Accepted, 3: validate.Rejected} {
		list, crls := signers(root, n)
		r := judgeChain(&validate.ChainRequest{Files: partyFiles(root.server(listedAt(0))), Intermediates: partyFiles(list...), Roots: partyFiles(root),
			Revocation: validate.Revocation{Policy: validate.HardFail, CRLs: crls}})
		if r.Verdict != want {
			t.Errorf("%d signers: %s with %s", n, r.Verdict, codes(r.Findings))
		}
	}
}

// TestSignersLeaveBudget: the search for who signed the lists about a CA ends long
// before the budget on judgements does, so that the server's turn comes.
func TestSignersLeaveBudget(t *testing.T) {
	root := newRoot(t, "Root")
	list, crls := signers(root, 3)
	ca := root.ca("CA", listedAt(0))
	server := ca.server()
	r := judgeChain(&validate.ChainRequest{Files: partyFiles(server, ca), Intermediates: partyFiles(list...), Roots: partyFiles(root),
		Revocation: validate.Revocation{Policy: validate.SoftFail, CRLs: append(crls, ca.list(1))}})
	if r.Verdict != validate.Accepted || has(r.Findings, "path-budget") {
		t.Errorf("%s with %s", r.Verdict, codes(r.Findings))
	}
}

// TestHookBudget: one call judges no more certificates than anybody has.
func TestHookBudget(t *testing.T) {
	root := newRoot(t, "Root")
	server := root.server()
	opt := path.Options{Time: pathTime}
	asked := 0
	hook := validate.Revocation{Policy: validate.HardFail, Status: func(_, issuer *certparse.Certificate) validate.Answer {
		if asked++; issuer == nil {
			t.Error("asked about a certificate without its issuer")
		}
		return validate.Answer{Result: &ocsp.Result{Status: ocsp.Good}}
	}}.Hook(nil, opt)
	refused := 0
	for range 300 {
		cert, err := certparse.ParseCertificate(server.cert.Raw())
		if err != nil {
			t.Fatal(err)
		}
		link := path.Link{Certificate: cert, Issuer: root.cert, IssuerKey: root.cert.PublicKey(), Path: []*certparse.Certificate{cert, root.cert}, Time: pathTime}
		for range 2 { // The second time the answer is known.
			if fs := hook(link); finding.Worst(fs) == finding.Error {
				refused++
			}
		}
	}
	if asked != 200 || refused != 200 {
		t.Errorf("asked %d times, refused %d", asked, refused)
	}
	fs := validate.Revocation{Policy: validate.HardFail, Status: func(_, issuer *certparse.Certificate) validate.Answer {
		t.Error("asked without an issuer")
		return validate.Answer{}
	}}.Hook(nil, opt)(path.Link{Certificate: server.cert, IssuerKey: root.cert.PublicKey(), Path: []*certparse.Certificate{server.cert}, Time: pathTime})
	if finding.Worst(fs) != finding.Error {
		t.Errorf("an anchor without a certificate: %s", codes(fs))
	}
}

// TestOwnHook: the caller's own hook of path.Options is asked as well.
func TestOwnHook(t *testing.T) {
	root := newRoot(t, "Root")
	request := &validate.ChainRequest{Files: partyFiles(root.server()), Roots: partyFiles(root), Revocation: validate.Revocation{CRLs: []validate.File{root.list(1)}}}
	for _, revocation := range []validate.Revocation{{}, {CRLs: []validate.File{root.list(1)}}} {
		request.Revocation = revocation
		r := judgeChain(request, func(o *validate.ChainOptions) {
			o.Path.Revocation = func(path.Link) []finding.Finding {
				return []finding.Finding{finding.New("certificate-status-unknown", finding.Where{}).As(finding.Error)}
			}
		})
		if r.Verdict != validate.Rejected {
			t.Errorf("%d lists: the caller's own hook was not asked", len(revocation.CRLs))
		}
	}
}
