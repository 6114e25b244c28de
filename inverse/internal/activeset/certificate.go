package activeset

import "math"

// A Certificate says how good a latent is. Where it was computed from rounded
// numbers, it is right to about 1e-15·‖x−b‖².
type Certificate struct {
	// Objective is ½‖Wz + b − x‖² + ½·ridge‖z‖² + ‖λ ⊙ z‖₁.
	Objective float64
	// Gap bounds how far the objective is above its minimum. It is +∞ where no
	// bound is known, which can only be without ridge, on a side where a latent is
	// unbounded.
	Gap float64
	// Residual is the largest distance of −∂(smooth part)/∂z_j from the
	// subdifferential of the penalty and bounds at z_j, over j, in units of the
	// largest |∂/∂z_j| at z = 0. In both, j is divided by the norm of column j of
	// W, to within √2.
	Residual float64
}

// Certify certifies a feasible z, given g = Az − c, c and ‖x−b‖². It may be called
// from any number of goroutines. It does not allocate.
func (p *Problem) Certify(z, g, c []float64, norm2 float64) Certificate {
	d := p.gram
	return p.certify(norm2, func(j int) (float64, float64, float64) {
		return z[j] * d.up[j], -g[j] * d.down[j], c[j] * d.down[j]
	})
}

// Certify certifies the last answer, given ‖x−b‖².
func (s *Solver) Certify(norm2 float64) Certificate {
	s.correlate()
	return s.p.certify(norm2, func(j int) (float64, float64, float64) {
		return s.z[j], s.r[j], s.c[j]
	})
}

// certify is given latent, correlation r = c − Ãz and c of each j, scaled. The gap
// is the distance of the objective to Fenchel's dual at a point θ, see doc.go.
func (p *Problem) certify(norm2 float64, at func(j int) (z, r, c float64)) Certificate {
	d := p.gram
	var penalty, zc, zr, cMax, sum, residual float64
	for j := range p.lambda {
		z, r, c := at(j)
		penalty += p.lambda[j] * math.Abs(z)
		zc += z * c
		zr += z * r
		cMax = max(cMax, math.Abs(c))
		sum += math.Abs(z)
		up, down := p.thresholds(j, z)
		if v := p.lambda[j]; p.interior(j, z) { // between breakpoints
			up, down = math.Copysign(v, z), -math.Copysign(v, z)
		}
		if !p.gram.dead[j] {
			residual = max(residual, r-up, -r-down)
		}
	}
	noise := rounding(sum, cMax)
	cert := Certificate{Objective: (norm2-zc-zr)/2 + penalty}
	if residual > 0 {
		cert.Residual = residual / cMax
	}
	fit := max(0, norm2-zc-zr) // ‖x − b − Wz‖² + ridge‖z‖²
	shift, scale := p.dual(noise, at)
	cert.Gap = ((1-scale)*(1-scale)*fit + shift*shift*d.total) / 2
	for j := range p.lambda {
		z, r, _ := at(j)
		if !p.gram.dead[j] {
			cert.Gap += p.fenchel(j, z, scale*(r-shift*d.sums[j]), noise)
		}
	}
	return cert
}

// dual makes a dual point θ = scale·(r̃ − shift·W̃·1) of the residual r̃ that gives
// a finite gap, if there is one: latents that are unbounded bound their correlation.
func (p *Problem) dual(noise float64, at func(j int) (z, r, c float64)) (shift, scale float64) {
	d := p.gram
	scale = 1
	if p.ridge > 0 {
		return 0, 1
	}
	for j, lambda := range p.lambda {
		_, r, _ := at(j)
		up, down := math.IsInf(p.upper[j], 1) && r > lambda+noise, math.IsInf(p.lower[j], -1) && -r > lambda+noise
		if p.gram.dead[j] || !up && !down {
			continue
		}
		if p.oneSided && d.sums[j] > 0 {
			shift = max(shift, (r-lambda)/d.sums[j])
		} else {
			scale = min(scale, lambda/math.Abs(r))
		}
	}
	if shift > 0 && scale < 1 {
		shift = 0 // one of them had to do; where it does not, the gap is infinite
	}
	return shift, scale
}

// fenchel is latent j's part of the gap, for the dual's correlation r,
//
//	λ|z| − r·z + sup_t { r·t − λ|t| − ½·ridge·(t − z)² }      lower ≤ t ≤ upper
//
// in which a correlation beyond λ by no more than noise counts as λ.
func (p *Problem) fenchel(j int, z, r, noise float64) float64 {
	lambda, lo, hi := p.lambda[j], p.lower[j], p.upper[j]
	ridge := p.ridge * p.gram.down[j] * p.gram.down[j]
	value := func(t float64) float64 {
		d := t - z
		return r*d - lambda*(math.Abs(t)-math.Abs(z)) - ridge*d*d/2
	}
	if ridge > 0 {
		t := z + r/ridge
		t = math.Copysign(max(0, math.Abs(t)-lambda/ridge), t)
		v := value(min(max(t, lo), hi))
		if math.IsNaN(v) {
			return math.Inf(1)
		}
		return max(v, 0)
	}
	if d := math.Abs(r) - lambda; d > noise && math.IsInf(hi, 1) && r > 0 || d > noise && math.IsInf(lo, -1) && r < 0 {
		return math.Inf(1)
	}
	worst := 0.0
	for _, t := range [3]float64{lo, hi, min(max(0, lo), hi)} {
		if !math.IsInf(t, 0) {
			worst = max(worst, value(t))
		}
	}
	return worst
}
