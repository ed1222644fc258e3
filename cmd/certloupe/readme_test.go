package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"
)

// TestReadme runs the command that the README shows and looks for each line that
// it prints there, in the same order; a line with an ellipsis stands for any others.
func TestReadme(t *testing.T) {
	t.Chdir("../..")
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "    go run ./cmd/certloupe "
	_, rest, ok := strings.Cut(string(readme), prefix)
	if !ok {
		t.Fatal("the README shows no command")
	}
	command, rest, _ := strings.Cut(rest, "\n")
	var shown []string
	for _, line := range strings.Split(rest, "\n") {
		if line != "" && !strings.HasPrefix(line, "    ") {
			break
		}
		shown = append(shown, strings.TrimPrefix(line, "    "))
	}
	var stdout, stderr bytes.Buffer
	if code := run(strings.Fields(command), strings.NewReader(""), &stdout, &stderr, environment{getenv: func(string) string { return "" }, now: time.Now}); code != 1 {
		t.Fatalf("exit code %d: %s", code, stderr.String())
	}
	printed := strings.Split(stdout.String(), "\n")
	found, skipping := 0, true
	for _, want := range shown {
		if want == "…" {
			skipping = true
			continue
		}
		if want == "" {
			continue
		}
		for len(printed) > 0 && (skipping || printed[0] == "") && printed[0] != want {
			printed = printed[1:]
		}
		if len(printed) == 0 || printed[0] != want {
			t.Fatalf("the README shows %q, which is not printed there:\n%s", want, stdout.String())
		}
		printed, skipping = printed[1:], false
		found++
	}
	if found < 10 {
		t.Errorf("only %d lines of output are shown", found)
	}
}
