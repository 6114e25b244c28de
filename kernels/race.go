//go:build race

package kernels

import (
	"runtime"
	"unsafe"
)

// The race detector cannot see into assembly: these functions tell it what a
// kernel reads and writes. A nil slice stands for an operand that is not there.

// raceRead tells that the first n elements of s are read.
func raceRead[T Float](s []T, n int) { raceReadRows(s, 1, n, n) }

// raceWrite tells that the first n elements of s are written.
func raceWrite[T Float](s []T, n int) { raceWriteRows(s, 1, n, n) }

// raceReadPanel tells that vecs vectors of each row of a panel are read.
func raceReadPanel[T Float](t *Table[T], s []T, rows, vecs int) {
	raceReadRows(s, rows, vecs*t.lanes, t.Width())
}

// raceWritePanel tells that vecs vectors of each row of a panel are written.
func raceWritePanel[T Float](t *Table[T], s []T, rows, vecs int) {
	raceWriteRows(s, rows, vecs*t.lanes, t.Width())
}

// raceReadRows tells that cols elements of each row are read.
func raceReadRows[T Float](s []T, rows, cols, stride int) {
	raceRows(s, rows, cols, stride, runtime.RaceReadRange)
}

// raceWriteRows tells that cols elements of each row are written.
func raceWriteRows[T Float](s []T, rows, cols, stride int) {
	raceRows(s, rows, cols, stride, runtime.RaceWriteRange)
}

func raceRows[T Float](s []T, rows, cols, stride int, tell func(unsafe.Pointer, int)) {
	if s == nil || rows == 0 || cols == 0 {
		return
	}
	if cols == stride {
		rows, cols = 1, rows*cols
	}
	for r := range rows {
		tell(unsafe.Pointer(&s[r*stride]), cols*sizeof[T]())
	}
}
