package modelfile

import (
	"fmt"
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
	d.set("inner_samples", strconv.Itoa(in.Samples))
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
	if p.version == Version {
		in.Samples = p.integer("inner_samples", 0, most)
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

// checkInner wants an inversion that a model of so many latents can run, and whose
// result for a row depends on no other row.
func checkInner(in inverse.Inner, latents int) error {
	if in.Steps > maxSteps {
		return fmt.Errorf("inner steps: %d, want at most %d", in.Steps, maxSteps)
	}
	for name, v := range map[string]float64{"inner learning rate": in.LearningRate, "momentum": in.Momentum.Mu} {
		if !isFinite(v) || v < 0 {
			return fmt.Errorf("%s: %v, want a number of at least 0", name, v)
		}
	}
	if in.Samples > most {
		return fmt.Errorf("inner samples: %d, want at most %d", in.Samples, most)
	}
	if in.Reduction == inverse.MeanAll && in.Samples == 0 {
		return fmt.Errorf("inner samples: 0, but the reduction mean-all divides by them: want the size of the batches trained on")
	}
	return in.Validate(latents)
}
