package finding_test

import (
	"fmt"

	"github.com/certloupe/certloupe/finding"
)

func ExampleLookup() {
	rule, ok := finding.Lookup("key-mismatch")
	fmt.Println(ok, rule.Severity, rule.APIG)
	fmt.Println(rule.Message)
	// Output:
	// true error APIG.2101
	// The private key does not belong to the certificate.
}

func ExampleNew() {
	f := finding.New("field-too-long", finding.Where{Field: "name"},
		finding.Str("name", "name"), finding.Int("length", 51), finding.Int("maximum", 50))
	fmt.Println(f.Message)
	// Output:
	// The field name has 51 characters; at most 50 are allowed.
}

func ExampleWorst() {
	fs := []finding.Finding{
		finding.New("text-crlf", finding.Where{}),
		finding.New("key-mismatch", finding.Where{}),
	}
	fmt.Println(finding.Worst(fs))
	// Output:
	// error
}
