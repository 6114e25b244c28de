package inverse

import (
	"fmt"
	"math"
)

// A Reduction says how the squared errors of pixels become the inner loss; its
// derivative constant r makes the step s = α·r.
type Reduction int

const (
	// Sum adds the squared errors: r = 2.
	Sum Reduction = iota
	// MeanPixels averages over the pixels of a sample: r = 2/J.
	MeanPixels
	// MeanAll averages over the pixels of the whole batch, so that the step
	// depends on the number of samples: r = 2/(J·B).
	MeanAll
)

var reductionNames = [...]string{"sum", "mean-pixels", "mean-all"}

// String is the name that [ParseReduction] knows.
func (r Reduction) String() string {
	if r < 0 || int(r) >= len(reductionNames) {
		return fmt.Sprintf("Reduction(%d)", int(r))
	}
	return reductionNames[r]
}

// ParseReduction is the inverse of [Reduction.String].
func ParseReduction(name string) (Reduction, error) {
	for i, n := range reductionNames {
		if n == name {
			return Reduction(i), nil
		}
	}
	return 0, fmt.Errorf("unknown reduction %q: allowed are sum, mean-pixels and mean-all", name)
}

// Inner says how an observation is inverted: Steps gradient steps
//
//	z ← z − s·Wᵀ(W·z + b − x),  s = α·r
//
// on the squared error under the reduction.
type Inner struct {
	Steps        int     // N, at least 1
	LearningRate float64 // α, positive
	Reduction    Reduction
}

// Step is the step s = α·r taken for batches of the given size.
func (in Inner) Step(pixels, samples int) float64 {
	switch in.Reduction {
	case MeanPixels:
		return in.LearningRate * 2 / float64(pixels)
	case MeanAll:
		return in.LearningRate * 2 / (float64(pixels) * float64(samples))
	default:
		return in.LearningRate * 2
	}
}

func (in Inner) validate() error {
	switch {
	case in.Steps < 1:
		return fmt.Errorf("inner steps: %d, want at least 1", in.Steps)
	case !(in.LearningRate > 0) || math.IsInf(in.LearningRate, 0):
		return fmt.Errorf("inner learning rate: %v, want a positive number", in.LearningRate)
	case in.Reduction < Sum || in.Reduction > MeanAll:
		return fmt.Errorf("inner reduction: %v, want sum, mean-pixels or mean-all", in.Reduction)
	}
	return nil
}
