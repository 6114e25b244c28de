package inverse

// A Reduction says how the squared errors of pixels become the inner loss; its
// derivative constant r makes the step s = α·r.
type Reduction int

const (
	// Sum adds the squared errors: r = 2.
	Sum Reduction = iota
	// MeanPixels averages over the pixels of a sample: r = 2/J.
	MeanPixels
	// MeanAll averages over the pixels of the whole batch, so that the step
	// depends on the number of samples: r = 2/(J·B). B is [Inner].Samples, or, where
	// that is 0, the size of the batch at hand.
	MeanAll
)

var reductionNames = names[Reduction]{"reduction", []string{"sum", "mean-pixels", "mean-all"}}

// String is the name that [ParseReduction] knows.
func (r Reduction) String() string { return reductionNames.of(r) }

// ParseReduction is the inverse of [Reduction.String].
func ParseReduction(name string) (Reduction, error) { return reductionNames.parse(name) }

// scale is the derivative constant r for batches of the given size.
func (in Inner) scale(pixels, samples int) float64 {
	switch in.Reduction {
	case MeanPixels:
		return 2 / float64(pixels)
	case MeanAll:
		if in.Samples > 0 {
			samples = in.Samples
		}
		return 2 / (float64(pixels) * float64(samples))
	default:
		return 2
	}
}
