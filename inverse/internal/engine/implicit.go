package engine

import (
	"fmt"

	"github.com/inversenet/inversenet/kernels"
)

// A MinimumError says why a sample's latents are not the minimiser that implicit
// differentiation takes them for.
type MinimumError struct {
	Sample       int
	Free, Pixels int // latents that no bound holds, and elements of x
	Reason       string
}

func (e *MinimumError) Error() string {
	return fmt.Sprintf("no implicit gradient for sample %d, with %d free latents and %d pixels: %s", e.Sample, e.Free, e.Pixels, e.Reason)
}

// mostFactored is up to how many latents the curvature of a sample is factorised. With
// more, conjugate gradients need no matrix.
const mostFactored = 512

// minimum solves, for each sample of a panel, the condition that z_N minimises f
// for the change of z_N: with D the latents that no bound holds,
//
//	D·H·D·u = D·λ      H = ∇²f(z_N) + ridge
//
// in float64, by factorisation, or by conjugate gradients for many latents. What
// has no unique solution is an error: z_N is then no isolated minimiser, and has no
// derivative.
type minimum[T Float] struct {
	w      *walker[T]
	factor factor
	free   []int
	rhs    []float64

	// Of a linear generator, the curvature is the same for all samples.
	shared []float64
	loaded int
	// Of others, column k for every sample of the panel.
	columns [][]T
	unit    []T // the panel e_k
	zero    []T
	cg      *conjugate[T]
}

func newMinimum[T Float](w *walker[T]) *minimum[T] {
	t, size := w.table, w.table.PaddedRows(w.latents)*w.table.Width()
	m := &minimum[T]{w: w, zero: make([]T, size), unit: make([]T, size)}
	switch {
	case w.latents > mostFactored:
		m.cg = newConjugate(t, w.latents, w.settings)
	case w.curvature == nil:
		m.columns = panels[T](w.latents, size)
	}
	return m
}

// implicit takes λ back by the condition that z_N minimises f:
//
//	∂L/∂φ = −⟨u, ∂φ∇f(z_N)⟩      ∂L/∂ridge = −⟨u, z_N⟩      ∂L/∂sparse = −⟨u, sign(z_N)⟩
func (w *walker[T]) implicit(p parts[T]) ([]T, error) {
	b, z, last := w.back, w.z(w.end), max(0, w.settings.Steps-1)
	lo, hi := w.bounds(last)
	w.table.Gate(b.lambda, b.scaled, z, w.latents, w.panel.vecs, 1, w.settings.Prox.Shape, lo, hi)
	if err := b.minimum.solve(b.scaled, b.lambda, z, lo, hi); err != nil {
		return nil, err
	}
	u := b.scaled
	w.field.adjoint(w.settings.Steps, b.other, u, z, u, p.field)
	w.field.finish(p.field)
	if p.ridge != nil {
		p.ridge[0] += w.dot(u, z)
	}
	if p.sparse != nil {
		p.sparse[0] += w.dot(u, w.signs(w.end-1))
	}
	clear(b.other)
	return b.other, nil
}

// solve sets u for every sample.
func (m *minimum[T]) solve(u, lambda, z, lo, hi []T) error {
	if m.cg != nil {
		return m.cg.solve(m, u, lambda, z, lo, hi)
	}
	if m.columns != nil {
		m.linearise(z)
	}
	width := m.w.table.Width()
	for i := range m.w.panel.samples {
		free := m.freeOf(i, z, lo, hi)
		if err := m.factorise(i, free); err != nil {
			return err
		}
		m.rhs = m.rhs[:0]
		for _, k := range free {
			m.rhs = append(m.rhs, float64(lambda[k*width+i]))
		}
		m.factor.solve(m.rhs)
		for k := range m.w.latents {
			u[k*width+i] = 0
		}
		for n, k := range free {
			u[k*width+i] = T(m.rhs[n])
		}
	}
	return nil
}

// freeOf lists the latents of sample i that no bound holds.
func (m *minimum[T]) freeOf(i int, z, lo, hi []T) []int {
	width := m.w.table.Width()
	free := m.free[:0]
	for k := range m.w.latents {
		v := z[k*width+i]
		switch m.w.settings.Prox.Shape {
		case kernels.ProxClamp:
			if !(v > lo[k] && v < hi[k]) {
				continue
			}
		case kernels.ProxShrink:
			if v == 0 {
				continue
			}
		}
		free = append(free, k)
	}
	m.free = free
	return free
}

// factorise makes the factor that of sample i's curvature on its free latents. A
// factor that is there already is kept.
func (m *minimum[T]) factorise(i int, free []int) error {
	if m.columns == nil {
		if m.loaded != m.w.loads {
			m.shared, m.loaded = m.w.curvature, m.w.loads
			m.factor.forget()
		} else if m.factor.of(free) {
			return nil
		}
	}
	k, width, ridge := m.w.latents, m.w.table.Width(), m.w.settings.Ridge
	eps := 0x1p-53
	if m.columns != nil && sizeof[T]() == 4 {
		eps = 0x1p-24
	}
	ok := m.factor.set(free, eps, func(a, b int) float64 {
		v := 0.0
		if m.columns == nil {
			v = m.shared[a*k+b]
		} else {
			v = (float64(m.columns[a][b*width+i]) + float64(m.columns[b][a*width+i])) / 2
		}
		if a == b {
			v += ridge
		}
		return v
	})
	if ok {
		return nil
	}
	m.factor.forget()
	reason := "the curvature there is singular, so that there is no unique minimiser: add a ridge or a constraint, or differentiate by Unrolled"
	if m.columns != nil {
		reason = "the curvature there is not positive, so that it is no isolated minimum: take more steps or a ridge, or differentiate by Unrolled"
	}
	return &MinimumError{Sample: m.w.panel.first + i, Free: len(free), Pixels: m.w.pixels, Reason: reason}
}

// linearise sets the columns of ∇²f at z.
func (m *minimum[T]) linearise(z []T) {
	width, vecs := m.w.table.Width(), m.w.panel.vecs
	for k, column := range m.columns {
		row := m.unit[k*width : (k+1)*width]
		for i := range row {
			row[i] = 1
		}
		m.w.field.adjoint(m.w.settings.Steps, column, m.zero, z, m.unit, nil)
		clear(row)
		m.w.table.Gate(column, column, nil, m.w.latents, vecs, -1, kernels.ProxNone, nil, nil)
	}
}
