package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

// A side is one of those that are compared.
type side interface {
	Name() string
	// Measure does a workload again and again for a time.
	Measure(w workload, threads int, d time.Duration) (measurement, error)
}

// measurement is what a side makes of a workload.
type measurement struct {
	Seconds  float64 // median of the runs
	Runs     int
	Checksum float64
	Variant  string // what ran, where a side has a choice; empty for the usual
}

// errUnsupported marks a workload that a side has no way to do.
var errUnsupported = errors.New("not supported")

// ours is package inverse in one of its forms: Solver.Invert for inversion,
// Trainer.Step for training, both from and to row-major data.
type ours struct{ form inverse.Form }

func (o ours) Name() string { return "inversenet " + o.form.String() }

func (o ours) Measure(w workload, threads int, d time.Duration) (measurement, error) {
	inner, err := o.inner(w)
	if err != nil {
		return measurement{}, err
	}
	compute := inverse.Compute[float32]{Threads: threads}
	if w.Kind == "forward" {
		return o.invert(w, inner, compute, d)
	}
	return o.train(w, inner, compute, d)
}

func (o ours) inner(w workload) (inverse.Inner, error) {
	inner := inverse.Inner{Steps: w.Steps, LearningRate: w.Step / 2, Reduction: inverse.Sum, Form: o.form}
	switch w.Prox {
	case "":
	case "nonneg":
		inner.Prox.Kind = inverse.NonNegativeLatents
	default:
		return inner, fmt.Errorf("prox %s: %w", w.Prox, errUnsupported)
	}
	return inner, nil
}

func (o ours) invert(w workload, inner inverse.Inner, c inverse.Compute[float32], d time.Duration) (measurement, error) {
	c.Samples = w.Samples
	g := w.generator()
	solver, err := inverse.NewSolver(g, inner, c)
	if err != nil {
		return measurement{}, err
	}
	x, z0 := w.x(), w.z0()
	z := inverse.NewMatrix[float32](w.Samples, w.Latents)
	own, renewed := g.W.Data[0], false
	m, err := repeat(d, func() error {
		// A solver keeps what it derived from weights that stay the same, and peers
		// derive it in every call: the last place of one weight changes to and fro.
		if renewed = !renewed; renewed {
			g.W.Data[0] = math.Nextafter32(own, 2)
		} else {
			g.W.Data[0] = own
		}
		copy(z.Data, z0.Data)
		return solver.Invert(z, x)
	})
	m.Checksum = w.forwardChecksum(z)
	m.Variant = o.variant(solver.Form())
	return m, err
}

func (o ours) train(w workload, inner inverse.Inner, c inverse.Compute[float32], d time.Duration) (measurement, error) {
	checked, err := trainer(w, inner, c, w.Rate)
	if err != nil {
		return measurement{}, err
	}
	for range checkedSteps {
		if _, err := checked.Step(context.Background()); err != nil {
			return measurement{}, err
		}
	}
	loss, err := checked.Loss(context.Background())
	if err != nil {
		return measurement{}, err
	}
	idle, err := trainer(w, inner, c, idleRate)
	if err != nil {
		return measurement{}, err
	}
	m, err := repeat(d, func() error {
		_, err := idle.Step(context.Background())
		return err
	})
	m.Checksum = loss
	m.Variant = o.variant(idle.Form())
	return m, err
}

func trainer(w workload, inner inverse.Inner, c inverse.Compute[float32], rate float64) (*inverse.Trainer[float32], error) {
	m := &inverse.Model[float32]{Generator: w.generator(), Inner: inner}
	if h := w.head(); h != nil {
		m.Head = h
	}
	data := inverse.Data[float32]{X: w.x(), Start: w.z0(), Labels: w.labels()}
	outer := inverse.Outer[float32]{GeneratorRate: rate, HeadRate: rate, Compute: c}
	return inverse.NewTrainer(m, data, inverse.SoftmaxCrossEntropy{}, outer)
}

// variant names the form that ran, where the planner chose it.
func (o ours) variant(ran inverse.Form) string {
	if o.form == inverse.Auto {
		return ran.String()
	}
	return ""
}

// repeat times calls of f for a duration, at least three, after two to warm up.
func repeat(d time.Duration, f func() error) (measurement, error) {
	for range 2 {
		if err := f(); err != nil {
			return measurement{}, err
		}
	}
	var seconds []float64
	for end := time.Now().Add(d); len(seconds) < 3 || time.Now().Before(end); {
		start := time.Now()
		if err := f(); err != nil {
			return measurement{}, err
		}
		seconds = append(seconds, time.Since(start).Seconds())
	}
	return measurement{Seconds: median(seconds), Runs: len(seconds)}, nil
}

func median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}
