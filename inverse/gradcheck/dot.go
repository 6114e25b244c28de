package gradcheck

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
)

// DotProductReport is the outcome of [DotProduct].
type DotProductReport struct {
	Trials    []DotProductTrial // in the order they were made
	Worst     DotProductTrial   // the one with the largest error
	Tolerance float64           // the largest error that passes
}

// DotProductTrial is the identity for one pair of vectors.
type DotProductTrial struct {
	Forward float64 // ⟨J·v, w⟩
	Reverse float64 // ⟨v, Jᵀ·w⟩
	Error   float64 // |Forward − Reverse| / max(‖J·v‖·‖w‖, ‖v‖·‖Jᵀ·w‖), 0 for 0/0
}

// DotProduct checks that two products belong to one matrix J of out×in numbers:
//
//	⟨J·v, w⟩ = ⟨v, Jᵀ·w⟩
//
// for random v and w. jvp computes dst = J·v from in to out numbers, vjp computes
// dst = Jᵀ·w from out to in. Both must fill dst and neither change nor keep
// their other argument. That J is the derivative of anything is for
// [Directional] to say.
//
// When both products vanish in every trial there is nothing to compare, and the
// error is an [ErrUnresolved]. The report is nil only when the arguments cannot
// be used.
func DotProduct(jvp, vjp func(dst, v []float64), in, out int, opt Options) (*DotProductReport, error) {
	opt, err := opt.withDefaults(1e-10, 0.01, "x")
	if err != nil {
		return nil, err
	}
	if in < 1 || out < 1 {
		return nil, fmt.Errorf("gradcheck: a Jacobian of %d×%d numbers, want at least 1×1", out, in)
	}
	r := &DotProductReport{Tolerance: opt.Tolerance}
	rng := rand.New(rand.NewPCG(opt.Seed, 2))
	v, jtw := make([]float64, in), make([]float64, in)
	w, jv := make([]float64, out), make([]float64, out)
	vanishes := true
	for range opt.Trials {
		fillNormal(v, rng)
		fillNormal(w, rng)
		jvp(jv, clone(v))
		vjp(jtw, clone(w))
		t := DotProductTrial{Forward: dot(jv, w), Reverse: dot(v, jtw)}
		scale := max(norm(jv)*norm(w), norm(v)*norm(jtw))
		if scale != 0 {
			t.Error = math.Abs(t.Forward-t.Reverse) / scale
			vanishes = false
		}
		r.Trials = append(r.Trials, t)
		if !(t.Error <= r.Worst.Error) || len(r.Trials) == 1 {
			r.Worst = t
		}
	}
	if vanishes {
		return r, fmt.Errorf("gradcheck: %w: J·v and Jᵀ·w are zero in every trial", ErrUnresolved)
	}
	if !(r.Worst.Error <= r.Tolerance) {
		return r, fmt.Errorf("gradcheck: %w: ⟨J·v, w⟩ = %.10g but ⟨v, Jᵀ·w⟩ = %.10g, relative error %.2g, allowed %.2g",
			ErrMismatch, r.Worst.Forward, r.Worst.Reverse, r.Worst.Error, r.Tolerance)
	}
	return r, nil
}

// String is a table of the trials.
func (r *DotProductReport) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%16s  %16s  %7s  (tolerance %.2g)\n", "⟨J·v, w⟩", "⟨v, Jᵀ·w⟩", "error", r.Tolerance)
	for _, t := range r.Trials {
		verdict := Agrees
		if !(t.Error <= r.Tolerance) {
			verdict = Differs
		}
		fmt.Fprintf(&b, "%16.9g  %16.9g  %7.0e  %v\n", t.Forward, t.Reverse, t.Error, verdict)
	}
	return b.String()
}

func dot(a, b []float64) float64 {
	s := 0.0
	for i, v := range a {
		s += v * b[i]
	}
	return s
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }
