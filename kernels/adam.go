package kernels

import "fmt"

// adamBudget bounds the vectors of one assembly call to Adam, which moves seven
// vectors to and from memory for each, and waits for a root and a division.
const adamBudget = 1 << 10

// AdamCoefficients are the numbers of a step of Adam that are the same for every
// element. With the rate η, decays β₁ and β₂, weight decay λ and t the number of
// the step,
//
//	Mean = 1−β₁    Square = 1−β₂    Rate = η·√(1−β₂ᵗ)/(1−β₁ᵗ)    Eps = ε·√(1−β₂ᵗ)    Shrink = η·λ
//
// make it the step of D. P. Kingma and J. Ba (2015), with the weight decay of
// I. Loshchilov and F. Hutter (2019).
type AdamCoefficients[T Float] struct{ Mean, Square, Rate, Eps, Shrink T }

// Adam moves parameters x against their gradient g, for each element,
//
//	m += Mean·(g − m)      v += Square·(g² − v)      x −= Shrink·x + Rate·m/(√v + Eps)
//
// with the new m and v in the last formula. The means are written as differences
// because 1−β and β rounded to float32 do not add up to one, and v would tend to
// something else than g².
//
// Every operation rounds once and products are not fused into sums: the bits are
// the same on every instruction set. The slices are of any equal length and are no
// panels; they must not overlap. Adam panics, before it writes, when their lengths
// differ.
func (t *Table[T]) Adam(x, g, m, v []T, c AdamCoefficients[T]) {
	n := len(x)
	if len(g) != n || len(m) != n || len(v) != n {
		panic(fmt.Sprintf("kernels: Adam on %d values with %d gradients and moments of %d and %d, want as many of each", n, len(g), len(m), len(v)))
	}
	raceRead(g, n)
	raceWrite(x, n)
	raceWrite(m, n)
	raceWrite(v, n)
	whole := n / t.lanes * t.lanes
	for i := 0; i < whole; i += adamBudget * t.lanes {
		vectors := min(adamBudget, (whole-i)/t.lanes)
		t.adam(&x[i], &g[i], &m[i], &v[i], c.Mean, c.Square, c.Rate, c.Eps, c.Shrink, vectors)
	}
	adamElements(x[whole:], g[whole:], m[whole:], v[whole:], c)
}
