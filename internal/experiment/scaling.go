package experiment

import (
	"math"
	"slices"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// scalingOf is what the setting asks for, measured on the training rows.
func scalingOf(how choice, d dataset.Dataset) modelfile.Scaling {
	switch how.value {
	case scalingRange:
		low, high := slices.Min(d.X), slices.Max(d.X)
		if low == high {
			high = low + 1
		}
		return modelfile.Scaling{Offset: []float64{low}, Scale: []float64{high - low}}
	case scalingColumns:
		return columnScaling(d)
	default:
		return modelfile.Scaling{}
	}
}

// columnScaling gives each column the mean 0 and the deviation 1, or leaves the
// size of a column without deviation as it is. Both are of the numbers within
// three ranges between the quartiles of these (Tukey's far fences), so that a few
// that are far out do not squeeze the others; where the quartiles are equal, all
// numbers count.
func columnScaling(d dataset.Dataset) modelfile.Scaling {
	s := modelfile.Scaling{Offset: make([]float64, d.Pixels), Scale: make([]float64, d.Pixels)}
	column := make([]float64, d.Rows)
	for j := range d.Pixels {
		for i := range column {
			column[i] = d.X[i*d.Pixels+j]
		}
		s.Offset[j], s.Scale[j] = meanAndDeviation(withinFences(column))
	}
	return s
}

// withinFences sorts the values and cuts off those that are far out.
func withinFences(values []float64) []float64 {
	slices.Sort(values)
	n := len(values)
	low, high := values[n/4], values[min(n-1, 3*n/4)]
	if !(high > low) {
		return values
	}
	const fence = 3
	low, high = low-fence*(high-low), high+fence*(high-low)
	from := slices.IndexFunc(values, func(v float64) bool { return v >= low })
	to := n
	for to > from && values[to-1] > high {
		to--
	}
	return values[from:to]
}

func meanAndDeviation(values []float64) (mean, deviation float64) {
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		e := v - mean
		deviation += float64(e*e) / float64(len(values))
	}
	if deviation = math.Sqrt(deviation); !(deviation > 0) || math.IsInf(deviation, 0) {
		deviation = 1
	}
	return mean, deviation
}
