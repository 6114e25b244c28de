//go:build !race

package kernels

func raceRead[T Float]([]T, int)                       {}
func raceWrite[T Float]([]T, int)                      {}
func raceReadPanel[T Float](*Table[T], []T, int, int)  {}
func raceWritePanel[T Float](*Table[T], []T, int, int) {}
func raceReadRows[T Float]([]T, int, int, int)         {}
func raceWriteRows[T Float]([]T, int, int, int)        {}
