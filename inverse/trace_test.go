package inverse

import (
	"context"
	"math"
	"math/rand/v2"
	"testing"
)

// TestStats: the counts of a batch are those of its samples alone, and the
// result after that many steps is the one reported.
func TestStats(t *testing.T) {
	const pixels, latents, samples = 9, 4, 40
	rng := rand.New(rand.NewPCG(41, 42))
	g := randomLinear(rng, pixels, latents, true)
	x, z0 := randomMatrix(rng, samples, pixels, 1), NewMatrix[float64](samples, latents)
	in := Inner{Steps: 30, AutoStep: true, Tolerance: 1e-3}
	s, err := NewSolver(g, in, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	var st Stats
	z := z0.clone()
	if err := s.InvertContext(context.Background(), z, x, &st); err != nil {
		t.Fatal(err)
	}
	kinds := map[Status]int{}
	for i, n := range st.Iterations {
		kinds[st.Status[i]]++
		short := in
		short.Steps, short.Tolerance = n, 0
		want := referenceInvert(g, short, z0.Slice(i, i+1), x.Slice(i, i+1))
		for k, v := range z.Row(i) {
			if diff := math.Abs(v - want.Data[k]); !(diff <= 1e-13) {
				t.Errorf("sample %d after %d steps: latent %d is %v, want %v", i, n, k, v, want.Data[k])
			}
		}
	}
	if kinds[Converged] == 0 || kinds[MaxSteps] == 0 {
		t.Errorf("statuses %v: the case should have samples of both kinds", kinds)
	}
}

func TestDivergedSamplesAreNamed(t *testing.T) {
	g := &Linear[float64]{W: Matrix[float64]{Rows: 1, Cols: 1, Stride: 1, Data: []float64{1}}}
	s, err := NewSolver(g, Inner{Steps: 5000, LearningRate: 1.1, Form: DirectForm}, Compute[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	x, z := NewMatrix[float64](2, 1), NewMatrix[float64](2, 1)
	x.Data[1] = 1 // the first sample starts at its solution and stays there
	var st Stats
	err = s.InvertContext(context.Background(), z, x, &st)
	d, ok := err.(*DivergenceError)
	if !ok {
		t.Fatalf("got %v, want a DivergenceError", err)
	}
	if d.Step != 2.2 || math.Abs(d.LambdaMax-1) > 1e-12 || math.Abs(d.SafeStep-2) > 1e-12 {
		t.Errorf("step %v, λmax %v, safe %v, want 2.2, 1 and 2", d.Step, d.LambdaMax, d.SafeStep)
	}
	if st.Status[0] != MaxSteps || st.Status[1] != Diverged {
		t.Errorf("statuses %v, want max steps and diverged", st.Status)
	}
}

// TestTrace compares the path with inversions of every length, and the losses
// with what they are defined as.
func TestTrace(t *testing.T) {
	const pixels, latents, samples = 6, 3, 21
	for name, in := range innerCases(latents) {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(43, 44))
			g := randomLinear(rng, pixels, latents, true)
			x, z0 := randomMatrix(rng, samples, pixels, 1), randomMatrix(rng, samples, latents, 1)
			in := in.scaled(g, samples)
			in.Reduction = MeanPixels
			s, err := NewSolver(g, in, Compute[float64]{})
			if err != nil {
				t.Fatal(err)
			}
			tr, err := s.Trace(z0.clone(), x)
			if err != nil {
				t.Fatal(err)
			}
			for n, got := range tr.Path {
				short := in
				short.Steps = n
				short.StepSizes = short.StepSizes[:min(n, len(short.StepSizes))]
				want := referenceInvert(g, short, z0, x)
				for i, v := range got.Data {
					if diff := math.Abs(v - want.Data[i]); !(diff <= 1e-13) {
						t.Fatalf("after %d steps: element %d is %v, want %v", n, i, v, want.Data[i])
					}
				}
			}
			last := len(tr.Loss) - 1
			if first, end := tr.Loss[0][0], tr.Loss[last][0]; !(end < first) && in.Prox.Kind == Free {
				t.Errorf("loss went from %v to %v", first, end)
			}
		})
	}
}
