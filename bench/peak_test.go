package bench

import (
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/inversenet/inversenet/kernels"
)

var peaks sync.Map // of table to its peak

// peak is how many floating-point operations a second one core reaches on an
// instruction set: the median of some short runs of multiply-adds on registers,
// measured once in a process. It is 0 where there is no kernel to measure by.
func peak[T kernels.Float](table *kernels.Table[T]) float64 {
	if v, ok := peaks.Load(table); ok {
		return v.(float64)
	}
	rates := make([]float64, 31)
	for i := range rates {
		var flops float64
		start := time.Now()
		for time.Since(start) < 2*time.Millisecond {
			flops += table.PeakFlops(1000)
		}
		rates[i] = flops / time.Since(start).Seconds()
	}
	slices.Sort(rates)
	v, _ := peaks.LoadOrStore(table, rates[len(rates)/2])
	return v.(float64)
}

// BenchmarkPeak prints what peak-% is a share of.
func BenchmarkPeak(b *testing.B) {
	for _, isa := range kernels.Available() {
		b.Run("float32/"+isa.String(), func(b *testing.B) { benchmarkPeak[float32](b, isa) })
		b.Run("float64/"+isa.String(), func(b *testing.B) { benchmarkPeak[float64](b, isa) })
	}
}

func benchmarkPeak[T kernels.Float](b *testing.B, isa kernels.ISA) {
	table, err := kernels.For[T](isa)
	if err != nil {
		b.Fatal(err)
	}
	if table.PeakFlops(1) == 0 {
		b.Skipf("%v has no peak kernel", isa)
	}
	var flops float64
	for b.Loop() {
		flops += table.PeakFlops(1000)
	}
	b.ReportMetric(flops/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
