package gradcheck

import "math"

// levels is the number of step sizes that a derivative is measured with.
const levels = 10

// samples are the values of a scalar function around a point: above[k] at the
// step h·2⁻ᵏ ahead, below[k] as far behind. gap[k] is the step from one to the
// other as it was taken after rounding.
type samples struct {
	above, below, gap [levels]float64
}

// derivative measures f′ from samples, with a bound on what is wrong with it. The
// central differences of ever smaller steps are extrapolated to a step of zero,
// and of all extrapolations the one that differs least from its neighbours is
// taken: C. J. F. Ridders, "Accurate computation of F′(x) and F′(x)F″(x)"
// (1982), after Richardson. The bound is that difference and what rounding errors
// of relative size noise make of it. It is +Inf when no step gives a finite value.
func (s *samples) derivative(noise float64) (value, uncertainty float64) {
	value, uncertainty = math.NaN(), math.Inf(1)
	var last, next []float64
	for k := range levels {
		d := (s.above[k] - s.below[k]) / s.gap[k]
		if !finite(d) {
			// Steps that leave the function's domain say nothing.
			last = nil
			continue
		}
		rounding := 2 * noise * (math.Abs(s.above[k]) + math.Abs(s.below[k])) / s.gap[k]
		next = append(next[:0:0], d)
		power := 1.0
		for j, coarse := range last {
			power *= 4
			better := next[j] + (next[j]-coarse)/(power-1)
			next = append(next, better)
			e := max(math.Abs(better-next[j]), math.Abs(better-coarse)) + rounding
			if e < uncertainty {
				value, uncertainty = better, e
			}
		}
		last = next
	}
	return value, uncertainty
}
