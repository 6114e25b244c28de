package modelfile

import (
	"fmt"

	"github.com/inversenet/inversenet/internal/safetensors"
)

const (
	dataMean      = "data.mean"
	scalingOffset = "scaling.offset"
	scalingScale  = "scaling.scale"
)

// Scaling is what data goes through before a model reads it: x' = (x −
// offset)/scale. Offset and Scale have one element for all pixels or one for
// each; both are nil for no scaling.
type Scaling struct{ Offset, Scale []float64 }

// Apply scales observations of so many pixels in place, one after the other.
func (s Scaling) Apply(x []float64, pixels int) {
	for i := range x {
		x[i] = s.apply(x[i], i%pixels)
	}
}

// Undo takes Apply back, up to rounding: x = x'·scale + offset.
func (s Scaling) Undo(x []float64, pixels int) {
	for i := range x {
		x[i] = s.undo(x[i], i%pixels)
	}
}

// apply scales pixel j.
func (s Scaling) apply(v float64, j int) float64 {
	if s.Scale == nil {
		return v
	}
	return (v - at(s.Offset, j)) / at(s.Scale, j)
}

// undo takes apply back, up to rounding. The conversion forbids a fused
// multiply-add, which would give other bits on other machines.
func (s Scaling) undo(v float64, j int) float64 {
	if s.Scale == nil {
		return v
	}
	return float64(v*at(s.Scale, j)) + at(s.Offset, j)
}

func at(v []float64, i int) float64 {
	if len(v) == 1 {
		return v[0]
	}
	return v[i]
}

func (s Scaling) check(pixels int) error {
	if (s.Offset == nil) != (s.Scale == nil) {
		return fmt.Errorf("%s and %s go together: want both or none", scalingOffset, scalingScale)
	}
	for name, v := range map[string][]float64{scalingOffset: s.Offset, scalingScale: s.Scale} {
		if v != nil && len(v) != 1 && len(v) != pixels {
			return fmt.Errorf("%s has %d elements, want 1 or one for each of %d pixels", name, len(v), pixels)
		}
	}
	for i, v := range s.Scale {
		if v == 0 {
			return fmt.Errorf("%s: element %d is 0, want another number", scalingScale, i)
		}
	}
	return nil
}

func readScaling(f *safetensors.File) (s Scaling, err error) {
	if s.Offset, err = vector(f, scalingOffset); err != nil {
		return s, err
	}
	s.Scale, err = vector(f, scalingScale)
	return s, err
}

// vector is an array of one dimension in float64, all finite, or nil when there
// is none of that name.
func vector(f *safetensors.File, name string) ([]float64, error) {
	if _, ok := f.Lookup(name); !ok {
		return nil, nil
	}
	v, err := safetensors.Floats[float64](f, name, -1)
	if err != nil {
		return nil, err
	}
	return v, checkFinite(name, v)
}
