package modelfile

import (
	"fmt"
	"io"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
)

// Write writes a model. It returns an error, before it writes, for generators and
// heads of a user's own, for which a file has no place, for parameters that are
// not finite, for settings of the inversion that a [inverse.Solver] would refuse,
// and for an info that does not go with the model. With the reduction MeanAll,
// Inner.Samples must say what it divides by.
//
// The same model and info give the same bytes.
func Write[T inverse.Float](w io.Writer, m *inverse.Model[T], info Info) error {
	d, err := compose(m, info)
	if err != nil {
		return err
	}
	return safetensors.Write(w, d.arrays, d.metadata)
}

// WriteFile writes a model to path as [Write] does, whole or not at all.
func WriteFile[T inverse.Float](path string, m *inverse.Model[T], info Info) error {
	d, err := compose(m, info)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	return atomicfile.Write(path, 0o666, func(w io.Writer) error {
		return safetensors.Write(w, d.arrays, d.metadata)
	})
}

func compose[T inverse.Float](m *inverse.Model[T], info Info) (*draft, error) {
	if m.Generator == nil {
		return nil, fmt.Errorf("a model without a generator")
	}
	d := &draft{metadata: map[string]string{"format": Format, "format_version": Version, "precision": precisionOf[T]()}}
	if err := writePart(d, generatorPart, m.Generator); err != nil {
		return nil, err
	}
	if err := writePart(d, headPart, m.Head); err != nil {
		return nil, err
	}
	pixels, latents, outputs := m.Generator.Pixels(), m.Generator.Latents(), m.Outputs()
	if m.Head != nil && m.Head.Latents() != latents {
		return nil, fmt.Errorf("the head reads %d latents, but the generator has %d", m.Head.Latents(), latents)
	}
	writeInner(d, m.Inner)
	info = info.completed(pixels)
	if err := info.write(d); err != nil {
		return nil, err
	}
	if err := checkInner(m.Inner, latents); err != nil {
		return nil, err
	}
	if err := info.check(pixels, latents, outputs); err != nil {
		return nil, err
	}
	return d, d.err
}
