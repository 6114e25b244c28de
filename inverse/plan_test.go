package inverse

import "testing"

// TestPlanner states which form is cheapest where, and that the planner finds it.
func TestPlanner(t *testing.T) {
	nonNegative := Prox{Kind: NonNegativeLatents}
	for name, c := range map[string]struct {
		pixels, latents, steps, samples int
		prox                            Prox
		want                            Form
	}{
		"the notebook":                {64, 10, 250, 1000, Prox{}, ClosedForm},
		"the notebook, non-negative":  {64, 10, 250, 1000, nonNegative, GramForm},
		"more latents than 2J":        {64, 256, 10, 100, nonNegative, DirectForm},
		"many samples of many pixels": {784, 256, 20, 1024, nonNegative, GramForm},
		"few samples of many pixels":  {784, 256, 20, 8, nonNegative, DirectForm},
		"one step of few samples":     {64, 10, 1, 8, Prox{}, DirectForm},
		"ten samples and many steps":  {64, 10, 1000, 10, Prox{}, ClosedForm},
	} {
		t.Run(name, func(t *testing.T) {
			m := &Model[float32]{Generator: NewLinear[float32](c.pixels, c.latents, false), Inner: Inner{Steps: c.steps, LearningRate: 1, Prox: c.prox}}
			d := Data[float32]{X: NewMatrix[float32](c.samples, c.pixels), Labels: make([]int, c.samples)}
			tr, err := NewTrainer(m, d, SoftmaxCrossEntropy{}, Outer[float32]{})
			if err != nil {
				t.Fatal(err)
			}
			if got := tr.Form(); got != c.want {
				t.Errorf("planned %v, want %v", got, c.want)
			}
		})
	}
}
