package optim

import (
	"fmt"
	"math"
)

// State is what an optimiser remembers between steps, for a checkpoint. With the
// parameters' values and the settings it determines every further step to the
// bit.
type State[T Float] struct {
	Optimizer string     // "gradient-descent", "momentum" or "adam"
	Steps     int        // since the start
	Arrays    []Array[T] // in no order that matters
}

// Array is one named array of a State. The name is what it holds, a dot, and the
// parameter it belongs to:
//
//	momentum   velocity.W       u
//	adam       first_moment.W   m
//	           second_moment.W  v
type Array[T Float] struct {
	Name   string // unique in its State
	Values []T    // as many as the parameter has
}

// slot is one array per parameter, in the order of the parameters.
type slot[T Float] struct {
	name        string
	nonNegative bool
	values      [][]T
}

// history is the part that all optimisers share: the shape of the parameters, the
// step counter, and the arrays to remember.
type history[T Float] struct {
	optimizer string
	names     []string
	lengths   []int
	steps     int
	slots     []slot[T]

	keptSteps int
	kept      []T // what the slots held, one after the other
}

func newHistory[T Float](optimizer string, params []Param[T], slots ...slot[T]) history[T] {
	h := history[T]{optimizer: optimizer, slots: slots}
	for i := range params {
		h.names = append(h.names, params[i].Name)
		h.lengths = append(h.lengths, len(params[i].Value))
	}
	for i := range slots {
		for _, n := range h.lengths {
			slots[i].values = append(slots[i].values, make([]T, n))
		}
	}
	return h
}

// of is the array of a slot that belongs to a parameter, nil for none.
func (h *history[T]) of(slot int, name string) []T {
	for i, n := range h.names {
		if n == name {
			return h.slots[slot].values[i]
		}
	}
	return nil
}

// begin refuses parameters that are not those of the history, and counts a step.
func (h *history[T]) begin(params []Param[T], rate float64) {
	if !isRate(rate) {
		panic(fmt.Sprintf("optim: Step with the rate %v, want a finite number of at least 0", rate))
	}
	if len(params) != len(h.names) {
		panic(fmt.Sprintf("optim: Step with %d parameters, the optimiser was made for %d", len(params), len(h.names)))
	}
	for i := range params {
		p := &params[i]
		if p.Name != h.names[i] || len(p.Value) != h.lengths[i] {
			panic(fmt.Sprintf("optim: Step: parameter %d is %q with %d values, the optimiser was made for %q with %d",
				i, p.Name, len(p.Value), h.names[i], h.lengths[i]))
		}
		if err := p.check(); err != nil {
			panic(err.Error())
		}
	}
	h.steps++
	if h.steps%flushEvery == 0 {
		h.flush()
	}
}

// flushEvery is how many steps lie between two flushes.
const flushEvery = 64

// flush sets what is smaller than the smallest normal number to zero.
func (h *history[T]) flush() {
	tiny := smallestNormal[T]()
	for _, s := range h.slots {
		for _, values := range s.values {
			for i, v := range values {
				if v < tiny && v > -tiny {
					values[i] = 0
				}
			}
		}
	}
}

// Steps implements [Optimizer].
func (h *history[T]) Steps() int { return h.steps }

// Reset implements [Optimizer].
func (h *history[T]) Reset() {
	h.steps = 0
	for _, s := range h.slots {
		for _, v := range s.values {
			clear(v)
		}
	}
}

// Keep makes Undo bring back what the optimiser remembers now. It allocates nothing
// after the first time.
func (h *history[T]) Keep() {
	h.keptSteps, h.kept = h.steps, h.kept[:0]
	for _, s := range h.slots {
		for _, v := range s.values {
			h.kept = append(h.kept, v...)
		}
	}
}

// Undo takes back the steps since Keep.
func (h *history[T]) Undo() {
	h.steps = h.keptSteps
	kept := h.kept
	for _, s := range h.slots {
		for _, v := range s.values {
			kept = kept[copy(v, kept):]
		}
	}
}

// State implements [Optimizer].
func (h *history[T]) State() State[T] {
	state := State[T]{Optimizer: h.optimizer, Steps: h.steps}
	for _, s := range h.slots {
		for i, v := range s.values {
			state.Arrays = append(state.Arrays, Array[T]{s.name + "." + h.names[i], append([]T(nil), v...)})
		}
	}
	return state
}

// SetState implements [Optimizer]. The order of the arrays does not matter.
func (h *history[T]) SetState(state State[T]) error {
	if state.Optimizer != h.optimizer {
		return fmt.Errorf("optim: state of optimiser %q, want %q", state.Optimizer, h.optimizer)
	}
	if state.Steps < 0 {
		return fmt.Errorf("optim: state after %d steps, want at least 0", state.Steps)
	}
	given := make(map[string][]T, len(state.Arrays))
	for _, a := range state.Arrays {
		if _, twice := given[a.Name]; twice {
			return fmt.Errorf("optim: the state has two arrays named %q", a.Name)
		}
		given[a.Name] = a.Values
	}
	for _, s := range h.slots {
		for i, v := range s.values {
			name := s.name + "." + h.names[i]
			values, found := given[name]
			if !found {
				return fmt.Errorf("optim: the state has no array %q", name)
			}
			if err := s.check(name, values, len(v)); err != nil {
				return err
			}
		}
	}
	if want := len(h.slots) * len(h.names); len(given) != want {
		return fmt.Errorf("optim: the state has %d arrays, want %d: it belongs to other parameters", len(given), want)
	}
	h.steps = state.Steps
	for _, s := range h.slots {
		for i, v := range s.values {
			copy(v, given[s.name+"."+h.names[i]])
		}
	}
	return nil
}

// check tells what keeps values from being an array of the slot.
func (s *slot[T]) check(name string, values []T, want int) error {
	if len(values) != want {
		return fmt.Errorf("optim: the state's %q has %d values, want %d", name, len(values), want)
	}
	for i, x := range values {
		if x := float64(x); math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("optim: the state's %q has %v at index %d, want finite numbers", name, x, i)
		}
		if s.nonNegative && x < 0 {
			return fmt.Errorf("optim: the state's %q has %v at index %d, want numbers of at least 0", name, x, i)
		}
	}
	return nil
}
