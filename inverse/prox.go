package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// A ProxKind is the shape of the constraint that ends each inner step.
type ProxKind int

const (
	// Free leaves latents as they are.
	Free ProxKind = iota
	// NonNegativeLatents: max(v, 0).
	NonNegativeLatents
	// Soft threshold: sign(v)·max(|v| − t, 0).
	Soft
	// NonNegativeSoft threshold: max(v − t, 0).
	NonNegativeSoft
	// Box: min(max(v, lower), upper).
	Box
)

// Prox is the constraint that ends each inner step. The zero value is none.
type Prox struct {
	Kind ProxKind // Free, NonNegativeLatents, Soft, NonNegativeSoft or Box
	// Thresholds t of the soft thresholds: one for all latents, or one for each.
	Thresholds []float64
	// Lower and Upper bounds of the box: one for all latents, or one for each.
	Lower, Upper []float64
}

var proxNames = names[ProxKind]{"prox", []string{"none", "non-negative", "soft", "non-negative-soft", "box"}}

// String is the name of the kind.
func (k ProxKind) String() string { return proxNames.of(k) }

// ParseProxKind is the inverse of [ProxKind.String].
func ParseProxKind(name string) (ProxKind, error) { return proxNames.parse(name) }

// validate looks at a prox for so many latents; shrunk says that the steps have a
// sparse prior besides.
func (p Prox) validate(latents int, shrunk bool) error {
	soft := p.Kind == Soft || p.Kind == NonNegativeSoft
	switch {
	case proxNames.has(p.Kind) && !soft && len(p.Thresholds) > 0:
		return fmt.Errorf("thresholds of the prox %v, which has none: want %v or %v", p.Kind, Soft, NonNegativeSoft)
	case proxNames.has(p.Kind) && p.Kind != Box && len(p.Lower)+len(p.Upper) > 0:
		return fmt.Errorf("bounds of the prox %v, which has none: want %v", p.Kind, Box)
	}
	switch p.Kind {
	case Free, NonNegativeLatents:
		return nil
	case Soft, NonNegativeSoft:
		if err := perLatent("thresholds", p.Thresholds, latents); err != nil {
			return err
		}
		for k, t := range p.Thresholds {
			if math.IsNaN(t) || math.IsInf(t, 0) || p.Kind == Soft && t < 0 {
				return fmt.Errorf("threshold %d of the prox %v: %v, want a finite number, and for soft one of at least 0", k, p.Kind, t)
			}
		}
		return nil
	case Box:
		return p.validateBox(latents, shrunk)
	default:
		return proxNames.check("inner ", p.Kind)
	}
}

func (p Prox) validateBox(latents int, shrunk bool) error {
	if shrunk {
		return fmt.Errorf("a sparse prior and a box cannot be combined in steps: the form exact can")
	}
	if err := perLatent("lower bounds", p.Lower, latents); err != nil {
		return err
	}
	if err := perLatent("upper bounds", p.Upper, latents); err != nil {
		return err
	}
	for k := range latents {
		if lo, hi := engine.PerLatent(p.Lower, k), engine.PerLatent(p.Upper, k); !(lo <= hi) || math.IsInf(lo, 1) || math.IsInf(hi, -1) {
			return fmt.Errorf("box of latent %d: lower bound %v, upper bound %v, want lower <= upper and room for a number between them", k, lo, hi)
		}
	}
	return nil
}

func perLatent(name string, v []float64, latents int) error {
	if len(v) != 1 && len(v) != latents {
		return fmt.Errorf("%s: %d values, want 1 or one for each of %d latents", name, len(v), latents)
	}
	return nil
}

// engine is what the engine needs of the prox, with a sparse prior or without.
func (p Prox) engine(sparse float64) engine.Prox {
	switch {
	case p.Kind == Soft || p.Kind == NonNegativeSoft:
		return engine.Prox{Shape: kernels.ProxShrink, Thresholds: p.Thresholds, OneSided: p.Kind == NonNegativeSoft}
	case p.Kind == Box:
		return engine.Prox{Shape: kernels.ProxClamp, Lo: p.Lower, Hi: p.Upper}
	case sparse > 0:
		return engine.Prox{Shape: kernels.ProxShrink, OneSided: p.Kind == NonNegativeLatents}
	case p.Kind == NonNegativeLatents:
		return engine.Prox{Shape: kernels.ProxClamp, Lo: []float64{0}, Hi: []float64{math.Inf(1)}}
	default:
		return engine.Prox{}
	}
}
