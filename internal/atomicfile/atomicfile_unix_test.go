//go:build linux || darwin || freebsd

package atomicfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestWritePermissions(t *testing.T) {
	for _, perm := range []fs.FileMode{0o600, 0o644, 0o666} {
		path := filepath.Join(t.TempDir(), "file")
		if err := Write(path, perm, text("new")); err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != perm {
			t.Errorf("the file has permissions %v, not %v", info.Mode(), perm)
		}
	}
}

func TestWriteRefusesAPipe(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip("no pipes on this file system:", err)
	}
	err := Write(path, 0o644, text("new"))
	if err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Errorf("error %v for a pipe", err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Type() != fs.ModeNamedPipe {
		t.Errorf("the pipe became %v", info.Mode())
	}
}
