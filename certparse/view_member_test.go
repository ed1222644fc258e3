package certparse

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// memberCertificates are certificates of the tests with and without departures
// from the standard.
func memberCertificates(t *testing.T) []*Certificate {
	t.Helper()
	paths, err := filepath.Glob("../testdata/cases/*/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	var cs []*Certificate
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		cs = append(cs, Parse(text, Options{}).Certificates()...)
	}
	if len(cs) < 10 {
		t.Fatalf("there are only %d certificates", len(cs))
	}
	return cs
}

// TestWriteMember compares each member with the one of the whole certificate.
func TestWriteMember(t *testing.T) {
	seen := map[string]int{}
	for _, c := range memberCertificates(t) {
		var whole map[string]any
		text, _ := c.MarshalJSON()
		if err := json.Unmarshal(text, &whole); err != nil {
			t.Fatal(err)
		}
		key, _ := whole["public_key"].(map[string]any)
		for _, name := range Members() {
			var w jsontext.Writer
			w.BeginObject()
			m, ok := MemberNamed(name)
			if !ok {
				t.Fatalf("there is no member %s", name)
			}
			c.WriteMember(&w, m)
			w.EndObject()
			var one map[string]any
			if err := json.Unmarshal(w.Bytes(), &one); err != nil {
				t.Fatalf("%s: %v: %s", name, err, w.Bytes())
			}
			want, ok := whole[name]
			switch name {
			case "key_algorithm":
				want, ok = key["algorithm"]
			case "key_curve":
				want, ok = key["curve"]
			case "key_bits":
				want, ok = key["bits"]
			}
			got, wrote := one[name]
			if wrote != ok || !reflect.DeepEqual(got, want) || len(one) > 1 {
				t.Errorf("%s is %v, and %v in the whole", name, got, want)
			}
			if wrote {
				seen[name]++
			}
		}
	}
	if m, ok := MemberNamed("members"); ok {
		t.Errorf("there is a member %d of a name that does not exist", m)
	}
	for _, name := range Members() {
		if seen[name] == 0 {
			t.Errorf("no certificate has %s", name)
		}
	}
}

func TestAppendCodes(t *testing.T) {
	several := false
	for _, c := range memberCertificates(t) {
		var want []finding.Code
		for _, f := range c.Findings(finding.Where{}) {
			want = append(want, f.Code)
		}
		if got := c.AppendCodes(nil); !slices.Equal(got, want) {
			t.Errorf("%v, and the findings are %v", got, want)
		}
		several = several || len(want) > 1
	}
	if !several {
		t.Error("no certificate has several findings")
	}
}
