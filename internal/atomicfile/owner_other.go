//go:build !unix

package atomicfile

import "os"

// keepOwner reports that there are no groups to keep.
func keepOwner(*os.File, os.FileInfo) (group bool) { return true }
