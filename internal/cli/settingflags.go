package cli

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/pflag"
)

// flags returns a flag for each setting, with the present values as defaults.
func (s *settings) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("settings", pflag.ContinueOnError)
	f.SortFlags = false
	f.Var(&s.trainRows, "train-rows", "rows to train on, counted from 0, the last excluded")
	f.Var(&s.testRows, "test-rows", "rows to test on, or none")
	f.Uint32Var(&s.seed, "seed", s.seed, "seed of the starting values and of all that is random later")
	f.Var(s.precision.bind("f32|f64", float32Precision, float64Precision), "precision", "f32 or f64")
	f.Var(s.scaling.bind("HOW", scalingNone, scalingRange, scalingColumns), "scaling", "of the data: none, by the range of all numbers, or columns, each by its mean and deviation")
	s.modelFlags(f)
	s.trainingFlags(f)
	return f
}

// modelFlags are those of the model and its start.
func (s *settings) modelFlags(f *pflag.FlagSet) {
	f.IntVar(&s.latents, "latents", s.latents, "K, the elements of the latent z; 0 for one to each class, without a head")
	f.Var(&s.head, "head", "what reads the latents: none (they are the outputs), linear, or a perceptron's hidden `WIDTHS`, such as 64 or 128,64")
	f.Var(s.bias.bind("HOW", biasNone, biasZero, biasMean), "bias", "of the generator, at the start: none, zero or mean, the mean image")
	f.IntVar(&s.innerSteps, "inner-steps", s.innerSteps, "N, gradient steps of an inversion")
	f.Float64Var(&s.innerLR, "inner-lr", s.innerLR, "α, the learning rate of an inversion; 0 to go by --inner-step")
	f.Float64Var(&s.innerStep, "inner-step", s.innerStep, "the inner step at the start in parts of 1/λmax(WᵀW), below 2")
	f.Var(s.reduction.bind("NAME", "sum", "mean-pixels", "mean-all"), "reduction", "how squared errors become the inner loss: sum, mean-pixels or mean-all")
	f.Var(s.prox.bind("NAME", "none", "non-negative", "soft", "non-negative-soft"), "prox", "constraint that ends an inner step: none, non-negative, soft or non-negative-soft")
	f.Float64Var(&s.threshold, "threshold", s.threshold, "of the soft constraints, at the start")
	f.Var(s.momentum.bind("NAME", "plain", "heavy-ball", "nesterov", "fista"), "momentum", "of inner steps: plain, heavy-ball, nesterov or fista")
	f.Float64Var(&s.mu, "mu", s.mu, "μ of heavy-ball and nesterov")
	f.Float64Var(&s.ridge, "ridge", s.ridge, "weight of ½‖z‖² in the inner loss")
	f.Var(s.initial.bind("HOW", startNotebook, startNormal, startImages), "init", "of the generator: notebook, normal, or images of the training rows")
	f.Float64Var(&s.atomNorm, "atom-norm", s.atomNorm, "norm of the atoms, at the start")
	f.Float64Var(&s.headNorm, "head-norm", s.headNorm, "deviation of a head's weights times √K, at the start")
}

// trainingFlags are those of how training goes on.
func (s *settings) trainingFlags(f *pflag.FlagSet) {
	f.Float64Var(&s.outerLR, "outer-lr", s.outerLR, "γ, the learning rate of the generator")
	f.IntVar(&s.outerSteps, "outer-steps", s.outerSteps, "M, training iterations; -1 for as many as --epochs take")
	f.IntVar(&s.epochs, "epochs", s.epochs, "passes over the training rows")
	f.IntVar(&s.batch, "batch", s.batch, "samples of an iteration; 0 for all")
	f.Float64Var(&s.headLR, "head-lr", s.headLR, "β, the learning rate of the head")
	f.Float64Var(&s.learnLR, "learn-lr", s.learnLR, "learning rate of inner steps and thresholds")
	f.BoolVar(&s.learnSteps, "learn-steps", s.learnSteps, "learn the size of each inner step")
	f.BoolVar(&s.learnThreshold, "learn-thresholds", s.learnThreshold, "learn a threshold for each latent")
	f.Var(s.optimizer.bind("NAME", optimizerGradient, optimizerMomentum, optimizerNesterov, optimizerAdam), "optimizer", "gradient, momentum, nesterov or adam (with a decay: AdamW)")
	f.Float64Var(&s.decay, "decay", s.decay, "weight decay of the matrices")
	f.Var(s.schedule.bind("NAME", scheduleConstant, scheduleCosine), "schedule", "of the learning rates: constant or cosine")
	f.Float64Var(&s.finalLR, "final-lr", s.finalLR, "where the cosine ends, as a part of the learning rates")
	f.IntVar(&s.warmUp, "warm-up", s.warmUp, "iterations over which learning rates rise at the start")
	f.Float64Var(&s.clip, "clip", s.clip, "largest norm of a gradient; 0 for any")
	f.Float64Var(&s.smoothing, "smoothing", s.smoothing, "label smoothing ε, from 0 to below 1")
	f.Float64Var(&s.distort.Scale, "distort-scale", s.distort.Scale, "largest stretch of a training image along an axis, a part of 1")
	f.Float64Var(&s.distort.Shear, "distort-shear", s.distort.Shear, "largest shear, pixels a pixel")
	f.Float64Var(&s.distort.Rotation, "distort-rotation", s.distort.Rotation, "largest rotation, in radians")
	f.Float64Var(&s.distort.Shift, "distort-shift", s.distort.Shift, "largest shift along an axis, in pixels")
	f.BoolVar(&s.distort.Bicubic, "distort-bicubic", s.distort.Bicubic, "interpolate distorted images by cubics")
}

// choice is one of several names, as a flag value.
type choice struct {
	value   string
	kind    string
	allowed []string
}

// chosen is a choice that a recipe makes.
func chosen(value string) choice { return choice{value: value} }

// bind says what is allowed, and returns the choice.
func (c *choice) bind(kind string, allowed ...string) *choice {
	c.kind, c.allowed = kind, allowed
	return c
}

func (c choice) is(value string) bool { return c.value == value }

func (c choice) String() string { return c.value }

// Type names the value in help texts.
func (c choice) Type() string { return c.kind }

// Set accepts what is allowed.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		last := len(c.allowed) - 1
		return fmt.Errorf("want %s or %s", strings.Join(c.allowed[:last], ", "), c.allowed[last])
	}
	c.value = text
	return nil
}

type headKind int

const (
	headNone headKind = iota
	headLinear
	headPerceptron
)

// headFlag is a --head value.
type headFlag struct {
	kind   headKind
	hidden []int
}

func (h headFlag) String() string {
	switch h.kind {
	case headNone:
		return "none"
	case headLinear:
		return "linear"
	}
	text := make([]string, len(h.hidden))
	for i, n := range h.hidden {
		text[i] = strconv.Itoa(n)
	}
	return strings.Join(text, ",")
}

// Type names the value in help texts.
func (h headFlag) Type() string { return "none|linear|WIDTHS" }

// Set accepts none, linear, or the widths of hidden layers.
func (h *headFlag) Set(text string) error {
	switch text {
	case "none":
		*h = headFlag{}
		return nil
	case "linear":
		*h = headFlag{kind: headLinear}
		return nil
	}
	p := headFlag{kind: headPerceptron}
	for _, field := range strings.Split(text, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 || n > maxLatents || len(p.hidden) == 16 {
			return fmt.Errorf("want none, linear, or up to 16 widths of hidden layers, such as 64 or 128,64")
		}
		p.hidden = append(p.hidden, n)
	}
	*h = p
	return nil
}
