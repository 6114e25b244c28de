package command

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/figures"
	"github.com/inversenet/inversenet/internal/report"
)

// Figures that toy writes, each as PNG and SVG.
const (
	toyInversion = "toy-inversion"
	toyLoss      = "toy-loss"
	toyLine      = "toy-line"
)

func newToy(s Streams) *cobra.Command {
	var (
		out  string
		seed uint32
	)
	c := &cobra.Command{
		Use:   "toy",
		Short: "The smallest example: invert and learn a straight line",
		Long: `Invert the line f(y) = 2y − 4 at x = 0 by gradient descent, then learn a line
f(y) = ay + b through its own inversion, so that inverting the observations
x = 2y − 4 gives back y = −2, −1, 0, 1, 2. Draws the path of the inversion on its
loss, the loss while learning, and the line over the data.`,
		Example: `  inversenet toy --out toy`,
		Args:    arguments(0, 0, "none"),
		RunE:    func(*cobra.Command, []string) error { return runToy(s, seed, out) },
	}
	f := c.Flags()
	f.SortFlags = false
	f.Uint32Var(&seed, "seed", 42, "seed of the starting values")
	f.StringVar(&out, "out", "inversenet-toy", "`FOLDER` to write to")
	return c
}

func runToy(s Streams, seed uint32, out string) error {
	if _, err := instructionSet(); err != nil {
		return err
	}
	names := []string{toyInversion, toyLoss, toyLine}
	var files []string
	for _, f := range names {
		files = append(files, f+".png", f+".svg")
	}
	undo, err := prepareFolder(out, files...)
	if err != nil {
		return err
	}
	defer undo()
	t, err := experiment.RunToy(seed)
	if err != nil {
		return err
	}
	for i, p := range toyFigures(t) {
		name := filepath.Join(out, names[i])
		if err := figures.SavePNG(name+".png", p, report.CurveWidth, report.CurveHeight); err != nil {
			return err
		}
		if err := figures.SaveSVG(name+".svg", p, report.CurveWidth, report.CurveHeight); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.Out, "inverting f(y) = 2y − 4 at x = 0, %d steps from y = %s\n", len(t.Path)-1, exact(t.Path[0]))
	fmt.Fprintf(s.Out, "y_opt = %s\n", exact(t.YOpt))
	fmt.Fprintf(s.Out, "learning f(y) = ay + b in %d steps from a = %s, b = 0\n", experiment.ToyOuterSteps, exact(t.A0))
	fmt.Fprintf(s.Out, "a = %s\nb = %s\n", exact(t.A), exact(t.B))
	for i, f := range files {
		label := "written"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(s.Out, "%-8s %s\n", label, filepath.Join(out, f))
	}
	return nil
}

// toyFigures are in the order of the names in runToy.
func toyFigures(t *experiment.Toy) []*plot.Plot {
	return []*plot.Plot{
		figures.DescentPath("Inverting f(y) = 2y − 4 at x = 0", t.InnerLoss, t.Path),
		figures.LossCurve(figures.Curve{Title: "Loss while learning the line", Values: t.Losses, Log: true}),
		figures.LearnedLine("The learned line over the data", t.A, t.B, t.Y, t.X),
	}
}

// exact writes a number with all the digits that it takes to read it back.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
