package asmgen

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mmcloughlin/avo/attr"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/reg"
)

const kernelsFolder = "../../kernels"

// TestGeneratedFilesAreCurrent compares what the emitters write with what is
// committed, to the byte, and looks for generated files nobody writes.
func TestGeneratedFilesAreCurrent(t *testing.T) {
	files, err := Generate(kernelsFolder)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(kernelsFolder, name))
		if err != nil {
			t.Errorf("%v: run make generate", err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("kernels/%s differs from what its emitter writes: run make generate", name)
		}
	}
	committed, err := filepath.Glob(filepath.Join(kernelsFolder, "z*_amd64.*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range committed {
		if _, ok := files[filepath.Base(path)]; !ok {
			t.Errorf("kernels/%s is written by no emitter: run make generate", filepath.Base(path))
		}
	}
}

// TestCheck holds one function against each rule of check.
func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name string
		body func(e *emitter)
		err  string // part of the message, empty when the function is fine
	}{
		{"clean", func(e *emitter) { e.zero(e.vec(0)); e.end() }, ""},
		{"register 16 in AVX2", func(e *emitter) { e.VXORPS(reg.Y16, reg.Y16, reg.Y16); e.end() }, "register 16"},
		{"AVX-512 instruction", func(e *emitter) { e.VPTERNLOGD(operand.U8(0xFF), reg.Y0, reg.Y0, reg.Y0); e.end() }, "AVX512"},
		{"legacy SSE", func(e *emitter) { e.MOVAPS(reg.X0, reg.X1); e.end() }, "SSE"},
		{"legacy move to a vector", func(e *emitter) { e.MOVQ(reg.RAX, reg.X1); e.end() }, "SSE"},
		{"no VZEROUPPER", func(e *emitter) { e.zero(e.vec(0)); e.RET() }, "VZEROUPPER"},
		{"no RET", func(e *emitter) { e.zero(e.vec(0)); e.VZEROUPPER() }, "want RET"},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := newEmitter(targets[0], nil)
			e.Function("f")
			e.Attributes(attr.NOSPLIT)
			e.SignatureExpr("func()")
			c.body(e)
			file, err := e.Result()
			if err != nil {
				t.Fatal(err)
			}
			if c.name != "no RET" { // avo itself refuses to compile that one
				if err := pass.Compile.Execute(file); err != nil {
					t.Fatal(err)
				}
			}
			err = check(e.target, file.Functions()[0])
			switch {
			case c.err == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
				t.Errorf("got %v, want an error with %q in it", err, c.err)
			}
		})
	}
}
