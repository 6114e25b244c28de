package inverse

import (
	"fmt"
	"math"

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
	Kind ProxKind
	// Thresholds t of the soft thresholds: one for all latents, or one for each.
	Thresholds []float64
	// Lower and Upper bounds of the box: one for all latents, or one for each.
	Lower, Upper []float64
}

var proxNames = [...]string{"none", "non-negative", "soft", "non-negative-soft", "box"}

// String is the name of the kind.
func (k ProxKind) String() string {
	if k < 0 || int(k) >= len(proxNames) {
		return fmt.Sprintf("ProxKind(%d)", int(k))
	}
	return proxNames[k]
}

// ParseProxKind is the inverse of [ProxKind.String].
func ParseProxKind(name string) (ProxKind, error) {
	for i, n := range proxNames {
		if n == name {
			return ProxKind(i), nil
		}
	}
	return 0, fmt.Errorf("unknown prox %q: allowed are none, non-negative, soft, non-negative-soft and box", name)
}

func (p Prox) validate(latents int, sparse float64) error {
	switch p.Kind {
	case Free, NonNegativeLatents:
		return nil
	case Soft, NonNegativeSoft:
		if err := perLatent("thresholds", p.Thresholds, latents); err != nil {
			return err
		}
		for k, t := range p.Thresholds {
			if math.IsNaN(t) || math.IsInf(t, 0) || p.Kind == Soft && t < 0 {
				return fmt.Errorf("threshold %d: %v, want a number of at least 0", k, t)
			}
		}
		return nil
	case Box:
		return p.validateBox(latents, sparse)
	default:
		return fmt.Errorf("prox: %v, want none, non-negative, soft, non-negative-soft or box", p.Kind)
	}
}

func (p Prox) validateBox(latents int, sparse float64) error {
	if sparse > 0 {
		return fmt.Errorf("a sparse prior and a box cannot be combined: its prox is not a box of a threshold")
	}
	if err := perLatent("lower bounds", p.Lower, latents); err != nil {
		return err
	}
	if err := perLatent("upper bounds", p.Upper, latents); err != nil {
		return err
	}
	for k := range latents {
		if lo, hi := perLatentAt(p.Lower, k), perLatentAt(p.Upper, k); !(lo <= hi) {
			return fmt.Errorf("box of latent %d: lower bound %v, upper bound %v, want lower <= upper", k, lo, hi)
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

func perLatentAt(v []float64, k int) float64 {
	if len(v) == 1 {
		return v[0]
	}
	return v[k]
}

// bounds fills lo and hi, one for each latent, with what the kernels want for a
// step with soft threshold t + extra.
func bounds[T Float](p Prox, extra float64, lo, hi []T) kernels.Prox {
	inf := T(math.Inf(1))
	kind := p.Kind
	if extra > 0 {
		switch kind {
		case Free:
			kind = Soft
		case NonNegativeLatents:
			kind = NonNegativeSoft
		}
	}
	for k := range lo {
		t := extra
		if len(p.Thresholds) > 0 && (p.Kind == Soft || p.Kind == NonNegativeSoft) {
			t += perLatentAt(p.Thresholds, k)
		}
		switch kind {
		case NonNegativeLatents:
			lo[k], hi[k] = 0, inf
		case Soft:
			lo[k], hi[k] = -T(t), T(t)
		case NonNegativeSoft:
			lo[k], hi[k] = -inf, T(t)
		case Box:
			lo[k], hi[k] = T(perLatentAt(p.Lower, k)), T(perLatentAt(p.Upper, k))
		}
	}
	switch kind {
	case Free:
		return kernels.ProxNone
	case NonNegativeLatents, Box:
		return kernels.ProxClamp
	default:
		return kernels.ProxShrink
	}
}
