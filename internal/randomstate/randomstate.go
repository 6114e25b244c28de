// Package randomstate draws the numbers that NumPy's legacy
// numpy.random.RandomState draws, so that a run published with np.random.seed
// can be repeated from its own starting values.
//
// Uniform values are NumPy's to the bit. Normal values take a logarithm, and
// NumPy leaves that to the machine's C library; here it is rounded to nearest on
// every machine, which changes the last bit of about one value in 5,000 against
// NumPy on glibc.
package randomstate

import (
	"math"

	"gonum.org/v1/gonum/mathext/prng"
)

// State is a Mersenne Twister (MT19937) with NumPy's legacy distributions on
// top. It is not safe for concurrent use.
type State struct {
	source prng.MT19937
	// The polar method makes normal values in pairs; the second waits here.
	waiting    float64
	hasWaiting bool
}

// New returns the state after np.random.seed(seed), equally that of
// np.random.RandomState(seed).
func New(seed uint32) *State {
	s := new(State)
	s.source.Seed(uint64(seed))
	return s
}

// Float64 returns the next value of random_sample, alias rand: uniform in
// [0, 1), a multiple of 2⁻⁵³ made of the upper 27 and 26 bits of two words.
func (s *State) Float64() float64 {
	high := uint64(s.source.Uint32() >> 5)
	low := uint64(s.source.Uint32() >> 6)
	return float64(high<<26|low) / (1 << 53)
}

// Uniform returns the next value of uniform(low, high):
// low + (high−low)·Float64().
func (s *State) Uniform(low, high float64) float64 {
	// The conversion keeps the compiler from fusing the product into the sum,
	// which would round differently.
	return low + float64((high-low)*s.Float64())
}

// NormFloat64 returns the next value of randn, alias standard_normal, by
// Marsaglia's polar method: for (u, v) uniform in the unit disc with
// r² = u² + v², the values v·√(−2 ln r² / r²) and then u·√(−2 ln r² / r²).
func (s *State) NormFloat64() float64 {
	if s.hasWaiting {
		s.hasWaiting = false
		return s.waiting
	}
	for {
		// Conversions forbid fused multiply-adds, as in Uniform.
		u := float64(2*s.Float64()) - 1
		v := float64(2*s.Float64()) - 1
		r2 := float64(u*u) + float64(v*v)
		if r2 >= 1 || r2 == 0 {
			continue
		}
		scale := math.Sqrt(-2 * logRounded(r2) / r2)
		s.waiting, s.hasWaiting = scale*u, true
		return scale * v
	}
}
