package optim

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/inversenet/inversenet/internal/portable"
)

// Schedule is how the learning rate changes over a training: the rate of step
// number step, counted from 0, of steps in all, is the base rate times
// At(step, steps). Schedules of this package accept any step and any steps.
type Schedule interface {
	// At is the factor of the rate for a step; a training refuses one that is
	// negative or not finite.
	At(step, steps int) float64
}

// ScheduleFunc makes a [Schedule] of a function.
type ScheduleFunc func(step, steps int) float64

// At calls the function.
func (f ScheduleFunc) At(step, steps int) float64 { return f(step, steps) }

// CheckSchedule returns an error for a schedule that is nil, or holds a nil pointer
// or function, and that of its method Validate, where it has one.
func CheckSchedule(s Schedule) error {
	switch v := reflect.ValueOf(s); v.Kind() {
	case reflect.Invalid:
		return errors.New("optim: the schedule is nil")
	case reflect.Pointer, reflect.Func, reflect.Map, reflect.Slice, reflect.Chan:
		if v.IsNil() {
			return fmt.Errorf("optim: the schedule is a nil %T", s)
		}
	}
	if v, ok := s.(interface{ Validate() error }); ok {
		return v.Validate()
	}
	return nil
}

// Constant is the schedule that is 1 at every step.
type Constant struct{}

// At returns 1.
func (Constant) At(step, steps int) float64 { return 1 }

// String names the schedule.
func (Constant) String() string { return "constant" }

// Cosine falls from 1 towards Final along half a period of the cosine
// (I. Loshchilov and F. Hutter, "SGDR", 2017):
//
//	Final + (1 − Final)·(1 + cos(π·step/steps))/2
//
// The last step of a training, steps−1, is still a little above Final, so that
// it is not lost when Final is 0.
type Cosine struct {
	Final float64 // the factor that it falls towards
}

// Validate returns an error unless Final is a finite number of at least 0.
func (c Cosine) Validate() error {
	if !isRate(c.Final) {
		return fmt.Errorf("optim: Cosine.Final is %v, want a finite number of at least 0", c.Final)
	}
	return nil
}

// At returns the formula's value, Final from step = steps on.
func (c Cosine) At(step, steps int) float64 {
	if step <= 0 && steps > 0 {
		return 1
	}
	if step >= steps {
		return c.Final
	}
	_, cos := portable.Sincos(math.Pi * float64(step) / float64(steps))
	return c.Final + float64((1-c.Final)*(1+cos)/2)
}

// String names the schedule.
func (c Cosine) String() string {
	if c.Final == 0 {
		return "cosine"
	}
	return fmt.Sprintf("cosine to %g", c.Final)
}

// WarmUp raises the rate in even parts over its first Steps steps and follows
// another schedule in the rest, as if that began then:
//
//	(step + 1)/(Steps + 1) · Then.At(0, steps − Steps)     step < Steps
//	Then.At(step − Steps, steps − Steps)                   afterwards
//
// A training of fewer steps ends during the rise.
type WarmUp struct {
	Steps int      // of the rise
	Then  Schedule // nil stands for Constant
}

// Validate returns an error unless Steps is at least 0 and Then usable.
func (w WarmUp) Validate() error {
	if w.Steps < 0 {
		return fmt.Errorf("optim: WarmUp.Steps is %d, want at least 0", w.Steps)
	}
	if w.Then == nil {
		return nil
	}
	if err := CheckSchedule(w.Then); err != nil {
		return fmt.Errorf("WarmUp.Then: %w", err)
	}
	return nil
}

// At returns the formula's value.
func (w WarmUp) At(step, steps int) float64 {
	warm, rest := max(w.Steps, 0), max(steps-max(w.Steps, 0), 1)
	if step >= warm {
		return w.then().At(step-warm, rest)
	}
	return float64(max(step, 0)+1) / float64(warm+1) * w.then().At(0, rest)
}

// String names the schedule.
func (w WarmUp) String() string {
	return fmt.Sprintf("warm-up over %d steps, then %v", w.Steps, w.then())
}

func (w WarmUp) then() Schedule {
	if w.Then == nil {
		return Constant{}
	}
	return w.Then
}
