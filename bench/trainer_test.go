package bench

import (
	"context"
	"slices"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// trainer is one way to train: a row of the benchmark.
type trainer[T kernels.Float] struct {
	form string
	isa  string        // as named in the benchmark
	peak func() limits // for peak-%

	// What it is worth measuring on, so that all of it takes minutes.
	most    float64 // direct flops of the largest inversion; 0 for any
	threads bool    // on all threads, not on one alone
	sweep   bool    // for all sizes of the batch

	// prepare makes ready to take steps; ok is false for a training that the
	// trainer has no code for.
	prepare func(p *training[T], threads int) (step trainStep[T], ok bool)
}

// trainStep is a prepared trainer.
type trainStep[T kernels.Float] struct {
	run        func() float64 // a training step; returns the loss before its update
	parameters func() [][]T   // as they are now, in the order of training.parameters
	ran        inverse.Form   // the form of the inner steps
}

// The trainers that are measured. Peers that need a build tag add themselves.
var (
	trainers32 = append(inverseTrainers[float32](), gonumTrainer(gonumSgemm))
	trainers64 = append(inverseTrainers[float64](), gonumTrainer(gonumDgemm))
)

// inverseTrainers are the forms of package inverse on the widest instruction set,
// and the direct one on all.
func inverseTrainers[T kernels.Float]() []trainer[T] {
	var all []trainer[T]
	for _, form := range []inverse.Form{inverse.DirectForm, inverse.GramForm, inverse.ClosedForm, inverse.Auto} {
		for _, isa := range kernels.Available() {
			if form == inverse.DirectForm || isa == widestISA() {
				all = append(all, inverseTrainer[T](form, isa))
			}
		}
	}
	return all
}

func inverseTrainer[T kernels.Float](form inverse.Form, isa kernels.ISA) trainer[T] {
	table, err := kernels.For[T](isa)
	if err != nil {
		panic(err) // isa is one of those available
	}
	t := trainer[T]{form: form.String(), isa: isa.String(), peak: func() limits { return limitsOf[T](isa) }}
	switch {
	case isa == kernels.Go:
		t.most = 3e8
	case isa != widestISA():
		t.most = 2e10
	}
	t.threads = isa == widestISA() && (form == inverse.DirectForm || form == inverse.Auto)
	t.sweep = t.threads
	t.prepare = func(p *training[T], threads int) (trainStep[T], bool) {
		if form == inverse.ClosedForm && p.nonneg {
			return trainStep[T]{}, false
		}
		return inverseTraining(p, form, inverse.Compute[T]{Threads: threads, Kernels: table}), true
	}
	return t
}

func inverseTraining[T kernels.Float](p *training[T], form inverse.Form, compute inverse.Compute[T]) trainStep[T] {
	inner := inverse.Inner{Steps: p.steps, LearningRate: float64(p.step) / 2, Reduction: inverse.Sum, Form: form}
	params := p.parameters()
	w := p.w
	w.Data = params[0]
	generator := &inverse.Linear[T]{W: w}
	model := &inverse.Model[T]{Generator: generator}
	if p.nonneg {
		inner.Prox.Kind = inverse.NonNegativeLatents
		generator.Bias = params[1]
		v := p.v
		v.Data = params[2]
		model.Head = &inverse.Linear[T]{W: v, Bias: params[3]}
	}
	model.Inner = inner
	data := inverse.Data[T]{X: p.x, Start: p.z0, Labels: slices.Clone(p.labels)}
	outer := inverse.Outer[T]{GeneratorRate: p.rate, HeadRate: p.rate, Compute: compute}
	tr, err := inverse.NewTrainer(model, data, inverse.SoftmaxCrossEntropy{}, outer)
	if err != nil {
		panic(err)
	}
	return trainStep[T]{
		run: func() float64 {
			loss, err := tr.Step(context.Background())
			if err != nil {
				panic(err)
			}
			return loss
		},
		parameters: func() [][]T { return params },
		ran:        tr.Form(),
	}
}
