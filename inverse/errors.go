package inverse

import "fmt"

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
	Step      float64 // the inner step s = α·r in use
	LambdaMax float64 // largest eigenvalue of WᵀW
}

// SafeStep is the bound below which plain inner descent converges: 2/λmax.
func (e *DivergenceError) SafeStep() float64 { return 2 / e.LambdaMax }

func (e *DivergenceError) Error() string {
	where := ""
	if e.Iteration >= 0 {
		where = fmt.Sprintf(" at outer iteration %d", e.Iteration)
	}
	if e.Step < e.SafeStep() {
		return fmt.Sprintf("diverged%s: the inner step %.4g is below 2/λmax = %.4g, so the outer learning rate is too large", where, e.Step, e.SafeStep())
	}
	return fmt.Sprintf("diverged%s: the inner step %.4g exceeds 2/λmax = %.4g (λmax of WᵀW = %.4g); lower the inner learning rate by a factor of %.3g or more",
		where, e.Step, e.SafeStep(), e.LambdaMax, e.Step/e.SafeStep())
}
