package inverse

import "fmt"

// A Status says how the inversion of a sample ended.
type Status int

const (
	// MaxSteps: all N steps were taken.
	MaxSteps Status = iota
	// Converged: the sample moved by no more than the tolerance.
	Converged
	// Diverged: its latents are not finite.
	Diverged
)

// String is max steps, converged or diverged.
func (s Status) String() string {
	if s < 0 || s > Diverged {
		return fmt.Sprintf("Status(%d)", int(s))
	}
	return [...]string{"max steps", "converged", "diverged"}[s]
}

// Stats is what an inversion tells about each of its samples.
type Stats struct {
	Iterations []int // steps taken
	Status     []Status
}

// InvertStats is [Solver.Invert] that also fills st, whose slices it reuses where
// they are long enough.
func (s *Solver[T]) InvertStats(z, x Matrix[T], st *Stats) error {
	st.Iterations, st.Status = resize(st.Iterations, x.Rows), resize(st.Status, x.Rows)
	s.stats = st
	defer func() { s.stats = nil }()
	return s.Invert(z, x)
}

// record notes how a panel's samples ended.
func (s *Solver[T]) record(w worker[T], p *panel[T], z []T) {
	u, stepping := w.(*unrolledWorker[T])
	for i := range p.samples {
		steps, status := s.inner.Steps, MaxSteps
		if stepping && s.inner.Tolerance > 0 && u.settledAt(i) {
			steps, status = u.stopAt[i], Converged
		}
		for k := range s.generator.Latents() {
			if v := z[k*s.table.Width()+i]; v-v != 0 {
				status = Diverged
			}
		}
		s.stats.Iterations[p.first+i], s.stats.Status[p.first+i] = steps, status
	}
}

// A Trace is the way an inversion went.
type Trace[T Float] struct {
	// Path holds the latents after 0, 1, … N steps, samples as rows. A sample that
	// stopped at the tolerance stays where it is.
	Path []Matrix[T]
	// Loss[n][i] is sample i's inner loss after n steps under the reduction: r·f(z)
	// with the f of [Inner]. Under [MeanAll] it is the sample's part of the mean.
	Loss  [][]float64
	Stats Stats
}

// Trace inverts like [Solver.Invert], from z and leaving the result there, and
// returns the latents and the inner loss after every step. A closed form is taken
// apart into its steps for this, so the last digits may differ from Invert's. It
// allocates what it returns.
func (s *Solver[T]) Trace(z, x Matrix[T]) (*Trace[T], error) {
	if err := s.check(z, x); err != nil {
		return nil, err
	}
	stepwise := *s
	stepwise.inner.Differentiation = nil
	if s.Form() == ClosedForm {
		stepwise.inner.Form = DirectForm
	}
	engine, err := newEngine(s.table, s.generator, stepwise.inner, max(1, x.Rows), learned{}, false)
	if err != nil {
		return nil, err
	}
	tr := newTrace[T](s.inner.Steps, x.Rows, s.generator.Latents())
	stepwise.stats, stepwise.engine = &tr.Stats, engine
	stepwise.call = solverCall[T]{z: z, x: x}
	engine.load(x.Rows)
	w := engine.newWorker(true).(*unrolledWorker[T])
	l := &lane[T]{panel: panel[T]{wantStart: true}}
	for i := range panelCount(x.Rows, s.table.Width()) {
		stepwise.fill(l, i)
		stepwise.record(w, &l.panel, w.forward(&l.panel))
		tr.take(w, &l.panel)
	}
	last := tr.Path[len(tr.Path)-1]
	for i := range z.Rows {
		copy(z.Row(i), last.Row(i))
	}
	stepwise.losses(tr, x)
	if z.checkFinite("z") != nil {
		return tr, s.diverged(x.Rows)
	}
	return tr, nil
}

func newTrace[T Float](steps, samples, latents int) *Trace[T] {
	tr := &Trace[T]{Stats: Stats{Iterations: make([]int, samples), Status: make([]Status, samples)}}
	for range steps + 1 {
		tr.Path = append(tr.Path, NewMatrix[T](samples, latents))
		tr.Loss = append(tr.Loss, make([]float64, samples))
	}
	return tr
}

// take copies a panel's latents after every step.
func (tr *Trace[T]) take(w *unrolledWorker[T], p *panel[T]) {
	for n, m := range tr.Path {
		w.table.Unpack(m.Data[p.first*m.Stride:], w.z(min(n, w.end)), p.samples, m.Cols, m.Stride)
	}
}

// losses computes the inner loss of every sample after every step.
func (s *Solver[T]) losses(tr *Trace[T], x Matrix[T]) {
	g := s.generator
	r := s.inner.scale(g.Pixels(), x.Rows)
	image := NewMatrix[T](x.Rows, g.Pixels())
	for n, z := range tr.Path {
		g.Generate(image, z)
		for i := range x.Rows {
			var f float64
			for j, v := range image.Row(i) {
				e := float64(v) - float64(x.Row(i)[j])
				f += e * e / 2
			}
			for _, v := range z.Row(i) {
				v := float64(v)
				f += s.inner.Ridge*v*v/2 + s.inner.Sparse*max(v, -v)
			}
			tr.Loss[n][i] = r * f
		}
	}
}
