package inverse

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/gonum/optimize"

	"github.com/inversenet/inversenet/inverse/optim"
)

// Variables says which parameters of a model a [Problem] has, and what it is
// computed on. The zero value has those of the generator and of the head.
type Variables[T Float] struct {
	// FixGenerator and FixHead leave parameters as they are.
	FixGenerator, FixHead bool
	// LearnSteps adds the logarithms of Inner.StepSizes and LearnThresholds
	// Inner.Prox.Thresholds, as in [Outer]; the slices of the model's Inner are
	// written to. Thresholds must be non-negative-soft ones, which may take any
	// value: the methods are unconstrained.
	LearnSteps, LearnThresholds bool

	// Compute says what it runs on.
	Compute Compute[T]
}

// A Problem is the training loss of a model as a function of its parameters, in
// one vector of float64: something for package optimize of gonum to minimise,
// say with L-BFGS, where [Fit] has the methods of package optim. The loss is that
// of all data, so it is the same function at every evaluation; in float32 its
// rounding, some 1e-7 of it, ends a line search early.
//
// Evaluations write to the model, and after a search it holds the parameters that
// were tried last: [Problem.Set] those that the search returned. A Problem is for
// one goroutine at a time, so optimize.Settings must not ask for concurrent
// evaluations. Evaluations allocate nothing.
type Problem[T Float] struct {
	trainer *Trainer[T]
	ctx     context.Context // of the search in progress
	free    []int           // which of the trainer's parameters are variables
	params  []optim.Param[T]
	dim     int

	at   []float64 // where loss and gradients were computed
	loss float64
	err  error
}

// NewProblem packs the data and prepares the memory; errors and panics are those
// of [Fit].
func NewProblem[T Float](m *Model[T], d Data[T], loss Loss, v Variables[T]) (*Problem[T], error) {
	if m.Inner.AutoStep {
		return nil, fmt.Errorf("automatic step sizes depend on W, and gradients take them as constants: a problem needs LearningRate or StepSizes")
	}
	if v.LearnThresholds && m.Inner.Prox.Kind == Soft {
		return nil, fmt.Errorf("thresholds of the prox %v must stay at least 0, and a problem has no bounds: use non-negative-soft, or train with Fit", Soft)
	}
	t, err := NewTrainer(m, d, loss, Outer[T]{LearnSteps: v.LearnSteps, LearnThresholds: v.LearnThresholds, Compute: v.Compute})
	if err != nil {
		return nil, err
	}
	p := &Problem[T]{trainer: t, ctx: context.Background()}
	for i, param := range t.update.params {
		if v.FixGenerator && strings.HasPrefix(param.Name, "generator.") || v.FixHead && strings.HasPrefix(param.Name, "head.") {
			continue
		}
		p.free = append(p.free, i)
		p.dim += len(param.Value)
	}
	if p.dim == 0 {
		return nil, fmt.Errorf("no variables: all parameters of the model are fixed")
	}
	return p, nil
}

// Dim is the number of variables.
func (p *Problem[T]) Dim() int { return p.dim }

// parameters are the variables, where the model has them now.
func (p *Problem[T]) parameters() []optim.Param[T] {
	p.trainer.update.bind()
	p.params = p.params[:0]
	for _, i := range p.free {
		p.params = append(p.params, p.trainer.update.params[i])
	}
	return p.params
}

// Get returns the model's parameters: the generator's in the order of its
// Parameters, the head's, the logarithms of the step sizes, the thresholds.
func (p *Problem[T]) Get() []float64 {
	x := make([]float64, 0, p.dim)
	for _, param := range p.parameters() {
		for _, v := range param.Value {
			x = append(x, float64(v))
		}
	}
	return x
}

// Set makes x, rounded to T, the model's parameters. It panics when the length is
// not Dim.
func (p *Problem[T]) Set(x []float64) {
	if len(x) != p.dim {
		panic(fmt.Sprintf("inverse: %d values for %d variables", len(x), p.dim))
	}
	for _, param := range p.parameters() {
		for i := range param.Value {
			param.Value[i] = T(x[i])
		}
		x = x[len(param.Value):]
	}
	p.trainer.update.writeSteps()
	p.trainer.update.writeThresholds()
}

// Func is the loss at x. Where the inversion diverges it is +Inf, from which line
// searches turn back, and [Problem.Err] says why. The gradient is computed along,
// for methods rarely ask for one without the other.
func (p *Problem[T]) Func(x []float64) float64 {
	p.evaluate(x)
	return p.loss
}

// Grad sets grad to the gradient of the loss at x, exact unless the model's
// Differentiation is not: NaN where it is not finite. Nothing is computed again when
// x is where Func was asked last. It panics when a length is not Dim.
func (p *Problem[T]) Grad(grad, x []float64) {
	if len(grad) != p.dim {
		panic(fmt.Sprintf("inverse: gradient of %d values for %d variables", len(grad), p.dim))
	}
	p.evaluate(x)
	for _, param := range p.parameters() {
		for i, v := range param.Grad {
			grad[i] = float64(v)
			if p.err != nil {
				grad[i] = math.NaN()
			}
		}
		grad = grad[len(param.Grad):]
	}
}

// evaluate computes the loss and the gradients at x. The parameters are set even
// where both are known already: the model may have been changed since.
func (p *Problem[T]) evaluate(x []float64) {
	p.Set(x)
	if slices.Equal(x, p.at) {
		return
	}
	if p.loss, p.err = p.trainer.evaluate(p.ctx); p.err != nil {
		p.loss = math.Inf(1)
	} else if !p.trainer.update.acceptable() {
		p.loss, p.err = math.Inf(1), p.trainer.diverged()
	}
	p.at = append(p.at[:0], x...)
}

// Err is why the last evaluation was not finite, a [DivergenceError] or a
// [MinimumError], or nil.
func (p *Problem[T]) Err() error { return p.err }

// Form is the form that the inner loop runs in.
func (p *Problem[T]) Form() Form { return p.trainer.Form() }

// Minimization is the problem in the form that optimize.Minimize takes; begin at
// [Problem.Get].
func (p *Problem[T]) Minimization() optimize.Problem {
	return optimize.Problem{Func: p.Func, Grad: p.Grad}
}

// Minimize searches from the model's parameters by a method of package optimize of
// gonum, L-BFGS where it is nil, and leaves the best that were found in the model;
// settings may be nil too. When the context ends it returns the context's error,
// within an evaluation, besides what the search had found.
func (p *Problem[T]) Minimize(ctx context.Context, settings *optimize.Settings, method optimize.Method) (*optimize.Result, error) {
	own := optimize.Settings{}
	if settings != nil {
		own = *settings
	}
	own.Recorder = &ending{ctx, own.Recorder}
	if method == nil {
		method = &optimize.LBFGS{}
	}
	start := p.Get()
	p.ctx = ctx
	result, err := optimize.Minimize(p.Minimization(), start, &own, method)
	p.ctx = context.Background()
	p.at = p.at[:0] // an evaluation may have been cut short
	if result != nil && len(result.X) == p.dim && !math.IsInf(result.F, 1) {
		p.Set(result.X)
	} else {
		p.Set(start)
	}
	if ended := ctx.Err(); ended != nil {
		return result, ended
	}
	return result, err
}

// ending is a recorder that ends a search when the context does.
type ending struct {
	ctx  context.Context
	then optimize.Recorder
}

func (e *ending) Init() error {
	if e.then != nil {
		return e.then.Init()
	}
	return nil
}

func (e *ending) Record(at *optimize.Location, op optimize.Operation, stats *optimize.Stats) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if e.then != nil {
		return e.then.Record(at, op, stats)
	}
	return nil
}
