package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// room is a package whose checks are deleted.
type room struct {
	// dir is its folder below the root of the main module.
	dir string
	// files are the names of those whose checks are deleted; none means all.
	files []string
	// tests are the packages whose tests have to notice, the first one first.
	tests []string
	// first is a pattern of tests of the first of them that take little time and
	// notice most mutants. The others are asked about what is left.
	first string
}

// outcome is what became of a mutant.
type outcome string

const (
	killed   outcome = "killed"   // A test failed.
	hung     outcome = "hung"     // A test did not end.
	survived outcome = "survived" // No test noticed.
)

// work is one room made ready: its test binaries, and its mutants.
type work struct {
	room     room
	root     string
	mutants  []mutant
	binaries []binary
}

// binary is a compiled test package.
type binary struct {
	path, dir string
	// limit is how long it may run before it counts as hung.
	limit time.Duration
}

// selector is the source of the variable that says which check is deleted.
const selector = `package %s

import (
	"os"
	"strconv"
)

var mutant, _ = strconv.Atoi(os.Getenv("MUTANT"))
`

// prepare instruments a room and compiles the tests that watch it.
func prepare(root string, r room, temp string) (*work, error) {
	w := &work{room: r, root: root}
	dir := filepath.Join(root, r.dir)
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	replace := map[string]string{}
	put := func(name string, source []byte) error {
		to := filepath.Join(temp, strings.ReplaceAll(r.dir, "/", "_")+"_"+name)
		replace[filepath.Join(dir, name)] = to
		return os.WriteFile(to, source, 0o600)
	}
	for _, path := range names {
		name := filepath.Base(path)
		if strings.HasSuffix(name, "_test.go") || len(r.files) > 0 && !slices.Contains(r.files, name) {
			continue
		}
		source, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		changed, mutants, err := instrument(name, source, len(w.mutants)+1)
		if err != nil {
			return nil, err
		}
		w.mutants = append(w.mutants, mutants...)
		if err := put(name, changed); err != nil {
			return nil, err
		}
	}
	if len(w.mutants) == 0 {
		return nil, fmt.Errorf("%s: no checks found", r.dir)
	}
	if err := put("mutant_selector.go", fmt.Appendf(nil, selector, filepath.Base(r.dir))); err != nil {
		return nil, err
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	overlayName := filepath.Join(temp, strings.ReplaceAll(r.dir, "/", "_")+".json")
	if err := os.WriteFile(overlayName, overlay, 0o600); err != nil {
		return nil, err
	}
	for _, test := range r.tests {
		b := binary{path: filepath.Join(temp, strings.ReplaceAll(r.dir+"_"+test, "/", "_")+".test"), dir: filepath.Join(root, test)}
		build := exec.Command("go", "test", "-c", "-overlay", overlayName, "-o", b.path, "./"+test)
		build.Dir = root
		if out, err := build.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%s: %w\n%s", test, err, out)
		}
		start := time.Now()
		if result, out := b.run(0, 10*time.Minute, "Test"); result != survived {
			return nil, fmt.Errorf("the tests of %s fail without any mutant:\n%s", test, out)
		}
		b.limit = 4*time.Since(start) + 20*time.Second
		w.binaries = append(w.binaries, b)
	}
	return w, nil
}

// run runs the tests with one check deleted.
func (b binary) run(number int, limit time.Duration, pattern string) (outcome, []byte) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, b.path, "-test.short", "-test.failfast", "-test.run", pattern)
	cmd.Dir = b.dir
	cmd.Env = append(os.Environ(), "MUTANT="+strconv.Itoa(number), "GOMEMLIMIT=2GiB")
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	switch {
	case err == nil:
		return survived, out.Bytes()
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return hung, out.Bytes()
	}
	return killed, out.Bytes()
}

// judgeOne runs the tests for one mutant, the quick ones first.
func (w *work) judgeOne(m mutant) outcome {
	if w.room.first != "" {
		if result, _ := w.binaries[0].run(m.number, w.binaries[0].limit, w.room.first); result != survived {
			return result
		}
	}
	for _, b := range w.binaries {
		if result, _ := b.run(m.number, b.limit, "Test|Example"); result != survived {
			return result
		}
	}
	return survived
}

// judge runs the tests for every mutant, several at a time, and calls done for
// each in any order.
func (w *work) judge(mutants []mutant, workers int, done func(mutant, outcome)) {
	var wait sync.WaitGroup
	var lock sync.Mutex
	queue := make(chan mutant)
	for range workers {
		wait.Go(func() {
			for m := range queue {
				result := w.judgeOne(m)
				lock.Lock()
				done(m, result)
				lock.Unlock()
			}
		})
	}
	for _, m := range mutants {
		queue <- m
	}
	close(queue)
	wait.Wait()
}
