package randomstate

import "math"

// NotebookStart returns the starting values that the article's notebook draws
// after np.random.seed(seed), each of them abs(randn)/100, in its order:
//
//	z0         latents×trainRows, the latents that training starts inverting from
//	w0         pixels×latents,    the generator
//	predictZ0  latents×testRows,  the latents that prediction starts from
//
// All three are in C order (row-major), samples being the columns of z0 and
// predictZ0. It panics if a size is negative.
func NotebookStart(seed uint32, latents, pixels, trainRows, testRows int) (z0, w0, predictZ0 []float64) {
	state := New(seed)
	z0 = smallPositive(state, latents*trainRows)
	w0 = smallPositive(state, pixels*latents)
	predictZ0 = smallPositive(state, latents*testRows)
	return z0, w0, predictZ0
}

// smallPositive draws n values abs(randn)/100.
func smallPositive(state *State, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = math.Abs(state.NormFloat64()) / 100
	}
	return values
}

// ToyStart returns the starting values of the article's scalar example
// f(y) = ay + b after np.random.seed(seed): y0 uniform in [−10, 10), then a0
// uniform in [1.5, 3.5). Its b starts at 0.
func ToyStart(seed uint32) (y0, a0 float64) {
	state := New(seed)
	y0 = state.Uniform(-10, 10)
	a0 = state.Uniform(1.5, 3.5)
	return y0, a0
}
