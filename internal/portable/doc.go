// Package portable has elementary functions that give the same bits on every
// architecture. Those of package math do not: some are assembly on some
// architectures, and the others are compiled to fused multiply-adds where there
// are any.
//
// The compiler may fuse x*y + z unless an explicit conversion stands around the
// product: every float64(x*y) here, and in all code whose bits matter, is there
// for that. Square roots, math.FMA, math.Floor and the like round once by
// definition and are the same everywhere.
//
// Functions have the special cases of their namesakes in package math. Exp and Log
// are within one unit in the last place, Log1p and Sincos within one and a half,
// Tanh within two and a half.
package portable
