package experiment

import (
	"encoding/json"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/distort"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// Settings are what a recipe sets and a user overrides by name: all that a model
// depends on besides its data. Names in choices are those of the packages that
// know their meaning.
type Settings struct {
	// The data.
	trainRows, testRows dataset.Range
	scaling             choice // none, range or columns

	// The model.
	latents    int // K, or 0 for one to each class
	head       head
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

// Override replaces the settings that are given, as texts by name. Of the two
// ways to say how long to train, the one that was given counts; so does that of
// the two ways to say how large the inner step is.
func (s *Settings) Override(given map[string]string) error {
	for _, f := range s.Fields() {
		if text, ok := given[f.Name]; ok {
			if err := f.Value.Set(text); err != nil {
				return usage.Errorf("--%s %q: %w", f.Name, text, err)
			}
		}
	}
	if isGiven(given, "epochs") && !isGiven(given, "outer-steps") {
		s.outerSteps = -1
	}
	if isGiven(given, "inner-step") && !isGiven(given, "inner-lr") {
		s.innerLR = 0
	}
	return nil
}

func isGiven(given map[string]string, name string) bool {
	_, ok := given[name]
	return ok
}

// Suit makes the settings those for data that is not built in, but for those that
// are given: rows to train and to test on are those that the data names, or all
// are trained on and none tested, and the columns of a table are scaled each by
// itself.
func (s *Settings) Suit(d dataset.Dataset, given map[string]string) {
	train, test := dataset.All, dataset.None
	if d.Split > 0 {
		train, test = dataset.Range{To: d.Split}, dataset.Range{From: d.Split, To: d.Rows}
	}
	if !isGiven(given, "train-rows") {
		s.trainRows = train
	}
	if !isGiven(given, "test-rows") {
		s.testRows = test
	}
	if !isGiven(given, "scaling") && d.IsTable() {
		s.scaling = chosen(scalingColumns)
	}
}

// Limits beyond which a number is a slip of the keyboard: they keep the memory
// of a run, which grows with each, far from what a machine has.
const (
	maxLatents    = 10_000
	maxInnerSteps = 100_000
	maxOuterSteps = 100_000_000
)

// Validate refuses the first setting that is out of its limits or does not go with
// the others.
func (s *Settings) Validate() error {
	for _, f := range s.Fields() {
		if v, ok := f.Value.(limited); ok {
			if err := v.check(f.Name); err != nil {
				return err
			}
		}
	}
	return s.validateTogether()
}

// validateTogether checks settings that depend on each other.
func (s *Settings) validateTogether() error {
	switch {
	case s.trainRows.None:
		return usage.Errorf("--train-rows none: want rows to train on, such as 0:1000")
	case s.innerLR == 0 && s.innerStep == 0:
		return usage.Errorf("--inner-lr 0: want a positive number, or --inner-step")
	case s.latents == 0 && s.head.kind != headNone:
		return usage.Errorf("--latents 0: goes with --head none, where latents are the outputs")
	case s.initial.is(startNotebook) && s.latents == 0:
		return usage.Errorf("--init notebook: want --latents")
	case s.threshold < 0 && s.prox.is("soft"):
		return usage.Errorf("--threshold %v: want a number of at least 0", s.threshold)
	case s.learnThreshold && !s.soft():
		return usage.Errorf("--learn-thresholds: want --prox soft or non-negative-soft, whose thresholds they are")
	}
	return nil
}

// soft reports whether inner steps end with a soft threshold.
func (s *Settings) soft() bool { return s.prox.is("soft") || s.prox.is("non-negative-soft") }

// steps is M for so many samples.
func (s *Settings) steps(samples int) int {
	if s.outerSteps >= 0 {
		return s.outerSteps
	}
	if s.batch == 0 {
		return s.epochs
	}
	return s.epochs * ((samples + s.batch - 1) / s.batch)
}

// optim is the optimiser's own settings.
func (s *Settings) optim() optim.Settings {
	switch s.optimizer.value {
	case optimizerAdam:
		return optim.Adam{WeightDecay: s.decay}
	case optimizerMomentum, optimizerNesterov:
		return optim.Momentum{WeightDecay: s.decay, Nesterov: s.optimizer.is(optimizerNesterov)}
	default:
		return optim.GradientDescent{WeightDecay: s.decay}
	}
}

func (s *Settings) rates() optim.Schedule {
	var rates optim.Schedule = optim.Constant{}
	if s.schedule.is(scheduleCosine) {
		rates = optim.Cosine{Final: s.finalLR}
	}
	if s.warmUp > 0 {
		rates = optim.WarmUp{Steps: s.warmUp, Then: rates}
	}
	return rates
}

func (s *Settings) loss() inverse.Loss { return inverse.SoftmaxCrossEntropy{Smoothing: s.smoothing} }

// JSON is all settings by their names.
func (s Settings) JSON() string {
	values := map[string]string{}
	for _, f := range s.Fields() {
		values[f.Name] = f.Value.String()
	}
	text, err := json.Marshal(values)
	if err != nil {
		panic(err) // a map of strings
	}
	return string(text)
}
