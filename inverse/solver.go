package inverse

import (
	"unsafe"

	"github.com/inversenet/inversenet/kernels"
)

// A Solver inverts a generator, and takes gradients back through the inversion.
// It owns the memory it works in: calls allocate nothing after the first one of
// a size. A Solver is for one goroutine at a time; it uses as many as its
// [Compute] says.
type Solver[T Float] struct {
	table     *kernels.Table[T]
	generator Generator[T]
	inner     Inner
	engine    engine[T]
	lanes     []*lane[T]
	invert    *team
	adjoint   *team
	work      work
	reduce    *reduction[T]
	partials  []T // one for each shard
	shards    shards
	call      solverCall[T]

	params, grads [][]T // of the generator, and where its gradient goes
	result        gradients[T]
	stats         *Stats
	narrow        *Solver[T] // for few samples, see forSmall
}

// lane is what one goroutine of a solver works in.
type lane[T Float] struct {
	panel   panel[T]
	solve   worker[T]
	keep    worker[T]
	lambda  []T
	suspect bool // a result was not finite
}

// solverCall holds the arguments of the call in progress.
type solverCall[T Float] struct{ z, x, lambda Matrix[T] }

// NewSolver returns a solver for the generator, which it keeps a reference to:
// changed parameters take effect in the next call. It returns an error when a
// setting is out of range, and panics when the generator's shapes do not fit.
//
// The form [Auto] is chosen for large batches; see [Solver.Form].
func NewSolver[T Float](g Generator[T], inner Inner, c Compute[T]) (*Solver[T], error) {
	checkShapes(g)
	if err := c.validate(); err != nil {
		return nil, err
	}
	s := &Solver[T]{table: c.table(), generator: g, inner: inner}
	const manySamples = 1 << 10
	var err error
	if s.engine, err = newEngine(s.table, g, inner, manySamples, learned{}, false); err != nil {
		return nil, err
	}
	s.lanes = make([]*lane[T], c.threads())
	for i := range s.lanes {
		s.lanes[i] = &lane[T]{solve: s.engine.newWorker(false), panel: panel[T]{wantStart: true}}
	}
	s.reduce = newReduction(s.table, len(s.lanes))
	s.work = newWork(g, inner, s.Form())
	s.invert = newTeam(len(s.lanes), s.invertPanel)
	s.adjoint = newTeam(len(s.lanes), s.adjointShard)
	return s, nil
}

// Invert runs the inner steps from the latents in z on the observations in x,
// samples as rows, and leaves the result in z.
//
// It returns an error, with z unchanged, when x or z hold NaN or Inf, and a
// [DivergenceError], with z holding what came of it, when the result is not
// finite. It panics, before it writes, when shapes do not fit.
func (s *Solver[T]) Invert(z, x Matrix[T]) error {
	if err := s.check(z, x); err != nil || x.Rows == 0 {
		return err
	}
	on := s.forSmall(x.Rows)
	on.stats = s.stats
	on.load(z, x, Matrix[T]{})
	on.invert.do(panelCount(x.Rows, on.table.Width()), on.work.of(x.Rows, false))
	if on.suspect() && z.checkFinite("z") != nil {
		return s.diverged(x.Rows)
	}
	return nil
}

// suspect reports, once, whether a panel's result was not finite, be it in a lane
// without a sample.
func (s *Solver[T]) suspect() (any bool) {
	for _, l := range s.lanes {
		any = any || l.suspect
		l.suspect = false
	}
	return any
}

// forSmall returns the solver to run a batch of the given size on: for a few
// samples, one whose panels are half as wide. A linear inversion has the same
// bits on AVX2 and AVX-512: each sum is the same chain of fused multiply-adds.
func (s *Solver[T]) forSmall(samples int) *Solver[T] {
	if _, linear := s.generator.(*Linear[T]); !linear || s.table.ISA() != kernels.AVX512 || samples > s.table.Width()/2 {
		return s
	}
	if s.narrow == nil {
		inner := s.inner
		inner.Form = s.Form()
		narrow, err := kernels.For[T](kernels.AVX2)
		if err != nil {
			return s
		}
		if s.narrow, err = NewSolver(s.generator, inner, Compute[T]{Threads: 1, Kernels: narrow}); err != nil {
			s.narrow = s
		}
	}
	return s.narrow
}

// Form is the form that the solver runs.
func (s *Solver[T]) Form() Form { return s.engine.form() }

func (s *Solver[T]) invertPanel(worker, i int) {
	l := s.lanes[worker]
	s.fill(l, i)
	p := &l.panel
	z := l.solve.forward(p)
	l.suspect = l.suspect || !finite(z[:s.call.z.Cols*s.table.Width()])
	s.table.Unpack(s.call.z.Data[p.first*s.call.z.Stride:], z, p.samples, s.call.z.Cols, s.call.z.Stride)
	if s.stats != nil {
		s.record(l.solve, p, z)
	}
}

// Backpropagate takes the gradient λ = ∂L/∂z_N of a loss back through all inner
// steps from the starts z0 on the observations x, samples as rows. It sets the
// parameters of grad, a generator of the same shapes, to the derivatives of L in
// the generator's, and λ to ∂L/∂z₀.
//
// Errors and panics are those of [Solver.Invert].
func (s *Solver[T]) Backpropagate(grad Generator[T], lambda, z0, x Matrix[T]) error {
	g := s.generator
	lambda.mustBe("lambda", x.Rows, g.Latents())
	s.params, s.grads = values(s.params[:0], g), values(s.grads[:0], grad)
	checkGradient(s.grads, s.params)
	if err := differentiable(g); err != nil {
		return err
	}
	if err := s.check(z0, x); err != nil {
		return err
	}
	if err := lambda.checkFinite("lambda"); err != nil {
		return err
	}
	s.load(z0, x, lambda)
	s.shards = newShards(panelCount(x.Rows, s.table.Width()))
	n := s.engine.partialLen()
	s.partials = resize(s.partials, max(1, s.shards.count)*n)
	clear(s.partials)
	s.adjoint.do(s.shards.count, s.work.of(x.Rows, true))
	s.reduce.sum(s.partials, n, s.shards.count)
	s.result.generator = s.grads
	s.engine.gradient(&s.result, s.partials[:n])
	if lambda.checkFinite("lambda") != nil || checkParameters(grad) != nil {
		return s.diverged(x.Rows)
	}
	return nil
}

func (s *Solver[T]) adjointShard(worker, shard int) {
	l := s.lanes[worker]
	if l.keep == nil {
		l.keep = s.engine.newWorker(true)
		l.lambda = make([]T, s.table.PaddedRows(s.generator.Latents())*s.table.Width())
	}
	n := s.engine.partialLen()
	partial := s.partials[shard*n : (shard+1)*n]
	out := s.call.lambda
	for i := range s.shards.panels(shard) {
		s.fill(l, i)
		p := &l.panel
		rows := out.Data[p.first*out.Stride:]
		s.table.Pack(l.lambda, rows, p.samples, out.Cols, out.Stride)
		l.keep.forward(p)
		s.table.Unpack(rows, l.keep.backward(p, l.lambda, partial), p.samples, out.Cols, out.Stride)
	}
}

// fill packs panel i of the call's batch.
func (s *Solver[T]) fill(l *lane[T], i int) {
	l.panel.place(s.table, i, s.call.x.Rows, s.generator.Latents(), s.generator.Pixels())
	p := &l.panel
	p.setX(s.table, s.call.x.Slice(p.first, p.first+p.samples))
	p.setZ0(s.table, s.call.z.Slice(p.first, p.first+p.samples))
}

func (s *Solver[T]) load(z, x, lambda Matrix[T]) {
	s.call = solverCall[T]{z: z, x: x, lambda: lambda}
	s.engine.load(x.Rows)
}

func (s *Solver[T]) check(z, x Matrix[T]) error {
	g := s.generator
	checkShapes(g)
	x.mustBe("x", -1, g.Pixels())
	z.mustBe("z", x.Rows, g.Latents())
	if err := x.checkFinite("x"); err != nil {
		return err
	}
	if err := z.checkFinite("z"); err != nil {
		return err
	}
	return checkParameters(g)
}

func (s *Solver[T]) diverged(samples int) error {
	return divergence(s.generator, s.inner, samples, -1)
}

func resize[S any](s []S, n int) []S {
	if cap(s) < n {
		return make([]S, n)
	}
	return s[:n]
}

func sizeof[T Float]() int {
	var x T
	return int(unsafe.Sizeof(x))
}
