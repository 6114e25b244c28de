package kernels

import (
	"strings"
	"testing"
)

func TestChooseISA(t *testing.T) {
	for _, c := range []struct {
		env       string
		available []ISA
		want      ISA
		err       string // part of the message, empty for none
	}{
		{"", []ISA{Go}, Go, ""},
		{"", []ISA{Go, AVX2, AVX512}, AVX512, ""},
		{"avx2", []ISA{Go, AVX2, AVX512}, AVX2, ""},
		{"go", []ISA{Go, AVX2}, Go, ""},
		{"avx512", []ISA{Go, AVX2}, AVX2, "have go, avx2"},
		{"sse9", []ISA{Go, AVX2}, AVX2, "allowed are go, avx2 and avx512"},
	} {
		got, err := choose(c.env, c.available)
		if got != c.want {
			t.Errorf("choose(%q, %v) = %v, want %v", c.env, c.available, got, c.want)
		}
		switch {
		case c.err == "" && err != nil:
			t.Errorf("choose(%q, %v): %v", c.env, c.available, err)
		case c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("choose(%q, %v): error %v, want %q in it", c.env, c.available, err, c.err)
		}
	}
}

func TestForRefusesWhatIsMissing(t *testing.T) {
	if _, err := For[float32](ISA(77)); err == nil {
		t.Error("For(ISA(77)) gave no error")
	}
	for _, isa := range Available() {
		if table, err := For[float64](isa); err != nil || table.isa != isa {
			t.Errorf("For(%v) = %v, %v", isa, table, err)
		}
	}
}
