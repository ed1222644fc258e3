package main

import (
	_ "embed"
	"os/exec"
	"strings"
	"testing"
)

//go:embed overlay/p256_filled_test.txt
var p256Filled string

// TestOverlay runs the tests of the standard library on the files that replace its own, among
// them one that compares the whole table for P-256 with the points that it stands for.
func TestOverlay(t *testing.T) {
	file, err := writeOverlay(t.TempDir(), map[string]string{"zz_filled_test.go": p256Filled})
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command("go", "test", "-overlay="+file, "-tags=purego", "-v", "-run=P256", nistec).CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestP256PrecomputedTable/table[42]") {
		t.Errorf("%v\n%s", err, out)
	}
}
