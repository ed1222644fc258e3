package main

import (
	"fmt"
	"go/parser"
	"go/token"
	"strings"
	"testing"
)

const sample = `package sample

func (v *T) check(a, b int) bool {
	if a == 0 || b == 0 && v.ok(a) {
		v.note("zero")
	}
	switch {
	case a < b, a > 9:
		panic("kept")
	}
	switch a {
	case 1:
	}
	return !v.done && a != b
}

func (v *T) String() string {
	if v == nil {
		return "none"
	}
	return "some"
}
`

func TestInstrument(t *testing.T) {
	source, mutants, err := instrument("sample.go", []byte(sample), 7)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.ParseFile(token.NewFileSet(), "sample.go", source, 0); err != nil {
		t.Fatalf("%v\n%s", err, source)
	}
	var got []string
	for i, m := range mutants {
		if m.number != 7+i || m.function != "T.check" || m.file != "sample.go" {
			t.Errorf("%+v", m)
		}
		got = append(got, fmt.Sprintf("%d %s %s", m.line, m.kind, m.text))
	}
	want := []string{
		"4 never a == 0 || b == 0 && v.ok(a)", "4 never a == 0", "4 never b == 0 && v.ok(a)", "4 always b == 0", "4 always v.ok(a)",
		`5 skipped v.note("zero")`,
		"8 never a < b", "8 never a > 9",
		"14 never !v.done && a != b", "14 always !v.done && a != b", "14 always !v.done", "14 always a != b",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	// Without the insertions, the source is what it was.
	if n := strings.Count(string(source), "mutant "); n != len(want) {
		t.Errorf("%d places for %d mutants", n, len(want))
	}
}
