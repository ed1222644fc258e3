package finding

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/findings.md")

// TestTable walks the table: every rule is complete, and its code is unique and stable in form.
func TestTable(t *testing.T) {
	form := regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	apig := regexp.MustCompile(`^(APIG\.\d{4})?$`)
	iotda := regexp.MustCompile(`^(IOTDA\.\d{6})?$`)
	seen := map[Code]bool{}
	for _, r := range Rules() {
		switch {
		case !form.MatchString(string(r.Code)):
			t.Errorf("%s: not a kebab-case code", r.Code)
		case seen[r.Code]:
			t.Errorf("%s: stands there twice", r.Code)
		case r.Severity < Notice || r.Severity > Error:
			t.Errorf("%s: no severity", r.Code)
		case r.Message == "" || r.Why == "":
			t.Errorf("%s: no message or no reason", r.Code)
		case r.Severity != Notice && r.Fix == "":
			t.Errorf("%s: does not say how to mend it", r.Code)
		case !apig.MatchString(r.APIG) || !iotda.MatchString(r.IoTDA):
			t.Errorf("%s: not a published error code: %q %q", r.Code, r.APIG, r.IoTDA)
		}
		for _, word := range []string{"error", "warning", "notice"} {
			if strings.Contains("-"+string(r.Code)+"-", "-"+word+"-") {
				t.Errorf("%s: a code says nothing of severity", r.Code)
			}
		}
		seen[r.Code] = true
		if got, ok := Lookup(r.Code); !ok || got != r {
			t.Errorf("%s: Lookup does not find it", r.Code)
		}
	}
}

// TestDocument compares docs/findings.md with the table that it is made from.
func TestDocument(t *testing.T) {
	const name = "../docs/findings.md"
	want := document()
	if *update {
		if err := os.WriteFile(name, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs from the table: run go test ./finding -update", name)
	}
}

// document renders the table for docs/findings.md.
func document() []byte {
	var b bytes.Buffer
	b.WriteString(`# Findings

<!-- Generated from the table in finding/rules.go by: go test ./finding -update -->

Everything that Certloupe can say about an upload, in the order of the table. A code is never renamed and never used for
anything else. The severity is the usual one; a profile may raise or lower it. Words in {braces} are filled in from the
finding's data.

`)
	for _, r := range Rules() {
		fmt.Fprintf(&b, "## `%s`\n\n**%s.** %s\n\n%s\n", r.Code, strings.ToUpper(r.Severity.String()[:1])+r.Severity.String()[1:], r.Message, r.Why)
		if r.Fix != "" {
			fmt.Fprintf(&b, "\n*Fix:* %s\n", r.Fix)
		}
		var refs []string
		for _, s := range []string{r.Ref, r.APIG, r.IoTDA} {
			if s != "" {
				refs = append(refs, s)
			}
		}
		if len(refs) > 0 {
			fmt.Fprintf(&b, "\n*Reference:* %s\n", strings.Join(refs, " · "))
		}
		b.WriteString("\n")
	}
	return b.Bytes()
}
