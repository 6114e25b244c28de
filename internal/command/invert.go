package command

import (
	"bufio"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

type invertOptions struct {
	reading readingOptions
	row     int
	frames  int
	out     string
}

func newInvert(s Streams) *cobra.Command {
	o := invertOptions{reading: readingOptions{rows: dataset.All}}
	c := &cobra.Command{
		Use:   "invert MODEL [DATA]",
		Short: "Watch a model search the latent of one image",
		Long: `Watch a model search the latent of one image: the inner loss after each step of
gradient descent, and what the model would read there. With --out, an animation of
the generated image on its way, as a GIF or an animated PNG.

` + dataHelp,
		Example: `  inversenet invert inversenet-out/model.safetensors --row 1000
  inversenet invert inversenet-out/model.safetensors --row 1000 --out inversion.gif
  inversenet invert inversenet-out/model.safetensors images.csv --row 3 --out inversion.png`,
		Args: arguments(1, 2, "MODEL and, if not the built-in digits, DATA"),
		RunE: func(_ *cobra.Command, args []string) error { return runInvert(s, args, o) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.IntVar(&o.row, "row", 0, "`NUMBER` of the row to invert, counted from 0")
	addSource(f, &o.reading.source)
	o.reading.imageFlags(f)
	f.IntVar(&o.frames, "frames", 24, "most pictures of the animation")
	f.StringVar(&o.out, "out", "", "`FILE`.gif, .png or .apng to write the animation to")
	return c
}

func (o *invertOptions) check() error {
	if o.frames < 2 || o.frames > 1000 {
		return usage.Errorf("--frames %d: want a number from 2 to 1000", o.frames)
	}
	if ext := filepath.Ext(o.out); o.out != "" && !slices.Contains([]string{".gif", ".png", ".apng"}, ext) {
		return usage.Errorf("--out %s: want a name that ends in .gif, .png or .apng", o.out)
	}
	return nil
}

func runInvert(s Streams, args []string, o invertOptions) error {
	if err := o.check(); err != nil {
		return err
	}
	model, data, err := o.reading.open(args, s.In)
	if err != nil {
		return err
	}
	if data, err = data.Row("row", o.row); err != nil {
		return err
	}
	if err := o.reading.showInput(s.Err, model, data); err != nil {
		return err
	}
	if o.out != "" {
		if err := atomicfile.Check(o.out); err != nil {
			return err
		}
	}
	path, err := follow(model, data)
	if err != nil {
		return err
	}
	if o.out != "" {
		if err := path.animate(model, data, o); err != nil {
			return err
		}
	}
	path.write(s.Out, model, data, o)
	return nil
}

// descent is the way that an inversion took: what there was after 0, 1, … N steps.
type descent struct {
	loss      []float64
	generated [][]float64
	outputs   [][]float64
}

// follow inverts the only row of the data with the step that training had.
func follow(f *modelfile.File, d dataset.Dataset) (descent, error) {
	if f.Precision == "f32" {
		return followWith[float32](f, d)
	}
	return followWith[float64](f, d)
}

func followWith[T inverse.Float](f *modelfile.File, d dataset.Dataset) (w descent, err error) {
	m, err := modelfile.Load[T](f)
	if err != nil {
		return w, err
	}
	solver, err := inverse.NewSolver(m.Generator, m.Inner, inverse.Compute[T]{Threads: 1, Samples: d.Rows})
	if err != nil {
		return w, err
	}
	z := inverse.NewMatrix[T](1, f.Latents)
	for k, v := range f.Start {
		z.Data[k] = T(v)
	}
	x := slices.Clone(d.X)
	f.Scaling.Apply(x, f.Pixels)
	trace, err := solver.Trace(z, inverse.FromFloat64[T](1, f.Pixels, x))
	if err != nil {
		return w, err
	}
	image := inverse.NewMatrix[T](1, f.Pixels)
	for n, z := range trace.Path {
		m.Generator.Generate(image, z)
		generated := inverse.FromMat[float64](image.Dense()).Data
		f.Scaling.Undo(generated, f.Pixels)
		w.loss = append(w.loss, trace.Loss[n][0])
		w.generated = append(w.generated, generated)
		w.outputs = append(w.outputs, inverse.FromMat[float64](headOf(m, z).Dense()).Data)
	}
	return w, nil
}

// headOf are the outputs for latents.
func headOf[T inverse.Float](m *inverse.Model[T], z inverse.Matrix[T]) inverse.Matrix[T] {
	if m.Head == nil {
		return z
	}
	out := inverse.NewMatrix[T](z.Rows, m.Outputs())
	m.Head.Generate(out, z)
	return out
}

// tableSteps is the most lines of a table of steps.
const tableSteps = 16

// write writes the loss and the reading after each of a selection of steps.
func (w descent) write(out io.Writer, f *modelfile.File, d dataset.Dataset, o invertOptions) {
	b := bufio.NewWriter(out)
	defer b.Flush()
	moments := figures.Moments(len(w.loss)-1, tableSteps)
	most := slices.Max(w.loss)
	fmt.Fprintf(b, "%6s  %-12s  %-24s  %s\n", "step", "inner loss", "", "read as")
	for _, n := range moments {
		p := experiment.Probabilities(w.outputs[n])
		class := experiment.Class(p)
		bar := ""
		if most > 0 {
			bar = strings.Repeat("█", int(24*w.loss[n]/most+0.5))
		}
		fmt.Fprintf(b, "%6d  %-12.6g  %-24s  %s (%.1f %%)\n", n, w.loss[n], bar, printable(f.Class(class)), 100*p[class])
	}
	if d.Labels != nil && d.Labels[0] != dataset.NoClass {
		fmt.Fprintf(b, "label   %s\n", printable(f.Class(d.Labels[0])))
	}
	if o.out != "" {
		fmt.Fprintf(b, "written %s\n", o.out)
	}
}

// animate writes the inversion as pictures.
func (w descent) animate(f *modelfile.File, d dataset.Dataset, o invertOptions) error {
	v := figures.Inversion{
		Shape:     figures.Shape{Height: f.ImageHeight, Width: f.ImageWidth},
		Target:    d.X,
		Generated: w.generated,
		Loss:      w.loss,
	}
	const mostBars = 20
	if f.Outputs <= mostBars {
		v.Classes = displayNames(f)
		for _, out := range w.outputs {
			v.Probabilities = append(v.Probabilities, experiment.Probabilities(out))
		}
	}
	animation := v.Animate(figures.Moments(len(w.loss)-1, o.frames))
	return atomicfile.Write(o.out, 0o666, func(out io.Writer) error {
		if filepath.Ext(o.out) == ".gif" {
			return animation.WriteGIF(out)
		}
		return animation.WriteAPNG(out)
	})
}
