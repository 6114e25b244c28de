package pictures

import (
	"image/gif"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestWriteInversion(t *testing.T) {
	for _, name := range []string{"a.gif", "a.png", "a.apng"} {
		path := filepath.Join(t.TempDir(), name)
		if err := WriteInversion(path, halving()); err != nil {
			t.Fatal(err)
		}
		file, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if name == "a.gif" {
			_, err = gif.DecodeAll(file)
		} else {
			_, err = png.Decode(file)
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		file.Close()
	}
	dir := t.TempDir()
	if err := WriteInversion(filepath.Join(dir, "a.jpg"), halving()); err == nil {
		t.Error("a name that ends in .jpg was taken")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) > 0 {
		t.Errorf("%v was left behind (%v)", entries, err)
	}
}
