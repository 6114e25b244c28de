package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/inversenet/inversenet/inverse"
)

// compare prints a table of the recipe and its variants, cross-validated.
func compare(out io.Writer, r recipe, d inverse.Data[float32], o options) error {
	variants := o.variants
	if len(variants) == 0 {
		variants = append([]string{""}, r.neighbours...)
	}
	chosen := make([]settings, len(variants))
	for i, v := range variants {
		var err error
		if chosen[i], err = r.settings.with(v); err != nil {
			return err
		}
	}
	fmt.Fprintf(out, "Recipe %s: %s\n\n", r.name, r.settings.list())
	fmt.Fprintf(out, "Rows 0:%d in %d folds of neighbours, seeds 0 to %d.\n\n", trainRows, o.folds, o.seeds-1)
	fmt.Fprintf(out, "| settings | accuracy, %% | ± over seeds | of each fold, %% | s a training |\n|---|---|---|---|---|\n")
	n := nearest(d, o.folds)
	fmt.Fprintf(out, "| (nearest neighbour) | %.2f | | %s | |\n", n.mean, percents(n.folds))
	for i, s := range chosen {
		result, err := crossValidate(s, d, o)
		var diverged *inverse.DivergenceError
		switch {
		case errors.As(err, &diverged):
			fmt.Fprintf(out, "| %s | diverges | | | |\n", title(variants[i]))
			continue
		case err != nil:
			return err
		}
		fmt.Fprintf(out, "| %s | %.2f | %s | %s | %.2f |\n",
			title(variants[i]), result.mean, spread(result), percents(result.folds), result.elapsed.Seconds())
	}
	return nil
}

func spread(s score) string {
	if len(s.seeds) == 1 {
		return ""
	}
	return fmt.Sprintf("%.2f", s.spread())
}

func title(variant string) string {
	if variant == "" {
		return "**the recipe**"
	}
	return strings.ReplaceAll(variant, ",", ", ")
}

func percents(values []float64) string {
	s := make([]string, len(values))
	for i, v := range values {
		s[i] = fmt.Sprintf("%.1f", v)
	}
	return strings.Join(s, " ")
}

// testTable prints what the recipe reaches on the rows after the training rows,
// one seed at a time so that the times are those of a single training.
func testTable(out io.Writer, r recipe, d inverse.Data[float32], o options) error {
	fmt.Fprintf(out, "Recipe %s: %s\n\n", r.name, r.settings.list())
	fmt.Fprintf(out, "| seed | rows %d:%d, %% | rows %d:%d, %% | s |\n|---|---|---|---|\n", trainRows, shortTest, trainRows, longTest)
	var sums [3]float64
	for seed := range o.seeds {
		m, elapsed, err := r.settings.train(rowRange(d, 0, trainRows), uint64(seed), o.threads, nil)
		if err != nil {
			return err
		}
		row := [3]float64{2: elapsed.Seconds()}
		for i, end := range []int{shortTest, longTest} {
			n, err := right(m, rowRange(d, trainRows, end), o.threads)
			if err != nil {
				return err
			}
			row[i] = 100 * float64(n) / float64(end-trainRows)
		}
		fmt.Fprintf(out, "| %d | %.2f | %.2f | %.2f |\n", seed, row[0], row[1], row[2])
		for i, v := range row {
			sums[i] += v / float64(o.seeds)
		}
	}
	fmt.Fprintf(out, "| mean | %.2f | %.2f | %.2f |\n", sums[0], sums[1], sums[2])
	return nil
}
