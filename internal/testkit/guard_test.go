package testkit

import (
	"fmt"
	"os"
	"runtime"
	"testing"
	"unsafe"
)

// recorder is a testing.TB that collects failures and cleanups.
type recorder struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}
func (r *recorder) Fatalf(format string, args ...any) { r.Errorf(format, args...) }

func (r *recorder) end() {
	for _, f := range r.cleanups {
		f()
	}
}

// element returns the address of s[i], also for an i outside of s.
func element[T any](s []T, i int) *T {
	var zero T
	return (*T)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(s)), i*int(unsafe.Sizeof(zero))))
}

// faultAddress is what this architecture reports of a fault at p: s390x knows no more
// than the page.
func faultAddress[T any](p *T) uintptr {
	address := uintptr(unsafe.Pointer(p))
	if runtime.GOARCH == "s390x" {
		address -= address % uintptr(os.Getpagesize())
	}
	return address
}

func TestGuardedSlice(t *testing.T) {
	t.Run("float32", testGuardedSlice[float32])
	t.Run("float64", testGuardedSlice[float64])
}

func testGuardedSlice[T float32 | float64](t *testing.T) {
	var zero T
	perPage := os.Getpagesize() / int(unsafe.Sizeof(zero))
	for _, n := range []int{0, 1, 7, perPage - 1, perPage, perPage + 1, 3 * perPage} {
		for _, atEnd := range []bool{false, true} {
			s := GuardedSlice[T](t, n, atEnd)
			if len(s) != n || cap(s) != n {
				t.Fatalf("n = %d: length %d, capacity %d", n, len(s), cap(s))
			}
			MustNotFault(t, func() {
				for i := range s {
					if s[i] != 0 {
						t.Fatalf("n = %d: element %d is %v at first", n, i, s[i])
					}
					s[i] = T(i)
				}
			})
			if !Guarded {
				continue
			}
			outside := -1
			if atEnd {
				outside = n
			}
			p := element(s, outside)
			var sink T
			if _, faulted := fault(func() { sink = *p }); !faulted {
				t.Errorf("n = %d, atEnd %v: element %d was read (%v)", n, atEnd, outside, sink)
			}
			if address, faulted := fault(func() { *p = 1 }); !faulted {
				t.Errorf("n = %d, atEnd %v: element %d was written", n, atEnd, outside)
			} else if want := faultAddress(p); address != want {
				t.Errorf("fault reported at %#x, not at %#x", address, want)
			}
		}
	}
}

func TestGuardedSliceNoticesWritesToSlack(t *testing.T) {
	for _, atEnd := range []bool{false, true} {
		for _, write := range []bool{false, true} {
			tb := &recorder{TB: t}
			s := GuardedSlice[float64](tb, 3, atEnd)
			if write {
				if atEnd {
					*element(s, -1) = 1
				} else {
					*element(s, 3) = 1
				}
			}
			tb.end()
			if failed := len(tb.failures) > 0; failed != write {
				t.Errorf("atEnd %v, write %v: failures %q", atEnd, write, tb.failures)
			}
		}
	}
}

func TestMustNotFault(t *testing.T) {
	if !Guarded {
		t.Skip("no guard pages on this operating system")
	}
	s := GuardedSlice[float32](t, 5, true)
	tb := &recorder{TB: t}
	MustNotFault(tb, func() { s[4] = 1 })
	if len(tb.failures) != 0 {
		t.Errorf("a write inside of the slice failed: %q", tb.failures)
	}
	MustNotFault(tb, func() { *element(s, 5) = 1 })
	if len(tb.failures) != 1 {
		t.Errorf("a write past the slice gave the failures %q", tb.failures)
	}
}

func TestMustNotFaultPassesOtherPanicsOn(t *testing.T) {
	var nothing *int
	for name, f := range map[string]func(){
		"a panic":       func() { panic("mine") },
		"a nil pointer": func() { *nothing = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the panic was swallowed")
				}
			}()
			MustNotFault(t, f)
		})
	}
}
