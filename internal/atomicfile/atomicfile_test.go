package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// checkFolder fails the test unless folder holds exactly the named files with
// the given contents.
func checkFolder(t *testing.T, folder string, want map[string]string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if _, ok := want[entry.Name()]; !ok {
			t.Errorf("%s was left behind", entry.Name())
		}
	}
	for name, contents := range want {
		got, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
		} else if string(got) != contents {
			t.Errorf("%s holds %q, not %q", name, got, contents)
		}
	}
}

func TestWrite(t *testing.T) {
	long := strings.Repeat("0123456789", 10000)
	for _, contents := range []string{"", "new", long} {
		folder := t.TempDir()
		path := filepath.Join(folder, "file")
		for range 2 { // into nothing, then over a file
			if err := Write(path, 0o644, text(contents)); err != nil {
				t.Fatal(err)
			}
			checkFolder(t, folder, map[string]string{"file": contents})
		}
	}
}

func TestWriteReplacesWhatWasThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte("old and longer"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Write(path, 0o644, text("new")); err != nil {
		t.Fatal(err)
	}
	checkFolder(t, folder, map[string]string{"file": "new"})
}

func TestWriteFailureLeavesTheOldFile(t *testing.T) {
	broken := errors.New("broken")
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	err := Write(path, 0o644, func(w io.Writer) error {
		io.WriteString(w, "half of the new")
		return broken
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v, want one that wraps %q and names the file", err, broken)
	}
	checkFolder(t, folder, map[string]string{"file": "old"})
}

func TestWritePanicLeavesTheOldFile(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic did not reach the caller")
			}
		}()
		Write(path, 0o644, func(io.Writer) error { panic("broken") })
	}()
	checkFolder(t, folder, map[string]string{"file": "old"})
}

func TestWriteRefuses(t *testing.T) {
	folder := t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	called := false
	write := func(io.Writer) error { called = true; return nil }

	err := Write(filepath.Join(folder, "missing", "file"), 0o644, write)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v for a missing folder, want fs.ErrNotExist", err)
	}
	err = Write(filepath.Join(folder, "sub"), 0o644, write)
	if err == nil || !strings.Contains(err.Error(), "is a folder") {
		t.Errorf("error %v for a path that is a folder", err)
	}
	if called {
		t.Error("contents were produced for a path that cannot be written")
	}
	if entries, _ := os.ReadDir(folder); len(entries) != 1 {
		t.Errorf("%v was left behind", entries)
	}
}

func ExampleWrite() {
	folder, err := os.MkdirTemp("", "atomicfile")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(folder)

	path := filepath.Join(folder, "greeting.txt")
	err = Write(path, 0o644, func(w io.Writer) error {
		_, err := fmt.Fprintln(w, "hello")
		return err
	})
	contents, _ := os.ReadFile(path)
	fmt.Printf("%s%v\n", contents, err)
	// Output:
	// hello
	// <nil>
}

// Check finds what Write would, and leaves nothing.
func TestCheck(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := Check(path); err != nil {
		t.Error(err)
	}
	checkFolder(t, folder, nil)
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Check(path); err != nil {
		t.Error(err)
	}
	checkFolder(t, folder, map[string]string{"file": "old"})
	for _, bad := range []string{folder, filepath.Join(folder, "missing", "file"), filepath.Join(path, "file")} {
		if err := Check(bad); err == nil || !strings.Contains(err.Error(), bad) {
			t.Errorf("%s: error %v", bad, err)
		}
	}
}

// The longest name that a file can have leaves room for that of its temporary one.
func TestWriteLongNames(t *testing.T) {
	folder := t.TempDir()
	name := strings.Repeat("n", 255)
	if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
		t.Skip("no names of 255 bytes on this file system:", err)
	}
	if err := Write(filepath.Join(folder, name), 0o644, text("new")); err != nil {
		t.Fatal(err)
	}
	checkFolder(t, folder, map[string]string{name: "new"})
}

func TestRemoveLeftovers(t *testing.T) {
	folder := t.TempDir()
	for _, name := range []string{".file.1.tmp", ".file.999.tmp", "file", ".file.1", ".other.1.tmp"} {
		if err := os.WriteFile(filepath.Join(folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	RemoveLeftovers(filepath.Join(folder, "file"))
	checkFolder(t, folder, map[string]string{"file": "", ".file.1": "", ".other.1.tmp": ""})
	RemoveLeftovers(filepath.Join(folder, "missing", "file"))
}
