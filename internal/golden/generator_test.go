package golden_test

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

const root = "../.."

// TestGenerator runs the generator into an empty directory: it must write the
// cases that are committed, apart from the golden reports, which it does not make.
func TestGenerator(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds a program")
	}
	out, mutated := t.TempDir(), t.TempDir()
	run := exec.Command("go", "run", "./testdata/gen", "-out", out, "-mutated", mutated)
	run.Dir = root
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	compareInputs(t, inputs(t, out), inputs(t, filepath.Join(root, "testdata", "cases")))
	compareInputs(t, inputs(t, mutated), inputs(t, filepath.Join(root, "testdata", "mutated")))
}

func compareInputs(t *testing.T, made, committed map[string]string) {
	t.Helper()
	for name, text := range made {
		if want, ok := committed[name]; !ok {
			t.Errorf("%s is not committed; run go run ./testdata/gen", name)
		} else if text != want {
			t.Errorf("%s is not what the generator writes; run go run ./testdata/gen", name)
		}
	}
	for name := range committed {
		if _, ok := made[name]; !ok {
			t.Errorf("the generator does not write %s", name)
		}
	}
}

// inputs reads the cases below a directory without their golden reports.
func inputs(t *testing.T, dir string) map[string]string {
	t.Helper()
	cases := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		a, err := txtar.ParseFile(path)
		if err != nil {
			return err
		}
		kept := a.Files[:0]
		for _, f := range a.Files {
			if f.Name != "report.json" && f.Name != "healthy/report.json" && !strings.HasSuffix(f.Name, "/findings") {
				kept = append(kept, f)
			}
		}
		a.Files = kept
		name, err := filepath.Rel(dir, path)
		cases[filepath.ToSlash(name)] = string(txtar.Format(a))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestKeysAreMarked makes sure that nobody takes a test key for a real one.
func TestKeysAreMarked(t *testing.T) {
	paths, err := filepath.Glob(filepath.Join(root, "testdata", "keys", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no keys (%v)", err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(path, ".pem") || !bytes.HasPrefix(text, []byte("TEST ONLY")) {
			t.Errorf("%s does not begin with TEST ONLY", path)
		}
	}
}
