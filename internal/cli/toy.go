package cli

import (
	"fmt"
	"path/filepath"
	"strconv"

	"github.com/spf13/cobra"
	"gonum.org/v1/plot"

	"github.com/inversenet/inversenet/internal/plots"
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
	figures := []string{toyInversion, toyLoss, toyLine}
	var files []string
	for _, f := range figures {
		files = append(files, f+".png", f+".svg")
	}
	undo, err := prepareFolder(out, files...)
	if err != nil {
		return err
	}
	defer undo()
	t, err := solveToy(seed)
	if err != nil {
		return err
	}
	for i, p := range t.figures() {
		name := filepath.Join(out, figures[i])
		if err := plots.SavePNG(name+".png", p, curveWidth, curveHeight); err != nil {
			return err
		}
		if err := plots.SaveSVG(name+".svg", p, curveWidth, curveHeight); err != nil {
			return err
		}
	}
	fmt.Fprintf(s.Out, "inverting f(y) = 2y − 4 at x = 0, %d steps from y = %s\n", toyInner.Steps, exact(t.path[0]))
	fmt.Fprintf(s.Out, "y_opt = %s\n", exact(t.yOpt))
	fmt.Fprintf(s.Out, "learning f(y) = ay + b in %d steps from a = %s, b = 0\n", toyOuterSteps, exact(t.a0))
	fmt.Fprintf(s.Out, "a = %s\nb = %s\n", exact(t.a), exact(t.b))
	for i, f := range files {
		label := "written"
		if i > 0 {
			label = ""
		}
		fmt.Fprintf(s.Out, "%-8s %s\n", label, filepath.Join(out, f))
	}
	return nil
}

// figures are in the order of the names in runToy.
func (t *toy) figures() []*plot.Plot {
	loss := func(y float64) float64 { f := toyA*y + toyB; return f * f }
	return []*plot.Plot{
		plots.DescentPath("Inverting f(y) = 2y − 4 at x = 0", loss, t.path),
		plots.LossCurve(plots.Curve{Title: "Loss while learning the line", Values: t.losses, Log: true}),
		plots.LearnedLine("The learned line over the data", t.a, t.b, t.y, t.x),
	}
}

// exact writes a number with all the digits that it takes to read it back.
func exact(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
