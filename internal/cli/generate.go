package cli

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/modelfile"
	"github.com/inversenet/inversenet/internal/plots"
	"github.com/inversenet/inversenet/inverse"
)

type generateOptions struct {
	data dataOptions
	file string // where --row is from
	z    []float64
	row  int
	out  string
}

func newGenerate(s Streams) *cobra.Command {
	var o generateOptions
	c := &cobra.Command{
		Use:   "generate MODEL",
		Short: "Run a model forwards, from a latent to an image",
		Long: `Run a model forwards, from a latent z to the image G(z), and write that as a PNG.

The latent is given by --z, or found by inverting a --row of data; then the PNG
shows the row on the left and the image generated from its latent on the right.
Each image is black at its least value and white at its largest.`,
		Example: `  inversenet generate inversenet-out/model.safetensors --z 0,0,0,1,0,0,0,0,0,0
  inversenet generate inversenet-out/model.safetensors --row 1000 --out zero.png`,
		Args: arguments(1, 1, "MODEL"),
		RunE: func(c *cobra.Command, args []string) error {
			if c.Flags().Changed("z") == c.Flags().Changed("row") {
				return usagef("generate: want either --z or --row, to say which latent to start from")
			}
			return runGenerate(s, args[0], o, c.Flags().Changed("row"))
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.Float64SliceVar(&o.z, "z", nil, "the `LATENT`: K numbers, separated by commas")
	f.IntVar(&o.row, "row", 0, "`NUMBER` of the row of the data to take the latent of, counted from 0")
	f.StringVar(&o.file, "data", "", "`FILE` that --row is in, if not the built-in digits")
	o.data.flags(f)
	f.StringVar(&o.out, "out", "generated.png", "`FILE`.png to write to")
	return c
}

func runGenerate(s Streams, path string, o generateOptions, fromRow bool) error {
	if !strings.HasSuffix(o.out, ".png") {
		return usagef("--out %s: want a name that ends in .png", o.out)
	}
	if _, err := instructionSet(); err != nil {
		return err
	}
	model, err := modelfile.Read(path)
	if err != nil {
		return err
	}
	if err := writable(o.out); err != nil {
		return err
	}
	var images []float64
	if fromRow {
		if images, o.z, err = invertRow(model, o, s.In); err != nil {
			return err
		}
	} else if err := checkLatent(o.z, model.Latents); err != nil {
		return err
	}
	image, err := generated(model, o.z)
	if err != nil {
		return err
	}
	images = append(images, image...)
	shape := imageShape{model.ImageHeight, model.ImageWidth}
	grid := plots.Grid{Height: shape.height, Width: shape.width, Rows: 1, Cols: len(images) / model.Pixels, Scale: 2 * tileScale(shape)}
	if err := plots.SaveImage(o.out, plots.ImageGrid(images, grid, 0, 0)); err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "z        %s\nwritten  %s\n", joinNumbers(o.z), o.out)
	return nil
}

func checkLatent(z []float64, latents int) error {
	if len(z) != latents {
		return usagef("--z: got %s, want %d as the model has latents", plural(len(z), "number"), latents)
	}
	for i, v := range z {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return usagef("--z: number %d is %v, want finite numbers", i+1, v)
		}
	}
	return nil
}

// invertRow is the row that was asked for and the latent that the model, with
// the step it was trained with, finds for it.
func invertRow(f *modelfile.File, o generateOptions, stdin io.Reader) (x, z []float64, err error) {
	data, err := o.data.read(o.file, stdin)
	if err != nil {
		return nil, nil, err
	}
	if o.row < 0 || o.row >= data.rows {
		return nil, nil, usagef("--row %d: want a row from 0 to %d", o.row, data.rows-1)
	}
	if err := prepare(&data, f); err != nil {
		return nil, nil, err
	}
	if data, err = data.slice("row", rowRange{from: o.row, to: o.row + 1}); err != nil {
		return nil, nil, err
	}
	f.Inner = asTrained(f)
	p, err := predict(f, data, 1)
	return append(x, data.x...), p.latents.Data, err
}

// generated is G(z).
func generated(f *modelfile.File, z []float64) ([]float64, error) {
	m, err := modelfile.Model[float64](f)
	if err != nil {
		return nil, err
	}
	x := inverse.NewMatrix[float64](1, f.Pixels)
	m.Generator.Generate(x, inverse.FromFloat64[float64](1, len(z), z))
	return x.Data, nil
}

func joinNumbers(v []float64) string {
	text := make([]string, len(v))
	for i, x := range v {
		text[i] = strconv.FormatFloat(x, 'g', 6, 64)
	}
	return strings.Join(text, ",")
}
