package kernels

import "testing"

// TestTrustEncodings holds the functions on numbers of every size: float32 has few
// enough encodings that one in 251 of all of them can be tried, one in 16381 in
// the quick sweep.
func TestTrustEncodings(t *testing.T) {
	report(t, "| function | instruction set | encodings of float32 tried | worst error | at | bound | failures |")
	report(t, "|---|---|---|---|---|---|---|")
	step := uint64(16381)
	if fullTrust() {
		step = 251
	}
	for _, f := range functions[float32]() {
		testTrustEncodings(t, f, step)
	}
}

// testTrustEncodings computes each value once for all instruction sets.
func testTrustEncodings(t *testing.T, f function[float32], step uint64) {
	const block = 1 << 14
	type result struct {
		worst        float64
		at           float32
		tried, wrong int
	}
	var results [numISA]result
	x, y, want := make([]float32, block), make([]float32, block), make([]float64, block)
	for next := uint64(0); next < 1<<32; {
		n := 0
		for ; n < block && next < 1<<32; n++ {
			x[n] = encoding[float32](next)
			want[n] = f.f(float64(x[n]))
			next += step
		}
		for _, isa := range Available() {
			table, err := For[float32](isa)
			if err != nil {
				t.Fatal(err)
			}
			f.call(table, y, x, block/table.Width(), 2)
			r := &results[isa]
			for i, got := range y[:n] {
				off := ulpError(got, want[i], 0)
				if off > r.worst {
					r.worst, r.at = off, x[i]
				}
				if !(off <= f.ulp) {
					r.wrong++
				}
			}
			r.tried += n
		}
	}
	for _, isa := range Available() {
		r := results[isa]
		if r.wrong > 0 {
			t.Errorf("%s, %v: %d of %d values are off by more than %v ulp, that of %v by %.3f", f.name, isa, r.wrong, r.tried, f.ulp, r.at, r.worst)
		}
		report(t, "| %s | %v | %d | %.3f ulp | %v | %v | %d |", f.name, isa, r.tried, r.worst, r.at, f.ulp, r.wrong)
	}
}
