package jsontext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/certloupe/certloupe/internal/safetext"
)

func write(w *Writer) string {
	w.BeginObject()
	w.StringField("s", "a")
	w.IntField("i", -5)
	w.BoolField("b", true)
	w.Key("n")
	w.Null()
	w.StringsField("list", []string{"x", "y"})
	w.StringsField("empty", nil)
	w.Key("o")
	w.BeginObject()
	w.EndObject()
	w.Key("deep")
	w.BeginArray()
	w.BeginObject()
	w.IntField("k", 1)
	w.EndObject()
	w.BeginArray()
	w.EndArray()
	w.EndArray()
	w.EndObject()
	return string(w.Bytes())
}

func TestCompact(t *testing.T) {
	want := `{"s":"a","i":-5,"b":true,"n":null,"list":["x","y"],"empty":[],"o":{},"deep":[{"k":1},[]]}`
	if got := write(NewWriter(nil, "")); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Indented output is what encoding/json makes of the compact one.
func TestIndented(t *testing.T) {
	var want strings.Builder
	var value json.RawMessage = json.RawMessage(write(NewWriter(nil, "")))
	e := json.NewEncoder(&want)
	e.SetIndent("", "  ")
	if err := e.Encode(value); err != nil {
		t.Fatal(err)
	}
	if got := write(NewWriter(nil, "  ")) + "\n"; got != want.String() {
		t.Errorf("got  %s\nwant %s", got, want.String())
	}
}

// Every string comes back from encoding/json as it was, and nothing in it is
// unprintable on its way.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", `"\`, "\x00\x1f\n\r\t", "\u202e\u2028", "深圳", "\U0001f600\U000e0041", "\xff\xc3", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		out := AppendString(nil, s)
		var back string
		if err := json.Unmarshal(out, &back); err != nil {
			t.Fatalf("%q: %v", out, err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Fatalf("%q came back as %q", s, back)
		}
		for _, r := range string(out) {
			if !safetext.Printable(r) {
				t.Fatalf("%U in %q", r, out)
			}
		}
	})
}

// The bytes that are looked at together are judged as each one alone.
func TestPlain(t *testing.T) {
	for size := range 20 {
		for at := range size {
			for c := range 256 {
				s := []byte(strings.Repeat("a", size))
				s[at] = byte(c)
				want := size &^ 7
				if !unescaped[c] {
					want = min(want, at&^7)
				}
				if got := plain(s); got != want || plain(string(s)) != want {
					t.Fatalf("%q: the first %d bytes, want %d", s, got, want)
				}
			}
		}
	}
}
