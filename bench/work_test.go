package bench

import (
	"math/bits"
	"testing"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// work counts the multiplications and additions of matrix products: those in the
// element type of the model, and those in float64 whatever that type is.
type work struct{ own, wide float64 }

// limits are the peaks of one core for the two kinds of work, in operations a
// second; 0 where there is no kernel to measure by.
type limits struct{ own, wide float64 }

func limitsOf[T kernels.Float](isa kernels.ISA) limits {
	own, err := kernels.For[T](isa)
	if err != nil {
		panic(err) // isa is one of those available
	}
	wide, err := kernels.For[float64](isa)
	if err != nil {
		panic(err)
	}
	return limits{peak(own), peak(wide)}
}

// report sets the metrics of work that takes so many seconds on so many cores.
func (w work) report(b *testing.B, seconds float64, l limits, threads int) {
	b.ReportMetric((w.own+w.wide)/seconds/1e9, "GFLOP/s")
	if l.own > 0 && l.wide > 0 {
		shortest := (w.own/l.own + w.wide/l.wide) / float64(threads)
		b.ReportMetric(100*shortest/seconds, "peak-%")
	}
}

// inversion is the work of all steps on all samples, in one of the forms.
func (s shape) inversion(form inverse.Form) work {
	j, k, n, b := s.sizes()
	switch form {
	case inverse.GramForm:
		return work{own: b * (2*j*k + 2*k*k*n), wide: 2 * j * k * k}
	case inverse.ClosedForm:
		return work{own: b * 2 * k * (j + k), wide: 4*j*k*k + 4*s.powers()*k*k*k}
	default:
		return work{own: b * 4 * j * k * n}
	}
}

// training is the work of the inversion, of its adjoint and of the head.
func (s trainShape) training(form inverse.Form) work {
	j, k, n, b := s.sizes()
	var w work
	switch form {
	case inverse.GramForm:
		w = work{own: b*(4*j*k+6*k*k*n) + 2*j*k*k, wide: 2 * j * k * k}
	case inverse.ClosedForm:
		w = work{own: b * 4 * k * (j + k), wide: 10*j*k*k + 12*s.powers()*k*k*k}
	default:
		w = work{own: b * 12 * j * k * n}
	}
	if s.nonneg {
		w.own += b * 6 * classes * k
	}
	return w
}

// powers is how often the closed form squares its map or adds a step to it, to
// get from one step to all.
func (s shape) powers() float64 {
	n := uint(s.steps)
	return float64(bits.Len(n) + bits.OnesCount(n) - 2)
}

func (s shape) sizes() (j, k, n, b float64) {
	return float64(s.pixels), float64(s.latents), float64(s.steps), float64(s.samples)
}
