package kernels

import (
	"fmt"
	"os"
	"strings"
)

// An ISA is an instruction set that kernels exist for.
type ISA int

// The instruction sets, from the one every machine has to the widest.
const (
	Go     ISA = iota // plain Go, any architecture
	AVX2              // AVX2 and FMA, 256-bit vectors
	AVX512            // AVX-512 F, VL, DQ and BW, 512-bit vectors
	numISA
)

// String is the name that INVERSENET_ISA knows the instruction set by.
func (i ISA) String() string {
	if i < 0 || i >= numISA {
		return fmt.Sprintf("ISA(%d)", int(i))
	}
	return [...]string{"go", "avx2", "avx512"}[i]
}

// ParseISA is the inverse of [ISA.String].
func ParseISA(name string) (ISA, error) {
	for i := range numISA {
		if name == i.String() {
			return i, nil
		}
	}
	return Go, fmt.Errorf("unknown instruction set %q: allowed are go, avx2 and avx512", name)
}

// EnvISA is the environment variable that lowers the choice of instruction set.
const EnvISA = "INVERSENET_ISA"

var (
	available         = detect()
	active, activeErr = choose(os.Getenv(EnvISA), available)
)

// Available lists the instruction sets this build can use on this processor,
// narrowest first. It always holds [Go].
func Available() []ISA { return append([]ISA(nil), available...) }

// Active is the instruction set behind [Default]. The error is not nil when
// INVERSENET_ISA asks for one that is unknown or not available; the best
// available one is in use then.
func Active() (ISA, error) { return active, activeErr }

// choose picks the instruction set for a value of INVERSENET_ISA.
func choose(env string, available []ISA) (ISA, error) {
	best := available[len(available)-1]
	if env == "" {
		return best, nil
	}
	want, err := ParseISA(env)
	if err != nil {
		return best, fmt.Errorf("%s: %w", EnvISA, err)
	}
	names := make([]string, len(available))
	for i, isa := range available {
		if isa == want {
			return want, nil
		}
		names[i] = isa.String()
	}
	return best, fmt.Errorf("%s=%s: not available here: this processor and build have %s",
		EnvISA, want, strings.Join(names, ", "))
}
