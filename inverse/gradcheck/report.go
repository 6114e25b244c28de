package gradcheck

import (
	"fmt"
	"math"
	"sort"
	"strings"
)

// Verdict is the outcome for one component.
type Verdict int

// The outcomes, from the best to the worst.
const (
	Agrees Verdict = iota
	Unresolved
	Differs
)

// String names the outcome.
func (v Verdict) String() string {
	if v < Agrees || v > Differs {
		return fmt.Sprintf("Verdict(%d)", int(v))
	}
	return [...]string{"agrees", "unresolved", "DIFFERS"}[v]
}

// Component is one number of a derivative as given and as measured.
type Component struct {
	Name        string  // of the element, see Options.Name
	Given       float64 // the derivative that is checked
	Measured    float64 // by finite differences
	Uncertainty float64 // of Measured, absolute
	Error       float64 // |Given − Measured| / max(|Given|, |Measured|), 0 for 0/0
	Verdict     Verdict // what the two say together
}

// Report is the outcome of [FiniteDifference] or [Directional].
type Report struct {
	Components []Component // in the order of the arguments or outputs
	Worst      Component   // of the worst verdict the one with the largest error
	Tolerance  float64     // the largest Error that agrees
}

// certain is how many times its uncertainty a measurement must be away before the
// derivative is called wrong: of a function that is not smooth the uncertainty is
// a guess.
const certain = 10

// judge fills in errors and verdicts. Size is that of the function's values: an
// uncertainty that is small beside it, or beside the largest component, is
// enough for a component that is small itself.
func (r *Report) judge(size float64) {
	for _, c := range r.Components {
		if finite(c.Measured) {
			size = max(size, math.Abs(c.Given), math.Abs(c.Measured))
		}
	}
	for i := range r.Components {
		c := &r.Components[i]
		difference, larger := math.Abs(c.Given-c.Measured), max(math.Abs(c.Given), math.Abs(c.Measured))
		if difference != 0 {
			c.Error = difference / larger
		}
		switch {
		case difference > r.Tolerance*larger+certain*c.Uncertainty:
			c.Verdict = Differs
		case !(difference <= r.Tolerance*larger+c.Uncertainty && c.Uncertainty <= r.Tolerance*size):
			c.Verdict = Unresolved
		}
		if i == 0 || worse(*c, r.Worst) {
			r.Worst = *c
		}
	}
}

func worse(a, b Component) bool {
	if a.Verdict != b.Verdict {
		return a.Verdict > b.Verdict
	}
	return a.Error > b.Error || math.IsNaN(a.Error) && !math.IsNaN(b.Error)
}

// count is the number of components with a verdict.
func (r *Report) count(v Verdict) int {
	n := 0
	for _, c := range r.Components {
		if c.Verdict == v {
			n++
		}
	}
	return n
}

// err is the error that the report amounts to.
func (r *Report) err() error {
	w := r.Worst
	switch w.Verdict {
	case Differs:
		return fmt.Errorf("gradcheck: %w: %d of %d components, worst %s: given %.10g, measured %.10g ± %.1g, relative error %.2g, allowed %.2g",
			ErrMismatch, r.count(Differs), len(r.Components), w.Name, w.Given, w.Measured, w.Uncertainty, w.Error, r.Tolerance)
	case Unresolved:
		return fmt.Errorf("gradcheck: %w: %d of %d components, for one %s: measured %.10g ± %.1g; the function is not smooth within the step or coarsely rounded: try another Step, set Noise, or raise Tolerance",
			ErrUnresolved, r.count(Unresolved), len(r.Components), w.Name, w.Measured, w.Uncertainty)
	}
	return nil
}

// String is a summary and a table of the ten worst components.
func (r *Report) String() string {
	const most = 10
	var b strings.Builder
	fmt.Fprintf(&b, "%d components: %d agree, %d differ, %d unresolved (tolerance %.2g)\n",
		len(r.Components), r.count(Agrees), r.count(Differs), r.count(Unresolved), r.Tolerance)
	if len(r.Components) == 0 {
		return b.String()
	}
	rows := append([]Component(nil), r.Components...)
	sort.SliceStable(rows, func(i, j int) bool { return worse(rows[i], rows[j]) })
	omitted := max(len(rows)-most, 0)
	rows = rows[:len(rows)-omitted]
	width := len("component")
	for _, c := range rows {
		width = max(width, len([]rune(c.Name)))
	}
	fmt.Fprintf(&b, "%-*s  %16s  %16s  %7s  %7s\n", width, "component", "given", "measured", "±", "error")
	for _, c := range rows {
		fmt.Fprintf(&b, "%-*s  %16.9g  %16.9g  %7.0e  %7.0e  %v\n", width, c.Name, c.Given, c.Measured, c.Uncertainty, c.Error, c.Verdict)
	}
	if omitted > 0 {
		fmt.Fprintf(&b, "and %d with smaller errors\n", omitted)
	}
	return b.String()
}
