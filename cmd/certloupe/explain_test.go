package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

func TestExplain(t *testing.T) {
	for _, rule := range finding.Rules() {
		got := call("explain", string(rule.Code))
		// The text is wrapped, so the words are compared.
		said := strings.Join(strings.Fields(got.stdout), " ")
		for _, part := range []string{string(rule.Code), rule.Message, rule.Why, rule.Fix, rule.Ref, rule.APIG, rule.IoTDA} {
			if !strings.Contains(said, part) {
				t.Errorf("explain %s does not say %q:\n%s", rule.Code, part, got.stdout)
			}
		}
	}
	list := strings.Split(strings.TrimSuffix(call("explain").stdout, "\n"), "\n")
	if len(list) != len(finding.Rules()) {
		t.Errorf("the list has %d lines", len(list))
	}
	for i, rule := range finding.Rules()[:min(len(list), len(finding.Rules()))] {
		if fields := strings.Fields(list[i]); fields[0] != rule.Severity.String() || fields[1] != string(rule.Code) {
			t.Errorf("line %d is %q", i+1, list[i])
		}
	}
	var rules []struct{ Code, Severity, Message, Why, Fix, Ref, APIG, IoTDA string }
	if err := json.Unmarshal([]byte(call("explain", "--json").stdout), &rules); err != nil || len(rules) != len(list) {
		t.Errorf("explain --json: %d rules, %v", len(rules), err)
	}
	if err := json.Unmarshal([]byte(call("explain", "--json", "iotda.014307").stdout), &rules); err != nil || len(rules) == 0 {
		t.Errorf("explain --json iotda.014307: %d rules, %v", len(rules), err)
	}
	for _, r := range rules {
		if r.IoTDA != "IOTDA.014307" {
			t.Errorf("%s does not have the code IOTDA.014307", r.Code)
		}
	}
}

func TestNearest(t *testing.T) {
	words := findingCodes()
	for _, test := range []struct{ typed, want string }{
		{"key-mismach", "key-mismatch"},
		{"keymismatch", "key-mismatch"},
		{"expired", "certificate-expired"},
		{"chain-ordr", "chain-order"},
	} {
		if near := nearest(test.typed, words); !slices.Contains(near, test.want) {
			t.Errorf("%q: %v", test.typed, near)
		}
		if got := call("explain", test.typed); got.code != exitFailed || !strings.Contains(got.stderr, test.want) {
			t.Errorf("explain %q: %+v", test.typed, got)
		}
	}
	for _, typed := range []string{"", "q", "zzzzzzzzzzzz", strings.Repeat("key-", 50)} {
		if near := nearest(typed, []string{"key-mismatch"}); len(near) > 0 {
			t.Errorf("%q: %v", typed, near)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"kitten", "sitting", 3}, {"flaw", "lawn", 2},
	} {
		if got := distance(test.a, test.b); got != test.want {
			t.Errorf("%q to %q: %d, want %d", test.a, test.b, got, test.want)
		}
	}
}
