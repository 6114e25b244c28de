package testkit

import (
	"runtime/debug"
	"testing"
)

// slackByte fills what lies between a guarded slice and the far guard page.
const slackByte = 0xa5

// checkSlack reports the first byte of slack that was written to.
func checkSlack(tb testing.TB, slack []byte, side string) {
	tb.Helper()
	for i, b := range slack {
		if b != slackByte {
			tb.Errorf("byte %d of the %d %s a guarded slice was overwritten", i, len(slack), side)
			return
		}
	}
}

// MustNotFault calls f and fails the test, at once and with the address, if f
// touches memory that it may not, such as the pages around a GuardedSlice. Any
// other panic of f, that of a nil pointer included, passes through. Goroutines
// that f starts are not covered: their faults end the program.
func MustNotFault(tb testing.TB, f func()) {
	tb.Helper()
	if address, faulted := fault(f); faulted {
		tb.Fatalf("memory fault at address %#x", address)
	}
}

// fault calls f and tells whether, and at which address, it made a memory fault.
func fault(f func()) (address uintptr, faulted bool) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch err := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			address, faulted = err.Addr(), true
		default:
			panic(err)
		}
	}()
	f()
	return 0, false
}
