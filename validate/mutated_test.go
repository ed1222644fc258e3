package validate_test

import (
	"bytes"
	"encoding/pem"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/golden"
)

const mutatedDir = "../testdata/mutated"

// mistakes are the rows of mistakes that must have mutations.
var mistakes = []int{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 23, 27, 29, 30, malformed}

// TestMutations judges every damaged upload: what was done to it must be found,
// where it was done, and the good upload must have none of its row's findings.
func TestMutations(t *testing.T) {
	all, err := golden.LoadMutations(mutatedDir)
	if err != nil {
		t.Fatal(err)
	}
	ofRow := map[int][]*golden.Mutation{}
	for _, m := range all {
		if m.Row > 0 {
			ofRow[m.Row] = append(ofRow[m.Row], m)
		}
	}
	for _, row := range mistakes {
		if len(ofRow[row]) < 2 {
			t.Errorf("row %d has %d mutations", row, len(ofRow[row]))
		}
	}
	for _, m := range all {
		t.Run(m.Name, func(t *testing.T) {
			findings := map[string][]byte{}
			for _, kind := range m.Kinds {
				findings[kind] = checkMutation(t, m, kind, all["good-"+m.From], ofRow[m.Row])
			}
			if *update {
				if err := m.UpdateFindings(findings); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, kind := range m.Kinds {
				if got, want := findings[kind], m.Findings(kind); !bytes.Equal(got, want) {
					t.Errorf("%s: the findings are not the golden ones%s", kind, firstDifference(got, want))
				}
			}
		})
	}
}

// checkMutation judges one upload and returns its findings as lines.
func checkMutation(t *testing.T, m *golden.Mutation, kind string, good *golden.Mutation, row []*golden.Mutation) []byte {
	r := run(t, m.Case, kind)
	for _, code := range m.Finds {
		if !has(r.Findings, code) {
			t.Errorf("%s: it does not find %s, but %s", kind, code, codes(r.Findings))
		}
	}
	if m.Row == 0 {
		if finding.Worst(r.Findings) == finding.Error {
			t.Errorf("%s: the good upload is rejected for %s", kind, codes(r.Findings))
		}
		return golden.Lines(r)
	}
	if good == nil || !slices.Contains(good.Kinds, kind) {
		t.Fatalf("%s: there is no good upload %q", kind, m.From)
	}
	if len(m.Finds) == 0 {
		t.Errorf("it does not say what is found")
	}
	healthy := run(t, good.Case, kind)
	for _, other := range row {
		for _, code := range other.Finds {
			if has(healthy.Findings, code) {
				t.Errorf("%s: the good upload has %s", kind, code)
			}
		}
	}
	if m.Row == malformed {
		checkShown(t, m, kind, r)
	}
	if m.Repairable {
		checkRepaired(t, m, kind, good)
	}
	return golden.Lines(r)
}

// malformed is the row of malformations of a single certificate.
const malformed = 99

// checkShown checks that a malformed certificate is shown in spite of everything,
// and that what is wrong with it is said with its place and its standard.
func checkShown(t *testing.T, m *golden.Mutation, kind string, r *golden.Report) {
	if len(r.Certificates) != 1 {
		t.Fatalf("%s: %d certificates are shown", kind, len(r.Certificates))
	}
	c := r.Certificates[0]
	if c.Subject().CommonName() != "server.example.com" || c.Issuer().CommonName() == "" || c.SerialDecimal() != "4097" || len(c.Fingerprint()) != 64 {
		t.Errorf("%s: subject %q, issuer %q, serial number %s", kind, c.Subject(), c.Issuer(), c.SerialDecimal())
	}
	for _, f := range r.Findings {
		if !slices.Contains(m.Finds, string(f.Code)) {
			continue
		}
		_, inDER := f.Where.DERByte.Get()
		_, inText := f.Where.Byte.Get()
		if !inDER && !inText || f.Ref == "" {
			t.Errorf("%s: %s is said without a place or a standard", kind, f.Code)
		}
	}
}

// checkRepaired checks that the repair of each input gives the content that the
// input had before it was damaged.
func checkRepaired(t *testing.T, m *golden.Mutation, kind string, good *golden.Mutation) {
	repaired := 0
	for name, want := range good.Files(kind) {
		got := m.Files(kind)[name]
		if bytes.Equal(got, want) {
			continue
		}
		doc := certparse.Parse(got, certparse.Options{})
		if doc.Repaired == nil {
			t.Errorf("%s: %s is not repaired", kind, name)
			continue
		}
		repaired++
		if !slices.EqualFunc(contents(doc.Repaired), contents(want), bytes.Equal) {
			t.Errorf("%s: %s: what was repaired is not what was damaged:\n%s", kind, name, doc.Repaired)
		}
		if again := certparse.Parse(doc.Repaired, certparse.Options{}); len(again.Findings) > 0 {
			t.Errorf("%s: %s: the repaired text still has %s", kind, name, again.Findings[0].Code)
		}
	}
	if repaired == 0 {
		t.Errorf("%s: nothing was repaired", kind)
	}
}

// contents are the contents of the blocks of PEM text.
func contents(text []byte) (all [][]byte) {
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			return all
		}
		all = append(all, block.Bytes)
	}
}
