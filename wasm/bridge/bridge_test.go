package bridge

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/certloupe/certloupe/certparse"
	"github.com/certloupe/certloupe/finding"
	"github.com/certloupe/certloupe/internal/golden"
	"github.com/certloupe/certloupe/scan"
)

// at is the time of tests that do not care.
const at = "2026-01-01T00:00:00Z"

func frame(header string, parts ...Part) []byte {
	return (&Call{Header: []byte(header), Parts: parts}).Append(nil)
}

// errorCode returns the code of an error's JSON.
func errorCode(t *testing.T, result []byte) string {
	t.Helper()
	var said struct {
		Error struct{ Code, Message string }
	}
	if err := json.Unmarshal(result, &said); err != nil || said.Error.Message == "" {
		t.Fatalf("%q is no error: %v", result, err)
	}
	return said.Error.Code
}

func wantError(t *testing.T, code string, call []byte) {
	t.Helper()
	result, ok := Do(call)
	if ok {
		t.Fatalf("the call is carried out: %.200s", result)
	}
	if got := errorCode(t, result); got != code {
		t.Errorf("the code is %s, want %s: %s", got, code, result)
	}
}

func mustDo(t *testing.T, call []byte) []byte {
	t.Helper()
	result, ok := Do(call)
	if !ok {
		t.Fatalf("the call is refused: %s", result)
	}
	return result
}

func TestErrors(t *testing.T) {
	file := Part{Role: "file", Name: "a"}
	for name, test := range map[string]struct {
		code string
		call []byte
	}{
		"empty":                   {CodeMalformed, nil},
		"size cut off":            {CodeMalformed, []byte{1, 0, 0}},
		"header cut off":          {CodeMalformed, []byte{2, 0, 0, 0, '{'}},
		"largest size":            {CodeMalformed, []byte{255, 255, 255, 255, '{', '}'}},
		"part cut off":            {CodeMalformed, append(frame(`{"op":"inspect"}`, file), 4, 0, 0, 0)},
		"no JSON":                 {CodeMalformed, frame(`{`)},
		"two headers":             {CodeMalformed, frame(`{"op":"rules"}{}`)},
		"unknown member":          {CodeMalformed, frame(`{"op":"rules","option":{}}`)},
		"no operation":            {CodeOperation, frame(`{}`)},
		"unknown operation":       {CodeOperation, frame(`{"op":"sign"}`)},
		"unknown option":          {CodeOption, frame(`{"op":"chain","options":{"revokation":"hard-fail"}}`, file)},
		"another's option":        {CodeOption, frame(`{"op":"inspect","options":{"host":"example.com"}}`, file)},
		"wrong type":              {CodeOption, frame(`{"op":"inspect","options":{"time":1}}`, file)},
		"unknown policy":          {CodeOption, frame(`{"op":"chain","options":{"revocation":"hard"}}`, file)},
		"unknown path profile":    {CodeOption, frame(`{"op":"chain","options":{"profile":"generic"}}`, file)},
		"unknown profile":         {CodeOption, frame(`{"op":"check","options":{"profile":"webpki"}}`, Part{Role: "certificate"})},
		"unknown request":         {CodeOption, frame(`{"op":"request","options":{"operation":"x"}}`)},
		"option without use":      {CodeOption, frame(`{"op":"request","options":{"operation":"add-server-certificate","status":"ACTIVE"}}`, Part{Role: "body"})},
		"unknown finding":         {CodeOption, frame(`{"op":"rules","options":{"code":"x"}}`)},
		"unknown part":            {CodePart, frame(`{"op":"inspect"}`, Part{Role: "files"})},
		"part of another":         {CodePart, frame(`{"op":"check","options":{"profile":"iotda-ca"}}`, Part{Role: "certificate"}, Part{Role: "private_key"})},
		"part twice":              {CodePart, frame(`{"op":"inspect"}`, file, Part{Role: "password"}, Part{Role: "password"})},
		"part without use":        {CodePart, frame(`{"op":"request","options":{"operation":"add-server-certificate"}}`, Part{Role: "body"}, Part{Role: "record"})},
		"blocklist":               {CodePart, frame(`{"op":"inspect"}`, file, Part{Role: "key_blocklist", Data: []byte("x")})},
		"no file":                 {CodePart, frame(`{"op":"fix"}`)},
		"two files":               {CodePart, frame(`{"op":"fix"}`, file, file)},
		"no certificate":          {CodePart, frame(`{"op":"verify_ocsp"}`, Part{Role: "ocsp_response"})},
		"certificate unreadable":  {CodePart, frame(`{"op":"ocsp_request"}`, Part{Role: "certificate"}, Part{Role: "issuer"})},
		"rules take no parts":     {CodePart, frame(`{"op":"rules"}`, file)},
		"blocklist of a summary":  {CodePart, frame(`{"op":"summary"}`, file, Part{Role: "key_blocklist", Data: []byte("x")})},
		"blocklist of a chain":    {CodePart, frame(`{"op":"chain"}`, file, Part{Role: "key_blocklist", Data: []byte("x")})},
		"password of a summary":   {CodePart, frame(`{"op":"summary"}`, file, Part{Role: "password"})},
		"password of the request": {CodePart, frame(`{"op":"request","options":{"operation":"add-server-certificate"}}`, Part{Role: "password"})},
	} {
		t.Run(name, func(t *testing.T) { wantError(t, test.code, test.call) })
	}
}

// A panic becomes an error that does not repeat what the panic says.
func TestPanic(t *testing.T) {
	result, ok := do(frame(`{"op":"fall"}`), []operation{{"fall", func(*call) ([]byte, *failure) { panic("secret") }}})
	if ok || errorCode(t, result) != CodeInternal || bytes.Contains(result, []byte("secret")) {
		t.Errorf("a panic gives %s", result)
	}
}

// Every golden report comes over the bridge byte for byte.
func TestCases(t *testing.T) {
	cases, err := golden.Load("../../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, variant := range c.Variants() {
			call, ok := caseCall(c, variant)
			if !ok {
				continue
			}
			if got := mustDo(t, call); !bytes.Equal(got, c.Report(variant)) {
				t.Errorf("%s, %s: the report is not the golden one", c.Name, variant)
			}
		}
	}
}

func TestRules(t *testing.T) {
	if got := mustDo(t, frame(`{"op":"rules"}`)); !bytes.Equal(got, finding.RulesJSON(finding.Rules())) {
		t.Error("not all rules")
	}
	var one []struct{ Code, Why string }
	if err := json.Unmarshal(mustDo(t, frame(`{"op":"rules","options":{"code":"key-mismatch"}}`)), &one); err != nil {
		t.Fatal(err)
	}
	if len(one) != 1 || one[0].Code != "key-mismatch" || one[0].Why == "" {
		t.Errorf("the rule is %v", one)
	}
}

// The result does not refer to the call, which is cleared once it is there.
func TestResultIsApart(t *testing.T) {
	cert, err := os.ReadFile("../../testdata/documents/add-server-certificate.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, call := range [][]byte{
		frame(`{"op":"fix"}`, Part{"file", "name", []byte("no PEM\n")}),
		frame(`{"op":"inspect","options":{"time":"`+at+`"}}`, Part{"file", "name", cert}),
		frame(`{"op":"summary","options":{"time":"`+at+`"}}`, Part{"file", "name", cert}),
	} {
		again := bytes.Clone(call)
		result := mustDo(t, call)
		before := bytes.Clone(result)
		clear(call)
		if !bytes.Equal(result, before) {
			t.Error("the result changes with the call")
		}
		if !bytes.Equal(mustDo(t, again), before) {
			t.Error("two runs give two results")
		}
	}
}

// counted are the members that count otherwise in a scan, which cuts files into records.
var counted = regexp.MustCompile(`"(record|block)":[0-9]+,`)

// The rows are those of a scan.
func TestSummaryIsScan(t *testing.T) {
	cases, err := golden.Load("../../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for _, c := range cases {
		for name, data := range c.Files(golden.Failing) {
			// Files that are read, of one PEM block or one certificate in DER: what a scan makes of
			// the text around several blocks depends on where it cuts.
			if bytes.Count(data, []byte("-----BEGIN ")) > 1 || bytes.Count(data, []byte("-----END ")) != bytes.Count(data, []byte("-----BEGIN ")) || len(data) == 0 || len(data) > certparse.DefaultMaxSize {
				continue
			}
			text := bytes.Contains(data, []byte("-----BEGIN "))
			if !text && data[0] != 0x30 {
				continue
			}
			got := mustDo(t, frame(`{"op":"summary","options":{"time":"`+at+`"}}`, Part{"file", name, data}))
			want := scanned(t, name, data)
			if got, want := counted.ReplaceAll(got, nil), counted.ReplaceAll(want, nil); !bytes.Equal(got, want) {
				t.Errorf("%s, %s:\ngot  %swant %s", c.Name, name, got, want)
			}
			rows += bytes.Count(want, []byte("\n"))
		}
	}
	if rows < 400 {
		t.Errorf("only %d rows were compared", rows)
	}
}

func scanned(t *testing.T, name string, data []byte) []byte {
	t.Helper()
	judged, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	_, err = scan.Run(t.Context(), &out, slices.Values([]scan.Input{scan.Stream(name, strings.NewReader(string(data)))}), scan.Options{
		Time: judged, Workers: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func FuzzDo(f *testing.F) {
	for _, o := range operations {
		f.Add(frame(`{"op":"`+o.name+`"}`, Part{"file", "a.pem", []byte("-----BEGIN X-----")}))
		f.Add(frame(`{"op":"`+o.name+`","options":{"profile":"webpki","time":"`+at+`"}}`, Part{"certificate", "", []byte{0x30, 0}}))
	}
	f.Add(frame(`{"op":"request","options":{"operation":"add-server-certificate"}}`, Part{"body", "", []byte(`{"certificate_pem":"x"}`)}))
	f.Fuzz(func(t *testing.T, call []byte) {
		framed, failed := readCall(bytes.Clone(call))
		if failed == nil {
			if again := framed.Append(nil); !bytes.Equal(again, call) {
				t.Fatalf("the call is put together as %q", again)
			}
		}
		result, ok := Do(bytes.Clone(call))
		if ok != !bytes.HasPrefix(result, []byte(`{"error":`)) {
			t.Fatalf("the result does not say what it is: %q", result)
		}
		if !ok && errorCode(t, result) == CodeInternal {
			t.Fatalf("a fault: %q", call)
		}
		if !ok && failed != nil != (errorCode(t, result) == CodeMalformed) && failed != nil {
			t.Fatalf("a malformed call gives %s", result)
		}
	})
}
