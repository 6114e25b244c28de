package experiment

import (
	"math"
	"sort"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/inverse"
)

// Readings are what a model read from data whose labels are known; slices have an
// element for each of them.
type Readings struct {
	Name     string // what was read, such as "test rows 1000:1500"
	FirstRow int
	Classes  []string
	Labels   []int
	// Probabilities[i][c] is what the model gives to class c.
	Probabilities [][]float64
	// Images, and what was generated from the latents that were found for them.
	// nil leaves the pictures out.
	Images, Generated [][]float64
}

// NewReadings are what was read from labelled rows, by the outputs of a model
// with the given classes.
func NewReadings(d dataset.Dataset, classes []string, outputs inverse.Matrix[float64]) Readings {
	r := Readings{Name: d.Name, Classes: classes, Labels: d.Labels}
	for i := range outputs.Rows {
		r.Probabilities = append(r.Probabilities, Probabilities(outputs.Row(i)))
	}
	return r
}

// Probabilities are the softmax of a row of outputs.
func Probabilities(outputs []float64) []float64 {
	p := make([]float64, len(outputs))
	largest := math.Inf(-1)
	for _, v := range outputs {
		largest = max(largest, v)
	}
	var sum float64
	for i, v := range outputs {
		p[i] = math.Exp(v - largest)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// Class is the index of the largest probability, of equal ones the first.
func Class(probabilities []float64) (class int) {
	for i, p := range probabilities {
		if p > probabilities[class] {
			class = i
		}
	}
	return class
}

// Confusion counts, for each class (rows), what its samples were read as (columns).
func (r Readings) Confusion() [][]int {
	counts := make([][]int, len(r.Classes))
	for i := range counts {
		counts[i] = make([]int, len(r.Classes))
	}
	for i, label := range r.Labels {
		counts[label][Class(r.Probabilities[i])]++
	}
	return counts
}

// Misread lists the readings that are wrong, the surest first.
func (r Readings) Misread() (rows []int) {
	for i, label := range r.Labels {
		if Class(r.Probabilities[i]) != label {
			rows = append(rows, i)
		}
	}
	sort.SliceStable(rows, func(a, b int) bool { return r.sureness(rows[a]) > r.sureness(rows[b]) })
	return rows
}

// sureness is the probability of the class that was read.
func (r Readings) sureness(i int) float64 { return r.Probabilities[i][Class(r.Probabilities[i])] }

// Bin is the readings whose probability lies in From < p ≤ To.
type Bin struct {
	From, To   float64
	Count      int
	Confidence float64 // mean probability
	Accuracy   float64 // fraction that was right
}

// Calibration sorts the readings by the probability of the class that was read
// into ten bins of the same width. The calibration error is the mean over
// readings of |Accuracy − Confidence| of their bins (Naeini, Cooper and
// Hauskrecht, 2015).
func (r Readings) Calibration() (bins []Bin, calibrationError float64) {
	const count = 10
	bins = make([]Bin, count)
	for i := range bins {
		bins[i].From, bins[i].To = float64(i)/count, float64(i+1)/count
	}
	for i, label := range r.Labels {
		p := r.sureness(i)
		n := 0
		for n < count-1 && p > bins[n].To {
			n++
		}
		bins[n].Count++
		bins[n].Confidence += p
		if Class(r.Probabilities[i]) == label {
			bins[n].Accuracy++
		}
	}
	for i := range bins {
		if b := &bins[i]; b.Count > 0 {
			b.Confidence /= float64(b.Count)
			b.Accuracy /= float64(b.Count)
			calibrationError += abs(b.Accuracy-b.Confidence) * float64(b.Count) / float64(len(r.Labels))
		}
	}
	return bins, calibrationError
}

func abs(v float64) float64 { return max(v, -v) }
