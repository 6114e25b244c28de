package cli

import (
	"encoding/json"
	"math"

	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/distort"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// settings are what a recipe sets and a flag of train overrides: all that a
// model depends on besides its data. Names in choices are those of the packages
// that know their meaning.
type settings struct {
	// The data.
	trainRows, testRows rowRange
	scaling             choice // none, range or columns

	// The model.
	latents    int // K, or 0 for one to each class
	head       headFlag
	bias       choice // of the generator: none, zero or mean
	innerSteps int
	innerLR    float64 // α, or 0 to go by innerStep
	innerStep  float64 // the first s·λmax(WᵀW)
	reduction  choice
	prox       choice
	threshold  float64 // the first
	momentum   choice
	mu         float64
	ridge      float64

	// Where training starts.
	initial  choice  // notebook, normal or images
	atomNorm float64 // ‖column of W‖
	headNorm float64 // standard deviation of a head's weights times √K
	seed     uint32

	// How it goes on.
	outerSteps     int // M, or −1 to go by epochs
	epochs         int
	batch          int // samples of a step, 0 for all
	outerLR        float64
	headLR         float64
	learnLR        float64
	learnSteps     bool
	learnThreshold bool
	optimizer      choice
	decay          float64
	schedule       choice
	finalLR        float64 // of the cosine, as a fraction
	warmUp         int
	clip           float64
	smoothing      float64
	distort        distort.Settings
	precision      choice
}

// Names of choices that the code asks for.
const (
	startNotebook = "notebook"
	startNormal   = "normal"
	startImages   = "images"

	biasNone = "none"
	biasZero = "zero"
	biasMean = "mean"

	scalingNone    = "none"
	scalingRange   = "range"
	scalingColumns = "columns"

	optimizerGradient = "gradient"
	optimizerMomentum = "momentum"
	optimizerNesterov = "nesterov"
	optimizerAdam     = "adam"

	scheduleConstant = "constant"
	scheduleCosine   = "cosine"

	float32Precision = "f32"
	float64Precision = "f64"
)

// override replaces the settings whose flags were given on the command line. Of
// the two ways to say how long to train, the one that was given counts.
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
	if given.Changed("epochs") && !given.Changed("outer-steps") {
		s.outerSteps = -1
	}
	if given.Changed("inner-step") && !given.Changed("inner-lr") {
		s.innerLR = 0
	}
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
		{"latents", s.latents, 0, maxLatents},
		{"inner-steps", s.innerSteps, 1, maxInnerSteps},
		{"outer-steps", s.outerSteps, -1, maxOuterSteps},
		{"epochs", s.epochs, 0, maxOuterSteps},
		{"batch", s.batch, 0, maxOuterSteps},
		{"warm-up", s.warmUp, 0, maxOuterSteps},
	} {
		if c.value < c.least || c.value > c.most {
			return usagef("--%s %d: want a number from %d to %d", c.flag, c.value, c.least, c.most)
		}
	}
	for _, c := range []struct {
		flag  string
		value float64
		below float64
	}{
		{"inner-lr", s.innerLR, math.Inf(1)}, {"inner-step", s.innerStep, math.Inf(1)},
		{"ridge", s.ridge, math.Inf(1)}, {"mu", s.mu, 1},
		{"atom-norm", s.atomNorm, math.Inf(1)}, {"head-norm", s.headNorm, math.Inf(1)},
		{"outer-lr", s.outerLR, math.Inf(1)}, {"head-lr", s.headLR, math.Inf(1)}, {"learn-lr", s.learnLR, math.Inf(1)},
		{"decay", s.decay, math.Inf(1)}, {"final-lr", s.finalLR, math.Inf(1)}, {"clip", s.clip, math.Inf(1)},
		{"smoothing", s.smoothing, 1},
		{"distort-scale", s.distort.Scale, 1}, {"distort-shear", s.distort.Shear, 1},
		{"distort-rotation", s.distort.Rotation, math.Pi}, {"distort-shift", s.distort.Shift, 1 << 15},
	} {
		if !(c.value >= 0 && c.value < c.below) {
			if math.IsInf(c.below, 1) {
				return usagef("--%s %v: want a number of at least 0", c.flag, c.value)
			}
			return usagef("--%s %v: want a number from 0 to below %.6g", c.flag, c.value, c.below)
		}
	}
	return s.validateTogether()
}

// validateTogether checks settings that depend on each other.
func (s *settings) validateTogether() error {
	switch {
	case s.trainRows.none:
		return usagef("--train-rows none: want rows to train on, such as 0:1000")
	case s.innerLR == 0 && s.innerStep == 0:
		return usagef("--inner-lr 0: want a positive number, or --inner-step")
	case s.latents == 0 && s.head.kind != headNone:
		return usagef("--latents 0: goes with --head none, where latents are the outputs")
	case s.initial.is(startNotebook) && s.latents == 0:
		return usagef("--init notebook: want --latents")
	case math.IsNaN(s.threshold) || math.IsInf(s.threshold, 0) || s.threshold < 0 && s.prox.is("soft"):
		return usagef("--threshold %v: want a number of at least 0", s.threshold)
	case s.learnThreshold && !s.soft():
		return usagef("--learn-thresholds: want --prox soft or non-negative-soft, whose thresholds they are")
	}
	return nil
}

// soft reports whether inner steps end with a soft threshold.
func (s *settings) soft() bool { return s.prox.is("soft") || s.prox.is("non-negative-soft") }

// steps is M for so many samples.
func (s *settings) steps(samples int) int {
	if s.outerSteps >= 0 {
		return s.outerSteps
	}
	if s.batch == 0 {
		return s.epochs
	}
	return s.epochs * ((samples + s.batch - 1) / s.batch)
}

// optim is the optimiser's own settings.
func (s *settings) optim() optim.Settings {
	switch s.optimizer.value {
	case optimizerAdam:
		return optim.Adam{WeightDecay: s.decay}
	case optimizerMomentum, optimizerNesterov:
		return optim.Momentum{WeightDecay: s.decay, Nesterov: s.optimizer.is(optimizerNesterov)}
	default:
		return optim.GradientDescent{WeightDecay: s.decay}
	}
}

func (s *settings) rates() optim.Schedule {
	var rates optim.Schedule = optim.Constant{}
	if s.schedule.is(scheduleCosine) {
		rates = optim.Cosine{Final: s.finalLR}
	}
	if s.warmUp > 0 {
		rates = optim.WarmUp{Steps: s.warmUp, Then: rates}
	}
	return rates
}

func (s *settings) loss() inverse.Loss { return inverse.SoftmaxCrossEntropy{Smoothing: s.smoothing} }

// json is all settings by the names of their flags.
func (s settings) json() string {
	values := map[string]string{}
	s.flags().VisitAll(func(f *pflag.Flag) { values[f.Name] = f.Value.String() })
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // a map of strings
	}
	return string(text)
}
