package kernels

import (
	"fmt"
	"unsafe"
)

// maxTile is the most rows any instruction set holds in registers at once.
const maxTile = 14

// A Table holds the kernels of one element type on one instruction set, with
// the sizes that belong to them.
type Table[T Float] struct {
	isa   ISA
	lanes int // elements in one vector; a panel row is two vectors
	tile  int // most rows of a register tile

	// By vectors per panel row less one, and by rows of the tile.
	product [2][maxTile + 1]productFunc[T]
	outer   [2][maxTile + 1]outerFunc[T]

	addScaled   addScaledFunc[T]
	multiply    multiplyFunc[T]
	extrapolate extrapolateFunc[T]
	rowSums     rowSumsFunc[T]
	exp, log    mapFunc[T]
	logistic    logisticFunc[T]
	softmax     softmaxFunc[T]
	adam        adamFunc[T]

	apply    [numActivations]mapFunc[T]
	activate [numActivations]activateFunc[T]

	// By vectors per panel row less one.
	gate     [2]gateFunc[T]
	dotRows  [2]dotRowsFunc[T]
	distance [2]distanceFunc[T]

	transpose, negated transposeFunc[T] // the second with another sign
	finite             finiteFunc[T]
	peak               peakFunc
}

var (
	tables32 = build(overlay32)
	tables64 = build(overlay64)
)

// build fills a table with the reference for every instruction set and lays
// over it what each available one offers.
func build[T Float](overlay func(*Table[T], ISA)) [numISA]*Table[T] {
	var tables [numISA]*Table[T]
	for _, isa := range available {
		t := reference[T]()
		t.isa = isa
		overlay(t, isa)
		tables[isa] = t
	}
	return tables
}

// For returns the table of an instruction set, or an error where this processor
// or build lacks it.
func For[T Float](isa ISA) (*Table[T], error) {
	if isa < 0 || isa >= numISA || tableOf[T](isa) == nil {
		return nil, fmt.Errorf("kernels: %v is not available here: available are %v", isa, available)
	}
	return tableOf[T](isa), nil
}

// Default returns the table of the instruction set in use, see [Active].
func Default[T Float]() *Table[T] { return tableOf[T](active) }

func tableOf[T Float](isa ISA) *Table[T] {
	if t, ok := any(tables32[isa]).(*Table[T]); ok {
		return t
	}
	return any(tables64[isa]).(*Table[T])
}

// ISA is the instruction set that the kernels are written for.
func (t *Table[T]) ISA() ISA { return t.isa }

// Lanes is the number of elements in one vector; a panel row is two vectors.
func (t *Table[T]) Lanes() int { return t.lanes }

// TileRows is the most rows that a product holds in registers at once, two vectors
// wide.
func (t *Table[T]) TileRows() int { return t.tile }

// Width is the number of samples a panel holds, and the distance from one row
// of a panel to the next.
func (t *Table[T]) Width() int { return 2 * t.lanes }

// Vectors is how many vectors of a panel row the samples fill: 1 or 2.
func (t *Table[T]) Vectors(samples int) int {
	if samples <= t.lanes {
		return 1
	}
	return 2
}

// PaddedRows rounds a number of rows up to whole vectors: the row stride of a
// sample-major buffer, and the rows a panel must have to be the source of
// [Table.SampleMajor].
func (t *Table[T]) PaddedRows(rows int) int { return (rows + t.lanes - 1) / t.lanes * t.lanes }

// PeakFlops runs a loop of independent multiply-adds on registers and returns
// how many floating-point operations that were: timed, it is the peak of one
// core. On [Go] it returns 0: there is no kernel to compare with.
func (t *Table[T]) PeakFlops(rounds int) float64 {
	if t.peak == nil {
		return 0
	}
	const most = callBudget / peakChains // rounds in one call
	for left := rounds; left > 0; left -= most {
		t.peak(min(left, most))
	}
	return float64(rounds) * (2 * peakChains) * float64(t.lanes)
}

func sizeof[T Float]() int {
	var x T
	return int(unsafe.Sizeof(x))
}

// first is the address of a slice's first element, nil for an empty slice.
func first[T Float](s []T) *T { return unsafe.SliceData(s) }
