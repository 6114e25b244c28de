// Package atomicfile writes a file whole or not at all.
package atomicfile

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// Write gives path the contents that write produces and the permissions perm,
// whatever the process's umask. A reader of path sees the old contents or the new
// ones, never a part, also after a crash: the contents go to a temporary file in
// the same folder, which is synced to disk, renamed to path, and made permanent
// by syncing the folder.
//
// On an error (of write, or of the file system) the temporary file is removed
// and what was at path before is untouched, with one exception: when only the
// sync of the folder fails, path has the new contents, but they may not survive a
// crash. If write panics, the temporary file is removed as well. A symbolic link at
// path is replaced, not followed. The folder must exist; a path that is a folder,
// a device or a pipe is refused.
func Write(path string, perm os.FileMode, write func(io.Writer) error) (err error) {
	if err := replaceable(path); err != nil {
		return err
	}
	folder := filepath.Dir(path)
	file, err := os.CreateTemp(folder, "."+filepath.Base(path)+".*.tmp")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", path, err)
	}
	renamed := false
	defer func() {
		if !renamed {
			file.Close() // a second close is harmless: its error is not news
			os.Remove(file.Name())
		}
		if err != nil {
			err = fmt.Errorf("cannot write %s: %w", path, err)
		}
	}()

	if err := fill(file, perm, write); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	renamed = true
	return syncFolder(folder)
}

// replaceable refuses what a rename must not replace: as root it would
// turn /dev/null into a plain file.
func replaceable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil || info.Mode().IsRegular():
		return nil
	case info.IsDir():
		return fmt.Errorf("cannot write %s: it is a folder", path)
	default:
		return fmt.Errorf("cannot write %s: it is not a regular file", path)
	}
}

// fill writes, syncs and closes file.
func fill(file *os.File, perm os.FileMode, write func(io.Writer) error) error {
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	if err := file.Chmod(perm); err != nil && runtime.GOOS != "windows" {
		return err
	}
	if err := file.Sync(); err != nil {
		return err
	}
	return file.Close()
}

// syncFolder makes a rename in folder survive a crash. Windows has no such
// operation and needs none.
func syncFolder(folder string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
