package validate_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/certloupe/certloupe/finding"
)

// elsewhere are the cases of codes that no upload triggers. The tests beside them
// judge them, each with its healthy twin.
var elsewhere = []string{"../ocsp/testdata", "../ocsp/client/testdata"}

// TestEveryCodeHasACase holds the table of findings and the cases together: each
// code has exactly one case, and no case is named after anything else.
func TestEveryCodeHasACase(t *testing.T) {
	named := map[string]string{}
	for _, c := range loadCases(t) {
		for _, code := range slices.Concat(c.Finds, c.MayAlsoHave) {
			if _, ok := finding.Lookup(finding.Code(code)); !ok {
				t.Errorf("%s: the comment names %s, which is no code", c.Name, code)
			}
		}
		if slices.Contains(otherGroups, c.Group()) {
			continue
		}
		if _, ok := finding.Lookup(finding.Code(c.Code())); !ok {
			t.Errorf("%s: there is no such code", c.Name)
		}
		if !c.HasHealthy() {
			t.Errorf("%s: there is no healthy twin", c.Name)
		}
		if other, ok := named[c.Code()]; ok {
			t.Errorf("%s and %s are about the same code", c.Name, other)
		}
		named[c.Code()] = c.Name
	}
	var others []string
	for _, dir := range elsewhere {
		paths, err := filepath.Glob(dir + "/*.txtar")
		if err != nil || len(paths) == 0 {
			t.Fatalf("there are no cases in %s (%v)", dir, err)
		}
		others = append(others, paths...)
	}
	for _, path := range others {
		code := strings.TrimSuffix(filepath.Base(path), ".txtar")
		if _, ok := finding.Lookup(finding.Code(code)); !ok {
			t.Errorf("%s: there is no such code", path)
		}
		// What uploads are told as well, such as that there is nobody to ask, has a
		// case in both places.
		named[code] = path
	}
	for _, r := range finding.Rules() {
		if strings.HasPrefix(string(r.Code), "path-") {
			continue // Paths have their pairs in ./path, where TestEveryCodeHasAPair counts them.
		}
		if strings.HasPrefix(string(r.Code), "scan-") {
			continue // No upload has these; ../scan has a pair for each, which TestEveryCodeHasAPair counts.
		}
		if strings.HasPrefix(string(r.Code), "admission-") {
			continue // Devices have theirs in ../ocsp/admission, where TestAdmission counts them.
		}
		if _, ok := named[string(r.Code)]; !ok {
			t.Errorf("%s: there is no case for this code", r.Code)
		}
	}
}

// TestCodesInSource holds the table of findings and the source together: each
// code is found somewhere, and each code that is found somewhere stands in the table.
func TestCodesInSource(t *testing.T) {
	found := sourceCodes(t)
	for _, r := range finding.Rules() {
		if _, ok := found.literals[string(r.Code)]; !ok {
			t.Errorf("%s: no source file has this code", r.Code)
		}
	}
	for code, where := range found.uses {
		if _, ok := finding.Lookup(finding.Code(code)); !ok {
			t.Errorf("%s: %s is not in the table", where, code)
		}
	}
	if len(found.uses) < len(finding.Rules())/2 {
		t.Errorf("only %d codes were seen where findings are made; does this test still see them?", len(found.uses))
	}
}

// codeSet maps codes to a place where each stands.
type codeSet struct {
	// literals are all strings that look like a code, uses those that are handed
	// to something that makes findings.
	literals, uses map[string]string
}

// codeForm is the form of a code of at least two words; no code has fewer.
var codeForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)+$`)

// makers are the functions and methods that take a code.
var makers = []string{"New", "note", "add", "document", "report", "refuse"}

func sourceCodes(t *testing.T) codeSet {
	t.Helper()
	set := codeSet{map[string]string{}, map[string]string{}}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && (name == "testdata" || name == "bench" || name == "finding" || name == "ocsptest" || len(name) > 2 && name[0] == '.'):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.BasicLit:
				set.see(set.literals, files, n)
			case *ast.CallExpr:
				if slices.Contains(makers, calledName(n.Fun)) {
					for _, arg := range n.Args[:min(2, len(n.Args))] {
						set.see(set.uses, files, arg)
					}
				}
			case *ast.KeyValueExpr:
				if key, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(key.Name, "code") {
					set.see(set.uses, files, n.Value)
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// calledName is the name of the function or method that is called.
func calledName(fun ast.Expr) string {
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

func (set codeSet) see(into map[string]string, files *token.FileSet, e ast.Expr) {
	literal, ok := e.(*ast.BasicLit)
	if !ok || literal.Kind != token.STRING {
		return
	}
	if s, err := strconv.Unquote(literal.Value); err == nil && codeForm.MatchString(s) {
		into[s] = files.Position(literal.Pos()).String()
	}
}
