// Command size says what the browser's module is made of: how many bytes of its code
// each package has, how many each import brings along, and how large the module is that
// wasm/build makes of it.
//
// Packages are counted as the compiler leaves them; wasm/build rewrites their code
// afterwards, which makes it about an eighth smaller. An import brings what nothing else in the module
// imports: so much would go if the package that is named went. Sizes by brotli need
// Node.
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
	"cmp"
	"compress/gzip"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
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
	named, err := compileModule()
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
	show("code of package", sizes, total, count)
	fmt.Printf("%8d          code in all, %d functions\n%8d          data: tables of functions for the runtime, constants, types\n\n", total, len(m.bodies), m.data)
	brought, err := importCosts(sizes)
	if err != nil {
		return err
	}
	show("code that an import brings along", brought, total, count)
	delivered, err := buildModule()
	if err != nil {
		return err
	}
	fmt.Printf("\n%8d          the module as it is delivered; gzip %d", len(delivered), packed(delivered))
	if size, err := brotli(delivered); err != nil {
		fmt.Println("; the size by brotli is not known:", err)
	} else {
		fmt.Println(", brotli", size)
	}
	return nil
}

// show prints a table, the largest first.
func show(title string, sizes map[string]int, total, count int) {
	names := slices.SortedFunc(maps.Keys(sizes), func(a, b string) int {
		return cmp.Or(sizes[b]-sizes[a], strings.Compare(a, b))
	})
	fmt.Printf("%8s  %6s  %s\n", "bytes", "share", title)
	for _, name := range names[:min(count, len(names))] {
		fmt.Printf("%8d  %5.1f%%  %s\n", sizes[name], 100*float64(sizes[name])/float64(total), name)
	}
}

// compileModule compiles the module with the names of its functions, and does nothing more to it.
func compileModule() ([]byte, error) {
	return inDirectory(func(dir string) *exec.Cmd {
		cmd := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-gcflags=all=-l", "-o", filepath.Join(dir, "certloupe.wasm"), "./wasm")
		cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
		return cmd
	})
}

// buildModule builds the module that is delivered.
func buildModule() ([]byte, error) {
	return inDirectory(func(dir string) *exec.Cmd {
		return exec.Command("go", "run", "./wasm/build", "-o", dir, "-sizes=false")
	})
}

// inDirectory returns the module that a command leaves in a directory. It runs in the library's own module,
// because go.mod of this one asks for other versions.
func inDirectory(command func(dir string) *exec.Cmd) ([]byte, error) {
	dir, err := os.MkdirTemp("", "certloupe-size")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	cmd := command(dir)
	cmd.Dir = library()
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args[:2], " "), err, out)
	}
	return os.ReadFile(filepath.Join(dir, "certloupe.wasm"))
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

// brotli is the size of data as servers should send it, which only Node knows.
func brotli(data []byte) (int, error) {
	const script = `const z = require("node:zlib"), c = z.constants, data = require("node:fs").readFileSync(0);
process.stdout.write(String(z.brotliCompressSync(data, {params: {
  [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: data.length}}).length));`
	cmd := exec.Command("node", "-e", script)
	cmd.Stdin = bytes.NewReader(data)
	out, err := cmd.Output()
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(string(out))
}
