package path_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/validate/path"
)

// The public suites of path validation are read from the folder that
// CERTLOUPE_VECTORS names, else from shared/vectors beside the project. They are
// not part of the project; without them these tests are skipped.

// exception is a case that is decided otherwise than its suite expects.
type exception struct {
	ID       string `json:"id"`
	Expected string `json:"expected"`
	Actual   string `json:"actual"`
	Reason   string `json:"reason"`
}

func vectors(tb testing.TB, name string) []byte {
	tb.Helper()
	dir := os.Getenv("CERTLOUPE_VECTORS")
	if dir == "" {
		dir = filepath.Join("..", "..", "..", "shared", "vectors")
	}
	data, err := os.ReadFile(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		tb.Skipf("SKIPPED: %s is not there; set CERTLOUPE_VECTORS to the folder with the public suites", filepath.Join(dir, name))
	}
	if err != nil {
		tb.Fatal(err)
	}
	return data
}

// exceptions returns the exceptions whose ID starts with prefix.
func exceptions(tb testing.TB, prefix string) map[string]exception {
	tb.Helper()
	data, err := os.ReadFile("testdata/exceptions.json")
	if err != nil {
		tb.Fatal(err)
	}
	var list []exception
	if err := json.Unmarshal(data, &list); err != nil {
		tb.Fatal(err)
	}
	m := map[string]exception{}
	for _, e := range list {
		if e.Reason == "" || e.Expected == e.Actual {
			tb.Errorf("%s: an exception needs a reason and a difference", e.ID)
		}
		if _, ok := m[e.ID]; ok {
			tb.Errorf("%s: there are two exceptions", e.ID)
		}
		if strings.HasPrefix(e.ID, prefix) {
			m[strings.TrimPrefix(e.ID, prefix)] = e
		}
	}
	return m
}

// disagreement holds one outcome against the expected one and the exceptions, of
// which it takes the case out. It is empty if all is as it should be.
func disagreement(known map[string]exception, id string, want bool, r *path.Result, valid bool) string {
	word := map[bool]string{true: "accept", false: "refuse"}
	e, ok := known[id]
	delete(known, id)
	switch {
	case ok && (e.Expected != word[want] || e.Actual != word[valid]):
		return fmt.Sprintf("%s: the exception is stale: expected %s, is %s", id, word[want], word[valid])
	case !ok && want != valid:
		return fmt.Sprintf("%s: want %s, got %s %v", id, word[want], word[valid], codes(r))
	}
	return ""
}

func unused(t *testing.T, known map[string]exception) {
	for id := range known {
		t.Errorf("%s: there is an exception for a case that does not exist", id)
	}
}

func codes(r *path.Result) []string {
	var list []string
	for _, f := range r.Findings {
		n, _ := f.Where.Certificate.Get()
		list = append(list, string(f.Code)+"@"+string(rune('0'+n)))
	}
	return list
}

func parse(der []byte) (*certparse.Certificate, error) { return certparse.ParseCertificate(der) }
