package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
)

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
	imports, err := listImports()
	if err != nil {
		return nil, err
	}
	packages := map[string]string{}
	for path := range imports {
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

// listImports returns what each package of the module imports.
func listImports() (map[string][]string, error) {
	cmd := exec.Command("go", "list", "-deps", "-f", `{{.ImportPath}} {{join .Imports " "}}`, "./wasm")
	cmd.Dir = library()
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	imports := map[string][]string{}
	for line := range strings.Lines(string(out)) {
		words := strings.Fields(line)
		imports[words[0]] = words[1:]
	}
	for path, list := range imports {
		for i, name := range list {
			// The standard library imports what is in its own vendor folder.
			if _, ok := imports["vendor/"+name]; ok && !strings.Contains(path, ".") {
				list[i] = "vendor/" + name
			}
		}
	}
	return imports, nil
}

// importCosts adds up, for each package that has others to itself, the code of all packages that the module
// would not have without it.
func importCosts(sizes map[string]int) (map[string]int, error) {
	imports, err := listImports()
	if err != nil {
		return nil, err
	}
	costs := map[string]int{}
	for without := range imports {
		if without == wasmPackage || without == "runtime" {
			continue
		}
		left := map[string]bool{without: true}
		// The compiler imports the runtime everywhere.
		for _, root := range []string{wasmPackage, "runtime"} {
			reach(imports, root, left)
		}
		delete(left, without)
		for path, n := range sizes {
			if _, ok := imports[path]; ok && !left[path] {
				costs[without] += n
			}
		}
		if costs[without] == sizes[without] {
			delete(costs, without) // It stands in the table of packages.
		}
	}
	return costs, nil
}

// wasmPackage is where the module begins.
const wasmPackage = "github.com/certloupe/certloupe/wasm"

// reach adds a package and all that it imports to seen.
func reach(imports map[string][]string, path string, seen map[string]bool) {
	if seen[path] {
		return
	}
	seen[path] = true
	for _, next := range imports[path] {
		reach(imports, next, seen)
	}
}
