package inverse

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/inverse/optim"
)

// update moves the parameters of a model: the generator's, the head's, and what
// the inner loop learns. An update happens whole or not at all.
type update[T Float] struct {
	model     *Model[T]
	outer     Outer[T]
	optimizer revocable[T]
	params    []optim.Param[T]
	rules     []Rule
	shapes    [][]int
	moving    []optim.Param[T] // those of params whose rate is not 0
	steps     []optim.Param[T] // see [update.stepped]
	still     []T

	// Before the update in progress: the values of those, step sizes and thresholds.
	before      []T
	innerBefore []float64
	innerSeen   []float64 // step sizes and thresholds as they were read or written last

	gradients engine.Gradients[T]
	head      [][]T
	bound     [][]T

	// What the inner loop learns, in T: log α_n and the thresholds.
	logSteps, logStepsGrad     []T
	thresholds, thresholdsGrad []T
}

// revocable is what an update needs of the optimisers of package optim besides.
type revocable[T Float] interface {
	optim.Optimizer[T]
	// Accepts reports whether it can remember what comes of the gradients.
	Accepts(params []optim.Param[T]) bool
	// Undo takes back the steps since Keep.
	Keep()
	Undo()
}

// newUpdate lists the parameters and makes the optimiser.
func newUpdate[T Float](m *Model[T], o Outer[T]) (*update[T], error) {
	u := &update[T]{model: m, outer: o}
	u.gradients.Generator = like(m.Generator.Parameters())
	u.addAll("generator.", m.Generator.Parameters(), u.gradients.Generator)
	if m.Head != nil {
		u.head = like(m.Head.Parameters())
		u.addAll("head.", m.Head.Parameters(), u.head)
	}
	if err := u.addInner(); err != nil {
		return nil, err
	}
	if err := u.checkRules(); err != nil {
		return nil, err
	}
	settings := o.Optimizer
	if settings == nil {
		settings = optim.GradientDescent{}
	}
	optimizer, err := optim.New(settings, u.params)
	if err != nil {
		return nil, fmt.Errorf("optimizer: %w", err)
	}
	u.optimizer = optimizer.(revocable[T])
	return u, nil
}

func (u *update[T]) addAll(prefix string, params []Parameter[T], grads [][]T) {
	for i, p := range params {
		u.add(prefix+p.Name, p.Shape, p.Values, grads[i])
	}
}

func (u *update[T]) add(name string, shape []int, value, grad []T) {
	rule := u.outer.Rule(name, shape)
	u.params = append(u.params, optim.Param[T]{Name: name, Value: value, Grad: grad, Rate: rule.Rate, Decay: rule.Decay})
	u.rules, u.shapes = append(u.rules, rule), append(u.shapes, slices.Clone(shape))
	if rule.Rate > 0 {
		u.moving = append(u.moving, u.params[len(u.params)-1])
	}
}

func (u *update[T]) addInner() error {
	in := &u.model.Inner
	if u.outer.LearnSteps {
		if len(in.StepSizes) != in.Steps {
			return fmt.Errorf("learned step sizes: %d starting values for %d steps", len(in.StepSizes), in.Steps)
		}
		n := in.Steps
		u.logSteps, u.logStepsGrad = make([]T, n), make([]T, n)
		u.gradients.LogSteps = make([]float64, n)
		u.add("inner.log_steps", []int{n}, u.logSteps, u.logStepsGrad)
	}
	if u.outer.LearnThresholds {
		n := u.model.Generator.Latents()
		if len(in.Prox.Thresholds) != n {
			return fmt.Errorf("learned thresholds: %d starting values for %d latents", len(in.Prox.Thresholds), n)
		}
		u.thresholds, u.thresholdsGrad = make([]T, n), make([]T, n)
		u.gradients.Thresholds = make([]float64, n)
		u.add("inner.thresholds", []int{n}, u.thresholds, u.thresholdsGrad)
	}
	u.readInner()
	return nil
}

// checkRules returns an error for a rule that is out of range or of no parameter.
func (u *update[T]) checkRules() error {
	var known []string
	for i, p := range u.params {
		known = append(known, p.Name)
		if err := atLeastZero("learning rate of "+p.Name, u.rules[i].Rate); err != nil {
			return err
		}
		if err := u.rules[i].Constraint.validate(u.shapes[i]); err != nil {
			return fmt.Errorf("parameter %s: %w", p.Name, err)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(u.outer.Rules)) {
		if !slices.Contains(known, name) {
			return fmt.Errorf("a rule for the parameter %q, which the model does not have: it has %v", name, known)
		}
	}
	return u.outer.Constraint.validate([]int{1, 1})
}

// bind takes over the slices that the model's parameters are now. It panics when
// they are not those that the update was made for, but for their place in memory.
func (u *update[T]) bind() {
	u.bound = values(u.bound[:0], u.model.Generator)
	if u.model.Head != nil {
		u.bound = values(u.bound, u.model.Head)
	}
	own := len(u.params)
	for _, inner := range [][]T{u.logSteps, u.thresholds} {
		if inner != nil {
			own--
		}
	}
	if len(u.bound) != own {
		panic(fmt.Sprintf("inverse: the model has %d parameters, it had %d when training began: make a new trainer", len(u.bound), own))
	}
	moved := 0
	for i, v := range u.bound {
		p := &u.params[i]
		if len(v) != len(p.Value) {
			panic(fmt.Sprintf("inverse: parameter %s has %d elements, it had %d when training began: make a new trainer", p.Name, len(v), len(p.Value)))
		}
		p.Value = v
		if p.Rate > 0 {
			u.moving[moved].Value = v
			moved++
		}
	}
}

// apply takes one step of the optimiser with the gradients that are there. It
// returns false, and changes nothing, when they or what comes of them is not
// finite.
func (u *update[T]) apply(step int) (clean bool, err error) {
	rate := 1.0
	if u.outer.Schedule != nil {
		rate = u.outer.Schedule.At(step, u.outer.Steps)
		if err := atLeastZero(fmt.Sprintf("the schedule's factor for iteration %d", step), rate); err != nil {
			return false, err
		}
	}
	if u.outer.ClipNorm > 0 {
		optim.ClipNorm(u.moving, u.outer.ClipNorm)
	}
	if !u.acceptable() {
		return false, nil
	}
	u.remember()
	u.optimizer.Step(u.stepped(), rate)
	clean = true
	for i, p := range u.params {
		if p.Rate > 0 {
			project(u.rules[i].Constraint, u.shapes[i], p.Value)
			clean = clean && engine.Finite(p.Value)
		}
	}
	if clean = clean && u.writeInner(); !clean {
		u.restore()
	}
	return clean, nil
}

// stepped are the parameters for the optimiser: what stays has no gradient there,
// and none is remembered.
func (u *update[T]) stepped() []optim.Param[T] {
	u.steps = append(u.steps[:0], u.params...)
	for i := range u.steps {
		if p := &u.steps[i]; p.Rate == 0 {
			u.still = append(u.still, make([]T, max(0, len(p.Value)-len(u.still)))...)
			p.Grad = u.still[:len(p.Value)]
		}
	}
	return u.steps
}

// acceptable reports whether all gradients are finite, and ones that the optimiser
// can take.
func (u *update[T]) acceptable() bool {
	for i := range u.params {
		if !engine.Finite(u.params[i].Grad) {
			return false
		}
	}
	return u.optimizer.Accepts(u.moving)
}

// remember keeps what an update changes.
func (u *update[T]) remember() {
	u.before = u.before[:0]
	for _, p := range u.moving {
		u.before = append(u.before, p.Value...)
	}
	u.innerBefore = u.appendInner(u.innerBefore[:0])
	u.optimizer.Keep()
}

// appendInner appends the numbers of the inner loop that may be learned.
func (u *update[T]) appendInner(dst []float64) []float64 {
	return append(append(dst, u.model.Inner.StepSizes...), u.model.Inner.Prox.Thresholds...)
}

// innerChanged reports whether somebody else wrote to them.
func (u *update[T]) innerChanged() bool {
	u.innerBefore = u.appendInner(u.innerBefore[:0])
	return !slices.Equal(u.innerBefore, u.innerSeen)
}

// restore brings it back.
func (u *update[T]) restore() {
	before := u.before
	for _, p := range u.moving {
		before = before[copy(p.Value, before):]
	}
	n := copy(u.model.Inner.StepSizes, u.innerBefore)
	copy(u.model.Inner.Prox.Thresholds, u.innerBefore[n:])
	u.innerSeen = u.appendInner(u.innerSeen[:0])
	u.optimizer.Undo()
}

// gradientsReady makes the gradients of the inner loop those of parameters.
func (u *update[T]) gradientsReady() {
	round(u.logStepsGrad, u.gradients.LogSteps)
	round(u.thresholdsGrad, u.gradients.Thresholds)
}

// readInner takes the inner loop's parameters over from the model.
func (u *update[T]) readInner() {
	for n := range u.logSteps {
		u.logSteps[n] = T(portable.Log(u.model.Inner.StepSizes[n]))
	}
	for k := range u.thresholds {
		u.thresholds[k] = T(u.model.Inner.Prox.Thresholds[k])
	}
	u.innerSeen = u.appendInner(u.innerSeen[:0])
}

// writeInner gives those that move back, and reports whether the step sizes are
// positive numbers.
func (u *update[T]) writeInner() (clean bool) {
	clean = true
	for i, p := range u.params {
		switch {
		case u.rules[i].Rate == 0:
		case p.Name == "inner.log_steps":
			clean = u.writeSteps()
		case p.Name == "inner.thresholds":
			u.writeThresholds()
		}
	}
	u.innerSeen = u.appendInner(u.innerSeen[:0])
	return clean
}

func (u *update[T]) writeSteps() (clean bool) {
	clean = true
	for n, v := range u.logSteps {
		size := portable.Exp(float64(v))
		u.model.Inner.StepSizes[n] = size
		clean = clean && size > 0 && !math.IsInf(size, 0)
	}
	return clean
}

// writeThresholds keeps two-sided thresholds at least 0.
func (u *update[T]) writeThresholds() {
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
