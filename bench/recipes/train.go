package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/internal/distort"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// train fits a model to data and tells how long that took.
func (s settings) train(d inverse.Data[float32], seed uint64, threads int, watch func(*inverse.Model[float32], inverse.Progress)) (*inverse.Model[float32], time.Duration, error) {
	start := time.Now()
	m, err := s.newModel(d, rand.New(rand.NewPCG(seed, 1)))
	if err != nil {
		return nil, 0, err
	}
	o, err := s.outer(d.X.Rows, m.Inner.Prox.Kind)
	if err != nil {
		return nil, 0, err
	}
	o.Seed = seed
	o.Compute.Threads = threads
	if watch != nil {
		o.Progress = func(p inverse.Progress) { watch(m, p) }
	}
	_, err = inverse.Fit(context.Background(), m, d, inverse.SoftmaxCrossEntropy{Smoothing: s.Smoothing}, o)
	return m, time.Since(start), err
}

// outer sets the training up for so many samples.
func (s settings) outer(samples int, prox inverse.ProxKind) (inverse.Outer[float32], error) {
	batches := 1
	if s.Batch > 0 {
		batches = (samples + s.Batch - 1) / s.Batch
	}
	o := inverse.Outer[float32]{
		Steps:           s.Epochs * batches,
		BatchSize:       s.Batch,
		GeneratorRate:   s.GeneratorRate,
		HeadRate:        s.HeadRate,
		InnerRate:       s.InnerRate,
		LearnSteps:      s.InnerRate > 0,
		LearnThresholds: s.InnerRate > 0 && s.thresholds(prox),
		Optimizer:       optim.Adam{Beta2: s.Beta2, WeightDecay: s.Decay},
		Schedule:        optim.WarmUp{Steps: s.WarmUp, Then: optim.Cosine{}},
		ClipNorm:        s.Clip,
	}
	largest := distort.Settings{Scale: s.Scale, Shear: s.Shear, Rotation: s.Rotation, Shift: s.Shift, Bicubic: s.Bicubic}
	if largest == (distort.Settings{Bicubic: s.Bicubic}) {
		return o, nil
	}
	if _, err := distort.New[float32](digits.Side, digits.Side, largest); err != nil {
		return o, err
	}
	o.Augment = func() inverse.Augment[float32] {
		d, err := distort.New[float32](digits.Side, digits.Side, largest)
		if err != nil {
			panic(err) // they were accepted above
		}
		return func(x []float32, rng *rand.Rand) { d.Apply(x, x, 1, rng) }
	}
	return o, nil
}

// right counts the samples that a model reads as labelled.
func right(m *inverse.Model[float32], d inverse.Data[float32], threads int) (int, error) {
	out, err := m.Predict(d.X, inverse.Matrix[float32]{}, inverse.Compute[float32]{Threads: threads})
	if err != nil {
		return 0, fmt.Errorf("reading: %w", err)
	}
	n := 0
	for i, class := range inverse.Classes(out) {
		if class == d.Labels[i] {
			n++
		}
	}
	return n, nil
}
