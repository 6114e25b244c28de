package modelfile

import (
	"fmt"
	"io"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
)

// Write writes a model to path, whole or not at all. It returns an error, before
// it writes, for generators and heads of a user's own, for which a file has no
// place, and for an info that does not go with the model.
func Write[T inverse.Float](path string, m *inverse.Model[T], info Info) error {
	d, err := compose(m, info)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		return safetensors.Write(w, d.arrays, d.metadata)
	})
}

func compose[T inverse.Float](m *inverse.Model[T], info Info) (*draft, error) {
	d := &draft{metadata: map[string]string{"format": Format, "format_version": Version, "precision": precisionOf[T]()}}
	if err := writePart(d, generatorPart, m.Generator); err != nil {
		return nil, err
	}
	if err := writePart(d, headPart, m.Head); err != nil {
		return nil, err
	}
	writeInner(d, m.Inner)
	if err := info.write(d); err != nil {
		return nil, err
	}
	if err := checkInner(m.Inner, m.Generator.Latents()); err != nil {
		return nil, err
	}
	return d, info.check(m.Generator.Pixels(), m.Outputs())
}

// File is a model as it was read, of either element type.
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
	p, err := f.fields()
	if err != nil {
		return err
	}
	f.Version = p.version
	if f.Inner, err = readInner(f.arrays, p); err != nil {
		return err
	}
	if f.Info, err = readInfo(f.arrays, p); err != nil {
		return err
	}
	m, err := Model[float64](f)
	if err != nil {
		return err
	}
	f.Pixels, f.Latents, f.Outputs = m.Generator.Pixels(), m.Generator.Latents(), m.Outputs()
	f.Precision = f.elements()
	if err := checkInner(f.Inner, f.Latents); err != nil {
		return err
	}
	return f.Info.check(f.Pixels, f.Outputs)
}

// fields are the metadata of a format and version that this build reads.
func (f *File) fields() (*fields, error) {
	m := f.arrays.Metadata
	if m["format"] != Format {
		return nil, fmt.Errorf("its metadata names the format %q, want %q: it is no model of this program", m["format"], Format)
	}
	p := &fields{version: m["format_version"], values: m}
	if p.version != "1" && p.version != Version {
		return nil, fmt.Errorf("it has the format version %q, this build reads versions 1 and %s", p.version, Version)
	}
	return p, nil
}

// elements is the precision of the generator.
func (f *File) elements() string {
	for _, name := range f.arrays.Names() {
		if a, _ := f.arrays.Lookup(name); name == generatorPart+".weight" || name == layerName(generatorPart, 0)+".weight" {
			if a.DType == "F32" {
				return precisionOf[float32]()
			}
		}
	}
	return precisionOf[float64]()
}

// Model returns the model of a file, in float64 or in the file's own precision.
// It returns an error when a float32 is asked for and the file holds float64.
func Model[T inverse.Float](f *File) (*inverse.Model[T], error) {
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
		return nil, fmt.Errorf("head.weight reads %d latents, but generator.weight has %d", m.Head.Latents(), m.Generator.Latents())
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

// Values are the numbers of an array, as [Array] lists it.
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
