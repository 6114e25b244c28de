package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

type generateOptions struct {
	source  dataset.Source
	file    string // where rows are from
	z       string
	row     int
	grid    []int
	span    []float64
	between []int
	count   int
	out     string

	fromZ, fromRow bool // given on the command line
}

func newGenerate(s Streams) *cobra.Command {
	var o generateOptions
	c := &cobra.Command{
		Use:   "generate MODEL",
		Short: "Run a model forwards, from latents to images",
		Long: `Run a model forwards, from a latent z to the image G(z), and write that as a PNG.

The latent is given by --z, or found by inverting a --row of data; then the PNG
shows the row on the left and the image generated from its latent on the right.
With --grid I,J, a square of images over two elements of that latent, which go
through --span from left to right and from top to bottom. For --row, the largest
elements of the latent are printed. With --between A,B,
images on the way from the latent of row A to that of row B.
Each image is black at its least value and white at its largest.`,
		Example: `  inversenet generate inversenet-out/model.safetensors --z 3:1,17:0.5
  inversenet generate inversenet-out/model.safetensors --row 1000 --out zero.png
  inversenet generate inversenet-out/model.safetensors --row 1000 --grid 192,103 --out grid.png
  inversenet generate inversenet-out/model.safetensors --between 1000,1001 --out way.png`,
		Args: arguments(1, 1, "MODEL"),
		RunE: func(c *cobra.Command, args []string) error {
			o.fromZ, o.fromRow = c.Flags().Changed("z"), c.Flags().Changed("row")
			if err := o.check(); err != nil {
				return err
			}
			return runGenerate(s, args[0], o)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.z, "z", "", "the `LATENT`: all its numbers, or INDEX:NUMBER for those that are not 0, separated by commas")
	f.IntVar(&o.row, "row", 0, "`NUMBER` of the row of the data to take the latent of, counted from 0")
	f.IntSliceVar(&o.grid, "grid", nil, "`I,J`, the two elements of the latent to go through")
	f.Float64SliceVar(&o.span, "span", nil, "`FROM,TO` of these elements (default 0 to twice the largest of the latent)")
	f.IntSliceVar(&o.between, "between", nil, "`A,B`, the two rows to go between")
	f.IntVar(&o.count, "count", 9, "images on each side of a grid, or between two rows")
	f.StringVar(&o.file, "data", "", "`FILE` that rows are in, if not the built-in digits")
	addSource(f, &o.source)
	f.StringVar(&o.out, "out", "generated.png", "`FILE`.png to write to")
	return c
}

func (o *generateOptions) check() error {
	switch {
	case !strings.HasSuffix(o.out, ".png"):
		return usage.Errorf("--out %s: want a name that ends in .png", o.out)
	case o.between != nil && (o.fromZ || o.fromRow || o.grid != nil):
		return usage.Errorf("generate: --between goes without --z, --row and --grid")
	case o.fromZ && o.fromRow || o.between == nil && o.grid == nil && o.fromZ == o.fromRow:
		return usage.Errorf("generate: want either --z or --row, to say which latent to start from, or --grid or --between")
	case o.between != nil && len(o.between) != 2:
		return usage.Errorf("--between: got %s, want 2 rows such as 1000,1001", plural(len(o.between), "number"))
	case o.grid != nil && len(o.grid) != 2:
		return usage.Errorf("--grid: got %s, want 2 elements of the latent such as 0,1", plural(len(o.grid), "number"))
	case o.span != nil && (len(o.span) != 2 || !finite(o.span...)):
		return usage.Errorf("--span: want 2 finite numbers such as 0,1")
	case o.count < 2 || o.count > 50:
		return usage.Errorf("--count %d: want a number from 2 to 50", o.count)
	}
	return nil
}

func finite(values ...float64) bool {
	for _, v := range values {
		if v-v != 0 {
			return false
		}
	}
	return true
}

func runGenerate(s Streams, path string, o generateOptions) error {
	if _, err := instructionSet(); err != nil {
		return err
	}
	model, err := modelfile.ReadFile(path)
	if err != nil {
		return err
	}
	sheet, err := o.compose(s, model)
	if err != nil {
		return err
	}
	if err := atomicfile.Check(o.out); err != nil {
		return err
	}
	shape := figures.Shape{Height: model.ImageHeight, Width: model.ImageWidth}
	grid := figures.Grid{Height: shape.Height, Width: shape.Width, Rows: sheet.rows, Cols: sheet.cols, Scale: max(1, 2*shape.TileScale()/max(1, sheet.cols/2))}
	if err := figures.SaveImage(o.out, figures.ImageGrid(sheet.images, grid, 0, 0)); err != nil {
		return err
	}
	if sheet.z != nil {
		fmt.Fprintf(s.Out, "z        %s\n", latentText(sheet.z))
	}
	fmt.Fprintf(s.Out, "written  %s\n", o.out)
	return nil
}

// sheet is images in rows and columns, and the latent they come from if it is one.
type sheet struct {
	images     []float64
	rows, cols int
	z          []float64
}

// compose makes the images that the flags ask for.
func (o *generateOptions) compose(s Streams, f *modelfile.File) (sheet, error) {
	if o.between != nil {
		return o.composeBetween(s, f)
	}
	var images []float64
	z := make([]float64, f.Latents)
	var err error
	switch {
	case o.fromRow:
		var data dataset.Dataset
		if data, err = o.read(s, f); err == nil {
			images, z, err = invertRow(f, data, "row", o.row)
		}
	case o.fromZ:
		z, err = parseLatent(o.z, f.Latents)
	}
	if err != nil {
		return sheet{}, err
	}
	if o.grid != nil {
		return o.composeGrid(f, z)
	}
	image, err := generated(f, z)
	images = append(images, image...)
	return sheet{images: images, rows: 1, cols: len(images) / f.Pixels, z: z}, err
}

// composeGrid replaces two elements of z.
func (o *generateOptions) composeGrid(f *modelfile.File, z []float64) (sheet, error) {
	for _, k := range o.grid {
		if k < 0 || k >= f.Latents {
			return sheet{}, usage.Errorf("--grid: %d is no element of the latent, want numbers from 0 to %d", k, f.Latents-1)
		}
	}
	if o.span == nil {
		o.span = []float64{0, 1}
		if top := magnitude(z); top > 0 {
			o.span[1] = 2 * top
		}
	}
	var all []float64
	for i := range o.count {
		for j := range o.count {
			next := append([]float64(nil), z...)
			next[o.grid[1]] = o.at(i)
			next[o.grid[0]] = o.at(j)
			all = append(all, next...)
		}
	}
	images, err := generated(f, all)
	return sheet{images: images, rows: o.count, cols: o.count}, err
}

// at is number i of count numbers through the span.
func (o *generateOptions) at(i int) float64 {
	t := float64(i) / float64(o.count-1)
	return (1-t)*o.span[0] + t*o.span[1]
}

// composeBetween goes straight from one latent to another.
func (o *generateOptions) composeBetween(s Streams, f *modelfile.File) (sheet, error) {
	data, err := o.read(s, f)
	if err != nil {
		return sheet{}, err
	}
	_, a, err := invertRow(f, data, "between", o.between[0])
	if err != nil {
		return sheet{}, err
	}
	_, b, err := invertRow(f, data, "between", o.between[1])
	if err != nil {
		return sheet{}, err
	}
	var all []float64
	for i := range o.count {
		t := float64(i) / float64(o.count-1)
		for k := range a {
			all = append(all, (1-t)*a[k]+t*b[k])
		}
	}
	images, err := generated(f, all)
	return sheet{images: images, rows: 1, cols: o.count}, err
}

// read reads the data that rows are taken from, as the model wants it.
func (o *generateOptions) read(s Streams, f *modelfile.File) (dataset.Dataset, error) {
	data, err := o.source.Read(o.file, s.In)
	if err != nil {
		return data, err
	}
	return data, prepare(&data, f)
}

// invertRow is a row and the latent that the model finds for it.
func invertRow(f *modelfile.File, data dataset.Dataset, setting string, row int) (x, z []float64, err error) {
	if data, err = data.Row(setting, row); err != nil {
		return nil, nil, err
	}
	into := modelfile.Prediction[float64]{Latents: inverse.NewMatrix[float64](1, f.Latents)}
	err = predict(f, data, 1, &into)
	return slices.Clone(data.X), into.Latents.Data, err
}

// generated are the images G(z) of latents, one after the other, in the numbers
// of the data.
func generated(f *modelfile.File, z []float64) ([]float64, error) {
	m, err := modelfile.Load[float64](f)
	if err != nil {
		return nil, err
	}
	latents := inverse.FromFloat64[float64](len(z)/f.Latents, f.Latents, z)
	x := inverse.NewMatrix[float64](latents.Rows, f.Pixels)
	m.Generator.Generate(x, latents)
	f.Scaling.Undo(x.Data, f.Pixels)
	return x.Data, nil
}
