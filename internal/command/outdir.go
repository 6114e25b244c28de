package command

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/inversenet/inversenet/internal/atomicfile"
)

// prepareFolder makes sure, before any work, that the named files can be
// written into the folder dir, which it creates when it is missing. The
// returned undo removes what was created, as long as it is empty.
func prepareFolder(dir string, files ...string) (undo func(), err error) {
	var created []string
	undo = func() {
		for _, d := range created {
			if os.Remove(d) != nil {
				return // not empty: something was written
			}
		}
	}
	for d := filepath.Clean(dir); ; d = filepath.Dir(d) {
		if _, err := os.Stat(d); !errors.Is(err, fs.ErrNotExist) || d == filepath.Dir(d) {
			break
		}
		created = append(created, d)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return undo, fmt.Errorf("cannot create the folder %s: %w: want another folder", dir, cause(err))
	}
	for _, f := range files {
		if err := atomicfile.Check(filepath.Join(dir, f)); err != nil {
			undo()
			return undo, err
		}
	}
	return undo, nil
}

// cause is what the operating system said, without the path it said it about.
func cause(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
