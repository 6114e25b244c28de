package main

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/inverse"
)

// newModel makes the model that training starts from.
func (s settings) newModel(d inverse.Data[float32], rng *rand.Rand) (*inverse.Model[float32], error) {
	g := inverse.NewLinear[float32](digits.Pixels, s.Latents, s.Bias)
	mean := meanImage(d.X)
	copy(g.Bias, mean)
	if err := s.startAtoms(g, d.X, mean, rng); err != nil {
		return nil, err
	}
	m := &inverse.Model[float32]{Generator: g}
	if s.Head {
		h := inverse.NewLinear[float32](digits.Classes, s.Latents, true)
		for i := range h.W.Data {
			h.W.Data[i] = float32(rng.NormFloat64() * s.HeadNorm / math.Sqrt(float64(s.Latents)))
		}
		m.Head = h
	}
	var err error
	m.Inner, err = s.inner(g.LambdaMax())
	return m, err
}

// startAtoms fills the columns of W.
func (s settings) startAtoms(g *inverse.Linear[float32], x inverse.Matrix[float32], mean []float32, rng *rand.Rand) error {
	if s.Atoms != "normal" && s.Atoms != "images" {
		return fmt.Errorf("atoms=%s: want normal or images", s.Atoms)
	}
	atom := make([]float64, len(mean))
	for k := range s.Latents {
		image := x.Row(rng.IntN(x.Rows))
		sum := 0.0
		for j := range atom {
			atom[j] = rng.NormFloat64()
			if s.Atoms == "images" {
				atom[j] = float64(image[j] - mean[j])
			}
			sum += atom[j] * atom[j]
		}
		for j, v := range atom {
			g.W.Data[j*s.Latents+k] = float32(v * s.AtomNorm / math.Sqrt(sum))
		}
	}
	return nil
}

// inner sets the inner loop up for a generator with the given λmax(WᵀW).
func (s settings) inner(lambdaMax float64) (in inverse.Inner, err error) {
	const r = 2 // derivative constant of inverse.Sum
	in.Steps = s.Steps
	in.StepSizes = filled(s.Steps, s.Step/(r*lambdaMax))
	if in.Prox.Kind, err = inverse.ParseProxKind(s.Prox); err != nil {
		return in, err
	}
	if s.thresholds(in.Prox.Kind) {
		in.Prox.Thresholds = filled(s.Latents, s.Threshold)
	}
	in.Momentum.Mu = s.Mu
	in.Momentum.Method, err = inverse.ParseMethod(s.Momentum)
	return in, err
}

func (s settings) thresholds(kind inverse.ProxKind) bool {
	return kind == inverse.Soft || kind == inverse.NonNegativeSoft
}

func filled(n int, v float64) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = v
	}
	return s
}

func meanImage(x inverse.Matrix[float32]) []float32 {
	sums := make([]float64, x.Cols)
	for i := range x.Rows {
		for j, v := range x.Row(i) {
			sums[j] += float64(v)
		}
	}
	mean := make([]float32, x.Cols)
	for j, v := range sums {
		mean[j] = float32(v / float64(x.Rows))
	}
	return mean
}
