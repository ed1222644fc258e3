package main

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
)

// A mutant is the program with one check deleted. All mutants of a package are
// compiled at once: each check asks the variable named mutant whether it is the
// one that is deleted, so that a test binary is built once and run with another
// number for each mutant.

// kind says how a check is deleted.
type kind string

const (
	// never is a condition that does not hold any more: of an if, a case, or an
	// operand of ||.
	never kind = "never"
	// always is an operand of && or a result that always holds.
	always kind = "always"
	// skipped is a call that is not made.
	skipped kind = "skipped"
)

// mutant is one deleted check.
type mutant struct {
	number int
	file   string // The base name.
	line   int
	// function is the name of the function, with the type of its receiver.
	function string
	kind     kind
	// text is the source of the condition or of the call, on one line.
	text string
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d %s: %s: %s", m.file, m.line, m.function, m.kind, m.text)
}

// insertion is text that is put into a source file, which is otherwise left as it is.
type insertion struct {
	offset  int
	text    string
	closing bool
	order   int
}

// instrumenter finds the checks of a file.
type instrumenter struct {
	name       string
	source     []byte
	files      *token.FileSet
	next       int
	function   string
	mutants    []mutant
	insertions []insertion
}

// instrument returns the source of a file in which every check can be deleted,
// and the mutants, which it numbers from first on.
func instrument(name string, source []byte, first int) ([]byte, []mutant, error) {
	in := &instrumenter{name: name, source: source, files: token.NewFileSet(), next: first}
	file, err := parser.ParseFile(in.files, name, source, parser.SkipObjectResolution)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range file.Decls {
		// What is printed decides nothing.
		if f, ok := d.(*ast.FuncDecl); ok && f.Body != nil && f.Name.Name != "String" {
			in.function = functionName(f)
			ast.Inspect(f.Body, in.visit)
		}
	}
	return in.apply(), in.mutants, nil
}

func functionName(f *ast.FuncDecl) string {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return f.Name.Name
	}
	t := f.Recv.List[0].Type
	if star, ok := t.(*ast.StarExpr); ok {
		t = star.X
	}
	if name, ok := t.(*ast.Ident); ok {
		return name.Name + "." + f.Name.Name
	}
	return f.Name.Name
}

func (in *instrumenter) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.IfStmt:
		in.mutate(n.Cond, never)
	case *ast.SwitchStmt:
		if n.Tag != nil {
			break
		}
		for _, s := range n.Body.List {
			for _, condition := range s.(*ast.CaseClause).List {
				in.mutate(condition, never)
			}
		}
	case *ast.BinaryExpr:
		switch n.Op {
		case token.LAND:
			in.mutate(n.X, always)
			in.mutate(n.Y, always)
		case token.LOR:
			in.mutate(n.X, never)
			in.mutate(n.Y, never)
		}
	case *ast.ReturnStmt:
		for _, r := range n.Results {
			if boolean(r) {
				in.mutate(r, never)
				in.mutate(r, always)
			}
		}
	case *ast.ExprStmt:
		if call, ok := n.X.(*ast.CallExpr); ok && !isPanic(call) {
			in.mutate(call, skipped)
		}
	}
	return true
}

func isPanic(call *ast.CallExpr) bool {
	name, ok := call.Fun.(*ast.Ident)
	return ok && name.Name == "panic"
}

// boolean reports whether an expression is one by its form.
func boolean(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return boolean(e.X)
	case *ast.UnaryExpr:
		return e.Op == token.NOT
	case *ast.BinaryExpr:
		switch e.Op {
		case token.EQL, token.NEQ, token.LSS, token.LEQ, token.GTR, token.GEQ, token.LAND, token.LOR:
			return true
		}
	}
	return false
}

// mutate makes a mutant of an expression. An operand of && within && is the whole
// of two operands, which have mutants of their own.
func (in *instrumenter) mutate(e ast.Expr, k kind) {
	if b, ok := e.(*ast.BinaryExpr); ok && (k == always && b.Op == token.LAND || k == never && b.Op == token.LOR) && in.isOperand(e) {
		return
	}
	from, to := in.files.Position(e.Pos()), in.files.Position(e.End())
	n := in.next
	in.next++
	in.mutants = append(in.mutants, mutant{
		number: n, file: in.name, line: from.Line, function: in.function, kind: k,
		text: strings.Join(strings.Fields(string(in.source[from.Offset:to.Offset])), " "),
	})
	open, closing := "(", fmt.Sprintf(" && mutant != %d)", n)
	switch k {
	case always:
		closing = fmt.Sprintf(" || mutant == %d)", n)
	case skipped:
		open, closing = fmt.Sprintf("if mutant != %d { ", n), " }"
	}
	if k != skipped {
		// What binds less must not fall apart.
		open, closing = open+"(", ")"+closing
	}
	in.insertions = append(in.insertions,
		insertion{from.Offset, open, false, n}, insertion{to.Offset, closing, true, -n})
}

// isOperand reports whether e stands in an expression that is itself mutated.
func (in *instrumenter) isOperand(e ast.Expr) bool {
	from, to := in.files.Position(e.Pos()).Offset, in.files.Position(e.End()).Offset
	before, after := strings.TrimRight(string(in.source[:from]), " \t\n"), strings.TrimLeft(string(in.source[to:]), " \t\n")
	for _, op := range []string{"&&", "||"} {
		if strings.HasSuffix(before, op) || strings.HasPrefix(after, op) {
			return true
		}
	}
	return false
}

// apply puts the insertions into the source. At one place, what closes comes
// before what opens, the inner before the outer.
func (in *instrumenter) apply() []byte {
	slices.SortStableFunc(in.insertions, func(a, b insertion) int {
		if c := cmp.Compare(a.offset, b.offset); c != 0 {
			return c
		}
		if a.closing != b.closing {
			if a.closing {
				return -1
			}
			return 1
		}
		return cmp.Compare(a.order, b.order)
	})
	var out bytes.Buffer
	at := 0
	for _, i := range in.insertions {
		out.Write(in.source[at:i.offset])
		out.WriteString(i.text)
		at = i.offset
	}
	out.Write(in.source[at:])
	return out.Bytes()
}
