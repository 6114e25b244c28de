package modelfile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/inversenet/inversenet/inverse"
)

// FuzzRead wants an error or a model that can be written again as it is, whatever
// a file holds.
func FuzzRead(f *testing.F) {
	for _, m := range models[float64]() {
		info := infoFor(m.Outputs() % 4)
		if m.Outputs() != 3 {
			info.Classes = nil
		}
		var b bytes.Buffer
		if err := Write(&b, m, info); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
		f.Add(b.Bytes()[:b.Len()-3])
		f.Add(append(b.Bytes(), 0))
	}
	files, err := filepath.Glob("testdata/*.safetensors")
	if err != nil || len(files) < 2 {
		f.Fatal(files, err)
	}
	for _, path := range files {
		raw, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(raw)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := Read(bytes.NewReader(raw))
		if err != nil {
			return
		}
		if file.Precision == "f32" {
			writeAgain[float32](t, file)
		} else {
			writeAgain[float64](t, file)
		}
	})
}

func writeAgain[T inverse.Float](t *testing.T, file *File) {
	m, err := Load[T](file)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := Write(&b, m, file.Info); err != nil {
		t.Fatal(err)
	}
	back, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	if back.Pixels != file.Pixels || back.Latents != file.Latents || back.Outputs != file.Outputs || back.Inner.Steps != file.Inner.Steps {
		t.Errorf("read %+v, wrote %+v", back, file)
	}
}
