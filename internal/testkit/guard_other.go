//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package testkit

import (
	"testing"
	"unsafe"
)

// Guarded tells that GuardedSlice has guard pages on this operating system.
const Guarded = false

// GuardedSlice returns a slice of n zeros. Where memory can be protected it lies
// flush against a page that faults; here only a write to the few elements around
// it is noticed, when tb ends.
func GuardedSlice[T float32 | float64](tb testing.TB, n int, _ bool) []T {
	tb.Helper()
	const slack = 64
	var zero T
	size := n * int(unsafe.Sizeof(zero))
	// Elements as backing keep the slice aligned.
	elements := slack / int(unsafe.Sizeof(zero))
	backing := make([]T, elements+n+elements)
	all := unsafe.Slice((*byte)(unsafe.Pointer(&backing[0])), slack+size+slack)
	before, after := all[:slack], all[slack+size:]
	for i := range slack {
		before[i], after[i] = slackByte, slackByte
	}
	tb.Cleanup(func() {
		checkSlack(tb, before, "before")
		checkSlack(tb, after, "after")
	})
	return backing[elements : elements+n : elements+n]
}
