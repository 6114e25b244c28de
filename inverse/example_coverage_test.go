package inverse_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestEveryEntryPointHasAnExample: every exported function and method of the
// public packages is called in an example whose output is verified, and of every
// type something is used: its name, a constructor, a method, a field or a
// constant. Methods that fmt calls count as used, and constraints of type
// parameters, which are nothing but a name, are left out.
func TestEveryEntryPointHasAnExample(t *testing.T) {
	for _, dir := range []string{".", "optim", "gradcheck", "../kernels"} {
		fset := token.NewFileSet()
		source, tests := parseDir(t, fset, dir)
		used := usedByExamples(tests)
		p, err := doc.NewFromFiles(fset, source, dir)
		if err != nil {
			t.Fatal(err)
		}
		check := func(name, full string) {
			if !used[name] && name != "String" && name != "Error" {
				t.Errorf("%s: no example uses %s", dir, full)
			}
		}
		for _, f := range p.Funcs {
			check(f.Name, f.Name)
		}
		for _, typ := range p.Types {
			parts := partsOf(typ)
			if len(parts) > 1 && !slices.ContainsFunc(parts, func(name string) bool { return used[name] }) {
				t.Errorf("%s: no example uses anything of %s", dir, typ.Name)
			}
			for _, f := range typ.Funcs {
				check(f.Name, f.Name)
			}
			for _, m := range typ.Methods {
				check(m.Name, typ.Name+"."+m.Name)
			}
		}
	}
}

// partsOf lists the names that a type is used by.
func partsOf(typ *doc.Type) []string {
	names := []string{typ.Name}
	ast.Inspect(typ.Decl, func(n ast.Node) bool {
		if field, ok := n.(*ast.Field); ok {
			for _, id := range field.Names {
				names = append(names, id.Name)
			}
		}
		return true
	})
	for _, group := range typ.Consts {
		names = append(names, group.Names...)
	}
	for _, f := range slices.Concat(typ.Funcs, typ.Methods) {
		names = append(names, f.Name)
	}
	return names
}

// parseDir returns the files of a package, and those of its tests.
func parseDir(t *testing.T, fset *token.FileSet, dir string) (source, tests []*ast.File) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, f)
		} else {
			source = append(source, f)
		}
	}
	return source, tests
}

// usedByExamples is every name in an example with output, and in what is declared
// beside it for it to use.
func usedByExamples(tests []*ast.File) map[string]bool {
	used := map[string]bool{}
	for _, f := range tests {
		examples := doc.Examples(f)
		if !slices.ContainsFunc(examples, func(e *doc.Example) bool { return e.Output != "" }) {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				used[id.Name] = true
			}
			return true
		})
	}
	return used
}
