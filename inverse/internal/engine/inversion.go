package engine

import (
	"math"

	"github.com/inversenet/inversenet/inverse/internal/team"
	"github.com/inversenet/inversenet/kernels"
)

// A Status says how the inversion of a sample ended.
type Status int

const (
	MaxSteps Status = iota
	Converged
	Diverged
	Stopped // from outside
)

// An Outcome is what an inversion tells about one of its samples.
type Outcome struct {
	Iterations int
	Status     Status
	Loss       float64 // f(z_N), not reduced
	Optimality float64 // ‖z_N − prox(z_N − s·∇f(z_N))‖/s
	Gap        float64 // f(z_N) is above its minimum by no more; NaN where no form knows
	Support    int     // latents that no bound and no threshold holds
}

// An Inversion runs an engine, forwards and backwards, on batches of samples.
type Inversion[T Float] struct {
	*Engine[T]
	threads int
	lanes   []*lane[T]
	invert  *team.Team
	adjoint *team.Team
	cost    work

	call   call[T]
	narrow *Inversion[T] // for few samples, see [Inversion.forSmall]
	mirror *mirror[T]

	reduce   *reduction[T]
	partials []T // one for each shard
	shards   shards
}

// call holds the arguments of the call in progress.
type call[T Float] struct {
	generator *Generator[T]
	z, x      Batch[T]
	record    func(sample int, o Outcome)

	lambda, gradX, start Batch[T] // Data nil where not wanted
}

// lane is what one goroutine works in.
type lane[T Float] struct {
	panel   panel[T]
	solve   worker[T]
	keep    worker[T]
	lambda  []T
	gradX   []T
	suspect bool // a result was not finite
	err     error
	judge   *judge[T]
}

// NewInversion prepares an inversion on so many goroutines.
func NewInversion[T Float](e *Engine[T], threads int) *Inversion[T] {
	v := &Inversion[T]{Engine: e, threads: threads, cost: e.work()}
	v.invert = team.New(1, v.invertPanel)
	v.adjoint = team.New(1, v.adjointShard)
	v.reduce = newReduction(e.table, 1)
	return v
}

// prepare makes lanes for so many jobs: no more than there is work for.
func (v *Inversion[T]) prepare(t *team.Team, jobs int) {
	n := max(1, min(v.threads, jobs))
	for len(v.lanes) < n {
		v.lanes = append(v.lanes, &lane[T]{panel: panel[T]{wantStart: true}})
	}
	t.Grow(n)
}

// Invert runs the inner steps from the latents in z on the observations in x, and
// leaves the result in z. It reports whether every panel was finite. record, unless
// nil, is called for each sample, from several goroutines.
func (v *Inversion[T]) Invert(g *Generator[T], r float64, z, x Batch[T], record func(sample int, o Outcome)) (clean bool, err error) {
	on := v.forSmall(x.Rows)
	if err := on.Load(g, r); err != nil {
		return false, err
	}
	on.call = call[T]{generator: g, z: z, x: x, record: record}
	panels := panelCount(x.Rows, on.table.Width())
	on.prepare(on.invert, panels)
	if record != nil {
		on.reflect(g)
	}
	on.invert.Do(panels, on.cost.of(x.Rows, false))
	on.call = call[T]{}
	clean = true
	for _, l := range on.lanes {
		clean = clean && !l.suspect
		l.suspect = false
	}
	return clean, nil
}

// Halt makes calls in progress, and those that follow, end soon, until Resume.
func (v *Inversion[T]) Halt() {
	v.halt.Store(true)
	if v.narrow != nil {
		v.narrow.halt.Store(true)
	}
}

// Resume takes Halt back.
func (v *Inversion[T]) Resume() {
	v.halt.Store(false)
	if v.narrow != nil {
		v.narrow.halt.Store(false)
	}
}

// forSmall returns the inversion to run a batch of the given size on: for a few
// samples, one whose panels are half as wide. A linear inversion has the same
// bits on AVX2 and AVX-512: each sum is the same chain of fused multiply-adds.
func (v *Inversion[T]) forSmall(samples int) *Inversion[T] {
	if v.narrow == nil || samples > v.table.Width()/2 {
		return v
	}
	return v.narrow
}

// Narrow prepares the second inversion of [Inversion.forSmall].
func (v *Inversion[T]) Narrow() {
	if !v.shape.Affine() || v.table.ISA() != kernels.AVX512 || v.form == Exact {
		return // the exact form adds up along the vectors of its instruction set
	}
	if narrow, err := kernels.For[T](kernels.AVX2); err == nil {
		s := v.settings
		s.Form = v.form
		v.narrow = NewInversion(New(narrow, &v.shape, s, Want{}, Workload{}, 1), 1)
	}
}

func (v *Inversion[T]) invertPanel(worker, i int) {
	l := v.lanes[worker]
	if v.halt.Load() {
		return
	}
	if l.solve == nil {
		l.solve = v.newWorker(false)
	}
	v.fill(l, i)
	p, latents := &l.panel, v.shape.Latents
	z := l.solve.forward(p)
	l.suspect = l.suspect || !Finite(z[:latents*v.table.Width()])
	v.table.Unpack(v.call.z.from(p.first), z, p.samples, latents, v.call.z.Stride)
	if v.call.record != nil {
		v.judge(l, z)
	}
}

// fill packs panel i of the call's batch.
func (v *Inversion[T]) fill(l *lane[T], i int) {
	p, x, z := &l.panel, v.call.x, v.call.z
	p.place(v.table, i, x.Rows, z.Cols, x.Cols)
	p.setX(v.table, x.from(p.first), x.Cols, x.Stride)
	p.setZ0(v.table, z.from(p.first), z.Cols, z.Stride)
}

// Trace inverts like Invert, one panel after the other and step by step, and calls
// visit with the latents of each panel's samples, first to first+count, after every
// step n = 0 … N.
func (v *Inversion[T]) Trace(g *Generator[T], r float64, z, x Batch[T], visit func(n, first int, rows Batch[T]), record func(sample int, o Outcome)) error {
	if err := v.Load(g, r); err != nil {
		return err
	}
	v.call = call[T]{generator: g, z: z, x: x, record: record}
	v.prepare(v.invert, 1)
	v.reflect(g)
	l, latents := v.lanes[0], v.shape.Latents
	l.solve = v.newWorker(false)
	w := walkerOf(l.solve)
	rows := make([]T, v.table.Width()*latents)
	w.after = func(n int) {
		p := &l.panel
		v.table.Unpack(rows, w.z(n), p.samples, latents, latents)
		visit(n, p.first, Batch[T]{Rows: p.samples, Cols: latents, Stride: latents, Data: rows})
	}
	for i := range panelCount(x.Rows, v.table.Width()) {
		v.fill(l, i)
		z := w.forward(&l.panel)
		for n := w.end + 1; n <= v.settings.Steps; n++ {
			visit(n, l.panel.first, Batch[T]{Rows: l.panel.samples, Cols: latents, Stride: latents, Data: rows})
		}
		v.table.Unpack(v.call.z.from(l.panel.first), z, l.panel.samples, latents, v.call.z.Stride)
		v.judge(l, z)
	}
	w.after = nil
	v.call = call[T]{}
	return nil
}

// LargestStep is the largest step s in use.
func (e *Engine[T]) LargestStep() (s float64) {
	for _, size := range e.sizes {
		s = math.Max(s, size)
	}
	return s
}
