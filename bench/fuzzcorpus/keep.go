package main

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// driver is a TestMain that is compiled into the package's tests. It runs the target
// again and again in one process, each time with one input more, and looks at how much
// of the package has been covered by then.
//
//go:embed driver.go.txt
var driver string

// trial is what the driver has to do, and result what it says of one input. An empty
// name is that of the seeds.
type trial struct {
	Target string
	// Known are the inputs that are kept already; Folder has the others.
	Known      []string
	Folder     string
	Candidates []string
}

type result struct {
	Name     string
	Coverage float64
	Failed   bool
}

// candidates are the inputs in a folder that are not too large, the smallest first.
func candidates(dir string, size int64, not foreign) (names []string, err error) {
	entries, err := os.ReadDir(dir)
	if os.IsNotExist(err) {
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	sizes := map[string]int64{}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() || info.Size() > size {
			continue
		}
		path := filepath.Join(dir, e.Name())
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		if made, err := not.made(text); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		} else if !made {
			names = append(names, path)
			sizes[path] = info.Size()
		}
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[a], sizes[b]), cmp.Compare(a, b)) })
	return names, nil
}

// build compiles the tests of a package with the driver, counting what is covered.
func (p *pkg) build(dir string) (binary string, err error) {
	for _, file := range append(p.TestGoFiles, p.XTestGoFiles...) {
		text, err := os.ReadFile(filepath.Join(p.Dir, file))
		if err != nil {
			return "", err
		}
		if strings.Contains(string(text), "\nfunc TestMain(") {
			return "", fmt.Errorf("%s has a TestMain, and the driver needs its place", p.ImportPath)
		}
	}
	source := filepath.Join(dir, "driver_test.go")
	if err := os.WriteFile(source, []byte(strings.Replace(driver, "package driver", "package "+p.Name+"_test", 1)), 0o666); err != nil {
		return "", err
	}
	overlay, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(p.Dir, "fuzzcorpus_driver_test.go"): source}})
	if err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o666); err != nil {
		return "", err
	}
	binary = filepath.Join(dir, "tests")
	_, err = output(p.Dir, "go", "test", "-c", "-o", binary, "-overlay", filepath.Join(dir, "overlay.json"), "-cover", "-covermode=set", "-coverpkg="+p.ImportPath, ".")
	return binary, err
}

// keep tries the candidates of a target and copies those that are worth it.
func (p *pkg) keep(binary, target string, found []string, most int) (failed bool, err error) {
	root, err := os.MkdirTemp("", "fuzzcorpus")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(root)
	dir, err := p.mirror(root, target)
	if err != nil {
		return false, err
	}
	kept := filepath.Join(p.Dir, "testdata", "fuzz", target)
	task := trial{Target: target, Folder: filepath.Dir(found[0])}
	for _, path := range found {
		if _, err := os.Stat(filepath.Join(kept, filepath.Base(path))); err != nil {
			task.Candidates = append(task.Candidates, filepath.Base(path))
		}
	}
	entries, err := os.ReadDir(kept)
	if err != nil && !os.IsNotExist(err) {
		return false, err
	}
	for _, e := range entries {
		task.Known = append(task.Known, e.Name())
	}
	results, err := try(binary, dir, root, task)
	if err != nil {
		return false, err
	}
	before := results[0].Coverage
	type gain struct {
		name string
		by   float64
	}
	var gains []gain
	for i, r := range results[1:] {
		switch {
		case r.Failed:
			failed = true
			fmt.Printf("%s %s: it FAILS for %s\n", p.ImportPath, target, r.Name)
			gains = append(gains, gain{r.Name, 1})
		case r.Coverage > results[i].Coverage:
			gains = append(gains, gain{r.Name, r.Coverage - results[i].Coverage})
		}
	}
	slices.SortStableFunc(gains, func(a, b gain) int { return cmp.Compare(b.by, a.by) })
	gains = gains[:min(len(gains), max(0, most-len(task.Known)))]
	size := 0
	for _, g := range gains {
		text, err := os.ReadFile(filepath.Join(task.Folder, g.name))
		if err != nil {
			return failed, err
		}
		if err := os.MkdirAll(kept, 0o777); err != nil {
			return failed, err
		}
		if err := os.WriteFile(filepath.Join(kept, g.name), text, 0o666); err != nil {
			return failed, err
		}
		size += len(text)
	}
	fmt.Printf("%s %s: of %d inputs %d are kept, %d bytes; statements covered by seeds %.1f %%, by all inputs %.1f %%\n",
		p.ImportPath, target, len(found), len(gains), size, 100*before, 100*results[len(results)-1].Coverage)
	return failed, nil
}

// try runs the driver. The first result is that of the seeds and of what is kept already.
func try(binary, dir, temp string, task trial) ([]result, error) {
	text, err := json.Marshal(task)
	if err != nil {
		return nil, err
	}
	in, out := filepath.Join(temp, "trial.json"), filepath.Join(temp, "results.json")
	if err := os.WriteFile(in, text, 0o666); err != nil {
		return nil, err
	}
	cmd := exec.Command(binary, "-test.timeout=0")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "FUZZCORPUS_TRIAL="+in, "FUZZCORPUS_RESULTS="+out)
	said, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, said[max(0, len(said)-4000):])
	}
	if text, err = os.ReadFile(out); err != nil {
		return nil, err
	}
	var results []result
	if err := json.Unmarshal(text, &results); err != nil {
		return nil, err
	}
	if len(results) != 1+len(task.Candidates) || results[0].Failed {
		return nil, fmt.Errorf("the target fails without any candidate\n%s", said[max(0, len(said)-4000):])
	}
	return results, nil
}

// mirror makes a folder in which the tests of the package run as in its own, except
// that the inputs of the target are a copy, to which candidates can be added.
func (p *pkg) mirror(root, target string) (dir string, err error) {
	path, err := filepath.Rel(p.Module.Dir, p.Dir)
	if err != nil {
		return "", err
	}
	from, to := p.Module.Dir, filepath.Join(root, "mirror")
	inside := append(strings.Split(filepath.ToSlash(path), "/"), "testdata", "fuzz", target)
	for i, part := range inside {
		if err := os.MkdirAll(to, 0o777); err != nil {
			return "", err
		}
		entries, err := os.ReadDir(from)
		if err != nil && !os.IsNotExist(err) {
			return "", err
		}
		for _, e := range entries {
			if e.Name() == part || part == target {
				continue // The inputs of other targets are not needed.
			}
			if err := os.Symlink(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
				return "", err
			}
		}
		if i == len(inside)-3 {
			dir = to
		}
		from, to = filepath.Join(from, part), filepath.Join(to, part)
	}
	if err := os.MkdirAll(to, 0o777); err != nil {
		return "", err
	}
	entries, err := os.ReadDir(from)
	if err != nil && !os.IsNotExist(err) {
		return "", err
	}
	for _, e := range entries {
		text, err := os.ReadFile(filepath.Join(from, e.Name()))
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(filepath.Join(to, e.Name()), text, 0o666); err != nil {
			return "", err
		}
	}
	return dir, nil
}
