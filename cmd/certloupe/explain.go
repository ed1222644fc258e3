package main

import (
	"slices"
	"strings"

	"github.com/certloupe/certloupe/finding"
	"github.com/spf13/cobra"
)

func (a *app) explainCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "explain [CODE]",
		Short: "Explain a finding by its code",
		Long: `Explain what a finding means, why it matters and how to mend it. An error code of
a service, such as APIG.2101, lists the findings that it stands for. Without a
code all findings are listed, one a line.`,
		Example: `  certloupe explain key-mismatch
  certloupe explain APIG.2104
  certloupe explain | grep chain`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usagef("explain takes one code at a time")
			}
			return nil
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return findingCodes(), cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.RunE = a.work(func(args []string) error {
		rules := finding.Rules()
		if len(args) == 1 {
			var err error
			if rules, err = selectRules(args[0]); err != nil {
				return err
			}
		}
		switch {
		case asJSON:
			a.out.Write(finding.RulesJSON(rules))
		case len(args) == 0 || len(rules) > 1:
			a.listRules(rules)
		default:
			explainRule(a.page(), rules[0])
		}
		return nil
	})
	c.Flags().BoolVar(&asJSON, "json", false, "write JSON")
	return c
}

// selectRules returns the rule of a code, or those of a service's error code.
func selectRules(code string) ([]finding.Rule, error) {
	if rule, ok := finding.Lookup(finding.Code(strings.ToLower(code))); ok {
		return []finding.Rule{rule}, nil
	}
	rules := slices.DeleteFunc(finding.Rules(), func(r finding.Rule) bool {
		return !strings.EqualFold(r.APIG, code) && !strings.EqualFold(r.IoTDA, code)
	})
	if code != "" && len(rules) > 0 {
		return rules, nil
	}
	near := nearest(strings.ToLower(code), findingCodes())
	if len(near) == 0 {
		return nil, usagef("there is no finding with the code %q", code)
	}
	return nil, usagef("there is no finding with the code %q; did you mean %s?", code, strings.Join(near, " or "))
}

func findingCodes() []string {
	var codes []string
	for _, r := range finding.Rules() {
		codes = append(codes, string(r.Code))
	}
	return codes
}

// listRules writes one line for each rule, so that the list can be searched. On
// a terminal lines are cut rather than wrapped.
func (a *app) listRules(rules []finding.Rule) {
	p := a.page()
	column := 0
	for _, r := range rules {
		column = max(column, len(r.Code)+2)
	}
	for _, r := range rules {
		room := a.env.outColumns - severityColumn - column
		message := r.Message
		if a.env.outColumns > 0 && displayWidth(message) > room {
			message = cutWidth(message, max(0, room-1)) + "…"
		}
		severity := r.Severity.String()
		a.out.WriteString(p.paint(severity, severityStyle(r.Severity)) + strings.Repeat(" ", severityColumn-len(severity)) +
			p.paint(string(r.Code), bold) + strings.Repeat(" ", column-len(r.Code)) + message + "\n")
	}
}

func explainRule(p *page, r finding.Rule) {
	p.row(0, piece{r.Severity.String(), severityStyle(r.Severity)}, severityColumn, piece{string(r.Code), bold})
	var vendor []string
	for _, code := range []string{r.APIG, r.IoTDA} {
		if code != "" {
			vendor = append(vendor, code)
		}
	}
	for _, part := range []struct{ label, text string }{
		{"What", r.Message}, {"Why", r.Why}, {"Fix", r.Fix}, {"Ref", r.Ref}, {"Vendors", strings.Join(vendor, ", ")},
	} {
		if part.text != "" {
			p.row(0, piece{part.label, faint}, severityColumn, text(part.text))
		}
	}
}

// nearest returns up to three words that s may have been meant to be: those that
// take few changes, and those that have s in them.
func nearest(s string, words []string) []string {
	if s == "" || len(s) > 100 {
		return nil
	}
	type candidate struct {
		word     string
		distance int
	}
	var found []candidate
	for _, w := range words {
		d := distance(s, w)
		if strings.Contains(w, s) {
			d = min(d, 2)
		}
		if d <= max(2, len(s)/4) {
			found = append(found, candidate{w, d})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return a.distance - b.distance })
	var near []string
	for _, c := range found[:min(3, len(found))] {
		near = append(near, c.word)
	}
	return near
}

// distance is how many bytes have to be inserted, deleted or replaced to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
