package asmgen

import (
	"bytes"
	"fmt"
	"go/format"
	"strings"

	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

const (
	generatedBy = "internal/asmgen"
	packageName = "kernels"
)

// kernels lists what every target gets, in the order of its files. Each emits functions
// and returns the statements that put them into a dispatch table.
var kernels = []func(e *emitter) (overlay []string){
	func(e *emitter) []string { return tiles(e, "product", product) },
	func(e *emitter) []string { return tiles(e, "outer", outer) },
	elementwise,
	reduce,
	func(e *emitter) []string { return []string{"t.exp = " + expKernel(e), "t.log = " + logKernel(e)} },
	func(e *emitter) []string { return []string{"t.softmax = " + softmax(e), "t.logistic = " + logistic(e)} },
	activationKernels,
	func(e *emitter) []string { return []string{"t.adam = " + adam(e)} },
	func(e *emitter) []string {
		return []string{"t.transpose = " + transpose(e, false), "t.negated = " + transpose(e, true)}
	},
	func(e *emitter) []string { return []string{"t.finite = " + finite(e)} },
	func(e *emitter) []string { return []string{"t.peak = " + peak(e)} },
}

// tiles emits a kernel for every row count up to the target's tile, one and two
// vectors wide.
func tiles(e *emitter, field string, emit func(e *emitter, rows, vecs int) string) []string {
	var overlay []string
	for vecs := 1; vecs <= 2; vecs++ {
		for rows := 1; rows <= e.Tile; rows++ {
			overlay = append(overlay, fmt.Sprintf("t.%s[%d][%d] = %s", field, vecs-1, rows, emit(e, rows, vecs)))
		}
	}
	return overlay
}

func elementwise(e *emitter) []string {
	return []string{
		"t.addScaled = " + addScaled(e),
		"t.multiply = " + multiply(e),
		"t.extrapolate = " + extrapolate(e),
		"t.gate[0] = " + gate(e, 1),
		"t.gate[1] = " + gate(e, 2),
	}
}

func reduce(e *emitter) []string {
	return []string{
		"t.dotRows[0] = " + dotRows(e, 1),
		"t.dotRows[1] = " + dotRows(e, 2),
		"t.distance[0] = " + distance(e, 1),
		"t.distance[1] = " + distance(e, 2),
		"t.rowSums = " + rowSums(e),
	}
}

func activationKernels(e *emitter) []string {
	var overlay []string
	for _, act := range activations {
		overlay = append(overlay,
			fmt.Sprintf("t.apply[%s] = %s", act.name, act.apply(e)),
			fmt.Sprintf("t.activate[%s] = %s", act.name, act.activate(e)))
	}
	return overlay
}

// Generate returns every generated file of package kernels by name: for each target the
// assembly, and the Go that declares its functions and puts them into a table. It reads
// signatures.go in the given folder, that of package kernels.
func Generate(folder string) (map[string][]byte, error) {
	s, err := readSignatures(folder)
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for _, t := range targets {
		e := newEmitter(t, s)
		var overlay []string
		for _, emit := range kernels {
			overlay = append(overlay, emit(e)...)
		}
		e.writeConstants()
		base := strings.ToLower(fmt.Sprintf("z_%s_%s_amd64", t.ISA, t.Suffix))
		if err := compile(e, base, overlay, files); err != nil {
			return nil, fmt.Errorf("%s: %w", base, err)
		}
	}
	return files, nil
}

// compile checks the emitter's functions and prints base.s and base.go.
func compile(e *emitter, base string, overlay []string, files map[string][]byte) error {
	file, err := e.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	for _, fn := range file.Functions() {
		if err := check(e.target, fn); err != nil {
			return err
		}
	}
	cfg := printer.Config{Name: generatedBy, Pkg: packageName}
	if files[base+".s"], err = printer.NewGoAsm(cfg).Print(file); err != nil {
		return err
	}
	stubs, err := printer.NewStubs(cfg).Print(file)
	if err != nil {
		return err
	}
	files[base+".go"], err = format.Source(append(stubs, table(e.target, overlay)...))
	return err
}

// table prints the function that overlays a dispatch table with a target's kernels.
func table(t target, overlay []string) []byte {
	var b bytes.Buffer
	name := "overlay" + t.Suffix + t.ISA
	fmt.Fprintf(&b, "\n// %s puts the %s kernels into a %s table.\n", name, t.ISA, t.GoType)
	fmt.Fprintf(&b, "func %s(t *Table[%s]) {\n", name, t.GoType)
	fmt.Fprintf(&b, "t.lanes, t.tile = %d, %d\n", t.Lanes(), t.Tile)
	for _, line := range overlay {
		fmt.Fprintln(&b, line)
	}
	fmt.Fprintln(&b, "}")
	return b.Bytes()
}
