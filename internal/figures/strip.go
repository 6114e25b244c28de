package figures

import (
	"image"
	"image/color"
	"image/draw"
)

// Strip lays images out in rows of the same number of tiles, with transparent
// space of the given pixels between them: what a terminal shows. Rows may be of
// different lengths, and a nil tile leaves its place empty. All tiles have the
// size of the first.
func Strip(rows [][]*image.Gray, space int) *image.NRGBA {
	var size image.Point
	columns := 0
	for _, row := range rows {
		columns = max(columns, len(row))
		for _, tile := range row {
			if tile != nil && size == (image.Point{}) {
				size = tile.Rect.Size()
			}
		}
	}
	step := size.Add(image.Pt(space, space))
	picture := image.NewNRGBA(image.Rect(0, 0, max(0, columns*step.X-space), max(0, len(rows)*step.Y-space)))
	draw.Draw(picture, picture.Rect, image.NewUniform(color.Transparent), image.Point{}, draw.Src)
	for i, row := range rows {
		for j, tile := range row {
			if tile != nil {
				at := image.Pt(j*step.X, i*step.Y)
				draw.Draw(picture, image.Rectangle{at, at.Add(size)}, tile, tile.Rect.Min, draw.Src)
			}
		}
	}
	return picture
}
