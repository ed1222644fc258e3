package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestScanDocument calls each command line of docs/scan.md with the program's own
// flags.
func TestScanDocument(t *testing.T) {
	text, err := os.ReadFile("../../docs/scan.md")
	if err != nil {
		t.Fatal(err)
	}
	document := strings.NewReplacer("\"certloupe\", \"scan\", \"", "certloupe scan ", "\", \"", " ", "/etc/ssl", "server.pem", "\"]", "\n").Replace(string(text))
	lines := regexp.MustCompile(`certloupe scan ([^\n"<`+"`"+`]*)`).FindAllStringSubmatch(document, -1)
	if len(lines) < 8 {
		t.Errorf("only %d commands were found", len(lines))
	}
	for _, line := range lines {
		a := newCaller()
		files(t)
		// Files that are not there are rows; everything else must be in order.
		got := a.call(append([]string{"scan"}, strings.Fields(line[1])...)...)
		if strings.Contains(got.stderr, "--help") {
			t.Errorf("certloupe scan %s: %s", line[1], got.stderr)
		}
	}
}
