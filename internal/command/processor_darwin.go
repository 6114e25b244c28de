package command

import (
	"runtime"
	"syscall"
)

// processor is the processor's name, or its architecture where the system does
// not tell the name.
func processor() string {
	name, err := syscall.Sysctl("machdep.cpu.brand_string")
	if err != nil || name == "" {
		return runtime.GOARCH
	}
	return name
}
