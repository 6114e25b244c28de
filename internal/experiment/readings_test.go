package experiment

import (
	"math"
	"reflect"
	"testing"
)

func TestConfusionAndMisread(t *testing.T) {
	r := Readings{
		Classes:       []string{"cat", "dog", "eel"},
		Labels:        []int{0, 1, 2},
		Probabilities: [][]float64{{0.9, 0.1, 0}, {0.25, 0, 0.75}, {0.1, 0.1, 0.8}},
	}
	if got, want := r.Confusion(), [][]int{{1, 0, 0}, {0, 0, 1}, {0, 0, 1}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	r.Labels = []int{1, 1, 0}
	if got, want := r.Misread(), []int{0, 2, 1}; !reflect.DeepEqual(got, want) {
		t.Errorf("misread %v, want the surest first: %v", got, want)
	}
}

func TestCalibration(t *testing.T) {
	r := Readings{
		Classes:       []string{"a", "b"},
		Labels:        []int{0, 0, 0, 0},
		Probabilities: [][]float64{{0.7, 0.3}, {0.3, 0.7}, {1, 0}, {0.95, 0.05}},
	}
	bins, got := r.Calibration()
	// Two at 0.7, one of them right; two at 0.975 on average, both right.
	want := (2*0.2 + 2*0.025) / 4
	if math.Abs(got-want) > 1e-12 {
		t.Errorf("calibration error %v, want %v", got, want)
	}
	// 0.7 is the upper end of its bin, 1 that of the last.
	if b := bins[6]; b.Count != 2 || b.Accuracy != 0.5 || math.Abs(b.Confidence-0.7) > 1e-12 {
		t.Errorf("bin %+v", b)
	}
	if b := bins[9]; b.Count != 2 || b.Accuracy != 1 {
		t.Errorf("bin %+v", b)
	}
}
