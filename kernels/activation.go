package kernels

import (
	"fmt"
	"strings"
)

// An Activation is a function σ that a generator puts on its output.
type Activation int

const (
	// Identity: σ(a) = a.
	Identity Activation = iota
	// Sigmoid: σ(a) = 1/(1 + exp(−a)).
	Sigmoid
	// Tanh: σ(a) = tanh a.
	Tanh
	// ReLU: σ(a) = max(a, 0), with derivative 0 at 0.
	ReLU
	// Softplus: σ(a) = log(1 + exp(a)).
	Softplus
	numActivations
)

var activationNames = [numActivations]string{"identity", "sigmoid", "tanh", "relu", "softplus"}

// String is the name that [ParseActivation] knows.
func (a Activation) String() string {
	if a < 0 || a >= numActivations {
		return fmt.Sprintf("Activation(%d)", int(a))
	}
	return activationNames[a]
}

// ParseActivation is the inverse of [Activation.String].
func ParseActivation(name string) (Activation, error) {
	for i, n := range activationNames {
		if name == n {
			return Activation(i), nil
		}
	}
	return Identity, fmt.Errorf("unknown activation %q: allowed are %s", name, strings.Join(activationNames[:], ", "))
}

// Apply computes y = σ(a) on the first vecs vectors of each panel row, within
// three units in the last place. y may be the same slice as a. Apply panics,
// before it writes, when a slice is too short, vecs is not 1 or 2 or there is no
// such activation.
func (t *Table[T]) Apply(act Activation, y, a []T, rows, vecs int) {
	act.check()
	t.checkMap(rows, vecs, "y", y, "a", a, "", nil)
	raceReadPanel(t, a, rows, vecs)
	raceWritePanel(t, y, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.apply[act](&y[p.at], &a[p.at], p.vectors, p.step)
	}
}

// Activate ends the first half of an inner step through an output activation, and
// prepares its adjoint. With a the panel W·z + b and negX the panel −x, it
// computes on the first vecs vectors of each row
//
//	r = σ(a) − x      d = r ⊙ σ′(a)      h = σ′(a)² + r ⊙ σ″(a)
//
// so that a step goes on with Wᵀ·d, and its adjoint multiplies by h. A nil h is
// left out. d may be the same slice as a or negX; h must not overlap another one.
//
// Derivatives are right within a few units in the last place where they vanish as
// well; those within a factor of four of the smallest normal number may be taken
// for zero. Activate panics, before it
// writes, when a slice is too short, vecs is not 1 or 2 or there is no such
// activation.
func (t *Table[T]) Activate(act Activation, d, h, a, negX []T, rows, vecs int) {
	act.check()
	t.checkMap(rows, vecs, "d", d, "a", a, "negX", negX)
	if h != nil {
		checkPanel("h", h, rows, t.Width())
	}
	raceReadPanel(t, a, rows, vecs)
	raceReadPanel(t, negX, rows, vecs)
	raceWritePanel(t, d, rows, vecs)
	raceWritePanel(t, h, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.activate[act](&d[p.at], from(h, p.at), &a[p.at], &negX[p.at], p.vectors, p.step)
	}
}

func (a Activation) check() {
	if a < 0 || a >= numActivations {
		panic(fmt.Sprintf("kernels: %v, want one of %s", a, strings.Join(activationNames[:], ", ")))
	}
}
