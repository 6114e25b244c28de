//go:build unix

package atomicfile

import (
	"os"
	"syscall"
)

// keepOwner gives file the owner and the group of old, as far as the system lets
// this process, and reports whether the group is kept.
func keepOwner(file *os.File, old os.FileInfo) (group bool) {
	was, ok := old.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	info, err := file.Stat()
	if err != nil {
		return false
	}
	if is, ok := info.Sys().(*syscall.Stat_t); ok && is.Uid == was.Uid && is.Gid == was.Gid {
		return true
	}
	return file.Chown(int(was.Uid), int(was.Gid)) == nil || file.Chown(-1, int(was.Gid)) == nil
}
