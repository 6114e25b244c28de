package experiment

import (
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/distort"
	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// startModel is the model that training starts from; z0 are the latents that
// inversions start from, without rows for zeros.
func startModel[T inverse.Float](j *Job) (m *inverse.Model[T], z0 inverse.Matrix[T], err error) {
	s := &j.Settings
	rng := rand.New(rand.NewPCG(uint64(s.seed), 1))
	m = &inverse.Model[T]{}
	generator := inverse.NewLinear[T](j.Train.Pixels, j.Latents(), !s.bias.is(biasNone))
	m.Generator = generator
	mean := meanRow(j.Train)
	if s.bias.is(biasMean) {
		for i, v := range mean {
			generator.Bias[i] = T(v)
		}
	}
	if s.initial.is(startNotebook) {
		start, w, _ := randomstate.NotebookStart(s.seed, s.latents, j.Train.Pixels, j.Train.Rows, 0)
		z0 = sampleRows[T](s.latents, j.Train.Rows, start)
		generator.W = inverse.FromFloat64[T](j.Train.Pixels, s.latents, w)
	} else {
		randomAtoms(generator, j.Train, mean, s, rng)
	}
	m.Head = startHead[T](j, rng)
	m.Inner = startInner(generator, j)
	return m, z0, nil
}

// randomAtoms draws columns of one norm: in random directions, or those in which
// random training images lie from their mean.
func randomAtoms[T inverse.Float](g *inverse.Linear[T], d dataset.Dataset, mean []float64, s *Settings, rng *rand.Rand) {
	atom := make([]float64, d.Pixels)
	for k := range g.Latents() {
		row := rng.IntN(d.Rows)
		var squares float64
		for i := range atom {
			atom[i] = rng.NormFloat64()
			if s.initial.is(startImages) {
				atom[i] = d.X[row*d.Pixels+i] - mean[i]
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

func meanRow(d dataset.Dataset) []float64 {
	mean := make([]float64, d.Pixels)
	for i := range d.Rows {
		for k, v := range d.X[i*d.Pixels : (i+1)*d.Pixels] {
			mean[k] += v / float64(d.Rows)
		}
	}
	return mean
}

func startHead[T inverse.Float](j *Job, rng *rand.Rand) inverse.Generator[T] {
	s := &j.Settings
	switch s.head.kind {
	case headLinear:
		head := inverse.NewLinear[T](len(j.Classes), s.latents, true)
		for i := range head.W.Data {
			head.W.Data[i] = T(rng.NormFloat64() * s.headNorm / math.Sqrt(float64(s.latents)))
		}
		return head
	case headPerceptron:
		sizes := append(append([]int{s.latents}, s.head.hidden...), len(j.Classes))
		return inverse.NewMLP[T](sizes, kernels.ReLU, rng)
	default:
		return nil
	}
}

// startInner is the inversion that training starts with.
func startInner[T inverse.Float](g *inverse.Linear[T], j *Job) inverse.Inner {
	s := &j.Settings
	in := inverse.Inner{
		Steps:        s.innerSteps,
		LearningRate: s.innerLR,
		Reduction:    must(inverse.ParseReduction(s.reduction.value)),
		Momentum:     inverse.Momentum{Method: must(inverse.ParseMethod(s.momentum.value)), Mu: s.mu},
		Ridge:        s.ridge,
		Prox:         inverse.Prox{Kind: must(inverse.ParseProxKind(s.prox.value))},
	}
	if in.Reduction == inverse.MeanAll {
		in.Samples = j.batch()
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

// must is the value of a name that has been checked.
func must[V any](v V, err error) V {
	if err != nil {
		panic(err)
	}
	return v
}

// distortions makes what distorts training images, or is nil where nothing is to
// be distorted or rows are no images.
func distortions[T inverse.Float](j *Job) (func() inverse.Augment[T], error) {
	s, shape := j.Settings.distort, j.Train.Shape
	if s.Scale == 0 && s.Shear == 0 && s.Rotation == 0 && s.Shift == 0 || shape.Height == 1 || shape.Width == 1 {
		return nil, nil
	}
	if _, err := distort.New[T](shape.Height, shape.Width, s); err != nil {
		return nil, usage.Error(err)
	}
	return func() inverse.Augment[T] {
		d := must(distort.New[T](shape.Height, shape.Width, s))
		return func(x []T, rng *rand.Rand) { d.Apply(x, x, 1, rng) }
	}, nil
}
