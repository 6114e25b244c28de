package kernels

import (
	"math"

	"github.com/inversenet/inversenet/internal/portable"
)

// The reference computes every function in float64 and rounds the result to the
// element type.

// mapGo applies f to each lane of each vector.
func mapGo[T Float](f func(float64) float64) mapFunc[T] {
	return func(dst, src *T, vectors, step int) {
		all, lanes := reach[T](vectors, step), goLanes[T]()
		ds, ss := view(dst, all), view(src, all)
		for at, gap := 0, step/sizeof[T](); at < vectors*gap; at += gap {
			for n := at; n < at+lanes; n++ {
				ds[n] = T(f(float64(ss[n])))
			}
		}
	}
}

// sigmoid is 1/(1 + exp(−x)), and tail log(1 + exp(−|x|)): both by an exponential that
// does not overflow.
func sigmoid(x float64) float64 { return sigmoidOf(x, portable.Exp(-math.Abs(x))) }
func tail(x float64) float64    { return portable.Log1p(portable.Exp(-math.Abs(x))) }

// sigmoidOf is sigmoid with u = exp(−|x|).
func sigmoidOf(x, u float64) float64 {
	if x < 0 {
		return u / (1 + u)
	}
	return 1 / (1 + u)
}

// softplus is log(1 + exp(x)) = max(x, 0) + tail(x).
func softplus(x float64) float64 { return max(x, 0) + tail(x) }

// logisticGo:
//
//	for each vector, each lane n:
//	    o = logits[n];  p[n] = 1/(1 + exp(−o));  tail[n] = log(1 + exp(−|o|))
func logisticGo[T Float](p, tails, logits *T, vectors, step int) {
	all, lanes := reach[T](vectors, step), goLanes[T]()
	ps, ts, os := view(p, all), view(tails, all), view(logits, all)
	for at, gap := 0, step/sizeof[T](); at < vectors*gap; at += gap {
		for n := at; n < at+lanes; n++ {
			o := float64(os[n])
			u := portable.Exp(-math.Abs(o))
			ps[n], ts[n] = T(sigmoidOf(o, u)), T(portable.Log1p(u))
		}
	}
}

// softmaxGo is softmax on one vector of each class's row.
func softmaxGo[T Float](p, largest, logSum, logits *T, classes int) {
	stride, lanes := 2*goLanes[T](), goLanes[T]()
	all := (classes-1)*stride + lanes
	softmaxLanes(view(p, all), view(largest, lanes), view(logSum, lanes), view(logits, all), classes, lanes, stride)
}

// softmaxLanes:
//
//	for each lane n:
//	    m = max over classes c of logits[c][n]
//	    for c = 0, 1, … classes-1:
//	        p[c][n] = exp(logits[c][n] − m);  Σ += p[c][n]
//	        if p[c][n] < 1:  rest += p[c][n]
//	    for each class c:  p[c][n] /= Σ
//	    largest[n] = m
//	    logSum[n] = log Σ, or log(1 + rest) where a single p[c][n] was 1
//
// With log(1 + rest) a class that is far ahead of the others leaves no less of the
// digits of log Σ.
func softmaxLanes[T Float](p, largest, logSum, logits []T, classes, lanes, stride int) {
	for n := range lanes {
		m := logits[n]
		for c := 1; c < classes; c++ {
			m = max(m, logits[c*stride+n])
		}
		sum, rest := 0.0, 0.0
		for c := range classes {
			e := portable.Exp(float64(logits[c*stride+n]) - float64(m))
			sum += e
			if e < 1 {
				rest += e
			}
			p[c*stride+n] = T(e)
		}
		for c := range classes {
			p[c*stride+n] = T(float64(p[c*stride+n]) / sum)
		}
		largest[n] = m + T(sum-sum) // NaN where Σ is
		if sum < 2 {
			logSum[n] = T(portable.Log1p(rest))
		} else {
			logSum[n] = T(portable.Log(sum))
		}
	}
}
