package report

import (
	"bytes"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/png"
	"io"
	"math"
	"strconv"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
)

//go:embed page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// The most atoms and misread images on a page.
const (
	mostAtoms   = 400
	mostMisread = 60
)

// page is what the template shows.
type page struct {
	Run
	Loss, AccuracyChart template.HTML
	Legend              []legend
	Atoms               picture
	ShownAtoms          int
	Confusion           []confusionRow
	Calibration         template.HTML
	CalibrationError    string
	Right, Total        int
	Misread             []misread
	MisreadCount        int
}

type legend struct{ Class, Name string }

// picture is an image in the page and how large it is shown.
type picture struct {
	Source        template.URL
	Width, Height int
}

type confusionRow struct {
	Name     string
	Cells    []cell
	Accuracy string
	Total    int
}

// cell is a count; Strength is how much of its colour it has, in per cent. On a
// strong colour, the text is that of the page's other mode.
type cell struct {
	Count    int
	Kind     string // ok or bad, or empty for none
	Strength int
}

type misread struct {
	Row              int
	Label, Class     string
	Probability      string
	Image, Generated picture
}

// Write writes the page. It returns an error, before it writes, when the parts of
// r do not fit each other.
func Write(w io.Writer, r Run) error {
	if err := r.check(); err != nil {
		return err
	}
	p := page{
		Run: r, Loss: lossChart(r.Loss), AccuracyChart: accuracyChart(r.Accuracy),
		ShownAtoms: min(r.AtomCount, mostAtoms), Total: len(r.Test.Labels),
	}
	for i, c := range r.Accuracy {
		p.Legend = append(p.Legend, legend{series(i), c.Name})
	}
	if r.AtomCount > 0 {
		p.Atoms = atomSheet(r, p.ShownAtoms)
	}
	if p.Total > 0 {
		p.Confusion = confusionRows(r.Test)
		bins, calibrationError := r.Test.Calibration()
		p.Calibration = calibrationChart(bins)
		p.CalibrationError = percent(calibrationError)
		p.addMisread(r)
	}
	var b bytes.Buffer
	if err := pageTemplate.Execute(&b, p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

func percent(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) + " %" }

// atomSheet is the first atoms, pixel for pixel: the page enlarges them.
func atomSheet(r Run, count int) picture {
	pixels := r.Shape.Height * r.Shape.Width
	values := make([]float64, 0, pixels*count)
	for p := range pixels {
		values = append(values, r.Atoms[p*r.AtomCount:p*r.AtomCount+count]...)
	}
	sheet := figures.Atoms(values, r.Shape, count, figures.AtomColumns(count), 1)
	size := sheet.Bounds().Size()
	scale := max(1, 660/size.X)
	if count <= 20 {
		scale = min(scale, 10)
	}
	return embed(sheet, scale)
}

// embed is an image inside of the page, shown scale times as large.
func embed(img image.Image, scale int) picture {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		panic(err) // a buffer takes everything, and images of the page are not empty
	}
	size := img.Bounds().Size()
	return picture{
		Source: template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())),
		Width:  size.X * scale, Height: size.Y * scale,
	}
}

func confusionRows(r experiment.Readings) []confusionRow {
	counts := r.Confusion()
	most := 3 // fewer mistakes than this are pale
	for i, row := range counts {
		for j, n := range row {
			if i != j {
				most = max(most, n)
			}
		}
	}
	rows := make([]confusionRow, len(counts))
	for i, row := range counts {
		rows[i].Name = r.Classes[i]
		for _, n := range row {
			rows[i].Total += n
		}
		for j, n := range row {
			rows[i].Cells = append(rows[i].Cells, newCell(n, rows[i].Total, most, i == j))
		}
		if rows[i].Total > 0 {
			rows[i].Accuracy = percent(float64(row[i]) / float64(rows[i].Total))
		}
	}
	return rows
}

func newCell(count, total, most int, right bool) cell {
	const pale = 14
	switch {
	case count == 0:
		return cell{}
	case right:
		return cell{count, "ok", pale + int((100-pale)*float64(count)/float64(total))}
	}
	// Orange is lighter than blue: dark text stays readable on more of it.
	return cell{count, "bad", pale + int((100-pale)*math.Sqrt(float64(count)/float64(most)))}
}

// Strong reports whether the text must contrast with a strong colour.
func (c cell) Strong() bool {
	if c.Kind == "bad" {
		return c.Strength > 80
	}
	return c.Strength > 55
}

func (p *page) addMisread(r Run) {
	rows := r.Test.Misread()
	p.MisreadCount = len(rows)
	p.Right = p.Total - len(rows)
	if r.Test.Images == nil {
		return
	}
	scale := max(1, 64/max(r.Shape.Height, r.Shape.Width))
	for _, i := range rows[:min(len(rows), mostMisread)] {
		class := experiment.Class(r.Test.Probabilities[i])
		p.Misread = append(p.Misread, misread{
			Row: r.Test.FirstRow + i, Label: r.Test.Classes[r.Test.Labels[i]], Class: r.Test.Classes[class],
			Probability: fmt.Sprintf("%.0f %%", 100*r.Test.Probabilities[i][class]),
			Image:       embed(figures.Tile(r.Test.Images[i], r.Shape, 0, 0, 1), scale),
			Generated:   embed(figures.Tile(r.Test.Generated[i], r.Shape, 0, 0, 1), scale),
		})
	}
}
