package kernels

import (
	"bytes"
	"unsafe"
)

// AllFinite tells whether no element of s is NaN or infinite. s is of any length and no
// panel.
func (t *Table[T]) AllFinite(s []T) bool {
	raceRead(s, len(s))
	whole := len(s) / t.lanes * t.lanes
	for i := 0; i < whole; i += mapBudget * t.lanes {
		if t.finite(&s[i], min(mapBudget, (whole-i)/t.lanes)) != 0 {
			return false
		}
	}
	for _, v := range s[whole:] {
		if v-v != 0 {
			return false
		}
	}
	return true
}

// SameBits tells whether a and b have the same length and the same bits: unlike ==, it
// tells 0 from −0, and NaN from no NaN with its bits.
func SameBits[T Float](a, b []T) bool { return bytes.Equal(raw(a), raw(b)) }

// raw is the memory of a slice.
func raw[T Float](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), len(s)*sizeof[T]())
}
