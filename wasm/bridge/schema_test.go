package bridge

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// callsDir serves the tests of wasm/npm, which carry out the same calls by way of the package.
var callsDir = flag.String("calls", "", "an existing `folder` that all calls and their results are written to, as N.call and N.result")

// schemas are the operations, and what describes their results.
var schemas = map[string]string{
	"inspect": "report", "check": "report", "request": "report", "chain": "chain", "summary": "summary", "fix": "fix", "rules": "rules",
	"verify_ocsp": "ocsp", "ocsp_request": "ocsp-request",
}

func loadSchemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	const base = "https://github.com/certloupe/certloupe/docs/"
	for _, name := range slices.Compact(slices.Sorted(maps.Values(schemas))) {
		text, err := os.ReadFile("../../docs/" + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		if err := compiler.AddResource(base+name+".schema.json", doc); err != nil {
			t.Fatal(err)
		}
	}
	loaded := map[string]*jsonschema.Schema{}
	for op, name := range schemas {
		schema, err := compiler.Compile(base + name + ".schema.json")
		if err != nil {
			t.Fatal(err)
		}
		loaded[op] = schema
	}
	return loaded
}

// documents are the JSON values of a result: rows of a summary, and what stands
// before the bytes of a repair or of a request.
func documents(t *testing.T, op string, result []byte) [][]byte {
	switch op {
	case "summary":
		return bytes.SplitAfter(bytes.TrimSuffix(result, []byte("\n")), []byte("\n"))
	case "fix", "ocsp_request":
		about, _, ok := chunk(result)
		if !ok {
			t.Fatalf("the result of %s is cut off", op)
		}
		return [][]byte{about}
	}
	return [][]byte{result}
}

// TestResults carries out all calls. Every result meets the schema that the types of
// the package for npm are made from.
func TestResults(t *testing.T) {
	loaded := loadSchemas(t)
	met := map[string]int{}
	for i, call := range nodeCalls(t) {
		asked := bytes.Clone(call) // A repair zeroes what it was made of.
		result, ok := Do(call)
		if *callsDir != "" {
			writeCall(t, i, asked, result, ok)
		}
		if !ok {
			continue
		}
		framed, _ := readCall(asked)
		var header struct{ Op string }
		if err := json.Unmarshal(framed.Header, &header); err != nil {
			t.Fatal(err)
		}
		for _, text := range documents(t, header.Op, result) {
			if err := meets(loaded[header.Op], text); err != nil {
				t.Errorf("call %d, %s: %v", i, framed.Header, err)
			}
			met[header.Op]++
		}
	}
	for op := range schemas {
		if met[op] == 0 {
			t.Errorf("no call has a result of %s", op)
		}
	}
}

func meets(schema *jsonschema.Schema, text []byte) error {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(doc)
}

func writeCall(t *testing.T, i int, call, result []byte, ok bool) {
	t.Helper()
	sign := "-"
	if ok {
		sign = "+"
	}
	for name, data := range map[string][]byte{"call": call, "result": append([]byte(sign), result...)} {
		if err := os.WriteFile(filepath.Join(*callsDir, fmt.Sprint(i, ".", name)), data, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// TestSchemasRefuse makes sure that the schemas can fail.
func TestSchemasRefuse(t *testing.T) {
	loaded := loadSchemas(t)
	ocsp := ocspCalls(t)
	files := revoked(t)
	certificate := Part{"file", "a.pem", files["certificate.pem"]}
	for _, test := range []struct {
		op      string
		call    []byte
		changes [][2]string
	}{
		{"fix", frame(`{"op":"fix"}`, certificate), [][2]string{
			{`"certloupe.fix/1"`, `"certloupe.fix/2"`},
			{`"mended": true,`, ``},
			{`"mended": true`, `"mended": false`},
			{`"secret": false`, `"secret": 0`},
			{`"withheld_keys": 0`, `"withheld_keys": -1`},
			{`"repaired": []`, `"repaired": [{}]`},
			{`"mended": true`, `"text": "", "mended": true`},
		}},
		{"rules", frame(`{"op":"rules","options":{"code":"key-mismatch"}}`), [][2]string{
			{`"severity": "error"`, `"severity": "fatal"`},
			{`"code": "key-mismatch"`, `"code": "Key"`},
			{`"why": `, `"reason": `},
			{`"IOTDA.`, `"APIG.`},
		}},
		{"verify_ocsp", ocsp[0], [][2]string{
			{`"status": "revoked"`, `"status": "good"`},
			{`"status": "revoked"`, `"status": "refused"`},
			{`"revoked_at"`, `"revoked"`},
			{`"keyCompromise"`, `"boredom"`},
			{`"schema"`, `"scheme"`},
		}},
		{"verify_ocsp", ocsp[2], [][2]string{
			{`"code": "ocsp-nonce-missing",`, ``},
			{`"status": "refused"`, `"status": "unknown"`},
		}},
		{"ocsp_request", ocsp[4], [][2]string{
			{`"must_staple": false`, `"must_staple": null`},
			{`"ocsp": [`, `"ocsp": [7,`},
			{`"deltas"`, `"delta"`},
		}},
		{"summary", frame(`{"op":"summary","options":{`+ocspTime+`}}`, certificate), [][2]string{
			{`"kind":"certificate"`, `"kind":"card"`},
			{`"verdict":"`, `"verdict":"un`},
			{`"block":1`, `"block":0`},
			{`"not_after":"2`, `"not_after":"12`},
			{`"source"`, `"file"`},
		}},
	} {
		good := documents(t, test.op, mustDo(t, test.call))[0]
		if err := meets(loaded[test.op], good); err != nil {
			t.Errorf("%s: %v", test.op, err)
		}
		for _, change := range test.changes {
			bad := bytes.Replace(good, []byte(change[0]), []byte(change[1]), 1)
			if bytes.Equal(bad, good) {
				t.Errorf("%s: there is no %s in %s", test.op, change[0], good)
			} else if meets(loaded[test.op], bad) == nil {
				t.Errorf("%s: %s in place of %s is taken", test.op, change[1], change[0])
			}
		}
	}
}
