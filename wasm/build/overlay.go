package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Go comes with a table of 88 KB for P-256. It is made of coordinates of points, so nothing
// makes it smaller on the way to a browser, where it would be every thirteenth byte. Making it
// takes a few milliseconds when a signature with P-256 is checked for the first time, so in
// the module that is done instead. To that end two files of the standard library
// are replaced while it is compiled: the one with the table, by overlay/p256_table.txt, and
// the one that uses it, by itself with one call more.
//
// TestOverlay runs the standard library's own tests on the result, which compare
// every entry of the table.

// nistec is the package that is changed.
const nistec = "crypto/internal/fips140/nistec"

//go:embed overlay/p256_table.txt
var p256Table string

// Where the call is put in.
const (
	baseMult = "func (p *P256Point) ScalarBaseMult(scalar []byte) (*P256Point, error) {\n"
	tables   = "p256GeneratorTables"
)

// writeOverlay writes what go build's -overlay takes into a file in dir and returns its
// name. more are further files of the package.
func writeOverlay(dir string, more map[string]string) (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env: %w", err)
	}
	home := filepath.Join(strings.TrimSpace(string(out)), "src", filepath.FromSlash(nistec))
	source, err := os.ReadFile(filepath.Join(home, "p256.go"))
	if err != nil {
		return "", err
	}
	before, after, ok := strings.Cut(string(source), baseMult)
	if !ok || strings.Count(before, tables+"[") > 0 || !strings.Contains(after, "&"+tables+"[") ||
		!strings.Contains(before, tables+"Ptr := unsafe.Pointer(&p256PrecomputedEmbed)") {
		return "", fmt.Errorf("this Go's %s is not as it is known; use -strip=false", nistec)
	}
	files := map[string]string{
		"p256.go":       before + baseMult + "\tp256PrecomputeTables()\n" + after,
		"p256_table.go": p256Table,
	}
	for name, text := range more {
		files[name] = text
	}
	replace := map[string]string{}
	for name, text := range files {
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			return "", err
		}
		replace[filepath.Join(home, name)] = file
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	file := filepath.Join(dir, "overlay.json")
	return file, os.WriteFile(file, text, 0o666)
}
