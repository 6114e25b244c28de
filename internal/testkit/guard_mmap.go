//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package testkit

import (
	"bytes"
	"os"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Guarded tells that GuardedSlice has guard pages on this operating system.
const Guarded = true

// GuardedSlice returns a slice of n zeros between two pages that may be neither
// read nor written. With atEnd its end is flush against the page after it, so
// that touching element n faults; otherwise its start is flush against the page
// before it, so that touching element −1 faults. MustNotFault turns the fault into
// a failed test.
//
// On the other side up to a page of slack remains: a write there fails the test
// when it ends, a read goes unnoticed. The slice is valid until tb ends. It is
// outside of Go's heap and must not hold pointers.
func GuardedSlice[T float32 | float64](tb testing.TB, n int, atEnd bool) []T {
	tb.Helper()
	var zero T
	page := os.Getpagesize()
	size := n * int(unsafe.Sizeof(zero))
	room := (size + page - 1) / page * page

	mapping, err := unix.Mmap(-1, 0, page+room+page, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE)
	if err != nil {
		tb.Fatalf("no memory for a guarded slice of %d bytes: %v", size, err)
	}
	start := page
	if atEnd {
		start = page + room - size
	}
	before, after := mapping[page:start], mapping[start+size:page+room]
	copy(before, bytes.Repeat([]byte{slackByte}, len(before)))
	copy(after, bytes.Repeat([]byte{slackByte}, len(after)))
	for _, guard := range [][]byte{mapping[:page], mapping[page+room:]} {
		if err := unix.Mprotect(guard, unix.PROT_NONE); err != nil {
			tb.Fatalf("no guard page: %v", err)
		}
	}

	tb.Cleanup(func() {
		checkSlack(tb, before, "before")
		checkSlack(tb, after, "after")
		if err := unix.Munmap(mapping); err != nil {
			tb.Errorf("a guarded slice was not unmapped: %v", err)
		}
	})
	return unsafe.Slice((*T)(unsafe.Pointer(&mapping[start])), n)
}
