package validate_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
	"github.com/certloupe/certloupe/validate/path"
)

// FuzzChain judges any bytes as files, roots and evidence. The verdict depends on
// nothing but the bytes, a path is accepted only if it ends at one of the roots, and
// what rejects one says where and why; the report is JSON.
func FuzzChain(f *testing.F) {
	cases, err := golden.Load(casesDir)
	if err != nil {
		f.Fatal(err)
	}
	seeds := 0
	for _, c := range cases {
		if call := c.Call(golden.Failing); call.Op == "chain" {
			files := c.Files(golden.Failing)
			list := []byte(nil)
			for _, name := range call.CRLs {
				list = append(list, files[name]...)
			}
			f.Add(files["chain.pem"], files["root.pem"], list, uint8(seeds))
			seeds++
		}
	}
	if seeds == 0 {
		f.Fatal("there are no seeds")
	}
	root := newRoot(f, "Root")
	ca := root.ca("CA")
	server := ca.server()
	f.Add(slices.Concat(server.cert.Raw(), ca.cert.Raw()), root.cert.Raw(), ca.answer(server, answerGood).Data, uint8(2))
	f.Fuzz(func(t *testing.T, files, roots, evidence []byte, how uint8) {
		input := func(data []byte) []validate.File { return []validate.File{{Name: "x", Data: data}} }
		request := &validate.ChainRequest{Files: input(files), Roots: input(roots), Intermediates: input(evidence), Revocation: validate.Revocation{
			Policy: validate.RevocationPolicy(how % 3), CRLs: input(evidence), Responses: input(evidence)}}
		opt := validate.ChainOptions{Path: path.Options{Time: casesTime, Profile: path.Profile(how / 4 % 2), Trace: how&8 != 0}}
		r := validate.Chain(request, opt)
		if (r.Verdict == validate.Rejected) != (finding.Worst(r.Findings) == finding.Error) {
			t.Errorf("%s with %s", r.Verdict, codes(r.Findings))
		}
		if r.Verdict == validate.Accepted && (!r.Anchored || len(r.Path) == 0) {
			t.Errorf("accepted without a root: %v", r.Path)
		}
		if how%3 == 2 && r.Verdict == validate.Accepted {
			for _, s := range r.Revocation {
				if s.Status != validate.StatusGood && s.Status != validate.StatusNothingToAsk {
					t.Errorf("certificate %d is %s, and was accepted", s.Certificate, s.Status)
				}
			}
		}
		text := r.JSON()
		if !json.Valid(text) || !bytes.Equal(text, validate.Chain(request, opt).JSON()) {
			t.Error("the report is not JSON, or another one the second time")
		}
	})
}
