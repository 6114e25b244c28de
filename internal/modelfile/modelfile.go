package modelfile

import (
	"fmt"
	"io"
	"reflect"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
)

// Names of the arrays.
const (
	generatorWeight = "generator.weight"
	generatorBias   = "generator.bias"
	headWeight      = "head.weight"
	headBias        = "head.bias"
)

// Write writes a model to path, whole or not at all. It returns an error for what
// a file has no place for: generators and heads that are not linear, and
// inversions other than by plain steps of one size.
func Write[T inverse.Float](path string, m *inverse.Model[T], info Info) error {
	arrays, err := linearArrays(nil, m.Generator, generatorWeight, generatorBias)
	if err == nil && m.Head != nil {
		arrays, err = linearArrays(arrays, m.Head, headWeight, headBias)
	}
	if err == nil {
		err = plain(m.Inner)
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	meta := metadata(m.Inner, info, precisionOf[T]())
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		return safetensors.Write(w, arrays, meta)
	})
}

// plain returns an error when an inversion has settings that the metadata do not
// hold. How it is computed is no property of the model.
func plain(in inverse.Inner) error {
	in.Form, in.Differentiation = 0, nil
	if !reflect.DeepEqual(in, inverse.Inner{Steps: in.Steps, LearningRate: in.LearningRate, Reduction: in.Reduction}) {
		return fmt.Errorf("files of version %s hold inversions by plain steps of one size, not %+v", Version, in)
	}
	return nil
}

func linearArrays[T inverse.Float](arrays []safetensors.Array, g inverse.Generator[T], weight, bias string) ([]safetensors.Array, error) {
	l, ok := g.(*inverse.Linear[T])
	if !ok {
		return nil, fmt.Errorf("files hold linear generators and heads, not %T", g)
	}
	values := make([]T, 0, l.W.Rows*l.W.Cols)
	for i := range l.W.Rows {
		values = append(values, l.W.Row(i)...)
	}
	arrays = append(arrays, safetensors.New(weight, values, l.W.Rows, l.W.Cols))
	if l.Bias != nil {
		arrays = append(arrays, safetensors.New(bias, l.Bias, len(l.Bias)))
	}
	return arrays, nil
}

// File is a model as it was read, of either element type.
type File struct {
	Info
	Inner     inverse.Inner
	Precision string // f32 or f64
	Pixels    int
	Latents   int
	Outputs   int

	arrays *safetensors.File
}

// Read reads the model at path. The error names the path and says what about it
// is not a model's.
func Read(path string) (*File, error) {
	arrays, err := safetensors.ReadFile(path)
	if err != nil {
		return nil, err
	}
	f := &File{arrays: arrays}
	if err := f.describe(); err != nil {
		return nil, fmt.Errorf("cannot read the model %s: %w", path, err)
	}
	return f, nil
}

// describe fills what is known without the numbers and checks it all, down to
// the last number, so that a File is a usable model.
func (f *File) describe() (err error) {
	if f.Inner, f.Info, err = parseMetadata(f.arrays.Metadata); err != nil {
		return err
	}
	w, ok := f.arrays.Lookup(generatorWeight)
	if !ok || len(w.Shape) != 2 || w.Shape[0] < 1 || w.Shape[1] < 1 {
		return fmt.Errorf("it has no matrix %s", generatorWeight)
	}
	f.Pixels, f.Latents, f.Outputs = w.Shape[0], w.Shape[1], w.Shape[1]
	switch w.DType {
	case "F32":
		f.Precision = precisionOf[float32]()
	case "F64":
		f.Precision = precisionOf[float64]()
	}
	if int64(f.ImageHeight)*int64(f.ImageWidth) != int64(f.Pixels) {
		return fmt.Errorf("its metadata: images of %d×%d, but the generator has %d pixels", f.ImageHeight, f.ImageWidth, f.Pixels)
	}
	m, err := Model[float64](f)
	if err != nil {
		return err
	}
	f.Outputs = m.Outputs()
	return nil
}

// Model returns the model of a file, in float64 or in the file's own precision.
// It returns an error when a float32 is asked for and the file holds float64.
func Model[T inverse.Float](f *File) (*inverse.Model[T], error) {
	g, err := linear[T](f, generatorWeight, generatorBias, f.Pixels)
	if err != nil {
		return nil, err
	}
	m := &inverse.Model[T]{Generator: g, Inner: f.Inner}
	if w, ok := f.arrays.Lookup(headWeight); ok {
		if len(w.Shape) != 2 || w.Shape[0] < 1 {
			return nil, fmt.Errorf("%s has the shape %v, want outputs × latents", headWeight, w.Shape)
		}
		head, err := linear[T](f, headWeight, headBias, w.Shape[0])
		if err != nil {
			return nil, err
		}
		m.Head = head
	}
	return m, nil
}

func linear[T inverse.Float](f *File, weight, bias string, rows int) (*inverse.Linear[T], error) {
	w, err := safetensors.Floats[T](f.arrays, weight, rows, f.Latents)
	if err != nil {
		return nil, err
	}
	l := &inverse.Linear[T]{W: inverse.Matrix[T]{Rows: rows, Cols: f.Latents, Stride: f.Latents, Data: w}}
	if _, ok := f.arrays.Lookup(bias); ok {
		if l.Bias, err = safetensors.Floats[T](f.arrays, bias, rows); err != nil {
			return nil, err
		}
	}
	for name, values := range map[string][]T{weight: l.W.Data, bias: l.Bias} {
		for i, v := range values {
			if v-v != 0 {
				return nil, fmt.Errorf("%s: element %d is %v, want finite numbers", name, i, v)
			}
		}
	}
	return l, nil
}

func precisionOf[T inverse.Float]() string {
	if _, ok := any(T(0)).(float32); ok {
		return "f32"
	}
	return "f64"
}
