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
// size of a column without deviation as it is.
func columnScaling(d dataset.Dataset) modelfile.Scaling {
	s := modelfile.Scaling{Offset: make([]float64, d.Pixels), Scale: make([]float64, d.Pixels)}
	for j := range d.Pixels {
		var sum, squares float64
		for i := range d.Rows {
			sum += d.X[i*d.Pixels+j]
		}
		mean := sum / float64(d.Rows)
		for i := range d.Rows {
			e := d.X[i*d.Pixels+j] - mean
			squares += e * e
		}
		s.Offset[j], s.Scale[j] = mean, math.Sqrt(squares/float64(d.Rows))
		if !(s.Scale[j] > 0) {
			s.Scale[j] = 1
		}
	}
	return s
}
