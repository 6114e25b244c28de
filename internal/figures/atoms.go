package figures

import (
	"fmt"
	"image"
	"image/draw"
	"math"
)

// Atoms draws the columns of the row-major pixels×count matrix w as images, in a
// grid of the given columns that is filled row by row: grey is zero, lighter what
// an atom adds and darker what it takes away. Each atom has a scale of its own, the
// same on both sides of zero, so that zero looks the same in all of them. It
// panics when w is not of that size or columns or scale are below one.
func Atoms(w []float64, s Shape, count, columns, scale int) *image.Gray {
	if s.Height < 1 || s.Width < 1 || count < 1 || len(w) != s.pixels()*count || columns < 1 || scale < 1 {
		panic(fmt.Sprintf("figures: Atoms: %d values for %d atoms of %d×%d in %d columns at scale %d",
			len(w), count, s.Height, s.Width, columns, scale))
	}
	rows := (count + columns - 1) / columns
	space := max(1, 2*scale/3)
	stepX, stepY := s.Width*scale+space, s.Height*scale+space
	picture := image.NewGray(image.Rect(0, 0, space+columns*stepX, space+rows*stepY))
	for i := range picture.Pix {
		picture.Pix[i] = 0xff
	}
	for k := range count {
		left, top := space+k%columns*stepX, space+k/columns*stepY
		atom := Atom(w, s, k, count, scale)
		draw.Draw(picture, atom.Rect.Add(image.Pt(left, top)), atom, image.Point{}, draw.Src)
	}
	return picture
}

// Atom draws column k of w, of which there are count, as a tile of [Atoms].
func Atom(w []float64, s Shape, k, count, scale int) *image.Gray {
	values := make([]float64, s.pixels())
	largest := 0.0
	for p := range values {
		values[p] = w[p*count+k]
		if v := math.Abs(values[p]); v <= math.MaxFloat64 {
			largest = max(largest, v)
		}
	}
	if largest == 0 {
		largest = 1
	}
	return Tile(values, s, -largest, largest, scale)
}

// AtomColumns is a number of columns that lays count images out well: a few of
// them two and a half times as wide as high, many in full rows between a square and
// twice as wide as high, where their number allows it.
func AtomColumns(count int) int {
	if count <= 20 {
		return max(1, min(count, int(math.Ceil(math.Sqrt(2.5*float64(count))))))
	}
	square := int(math.Ceil(math.Sqrt(float64(count))))
	for columns := square; columns*columns <= 2*count; columns++ {
		if count%columns == 0 {
			return columns
		}
	}
	return square
}

// MaxAtoms is the most atoms on one picture.
const MaxAtoms = 400

// AtomSheet draws the columns of the row-major matrix w, of which there are count,
// or the first 400 of them, as [Atoms] does: together they are about 800 points
// wide, and none much more than 120.
func AtomSheet(w []float64, s Shape, count int) *image.Gray {
	shown := min(count, MaxAtoms)
	values := make([]float64, 0, s.pixels()*shown)
	for p := range s.pixels() {
		values = append(values, w[p*count:p*count+shown]...)
	}
	columns := AtomColumns(shown)
	scale := max(1, min(s.TileScale(), 800/(columns*(s.Width+1))))
	return Atoms(values, s, shown, columns, scale)
}
