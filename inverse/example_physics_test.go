package inverse_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/gradcheck"
	"github.com/inversenet/inversenet/inverse/optim"
)

// oscillator is a damped oscillation, read by an instrument at some times:
//
//	x_j = gain·u(t_j) + offset      u(t) = a·exp(−d·t)·cos(ω·t + p)
//
// The latents are z = (a, d, ω, p), the parameters those of the instrument.
type oscillator struct {
	times      []float64
	instrument []float64 // gain, offset
}

func (o *oscillator) Pixels() int  { return len(o.times) }
func (o *oscillator) Latents() int { return 4 }

func (o *oscillator) Parameters() []inverse.Parameter[float64] {
	return []inverse.Parameter[float64]{{Name: "instrument", Shape: []int{2}, Values: o.instrument}}
}

func (o *oscillator) Generate(dst, z inverse.Matrix[float64]) {
	inverse.GenerateRows(o, dst, z)
}

// wave is c = exp(−d·t)·cos(ω·t + p) and s = exp(−d·t)·sin(ω·t + p).
func wave(t float64, z []float64) (c, s float64) {
	sin, cos := math.Sincos(z[2]*t + z[3])
	e := math.Exp(-z[1] * t)
	return e * cos, e * sin
}

// Forward: x = gain·a·c + offset.
func (o *oscillator) Forward(x, z []float64) {
	for j, t := range o.times {
		c, _ := wave(t, z)
		x[j] = o.instrument[0]*z[0]*c + o.instrument[1]
	}
}

// slopes are the derivatives of u = a·c in a, d, ω and p.
func slopes(t float64, z []float64) [4]float64 {
	c, s := wave(t, z)
	return [4]float64{c, -t * z[0] * c, -t * z[0] * s, -z[0] * s}
}

// Gradient: dz = Σ_j gain·∂u_j·r_j.
func (o *oscillator) Gradient(dz, z, r []float64) {
	clear(dz)
	for j, t := range o.times {
		for k, s := range slopes(t, z) {
			dz[k] += o.instrument[0] * s * r[j]
		}
	}
}

// Differentiate: along v, u moves by m = (v_a − a·t·v_d)·c − a·(t·v_ω + v_p)·s, so
// that h = Σ_j gain·m_j·r_j.
func (o *oscillator) Differentiate(dz []float64, dparams [][]float64, z, r, v []float64) {
	clear(dz)
	gain := o.instrument[0]
	for j, t := range o.times {
		c, s := wave(t, z)
		size, phase := v[0]-z[0]*t*v[1], t*v[2]+v[3]
		moved := size*c - z[0]*phase*s
		turned := size*s + z[0]*phase*c
		second := [4]float64{-t*v[1]*c - phase*s, -t * moved, -t * turned, -turned} // of m
		for k, slope := range slopes(t, z) {
			dz[k] += gain*second[k]*r[j] + gain*moved*gain*slope
		}
		if dparams != nil {
			dparams[0][0] += moved*r[j] + gain*moved*z[0]*c
			dparams[0][1] += gain * moved
		}
	}
}

// TestOscillator checks the derivatives of the example's generator. With r(z, φ) =
// G(z) − x, h = ⟨v, Jᵀr⟩ is what Gradient gives, and Differentiate its gradient.
func TestOscillator(t *testing.T) {
	o := &oscillator{times: []float64{0, 0.3, 0.9, 1.4, 2.2}, instrument: []float64{1.3, -0.2}}
	z, v := []float64{1.1, 0.4, 2.3, 0.2}, []float64{0.3, -1.2, 0.7, 0.5}
	x := []float64{0.9, -0.1, 0.4, -0.6, 0.2}
	at := append(append([]float64(nil), z...), o.instrument...)
	residual := func(z []float64) []float64 {
		r := make([]float64, len(x))
		o.Forward(r, z)
		for j := range r {
			r[j] -= x[j]
		}
		return r
	}
	half := func(q []float64) (sum float64) {
		for _, e := range residual(q) {
			sum += e * e / 2
		}
		return sum
	}
	grad := make([]float64, 4)
	o.Gradient(grad, z, residual(z))
	if report, err := gradcheck.FiniteDifference(half, z, grad, gradcheck.Options{}); err != nil {
		t.Errorf("Gradient: %v\n%v", err, report)
	}

	along := func(q []float64) (h float64) {
		copy(o.instrument, q[4:])
		dz := make([]float64, 4)
		o.Gradient(dz, q[:4], residual(q[:4]))
		for k, d := range dz {
			h += v[k] * d
		}
		return h
	}
	both, params := make([]float64, 6), make([]float64, 2)
	o.Differentiate(both[:4], [][]float64{params}, z, residual(z), v)
	copy(both[4:], params)
	if report, err := gradcheck.FiniteDifference(along, at, both, gradcheck.Options{}); err != nil {
		t.Errorf("Differentiate: %v\n%v", err, report)
	}
}

// An instrument of unknown gain and offset reads damped oscillations. From
// readings of known ones it is calibrated, by training through the inversion;
// then a reading of an unknown one is inverted.
func Example_physics() {
	truth := &oscillator{instrument: []float64{1.3, -0.2}}
	for j := range 30 {
		truth.times = append(truth.times, 0.1*float64(j))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	read := func(z inverse.Matrix[float64]) inverse.Matrix[float64] {
		x := inverse.NewMatrix[float64](z.Rows, truth.Pixels())
		truth.Generate(x, z)
		for i := range x.Data {
			x.Data[i] += 0.01 * rng.NormFloat64()
		}
		return x
	}

	// Sixteen oscillations that are known, and where inversion starts.
	known, start := inverse.NewMatrix[float64](16, 4), inverse.NewMatrix[float64](16, 4)
	for i := range known.Rows {
		copy(start.Row(i), []float64{1, 0.5, 2, 0})
		for k, v := range start.Row(i) {
			known.Row(i)[k] = v + 0.2*(2*rng.Float64()-1)
		}
	}

	model := &inverse.Model[float64]{
		Generator: &oscillator{times: truth.times, instrument: []float64{1, 0}},
		Inner: inverse.Inner{
			Steps: 120, LearningRate: 0.1, Reduction: inverse.MeanPixels,
			Momentum:        inverse.Momentum{Method: inverse.Nesterov, Mu: 0.9},
			Differentiation: inverse.Implicit{},
		},
	}
	data := inverse.Data[float64]{X: read(known), Start: start, Targets: known}
	report, err := inverse.Fit(context.Background(), model, data, inverse.SquaredError{}, inverse.Outer[float64]{
		Steps: 60, GeneratorRate: 0.1, Schedule: optim.Cosine{}, Optimizer: optim.Adam{},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	instrument := model.Generator.Parameters()[0].Values
	fmt.Printf("squared error from %.1g to %.1g\n", report.LossHistory[0], report.FinalLoss)
	fmt.Printf("gain %.2f, offset %.2f\n", instrument[0], instrument[1])

	unknown := inverse.FromFloat64[float64](1, 4, []float64{1.15, 0.35, 2.1, -0.12})
	found, err := model.Invert(read(unknown), start.Slice(0, 1), inverse.Compute[float64]{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("amplitude, damping, frequency, phase: %.2f\n", found.Row(0))
	// Output:
	// squared error from 0.7 to 0.0001
	// gain 1.29, offset -0.20
	// amplitude, damping, frequency, phase: [1.16 0.35 2.10 -0.12]
}
