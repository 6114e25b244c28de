package modelfile

import (
	"bytes"
	"fmt"
	"io"

	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
)

// File is a model as it was read, of either element type. It must not be changed.
type File struct {
	Info
	Version   string // of the format
	Inner     inverse.Inner
	Precision string // f32 or f64
	Pixels    int
	Latents   int
	Outputs   int

	arrays *safetensors.File
}

// maxFile is the most bytes of a file that are read.
const maxFile = 4 << 30

// Read reads a model, down to the last byte of r: what follows a model is an
// error. Memory grows with what r gives, not with what the file announces. The
// error says what about it is not a model's; a File is a usable one.
func Read(r io.Reader) (*File, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	arrays, err := safetensors.Read(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, err
	}
	f := &File{arrays: arrays}
	return f, f.describe()
}

// ReadFile reads the model at path, which errors name.
func ReadFile(path string) (*File, error) {
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
// the last number.
func (f *File) describe() error {
	p, err := f.fields()
	if err != nil {
		return err
	}
	f.Version = p.version
	f.Precision = f.elements()
	if f.Precision == precisionOf[float32]() {
		err = describe[float32](f, p)
	} else {
		err = describe[float64](f, p)
	}
	if err != nil {
		return err
	}
	if err := checkInner(f.Inner, f.Latents); err != nil {
		return err
	}
	return f.Info.check(f.Pixels, f.Latents, f.Outputs)
}

func describe[T inverse.Float](f *File, p *fields) (err error) {
	if f.Inner, err = readInner(f.arrays, p); err != nil {
		return err
	}
	if f.Info, err = readInfo(f.arrays, p); err != nil {
		return err
	}
	m, err := Load[T](f)
	if err != nil {
		return err
	}
	f.Pixels, f.Latents, f.Outputs = m.Generator.Pixels(), m.Generator.Latents(), m.Outputs()
	return f.fromOlder(p)
}

// fields are the metadata of a format and version that this build reads.
func (f *File) fields() (*fields, error) {
	m := f.arrays.Metadata
	if m["format"] != Format {
		return nil, fmt.Errorf("its metadata names the format %q, want %q: it is no model of this program", m["format"], Format)
	}
	p := &fields{version: m["format_version"], values: m}
	if p.version != "1" && p.version != "2" && p.version != Version {
		return nil, fmt.Errorf("it has the format version %q, this build reads versions 1 to %s", p.version, Version)
	}
	return p, nil
}

// elements is the precision of the generator.
func (f *File) elements() string {
	for _, name := range []string{generatorPart + ".weight", layerName(generatorPart, 0) + ".weight"} {
		if a, ok := f.arrays.Lookup(name); ok && a.DType == "F32" {
			return precisionOf[float32]()
		}
	}
	return precisionOf[float64]()
}

// Load returns the model of a file, in float64 or in the file's own precision: a
// float32 of a file that holds float64 is an error. The memory is the caller's.
func Load[T inverse.Float](f *File) (*inverse.Model[T], error) {
	p, err := f.fields()
	if err != nil {
		return nil, err
	}
	m := &inverse.Model[T]{Inner: f.Inner}
	if m.Generator, err = readPart[T](f.arrays, p, generatorPart); err != nil {
		return nil, err
	}
	if m.Head, err = readPart[T](f.arrays, p, headPart); err != nil {
		return nil, err
	}
	if m.Head != nil && m.Head.Latents() != m.Generator.Latents() {
		return nil, fmt.Errorf("the head reads %d latents, but the generator has %d", m.Head.Latents(), m.Generator.Latents())
	}
	return m, nil
}

// An Array is one array of a file, for looking at and for exports.
type Array struct {
	Name  string
	DType string // F32, F64, I32 or I64
	Shape []int
}

// Arrays lists the arrays of the file by name.
func (f *File) Arrays() []Array {
	var all []Array
	for _, name := range f.arrays.Names() {
		a, _ := f.arrays.Lookup(name)
		all = append(all, Array{Name: name, DType: a.DType, Shape: a.Shape})
	}
	return all
}

// Values are the numbers of an array, as [File.Arrays] lists it, row-major.
func Values[T inverse.Float](f *File, a Array) ([]T, error) {
	return safetensors.Floats[T](f.arrays, a.Name, a.Shape...)
}

// Metadata are the file's strings. They must not be changed.
func (f *File) Metadata() map[string]string { return f.arrays.Metadata }

func precisionOf[T inverse.Float]() string {
	if _, ok := any(T(0)).(float32); ok {
		return "f32"
	}
	return "f64"
}
