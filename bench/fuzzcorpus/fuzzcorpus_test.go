package main

import (
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// toy is a package with a fuzz target that fails for one input.
var toy = map[string]string{
	"go.mod": "module example.com/toy\n\ngo 1.26\n",
	"marker": "",
	"inner/toy_test.go": `package toy

import (
	"os"
	"testing"
)

func FuzzDo(f *testing.F) {
	if _, err := os.Stat("../marker"); err != nil {
		f.Fatal(err) // The seeds of a target may stand anywhere in the module.
	}
	f.Add([]byte("seed"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if judge(b); string(b) == "wrong" {
			t.Fatal("wrong")
		}
	})
}

func FuzzOther(f *testing.F) { f.Fuzz(func(t *testing.T, b []byte) {}) }
`,
	"inner/toy.go": `package toy

func judge(b []byte) int {
	if len(b) > 0 && b[0] == 'x' {
		if len(b) > 1 && b[1] == 'y' {
			return 2
		}
		return 1
	}
	return 0
}
`,
	"inner/testdata/fuzz/FuzzOther/other": "go test fuzz v1\n[]byte(\"\")\n",
	"inner/testdata/fuzz/FuzzDo/known":    "go test fuzz v1\n[]byte(\"x\")\n",
}

// Kept is the smallest input that reaches something new, and what the target fails for.
func TestKeep(t *testing.T) {
	root := t.TempDir()
	write := func(dir string, files map[string]string) {
		for name, text := range files {
			path := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
	}
	write(root, toy)
	cache := t.TempDir()
	input := func(s string) string { return "go test fuzz v1\n[]byte(\"" + s + "\")\n" }
	write(cache, map[string]string{
		"nothing": input("z"), "again": input("x1"), "new": input("xy"), "larger": input("xy12345"), "fails": input("wrong"),
		"huge": input("xy" + string(make([]byte, 200))), "known": input("x"),
	})
	foreigner := "a certificate of somebody else's, not ours, of no account."
	write(root, map[string]string{
		"theirs": string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte(foreigner + "what everybody has, in a row of bytes")})),
		"ours":   string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte("what everybody has, in a row of bytes")})),
	})
	not, err := readForeign([]string{filepath.Join(root, "theirs")}, filepath.Join(root, "ours"))
	if err != nil {
		t.Fatal(err)
	}
	write(cache, map[string]string{"theirs": input("xy" + foreigner[5:]), "ours": input("what everybody has, in a row of bytes")})
	found, err := candidates(cache, 100, not)
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != 7 || filepath.Base(found[len(found)-1]) != "ours" {
		t.Fatalf("the candidates are %q", found)
	}
	p := &pkg{Dir: filepath.Join(root, "inner"), ImportPath: "example.com/toy/inner", Name: "toy", TestGoFiles: []string{"toy_test.go"}}
	p.Module.Dir = root
	targets, err := p.targets()
	if err != nil || !slices.Equal(targets, []string{"FuzzDo", "FuzzOther"}) {
		t.Fatalf("the targets are %q: %v", targets, err)
	}
	binary, err := p.build(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	failed, err := p.keep(binary, "FuzzDo", found, 10)
	if err != nil {
		t.Fatal(err)
	}
	if !failed {
		t.Error("nobody says that the target fails")
	}
	entries, err := os.ReadDir(filepath.Join(p.Dir, "testdata", "fuzz", "FuzzDo"))
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, e := range entries {
		kept = append(kept, e.Name())
	}
	if want := []string{"fails", "known", "new"}; !slices.Equal(kept, want) {
		t.Errorf("kept are %q, want %q", kept, want)
	}
}
