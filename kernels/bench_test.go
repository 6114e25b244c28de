package kernels

import (
	"fmt"
	"testing"
)

// BenchmarkStep times one forward step, residual and latent update, of a full
// panel of samples.
func BenchmarkStep(b *testing.B) {
	for _, isa := range Available() {
		t32, _ := For[float32](isa)
		t64, _ := For[float64](isa)
		for _, d := range [][2]int{{64, 10}, {64, 256}, {784, 256}} {
			b.Run(fmt.Sprintf("%v/float32/J%dK%d", isa, d[0], d[1]), func(b *testing.B) { benchmarkStep(b, t32, d[0], d[1]) })
			b.Run(fmt.Sprintf("%v/float64/J%dK%d", isa, d[0], d[1]), func(b *testing.B) { benchmarkStep(b, t64, d[0], d[1]) })
		}
	}
}

func benchmarkStep[T Float](b *testing.B, table *Table[T], pixels, latents int) {
	width := table.Width()
	w, wt := table.NewWeights(pixels, latents), table.NewWeights(latents, pixels)
	x, r := make([]T, pixels*width), make([]T, pixels*width)
	z, next := make([]T, latents*width), make([]T, latents*width)
	b.ReportAllocs()
	for b.Loop() {
		table.Product(r, w, z, 2, x, Epilogue[T]{})
		table.Product(next, wt, r, 2, nil, Epilogue[T]{Base: z, Scale: -0.1})
		z, next = next, z
	}
	flop := 4 * float64(pixels*latents*width)
	b.ReportMetric(flop*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
	b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*width)*1e9, "ns/sample")
}

// BenchmarkPeak times multiply-adds on registers alone.
func BenchmarkPeak(b *testing.B) {
	for _, isa := range Available() {
		t32, _ := For[float32](isa)
		t64, _ := For[float64](isa)
		b.Run(isa.String()+"/float32", func(b *testing.B) { benchmarkPeak(b, t32) })
		b.Run(isa.String()+"/float64", func(b *testing.B) { benchmarkPeak(b, t64) })
	}
}

func benchmarkPeak[T Float](b *testing.B, table *Table[T]) {
	if table.peak == nil {
		b.Skipf("%v has no peak kernel", table.isa)
	}
	var flop float64
	for b.Loop() {
		flop += table.PeakFlops(1000)
	}
	b.ReportMetric(flop/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}

// BenchmarkMap times the operations that walk panels, on 64 rows of two vectors
// in the first-level cache.
func BenchmarkMap(b *testing.B) {
	for _, isa := range Available() {
		t32, _ := For[float32](isa)
		t64, _ := For[float64](isa)
		b.Run(isa.String()+"/float32", func(b *testing.B) { benchmarkMaps(b, t32) })
		b.Run(isa.String()+"/float64", func(b *testing.B) { benchmarkMaps(b, t64) })
	}
}

func benchmarkMaps[T Float](b *testing.B, t *Table[T]) {
	const rows, vecs = 64, 2
	panel := func() []T {
		p := make([]T, rows*t.Width())
		for i := range p {
			p[i] = T(i%13)/4 - 1
		}
		return p
	}
	w, x, y, z := panel(), panel(), panel(), panel()
	lo, hi := make([]T, rows), make([]T, rows)
	type benchmark struct {
		name string
		call func()
	}
	cases := []benchmark{
		{"AddScaled", func() { t.AddScaled(z, 0, y, rows, vecs) }},
		{"Multiply", func() { t.Multiply(z, x, y, rows, vecs) }},
		{"Extrapolate", func() { t.Extrapolate(z, x, y, 0.9, rows, vecs) }},
		{"Gate/none", func() { t.Gate(x, y, z, rows, vecs, 0.1, ProxNone, nil, nil) }},
		{"Gate/clamp", func() { t.Gate(x, y, z, rows, vecs, 0.1, ProxClamp, lo, hi) }},
		{"Gate/shrink", func() { t.Gate(x, y, z, rows, vecs, 0.1, ProxShrink, nil, nil) }},
		{"DotRows", func() { t.DotRows(z, x, y, rows, vecs) }},
		{"WeightedDistance", func() { t.WeightedDistance(z, x, y, lo, rows, vecs) }},
		{"AllFinite", func() { t.AllFinite(x) }},
		{"Pack", func() { t.Pack(z, x, t.Width(), rows, rows) }},
		{"PackNegated", func() { t.PackNegated(z, x, t.Width(), rows, rows) }},
		{"Unpack", func() { t.Unpack(z, x, t.Width(), rows, rows) }},
		{"SampleMajor", func() { t.SampleMajor(z, x, rows, vecs) }},
		{"Exp", func() { t.Exp(z, x, rows, vecs) }},
		{"Log", func() { t.Log(z, x, rows, vecs) }},
		{"Logistic", func() { t.Logistic(z, y, x, rows, vecs) }},
		{"Softmax", func() { t.Softmax(z, y, w, x, rows, vecs) }},
		{"Adam", func() {
			t.Adam(x, y, z, w, AdamCoefficients[T]{Mean: 0.1, Square: 0.001, Rate: 1e-3, Eps: 1e-8, Shrink: 1e-5})
		}},
		{"RowSums", func() { t.RowSums(lo, x, rows, t.Width()) }},
	}
	for act := range numActivations {
		cases = append(cases,
			benchmark{"Apply/" + act.String(), func() { t.Apply(act, z, x, rows, vecs) }},
			benchmark{"Activate/" + act.String(), func() { t.Activate(act, z, nil, x, y, rows, vecs) }},
			benchmark{"ActivateH/" + act.String(), func() { t.Activate(act, z, w, x, y, rows, vecs) }})
	}
	for _, c := range cases {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.call()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N*rows*vecs)*1e9, "ns/vector")
		})
	}
}
