//go:build !linux && !darwin

package command

import (
	"os"
	"runtime"
)

// processor is what the system calls the processor in its environment, as
// Windows does, or the architecture.
func processor() string {
	if name := os.Getenv("PROCESSOR_IDENTIFIER"); name != "" {
		return name
	}
	return runtime.GOARCH
}
