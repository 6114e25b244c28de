//go:build !race

package kernels

func raceProduct[T Float](*Table[T], []T, *Weights[T], []T, []T, *Epilogue[T]) {}

func raceOuter[T Float](*Table[T], []T, []T, int, []T, int, int) {}

func raceMap[T Float](int, []T, []T, []T, []T) {}

func raceTranspose[T Float]([]T, []T) {}
