package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sort"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

func newShow(s Streams) *cobra.Command {
	var out string
	c := &cobra.Command{
		Use:   "show MODEL",
		Short: "Say what is in a model, and draw its atoms",
		Long: `Say what is in a model: its parts, the settings of its inversion and of the
training it comes from, and its arrays. Its atoms, the images that its latents add
to the generated one, are drawn into a PNG, and on a terminal.`,
		Example: `  inversenet show inversenet-out/model.safetensors
  inversenet show inversenet-out/model.safetensors --out atoms.png`,
		Args: arguments(1, 1, "MODEL"),
		RunE: func(_ *cobra.Command, args []string) error { return runShow(s, args[0], out) },
	}
	c.Flags().StringVar(&out, "out", "", "`FILE`.png to draw the atoms into")
	return c
}

func runShow(s Streams, path, out string) error {
	if out != "" && !strings.HasSuffix(out, ".png") {
		return usage.Errorf("--out %s: want a name that ends in .png", out)
	}
	f, err := modelfile.ReadFile(path)
	if err != nil {
		return err
	}
	if out != "" {
		if err := atomicfile.Check(out); err != nil {
			return err
		}
	}
	atoms, err := atomsOf(f)
	if err != nil {
		return err
	}
	shape := figures.Shape{Height: f.ImageHeight, Width: f.ImageWidth}
	if out != "" {
		if err := figures.SaveImage(out, figures.AtomSheet(atoms.Data, shape, atoms.Cols)); err != nil {
			return err
		}
	}
	b := bufio.NewWriter(s.Out)
	describeModel(b, f)
	if out != "" {
		fmt.Fprintf(b, "\nwritten         %s\n", out)
	}
	if err := b.Flush(); err != nil {
		return err
	}
	return showAtoms(s.Out, atoms, shape)
}

// atomsOf are the images that latents add to G(0), as columns: those of W where
// the generator is linear.
func atomsOf(f *modelfile.File) (inverse.Matrix[float64], error) {
	m, err := modelfile.Load[float64](f)
	if err != nil {
		return inverse.Matrix[float64]{}, err
	}
	if g, ok := m.Generator.(*inverse.Linear[float64]); ok {
		return g.W, nil
	}
	count := min(f.Latents, figures.MaxAtoms)
	z := inverse.NewMatrix[float64](count+1, f.Latents)
	for k := range count {
		z.Row(k)[k] = 1
	}
	images := inverse.NewMatrix[float64](count+1, f.Pixels)
	m.Generator.Generate(images, z)
	for k := range count {
		for i, v := range images.Row(count) {
			images.Row(k)[i] -= v
		}
	}
	return images.Slice(0, count).Transposed(), nil
}

// describeModel writes what a file says, one name and value a line.
func describeModel(w io.Writer, f *modelfile.File) {
	line := func(name, format string, args ...any) {
		fmt.Fprintf(w, "%-15s %s\n", name, fmt.Sprintf(format, args...))
	}
	m := f.Metadata()
	line("format", "version %s, %s", f.Version, f.Precision)
	line("generator", "%s, %d latents to %d pixels (%d×%d)", kindOf(m, "generator"), f.Latents, f.Pixels, f.ImageHeight, f.ImageWidth)
	line("head", "%s, %d outputs: %s", kindOf(m, "head"), f.Outputs, classList(f))
	in := f.Inner
	line("inversion", "%d steps, %s, prox %v, momentum %v, %v", in.Steps, stepsOf(in), in.Prox.Kind, in.Momentum.Method, reductionText(f))
	if in.Ridge > 0 || in.Sparse > 0 || in.Tolerance > 0 {
		line("", "ridge %g, sparse %g, tolerance %g", in.Ridge, in.Sparse, in.Tolerance)
	}
	if t := in.Prox.Thresholds; len(t) > 0 {
		line("thresholds", "%.4g to %.4g", slices.Min(t), slices.Max(t))
	}
	line("starts from", "%s", startText(f.Start))
	line("scaling", "%s", scalingText(f.Scaling))
	line("training", "recipe %s, seed %d, %s", f.Recipe, f.Seed, plural(f.TrainSamples, "sample"))
	for _, text := range settingTexts(f.Training) {
		line("", "%s", text)
	}
	for i, a := range f.Arrays() {
		name := ""
		if i == 0 {
			name = "arrays"
		}
		line(name, "%-20s %s %v", a.Name, a.DType, a.Shape)
	}
}

func kindOf(metadata map[string]string, part string) string {
	kind := metadata[part]
	switch {
	case kind == "": // version 1
		return "linear"
	case metadata[part+"_activation"] != "":
		return kind + " with " + metadata[part+"_activation"]
	}
	return kind
}

func stepsOf(in inverse.Inner) string {
	switch {
	case in.AutoStep:
		return "of automatic size"
	case in.StepSizes != nil:
		return fmt.Sprintf("learning rates %.4g to %.4g", slices.Min(in.StepSizes), slices.Max(in.StepSizes))
	}
	return fmt.Sprintf("learning rate %.4g", in.LearningRate)
}

func reductionText(f *modelfile.File) string {
	if f.Inner.Reduction != inverse.MeanAll {
		return f.Inner.Reduction.String()
	}
	return fmt.Sprintf("%v over %s", f.Inner.Reduction, plural(f.Inner.Samples, "sample"))
}

func startText(start []float64) string {
	if start == nil {
		return "zeros"
	}
	return fmt.Sprintf("%.4g to %.4g", slices.Min(start), slices.Max(start))
}

func scalingText(s modelfile.Scaling) string {
	switch {
	case s.Scale == nil:
		return "none"
	case len(s.Scale) == 1:
		return fmt.Sprintf("(x − %g)/%g", s.Offset[0], s.Scale[0])
	}
	return fmt.Sprintf("by column, with scales from %.4g to %.4g", slices.Min(s.Scale), slices.Max(s.Scale))
}

// settingTexts are the settings of a training, a few on each line.
func settingTexts(training string) (lines []string) {
	var settings map[string]any
	if json.Unmarshal([]byte(training), &settings) != nil {
		return nil
	}
	var all []string
	for name, v := range settings {
		all = append(all, fmt.Sprintf("%s %v", name, v))
	}
	sort.Strings(all)
	const width = 64
	for _, text := range all {
		if n := len(lines) - 1; n >= 0 && len(lines[n])+2+len(text) <= width {
			lines[n] += ", " + text
		} else {
			lines = append(lines, text)
		}
	}
	return lines
}

// showAtoms draws atoms on a terminal; other writers get none.
func showAtoms(w io.Writer, atoms inverse.Matrix[float64], shape figures.Shape) error {
	if !isTerminal(w) || shape.Height == 1 || shape.Width == 1 {
		return nil
	}
	width, _, err := term.GetSize(int(w.(*os.File).Fd()))
	if err != nil || width < shape.Width+1 {
		return nil // of unknown size, or too narrow
	}
	width = min(width, 80)
	columns := max(1, (width-1)/(shape.Width+1))
	count := min(atoms.Cols, 4*columns)
	values := make([]float64, 0, atoms.Rows*count)
	for i := range atoms.Rows {
		values = append(values, atoms.Row(i)[:count]...)
	}
	picture := figures.Atoms(values, shape, count, columns, 1)
	return figures.Terminal(w, picture, picture.Bounds().Dx(), figures.ColoursOf(os.Getenv))
}
