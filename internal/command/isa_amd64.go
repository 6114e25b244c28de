//go:build amd64 && !purego

package command

// goISA says why plain Go is in use.
func goISA() string { return "as the processor lacks AVX2 or FMA" }
