package safetensors

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// FuzzRead checks that no bytes make Read panic or need more memory than twice the
// file and 16 MiB, and that what was read is written and read again unchanged.
func FuzzRead(f *testing.F) {
	for _, name := range []string{"python.safetensors", "ours.safetensors"} {
		file, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file)
	}
	f.Add(assemble(`{}`, ""))
	f.Add(assemble(`{"w":{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}}`, eight))
	f.Add(assemble(`{"__metadata__":{"a":"1","a":"2"}}`, ""))

	f.Fuzz(func(t *testing.T, data []byte) {
		var file *File
		var err error
		allocated := allocatedBy(func() {
			file, err = Read(bytes.NewReader(data), int64(len(data)))
		})
		if limit := uint64(2*len(data) + 16<<20); allocated > limit {
			t.Errorf("reading %d bytes allocated %d", len(data), allocated)
		}
		if err != nil {
			return
		}
		var arrays []Array
		for _, name := range file.Names() {
			a, _ := file.Lookup(name)
			arrays = append(arrays, a)
		}
		var written bytes.Buffer
		if err := Write(&written, arrays, file.Metadata); err != nil {
			return // the format allows a nameless array, Write does not
		}
		again, err := Read(bytes.NewReader(written.Bytes()), int64(written.Len()))
		if err != nil {
			t.Fatalf("what Write made of it cannot be read: %v", err)
		}
		if got, want := fmt.Sprintf("%#v", again), fmt.Sprintf("%#v", file); got != want {
			t.Errorf("read again it is\n%s\nand was\n%s", got, want)
		}
	})
}

// allocatedBy returns the bytes that f allocates in all, at least those that it
// holds at any time.
func allocatedBy(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestReadMemoryOfLargestHeaders(t *testing.T) {
	for name, unit := range map[string]string{
		"arrays":     `,"%x":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}`,
		"dimensions": `,"%x":{"dtype":"F32","shape":[0` + strings.Repeat(",0", maxRank-1) + `],"data_offsets":[0,0]}`,
		"metadata":   `,"%x":""`,
	} {
		t.Run(name, func(t *testing.T) {
			var members strings.Builder
			for i := 0; members.Len() < maxHeader-300; i++ {
				fmt.Fprintf(&members, unit, i)
			}
			header := "{" + members.String()[1:] + "}"
			if name == "metadata" {
				header = `{"__metadata__":` + header + `}`
			}
			data := assemble(header, "")
			var err error
			allocated := allocatedBy(func() { _, err = Read(bytes.NewReader(data), int64(len(data))) })
			if err != nil {
				t.Fatal(err)
			}
			if limit := uint64(2*len(data) + 16<<20); allocated > limit {
				t.Errorf("reading a header of %d bytes allocated %d", len(data), allocated)
			}
			t.Logf("%d bytes allocated for %d", allocated, len(data))
		})
	}
}
