package main

import (
	"math"
	"testing"
	"time"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// The first output of splitmix64 from the state 0 is 0xE220A8397B1DCDAF, of the
// reference implementation by Vigna.
func TestUniformIsSplitmix64(t *testing.T) {
	const want = float64(0xE220A8397B1DCDAF>>40) / (1 << 24)
	if got := uniform(0, 0); got != want {
		t.Errorf("uniform(0, 0) = %v, want %v", got, want)
	}
	// The state advances by one and the same constant, whatever the tag.
	if got, want := uniform(0x9E3779B97F4A7C15, 0), uniform(0, 1); got != want {
		t.Errorf("one element on: %v, want %v", got, want)
	}
}

// The checksums were computed by an independent program, in float64: agreeing
// with them proves inversion and gradients, not the timing alone.
func TestOursComputesTheWorkloads(t *testing.T) {
	most := 1e9
	if isa, _ := kernels.Active(); isa == kernels.Go {
		most = 1e8
	}
	for _, w := range workloads() {
		if w.forwardFlops() > most {
			continue
		}
		for _, form := range []inverse.Form{inverse.DirectForm, inverse.Auto} {
			t.Run(w.Name+"/"+form.String(), func(t *testing.T) {
				m, err := ours{form}.Measure(w, 1, time.Millisecond)
				if err != nil {
					t.Fatal(err)
				}
				if err := w.verify(m.Checksum); err != nil {
					t.Error(err)
				}
				if m.Runs < 3 || !(m.Seconds > 0) {
					t.Errorf("%d runs of %v s", m.Runs, m.Seconds)
				}
			})
		}
	}
}

func TestVerify(t *testing.T) {
	w := workload{Name: "w", Checksum: -200}
	for _, c := range []struct {
		checksum float64
		ok       bool
	}{{-200, true}, {-200.0019, true}, {-200.003, false}, {200, false}, {math.NaN(), false}} {
		if err := w.verify(c.checksum); (err == nil) != c.ok {
			t.Errorf("verify(%v) = %v, want ok %v", c.checksum, err, c.ok)
		}
	}
}
