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

// Write gives path the contents that write produces. A reader of path sees the old
// contents or the new ones, never a part, also after a crash: the contents go to a
// temporary file in the same folder, which is synced to disk, renamed to path, and
// made permanent by syncing the folder.
//
// A new file gets the permissions perm, before the process's umask, as with
// os.WriteFile. A file that was there keeps its permissions, its owner and its
// group; where the system does not let this process give away a file, it becomes
// the owner, and a group that cannot be kept gets the permissions of all others.
// Access lists and other attributes are not kept. A symbolic link is followed: the
// file that it leads to, which may be missing, is written and the link stays.
//
// On an error (of write, or of the file system) the temporary file is removed
// and what was at path before is untouched, with one exception: when only the
// sync of the folder fails, path has the new contents, but they may not survive a
// crash. If write panics, the temporary file is removed as well. The folder must
// exist and be writable; refused are a path that is a folder, a device or a pipe,
// and a file that this process could not write to, such as a read-only one.
func Write(path string, perm os.FileMode, write func(io.Writer) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("cannot write %s: %w", path, err)
		}
	}()
	goal, old, err := replaceable(path)
	if err != nil {
		return err
	}
	file, err := create(goal, old, perm)
	if err != nil {
		return err
	}
	renamed := false
	defer func() {
		if !renamed {
			file.Close() // a second close is harmless: its error is not news
			os.Remove(file.Name())
		}
	}()
	if err := fill(file, write); err != nil {
		return err
	}
	if err := os.Rename(file.Name(), goal); err != nil {
		return err
	}
	renamed = true
	return syncFolder(filepath.Dir(goal))
}

// Check says why Write could not write to path now, or returns nil. It leaves
// nothing behind.
func Check(path string) error {
	goal, old, err := replaceable(path)
	if err == nil {
		var probe *os.File
		if probe, err = create(goal, old, 0o600); err == nil {
			return errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	return fmt.Errorf("cannot write %s: %w", path, err)
}

// replaceable follows links from path to the file to replace, and refuses what a
// rename must not replace: as root it would turn /dev/null into a plain file. old
// is nil where there is no file yet.
func replaceable(path string) (goal string, old os.FileInfo, err error) {
	if goal, err = follow(path); err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return goal, nil, nil
	case err != nil:
		return "", nil, cause(err)
	case info.IsDir():
		return "", nil, errors.New("it is a folder, want the name of a file")
	case !info.Mode().IsRegular():
		return "", nil, errors.New("it is not a regular file")
	}
	// Opened as it would be to write into it, but left as it is.
	file, err := os.OpenFile(goal, os.O_WRONLY, 0)
	if err != nil {
		return "", nil, cause(err)
	}
	return goal, info, file.Close()
}

// follow is where a chain of symbolic links ends.
func follow(path string) (string, error) {
	const most = 40 // as Linux has it
	for range most {
		link, err := os.Readlink(path)
		if err != nil {
			return path, nil // no link
		}
		if !filepath.IsAbs(link) {
			folder, err := filepath.EvalSymlinks(filepath.Dir(path))
			if err != nil {
				return "", cause(err)
			}
			link = filepath.Join(folder, link)
		}
		path = link
	}
	return "", errors.New("its symbolic links lead nowhere")
}

// fill writes, syncs and closes file.
func fill(file *os.File, write func(io.Writer) error) error {
	buffered := bufio.NewWriter(file)
	if err := write(buffered); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
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

// cause is what the operating system said, without the path it said it about.
func cause(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
