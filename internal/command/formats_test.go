package command

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"fmt"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/digits"
)

// idx is an IDX file of unsigned bytes, gzipped.
func idx(t *testing.T, values []byte, shape ...int) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte{0, 0, 8, byte(len(shape))})
	for _, n := range shape {
		binary.Write(z, binary.BigEndian, uint32(n))
	}
	z.Write(values)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// The same data in every format gives the same model.
func TestFormatsAgree(t *testing.T) {
	inFolder(t)
	const rows = 40
	x, labels, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	x, labels = x[:rows*digits.Pixels], labels[:rows]
	greys, classes := make([]byte, len(x)), make([]byte, rows)
	for i, v := range x {
		greys[i] = byte(v)
	}
	for i, l := range labels {
		classes[i] = byte(l)
	}
	var npy, npz bytes.Buffer
	if err := arrayfile.WriteNPY(&npy, x, rows, digits.Pixels); err != nil {
		t.Fatal(err)
	}
	if err := arrayfile.WriteNPZ(&npz, arrayfile.NewArray("x", greys, rows, 8, 8), arrayfile.NewArray("y", labels, rows)); err != nil {
		t.Fatal(err)
	}
	csv := digitsCSV(t, 0, rows, true)
	writeFile(t, "d.csv", csv)
	writeFile(t, "named.csv", strings.Repeat("p,", 64)[:127]+",what\n"+csv)
	writeFile(t, "d.npy", npy.String())
	writeFile(t, "d.npz", npz.String())
	writeFile(t, "labels.csv", strings.ReplaceAll(strings.Trim(fmt.Sprint(labels), "[]"), " ", "\n")+"\n")
	writeFile(t, "images-idx3-ubyte.gz", idx(t, greys, rows, 8, 8))
	writeFile(t, "labels-idx1-ubyte.gz", idx(t, classes, rows))
	var first []byte
	for i, data := range []string{
		"d.csv",
		"named.csv --label-column what",
		"d.npy --labels labels.csv",
		"d.npz --array x --label-column y",
		"images-idx3-ubyte.gz --labels labels-idx1-ubyte.gz",
	} {
		flags := append([]string{"train"}, strings.Fields(data)...)
		succeed(t, append(flags, "--latents", "20", "--epochs", "2", "--batch", "16")...)
		model := mustRead(t, "inversenet-out/model.safetensors")
		if i == 0 {
			first = model
		}
		if !bytes.Equal(model, first) {
			t.Errorf("%s gives another model than d.csv", data)
		}
	}
}
