package inverse_test

import (
	"fmt"

	"gonum.org/v1/gonum/mat"

	"github.com/inversenet/inversenet/inverse"
)

// Ridge regression: the latents are the coefficients of W's columns in x, and Ridge
// is the penalty on their squares. The answer is known: it solves the normal
// equations (WᵀW + ridge·I)·z = Wᵀx.
func Example_ridgeRegression() {
	const ridge = 0.5
	w := mat.NewDense(5, 3, []float64{
		1, 0.2, 0.1,
		1, 0.9, 0.8,
		1, 2.1, 4.2,
		1, 2.8, 9.3,
		1, 4.1, 16,
	})
	x := mat.NewDense(1, 5, []float64{1.1, 1.8, 3.2, 6.1, 9.9})

	model := &inverse.Model[float64]{
		Generator: &inverse.Linear[float64]{W: inverse.FromMat[float64](w)},
		Inner:     inverse.Inner{Steps: 10_000, AutoStep: true, Ridge: ridge},
	}
	z, err := model.Invert(inverse.FromMat[float64](x), inverse.Matrix[float64]{}, inverse.Compute[float64]{})
	if err != nil {
		panic(err)
	}
	fmt.Printf("inversion         %.6f\n", z.Row(0))

	var gram, right, want mat.Dense
	gram.Mul(w.T(), w)
	for k := range 3 {
		gram.Set(k, k, gram.At(k, k)+ridge)
	}
	right.Mul(w.T(), x.T())
	if err := want.Solve(&gram, &right); err != nil {
		panic(err)
	}
	fmt.Printf("normal equations  %.6f\n", want.RawMatrix().Data)
	// Output:
	// inversion         [0.798253 0.244901 0.501188]
	// normal equations  [0.798253 0.244901 0.501188]
}
