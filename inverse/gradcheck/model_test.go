package gradcheck

import "math"

// The function under test is a small inversion: z = N steps of descent on
// ‖W·z − x‖²/2 from zero, f = ‖z − t‖²/2, as a function of W (J×K, row-major).
const (
	testPixels, testLatents = 3, 2
	testSteps               = 5
	testRate                = 0.2
)

var (
	testInput  = []float64{0.7, -0.4, 1.1}
	testTarget = []float64{0.3, -0.8}
	testW      = []float64{0.9, -0.2, 0.4, 0.8, -0.5, 0.6}
)

// descend returns every iterate and residual.
func descend(w []float64) (z, r [][]float64) {
	z = append(z, make([]float64, testLatents))
	for n := range testSteps {
		next, residual := clone(z[n]), make([]float64, testPixels)
		for j := range testPixels {
			residual[j] = dot(w[j*testLatents:(j+1)*testLatents], z[n]) - testInput[j]
			for k := range testLatents {
				next[k] -= testRate * w[j*testLatents+k] * residual[j]
			}
		}
		z, r = append(z, next), append(r, residual)
	}
	return z, r
}

func loss(w []float64) float64 {
	z, _ := descend(w)
	sum := 0.0
	for k, v := range z[testSteps] {
		sum += (v - testTarget[k]) * (v - testTarget[k]) / 2
	}
	return sum
}

// lossGradient is ∇loss by the adjoint recursion. Without residuals it leaves out
// the term that is easily forgotten, λ ⊗ r, since W occurs twice in a step.
func lossGradient(w []float64, residuals bool) []float64 {
	z, r := descend(w)
	grad, lambda := make([]float64, len(w)), make([]float64, testLatents)
	for k := range lambda {
		lambda[k] = z[testSteps][k] - testTarget[k]
	}
	for n := testSteps - 1; n >= 0; n-- {
		next := clone(lambda)
		for j := range testPixels {
			row := w[j*testLatents : (j+1)*testLatents]
			q := dot(row, lambda)
			for k := range testLatents {
				next[k] -= testRate * row[k] * q
				grad[j*testLatents+k] -= testRate * q * z[n][k]
				if residuals {
					grad[j*testLatents+k] -= testRate * r[n][j] * lambda[k]
				}
			}
		}
		lambda = next
	}
	return grad
}

// wave is a map from (amplitude, decay, frequency) to a damped oscillation at
// three times, and its Jacobian, 3×3 so that a transpose goes unnoticed by
// shapes.
func wave(dst, x []float64) {
	for i := range dst {
		t := 0.4 * float64(i+1)
		dst[i] = x[0] * math.Exp(-x[1]*t) * math.Sin(x[2]*t)
	}
}

func waveJacobian(x []float64) (j [3][3]float64) {
	for i := range j {
		t := 0.4 * float64(i+1)
		e, s, c := math.Exp(-x[1]*t), math.Sin(x[2]*t), math.Cos(x[2]*t)
		j[i] = [3]float64{e * s, -t * x[0] * e * s, t * x[0] * e * c}
	}
	return j
}

var waveAt = []float64{1.5, 0.6, 2.2}

// times and transposeTimes make products of a matrix.
func times(j [3][3]float64) func(dst, v []float64) {
	return func(dst, v []float64) {
		for i := range dst {
			dst[i] = dot(j[i][:], v)
		}
	}
}

func transposeTimes(j [3][3]float64) func(dst, w []float64) {
	for a := range 3 {
		for b := range a {
			j[a][b], j[b][a] = j[b][a], j[a][b]
		}
	}
	return times(j)
}
