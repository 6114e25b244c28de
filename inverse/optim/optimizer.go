package optim

import (
	"errors"
	"fmt"
)

// Optimizer moves parameters against their gradients and keeps what it must
// remember between steps. Implementations other than those of this package are
// welcome.
type Optimizer[T Float] interface {
	// Step applies one update with the given rate. The parameters are those the
	// optimiser was made for: as many, in the same order, with the same names and
	// lengths; the slices themselves, Rate and Decay may be others. Step
	// allocates nothing. It panics, before anything is written, when the
	// parameters are not those or a rate is negative or not finite.
	Step(params []Param[T], rate float64)

	// Steps is the number of steps since the start or the last Reset.
	Steps() int

	// Reset forgets everything: the next step is the first.
	Reset()

	// State is a copy of what the optimiser remembers.
	State() State[T]

	// SetState makes the optimiser continue, to the bit, from where another of the
	// same kind was when State was called. When the state does not fit it
	// returns an error and changes nothing.
	SetState(State[T]) error
}

// Settings say which optimiser [New] makes: a [GradientDescent], a [Momentum] or
// an [Adam].
type Settings interface {
	fmt.Stringer
	validate() error
}

// New makes an optimiser for parameters, which are only looked at. It returns an
// error when a setting is out of its range, a name is empty or used twice, Value
// and Grad differ in length, or a Rate is negative or not finite.
func New[T Float](s Settings, params []Param[T]) (Optimizer[T], error) {
	switch s.(type) {
	case nil:
		return nil, errors.New("optim: settings are nil, want GradientDescent, Momentum or Adam")
	case GradientDescent, Momentum, Adam:
	default: // a pointer, nil perhaps, or what embeds one
		return nil, fmt.Errorf("optim: settings of type %T, want GradientDescent, Momentum or Adam as values", s)
	}
	if err := s.validate(); err != nil {
		return nil, err
	}
	if err := checkAll(params); err != nil {
		return nil, err
	}
	switch s := s.(type) {
	case Momentum:
		return newMomentum(s, params), nil
	case Adam:
		return newAdam(s, params), nil
	default:
		return newGradientDescent(s.(GradientDescent), params), nil
	}
}

// orDefault is the number that a setting stands for.
func orDefault(setting, byDefault float64) float64 {
	if setting == 0 {
		return byDefault
	}
	return setting
}

// A fraction setting lies in [0, 1).
func checkFraction(name string, v float64) error {
	if !(v >= 0 && v < 1) {
		return fmt.Errorf("optim: %s is %v, want a number in [0, 1)", name, v)
	}
	return nil
}

func checkWeightDecay(v float64) error {
	if !isRate(v) {
		return fmt.Errorf("optim: WeightDecay is %v, want a finite number of at least 0", v)
	}
	return nil
}
