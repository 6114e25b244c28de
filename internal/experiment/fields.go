package experiment

import "math"

// Field is a setting by its name, which is also that of its flag: what it is, for
// help texts, and its value as text.
type Field struct {
	Name, Help string
	Value      Value
}

// Value is a setting as text. Type is what a help text calls it.
type Value interface {
	String() string
	Set(text string) error
	Type() string
}

// limited is a value that knows whether it is within its limits.
type limited interface{ check(name string) error }

// Fields are the settings by their names, in the order of help texts. Setting a
// value changes s.
func (s *Settings) Fields() []Field {
	fields := append(s.dataFields(), s.modelFields()...)
	fields = append(fields, s.startFields()...)
	fields = append(fields, s.trainingFields()...)
	return append(fields, s.distortFields()...)
}

func (s *Settings) dataFields() []Field {
	return []Field{
		{"train-rows", "rows to train on, counted from 0, the last excluded", &s.trainRows},
		{"test-rows", "rows to test on, or none", &s.testRows},
		{"seed", "seed of the starting values and of all that is random later", seed{&s.seed}},
		{"precision", "f32 or f64", s.precision.bind("f32|f64", float32Precision, float64Precision)},
		{"scaling", "of the data: none, by the range of all numbers, or columns, each by its mean and deviation",
			s.scaling.bind("HOW", scalingNone, scalingRange, scalingColumns)},
	}
}

func (s *Settings) modelFields() []Field {
	return []Field{
		{"latents", "K, the elements of the latent z; 0 for one to each class, without a head", whole{&s.latents, 0, maxLatents}},
		{"head", "what reads the latents: none (they are the outputs), linear, or a perceptron's hidden `WIDTHS`, such as 64 or 128,64", &s.head},
		{"bias", "of the generator, at the start: none, zero or mean, the mean image", s.bias.bind("HOW", biasNone, biasZero, biasMean)},
		{"inner-steps", "N, gradient steps of an inversion", whole{&s.innerSteps, 1, maxInnerSteps}},
		{"inner-lr", "α, the learning rate of an inversion; 0 to go by --inner-step", real{&s.innerLR, math.Inf(1)}},
		{"inner-step", "the inner step at the start in parts of 1/λmax(WᵀW), below 2", real{&s.innerStep, math.Inf(1)}},
		{"reduction", "how squared errors become the inner loss: sum, mean-pixels or mean-all", s.reduction.bind("NAME", "sum", "mean-pixels", "mean-all")},
		{"prox", "constraint that ends an inner step: none, non-negative, soft or non-negative-soft",
			s.prox.bind("NAME", "none", "non-negative", "soft", "non-negative-soft")},
		{"threshold", "of the soft constraints, at the start", signed{&s.threshold}},
		{"momentum", "of inner steps: plain, heavy-ball, nesterov or fista", s.momentum.bind("NAME", "plain", "heavy-ball", "nesterov", "fista")},
		{"mu", "μ of heavy-ball and nesterov", real{&s.mu, 1}},
		{"ridge", "weight of ½‖z‖² in the inner loss", real{&s.ridge, math.Inf(1)}},
	}
}

func (s *Settings) startFields() []Field {
	return []Field{
		{"init", "of the generator: notebook, normal, or images of the training rows", s.initial.bind("HOW", startNotebook, startNormal, startImages)},
		{"atom-norm", "norm of the atoms, at the start", real{&s.atomNorm, math.Inf(1)}},
		{"head-norm", "deviation of a head's weights times √K, at the start", real{&s.headNorm, math.Inf(1)}},
	}
}

func (s *Settings) trainingFields() []Field {
	return []Field{
		{"outer-lr", "γ, the learning rate of the generator", real{&s.outerLR, math.Inf(1)}},
		{"outer-steps", "M, training iterations; -1 for as many as --epochs take", whole{&s.outerSteps, -1, maxOuterSteps}},
		{"epochs", "passes over the training rows", whole{&s.epochs, 0, maxOuterSteps}},
		{"batch", "samples of an iteration; 0 for all", whole{&s.batch, 0, maxOuterSteps}},
		{"head-lr", "β, the learning rate of the head", real{&s.headLR, math.Inf(1)}},
		{"learn-lr", "learning rate of inner steps and thresholds", real{&s.learnLR, math.Inf(1)}},
		{"learn-steps", "learn the size of each inner step", truth{&s.learnSteps}},
		{"learn-thresholds", "learn a threshold for each latent", truth{&s.learnThreshold}},
		{"optimizer", "gradient, momentum, nesterov or adam (with a decay: AdamW)",
			s.optimizer.bind("NAME", optimizerGradient, optimizerMomentum, optimizerNesterov, optimizerAdam)},
		{"decay", "weight decay of the matrices", real{&s.decay, math.Inf(1)}},
		{"schedule", "of the learning rates: constant or cosine", s.schedule.bind("NAME", scheduleConstant, scheduleCosine)},
		{"final-lr", "where the cosine ends, as a part of the learning rates", real{&s.finalLR, math.Inf(1)}},
		{"warm-up", "iterations over which learning rates rise at the start", whole{&s.warmUp, 0, maxOuterSteps}},
		{"clip", "largest norm of a gradient; 0 for any", real{&s.clip, math.Inf(1)}},
		{"smoothing", "label smoothing ε, from 0 to below 1", real{&s.smoothing, 1}},
	}
}

func (s *Settings) distortFields() []Field {
	d := &s.distort
	return []Field{
		{"distort-scale", "largest stretch of a training image along an axis, a part of 1", real{&d.Scale, 1}},
		{"distort-shear", "largest shear, pixels a pixel", real{&d.Shear, 1}},
		{"distort-rotation", "largest rotation, in radians", real{&d.Rotation, math.Pi}},
		{"distort-shift", "largest shift along an axis, in pixels", real{&d.Shift, 1 << 15}},
		{"distort-bicubic", "interpolate distorted images by cubics", truth{&d.Bicubic}},
	}
}
