package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStrippedRuns runs a program that needs everything that stripping must leave, as
// the compiler makes it and stripped, with and without inlined functions.
func TestStrippedRuns(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("NOT RUN: node is missing, so nothing shows that a stripped module runs as before")
	}
	dir := t.TempDir()
	if err := copyRuntime(dir); err != nil {
		t.Fatal(err)
	}
	want := ""
	for _, inlined := range []bool{false, true} {
		module := filepath.Join(dir, "runtime.wasm")
		if err := compile("./testdata/runtime", module, inlined, ""); err != nil {
			t.Fatal(err)
		}
		for _, stripped := range []bool{false, true} {
			if stripped {
				if err := stripFile(module); err != nil {
					t.Fatal(err)
				}
			}
			run := exec.Command(node, "testdata/run.mjs", filepath.Join(dir, "wasm_exec.js"), module)
			run.Stderr = os.Stderr
			out, err := run.Output()
			if err != nil {
				t.Fatalf("inlined %v, stripped %v: %v\n%s", inlined, stripped, err, out)
			}
			if want == "" {
				want = string(out)
			}
			if got := string(out); got != want || !strings.Contains(got, "finalized") {
				t.Errorf("inlined %v, stripped %v: this was said:\n%s\nand before:\n%s", inlined, stripped, got, want)
			}
		}
	}
}

// TestStrip looks at what is in a stripped module, and at what is refused.
func TestStrip(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runtime.wasm")
	if err := compile("./testdata/runtime", file, false, ""); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	name := []byte("main.unwound\x00")
	if !bytes.Contains(whole, name) {
		t.Fatal("the names of functions are not where they are looked for")
	}
	stripped, err := strip(whole)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(stripped, name) || !bytes.Contains(stripped, []byte("reflect.methodValueCall\x00")) {
		t.Error("the names are not those that should be left")
	}

	refused := map[string][]byte{
		"another version of Go": bytes.ReplaceAll(whole, []byte("\x08go"+strings.TrimPrefix(goVersion, "go")), []byte("\x08go1.99")),
		"a stripped module":     stripped,
		"no module":             []byte("#!/bin/sh"),
		"half a module":         whole[:len(whole)/2],
		"another table":         bytes.ReplaceAll(whole, []byte(headerMagic[:4]), []byte("\xf0\xff\xff\xff")),
	}
	for what, b := range refused {
		if _, err := strip(b); err == nil {
			t.Errorf("%s is stripped", what)
		}
	}
}

// TestStripDamaged overwrites the tables bit by bit; what is wrong must be an error.
func TestStripDamaged(t *testing.T) {
	file := filepath.Join(t.TempDir(), "runtime.wasm")
	if err := compile("./testdata/runtime", file, false, ""); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m, err := readModule(b)
	if err != nil {
		t.Fatal(err)
	}
	data, err := m.section(sectionData)
	if err != nil {
		t.Fatal(err)
	}
	memory, err := readImage(data.body)
	if err != nil {
		t.Fatal(err)
	}
	good, err := findPclntab(memory)
	if err != nil {
		t.Fatal(err)
	}
	first := good.funcs.at + memory.uint32(good.ftab.at+4)
	for what, at := range map[string]int{
		"where a function is":    good.ftab.at + 4,
		"the address of one":     first,
		"a name":                 first + funcNameOff,
		"the sizes of frames":    first + funcPCSP,
		"the count of tables":    first + funcNPCData,
		"the end of the last pc": good.ftab.at + good.nfunc*functabSize - 4,
	} {
		damaged := bytes.Clone(memory)
		binary.LittleEndian.PutUint32(damaged[at:], 0x7ffffff0)
		table, err := findPclntab(damaged)
		if err == nil {
			_, err = table.strip()
		}
		if err == nil {
			t.Errorf("%s: no error", what)
		}
	}
}
