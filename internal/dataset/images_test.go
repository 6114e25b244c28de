package dataset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// steps is an image of 2×3 whose greys grow from 0 to 5/5.
func steps() *image.Gray {
	img := image.NewGray(image.Rect(0, 0, 3, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(51 * i)
	}
	return img
}

func encoded(t testing.TB, format string, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	var err error
	switch format {
	case "png":
		err = png.Encode(&b, img)
	case "gif":
		err = gif.Encode(&b, img, &gif.Options{NumColors: 256})
	default:
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 100})
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func put(t testing.TB, path string, content []byte) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func nearly(got, want []float64, tolerance float64) bool {
	return slices.EqualFunc(got, want, func(a, b float64) bool { return math.Abs(a-b) <= tolerance })
}

// Each format gives the same greys, alone or in a folder.
func TestReadImages(t *testing.T) {
	dir := t.TempDir()
	sixteen := image.NewGray16(image.Rect(0, 0, 3, 2))
	for i := range 6 {
		sixteen.SetGray16(i%3, i/3, color.Gray16{Y: uint16(13107 * i)})
	}
	put(t, filepath.Join(dir, "a.png"), encoded(t, "png", steps()))
	put(t, filepath.Join(dir, "b.PNG"), encoded(t, "png", sixteen))
	put(t, filepath.Join(dir, "c.jpg"), encoded(t, "jpeg", steps()))
	put(t, filepath.Join(dir, "d.gif"), encoded(t, "gif", steps()))
	put(t, filepath.Join(dir, ".hidden.png"), []byte("x"))
	put(t, filepath.Join(dir, "notes.txt"), []byte("x"))
	want := []float64{0, 0.2, 0.4, 0.6, 0.8, 1}
	d, err := ReadImages(dir, Shape{}, Greys{})
	if err != nil || d.Rows != 4 || d.Shape != (Shape{2, 3}) || !slices.Equal(d.RowNames, []string{"a.png", "b.PNG", "c.jpg", "d.gif"}) || d.Labels != nil {
		t.Fatalf("%+v, %v", d, err)
	}
	for i, name := range d.RowNames {
		if got := d.X[6*i : 6*i+6]; !nearly(got, want, 0.03) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
		alone, err := ReadImages(filepath.Join(dir, name), Shape{2, 3}, Greys{High: 16, Negative: true})
		for j := range alone.X {
			alone.X[j] = 1 - alone.X[j]/16
		}
		if err != nil || alone.Rows != 1 || !nearly(alone.X, d.X[6*i:6*i+6], 1e-12) {
			t.Errorf("%s alone: %v, %v", name, alone.X, err)
		}
	}
}

// A folder for each class gives its name to the images in it.
func TestReadImagesByClass(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"pine/1.png", "elm/2.png", "elm/1.png", "nothing/x.txt"} {
		img := steps()
		img.Pix[0] = uint8(51 * i)
		put(t, filepath.Join(dir, name), encoded(t, "png", img))
	}
	d, err := ReadImages(dir, Shape{}, Greys{High: 5})
	if err != nil || !slices.Equal(d.LabelNames, []string{"elm", "pine"}) || !slices.Equal(d.Labels, []int{0, 0, 1}) ||
		!slices.Equal(d.RowNames, []string{filepath.Join("elm", "1.png"), filepath.Join("elm", "2.png"), filepath.Join("pine", "1.png")}) ||
		!nearly([]float64{d.X[0], d.X[6], d.X[12]}, []float64{2, 1, 0}, 1e-9) {
		t.Errorf("%+v, %v", d, err)
	}
}

// What is transparent is paper, of the colour that the ink is not.
func TestTransparentPaper(t *testing.T) {
	for _, ink := range []uint8{0, 255} {
		img := image.NewNRGBA(image.Rect(0, 0, 3, 1))
		img.SetNRGBA(1, 0, color.NRGBA{ink, ink, ink, 255})
		img.SetNRGBA(2, 0, color.NRGBA{ink, ink, ink, 128})
		d, err := ReadImages(put(t, filepath.Join(t.TempDir(), "x.png"), encoded(t, "png", img)), Shape{}, Greys{})
		i := float64(ink) / 255
		if want := []float64{1 - i, i, 0.5}; err != nil || !nearly(d.X, want, 0.003) {
			t.Errorf("ink %d: %v, want %v (%v)", ink, d.X, want, err)
		}
	}
}

// withOrientation puts an Exif part into a JPEG file.
func withOrientation(file []byte, order binary.AppendByteOrder, mark string, value uint16) []byte {
	exif := []byte("Exif\x00\x00" + mark)
	exif = order.AppendUint16(exif, 42)
	exif = order.AppendUint32(exif, 8)
	exif = order.AppendUint16(exif, 2)
	for _, e := range [][2]uint16{{0x0100, 7}, {0x0112, value}} {
		exif = order.AppendUint16(exif, e[0])
		exif = order.AppendUint16(exif, 3)
		exif = order.AppendUint32(exif, 1)
		exif = order.AppendUint16(exif, e[1])
		exif = order.AppendUint16(exif, 0)
	}
	segment := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(exif)+2))
	return slices.Concat(file[:2], segment, exif, file[2:])
}

// A picture is read as one sees it, however the camera was held.
func TestOrientations(t *testing.T) {
	// The file of each orientation, for 0 1 2 / 3 4 5 as one sees it.
	for value, stored := range map[uint16]string{
		1: "012/345", 2: "210/543", 3: "543/210", 4: "345/012", 5: "03/14/25", 6: "25/14/03", 7: "52/41/30", 8: "30/41/52",
	} {
		rows := strings.Split(stored, "/")
		img := image.NewGray(image.Rect(0, 0, 16*len(rows[0]), 16*len(rows))) // blocks, which JPEG keeps
		for y := range img.Rect.Dy() {
			for x := range img.Rect.Dx() {
				img.SetGray(x, y, color.Gray{Y: 51 * (rows[y/16][x/16] - '0')})
			}
		}
		for mark, order := range map[string]binary.AppendByteOrder{"II": binary.LittleEndian, "MM": binary.BigEndian} {
			path := put(t, filepath.Join(t.TempDir(), "x.jpg"), withOrientation(encoded(t, "jpeg", img), order, mark, value))
			d, err := ReadImages(path, Shape{32, 48}, Greys{})
			if err != nil {
				t.Errorf("orientation %d: %v", value, err)
				continue
			}
			for i := range 6 {
				if got, want := d.X[(16*(i/3)+8)*48+16*(i%3)+8], float64(i)/5; math.Abs(got-want) > 0.02 {
					t.Errorf("orientation %d, %s: block %d has the grey %v, want %v", value, mark, i, got, want)
				}
			}
		}
	}
}

func TestReadImagesRefuses(t *testing.T) {
	dir := t.TempDir()
	whole := encoded(t, "png", steps())
	tall := encoded(t, "png", image.NewGray(image.Rect(0, 0, 2, 3)))
	put(t, filepath.Join(dir, "mixed/a.png"), whole)
	put(t, filepath.Join(dir, "mixed/b.png"), tall)
	put(t, filepath.Join(dir, "cut/a.png"), whole[:len(whole)-20])
	put(t, filepath.Join(dir, "text/a.jpg"), []byte("text"))
	put(t, filepath.Join(dir, "none/sub/notes.txt"), nil)
	huge := slices.Clone(whole)
	binary.BigEndian.PutUint32(huge[16:], 1<<20) // the width
	binary.BigEndian.PutUint32(huge[20:], 1<<20)
	put(t, filepath.Join(dir, "huge/a.png"), huge)
	for name, want := range map[string]string{
		"mixed": "b.png: an image of 3×2 pixels (height×width), want 2×3 as a.png has", "cut": "a.png: ", "text": "not an image that can be read",
		"none": "no file in the folder ends in .png", "huge": "a.png: ", "missing": "missing",
	} {
		if _, err := ReadImages(filepath.Join(dir, name), Shape{}, Greys{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	if _, err := ReadImages(filepath.Join(dir, "mixed"), Shape{8, 8}, Greys{}); err == nil || !strings.Contains(err.Error(), "want 8×8 as the model reads") {
		t.Errorf("error %v", err)
	}
}

func FuzzOrientation(f *testing.F) {
	file := encoded(f, "jpeg", steps())
	for v := range uint16(10) {
		f.Add(withOrientation(file, binary.LittleEndian, "II", v))
		f.Add(withOrientation(file, binary.BigEndian, "MM", v)[:60])
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		turn := orientation(raw, "jpeg")
		if turn < 1 || turn > 8 {
			t.Error(turn)
		}
		s := Shape{2, 3}
		got := turn.greys([]float64{0, 1, 2, 3, 4, 5}, s)
		slices.Sort(got)
		if fmt.Sprint(got) != "[0 1 2 3 4 5]" {
			t.Errorf("turn %d gives %v", turn, got)
		}
	})
}
