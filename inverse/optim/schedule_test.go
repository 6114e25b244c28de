package optim

import (
	"fmt"
	"math"
	"testing"
)

func TestSchedules(t *testing.T) {
	half := math.Sqrt(0.5)
	tests := []struct {
		schedule Schedule
		steps    int
		want     []float64
	}{
		{Constant{}, 3, []float64{1, 1, 1, 1}},
		{Cosine{}, 4, []float64{1, (1 + half) / 2, 0.5, (1 - half) / 2, 0, 0}},
		{Cosine{Final: 0.2}, 4, []float64{1, 0.2 + 0.4*(1+half), 0.6, 0.2 + 0.4*(1-half), 0.2, 0.2}},
		{Cosine{}, 1, []float64{1, 0}},
		{WarmUp{Steps: 3}, 6, []float64{0.25, 0.5, 0.75, 1, 1, 1}},
		{WarmUp{Steps: 1, Then: Cosine{}}, 5, []float64{0.5, 1, (1 + half) / 2, 0.5, (1 - half) / 2, 0}},
		{WarmUp{Steps: 9, Then: Cosine{}}, 3, []float64{0.1, 0.2, 0.3}},
		{WarmUp{Steps: 1, Then: WarmUp{Steps: 1}}, 4, []float64{0.25, 0.5, 1, 1}},
		{WarmUp{Then: Cosine{}}, 2, []float64{1, 0.5}},
		{ScheduleFunc(func(step, steps int) float64 { return float64(step) / float64(steps) }), 4, []float64{0, 0.25, 0.5}},
	}
	for _, test := range tests {
		name := fmt.Sprintf("%T over %d", test.schedule, test.steps)
		if s, ok := test.schedule.(fmt.Stringer); ok {
			name = fmt.Sprintf("%v over %d", s, test.steps)
		}
		t.Run(name, func(t *testing.T) {
			for step, want := range test.want {
				if got := test.schedule.At(step, test.steps); !(math.Abs(got-want) <= 1e-15) {
					t.Errorf("step %d: %v, not %v", step, got, want)
				}
			}
		})
	}
}
