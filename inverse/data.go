package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// Data is a set of samples to train on; samples are rows. What the loss does not
// ask for is not looked at.
type Data[T Float] struct {
	// X holds the observations, samples × pixels.
	X Matrix[T]
	// Start holds the latents that inversion starts from, samples × latents;
	// without rows it stands for zeros.
	Start Matrix[T]
	// Labels are the classes, 0 ≤ label < outputs, for the cross entropies; one for
	// each sample.
	Labels []int
	// Targets are the wanted outputs, samples × outputs, for [SquaredError].
	Targets Matrix[T]
	// Weights, when not nil, say how much each sample's loss counts, and
	// ClassWeights how much those of each label do; at least 0 and not all 0. Both are
	// multiplied, and scaled to a mean of 1 over the data, so that weights that are
	// all equal change nothing and a mini-batch estimates the same loss.
	Weights, ClassWeights []float64
}

// check panics when shapes do not fit the model, and returns an error when the
// data cannot be trained on.
func (d Data[T]) check(m *Model[T], loss Loss) error {
	d.X.mustBe("X", -1, m.Generator.Pixels())
	if d.Start.Rows > 0 {
		d.Start.mustBe("Start", d.X.Rows, m.Generator.Latents())
	}
	if d.X.Rows == 0 {
		return fmt.Errorf("no samples to train on")
	}
	if err := d.X.checkFinite("X"); err != nil {
		return err
	}
	if err := d.Start.checkFinite("Start"); err != nil {
		return err
	}
	if err := d.checkGoals(m, loss); err != nil {
		return err
	}
	return d.checkWeights(m, loss)
}

// checkGoals looks at what the loss asks for.
func (d Data[T]) checkGoals(m *Model[T], loss Loss) error {
	if _, squared := loss.(SquaredError); squared {
		d.Targets.mustBe("Targets", d.X.Rows, m.Outputs())
		return d.Targets.checkFinite("Targets")
	}
	if !loss.labelled() {
		return nil
	}
	if len(d.Labels) != d.X.Rows {
		return fmt.Errorf("%d labels for %d samples", len(d.Labels), d.X.Rows)
	}
	for i, label := range d.Labels {
		if label < 0 || label >= m.Outputs() {
			return fmt.Errorf("label %d of row %d is out of range: the model has outputs 0 to %d", label, i, m.Outputs()-1)
		}
	}
	return nil
}

func (d Data[T]) checkWeights(m *Model[T], loss Loss) error {
	if d.ClassWeights != nil && !loss.labelled() {
		return fmt.Errorf("class weights go with labels, and %v has none: use Weights", loss)
	}
	for _, w := range []struct {
		name string
		v    []float64
		want int
		what string
	}{{"weights", d.Weights, d.X.Rows, "samples"}, {"class weights", d.ClassWeights, m.Outputs(), "outputs"}} {
		if w.v == nil {
			continue
		}
		if len(w.v) != w.want {
			return fmt.Errorf("%d %s for %d %s", len(w.v), w.name, w.want, w.what)
		}
		for i, v := range w.v {
			if !(v >= 0) || math.IsInf(v, 0) {
				return fmt.Errorf("%s: element %d is %v, want a number of at least 0", w.name, i, v)
			}
		}
	}
	if w := d.weights(); w != nil && !engine.Finite(w) {
		return fmt.Errorf("the weights of all samples are 0")
	}
	return nil
}

// weights are those of samples, scaled to a mean of 1; nil where there are none.
func (d Data[T]) weights() []float64 {
	if d.Weights == nil && d.ClassWeights == nil {
		return nil
	}
	// Over the largest, neither products nor the sum leave the range of numbers.
	most, mostOfClass := largest(d.Weights), largest(d.ClassWeights)
	w, sum := make([]float64, d.X.Rows), 0.0
	for i := range w {
		w[i] = 1
		if d.Weights != nil {
			w[i] = d.Weights[i] / most
		}
		if d.ClassWeights != nil {
			w[i] *= d.ClassWeights[d.Labels[i]] / mostOfClass
		}
		sum += w[i]
	}
	for i := range w {
		w[i] *= float64(d.X.Rows) / sum
	}
	return w
}

func largest(v []float64) (most float64) {
	for _, v := range v {
		most = max(most, v)
	}
	return most
}

// engine is what the engine needs of the data for a loss.
func (d Data[T]) engine(loss Loss) engine.Data[T] {
	e := engine.Data[T]{X: engine.Batch[T](d.X), Start: engine.Batch[T](d.Start), Weights: d.weights()}
	if loss.labelled() {
		e.Labels = d.Labels
	}
	if _, squared := loss.(SquaredError); squared {
		e.Targets = engine.Batch[T](d.Targets)
	}
	return e
}
