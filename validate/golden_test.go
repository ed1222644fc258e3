package validate_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/validate"
)

var update = flag.Bool("update", false, "write the golden reports into testdata/cases")

const casesDir = "../testdata/cases"

// otherGroups are the groups whose cases are not named after a code.
var otherGroups = []string{"documents", "formats", "constraints", "paths"}

func loadCases(t *testing.T) []*golden.Case {
	t.Helper()
	cases, err := golden.Load(casesDir)
	if err != nil {
		t.Fatal(err)
	}
	return cases
}

// TestCases judges every case and its healthy twin, and compares the reports with
// the golden ones.
func TestCases(t *testing.T) {
	schemas := map[bool]*jsonschema.Schema{false: loadSchema(t, "report"), true: loadSchema(t, "chain")}
	for _, c := range loadCases(t) {
		t.Run(c.Name, func(t *testing.T) {
			schema := schemas[c.Call(golden.Failing).Op == "chain"]
			reports := map[string][]byte{}
			for _, variant := range c.Variants() {
				r := run(t, c, variant)
				reports[variant] = r.JSON()
				if !bytes.Equal(reports[variant], run(t, c, variant).JSON()) {
					t.Errorf("%s: two runs give two reports", label(variant))
				}
				checkSchema(t, schema, label(variant), reports[variant])
				if want := c.Response(variant); want != nil {
					checkResponse(t, label(variant), r, want)
				}
			}
			checkFinds(t, c)
			if c.HasHealthy() {
				checkHealthy(t, c)
			}
			if *update {
				if err := c.Update(reports); err != nil {
					t.Fatal(err)
				}
				return
			}
			for _, variant := range c.Variants() {
				if got, want := reports[variant], c.Report(variant); !bytes.Equal(got, want) {
					t.Errorf("%s: the report is not the golden one%s", label(variant), firstDifference(got, want))
				}
			}
		})
	}
}

func label(variant string) string {
	if variant == golden.Failing {
		return "case"
	}
	return variant
}

func run(t *testing.T, c *golden.Case, variant string) *golden.Report {
	t.Helper()
	r, err := c.Run(variant)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func has(fs []finding.Finding, code string) bool {
	return slices.ContainsFunc(fs, func(f finding.Finding) bool { return string(f.Code) == code })
}

// checkFinds checks that the case finds what it is named after, as severe as the
// table says, and what its comment says.
func checkFinds(t *testing.T, c *golden.Case) {
	r := run(t, c, golden.Failing)
	for _, code := range c.Finds {
		if !has(r.Findings, code) {
			t.Errorf("the case does not find %s, but %s", code, codes(r.Findings))
		}
	}
	if slices.Contains(otherGroups, c.Group()) {
		return
	}
	if !has(r.Findings, c.Code()) {
		t.Fatalf("the case does not find %s, but %s", c.Code(), codes(r.Findings))
	}
	rule, _ := finding.Lookup(finding.Code(c.Code()))
	for _, f := range r.Findings {
		if f.Code == rule.Code && f.Severity != rule.Severity {
			t.Errorf("%s is a %s, want a %s", f.Code, f.Severity, rule.Severity)
		}
	}
}

// checkHealthy checks that the healthy twin does not have what the case is about,
// and is accepted unless its comment says why not.
func checkHealthy(t *testing.T, c *golden.Case) {
	r := run(t, c, golden.Healthy)
	for _, code := range append([]string{c.Code()}, c.Finds...) {
		if has(r.Findings, code) {
			t.Errorf("the healthy twin has %s", code)
		}
	}
	for _, f := range r.Findings {
		if f.Severity == finding.Error && !slices.Contains(c.MayAlsoHave, string(f.Code)) {
			t.Errorf("the healthy twin has %s: %s", f.Code, f.Message)
		}
	}
	for _, code := range c.MayAlsoHave {
		if !has(r.Findings, code) {
			t.Errorf("the comment says that the healthy twin may have %s, but it has not", code)
		}
	}
}

func codes(fs []finding.Finding) string {
	var s []string
	for _, f := range fs {
		s = append(s, string(f.Code))
	}
	return strings.Join(s, " ")
}

// checkResponse compares the report's response with the documented one, whatever
// their white space and the order of their members.
func checkResponse(t *testing.T, variant string, r *golden.Report, want []byte) {
	if r.Response == nil {
		t.Errorf("%s: there is no response; found were %s", variant, codes(r.Findings))
		return
	}
	got, err := json.Marshal(r.Response)
	if err != nil {
		t.Fatal(err)
	}
	if !sameJSON(t, got, want) {
		t.Errorf("%s: the response is\n%s\nwant\n%s", variant, got, want)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	var x, y any
	for _, v := range []struct {
		text []byte
		into *any
	}{{a, &x}, {b, &y}} {
		if err := json.Unmarshal(v.text, v.into); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(x, y)
}

// firstDifference shows the first line that differs.
func firstDifference(got, want []byte) string {
	if want == nil {
		return ": there is none; run with -update"
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			w = append(w, make([]string, max(0, i+1-len(w)))...)
			return ":\ngot  " + g[i] + "\nwant " + w[i]
		}
	}
	return ": it is longer"
}

// loadSchema compiles docs/NAME.schema.json, which may refer to that of reports.
func loadSchema(t *testing.T, name string) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	const base = "https://github.com/certloupe/certloupe/docs/"
	for _, file := range []string{"report.schema.json", "chain.schema.json"} {
		text, err := os.ReadFile("../docs/" + file)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(base+file, doc); err != nil {
			t.Fatal(err)
		}
	}
	schema, err := compiler.Compile(base + name + ".schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func checkSchema(t *testing.T, schema *jsonschema.Schema, variant string, report []byte) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(report))
	if err != nil {
		t.Fatalf("%s: the report is not JSON: %v", variant, err)
	}
	if err := schema.Validate(doc); err != nil {
		t.Errorf("%s: the report breaks its schema: %v", variant, err)
	}
	checkFilled(t, variant, report)
}

// unfilled is a place in a text that should have been taken by a piece of data.
var unfilled = regexp.MustCompile(`"(message|fix)": "[^\n]*\{[a-z_]+\}`)

func checkFilled(t *testing.T, variant string, report []byte) {
	if place := unfilled.Find(report); place != nil {
		t.Errorf("%s: nothing was put into %s", variant, place)
	}
}

// TestClosedContainer cuts a container off, so that nothing can be taken out of it: it
// is still said once what it is.
func TestClosedContainer(t *testing.T) {
	for _, c := range loadCases(t) {
		var code finding.Code
		switch c.Name {
		case "container/container-pkcs7", "container/container-pkcs12", "container/container-java-keystore":
			code = finding.Code(c.Code())
		default:
			continue
		}
		for name, file := range c.Files(golden.Failing) {
			if len(file) == 0 || file[0] == '-' || file[0] == '{' {
				continue // Neither DER nor a keystore.
			}
			for _, size := range []int{60, 200, len(file) - 1} {
				request, err := validate.NewRequest("iotda-server", validate.Parts{Certificate: file[:size]})
				if err != nil {
					t.Fatal(err)
				}
				r := validate.Upload(request, validate.Options{Time: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
				count := 0
				for _, f := range r.Findings {
					if f.Code == code {
						count++
					}
				}
				if count > 1 || r.Verdict != "rejected" {
					t.Errorf("%s: %s cut off after %d: %d times, %v", c.Name, name, size, count, r.Verdict)
				}
				checkFilled(t, name, r.JSON())
			}
		}
	}
}

// TestSchemaRefuses makes sure that the schemas can fail.
func TestSchemaRefuses(t *testing.T) {
	for _, test := range []struct {
		schema, name string
		changes      [][2]string
	}{
		{"report", "chain/chain-root-included", [][2]string{
			{`"verdict": "accepted"`, `"verdict": "rejected"`},
			{`"severity": "notice"`, `"severity": "error"`},
			{`"severity": "notice"`, `"severity": "fatal"`},
			{`"repaired": []`, `"repaired": [{"input": "cert.pem"}]`},
			{`"profile"`, `"profil"`},
			{`"expiry_date": "2`, `"expiry_date": "12`},
			{`"reassembled": [`, `"reassembled": [{},`},
			{`"reassembled": [`, `"revocation": [{"certificate": 0, "status": "fine"}], "reassembled": [`},
		}},
		{"chain", "paths/all-paths", [][2]string{
			{`"schema": "certloupe.chain/1"`, `"schema": "certloupe.report/1"`},
			{`"verdict": "accepted"`, `"verdict": "rejected"`},
			{`"severity": "warning"`, `"severity": "error"`},
			{`"anchored": true`, `"anchored": false`},
			{`"status": "nothing-to-ask"`, `"status": "revoked"`},
			{`"status": "nothing-to-ask"`, `"status": "good", "revoked_at": "2026-01-01T00:00:00Z"`},
			{`"tried_paths"`, `"tried_path"`},
			{`"time": "2`, `"time": "12`},
			{`"reassembled": {`, `"reassembled": {"key": "", `},
		}},
	} {
		schema := loadSchema(t, test.schema)
		i := slices.IndexFunc(loadCases(t), func(c *golden.Case) bool { return c.Name == test.name })
		if i < 0 {
			t.Fatalf("the case %s is gone", test.name)
		}
		good := run(t, loadCases(t)[i], golden.Failing).JSON()
		for _, change := range test.changes {
			bad := bytes.Replace(good, []byte(change[0]), []byte(change[1]), 1)
			if bytes.Equal(bad, good) {
				t.Fatalf("the report has no %s", change[0])
			}
			doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(bad))
			if err != nil {
				t.Fatal(err)
			}
			if schema.Validate(doc) == nil {
				t.Errorf("the schema %s allows %s", test.schema, change[1])
			}
		}
	}
}
