package inverse

import (
	"context"
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Solver inverts a generator, and takes gradients back through the inversion.
// It owns the memory it works in: calls allocate nothing after the first one of
// a size. A Solver is for one goroutine at a time; it uses as many as its
// [Compute] says.
type Solver[T Float] struct {
	generator Generator[T]
	inner     Inner
	compute   Compute[T]
	source    engine.Generator[T]
	run       *engine.Inversion[T]

	back *engine.Inversion[T] // for gradients besides the generator's
	want engine.Want          // that it computes

	params, grads [][]T
	result        engine.Gradients[T]
	stats         *Stats
	scale         float64 // r of the call in progress
	record        func(sample int, o engine.Outcome)
}

// NewSolver returns a solver for the generator, which it keeps a reference to:
// changed parameters take effect in the next call, also where their slices were
// replaced by others of the same shapes. It returns an error when a setting is out
// of range, and panics when the generator's shapes do not fit.
//
// A form that is left to choose is chosen once: here, for the Samples and Calls of
// c, or by the first call. It decides about the last digits, so that a solver gives
// a sample the same bits alone and in any batch.
func NewSolver[T Float](g Generator[T], inner Inner, c Compute[T]) (*Solver[T], error) {
	if err := checkGenerator("generator", g); err != nil {
		return nil, err
	}
	if err := c.validate(); err != nil {
		return nil, err
	}
	s := &Solver[T]{generator: g, inner: inner.clone(), compute: c}
	describe(&s.source, g)
	if err := inner.Validate(s.source.Latents); err != nil {
		return nil, err
	}
	if err := applies(g, &s.source, inner); err != nil {
		return nil, err
	}
	if inner.form() != Auto || !s.source.Affine() || c.Samples > 0 {
		s.plan(engine.Workload{Samples: c.Samples, Calls: c.Calls})
	}
	s.record = func(sample int, o engine.Outcome) { s.stats.record(sample, o, s.scale) }
	return s, nil
}

// plan fixes the form for a workload, unless that was done before.
func (s *Solver[T]) plan(w engine.Workload) {
	if s.run == nil {
		s.run = s.inversion(s.inner.settings(false), engine.Want{}, w)
		s.run.Narrow()
	}
}

// inversion makes an engine that computes what is wanted.
func (s *Solver[T]) inversion(settings engine.Settings, want engine.Want, w engine.Workload) *engine.Inversion[T] {
	return engine.NewInversion(engine.New(s.compute.table(), &s.source, settings, want, w, s.compute.threads()), s.compute.threads())
}

// applies returns an error for settings that do not go with the generator.
func applies[T Float](g Generator[T], d *engine.Generator[T], in Inner) error {
	if _, spectral := g.(interface{ LambdaMax() float64 }); in.AutoStep && !spectral {
		return fmt.Errorf("automatic step sizes need a generator that knows its LambdaMax, %T does not: set LearningRate", g)
	}
	if d.Affine() {
		return nil
	}
	switch in.Differentiation.(type) {
	case Closed, Forward:
		return fmt.Errorf("%v differentiation applies to linear generators, not to %T", in.Differentiation, g)
	}
	if f := in.form(); f == GramForm || f == ClosedForm || f == ExactForm {
		return fmt.Errorf("the %v form applies to linear generators, not to %T", f, g)
	}
	return nil
}

// Form is the form that the solver runs; [Auto] before it is chosen, see [NewSolver].
func (s *Solver[T]) Form() Form {
	if s.run == nil {
		return Auto
	}
	return Form(s.run.Form())
}

// Invert runs the inner steps from the latents in z on the observations in x,
// samples as rows, and leaves the result in z. In [ExactForm] that is the minimiser.
//
// It returns an error, with z unchanged, when x, z or a parameter hold NaN or Inf,
// and a [DivergenceError], with z holding what came of it, when the result is not
// finite. It panics, before it writes, when shapes do not fit or z shares memory
// with x or the generator's parameters.
func (s *Solver[T]) Invert(z, x Matrix[T]) error {
	return s.InvertContext(context.Background(), z, x, nil)
}

// InvertContext is [Solver.Invert] that also fills st, unless that is nil, whose
// slices it reuses where they are long enough. When the context ends first, it
// returns the context's error within a step, or a sample in [ExactForm], and z holds
// what was reached.
func (s *Solver[T]) InvertContext(ctx context.Context, z, x Matrix[T], st *Stats) error {
	if err := s.checkInvert(z, x); err != nil {
		return err
	}
	if st != nil {
		st.reset(x.Rows)
	}
	if err := ctx.Err(); err != nil || x.Rows == 0 {
		return err
	}
	s.plan(engine.Workload{Samples: x.Rows})
	defer halting(ctx, s.run)()
	var record func(int, engine.Outcome)
	if st != nil {
		s.stats, record = st, s.record
		defer func() { s.stats = nil }()
	}
	s.scale = s.inner.scale(x.Cols, x.Rows)
	clean, err := s.run.Invert(&s.source, s.scale, engine.Batch[T](z), engine.Batch[T](x), record)
	if err != nil {
		return public(err)
	}
	if !clean && z.checkFinite("z") != nil {
		return s.diverged()
	}
	return ctx.Err()
}

// Backpropagate takes the gradient lambda = ∂L/∂z_N of a loss back through all
// inner steps from the starts z0 on the observations x, samples as rows, and sets
// what g asks for.
//
// Errors and panics are those of [Solver.Invert]; besides, a derivative that does
// not exist is an error, before anything is written, and [Implicit] differentiation
// has a [MinimumError]. With an error that comes later, what g holds means nothing.
// What g is to receive must share no memory with anything else, but Start with lambda.
func (s *Solver[T]) Backpropagate(g *Gradients[T], lambda, z0, x Matrix[T]) error {
	lambda.mustBe("lambda", x.Rows, s.generator.Latents())
	s.params, s.grads = values(s.params[:0], s.generator), s.grads[:0]
	if g.Generator != nil {
		s.grads = values(s.grads, g.Generator)
		checkGradient(s.grads, s.params)
	}
	if err := s.checkBack(g, lambda, z0, x); err != nil {
		return err
	}
	if x.Rows == 0 {
		g.zero(s.grads)
		return nil
	}
	s.plan(engine.Workload{Samples: x.Rows, Training: true})
	run := s.adjoint(g.want())
	if g.Generator == nil { // somewhere they must go
		s.grads = append(s.grads, like(s.generator.Parameters())...)
	}
	s.result.Generator = s.grads
	err := run.Backpropagate(&s.source, s.inner.scale(x.Cols, x.Rows), &s.result,
		engine.Batch[T](lambda), engine.Batch[T](z0), engine.Batch[T](x), engine.Batch[T](g.X), engine.Batch[T](g.Start))
	if err != nil {
		return public(err)
	}
	g.take(&s.result, s.inner)
	if !g.finite(s.grads) {
		return s.diverged()
	}
	return nil
}

// checkBack checks the arguments of Backpropagate.
func (s *Solver[T]) checkBack(g *Gradients[T], lambda, z0, x Matrix[T]) error {
	for _, m := range []struct {
		name string
		m    Matrix[T]
		cols int
	}{{"Start", g.Start, z0.Cols}, {"X", g.X, x.Cols}} {
		if m.m.Rows == 0 {
			continue
		}
		m.m.mustBe(m.name, x.Rows, m.cols)
		mustBeApart(m.name, m.m, "z0", z0)
		mustBeApart(m.name, m.m, "x", x)
		m.m.mustSpare(m.name, s.params, "the generator's parameters")
	}
	for _, m := range []Matrix[T]{lambda, z0, x, g.Start, g.X} {
		m.mustSpare("an argument", s.grads, "the gradient of the generator")
	}
	mustBeApart("X", g.X, "lambda", lambda)
	mustBeApart("X", g.X, "Start", g.Start)
	if err := differentiable(s.generator); err != nil {
		return err
	}
	if err := g.validate(s.inner, s.generator); err != nil {
		return err
	}
	if err := s.check(z0, x); err != nil {
		return err
	}
	return lambda.checkFinite("lambda")
}

// adjoint returns the inversion that computes what is wanted.
func (s *Solver[T]) adjoint(want engine.Want) *engine.Inversion[T] {
	if want == (engine.Want{}) {
		return s.run
	}
	if s.back == nil || s.want != want {
		settings := s.inner.settings(want.Steps)
		settings.Form = s.run.Form()
		s.back, s.want = s.inversion(settings, want, engine.Workload{}), want
		n := max(1, len(s.inner.StepSizes))
		s.result = engine.Gradients[T]{LogSteps: make([]float64, n), Thresholds: make([]float64, s.source.Latents)}
	}
	return s.back
}

// checkInvert is check for latents that are written to.
func (s *Solver[T]) checkInvert(z, x Matrix[T]) error {
	x.mustBe("x", -1, -1)
	z.mustBe("z", -1, -1)
	mustBeApart("z", z, "x", x)
	if known, ok := ownOf(s.generator); ok {
		s.params = known.appendValues(s.params[:0])
		z.mustSpare("z", s.params, "the generator's parameters")
	}
	return s.check(z, x)
}

// check takes over the generator, and returns an error for numbers that are not
// finite.
func (s *Solver[T]) check(z, x Matrix[T]) error {
	pixels, latents := s.source.Pixels, s.source.Latents
	describe(&s.source, s.generator)
	if s.source.Pixels != pixels || s.source.Latents != latents {
		panic(fmt.Sprintf("inverse: the generator has %d pixels and %d latents, it had %d and %d when the solver was made: make a new one",
			s.source.Pixels, s.source.Latents, pixels, latents))
	}
	known := s.run != nil && s.run.Knows(&s.source)
	x.mustBe("x", -1, s.source.Pixels)
	z.mustBe("z", x.Rows, s.source.Latents)
	if err := x.checkFinite("x"); err != nil {
		return err
	}
	if err := z.checkFinite("z"); err != nil {
		return err
	}
	if known {
		return nil
	}
	return checkParameters(s.generator)
}

func (s *Solver[T]) diverged() error {
	return divergence(s.generator, s.inner, s.run.LargestStep(), -1)
}
