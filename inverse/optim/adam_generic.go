//go:build !amd64 || purego || race

package optim

// adamVectors leaves everything to the plain loop: there is no kernel for this
// build. The race detector, which cannot see into assembly, gets the loop too.
func adamVectors[T Float](x, g, m, v []T, c *adamCoefficients[T]) int { return 0 }
