package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Trace is the way an inversion went.
type Trace[T Float] struct {
	// Path holds the latents after 0, 1, … N steps, samples as rows. A sample that
	// stopped at the tolerance stays where it is.
	Path []Matrix[T]
	// Loss[n][i] is sample i's inner loss after n steps under the reduction: r·f(z)
	// with the f of [Inner]. Under [MeanAll] it is the sample's part of the mean.
	Loss [][]float64
	// Stats tells how each sample ended.
	Stats Stats
}

// Trace inverts like [Solver.Invert], from z and leaving the result there, and
// returns the latents and the inner loss after every step. A closed form is taken
// apart into its steps for this, so the last digits may differ from Invert's; the exact
// form has none, and no trace. It allocates what it returns; errors and panics are
// those of Invert.
func (s *Solver[T]) Trace(z, x Matrix[T]) (*Trace[T], error) {
	if s.inner.Form == ExactForm {
		return nil, fmt.Errorf("the exact form takes no steps that could be traced: trace the form direct or gram, whose steps approach the same latents")
	}
	if err := s.checkInvert(z, x); err != nil {
		return nil, err
	}
	r := s.inner.scale(s.source.Pixels, max(1, x.Rows))
	tr := newTrace[T](s.inner.Steps, x.Rows, s.source.Latents)
	if x.Rows == 0 {
		return tr, nil
	}
	settings := s.inner.settings(false)
	settings.Form, settings.Adjoint.Kind, settings.Adjoint.Stepwise = engine.Form(s.Form()), engine.Unrolled, true
	if s.Form() == ClosedForm {
		settings.Form = engine.Auto // of the forms that take steps
	}
	stepwise := engine.NewInversion(engine.New(s.compute.table(), &s.source, settings, engine.Want{}, engine.Workload{Samples: x.Rows}, 1), 1)
	err := stepwise.Trace(&s.source, r, engine.Batch[T](z), engine.Batch[T](x),
		func(n, first int, rows engine.Batch[T]) {
			for i := range rows.Rows {
				copy(tr.Path[n].Row(first+i), rows.Data[i*rows.Stride:i*rows.Stride+rows.Cols])
			}
		},
		func(sample int, o engine.Outcome) { tr.Stats.record(sample, o, r) })
	if err != nil {
		return nil, err
	}
	s.losses(tr, x, r)
	if z.checkFinite("z") != nil {
		return tr, divergence(s.generator, s.inner, stepwise.LargestStep(), -1)
	}
	return tr, nil
}

func newTrace[T Float](steps, samples, latents int) *Trace[T] {
	tr := &Trace[T]{}
	tr.Stats.reset(samples)
	for range steps + 1 {
		tr.Path = append(tr.Path, NewMatrix[T](samples, latents))
		tr.Loss = append(tr.Loss, make([]float64, samples))
	}
	return tr
}

// losses computes the inner loss of every sample after every step.
func (s *Solver[T]) losses(tr *Trace[T], x Matrix[T], r float64) {
	image := NewMatrix[T](x.Rows, s.source.Pixels)
	for n, z := range tr.Path {
		s.generator.Generate(image, z)
		for i := range x.Rows {
			var f float64
			for j, v := range image.Row(i) {
				e := float64(v) - float64(x.Row(i)[j])
				f += float64(e * e / 2)
			}
			for _, v := range z.Row(i) {
				v := float64(v)
				f += float64(s.inner.Ridge*v*v/2) + float64(s.inner.Sparse*max(v, -v))
			}
			tr.Loss[n][i] = r * f
		}
	}
}
