package main

import "github.com/inversenet/inversenet/inverse"

// Rows of the digits: the first are for training, and all choices are made
// there. The test rows that follow are read in two lengths.
const (
	trainRows = 1000
	shortTest = 1500
	longTest  = 1797
)

// rowRange is the samples from one row up to another, without copying.
func rowRange(d inverse.Data[float32], from, to int) inverse.Data[float32] {
	return inverse.Data[float32]{X: d.X.Slice(from, to), Labels: d.Labels[from:to]}
}

// split cuts the training rows into folds of neighbours and returns one fold and
// all the others together. Neighbours stay together because the file has the
// digits of one writer after those of another: a fold is read by a model that
// has hardly seen its writers, as is the case for the test rows.
func split(d inverse.Data[float32], fold, folds int) (others, left inverse.Data[float32]) {
	from, to := fold*trainRows/folds, (fold+1)*trainRows/folds
	others.X = inverse.NewMatrix[float32](trainRows-(to-from), d.X.Cols)
	for i := range others.X.Rows {
		row := i
		if i >= from {
			row += to - from
		}
		copy(others.X.Row(i), d.X.Row(row))
		others.Labels = append(others.Labels, d.Labels[row])
	}
	return others, rowRange(d, from, to)
}
