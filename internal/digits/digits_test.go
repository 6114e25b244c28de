package digits

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
)

func TestEmbeddedDataIsThePublishedOne(t *testing.T) {
	text, err := decompress(compressed)
	if err != nil {
		t.Fatal(err)
	}
	const want = "6ebb3d2fee246a4e99363262ddf8a00a3c41bee6014c373ed9d9216ba7f651b8"
	sum := sha256.Sum256([]byte(text))
	if got := hex.EncodeToString(sum[:]); got != want {
		t.Errorf("sha256 of the decompressed data is %s, not %s", got, want)
	}
}

func TestLoad(t *testing.T) {
	pixels, labels, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(pixels) != Rows*Pixels || len(labels) != Rows {
		t.Fatalf("%d pixels and %d labels, not %d and %d", len(pixels), len(labels), Rows*Pixels, Rows)
	}

	var greys [MaxGrey + 1]int
	for i, p := range pixels {
		if p < 0 || p > MaxGrey || p != float64(int(p)) {
			t.Fatalf("pixel %d of row %d is %v, not a whole number in 0..%d", i%Pixels, i/Pixels, p, MaxGrey)
		}
		greys[int(p)]++
	}
	for grey, n := range greys {
		if n == 0 {
			t.Errorf("grey value %d never occurs", grey)
		}
	}

	var classes [Classes]int
	for _, label := range labels {
		classes[label]++
	}
	want := [Classes]int{178, 182, 177, 183, 181, 182, 181, 179, 174, 180}
	if classes != want {
		t.Errorf("images per class are %v, not %v", classes, want)
	}
}

func TestLoadReturnsCopies(t *testing.T) {
	pixels, labels, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	pixel, label := pixels[2], labels[0]
	pixels[2], labels[0] = -1, -1

	pixels, labels, err = Load()
	if err != nil {
		t.Fatal(err)
	}
	if pixels[2] != pixel || labels[0] != label {
		t.Errorf("a second Load sees the caller's changes: pixel %v, label %v", pixels[2], labels[0])
	}
}

func TestParseRefusesDamage(t *testing.T) {
	row := strings.Repeat("0,", Pixels)
	tests := []struct{ name, text, want string }{
		{"nothing", "", "0 rows"},
		{"a row too few", strings.Repeat(row+"0\n", Rows-1), "1796 rows"},
		{"a field missing", row + "0\n" + row[2:] + "0\n", "row 2 has 64 fields"},
		{"a pixel too dark", "17," + row[2:] + "0\n", "row 1, pixel 0: 17 is outside 0..16"},
		{"a negative pixel", "-1," + row[2:] + "0\n", "row 1, pixel 0: -1 is outside 0..16"},
		{"a pixel that is no number", "x," + row[2:] + "0\n", "row 1, pixel 0"},
		{"a label out of range", row + "10\n", "row 1, label: 10 is outside 0..9"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := parse(test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one that contains %q", err, test.want)
			}
		})
	}
}

func ExampleLoad() {
	pixels, labels, err := Load()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("a handwritten", labels[0])
	for y := range Side {
		for _, grey := range pixels[y*Side : (y+1)*Side] {
			fmt.Printf("%c", "-.:*#"[int(grey)/4])
		}
		fmt.Println()
	}
	// Output:
	// a handwritten 0
	// --.*:---
	// --**:*.-
	// --*--::-
	// -.*--::-
	// -.:--::-
	// -.:--*.-
	// --*.:*--
	// --.*:---
}
