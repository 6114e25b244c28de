package kernels_test

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/kernels"
)

// One inner gradient step, z ← z − s·Wᵀ(W·z − x), of three samples at once: two
// products, of which the second ends with the step itself.
func Example() {
	const pixels, latents, samples = 3, 2, 3
	t := kernels.Default[float64]()
	w := []float64{ // pixels × latents
		2, 0,
		1, 1,
		0, 1,
	}
	forward, backward := t.NewWeights(pixels, latents), t.NewWeights(latents, pixels)
	forward.Pack(w, latents)
	backward.PackTransposed(w, latents)

	x := []float64{
		2, 3, 2,
		6, 2, -1,
		0, 1, 1,
	}
	z := make([]float64, t.PaddedRows(latents)*t.Width()) // starts at zero
	target := make([]float64, t.PaddedRows(pixels)*t.Width())
	t.PackNegated(target, x, samples, pixels, pixels)
	residual := make([]float64, len(target))
	vecs := t.Vectors(samples) // three samples fill one vector or two
	t.Product(residual, forward, z, vecs, target, kernels.Epilogue[float64]{})
	t.Product(z, backward, residual, vecs, nil, kernels.Epilogue[float64]{Base: z, Scale: -0.1})

	out := make([]float64, samples*latents)
	t.Unpack(out, z, samples, latents, latents)
	fmt.Printf("%.2f\n", out)
	// Output:
	// [0.70 0.50 1.40 0.10 0.10 0.20]
}

// A product can end with a constraint: here the non-negative latents.
func ExampleTable_Product() {
	t := kernels.Default[float32]()
	w := t.NewWeights(2, 2)
	w.Pack([]float32{
		1, 2,
		-1, 1,
	}, 2)
	rows, depth := w.Dims()
	b, out := make([]float32, depth*t.Width()), make([]float32, rows*t.Width())
	base := make([]float32, rows*t.Width())
	t.Pack(b, []float32{3, 1}, 1, depth, depth)
	inf := float32(math.Inf(1))
	t.Product(out, w, b, t.Vectors(1), nil, kernels.Epilogue[float32]{
		Base: base, Scale: 1,
		Prox: kernels.ProxClamp, Lo: []float32{0, 0}, Hi: []float32{inf, inf},
	})
	fmt.Println(out[0], out[t.Width()])
	// Output:
	// 5 0
}

// Outer sums a gradient of weights over the samples: S = Σ_n q_n·p_nᵀ.
func ExampleTable_Outer() {
	const samples = 2
	t := kernels.Default[float64]()
	width := t.Width()
	q := make([]float64, t.PaddedRows(2)*width)
	p := make([]float64, t.PaddedRows(3)*width)
	t.Pack(q, []float64{
		1, 2,
		10, 20,
	}, samples, 2, 2)
	t.Pack(p, []float64{
		1, 0, 1,
		0, 1, 1,
	}, samples, 3, 3)

	sampleMajor := make([]float64, width*t.PaddedRows(3))
	t.SampleMajor(sampleMajor, p, 3, t.Vectors(samples))
	stride := t.PaddedRows(3)
	s := make([]float64, 2*stride)
	t.Outer(s, q, 2, sampleMajor, 3, samples)
	fmt.Println(s[:3], s[stride:stride+3])

	sums := make([]float64, 2) // and of biases: Σ_n q_n
	t.RowSums(sums, q, 2, samples)
	fmt.Println(sums)
	// Output:
	// [1 10 11] [2 20 22]
	// [11 22]
}

// Pack puts samples side by side; Unpack is its inverse.
func ExampleTable_Pack() {
	t := kernels.Default[float64]()
	panel := make([]float64, 3*t.Width())
	t.Pack(panel, []float64{
		1, 2, 3,
		4, 5, 6,
	}, 2, 3, 3)
	for row := range 3 {
		fmt.Println(panel[row*t.Width():][:2])
	}
	rows := make([]float64, 2*3)
	t.Unpack(rows, panel, 2, 3, 3)
	fmt.Println(rows)
	// Output:
	// [1 4]
	// [2 5]
	// [3 6]
	// [1 2 3 4 5 6]
}

// There is a table for each instruction set; the pure Go one is the
// specification of the others and exists everywhere.
func ExampleFor() {
	t, err := kernels.For[float64](kernels.Go)
	fmt.Println(t.ISA(), t.Lanes(), "lanes", err)
	_, err = kernels.For[float64](kernels.ISA(9))
	fmt.Println(err != nil)
	fmt.Println(kernels.Available()[0])
	// Output:
	// go 4 lanes <nil>
	// true
	// go
}

// Default is the table of the active instruction set.
func ExampleDefault() {
	active, _ := kernels.Active()
	fmt.Println(kernels.Default[float32]().ISA() == active)
	// Output:
	// true
}

// Active reports a value of INVERSENET_ISA that cannot be followed.
func ExampleActive() {
	active, err := kernels.Active()
	if err != nil {
		fmt.Println("running on", active, "instead:", err)
	}
	// Output:
}

func ExampleParseISA() {
	isa, err := kernels.ParseISA("avx2")
	fmt.Println(isa == kernels.AVX2, err)
	_, err = kernels.ParseISA("sse")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown instruction set "sse": allowed are go, avx2 and avx512
}

func ExampleParseActivation() {
	act, err := kernels.ParseActivation("tanh")
	fmt.Println(act == kernels.Tanh, err)
	_, err = kernels.ParseActivation("gelu")
	fmt.Println(err)
	// Output:
	// true <nil>
	// unknown activation "gelu": allowed are identity, sigmoid, tanh, relu, softplus
}

// The constraints of one value.
func ExampleApplyProx() {
	for _, v := range []float64{-3, 0.5, 2} {
		box := kernels.ApplyProx(kernels.ProxClamp, v, -1, 1)
		soft := kernels.ApplyProx(kernels.ProxShrink, v, -1, 1)
		fmt.Println(v, box, soft)
	}
	// Output:
	// -3 -1 -2
	// 0.5 0.5 0
	// 2 1 1
}

// panel packs one sample.
func panel(t *kernels.Table[float64], sample ...float64) []float64 {
	p := make([]float64, t.PaddedRows(len(sample))*t.Width())
	t.Pack(p, sample, 1, len(sample), len(sample))
	return p
}

// sample takes it out again.
func sample(t *kernels.Table[float64], panel []float64, rows int) []float64 {
	out := make([]float64, rows)
	t.Unpack(out, panel, 1, rows, rows)
	return out
}

// The operations on whole panels, on one sample.
func ExampleTable() {
	t := kernels.Default[float64]()
	a, b := panel(t, 1, 2, 3), panel(t, 10, 20, 30)
	vecs := t.Vectors(1)

	t.AddScaled(a, 2, b, 3, vecs)
	fmt.Println("a + 2·b        ", sample(t, a, 3))
	t.Extrapolate(a, a, b, 0.5, 3, vecs)
	fmt.Println("a + ½·(a − b)  ", sample(t, a, 3))
	t.Multiply(b, b, b, 3, vecs)
	fmt.Println("b ⊙ b          ", sample(t, b, 3))
	sum := panel(t, 5)
	t.DotRows(sum, a, b, 3, vecs)
	fmt.Println("5 + ⟨a, b⟩     ", sample(t, sum, 1))
	t.Exp(a, panel(t, 0, 1, -1), 3, vecs)
	fmt.Printf("exp             %.4f\n", sample(t, a, 3))
	t.Log(a, a, 3, vecs)
	fmt.Printf("log             %.4f\n", sample(t, a, 3))
	// Output:
	// a + 2·b         [21 42 63]
	// a + ½·(a − b)   [26.5 53 79.5]
	// b ⊙ b           [100 400 900]
	// 5 + ⟨a, b⟩      [95405]
	// exp             [1.0000 2.7183 0.3679]
	// log             [0.0000 1.0000 -1.0000]
}

// Gate lets an adjoint pass where a constraint let the latent pass.
func ExampleTable_Gate() {
	t := kernels.Default[float64]()
	z := panel(t, 0, 0.5, 1) // after min(max(z, 0), 1)
	lambda, scaled := panel(t, 10, 20, 30), panel(t, 0, 0, 0)
	t.Gate(lambda, scaled, z, 3, t.Vectors(1), 0.1, kernels.ProxClamp, []float64{0, 0, 0}, []float64{1, 1, 1})
	fmt.Println(sample(t, lambda, 3), sample(t, scaled, 3))
	// Output:
	// [0 20 0] [0 2 0]
}

// How far apart two panels are in each sample, one row counting double.
func ExampleTable_WeightedDistance() {
	t := kernels.Default[float64]()
	acc := panel(t, 0)
	t.WeightedDistance(acc, panel(t, 1, 2, 3), panel(t, 1, 1, 1), []float64{1, 2, 1}, 3, t.Vectors(1))
	fmt.Println(sample(t, acc, 1)) // 0² + 2² + 2²
	// Output: [8]
}

func ExampleTable_AllFinite() {
	t := kernels.Default[float64]()
	fmt.Println(t.AllFinite([]float64{1, 2, 3}), t.AllFinite([]float64{1, math.NaN(), 3}))
	// Output: true false
}

func ExampleSameBits() {
	fmt.Println(kernels.SameBits([]float64{1, 0}, []float64{1, 0}), kernels.SameBits([]float64{0}, []float64{math.Copysign(0, -1)}))
	// Output: true false
}

// Observations become a panel −x, which residuals start from.
func ExampleTable_PackNegated() {
	t := kernels.Default[float64]()
	rows := []float64{1, 2, 3, 4} // two samples of two
	p := panel(t, 0, 0)
	t.PackNegated(p, rows, 2, 2, 2)
	fmt.Println(p[0], p[1], p[t.Width()], p[t.Width()+1])
	// Output: -1 -3 -2 -4
}

// What cross entropies are made of: terms that are not negative, so that they are exact
// for logits of any size.
func ExampleTable_Softmax() {
	t := kernels.Default[float64]()
	logits := panel(t, 1e6+2, 1e6+1, 1e6)
	p, largest, logSum := panel(t, 0, 0, 0), panel(t, 0), panel(t, 0)
	t.Softmax(p, largest, logSum, logits, 3, t.Vectors(1))
	fmt.Printf("softmax %.4f, cross entropy of class 1 %.4f\n", sample(t, p, 3), logSum[0]+(largest[0]-1e6-1))
	tail := panel(t, 0, 0, 0)
	t.Logistic(p, tail, panel(t, 2, 1, 0), 3, t.Vectors(1))
	fmt.Printf("σ %.4f, log(1 + exp(−|o|)) %.4f\n", sample(t, p, 3), sample(t, tail, 3))
	// Output:
	// softmax [0.6652 0.2447 0.0900], cross entropy of class 1 1.4076
	// σ [0.8808 0.7311 0.5000], log(1 + exp(−|o|)) [0.1269 0.3133 0.6931]
}

// An activation, and what a step through one and its adjoint need: the residual
// times its slope, d = (σ − x)·σ′, and h = σ′² + (σ − x)·σ″.
func ExampleTable_Activate() {
	t := kernels.Default[float64]()
	a, y := panel(t, -1, 0, 1), panel(t, 0, 0, 0)
	t.Apply(kernels.Sigmoid, y, a, 3, t.Vectors(1))
	fmt.Printf("σ = %.4f\n", sample(t, y, 3))
	d, h := panel(t, 0, 0, 0), panel(t, 0, 0, 0)
	t.Activate(kernels.Sigmoid, d, h, a, panel(t, 0, -0.5, -1), 3, t.Vectors(1))
	fmt.Printf("d = %.4f\nh = %.4f\n", sample(t, d, 3), sample(t, h, 3))
	// Output:
	// σ = [0.2689 0.5000 0.7311]
	// d = [0.0529 0.0000 -0.0529]
	// h = [0.0631 0.0625 0.0631]
}

// PeakFlops runs nothing but multiply-adds, to know what the machine can do: how
// many they were, for a clock around the call.
func ExampleTable_PeakFlops() {
	for _, isa := range kernels.Available() {
		t, err := kernels.For[float32](isa)
		if err != nil {
			panic(err)
		}
		operations := t.PeakFlops(100)
		if hasKernel := isa != kernels.Go; operations > 0 != hasKernel {
			fmt.Println(isa, operations)
		}
	}
	// Output:
}

// The first step of Adam moves every parameter by the rate, here 0.1, against the
// sign of its gradient.
func ExampleTable_Adam() {
	const rate, meanDecay, squareDecay, eps = 0.1, 0.9, 0.999, 1e-8
	root := math.Sqrt(1 - squareDecay) // √(1−β₂ᵗ) for t = 1
	x, g := []float64{1, 1, 1}, []float64{5, -0.01, 0}
	m, v := make([]float64, 3), make([]float64, 3)
	kernels.Default[float64]().Adam(x, g, m, v, kernels.AdamCoefficients[float64]{
		Mean: 1 - meanDecay, Square: 1 - squareDecay, Rate: rate * root / (1 - meanDecay), Eps: eps * root,
	})
	fmt.Printf("%.4f\n", x)
	// Output:
	// [0.9000 1.1000 1.0000]
}

// The result of a product, panels of columns, becomes the left factor of the next.
func ExampleWeights_PackPanels() {
	t := kernels.Default[float64]()
	width := t.Width()
	m := make([]float64, 2*width) // 2 rows, in one panel
	m[0], m[1], m[width], m[width+1] = 1, 2, 3, 4
	w, out := t.NewWeights(2, 2), make([]float64, 2*width)
	w.PackPanels(m, 2, width, 0, false)
	t.Product(out, w, m, 1, nil, kernels.Epilogue[float64]{})
	fmt.Println(out[:2], out[width:width+2]) // the square of the matrix
	// Output: [7 10] [15 22]
}

// A product is fastest where its rows fill register tiles.
func ExampleTable_TileRows() {
	t := kernels.Default[float32]()
	fmt.Println(t.TileRows() >= 1, t.TileRows()*2 <= 32) // accumulators, of at most 32 registers
	// Output: true true
}
