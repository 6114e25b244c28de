package bench

import (
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// solver is one way to invert: a row of the benchmark.
type solver[T kernels.Float] struct {
	form string
	isa  string        // as named in the benchmark
	peak func() limits // for peak-%

	// What it is worth measuring on, so that all of it takes minutes.
	most    float64 // direct flops of the largest problem; 0 for any
	threads bool    // on all threads, not on one alone
	sweep   bool    // for all sizes of the batch

	// prepare makes ready to invert p again and again; ok is false for a problem
	// that the solver has no code for.
	prepare func(p *problem[T], threads int) (inv inversion[T], ok bool)
}

// inversion is a prepared solver.
type inversion[T kernels.Float] struct {
	run     func()       // all steps, from z₀ each time
	latents func() []T   // the result, samples as rows
	ran     inverse.Form // the form of the steps
}

// The solvers that are measured. Peers that need a build tag add themselves.
var (
	solvers32 = append(inverseSolvers[float32](), gonumSolver(gonumSgemm))
	solvers64 = append(inverseSolvers[float64](), gonumSolver(gonumDgemm))
)

// inverseSolvers are the forms of package inverse: the direct one on every
// instruction set, gram and closed on those with kernels, auto on the widest.
func inverseSolvers[T kernels.Float]() []solver[T] {
	var all []solver[T]
	for _, form := range []inverse.Form{inverse.DirectForm, inverse.GramForm, inverse.ClosedForm, inverse.Auto} {
		for _, isa := range kernels.Available() {
			switch {
			case isa == widestISA(), form == inverse.DirectForm:
			case isa == kernels.Go, form == inverse.Auto:
				continue
			}
			all = append(all, inverseSolver[T](form, isa))
		}
	}
	return all
}

func inverseSolver[T kernels.Float](form inverse.Form, isa kernels.ISA) solver[T] {
	table, err := kernels.For[T](isa)
	if err != nil {
		panic(err) // isa is one of those available
	}
	s := solver[T]{form: form.String(), isa: isa.String(), peak: func() limits { return limitsOf[T](isa) }}
	if isa == kernels.Go {
		s.most = 1e9
	}
	s.threads = isa == widestISA()
	s.sweep = s.threads && (form == inverse.DirectForm || form == inverse.Auto)
	s.prepare = func(p *problem[T], threads int) (inversion[T], bool) {
		inner := inverse.Inner{Steps: p.steps, LearningRate: float64(p.step) / 2, Reduction: inverse.Sum, Form: form}
		compute := inverse.Compute[T]{Threads: threads, Kernels: table, Samples: p.samples}
		sol, err := inverse.NewSolver(&inverse.Linear[T]{W: p.w}, inner, compute)
		if err != nil {
			panic(err)
		}
		z := inverse.NewMatrix[T](p.samples, p.latents)
		return inversion[T]{
			run: func() {
				p.renew()
				copy(z.Data, p.z0.Data)
				if err := sol.Invert(z, p.x); err != nil {
					panic(err)
				}
			},
			latents: func() []T { return z.Data },
			ran:     sol.Form(),
		}, true
	}
	return s
}

// widest are the peaks on the widest instruction set.
func widest[T kernels.Float]() limits { return limitsOf[T](widestISA()) }

func widestISA() kernels.ISA {
	available := kernels.Available()
	return available[len(available)-1]
}
