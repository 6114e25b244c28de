package modelfile

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
)

// Arrays of the inversion.
const (
	innerStepSizes  = "inner.step_sizes"
	innerThresholds = "inner.thresholds"
	innerLower      = "inner.lower"
	innerUpper      = "inner.upper"
	innerStart      = "inner.start"
)

// maxSteps is the most inner steps a file may ask for.
const maxSteps = 1_000_000

// writeInner adds the settings of an inversion. How gradients go back through it
// is a matter of training and is not kept.
func writeInner(d *draft, in inverse.Inner) {
	d.set("inner_steps", strconv.Itoa(in.Steps))
	d.set("inner_learning_rate", number(in.LearningRate))
	d.set("reduction", in.Reduction.String())
	d.set("auto_step", strconv.FormatBool(in.AutoStep))
	d.set("momentum", in.Momentum.Method.String())
	d.set("momentum_mu", number(in.Momentum.Mu))
	d.set("prox", in.Prox.Kind.String())
	d.set("ridge", number(in.Ridge))
	d.set("sparse", number(in.Sparse))
	d.set("tolerance", number(in.Tolerance))
	d.set("form", in.Form.String())
	d.add(innerStepSizes, in.StepSizes)
	d.add(innerThresholds, in.Prox.Thresholds)
	d.add(innerLower, in.Prox.Lower)
	d.add(innerUpper, in.Prox.Upper)
}

// readInner is the inverse of writeInner.
func readInner(f *safetensors.File, p *fields) (in inverse.Inner, err error) {
	in.Steps = p.integer("inner_steps", 1, maxSteps)
	in.Reduction = parsed(p, "reduction", inverse.ParseReduction)
	if p.version == "1" {
		in.LearningRate = p.rate("inner_learning_rate")
		return in, p.err
	}
	in.AutoStep = p.bool("auto_step")
	if _, ok := f.Lookup(innerStepSizes); ok || in.AutoStep {
		in.LearningRate = p.weight("inner_learning_rate")
	} else {
		in.LearningRate = p.rate("inner_learning_rate")
	}
	in.Momentum.Method = parsed(p, "momentum", inverse.ParseMethod)
	in.Momentum.Mu = p.float("momentum_mu")
	in.Prox.Kind = parsed(p, "prox", inverse.ParseProxKind)
	in.Ridge, in.Sparse, in.Tolerance = p.weight("ridge"), p.weight("sparse"), p.weight("tolerance")
	in.Form = parsed(p, "form", inverse.ParseForm)
	for _, v := range []struct {
		name string
		dst  *[]float64
	}{{innerStepSizes, &in.StepSizes}, {innerThresholds, &in.Prox.Thresholds}, {innerLower, &in.Prox.Lower}, {innerUpper, &in.Prox.Upper}} {
		if *v.dst, err = vector(f, v.name); err != nil {
			return in, err
		}
	}
	return in, p.err
}

// checkInner wants an inversion that a model of so many latents can run.
func checkInner(in inverse.Inner, latents int) error {
	if in.Steps < 1 || in.Steps > maxSteps {
		return fmt.Errorf("its metadata: inner_steps is %d, want a number from 1 to %d", in.Steps, maxSteps)
	}
	for name, v := range map[string]float64{"inner_learning_rate": in.LearningRate, "ridge": in.Ridge, "sparse": in.Sparse, "tolerance": in.Tolerance} {
		if !(v >= 0) || math.IsInf(v, 0) {
			return fmt.Errorf("its metadata: %s is %v, want a number of at least 0", name, v)
		}
	}
	if err := known(in); err != nil {
		return fmt.Errorf("its metadata: %w", err)
	}
	if in.LearningRate == 0 && in.StepSizes == nil && !in.AutoStep {
		return fmt.Errorf("its metadata: inner_learning_rate is 0, want a positive number")
	}
	if in.StepSizes != nil && len(in.StepSizes) != in.Steps {
		return fmt.Errorf("%s has %d elements for %d inner steps", innerStepSizes, len(in.StepSizes), in.Steps)
	}
	for n, a := range in.StepSizes {
		if !(a > 0) {
			return fmt.Errorf("%s: element %d is %v, want positive numbers", innerStepSizes, n, a)
		}
	}
	if mu := in.Momentum.Mu; !(mu >= 0 && mu < 1) {
		return fmt.Errorf("its metadata: momentum_mu is %v, want a number from 0 to below 1", mu)
	}
	switch in.Prox.Kind {
	case inverse.Soft, inverse.NonNegativeSoft:
		if err := perLatent(innerThresholds, in.Prox.Thresholds, latents); err != nil {
			return err
		}
		for k, t := range in.Prox.Thresholds {
			if in.Prox.Kind == inverse.Soft && t < 0 {
				return fmt.Errorf("%s: element %d is %v, want numbers of at least 0", innerThresholds, k, t)
			}
		}
	case inverse.Box:
		if err := perLatent(innerLower, in.Prox.Lower, latents); err != nil {
			return err
		}
		if err := perLatent(innerUpper, in.Prox.Upper, latents); err != nil {
			return err
		}
		for k := range latents {
			if lower, upper := at(in.Prox.Lower, k), at(in.Prox.Upper, k); lower > upper {
				return fmt.Errorf("the bounds of latent %d are %v and %v, want lower ≤ upper", k, lower, upper)
			}
		}
	}
	return nil
}

// known wants values whose names can be read again.
func known(in inverse.Inner) error {
	_, reduction := inverse.ParseReduction(in.Reduction.String())
	_, method := inverse.ParseMethod(in.Momentum.Method.String())
	_, prox := inverse.ParseProxKind(in.Prox.Kind.String())
	_, form := inverse.ParseForm(in.Form.String())
	return cmp.Or(reduction, method, prox, form)
}

func perLatent(name string, v []float64, latents int) error {
	if len(v) != 1 && len(v) != latents {
		return fmt.Errorf("%s has %d elements, want 1 or one for each of %d latents", name, len(v), latents)
	}
	return nil
}

// Inversion is the inversion of a file's model with the step that training took,
// whatever the size of a batch: a row's result does not depend on the rows beside
// it.
func (f *File) Inversion() inverse.Inner {
	in := f.Inner
	if in.Reduction != inverse.MeanAll {
		return in
	}
	// A mean over the pixels of B samples is that over the pixels of one, divided
	// by B.
	samples := float64(f.Samples)
	in.Reduction = inverse.MeanPixels
	in.LearningRate /= samples
	in.StepSizes = slices.Clone(in.StepSizes)
	for n := range in.StepSizes {
		in.StepSizes[n] /= samples
	}
	return in
}
