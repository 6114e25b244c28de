package kernels

import "math"

// adamGo is a step of Adam on whole vectors, see adamElements.
func adamGo[T Float](x, g, m, v *T, mean, square, rate, eps, shrink T, vectors int) {
	n := vectors * goLanes[T]()
	adamElements(view(x, n), view(g, n), view(m, n), view(v, n), AdamCoefficients[T]{mean, square, rate, eps, shrink})
}

// adamElements:
//
//	for each element i:
//	    m[i] += mean·(g[i] − m[i])
//	    v[i] += square·(g[i]·g[i] − v[i])
//	    x[i] −= shrink·x[i] + rate·m[i]/(√v[i] + eps)
//
// No product is fused into a sum, see reference.
func adamElements[T Float](x, g, m, v []T, c AdamCoefficients[T]) {
	x, m, v = x[:len(g)], m[:len(g)], v[:len(g)]
	for i, g := range g {
		mi, vi := m[i], v[i]
		mi += T(c.Mean * (g - mi))
		vi += T(c.Square * (T(g*g) - vi))
		m[i], v[i] = mi, vi
		x[i] -= T(c.Shrink*x[i]) + T(c.Rate*mi)/(T(math.Sqrt(float64(vi)))+c.Eps)
	}
}
