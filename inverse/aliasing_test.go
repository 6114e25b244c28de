package inverse

import (
	"math/rand/v2"
	"testing"
)

// TestArgumentsThatShareMemory: every pair of arguments of every call, of which one
// is written, panics before anything is written, or is documented as allowed.
func TestArgumentsThatShareMemory(t *testing.T) {
	const n, samples = 3, 4 // as many pixels as latents, so that any matrix fits anywhere
	rng := rand.New(rand.NewPCG(141, 142))
	g := randomLinear(rng, n, n, true)
	layered := randomMLP(rng, 0, n, n, n)
	in := Inner{Steps: 3, LearningRate: 0.01}
	s, err := NewSolver[float64](g, in, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	type pair struct {
		call func(a, b Matrix[float64])
		may  bool
	}
	other := func() Matrix[float64] { return randomMatrix(rand.New(rand.NewPCG(143, 144)), samples, n, 1) }
	back := func(g *Gradients[float64], lambda, z0, x Matrix[float64]) {
		if err := s.Backpropagate(g, lambda, z0, x); err != nil {
			t.Error(err)
		}
	}
	for name, p := range map[string]pair{
		"Invert z, x":     {func(a, b Matrix[float64]) { s.Invert(a, b) }, false},
		"Trace z, x":      {func(a, b Matrix[float64]) { s.Trace(a, b) }, false},
		"Generate":        {func(a, b Matrix[float64]) { g.Generate(a, b) }, false},
		"MLP.Generate":    {func(a, b Matrix[float64]) { layered.Generate(a, b) }, false},
		"GenerateRows":    {func(a, b Matrix[float64]) { GenerateRows(&square{n}, a, b) }, false},
		"Start, z0":       {func(a, b Matrix[float64]) { back(&Gradients[float64]{Start: a}, other(), b, other()) }, false},
		"Start, x":        {func(a, b Matrix[float64]) { back(&Gradients[float64]{Start: a}, other(), other(), b) }, false},
		"X, z0":           {func(a, b Matrix[float64]) { back(&Gradients[float64]{X: a}, other(), b, other()) }, false},
		"X, x":            {func(a, b Matrix[float64]) { back(&Gradients[float64]{X: a}, other(), other(), b) }, false},
		"X, lambda":       {func(a, b Matrix[float64]) { back(&Gradients[float64]{X: a}, b, other(), other()) }, false},
		"X, Start":        {func(a, b Matrix[float64]) { back(&Gradients[float64]{X: a, Start: b}, other(), other(), other()) }, false},
		"Start, lambda":   {func(a, b Matrix[float64]) { back(&Gradients[float64]{Start: a}, b, other(), other()) }, true},
		"lambda, z0, x":   {func(a, b Matrix[float64]) { back(&Gradients[float64]{}, a, b, a) }, true},
		"Invert z, W":     {func(a, b Matrix[float64]) { withWeights(g, b, func() { s.Invert(a, other()) }) }, false},
		"Trace z, W":      {func(a, b Matrix[float64]) { withWeights(g, b, func() { s.Trace(a, other()) }) }, false},
		"Generate dst, W": {func(a, b Matrix[float64]) { withWeights(g, b, func() { g.Generate(a, other()) }) }, false},
		"Start, W": {func(a, b Matrix[float64]) {
			withWeights(g, b, func() { back(&Gradients[float64]{Start: a}, other(), other(), other()) })
		}, false},
		"X, W": {func(a, b Matrix[float64]) {
			withWeights(g, b, func() { back(&Gradients[float64]{X: a}, other(), other(), other()) })
		}, false},
		"Generator, W": {func(a, b Matrix[float64]) {
			withWeights(g, b, func() { back(&Gradients[float64]{Generator: weights(a, g)}, other(), other(), other()) })
		}, false},
		"Generator, x":      {func(a, b Matrix[float64]) { back(&Gradients[float64]{Generator: weights(a, g)}, other(), other(), b) }, false},
		"Generator, z0":     {func(a, b Matrix[float64]) { back(&Gradients[float64]{Generator: weights(a, g)}, other(), b, other()) }, false},
		"Generator, lambda": {func(a, b Matrix[float64]) { back(&Gradients[float64]{Generator: weights(a, g)}, b, other(), other()) }, false},
		"Generator, Start": {func(a, b Matrix[float64]) {
			back(&Gradients[float64]{Generator: weights(a, g), Start: b}, other(), other(), other())
		}, false},
		"Generator, X": {func(a, b Matrix[float64]) {
			back(&Gradients[float64]{Generator: weights(a, g), X: b}, other(), other(), other())
		}, false},
	} {
		memory := randomMatrix(rng, samples+1, n, 0.1)
		for how, m := range map[string]Matrix[float64]{"the same": memory.Slice(0, samples), "one row further": memory.Slice(1, samples+1)} {
			a := memory.Slice(0, samples)
			before := memory.clone()
			if p.may {
				p.call(a, m)
				continue
			}
			mustPanic(t, name+", "+how, func() { p.call(a, m) })
			compareGradients(t, name+", "+how, memory.Data, before.Data, 0)
		}
		p.call(memory.Slice(0, samples), other()) // apart: no panic
	}
	twice := NewLinear[float64](n, n, false)
	twice.Bias = twice.W.Data[3:6]
	mustPanic(t, "a gradient whose W and bias share memory", func() { back(&Gradients[float64]{Generator: twice}, other(), other(), other()) })
}

// TestColumnsOfOneMatrixAreApart: z and x side by side in one table are no mistake.
func TestColumnsOfOneMatrixAreApart(t *testing.T) {
	rng := rand.New(rand.NewPCG(145, 146))
	table := randomMatrix(rng, 19, 9, 1)
	z := Matrix[float64]{Rows: 19, Cols: 3, Stride: 9, Data: table.Data}
	x := Matrix[float64]{Rows: 19, Cols: 5, Stride: 9, Data: table.Data[4:]}
	s, err := NewSolver[float64](randomLinear(rng, 5, 3, true), Inner{Steps: 3, LearningRate: 0.01}, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	want := z.clone()
	if err := s.Invert(want, x.clone()); err != nil {
		t.Fatal(err)
	}
	if err := s.Invert(z, x); err != nil {
		t.Fatal(err)
	}
	compareGradients(t, "z", z.clone().Data, want.Data, 0)
}

// withWeights runs f with W at b, whose first rows it is.
func withWeights(g *Linear[float64], b Matrix[float64], f func()) {
	kept := g.W
	defer func() { g.W = kept }()
	g.W = Matrix[float64]{Rows: g.W.Rows, Cols: g.W.Cols, Stride: g.W.Cols, Data: b.Data[:g.W.Rows*g.W.Cols]}
	f()
}

// weights is a gradient whose W is at a.
func weights(a Matrix[float64], g *Linear[float64]) *Linear[float64] {
	return &Linear[float64]{W: Matrix[float64]{Rows: g.W.Rows, Cols: g.W.Cols, Stride: g.W.Cols, Data: a.Data[:g.W.Rows*g.W.Cols]}, Bias: make([]float64, len(g.Bias))}
}

// square is the user's x = z².
type square struct{ n int }

func (g *square) Pixels() int                      { return g.n }
func (g *square) Latents() int                     { return g.n }
func (g *square) Parameters() []Parameter[float64] { return nil }
func (g *square) Generate(dst, z Matrix[float64])  { GenerateRows(g, dst, z) }

func (g *square) Forward(x, z []float64) {
	for i, v := range z {
		x[i] = v * v
	}
}

func (g *square) Gradient(dz, z, r []float64) {
	for i, v := range z {
		dz[i] = 2 * v * r[i]
	}
}

func (g *square) Differentiate(dz []float64, _ [][]float64, z, r, v []float64) {
	for i := range z {
		dz[i] = 2*r[i]*v[i] + 4*z[i]*z[i]*v[i]
	}
}

func (g *square) Tangent(dx, z, v []float64) {
	for i := range z {
		dx[i] = 2 * z[i] * v[i]
	}
}
