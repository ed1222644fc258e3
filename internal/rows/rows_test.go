package rows

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/internal/jsontext"
)

// members are the names in a JSON object in their order.
func members(t *testing.T, text []byte) (names []string) {
	t.Helper()
	var all map[string]json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	for name := range all {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Whatever fields are chosen, an object has those, each once, and no others; and each
// field is one that some row has.
func TestFields(t *testing.T) {
	cases, err := golden.Load("../../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	type input struct {
		data     []byte
		document *certparse.Document
	}
	var inputs []input
	for _, c := range cases {
		for _, data := range c.Files(golden.Failing) {
			inputs = append(inputs, input{data, certparse.Parse(data, certparse.Options{})})
		}
	}
	seen := map[string]bool{}
	for _, name := range Fields() {
		j := NewJudge(&Options{Time: time.Unix(0, 0), Fields: []string{name}})
		for _, in := range inputs {
			j.Reset()
			j.Document(&Place{Source: "a", Record: 1, Line: 1}, in.document, in.data)
			for i := range j.Rows() {
				var w jsontext.Writer
				j.Write(&w, &j.Rows()[i])
				if got := members(t, w.Bytes()); len(got) > 1 || len(got) == 1 && got[0] != name {
					t.Fatalf("%s: a row has %q", name, got)
				} else if len(got) == 1 {
					seen[name] = true
				}
			}
		}
	}
	for _, name := range Fields() {
		// Nobody is asked here, no key opened with a password, nothing unread, and no row in another.
		rare := slices.Contains([]string{"revocation", "encryption", "error", "more"}, name)
		if seen[name] == rare {
			t.Errorf("%s: a row has it: %v", name, seen[name])
		}
	}
	for _, name := range DefaultFields() {
		if !slices.Contains(Fields(), name) {
			t.Errorf("there is no field %s", name)
		}
	}
}

// The issuer of a row is that of its certificate, whichever were written before.
func TestIssuer(t *testing.T) {
	cases, err := golden.Load("../../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	j := NewJudge(&Options{Fields: []string{"source", "issuer"}})
	again := 0
	for range 2 {
		for _, c := range cases {
			for _, data := range c.Files(golden.Failing) {
				j.Reset()
				j.Document(&Place{Source: "a"}, certparse.Parse(data, certparse.Options{}), data)
				for _, r := range j.Rows() {
					if r.Certificate == nil {
						continue
					}
					der := r.Certificate.RawIssuer()
					if slices.ContainsFunc(j.issuers[:], func(k knownIssuer) bool { return string(k.der) == string(der) }) {
						again++
					}
					var got, want jsontext.Writer
					j.Write(&got, &r)
					want.BeginObject()
					want.StringField("source", "a")
					r.Certificate.WriteMember(&want, memberIssuer)
					want.EndObject()
					if string(got.Bytes()) != string(want.Bytes()) {
						t.Fatalf("got  %s\nwant %s", got.Bytes(), want.Bytes())
					}
				}
			}
		}
	}
	if again < 100 {
		t.Errorf("only %d issuers were known", again)
	}
}

// Rows that were taken stay as they are, whatever is judged after them.
func TestTake(t *testing.T) {
	j := NewJudge(&Options{})
	p := &Place{Source: "a", Record: 1, Line: 1}
	judge := func(text string) {
		j.Reset()
		j.Document(p, certparse.Parse([]byte(text), certparse.Options{}), []byte(text))
	}
	judge("no certificate")
	taken := j.Take()
	judge("")
	if len(taken) != 1 || len(taken[0].Codes) != 1 || taken[0].Codes[0] != "input-unrecognized" {
		t.Errorf("%+v", taken)
	}
	if list := j.Rows(); len(list) != 1 || list[0].Codes[0] != "input-empty" || list[0].Verdict() != Rejected {
		t.Errorf("%+v", list)
	}
}
