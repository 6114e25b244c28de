package kernels

import (
	"math"

	"github.com/inversenet/inversenet/internal/portable"
)

// at gives σ(a), σ′(a) and σ″(a).
func (act Activation) at(a float64) (y, first, second float64) {
	switch act {
	case Sigmoid:
		larger, smaller := halves(a)
		y = larger
		if a < 0 {
			y = smaller
		}
		first = larger * smaller
		return y, first, first * (1 - float64(2*y))
	case Tanh:
		y = portable.Tanh(a)
		larger, smaller := halves(2 * a)
		first = 4 * larger * smaller
		return y, first, -2 * y * first
	case ReLU:
		if a > 0 {
			return a, 1, 0
		}
		return max(a, 0), 0, 0
	case Softplus:
		larger, smaller := halves(a)
		return softplus(a), sigmoid(a), larger * smaller
	default:
		return a, 1, 0
	}
}

// halves gives the sigmoid of |x| and of −|x|, which add up to 1.
func halves(x float64) (larger, smaller float64) {
	u := portable.Exp(-math.Abs(x))
	return 1 / (1 + u), u / (1 + u)
}

// applyGo:
//
//	for each vector, each lane n:  y[n] = σ(a[n])
func applyGo[T Float](act Activation) mapFunc[T] {
	return mapGo[T](func(a float64) float64 {
		y, _, _ := act.at(a)
		return y
	})
}

// activateGo:
//
//	for each vector, each lane n:
//	    r = σ(a[n]) + negX[n]
//	    d[n] = r·σ′(a[n])
//	    h[n] = σ′(a[n])² + r·σ″(a[n])
func activateGo[T Float](act Activation) activateFunc[T] {
	return func(d, h, a, negX *T, vectors, step int) {
		all, lanes := reach[T](vectors, step), goLanes[T]()
		ds, hs, as, xs := view(d, all), view(h, all), view(a, all), view(negX, all)
		for at, gap := 0, step/sizeof[T](); at < vectors*gap; at += gap {
			for n := at; n < at+lanes; n++ {
				y, first, second := act.at(float64(as[n]))
				r := y + float64(xs[n])
				ds[n] = T(r * first)
				if hs != nil {
					hs[n] = T(float64(first*first) + float64(r*second))
				}
			}
		}
	}
}
