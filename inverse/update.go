package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/optim"
)

// update moves the parameters of a model: the generator's, the head's, and what
// the inner loop learns.
type update[T Float] struct {
	model     *Model[T]
	outer     Outer[T]
	optimizer optim.Optimizer[T]
	params    []optim.Param[T]

	gradients gradients[T]
	head      [][]T

	// What the inner loop learns, in T: log α_n and the thresholds.
	logSteps, logStepsGrad     []T
	thresholds, thresholdsGrad []T
}

// newUpdate lists the parameters and makes the optimiser.
func newUpdate[T Float](m *Model[T], o Outer[T]) (*update[T], error) {
	u := &update[T]{model: m, outer: o}
	u.gradients.generator = like(m.Generator.Parameters())
	u.add("generator.", m.Generator.Parameters(), u.gradients.generator, o.GeneratorRate)
	if m.Head != nil {
		u.head = like(m.Head.Parameters())
		u.add("head.", m.Head.Parameters(), u.head, o.HeadRate)
	}
	if err := u.addInner(); err != nil {
		return nil, err
	}
	settings := o.Optimizer
	if settings == nil {
		settings = optim.GradientDescent{}
	}
	var err error
	u.optimizer, err = optim.New(settings, u.params)
	return u, err
}

func (u *update[T]) add(prefix string, params []Parameter[T], grads [][]T, rate float64) {
	for i, p := range params {
		u.params = append(u.params, optim.Param[T]{
			Name: prefix + p.Name, Value: p.Values, Grad: grads[i], Rate: rate, Decay: len(p.Shape) == 2})
	}
}

func (u *update[T]) addInner() error {
	in := &u.model.Inner
	if u.outer.LearnSteps {
		u.logSteps, u.logStepsGrad = make([]T, in.Steps), make([]T, in.Steps)
		u.gradients.steps = make([]float64, in.Steps)
		u.params = append(u.params, optim.Param[T]{Name: "inner.log_steps", Value: u.logSteps, Grad: u.logStepsGrad, Rate: u.outer.InnerRate})
	}
	if u.outer.LearnThresholds {
		n := u.model.Generator.Latents()
		if len(in.Prox.Thresholds) != n {
			return fmt.Errorf("learned thresholds: %d starting values for %d latents", len(in.Prox.Thresholds), n)
		}
		u.thresholds, u.thresholdsGrad = make([]T, n), make([]T, n)
		u.gradients.thresholds = make([]float64, n)
		u.params = append(u.params, optim.Param[T]{Name: "inner.thresholds", Value: u.thresholds, Grad: u.thresholdsGrad, Rate: u.outer.InnerRate})
	}
	u.readInner()
	return nil
}

// apply takes one step of the optimiser with the gradients that are there.
func (u *update[T]) apply(step int) {
	round(u.logStepsGrad, u.gradients.steps)
	round(u.thresholdsGrad, u.gradients.thresholds)
	if u.outer.ClipNorm > 0 {
		optim.ClipNorm(u.params, u.outer.ClipNorm)
	}
	rate := 1.0
	if u.outer.Schedule != nil {
		rate = u.outer.Schedule.At(step, u.outer.Steps)
	}
	u.optimizer.Step(u.params, rate)
	project(u.outer.Constraint, u.params[0].Value)
	u.writeInner()
}

// readInner takes the inner loop's parameters over from the model.
func (u *update[T]) readInner() {
	for n := range u.logSteps {
		u.logSteps[n] = T(math.Log(u.model.Inner.StepSizes[n]))
	}
	for k := range u.thresholds {
		u.thresholds[k] = T(u.model.Inner.Prox.Thresholds[k])
	}
}

// writeInner gives them back. A two-sided threshold stays at least 0.
func (u *update[T]) writeInner() {
	for n, v := range u.logSteps {
		u.model.Inner.StepSizes[n] = math.Exp(float64(v))
	}
	for k, v := range u.thresholds {
		if u.model.Inner.Prox.Kind == Soft {
			v = max(v, 0)
			u.thresholds[k] = v
		}
		u.model.Inner.Prox.Thresholds[k] = float64(v)
	}
}

func round[T Float](dst []T, src []float64) {
	for i := range dst {
		dst[i] = T(src[i])
	}
}
