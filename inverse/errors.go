package inverse

import (
	"fmt"
	"math"
	"slices"
)

// NonFiniteError says which element of the data is NaN or infinite.
type NonFiniteError struct {
	Name     string // the argument
	Row, Col int
	Value    float64
}

func (e *NonFiniteError) Error() string {
	return fmt.Sprintf("%s: row %d, column %d is %v, want a finite number", e.Name, e.Row, e.Col, e.Value)
}

// DivergenceError says that an inversion or a training left the finite numbers.
type DivergenceError struct {
	Iteration int     // outer iteration, -1 outside of training
	Step      float64 // the largest inner step s = α·r in use
	// LambdaMax is the largest eigenvalue of WᵀW, NaN for generators that have
	// none.
	LambdaMax float64
	// SafeStep is the largest step that the inner method converges with: 2/λmax
	// for plain descent, 2(1+μ)/λmax for heavy ball.
	SafeStep float64
}

func (e *DivergenceError) Error() string {
	where := ""
	if e.Iteration >= 0 {
		where = fmt.Sprintf(" at outer iteration %d", e.Iteration)
	}
	switch {
	case math.IsNaN(e.LambdaMax):
		return fmt.Sprintf("diverged%s with the inner step %.4g: lower the inner or the outer learning rate", where, e.Step)
	case e.Step < e.SafeStep:
		return fmt.Sprintf("diverged%s: the inner step %.4g is below the safe %.4g, so the outer learning rate is too large", where, e.Step, e.SafeStep)
	}
	return fmt.Sprintf("diverged%s: the inner step %.4g exceeds the largest safe step %.4g (λmax of WᵀW is %.4g); lower the inner learning rate by a factor of %.3g or more",
		where, e.Step, e.SafeStep, e.LambdaMax, e.Step/e.SafeStep)
}

// divergence describes the steps of an inner loop that diverged.
func divergence[T Float](g Generator[T], in Inner, samples, iteration int) error {
	e := &DivergenceError{Iteration: iteration, LambdaMax: math.NaN(), SafeStep: math.NaN()}
	spectral, ok := g.(interface{ LambdaMax() float64 })
	if ok {
		e.LambdaMax = spectral.LambdaMax()
		e.SafeStep = in.Momentum.safeStep(e.LambdaMax + in.Ridge)
	}
	if in.AutoStep {
		e.Step = 1 / (e.LambdaMax + in.Ridge)
		return e
	}
	sizes := make([]float64, in.Steps)
	in.stepSizes(sizes, g.Pixels(), samples, nil)
	e.Step = slices.Max(sizes)
	return e
}
