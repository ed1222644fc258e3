// Command build makes what a browser needs in dist/: the module certloupe.wasm and
// wasm_exec.js, the part of Go that runs it.
//
// Usage, in the root of the repository:
//
//	go run ./wasm/build [-o DIR] [-fast] [-strip=false] [-sizes=false]
//
// wasm_exec.js belongs to the version of Go that made the module, so it is copied from
// there each time and never kept in the repository. It is under Go's licence, which
// is copied beside it.
//
// Functions are not inlined, except in the packages in which most time is spent; -fast inlines them everywhere, and summaries are then about a fifth faster. What
// only stack traces need is taken out and the code is rewritten (strip.go), and a table is
// made when it is needed (overlay.go), which leaves a third less to fetch; with
// -strip=false the module is as Go links it, for whoever looks for a fault of Certloupe.
// docs/browser.md has the figures. Sizes by brotli need Node.
package main

import (
	"bytes"
	"compress/gzip"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() {
	dir := flag.String("o", "dist", "the `directory` that the files are written to")
	fast := flag.Bool("fast", false, "inline functions, for speed rather than size")
	stripped := flag.Bool("strip", true, "take out what only stack traces need, and rewrite code")
	sizes := flag.Bool("sizes", true, "print how large the module is")
	flag.Parse()
	if err := build(*dir, *fast, *stripped, *sizes); err != nil {
		fmt.Fprintln(os.Stderr, "build:", err)
		os.Exit(2)
	}
}

func build(dir string, fast, stripped, sizes bool) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	module := filepath.Join(dir, "certloupe.wasm")
	if !stripped {
		if err := compile(browserModule, module, fast, ""); err != nil {
			return err
		}
	} else if err := buildStripped(module, fast); err != nil {
		return err
	}
	if err := copyRuntime(dir); err != nil {
		return err
	}
	if !sizes {
		return nil
	}
	return printSizes(module)
}

// browserModule is the command that becomes the module.
const browserModule = "github.com/certloupe/certloupe/wasm"

// hotPackages are those in which functions are inlined: where summaries and reports are
// written, and the arithmetic of SM2, three times as fast with it. With them the module is
// 1 % larger to fetch. The runtime would be 2 % more, for an eighth of the time of a report,
// certparse 5 % for a tenth.
var hotPackages = []string{
	"internal/byteorder", "math/bits",
	"crypto/internal/constanttime", "crypto/internal/fips140/sha256", "crypto/internal/fips140/subtle",
	"crypto/internal/fips140deps/byteorder", "crypto/subtle",
	"github.com/emmansun/gmsm/internal/byteorder", "github.com/emmansun/gmsm/internal/sm2ec",
	"github.com/emmansun/gmsm/internal/sm2ec/fiat", "github.com/emmansun/gmsm/internal/sm3",
	"github.com/certloupe/certloupe/internal/jsontext",
	"github.com/certloupe/certloupe/internal/rows",
}

// buildStripped builds the module as small as it gets.
func buildStripped(module string, fast bool) error {
	dir, err := os.MkdirTemp("", "certloupe-build")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	overlay, err := writeOverlay(dir, nil)
	if err != nil {
		return err
	}
	if err := compile(browserModule, module, fast, overlay); err != nil {
		return err
	}
	if err := stripFile(module); err != nil {
		return fmt.Errorf("stripping: %w", err)
	}
	return nil
}

// compile compiles a command for browsers, with an overlay for go build if it is not empty.
func compile(command, module string, fast bool, overlay string) error {
	args := []string{"build", "-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", module}
	if !fast {
		args = append(args, "-gcflags=all=-l")
		for _, hot := range hotPackages {
			args = append(args, "-gcflags="+hot+"=")
		}
	}
	if overlay != "" {
		args = append(args, "-overlay="+overlay)
	}
	cmd := exec.Command("go", append(args, command)...)
	// With another GOFIPS140 the standard library would be a copy that the overlay does not reach.
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm", "GOFIPS140=off")
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("go build: %w", err)
	}
	return nil
}

// copyRuntime copies wasm_exec.js and its licence from the Go that is in use.
func copyRuntime(dir string) error {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	root := strings.TrimSpace(string(out))
	script, err := os.ReadFile(filepath.Join(root, "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "wasm_exec.js"), script, 0o666); err != nil {
		return err
	}
	// Some packagings of Go keep the licence elsewhere; the script's own first lines
	// name it then.
	licence, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if os.IsNotExist(err) {
		fmt.Fprintln(os.Stderr, "build: this Go has no LICENSE; add Go's licence before wasm_exec.js is passed on")
		return nil
	} else if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "wasm_exec.LICENSE"), licence, 0o666)
}

func printSizes(module string) error {
	data, err := os.ReadFile(module)
	if err != nil {
		return err
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	fmt.Printf("%s: %d bytes, gzip %d", module, len(data), packed.Len())
	if node, err := exec.LookPath("node"); err == nil {
		out, err := exec.Command(node, "-e", brotli, module).Output()
		if err != nil {
			return fmt.Errorf("node: %w", err)
		}
		fmt.Printf(", brotli %s", out)
	} else {
		fmt.Print("; node is missing, so the size by brotli is not known")
	}
	fmt.Println()
	return nil
}

// brotli prints the size of a file as servers should send it.
const brotli = `const z = require("node:zlib"), c = z.constants, data = require("node:fs").readFileSync(process.argv[1]);
process.stdout.write(String(z.brotliCompressSync(data, {params: {
  [c.BROTLI_PARAM_QUALITY]: 11, [c.BROTLI_PARAM_LGWIN]: 24, [c.BROTLI_PARAM_SIZE_HINT]: data.length}}).length));`
