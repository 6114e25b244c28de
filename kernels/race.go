//go:build race

package kernels

import (
	"runtime"
	"unsafe"
)

// The race detector cannot see into assembly: these functions tell it what a
// kernel reads and writes.

func raceRead[T Float](s []T) {
	if len(s) > 0 {
		runtime.RaceReadRange(unsafe.Pointer(&s[0]), len(s)*sizeof[T]())
	}
}

func raceWrite[T Float](s []T) {
	if len(s) > 0 {
		runtime.RaceWriteRange(unsafe.Pointer(&s[0]), len(s)*sizeof[T]())
	}
}

func raceProduct[T Float](t *Table[T], out []T, w *Weights[T], b, init []T, e *Epilogue[T]) {
	panel := w.rows * t.Width()
	raceRead(w.data)
	raceRead(b[:w.depth*t.Width()])
	if init != nil {
		raceRead(init[:panel])
	}
	if e.Base != nil {
		raceRead(e.Base[:panel])
	}
	raceWrite(out[:panel])
}

func raceOuter[T Float](t *Table[T], s, q []T, rows int, p []T, stride, samples int) {
	raceRead(q[:rows*t.Width()])
	raceRead(p[:samples*stride])
	raceWrite(s[:rows*stride])
}

// raceMap tells that up to n elements of a, b and c are read and of dst written;
// nil stands for none.
func raceMap[T Float](n int, dst, a, b, c []T) {
	for _, s := range [][]T{a, b, c} {
		raceRead(s[:min(n, len(s))])
	}
	raceWrite(dst[:min(n, len(dst))])
}

func raceTranspose[T Float](dst, src []T) {
	raceRead(src)
	raceWrite(dst)
}
