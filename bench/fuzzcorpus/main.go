// Command fuzzcorpus keeps of what fuzzing has found the little that is worth keeping
// with the code: inputs that reach statements which no seed reaches.
//
// Go's fuzzer leaves every input that it found interesting in its cache, thousands of
// them for each target. This command tries them from the smallest to the largest, and
// copies those that make the target cover more statements of its package into
// testdata/fuzz, where every run of the tests reads them.
//
// Usage, in bench/, after a long run of ../fuzz.sh:
//
//	go run ./fuzzcorpus [-max N] [-size BYTES] [-target REGEXP] [-foreign FILE,...] [PACKAGE...]
//
// Some targets start from certificates of others where they find them: the roots of the
// system and the public suites that CERTLOUPE_VECTORS names. What was made of these is
// left out; -foreign names them all, by default the roots.
//
// A package is named as for go list, in the root of the repository; all are looked at
// if none is. The exit status is 1 if a target fails for an input: that is a finding of
// the fuzzer that nobody has looked at, and it is copied too.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

func main() {
	most := flag.Int("max", 40, "how many inputs a target keeps at most")
	size := flag.Int64("size", 4096, "the size of the largest `file` of an input that is kept, in bytes")
	target := flag.String("target", "", "only targets whose name matches this `regexp`")
	others := flag.String("foreign", "/etc/ssl/certs/ca-certificates.crt", "the `files` of certificates of others, with commas between them")
	flag.Parse()
	failed, err := run(*most, *size, *target, *others, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "fuzzcorpus:", err)
		os.Exit(2)
	}
	if failed {
		os.Exit(1)
	}
}

// pkg is what go list says of a package.
type pkg struct {
	Dir, ImportPath, Name     string
	TestGoFiles, XTestGoFiles []string
	Module                    struct{ Dir string }
}

func run(most int, size int64, target, others string, patterns []string) (failed bool, err error) {
	wanted, err := regexp.Compile(target)
	if err != nil {
		return false, err
	}
	var names []string
	if others != "" {
		names = strings.Split(others, ",")
	}
	not, err := readForeign(names, "..")
	if err != nil {
		return false, err
	}
	if len(patterns) == 0 {
		patterns = []string{"./..."}
	}
	cache, err := output("..", "go", "env", "GOCACHE")
	if err != nil {
		return false, err
	}
	packages, err := list(patterns)
	if err != nil {
		return false, err
	}
	for _, p := range packages {
		targets, err := p.targets()
		if err != nil {
			return failed, err
		}
		var binary string
		for _, name := range targets {
			found, err := candidates(filepath.Join(cache, "fuzz", filepath.FromSlash(p.ImportPath), name), size, not)
			if err != nil {
				return failed, err
			}
			if len(found) == 0 || !wanted.MatchString(name) {
				continue
			}
			if binary == "" {
				dir, err := os.MkdirTemp("", "fuzzcorpus")
				if err != nil {
					return failed, err
				}
				defer os.RemoveAll(dir)
				if binary, err = p.build(dir); err != nil {
					return failed, err
				}
			}
			bad, err := p.keep(binary, name, found, most)
			if err != nil {
				return failed, fmt.Errorf("%s %s: %w", p.ImportPath, name, err)
			}
			failed = failed || bad
		}
	}
	return failed, nil
}

// list are the packages that the patterns name in the root of the repository.
func list(patterns []string) ([]*pkg, error) {
	text, err := output("..", "go", append([]string{"list", "-json=Dir,ImportPath,Name,TestGoFiles,XTestGoFiles,Module"}, patterns...)...)
	if err != nil {
		return nil, err
	}
	var all []*pkg
	for d := json.NewDecoder(strings.NewReader(text)); d.More(); {
		p := &pkg{}
		if err := d.Decode(p); err != nil {
			return nil, err
		}
		all = append(all, p)
	}
	return all, nil
}

var declared = regexp.MustCompile(`(?m)^func (Fuzz[A-Z]\w*)\(`)

// targets are the names of the fuzz targets of a package.
func (p *pkg) targets() (names []string, err error) {
	for _, file := range append(p.TestGoFiles, p.XTestGoFiles...) {
		text, err := os.ReadFile(filepath.Join(p.Dir, file))
		if err != nil {
			return nil, err
		}
		for _, m := range declared.FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	return names, nil
}

// output runs a command in a folder and returns what it prints.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}
