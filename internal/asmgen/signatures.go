package asmgen

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"strings"
)

// signaturesFile is where package kernels says what its kernels are called with.
const signaturesFile = "signatures.go"

// signatures are the function types and the constants of that file. The assembly takes
// them from there, so that the two cannot differ.
type signatures struct{ scope *types.Scope }

// readSignatures reads the file in the folder of package kernels. It is type-checked
// alone: the package needs the assembly that is yet to be written.
func readSignatures(folder string) (*signatures, error) {
	path := filepath.Join(folder, signaturesFile)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, path, nil, 0)
	if err != nil {
		return nil, err
	}
	pkg, err := new(types.Config).Check(packageName, files, []*ast.File{file}, nil)
	if err != nil {
		return nil, err
	}
	return &signatures{pkg.Scope()}, nil
}

// signature is the function type of the given name, with an element type for its type
// parameter.
func (s *signatures) signature(name, element string) string {
	object := s.lookup(name)
	f, ok := object.Type().Underlying().(*types.Signature)
	if !ok {
		panic(fmt.Sprintf("asmgen: %s in %s is no function type", name, signaturesFile))
	}
	var params []string
	for p := range f.Params().Variables() {
		params = append(params, p.Name()+" "+elementFor(p.Type(), element))
	}
	expr := "func(" + strings.Join(params, ", ") + ")"
	for r := range f.Results().Variables() { // one at most
		expr += " (" + r.Name() + " " + elementFor(r.Type(), element) + ")"
	}
	return expr
}

// elementFor prints a parameter's type with the element for its type parameter.
func elementFor(t types.Type, element string) string {
	switch t := t.(type) {
	case *types.Pointer:
		return "*" + elementFor(t.Elem(), element)
	case *types.TypeParam:
		return element
	default:
		return t.String()
	}
}

// number is the constant of the given name.
func (s *signatures) number(name string) int {
	c, ok := s.lookup(name).(*types.Const)
	if !ok {
		panic(fmt.Sprintf("asmgen: %s in %s is no constant", name, signaturesFile))
	}
	n, _ := constant.Int64Val(c.Val())
	return int(n)
}

func (s *signatures) lookup(name string) types.Object {
	object := s.scope.Lookup(name)
	if object == nil {
		panic(fmt.Sprintf("asmgen: there is no %s in %s", name, signaturesFile))
	}
	return object
}
