package shuffle

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func indices(n int) []int {
	idx := make([]int, n)
	for i := range idx {
		idx[i] = i
	}
	return idx
}

func TestPermuteKeepsEveryIndex(t *testing.T) {
	for _, n := range []int{0, 1, 2, 3, 100, 1000} {
		idx := indices(n)
		Permute(rand.NewPCG(1, 2), idx)
		slices.Sort(idx)
		if !slices.Equal(idx, indices(n)) {
			t.Errorf("n = %d: sorted again it is %v", n, idx)
		}
	}
}

// A checkpoint of the source continues to the same orders, so these must never
// change.
func TestPermuteIsAFunctionOfTheSource(t *testing.T) {
	src := rand.NewPCG(1, 2)
	var got []string
	for range 3 {
		idx := indices(8)
		Permute(src, idx)
		got = append(got, fmt.Sprint(idx))
	}
	want := []string{"[1 2 5 0 3 7 4 6]", "[4 6 2 5 7 1 0 3]", "[1 6 7 0 2 4 5 3]"}
	if !slices.Equal(got, want) {
		t.Errorf("orders %q, not %q", got, want)
	}
}

// The 24 orders of four come equally often: χ² with 23 degrees of freedom stays
// below its 99.9 % quantile.
func TestPermuteIsFair(t *testing.T) {
	const draws, quantile = 24000, 49.73
	count := map[string]int{}
	src := rand.NewPCG(7, 8)
	for range draws {
		idx := indices(4)
		Permute(src, idx)
		count[fmt.Sprint(idx)]++
	}
	if len(count) != 24 {
		t.Fatalf("%d orders of 24", len(count))
	}
	chi := 0.0
	for _, n := range count {
		chi += math.Pow(float64(n)-draws/24, 2) / (draws / 24)
	}
	if chi > quantile {
		t.Errorf("χ² = %.1f, above %.2f", chi, quantile)
	}
}

// scripted is a source of given numbers.
type scripted []uint64

func (s *scripted) Uint64() uint64 {
	v := (*s)[0]
	*s = (*s)[1:]
	return v
}

// Small numbers choose the first place each time, large ones the last, which
// leaves all as it is.
func TestPermuteByHand(t *testing.T) {
	idx := indices(4)
	Permute(&scripted{1, 1, 1}, idx)
	if !slices.Equal(idx, []int{1, 2, 3, 0}) {
		t.Errorf("%v, not [1 2 3 0]", idx)
	}
	idx = indices(4)
	const top = math.MaxUint64 - 1
	Permute(&scripted{top, top, top}, idx)
	if !slices.Equal(idx, indices(4)) {
		t.Errorf("%v, not [0 1 2 3]", idx)
	}
}

// 2⁶⁴ mod 6 = 4 of the numbers would favour some results; they are drawn again.
func TestBelowDrawsAgain(t *testing.T) {
	s := &scripted{0, math.MaxUint64}
	if v := below(s, 6); v != 5 || len(*s) != 0 {
		t.Errorf("%d with %d numbers left, want 5 with none", v, len(*s))
	}
}

func TestPermuteDoesNotAllocate(t *testing.T) {
	src, idx := rand.NewPCG(1, 2), indices(100)
	if n := testing.AllocsPerRun(10, func() { Permute(src, idx) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPermute(b *testing.B) {
	src, idx := rand.NewPCG(1, 2), indices(1000)
	for b.Loop() {
		Permute(src, idx)
	}
}
