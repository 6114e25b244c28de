package inverse

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// A Method is a way to use the last move in the next step.
type Method int

const (
	// Plain: z⁺ = prox(z − s·∇f(z)).
	Plain Method = iota
	// HeavyBall: z⁺ = prox(y − s·∇f(z)) with y = z + μ·(z − z⁻).
	HeavyBall
	// Nesterov: z⁺ = prox(y − s·∇f(y)) with y = z + μ·(z − z⁻).
	Nesterov
	// FISTA is Nesterov with μ_n = (t_n − 1)/t_{n+1}, t_{n+1} = (1 + √(1+4t_n²))/2,
	// t_1 = 1 (Beck and Teboulle, 2009).
	FISTA
)

// Momentum is the inner method. The zero value is plain descent. The first step
// has no last move and is plain.
type Momentum struct {
	Method Method  // plain, heavy ball, Nesterov or FISTA
	Mu     float64 // μ of heavy ball and Nesterov, 0 ≤ μ < 1
}

var methodNames = names[Method]{"method", []string{"plain", "heavy-ball", "nesterov", "fista"}}

// String is the name of the method.
func (m Method) String() string { return methodNames.of(m) }

// ParseMethod is the inverse of [Method.String].
func ParseMethod(name string) (Method, error) { return methodNames.parse(name) }

func (m Momentum) validate() error {
	if err := methodNames.check("momentum ", m.Method); err != nil {
		return err
	}
	if !(m.Mu >= 0 && m.Mu < 1) {
		return fmt.Errorf("momentum μ: %v, want 0 ≤ μ < 1", m.Mu)
	}
	if m.Mu != 0 && m.Method != HeavyBall && m.Method != Nesterov {
		return fmt.Errorf("momentum μ: %v with the method %v, which has none: want %v or %v", m.Mu, m.Method, HeavyBall, Nesterov)
	}
	return nil
}

// method is what the engine needs of it.
func (m Momentum) method(steps int) engine.Method {
	switch m.Method {
	case Plain:
		return engine.Method{}
	case FISTA:
		return engine.Method{Mu: fista(steps), Ahead: true}
	default:
		return engine.Method{Mu: []float64{m.Mu}, Ahead: m.Method == Nesterov}
	}
}

// fista is μ of every step; the first is 0.
func fista(steps int) []float64 {
	mu := make([]float64, steps)
	t := 1.0
	for n := 1; n < steps; n++ {
		next := (1 + math.Sqrt(1+float64(4*t*t))) / 2
		mu[n] = (t - 1) / next
		t = next
	}
	return mu
}

// safeStep is the largest step that keeps every eigenvalue up to top from
// growing: where the recurrence at λ = top has its root at −1.
func (m Momentum) safeStep(top float64) float64 {
	switch m.Method {
	case HeavyBall:
		return 2 * (1 + m.Mu) / top
	case Nesterov:
		return 2 * (1 + m.Mu) / (1 + 2*m.Mu) / top
	case FISTA: // μ approaches 1
		return 4.0 / 3 / top
	default:
		return 2 / top
	}
}
