package gradcheck

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// TaylorReport is the outcome of [Taylor].
type TaylorReport struct {
	// Slope is the order of the remainder: 2 for a right gradient, or more where f
	// has no curvature along the direction, 1 for a wrong one. It is +Inf when
	// the remainder is nothing but rounding, as that of a linear f, and NaN when
	// f hardly changes or too few remainders are above the rounding to tell.
	Slope float64
	Rows  []TaylorRow // by halved steps
}

// TaylorRow is the remainder of one step.
type TaylorRow struct {
	Step      float64 // h
	Change    float64 // f(x + h·d) − f(x)
	Remainder float64 // |f(x + h·d) − f(x) − h·⟨grad, d⟩|
	Rounding  float64 // what rounding may have added to the remainder
	Order     float64 // log₂ of the remainder before over this one; NaN in the first row
	Fitted    bool    // Slope is fitted to this row
}

// The slope is fitted to so many of the smallest remainders that stand out of the
// rounding by a factor.
const (
	taylorRows   = 30
	taylorFitted = 4
	standOut     = 200
	slopeError   = 0.1
)

// Taylor compares grad with the gradient of f at x along a direction d. The
// remainder of Taylor's series after the linear term,
//
//	R(h) = |f(x + h·d) − f(x) − h·⟨grad, d⟩|
//
// falls with h² when the gradient is right and with h when it is not. The slope
// of log R over log h, fitted to the smallest steps whose remainder stands out of
// the rounding, must be 2 or more within 0.1.
//
// A nil direction stands for a random one of length 1. f is called 31 times with
// a slice that it must neither change nor keep; the others are only read. The
// report is nil only when the arguments cannot be used.
func Taylor(f func(x []float64) float64, x, grad, direction []float64, opt Options) (*TaylorReport, error) {
	opt, err := opt.withDefaults(1e-6, 0.1, "x")
	if err != nil {
		return nil, err
	}
	if err := checkGradient(x, grad); err != nil {
		return nil, err
	}
	if direction == nil {
		direction = randomDirection(len(x), opt.Seed)
	}
	if len(direction) != len(x) {
		return nil, fmt.Errorf("gradcheck: x has %d elements and direction %d, want as many of each", len(x), len(direction))
	}
	if err := checkFinite("direction", direction); err != nil {
		return nil, err
	}
	if norm(direction) == 0 {
		return nil, errors.New("gradcheck: direction is zero, want one that changes x")
	}
	r := &TaylorReport{}
	if err := r.measure(f, x, grad, direction, opt); err != nil {
		return nil, err
	}
	r.fit()
	return r, r.err()
}

func randomDirection(n int, seed uint64) []float64 {
	d := make([]float64, n)
	fillNormal(d, rand.New(rand.NewPCG(seed, 3)))
	length := norm(d)
	for i := range d {
		d[i] /= length
	}
	return d
}

// measure fills in the rows.
func (r *TaylorReport) measure(f func(x []float64) float64, x, grad, d []float64, opt Options) error {
	at := clone(x)
	center := f(at)
	if !finite(center) {
		return fmt.Errorf("gradcheck: f(x) is %v, want a finite number", center)
	}
	// The terms of ⟨grad, d⟩ may cancel.
	slope, terms := dot(grad, d), 0.0
	for i, g := range grad {
		terms += math.Abs(g * d[i])
	}
	h, last := opt.Step, math.NaN()
	for range taylorRows {
		for i := range x {
			at[i] = x[i] + h*d[i]
		}
		value := f(at)
		row := TaylorRow{
			Step: h, Change: value - center, Remainder: math.Abs(value - center - h*slope),
			Rounding: opt.Noise * (math.Abs(value) + math.Abs(center) + h*terms + moved(x, grad)),
		}
		row.Order = math.Log2(last / row.Remainder)
		last = row.Remainder
		r.Rows = append(r.Rows, row)
		h /= 2
	}
	return nil
}

// moved is how much f changes, in units of the relative rounding, because x + h·d
// is rounded.
func moved(x, grad []float64) float64 {
	sum := 0.0
	for i, g := range grad {
		sum += math.Abs(g * x[i])
	}
	return sum
}

// fit finds the slope by least squares.
func (r *TaylorReport) fit() {
	var chosen []*TaylorRow
	for i := len(r.Rows) - 1; i >= 0 && len(chosen) < taylorFitted; i-- {
		row := &r.Rows[i]
		if finite(row.Remainder) && row.Remainder > standOut*row.Rounding {
			chosen = append(chosen, row)
		} else if len(chosen) > 0 {
			break
		}
	}
	switch {
	case len(chosen) == 0 && r.vanishes():
		r.Slope = math.Inf(1)
		return
	case len(chosen) < 3:
		r.Slope = math.NaN()
		return
	}
	var meanX, meanY, xx, xy float64
	n := float64(len(chosen))
	for _, row := range chosen {
		row.Fitted = true
		meanX += math.Log2(row.Step) / n
		meanY += math.Log2(row.Remainder) / n
	}
	for _, row := range chosen {
		x, y := math.Log2(row.Step)-meanX, math.Log2(row.Remainder)-meanY
		xx += x * x
		xy += x * y
	}
	r.Slope = xy / xx
}

// vanishes says whether a remainder is nothing but rounding where the change of f
// is much more.
func (r *TaylorReport) vanishes() bool {
	for _, row := range r.Rows {
		if row.Remainder <= standOut*row.Rounding && math.Abs(row.Change) >= 100*standOut*row.Rounding {
			return true
		}
	}
	return false
}

func (r *TaylorReport) err() error {
	switch {
	case math.IsNaN(r.Slope):
		return fmt.Errorf("gradcheck: %w: the Taylor remainders do not stand out of the rounding: try a larger Step or a longer direction, or set Noise", ErrUnresolved)
	case r.Slope < 2-slopeError:
		return fmt.Errorf("gradcheck: %w: the Taylor remainder falls with the power %.2f of the step, want 2 (at least %.1f)",
			ErrMismatch, r.Slope, 2-slopeError)
	}
	return nil
}

// String is the slope and a table of the remainders, down to those that are
// rounding.
func (r *TaylorReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "slope %.2f, want 2\n", r.Slope)
	fmt.Fprintf(&b, "%9s  %12s  %12s  %6s\n", "step", "change", "remainder", "order")
	for _, row := range r.Rows {
		if finite(row.Rounding) && row.Remainder <= row.Rounding {
			break
		}
		fmt.Fprintf(&b, "%9.2e  %12.4e  %12.4e", row.Step, row.Change, row.Remainder)
		if !math.IsNaN(row.Order) {
			fmt.Fprintf(&b, "  %6.2f", row.Order)
		}
		if row.Fitted {
			b.WriteString("  fitted")
		}
		b.WriteByte('\n')
	}
	return b.String()
}
