package inverse

import (
	"fmt"
	"runtime"

	"github.com/inversenet/inversenet/kernels"
)

// Compute says what a computation runs on, and what for. The zero value is all cores
// and the widest instruction set.
type Compute[T Float] struct {
	// Threads is the number of goroutines that share the panels; 0 stands for
	// GOMAXPROCS. The result is the same to the bit for any number.
	Threads int
	// Kernels is the dispatch table to use, one that [kernels.For] or
	// [kernels.Default] returned; nil stands for the default one.
	Kernels *kernels.Table[T]
	// Samples and Calls tell a [Solver] that chooses its form itself how large its
	// batches will be, and for how many of them the weights stay the same. Where
	// Samples is 0, its first call decides, as if it were the only one.
	Samples, Calls int
}

func (c Compute[T]) validate() error {
	if c.Threads < 0 {
		return fmt.Errorf("threads: %d, want 0 for all cores or a positive number", c.Threads)
	}
	if c.Samples < 0 || c.Calls < 0 {
		return fmt.Errorf("planned for %d samples and %d calls, want positive numbers, or 0", c.Samples, c.Calls)
	}
	if c.Kernels == nil {
		return nil
	}
	if t, err := kernels.For[T](c.Kernels.ISA()); err != nil || t != c.Kernels {
		return fmt.Errorf("kernels: a table that package kernels did not make, want one of kernels.For or kernels.Default, or nil")
	}
	return nil
}

func (c Compute[T]) threads() int {
	if c.Threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return c.Threads
}

func (c Compute[T]) table() *kernels.Table[T] {
	if c.Kernels == nil {
		return kernels.Default[T]()
	}
	return c.Kernels
}
