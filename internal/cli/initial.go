package cli

import (
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/internal/distort"
	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// startModel is the model that training starts from; z0 are the latents that
// inversions start from, without rows for zeros.
func startModel[T inverse.Float](j *trainJob) (m *inverse.Model[T], z0 inverse.Matrix[T], err error) {
	s := &j.settings
	rng := rand.New(rand.NewPCG(uint64(s.seed), 1))
	m = &inverse.Model[T]{}
	generator := inverse.NewLinear[T](j.train.pixels, j.latents(), !s.bias.is(biasNone))
	m.Generator = generator
	mean := meanRow(j.train)
	if s.bias.is(biasMean) {
		for i, v := range mean {
			generator.Bias[i] = T(v)
		}
	}
	if s.initial.is(startNotebook) {
		start, w, _ := randomstate.NotebookStart(s.seed, s.latents, j.train.pixels, j.train.rows, 0)
		z0 = sampleRows[T](s.latents, j.train.rows, start)
		generator.W = inverse.FromFloat64[T](j.train.pixels, s.latents, w)
	} else {
		randomAtoms(generator, j.train, mean, s, rng)
	}
	m.Head = startHead[T](j, rng)
	m.Inner = startInner(generator, s)
	return m, z0, nil
}

// randomAtoms draws columns of one norm: in random directions, or those in which
// random training images lie from their mean.
func randomAtoms[T inverse.Float](g *inverse.Linear[T], d dataset, mean []float64, s *settings, rng *rand.Rand) {
	atom := make([]float64, d.pixels)
	for k := range g.Latents() {
		row := rng.IntN(d.rows)
		var squares float64
		for i := range atom {
			atom[i] = rng.NormFloat64()
			if s.initial.is(startImages) {
				atom[i] = d.x[row*d.pixels+i] - mean[i]
			}
			squares += atom[i] * atom[i]
		}
		if squares == 0 { // an image that is the mean
			squares = 1
		}
		for i, v := range atom {
			g.W.Row(i)[k] = T(v * s.atomNorm / math.Sqrt(squares))
		}
	}
}

func meanRow(d dataset) []float64 {
	mean := make([]float64, d.pixels)
	for i := range d.rows {
		for k, v := range d.x[i*d.pixels : (i+1)*d.pixels] {
			mean[k] += v / float64(d.rows)
		}
	}
	return mean
}

func startHead[T inverse.Float](j *trainJob, rng *rand.Rand) inverse.Generator[T] {
	s := &j.settings
	switch s.head.kind {
	case headLinear:
		head := inverse.NewLinear[T](len(j.classes), s.latents, true)
		for i := range head.W.Data {
			head.W.Data[i] = T(rng.NormFloat64() * s.headNorm / math.Sqrt(float64(s.latents)))
		}
		return head
	case headPerceptron:
		sizes := append(append([]int{s.latents}, s.head.hidden...), len(j.classes))
		return inverse.NewMLP[T](sizes, kernels.ReLU, rng)
	default:
		return nil
	}
}

// startInner is the inversion that training starts with.
func startInner[T inverse.Float](g *inverse.Linear[T], s *settings) inverse.Inner {
	in := inverse.Inner{
		Steps:        s.innerSteps,
		LearningRate: s.innerLR,
		Reduction:    must(inverse.ParseReduction(s.reduction.value)),
		Momentum:     inverse.Momentum{Method: must(inverse.ParseMethod(s.momentum.value)), Mu: s.mu},
		Ridge:        s.ridge,
		Prox:         inverse.Prox{Kind: must(inverse.ParseProxKind(s.prox.value))},
	}
	if s.innerLR == 0 {
		// The step of a learning rate of 1, on batches of one sample.
		in.LearningRate = 1
		in.LearningRate = s.innerStep / max(g.LambdaMax(), math.SmallestNonzeroFloat32) / in.Step(g.Pixels(), 1)
	}
	if s.learnSteps {
		in.StepSizes = make([]float64, s.innerSteps)
		for n := range in.StepSizes {
			in.StepSizes[n] = in.LearningRate
		}
		in.LearningRate = 0
	}
	if s.soft() {
		in.Prox.Thresholds = make([]float64, g.Latents())
		for k := range in.Prox.Thresholds {
			in.Prox.Thresholds[k] = s.threshold
		}
	}
	return in
}

// must is the value of a name that its flag has checked.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// distortions makes what distorts training images, or is nil where nothing is to
// be distorted or rows are no images.
func distortions[T inverse.Float](j *trainJob) (func() inverse.Augment[T], error) {
	s, shape := j.settings.distort, j.train.imaging
	if s.Scale == 0 && s.Shear == 0 && s.Rotation == 0 && s.Shift == 0 || shape.height == 1 || shape.width == 1 {
		return nil, nil
	}
	if _, err := distort.New[T](shape.height, shape.width, s); err != nil {
		return nil, usageError{err}
	}
	return func() inverse.Augment[T] {
		d := must(distort.New[T](shape.height, shape.width, s))
		return func(x []T, rng *rand.Rand) { d.Apply(x, x, 1, rng) }
	}, nil
}

// startOf names where the inversions of a model start from.
func (s *settings) startOf() string {
	if s.initial.is(startNotebook) {
		return modelfile.StartNotebook
	}
	return modelfile.StartZeros
}
