package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/inversenet/inversenet/inverse"
)

// curve prints twenty lines on the course of one training: the loss of a batch,
// λmax(WᵀW), every step size times that, the range of the thresholds, and what
// of ‖x − b‖² the inversion of the fold that was left out leaves unexplained.
func curve(out io.Writer, r recipe, d inverse.Data[float32], o options) error {
	if len(o.variants) > 1 {
		return fmt.Errorf("-curve: %d variants, want at most one", len(o.variants))
	}
	s, err := r.settings.with(strings.Join(o.variants, ""))
	if err != nil {
		return err
	}
	others, left := split(d, 0, o.folds)
	fmt.Fprintln(out, "| batch | loss | λmax | s·λmax of each step | thresholds | unexplained | accuracy, % |\n|---|---|---|---|---|---|---|")
	const lines = 20
	printed := 0
	var failed error
	watch := func(m *inverse.Model[float32], p inverse.Progress) {
		if p.Step*lines/p.Steps == printed || failed != nil {
			return
		}
		printed = p.Step * lines / p.Steps
		failed = curveLine(out, m, p, left, o.threads)
	}
	if _, _, err := s.train(others, 0, o.threads, watch); err != nil {
		return err
	}
	return failed
}

func curveLine(out io.Writer, m *inverse.Model[float32], p inverse.Progress, left inverse.Data[float32], threads int) error {
	g := m.Generator.(*inverse.Linear[float32])
	lambda := g.LambdaMax()
	const shown = 5
	var steps []string
	for _, a := range m.Inner.StepSizes[:min(shown, m.Inner.Steps)] {
		steps = append(steps, fmt.Sprintf("%.2f", 2*a*lambda))
	}
	thresholds := "none"
	if t := m.Inner.Prox.Thresholds; len(t) > 0 {
		thresholds = fmt.Sprintf("%.2g to %.2g", slices.Min(t), slices.Max(t))
	}
	rest, err := unexplained(m, g, left.X, threads)
	if err != nil {
		return err
	}
	hits, err := right(m, left, threads)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "| %d | %.4f | %.3g | %s | %s | %.3g | %.1f |\n", p.Step, p.Loss, lambda,
		strings.Join(steps, " "), thresholds, rest, 100*float64(hits)/float64(left.X.Rows))
	return nil
}

// unexplained is ‖x − W·z − b‖² over ‖x − b‖², each summed over the samples.
func unexplained(m *inverse.Model[float32], g *inverse.Linear[float32], x inverse.Matrix[float32], threads int) (float64, error) {
	z, err := m.Invert(x, inverse.Matrix[float32]{}, inverse.Compute[float32]{Threads: threads})
	if err != nil {
		return 0, err
	}
	made := inverse.NewMatrix[float32](x.Rows, x.Cols)
	g.Generate(made, z)
	rest, all := 0.0, 0.0
	for i := range x.Rows {
		rest += distance(x.Row(i), made.Row(i))
		if g.Bias == nil {
			all += distance(x.Row(i), make([]float32, x.Cols))
		} else {
			all += distance(x.Row(i), g.Bias)
		}
	}
	return rest / all, nil
}
