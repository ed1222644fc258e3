package bridge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/internal/golden"
)

// TestNode builds the module as it is delivered, and carries out every case and some more calls in Node.
// The results must be those of this process, byte for byte.
func TestNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOT RUN: node is missing, so nothing shows that the browser's module says the same")
	}
	if version, err := exec.Command(node, "-p", "process.versions.node.split('.')[0]").Output(); err != nil {
		t.Fatal(err)
	} else if major, _ := strconv.Atoi(strings.TrimSpace(string(version))); major < 20 {
		t.Skipf("NOT RUN: node %d is older than 20", major)
	}
	dir := t.TempDir()
	build := exec.Command("go", "run", "../build", "-o", dir, "-sizes=false")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	module, glue := filepath.Join(dir, "certloupe.wasm"), filepath.Join(dir, "wasm_exec.js")

	calls := nodeCalls(t)
	for i, call := range calls {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".call")), call, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	many := bulk(t)
	if err := os.WriteFile(filepath.Join(dir, "summary.call"), many, 0o666); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(node, "testdata/run.mjs", glue, module, dir)
	run.Stderr = os.Stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	var said struct{ Calls int }
	if err := json.Unmarshal(out, &said); err != nil || said.Calls != len(calls) {
		t.Fatalf("node carried out %d calls of %d: %v", said.Calls, len(calls), err)
	}
	t.Logf("%s", out)
	for i, call := range calls {
		want, ok := Do(call)
		sign := byte('-')
		if ok {
			sign = '+'
		}
		got, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(i, ".result")))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, append([]byte{sign}, want...)) {
			t.Errorf("call %d, %.200q: node gives another result", i, call)
		}
	}
}

// nodeCalls are the calls of all cases, and for each file of them a summary and a repair.
func nodeCalls(t *testing.T) (calls [][]byte) {
	t.Helper()
	cases, err := golden.Load("../../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	left := 0
	for _, c := range cases {
		for _, variant := range c.Variants() {
			if call, ok := caseCall(c, variant); ok {
				calls = append(calls, call)
			} else {
				left++
			}
		}
		for name, data := range c.Files(golden.Failing) {
			calls = append(calls,
				frame(`{"op":"summary","options":{"time":"`+at+`"}}`, Part{"file", name, data}),
				frame(`{"op":"fix","options":{"keys":true}}`, Part{"file", name, data}))
		}
	}
	if left > 10 {
		t.Errorf("%d cases are left out", left)
	}
	calls = append(calls, frame(`{"op":"rules"}`), frame(`{"op":"sign"}`), frame(`{`))
	return append(calls, ocspCalls(t)...)
}

// bulk is a summary of very many certificates, each a file of its own.
func bulk(t *testing.T) []byte {
	t.Helper()
	cases, err := golden.Load("../../testdata/cases")
	if err != nil {
		t.Fatal(err)
	}
	call := &Call{Header: []byte(`{"op":"summary","options":{"time":"` + at + `"}}`)}
	for _, c := range cases {
		for name, data := range c.Files(golden.Failing) {
			if bytes.HasPrefix(data, []byte("-----BEGIN CERTIFICATE-----")) && len(data) < 4000 {
				call.Parts = append(call.Parts, Part{"file", name, data})
			}
		}
	}
	if len(call.Parts) == 0 {
		t.Fatal("there are no certificates")
	}
	once := call.Parts
	for len(call.Parts) < 5000 {
		call.Parts = append(call.Parts, once...)
	}
	return call.Append(nil)
}
