// Package shuffle puts indices into a random order that depends on nothing but
// the random numbers given.
package shuffle

import (
	"math/bits"
	"math/rand/v2"
)

// Permute puts idx into an order of which every one is equally likely, by the
// method of Fisher and Yates. The order is a function of idx and of the state of
// the source, drawn by a method of our own, so that it stays what it is when the
// standard library changes its. It allocates nothing.
func Permute(src rand.Source, idx []int) {
	for i := len(idx) - 1; i > 0; i-- {
		j := below(src, uint64(i)+1)
		idx[i], idx[j] = idx[j], idx[i]
	}
}

// below returns a number in [0, n), each equally likely: D. Lemire, "Fast random
// integer generation in an interval" (2019).
func below(src rand.Source, n uint64) uint64 {
	high, low := bits.Mul64(src.Uint64(), n)
	if low < n {
		// Of 2⁶⁴ numbers, 2⁶⁴ mod n are too many.
		for surplus := -n % n; low < surplus; {
			high, low = bits.Mul64(src.Uint64(), n)
		}
	}
	return high
}
