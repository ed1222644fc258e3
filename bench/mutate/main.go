// Command mutate deletes every check of the rooms that decide about trust, one at
// a time, and runs their tests. A check whose deletion no test notices is
// reported, unless survivors.json says why it makes no difference.
//
// Usage:
//
//	go run ./mutate [-room DIR] [-match REGEXP] [-workers N] [-v]
//
// The exit status is 1 if an unexplained mutant survived, or an explanation fits
// none that did.
package main

import (
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"text/tabwriter"
	"time"
)

// rooms are the packages whose checks decide about trust.
var rooms = []room{
	{dir: "validate/path", tests: []string{"validate/path"}, first: "TestRules|TestNames"},
	{dir: "validate", files: []string{"evidence.go", "revocation.go"}, tests: []string{"validate"}, first: "TestPolicies|TestAnswer|TestEvidence|TestSigners|TestExcused|TestHook|TestOwn|TestListBytes"},
	{dir: "ocsp", tests: []string{"ocsp", "validate/path"}},
	{dir: "ocsp/admission", tests: []string{"ocsp/admission"}},
}

// explanation says why deleting a check makes no difference that a test could see.
type explanation struct {
	Room, Function, Kind, Text, Reason string
	used                               bool
}

//go:embed survivors.json
var survivors []byte

func main() {
	only := flag.String("room", "", "judge this room only")
	match := flag.String("match", "", "judge only mutants whose description matches this expression")
	workers := flag.Int("workers", runtime.NumCPU(), "how many mutants to judge at a time")
	verbose := flag.Bool("v", false, "print every mutant")
	flag.Parse()
	matching, err := regexp.Compile(*match)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	ok, err := run(*only, matching, *workers, *verbose)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutate:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

func run(only string, match *regexp.Regexp, workers int, verbose bool) (ok bool, err error) {
	var explanations []*explanation
	if err := json.Unmarshal(survivors, &explanations); err != nil {
		return false, fmt.Errorf("survivors.json: %w", err)
	}
	root, err := filepath.Abs("..")
	if err != nil {
		return false, err
	}
	if _, err := os.Stat(filepath.Join(root, "validate", "path")); err != nil {
		return false, errors.New("must be run in the folder bench of the repository")
	}
	temp, err := os.MkdirTemp("", "certloupe-mutate-")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(temp)
	ok = true
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "room\tchecks\tkilled\thung\texplained\tsurvived\ttime\t")
	for _, r := range rooms {
		if only != "" && r.dir != only {
			continue
		}
		start := time.Now()
		w, err := prepare(root, r, temp)
		if err != nil {
			return false, err
		}
		mutants := slices.DeleteFunc(w.mutants, func(m mutant) bool { return !match.MatchString(m.String()) })
		count := map[outcome]int{}
		explained, judged := 0, 0
		w.judge(mutants, workers, func(m mutant, result outcome) {
			judged++
			progress("%s: %d of %d", r.dir, judged, len(mutants))
			switch e := explain(explanations, r.dir, m); {
			case result == survived && e != nil:
				e.used = true
				explained++
			case result == survived:
				ok = false
				count[result]++
				fmt.Printf("%s: survived: %s/%s\n", r.dir, r.dir, m)
			default:
				count[result]++
			}
			if verbose {
				fmt.Printf("%s\t%s\n", result, m)
			}
		})
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%v\t\n", r.dir, len(mutants), count[killed], count[hung], explained, count[survived], time.Since(start).Round(time.Second))
		if match.String() != "" {
			continue
		}
		for _, e := range explanations {
			if e.Room == r.dir && !e.used {
				ok = false
				fmt.Printf("%s: survivors.json explains what did not survive: %s: %s: %s\n", r.dir, e.Function, e.Kind, e.Text)
			}
		}
	}
	return ok, table.Flush()
}

// progress tells who waits at a terminal how far it is.
func progress(format string, args ...any) {
	if info, err := os.Stderr.Stat(); err == nil && info.Mode()&os.ModeCharDevice != 0 {
		fmt.Fprintf(os.Stderr, "\r"+format+" ", args...)
	}
}

func explain(explanations []*explanation, dir string, m mutant) *explanation {
	for _, e := range explanations {
		if e.Room == dir && e.Function == m.function && e.Kind == string(m.kind) && e.Text == m.text {
			return e
		}
	}
	return nil
}
