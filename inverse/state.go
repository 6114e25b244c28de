package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/internal/portable"
	"github.com/inversenet/inversenet/inverse/optim"
)

// State is where a training stands, between two iterations. With the settings and
// the data it determines every further iteration to the bit.
type State[T Float] struct {
	Step int    // iterations taken
	Pass uint64 // passes over the data begun, 0 for batches of all data that stay the same
	Seen int    // samples of the current pass that were trained on
	// Parameters are those of the generator and the head, named generator.W,
	// head.bias and so on, and what the inner loop learns: inner.log_steps, log α
	// of each step, and inner.thresholds.
	Parameters []optim.Array[T]
	// Optimizer is what the optimiser remembers.
	Optimizer optim.State[T]
}

// State is a copy of where the training stands. It must not be called while
// [Trainer.Step] runs.
func (t *Trainer[T]) State() State[T] {
	t.update.bind()
	s := State[T]{Step: t.step, Optimizer: t.update.optimizer.State()}
	if t.order != nil {
		s.Pass, s.Seen = t.order.pass, t.order.seen
	}
	for _, p := range t.update.params {
		s.Parameters = append(s.Parameters, optim.Array[T]{Name: p.Name, Values: append([]T(nil), p.Value...)})
	}
	return s
}

// Restore makes the training, and with it the model, continue to the bit from
// where another was when State was called: one with the same settings and data,
// on any number of threads. When the state does not fit it returns an error and
// changes nothing.
func (t *Trainer[T]) Restore(s State[T]) error {
	if err := t.checkPosition(s); err != nil {
		return err
	}
	t.update.bind()
	given, err := t.update.match(s.Parameters)
	if err != nil {
		return err
	}
	if err := t.update.optimizer.SetState(s.Optimizer); err != nil {
		return err
	}
	for i, p := range t.update.params {
		copy(p.Value, given[i])
	}
	// Before the first update, step sizes are those that were given, whose
	// logarithms are rounded to T.
	if s.Step > 0 {
		t.update.writeInner()
	}
	t.step = s.Step
	if t.order != nil {
		t.order.seek(position{s.Pass, s.Seen})
	}
	return nil
}

// match returns the values for each parameter, or an error when they do not fit.
func (u *update[T]) match(arrays []optim.Array[T]) ([][]T, error) {
	given := make(map[string][]T, len(arrays))
	for _, a := range arrays {
		if _, twice := given[a.Name]; twice {
			return nil, fmt.Errorf("the state has two parameters named %q", a.Name)
		}
		given[a.Name] = a.Values
	}
	if len(given) != len(u.params) {
		return nil, fmt.Errorf("the state has %d parameters, want %d: it belongs to another model", len(given), len(u.params))
	}
	var matched [][]T
	for _, p := range u.params {
		values, ok := given[p.Name]
		if !ok || len(values) != len(p.Value) {
			return nil, fmt.Errorf("the state has %d values of %q, want %d: it belongs to another model", len(values), p.Name, len(p.Value))
		}
		for i, v := range values {
			if v-v != 0 {
				return nil, fmt.Errorf("the state has %v for %q at index %d, want finite numbers", v, p.Name, i)
			}
			if p.Name == "inner.log_steps" {
				if size := portable.Exp(float64(v)); !(size > 0) || math.IsInf(size, 0) {
					return nil, fmt.Errorf("the state has %v for %q at index %d, which makes the step size %v", v, p.Name, i, size)
				}
			}
		}
		matched = append(matched, values)
	}
	return matched, nil
}

// checkPosition wants a position that the training can be in.
func (t *Trainer[T]) checkPosition(s State[T]) error {
	packed := t.order == nil
	switch {
	case s.Step < 0 || s.Step != s.Optimizer.Steps:
		return fmt.Errorf("the state is after %d iterations with %d of the optimiser, want the same number, at least 0", s.Step, s.Optimizer.Steps)
	case packed && (s.Pass != 0 || s.Seen != 0):
		return fmt.Errorf("the state is of a training on mini-batches or augmented data, want one on all data at once")
	case packed:
		return nil
	case s.Seen < 0 || s.Seen > t.samples:
		return fmt.Errorf("the state has seen %d samples, the data has %d: it belongs to other data", s.Seen, t.samples)
	case s.Pass == 0 && s.Step > 0:
		return fmt.Errorf("the state is of a training on all data at once, want one on mini-batches or augmented data")
	case s.Pass == 0 && s.Seen != t.samples:
		return fmt.Errorf("the state has seen %d samples before the first pass, want %d, after which a pass begins", s.Seen, t.samples)
	case s.Pass > 0 && s.Seen == 0:
		return fmt.Errorf("the state has seen no sample of pass %d: a pass begins with an iteration", s.Pass)
	}
	return nil
}
