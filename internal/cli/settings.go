package cli

import (
	"fmt"
	"math"

	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/inverse"
)

// settings are what a recipe sets and a flag of train overrides.
type settings struct {
	trainRows, testRows rowRange
	latents             int
	innerSteps          int
	innerLR             float64
	reduction           reductionFlag
	outerLR             float64
	outerSteps          int
	seed                uint32
	precision           precision
}

// flags returns a flag for each setting, with the present values as defaults.
func (s *settings) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	f.SortFlags = false
	f.Var(&s.trainRows, "train-rows", "rows to train on, counted from 0, the last excluded")
	f.Var(&s.testRows, "test-rows", "rows to test on, or none")
	f.IntVar(&s.latents, "latents", s.latents, "K, the elements of the latent z, which are also the outputs")
	f.IntVar(&s.innerSteps, "inner-steps", s.innerSteps, "N, gradient steps of an inversion")
	f.Float64Var(&s.innerLR, "inner-lr", s.innerLR, "α, the learning rate of an inversion")
	f.Var(&s.reduction, "reduction", "how squared errors become the inner loss: sum, mean-pixels or mean-all")
	f.Float64Var(&s.outerLR, "outer-lr", s.outerLR, "γ, the learning rate of the generator")
	f.IntVar(&s.outerSteps, "outer-steps", s.outerSteps, "M, training iterations")
	f.Uint32Var(&s.seed, "seed", s.seed, "seed of the starting values")
	f.Var(&s.precision, "precision", "f32 or f64")
	return f
}

// override replaces the settings whose flags were given on the command line.
func (s *settings) override(given *pflag.FlagSet) error {
	own := s.flags()
	var first error
	given.Visit(func(f *pflag.Flag) {
		if own.Lookup(f.Name) == nil {
			return
		}
		if err := own.Set(f.Name, f.Value.String()); err != nil && first == nil {
			first = usageError{err}
		}
	})
	return first
}

// Limits beyond which a number is a slip of the keyboard: they keep the memory
// of a run, which grows with each, far from what a machine has.
const (
	maxLatents    = 10_000
	maxInnerSteps = 100_000
	maxOuterSteps = 100_000_000
)

func (s *settings) validate() error {
	for _, c := range []struct {
		flag        string
		value       int
		least, most int
	}{
		{"latents", s.latents, 1, maxLatents},
		{"inner-steps", s.innerSteps, 1, maxInnerSteps},
		{"outer-steps", s.outerSteps, 0, maxOuterSteps},
	} {
		if c.value < c.least || c.value > c.most {
			return usagef("--%s %d: want a number from %d to %d", c.flag, c.value, c.least, c.most)
		}
	}
	if !(s.innerLR > 0) || math.IsInf(s.innerLR, 0) {
		return usagef("--inner-lr %v: want a positive number", s.innerLR)
	}
	if !(s.outerLR >= 0) || math.IsInf(s.outerLR, 0) {
		return usagef("--outer-lr %v: want a number of at least 0", s.outerLR)
	}
	if s.trainRows.none {
		return usagef("--train-rows none: want rows to train on, such as 0:1000")
	}
	return nil
}

func (s *settings) inner() inverse.Inner {
	return inverse.Inner{Steps: s.innerSteps, LearningRate: s.innerLR, Reduction: inverse.Reduction(s.reduction)}
}

// precision is the element type of a model.
type precision string

const (
	float32Precision precision = "f32"
	float64Precision precision = "f64"
)

func (p precision) String() string { return string(p) }

// Type names the value in help texts.
func (p precision) Type() string { return "f32|f64" }

// Set accepts f32 and f64.
func (p *precision) Set(text string) error {
	switch v := precision(text); v {
	case float32Precision, float64Precision:
		*p = v
		return nil
	}
	return fmt.Errorf("want f32 or f64")
}

// reductionFlag is an inverse.Reduction as a flag value.
type reductionFlag inverse.Reduction

func (r reductionFlag) String() string { return inverse.Reduction(r).String() }

// Type names the value in help texts.
func (r reductionFlag) Type() string { return "NAME" }

// Set accepts the names of the reductions.
func (r *reductionFlag) Set(text string) error {
	v, err := inverse.ParseReduction(text)
	if err != nil {
		return fmt.Errorf("want sum, mean-pixels or mean-all")
	}
	*r = reductionFlag(v)
	return nil
}
