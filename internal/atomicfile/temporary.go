package atomicfile

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

const suffix = ".tmp"

// prefix begins the names of temporary files for a file of that name.
func prefix(base string) string {
	const longest = 200 // names of files end at 255 bytes
	return "." + base[:min(len(base), longest)] + "."
}

// create makes a temporary file beside goal, of the owner and the permissions of
// old, or of perm before the umask where there is none. It is never open to more
// people than the finished file.
func create(goal string, old os.FileInfo, perm os.FileMode) (*os.File, error) {
	folder, base := filepath.Split(goal)
	if old != nil {
		perm = 0o600
	}
	for {
		name := fmt.Sprintf("%s%s%d%s", folder, prefix(base), rand.Uint64(), suffix)
		file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, perm)
		switch {
		case errors.Is(err, os.ErrExist):
			continue
		case err != nil:
			return nil, fmt.Errorf("in the folder %s: %w", filepath.Clean(folder), cause(err))
		case old == nil:
			return file, nil
		}
		mode := old.Mode().Perm()
		if !keepOwner(file, old) {
			mode = mode&^0o070 | mode&0o007<<3
		}
		if err := file.Chmod(mode); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			file.Close()
			os.Remove(name)
			return nil, cause(err)
		}
		return file, nil
	}
}

// RemoveLeftovers removes the temporary files that killed writers have left for
// path. No one may be writing it.
func RemoveLeftovers(path string) {
	goal, err := follow(path)
	if err != nil {
		return // whoever writes will hear of it
	}
	folder, base := filepath.Split(goal)
	entries, err := os.ReadDir(filepath.Dir(goal))
	if err != nil {
		return
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), prefix(base)) && strings.HasSuffix(e.Name(), suffix) {
			os.Remove(folder + e.Name())
		}
	}
}
