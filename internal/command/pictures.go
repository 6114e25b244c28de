package command

import (
	"fmt"
	"image"
	"io"
	"os"
	"strings"

	"golang.org/x/term"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/inverse"
)

// showTraining shows, in a terminal, some atoms, and some images above what the
// model generates for them and what it reads in them.
func showTraining(w io.Writer, t *experiment.Result, r experiment.Readings) error {
	return drawTraining(w, t, r, terminalWidth(w), figures.ColoursOf(os.Getenv))
}

// terminalWidth is the number of columns of a terminal, or 80.
func terminalWidth(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return 80
}

func drawTraining(w io.Writer, t *experiment.Result, r experiment.Readings, width int, c figures.Colours) error {
	shape := figures.Shape(t.Job.Train.Shape)
	const most, space = 12, 2
	columns := min(most, (width+space)/(shape.Width+space))
	if columns < 1 {
		return nil // one image is wider than the terminal
	}
	atoms := atomTiles(t.Atoms, shape, columns)
	images := [][]*image.Gray{nil, nil}
	var read []string
	for _, i := range sampleReadings(r, columns) {
		images[0] = append(images[0], figures.Tile(r.Images[i], shape, 0, 0, 1))
		images[1] = append(images[1], figures.Tile(r.Generated[i], shape, 0, 0, 1))
		read = append(read, printable(r.Classes[experiment.Class(r.Probabilities[i])]))
	}
	fmt.Fprintln(w, "atoms, what latents add to an image")
	if err := drawStrip(w, atoms, space, c); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s, what is generated for them, what is read\n", r.Name)
	if err := drawStrip(w, images, space, c); err != nil {
		return err
	}
	fmt.Fprintln(w, centred(read, shape.Width, space))
	return nil
}

func drawStrip(w io.Writer, tiles [][]*image.Gray, space int, c figures.Colours) error {
	strip := figures.Strip(tiles, space)
	return figures.Terminal(w, strip, strip.Rect.Dx(), c)
}

// atomTiles are the first atoms, in up to two rows.
func atomTiles(w inverse.Matrix[float64], shape figures.Shape, columns int) [][]*image.Gray {
	rows := make([][]*image.Gray, 1, 2)
	for k := range min(w.Cols, 2*columns) {
		if k == columns {
			rows = append(rows, nil)
		}
		last := len(rows) - 1
		rows[last] = append(rows[last], figures.Atom(w.Data, shape, k, w.Cols, 1))
	}
	return rows
}

// sampleReadings are the first of each class, then the others from the start,
// as many as asked for.
func sampleReadings(r experiment.Readings, count int) (rows []int) {
	taken := make(map[int]bool)
	for class := range r.Classes {
		for i, label := range r.Labels {
			if label == class && len(rows) < count {
				rows = append(rows, i)
				taken[i] = true
				break
			}
		}
	}
	for i := 0; i < len(r.Labels) && len(rows) < count; i++ {
		if !taken[i] {
			rows = append(rows, i)
		}
	}
	return rows
}

// centred puts each text under a column of the given width.
func centred(texts []string, width, space int) string {
	var b strings.Builder
	for _, text := range texts {
		left := max(0, (width-len([]rune(text)))/2)
		fmt.Fprintf(&b, "%-*s", width+space, strings.Repeat(" ", left)+text)
	}
	return strings.TrimRight(b.String(), " ")
}
