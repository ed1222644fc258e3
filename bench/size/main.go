// Command size says what the browser's module is made of: how many bytes of its code
// each package has, and how large the module is.
//
// Usage, in bench/:
//
//	go run ./size [-n COUNT]
//
// The test of this package fails if the module grows by more than two per cent over
// the figure in size.txt; after a change that is worth it, run it with -update.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	count := flag.Int("n", 40, "how many packages to show")
	flag.Parse()
	if err := run(*count); err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(2)
	}
}

func run(count int) error {
	named, err := buildModule("")
	if err != nil {
		return err
	}
	m, err := readModule(named)
	if err != nil {
		return err
	}
	packages, err := listPackages()
	if err != nil {
		return err
	}
	sizes := m.packages(packages)
	total := 0
	for _, n := range sizes {
		total += n
	}
	names := slices.SortedFunc(maps.Keys(sizes), func(a, b string) int { return sizes[b] - sizes[a] })
	fmt.Printf("%8s  %6s  code of package\n", "bytes", "share")
	for i, name := range names {
		if i == count {
			break
		}
		fmt.Printf("%8d  %5.1f%%  %s\n", sizes[name], 100*float64(sizes[name])/float64(total), name)
	}
	fmt.Printf("%8d          code in all, %d functions\n%8d          data: tables of functions for the runtime, constants, types\n", total, len(m.bodies), m.data)
	stripped, err := buildModule("-s -w")
	if err != nil {
		return err
	}
	fmt.Printf("%8d          the module as it is delivered; gzip %d\n", len(stripped), packed(stripped))
	return nil
}

// buildModule builds the module as wasm/build does, with the given flags for the linker.
func buildModule(ldflags string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "certloupe-size")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "module.wasm")
	cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-gcflags=all=-l", "-ldflags="+ldflags, "-o", file, "./wasm")
	// In the library's own module, because go.mod of this one asks for other versions.
	cmd.Dir = library()
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build: %w\n%s", err, out)
	}
	return os.ReadFile(file)
}

// library is the root of the library's module. This command runs in bench/, its
// test in bench/size.
func library() string {
	if _, err := os.Stat("go.mod"); err != nil {
		return filepath.Join("..", "..")
	}
	return ".."
}

// packed is the size of data by gzip, which unlike brotli Go has itself.
func packed(data []byte) int {
	var b bytes.Buffer
	w, _ := gzip.NewWriterLevel(&b, gzip.BestCompression) // The level exists.
	w.Write(data)
	w.Close()
	return b.Len()
}

// module is what is read of a module in the binary format of WebAssembly.
type module struct {
	imported int
	// bodies are the sizes of the functions that the module has itself, names those
	// of all functions.
	bodies []int
	names  map[int]string
	data   int
}

var errModule = errors.New("this is no module with the names of its functions")

// The sections that are looked at.
const (
	sectionCustom, sectionImport, sectionCode, sectionData = 0, 2, 10, 11
	subsectionFunctions                                    = 1
)

// reader reads numbers and bytes. At the end it gives zeros and is bad.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) number() int {
	n, size := binary.Uvarint(r.b)
	if size <= 0 || n > 1<<31 {
		r.b, r.bad = nil, true
		return 0
	}
	r.b = r.b[size:]
	return int(n)
}

func (r *reader) bytes(n int) []byte {
	if n > len(r.b) {
		r.b, r.bad = nil, true
		return nil
	}
	b := r.b[:n]
	r.b = r.b[n:]
	return b
}

func readModule(b []byte) (*module, error) {
	if !bytes.HasPrefix(b, []byte("\x00asm\x01\x00\x00\x00")) {
		return nil, errModule
	}
	m := &module{names: map[int]string{}}
	for r := (&reader{b: b[8:]}); len(r.b) > 0; {
		id := r.bytes(1)[0]
		section := &reader{b: r.bytes(r.number())}
		if r.bad {
			return nil, errModule
		}
		m.section(id, section)
		if section.bad {
			return nil, errModule
		}
	}
	if len(m.bodies) == 0 || len(m.names) == 0 {
		return nil, errModule
	}
	return m, nil
}

func (m *module) section(id byte, r *reader) {
	switch id {
	case sectionImport:
		// Everything that Go imports is a function.
		for range r.number() {
			r.bytes(r.number())
			r.bytes(r.number())
			r.bytes(1)
			r.number()
			m.imported++
		}
	case sectionCode:
		for range r.number() {
			n := r.number()
			r.bytes(n)
			m.bodies = append(m.bodies, n)
		}
	case sectionData:
		m.data = len(r.b)
	case sectionCustom:
		if string(r.bytes(r.number())) != "name" {
			return
		}
		for len(r.b) > 0 && !r.bad {
			which := r.bytes(1)[0]
			names := &reader{b: r.bytes(r.number())}
			if which != subsectionFunctions {
				continue
			}
			for range names.number() {
				index := names.number()
				m.names[index] = string(names.bytes(names.number()))
			}
			r.bad = r.bad || names.bad
		}
	}
}

// packages adds up the code of each package.
func (m *module) packages(packages map[string]string) map[string]int {
	sizes := map[string]int{}
	for i, n := range m.bodies {
		sizes[packageOf(m.names[m.imported+i], packages)] += n
	}
	return sizes
}

// packageOf is the package of a function. In a module's names everything but
// letters, digits and stops is an underscore, so the packages are given, by the
// names that they have there.
func packageOf(name string, packages map[string]string) string {
	for _, prefix := range []string{"type_.eq.", "type_.hash."} {
		name = strings.TrimPrefix(name, prefix)
	}
	// The longest name counts: paths have stops in them too.
	for end := len(name); end > 0; end = strings.LastIndexByte(name[:end], '.') {
		if path, ok := packages[name[:end]]; ok {
			return path
		}
	}
	return "runtime, assembly"
}

// listPackages returns the paths of the packages of the module by the names that
// they have in it.
func listPackages() (map[string]string, error) {
	cmd := exec.Command("go", "list", "-deps", "./wasm")
	cmd.Dir = library()
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	packages := map[string]string{}
	for _, path := range strings.Fields(string(out)) {
		packages[mangle(path)] = path
	}
	return packages, nil
}

func mangle(path string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.':
			return r
		}
		return '_'
	}, path)
}
