package jsontext

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
)

var texts = []string{
	``, ` `, `{}`, `[]`, `null`, ` true `, `false`, `0`, `-0`, `-`, `01`, `1.`, `1.5e+3`, `1e`, `1e-`, `1E5`, `-x`, `.5`, `+1`,
	`"a"`, `"`, `"\`, `"\x"`, `"\u`, `"\u12`, `"\u12G4"`, `"\u00e9\ud83d\ude00\ud83d x\ude00\ud83d\u0041"`, "\"\x01\"", "\"\xff\xfe\"", `"\b\f\n\r\t\\\/\""`,
	`{"a":1}`, `{"a" 1}`, `{"a":}`, `{"a":1,}`, `{"a":1 "b":2}`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,`, `{1:2}`, `{,}`, `{`, `{"a":{"b":[1,{"c":null}]}}`,
	`[1,2]`, `[1,]`, `[1 2]`, `[`, `[1`, `[1,`, `[,]`, `]`, `}`, `[}`, `{]`, `tru`, `truE`, `nul`, `nullx`, `{} x`, `1 2`, `'`, `"a"'`, "\x80", "\x00",
	`{"a":1,"a":2,"\u0061":3}`, "\xef\xbb\xbf{}", `{"a":[[[]]],"b":"]}"}`, " \t\r\n[ 1 , 2 ] \n",
}

func FuzzCheck(f *testing.F) {
	for _, text := range texts {
		f.Add([]byte(text))
	}
	f.Add([]byte(strings.Repeat("[", maxNesting) + strings.Repeat("]", maxNesting)))
	f.Add([]byte(strings.Repeat("[", maxNesting+1) + strings.Repeat("]", maxNesting+1)))
	f.Add([]byte(strings.Repeat(`{"a":`, maxNesting+1)))
	f.Fuzz(func(t *testing.T, text []byte) { compare(t, text) })
}

// compare holds a text against encoding/json.
func compare(t *testing.T, text []byte) {
	var raw json.RawMessage
	want, got := json.Unmarshal(text, &raw), Check(text)
	if want != nil || got != nil {
		var theirs *json.SyntaxError
		var ours *SyntaxError
		if !errors.As(want, &theirs) || !errors.As(got, &ours) || theirs.Error() != ours.Error() || int(theirs.Offset) != ours.Offset {
			t.Fatalf("%q: %v, %v", text, got, want)
		}
		return
	}
	switch trimmed := bytes.TrimSpace(text); trimmed[0] {
	case '"':
		var s string
		if err := json.Unmarshal(text, &s); err != nil || Text(text) != s {
			t.Errorf("%q: %q, not %q", text, Text(text), s)
		}
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(text, &list); err != nil {
			t.Fatal(err)
		}
		i := 0
		for element := range Elements(text) {
			if i >= len(list) || !bytes.Equal(element, list[i]) {
				t.Fatalf("%q: element %d is %q", text, i, element)
			}
			i++
		}
		if i != len(list) {
			t.Errorf("%q: %d elements, not %d", text, i, len(list))
		}
	case '{':
		compareMembers(t, text)
	}
}

func compareMembers(t *testing.T, text []byte) {
	d := json.NewDecoder(bytes.NewReader(text))
	if _, err := d.Token(); err != nil {
		t.Fatal(err)
	}
	for m := range Members(text) {
		name, err := d.Token()
		if err != nil || name != json.Token(m.Name) {
			t.Fatalf("%q: %q, not %v, %v", text, m.Name, name, err)
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil || !bytes.Equal(raw, m.Value) || !bytes.HasPrefix(text[m.Offset:], raw) {
			t.Fatalf("%q: %q at %d, not %q, %v", text, m.Value, m.Offset, raw, err)
		}
	}
	if d.More() {
		t.Errorf("%q: members are missing", text)
	}
}
