//go:build linux || darwin || freebsd

package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func modeOf(t *testing.T, path string) fs.FileMode {
	t.Helper()
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode()
}

// withUmask runs f under another umask. It is the process's, so that tests of this
// package must not run beside each other.
func withUmask(umask int, f func()) {
	old := syscall.Umask(umask)
	defer syscall.Umask(old)
	f()
}

// A new file has the permissions that the umask leaves, one that was there keeps
// its own.
func TestWritePermissions(t *testing.T) {
	for _, c := range []struct {
		umask           int
		perm, old, want fs.FileMode // old is 0 for none
	}{
		{0o022, 0o666, 0, 0o644},
		{0o077, 0o666, 0, 0o600},
		{0o077, 0o644, 0, 0o600},
		{0o002, 0o666, 0, 0o664},
		{0, 0o666, 0, 0o666},
		{0o022, 0o600, 0, 0o600},
		{0o022, 0o666, 0o600, 0o600},
		{0o077, 0o666, 0o644, 0o644},
		{0o077, 0o666, 0o666, 0o666},
		{0o022, 0o666, 0o755, 0o755},
		{0o022, 0o666, 0o640, 0o640},
	} {
		withUmask(c.umask, func() {
			folder := t.TempDir()
			path := filepath.Join(folder, "file")
			if c.old != 0 {
				if err := errors.Join(os.WriteFile(path, []byte("old"), 0o600), os.Chmod(path, c.old)); err != nil {
					t.Fatal(err)
				}
			}
			if err := Write(path, c.perm, text("new")); err != nil {
				t.Fatal(err)
			}
			if got := modeOf(t, path); got != c.want {
				t.Errorf("umask %03o, perm %v over %v: %v, want %v", c.umask, c.perm, c.old, got, c.want)
			}
			checkFolder(t, folder, map[string]string{"file": "new"})
		})
	}
}

// While it is written, a file that only its owner may read is open to no one else.
func TestWriteInPrivate(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Write(path, 0o666, func(io.Writer) error {
		all, err := filepath.Glob(filepath.Join(folder, ".file.*.tmp"))
		if err != nil || len(all) != 1 || modeOf(t, all[0]) != 0o600 {
			t.Errorf("temporary files %v, %v", all, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A link stays, and what it leads to is written, also through other folders, also
// where it is missing.
func TestWriteThroughLinks(t *testing.T) {
	folder := t.TempDir()
	for _, dir := range []string{"models", "runs/1"} {
		if err := os.MkdirAll(filepath.Join(folder, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	link := func(goal, name string) string {
		t.Helper()
		name = filepath.Join(folder, name)
		if err := os.Symlink(goal, name); err != nil {
			t.Skip("no links on this file system:", err)
		}
		return name
	}
	link("../models", "runs/shared")
	for name, path := range map[string]string{
		"old":     link("models/old", "to-old"),
		"new":     link("models/new", "to-new"),
		"chain":   link("../shared/chain", "runs/1/to-chain"),
		"through": filepath.Join(folder, "runs/shared/through"),
		"far":     link(filepath.Join(folder, "models", "far"), "to-far"),
	} {
		goal := filepath.Join(folder, "models", name)
		if name == "old" {
			if err := os.WriteFile(goal, []byte("old"), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(Check(path), Write(path, 0o666, text(name))); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(goal); err != nil || string(got) != name {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
		if name != "through" && modeOf(t, path).Type() != fs.ModeSymlink {
			t.Errorf("the link %s became %v", path, modeOf(t, path))
		}
	}
	checkFolder(t, filepath.Join(folder, "models"), map[string]string{"old": "old", "new": "new", "chain": "chain", "through": "through", "far": "far"})
	for path, want := range map[string]string{
		link("round", "round"):       "symbolic links",
		link("nowhere/x", "dangles"): "no such file or directory",
		link("models", "dir"):        "it is a folder",
		link("/dev/null", "null"):    "not a regular file",
	} {
		if err := Write(path, 0o666, text("new")); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: error %v, want %q", path, err, want)
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
	if got := modeOf(t, path); got.Type() != fs.ModeNamedPipe {
		t.Errorf("the pipe became %v", got)
	}
}

// Root may give files away, and does: the owner stays.
func TestWriteKeepsTheOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root")
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := errors.Join(os.WriteFile(path, []byte("old"), 0o640), os.Chmod(path, 0o640), os.Chown(path, 12345, 54321)); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, 0o666, text("new")); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if s := info.Sys().(*syscall.Stat_t); s.Uid != 12345 || s.Gid != 54321 || info.Mode() != 0o640 {
		t.Errorf("owner %d, group %d, %v", s.Uid, s.Gid, info.Mode())
	}
}

// others is set in a process that is not root, and names a folder.
const others = "ATOMICFILE_TEST_FOLDER"

// What a process without privileges finds: TestWithoutPrivileges begins it.
func TestAsNobody(t *testing.T) {
	folder := os.Getenv(others)
	if folder == "" {
		t.Skip("runs in a process of TestWithoutPrivileges")
	}
	for _, c := range []struct{ name, want string }{
		{"read-only", "permission denied"},
		{"of-root", "permission denied"},
		{"closed/file", "in the folder " + filepath.Join(folder, "closed") + ": permission denied"},
		{"closed/new", "in the folder " + filepath.Join(folder, "closed") + ": permission denied"},
	} {
		path := filepath.Join(folder, c.name)
		for what, err := range map[string]error{"Check": Check(path), "Write": Write(path, 0o666, text("new"))} {
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%s: %s: error %v, want %q", c.name, what, err, c.want)
			}
		}
	}
	// A file of another owner that all may write becomes this process's own, and a
	// group that is not its own loses what others do not have.
	open := filepath.Join(folder, "open")
	if err := Write(open, 0o666, text("new")); err != nil {
		t.Fatal(err)
	}
	if got := modeOf(t, open); got != 0o622 {
		t.Errorf("open has %v, want -rw--w--w-", got)
	}
}

func TestWithoutPrivileges(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("needs root, to make files of others")
	}
	folder := t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	const nobody = 65534
	put := func(name string, owner int, mode fs.FileMode) {
		t.Helper()
		path := filepath.Join(folder, name)
		must(errors.Join(os.WriteFile(path, []byte("old"), 0o600), os.Chown(path, owner, owner), os.Chmod(path, mode)))
	}
	must(os.Mkdir(filepath.Join(folder, "closed"), 0o755))
	put("read-only", nobody, 0o444)
	put("of-root", 0, 0o644)
	put("closed/file", nobody, 0o644)
	put("open", 0, 0o662)
	must(errors.Join(os.Chown(folder, nobody, nobody), os.Chmod(folder, 0o755), os.Chmod(filepath.Dir(folder), 0o755)))
	exe, err := os.Executable()
	must(err)
	binary, err := os.ReadFile(exe)
	must(err)
	copied := filepath.Join(folder, "test")
	must(errors.Join(os.WriteFile(copied, binary, 0o755), os.Chmod(copied, 0o755)))
	c := exec.Command(copied, "-test.run", "^TestAsNobody$")
	c.Dir, c.Env = folder, append(os.Environ(), others+"="+folder, "GOCOVERDIR=")
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	if out, err := c.CombinedOutput(); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	must(os.Remove(copied))
	checkFolder(t, filepath.Join(folder, "closed"), map[string]string{"file": "old"})
	for name, want := range map[string]string{"read-only": "old", "of-root": "old", "open": "new"} {
		if got, err := os.ReadFile(filepath.Join(folder, name)); err != nil || string(got) != want {
			t.Errorf("%s holds %q, %v", name, got, err)
		}
	}
}
