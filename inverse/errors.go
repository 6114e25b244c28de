package inverse

import (
	"errors"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// NonFiniteError says which element of the data is NaN or infinite.
type NonFiniteError struct {
	Name     string  // the argument, or the parameter
	Row, Col int     // counted from 0
	Value    float64 // NaN or ±Inf
}

// Error says where the element is, and what.
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
	// SafeStep is the largest step that the inner method converges with: with
	// L = λmax + Ridge, 2/L for plain descent, 2(1+μ)/L for heavy ball,
	// 2(1+μ)/((1+2μ)·L) for Nesterov, 4/(3·L) for FISTA; NaN without a λmax.
	SafeStep float64
}

// Error says which bound was broken, and what to lower.
func (e *DivergenceError) Error() string {
	training := e.Iteration >= 0
	where := ""
	if training {
		where = fmt.Sprintf(" at outer iteration %d", e.Iteration)
	}
	switch {
	case math.IsNaN(e.LambdaMax) && training:
		return fmt.Sprintf("diverged%s with the inner step %.4g: lower the inner or the outer learning rate", where, e.Step)
	case math.IsNaN(e.LambdaMax):
		return fmt.Sprintf("diverged with the inner step %.4g: lower the inner learning rate", e.Step)
	case e.Step <= e.SafeStep && training:
		return fmt.Sprintf("diverged%s: the inner step %.4g is below the safe %.4g, so the outer learning rate or the data are too large", where, e.Step, e.SafeStep)
	case e.Step <= e.SafeStep:
		return fmt.Sprintf("diverged, though the inner step %.4g is below the safe %.4g: the data or the starts are too large for their type, scale them down", e.Step, e.SafeStep)
	}
	return fmt.Sprintf("diverged%s: the inner step %.4g exceeds the largest safe step %.4g (λmax of WᵀW is %.4g); lower the inner learning rate by a factor of %.3g or more",
		where, e.Step, e.SafeStep, e.LambdaMax, e.Step/e.SafeStep)
}

// A MinimumError says why a sample has no implicit gradient: its latents are no
// isolated minimiser of f, or that could not be shown.
type MinimumError struct {
	Sample       int    // row of the data
	Free, Pixels int    // latents that no bound holds, and elements of x
	Reason       string // and what to do
}

// Error names the sample, says why, and what to do.
func (e *MinimumError) Error() string {
	return fmt.Sprintf("no implicit gradient for sample %d, with %d free latents and %d pixels: %s", e.Sample, e.Free, e.Pixels, e.Reason)
}

// public makes an engine's error one of this package.
func public(err error) error {
	if err == nil {
		return nil
	}
	var m *engine.MinimumError
	if errors.As(err, &m) {
		return &MinimumError{Sample: m.Sample, Free: m.Free, Pixels: m.Pixels, Reason: m.Reason}
	}
	return err
}

// divergence describes the steps of an inner loop that diverged.
func divergence[T Float](g Generator[T], in Inner, step float64, iteration int) error {
	e := &DivergenceError{Iteration: iteration, Step: step, LambdaMax: math.NaN(), SafeStep: math.NaN()}
	if spectral, ok := g.(interface{ LambdaMax() float64 }); ok {
		e.LambdaMax = spectral.LambdaMax()
		e.SafeStep = in.Momentum.safeStep(e.LambdaMax + in.Ridge)
	}
	return e
}
