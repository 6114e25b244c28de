//go:build !amd64 || purego

package command

import "runtime"

// goISA says why plain Go is in use.
func goISA() string {
	if runtime.GOARCH == "amd64" {
		return "as this build was made without assembly (tag purego)"
	}
	return "as there is no assembly for " + runtime.GOARCH
}
