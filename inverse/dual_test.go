package inverse

import (
	"math"

	"github.com/inversenet/inversenet/kernels"
)

// A dual number holds a value and its derivative in one direction.
type dual struct{ v, d float64 }

func (a dual) plus(b dual) dual         { return dual{a.v + b.v, a.d + b.d} }
func (a dual) times(b dual) dual        { return dual{a.v * b.v, a.d*b.v + a.v*b.d} }
func (a dual) scaled(c float64) dual    { return dual{c * a.v, c * a.d} }
func duals(v, d []float64, i int) dual  { return dual{v[i], d[i]} }
func values64(z []dual) (out []float64) { return parts(z, func(a dual) float64 { return a.v }) }

func parts(z []dual, of func(dual) float64) (out []float64) {
	for _, a := range z {
		out = append(out, of(a))
	}
	return out
}

// activated is σ(a) and σ'(a).
func (a dual) activated(act kernels.Activation) (y, slope dual) {
	var v, first, second float64
	switch s := 1 / (1 + math.Exp(-a.v)); act {
	case kernels.Sigmoid:
		v, first, second = s, s*(1-s), s*(1-s)*(1-2*s)
	case kernels.Tanh:
		v = math.Tanh(a.v)
		first, second = 1-v*v, -2*v*(1-v*v)
	case kernels.ReLU:
		if a.v > 0 {
			v, first = a.v, 1
		}
	case kernels.Softplus:
		v, first, second = math.Log1p(math.Exp(a.v)), s, s*(1-s)
	default:
		v, first = a.v, 1
	}
	return dual{v, first * a.d}, dual{first, second * a.d}
}

// dualLayers is an MLP with the derivatives of its parameters in one direction.
type dualLayers struct{ values, direction *MLP[float64] }

// steady is an MLP whose parameters do not move.
func steady(g *MLP[float64]) dualLayers {
	direction := &MLP[float64]{}
	for _, l := range g.Layers {
		direction.Layers = append(direction.Layers, NewLinear[float64](l.Pixels(), l.Latents(), l.Bias != nil))
	}
	return dualLayers{g, direction}
}

func (g dualLayers) weight(l, j, k int) dual {
	return dual{g.values.Layers[l].W.Row(j)[k], g.direction.Layers[l].W.Row(j)[k]}
}

// outputs are y_L and, for each layer, σ'(a_l).
func (g dualLayers) outputs(z []dual) (y []dual, slopes [][]dual) {
	for l, layer := range g.values.Layers {
		act := g.values.Activation
		if l == len(g.values.Layers)-1 {
			act = g.values.Output
		}
		next, slope := make([]dual, layer.Pixels()), make([]dual, layer.Pixels())
		for j := range next {
			var a dual
			if layer.Bias != nil {
				a = duals(layer.Bias, g.direction.Layers[l].Bias, j)
			}
			for k := range z {
				a = a.plus(g.weight(l, j, k).times(z[k]))
			}
			next[j], slope[j] = a.activated(act)
		}
		z, slopes = next, append(slopes, slope)
	}
	return z, slopes
}

// slope is ∇½‖G(z) − x‖².
func (g dualLayers) slope(z []dual, x []float64) []dual {
	delta, slopes := g.outputs(z)
	for j := range delta {
		delta[j].v -= x[j]
	}
	for l := len(slopes) - 1; l >= 0; l-- {
		back := make([]dual, g.values.Layers[l].Latents())
		for j := range delta {
			delta[j] = delta[j].times(slopes[l][j])
			for k := range back {
				back[k] = back[k].plus(g.weight(l, j, k).times(delta[j]))
			}
		}
		delta = back
	}
	return delta
}

// plainSlope is the slope without derivatives.
func (g dualLayers) plainSlope(z, x []float64) []float64 {
	at := make([]dual, len(z))
	for k, v := range z {
		at[k].v = v
	}
	return values64(g.slope(at, x))
}

// descend takes plain steps and returns the derivative of where they end, in the
// direction of the parameters and of dz0.
func (g dualLayers) descend(in Inner, z0, dz0, x Matrix[float64]) (dz Matrix[float64]) {
	dz = dz0.clone()
	s := in.Step(x.Cols, x.Rows)
	for i := range x.Rows {
		z := make([]dual, z0.Cols)
		for k := range z {
			z[k] = duals(z0.Row(i), dz0.Row(i), k)
		}
		for range in.Steps {
			for k, d := range g.slope(z, x.Row(i)) {
				z[k] = z[k].plus(d.scaled(-s))
			}
		}
		copy(dz.Row(i), parts(z, func(a dual) float64 { return a.d }))
	}
	return dz
}
