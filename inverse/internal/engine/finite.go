package engine

import "github.com/inversenet/inversenet/kernels"

// Finite reports whether no element is NaN or infinite.
func Finite[T Float](s []T) bool { return kernels.Default[T]().AllFinite(s) }
