package inverse

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/optimize"

	"github.com/inversenet/inversenet/inverse/gradcheck"
)

// TestProblemIsTheTrainersLoss compares loss and gradient with those of a
// training step, to the bit.
func TestProblemIsTheTrainersLoss(t *testing.T) {
	for _, tc := range trainingCases() {
		t.Run(tc.String(), func(t *testing.T) {
			m, d := tc.build(rand.New(rand.NewPCG(51, 52)))
			p, err := NewProblem(m, d, tc.loss, Variables[float64]{})
			if err != nil {
				t.Fatal(err)
			}
			tr, err := NewTrainer(m, d, tc.loss, Outer[float64]{})
			if err != nil {
				t.Fatal(err)
			}
			want, err := tr.Step(context.Background())
			if err != nil {
				t.Fatal(err)
			}
			x, grad := p.Get(), make([]float64, p.Dim())
			if got := p.Func(x); got != want {
				t.Errorf("loss %v, a trainer's is %v", got, want)
			}
			p.Grad(grad, x)
			_, wantGrad := parameters(m, tr)
			if len(wantGrad) != len(grad) {
				t.Fatalf("%d variables, want %d", len(grad), len(wantGrad))
			}
			for i, g := range grad {
				if g != *wantGrad[i] {
					t.Errorf("variable %d: gradient %v, a trainer's is %v", i, g, *wantGrad[i])
				}
			}
		})
	}
}

// learningProblem has every kind of variable.
func learningProblem(t *testing.T, v Variables[float64]) (*Problem[float64], *Model[float64]) {
	t.Helper()
	m, d := trainingCase{"linear with bias", SoftmaxCrossEntropy{}, Sum}.build(rand.New(rand.NewPCG(53, 54)))
	m.Inner.StepSizes = make([]float64, m.Inner.Steps)
	for n := range m.Inner.StepSizes {
		m.Inner.StepSizes[n] = m.Inner.LearningRate * (1 + 0.1*float64(n%3))
	}
	m.Inner.Prox = Prox{Kind: NonNegativeSoft, Thresholds: []float64{0.01, -0.05, 0.02}}
	p, err := NewProblem(m, d, SoftmaxCrossEntropy{}, v)
	if err != nil {
		t.Fatal(err)
	}
	return p, m
}

// TestProblemGradient compares every variable's derivative with differences of
// Func, for each choice of variables.
func TestProblemGradient(t *testing.T) {
	for name, tc := range map[string]struct {
		variables Variables[float64]
		dim       int
	}{
		"generator and head": {Variables[float64]{}, 7*3 + 7 + 4*3 + 4},
		"generator":          {Variables[float64]{FixHead: true}, 7*3 + 7},
		"head":               {Variables[float64]{FixGenerator: true}, 4*3 + 4},
		"inner":              {Variables[float64]{FixGenerator: true, FixHead: true, LearnSteps: true, LearnThresholds: true}, 8 + 3},
		"all":                {Variables[float64]{LearnSteps: true, LearnThresholds: true}, 7*3 + 7 + 4*3 + 4 + 8 + 3},
	} {
		t.Run(name, func(t *testing.T) {
			p, _ := learningProblem(t, tc.variables)
			if p.Dim() != tc.dim {
				t.Fatalf("%d variables, want %d", p.Dim(), tc.dim)
			}
			x, grad := p.Get(), make([]float64, p.Dim())
			p.Grad(grad, x)
			if report, err := gradcheck.FiniteDifference(p.Func, x, grad, gradcheck.Options{}); err != nil {
				t.Errorf("%v\n%v", err, report)
			}
		})
	}
}

// TestProblemSet: what is set is what the model has, and what Get returns.
func TestProblemSet(t *testing.T) {
	p, m := learningProblem(t, Variables[float64]{LearnSteps: true, LearnThresholds: true})
	x := p.Get()
	for i := range x {
		x[i] += 0.25
	}
	p.Set(x)
	for i, v := range p.Get() {
		if v != x[i] {
			t.Errorf("variable %d is %v, set to %v", i, v, x[i])
		}
	}
	if got := m.Generator.Parameters()[0].Values[0]; got != x[0] {
		t.Errorf("W begins with %v, set to %v", got, x[0])
	}
	inner := x[len(x)-8-3:]
	for n, s := range m.Inner.StepSizes {
		if s != math.Exp(inner[n]) {
			t.Errorf("step size %d is %v, set to %v", n, s, math.Exp(inner[n]))
		}
	}
	for k, v := range m.Inner.Prox.Thresholds {
		if v != inner[8+k] {
			t.Errorf("threshold %d is %v, set to %v", k, v, inner[8+k])
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a vector of another length was taken")
		}
	}()
	p.Set(x[1:])
}

func TestProblemRefuses(t *testing.T) {
	m, d := trainingCase{"linear", SoftmaxCrossEntropy{}, Sum}.build(rand.New(rand.NewPCG(55, 56)))
	if _, err := NewProblem(m, d, SoftmaxCrossEntropy{}, Variables[float64]{FixGenerator: true, FixHead: true}); err == nil {
		t.Error("a problem without variables was taken")
	}
	m.Inner.Prox = Prox{Kind: Soft, Thresholds: []float64{1, 1, 1}}
	if _, err := NewProblem(m, d, SoftmaxCrossEntropy{}, Variables[float64]{LearnThresholds: true}); err == nil {
		t.Error("thresholds that must not be negative were taken")
	}
}

// TestProblemDiverges: far out the loss is +Inf with the reason, and back at the
// start it is what it was.
func TestProblemDiverges(t *testing.T) {
	m, d := trainingCase{"linear", SoftmaxCrossEntropy{}, Sum}.build(rand.New(rand.NewPCG(57, 58)))
	p, err := NewProblem(m, d, SoftmaxCrossEntropy{}, Variables[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	x := p.Get()
	want := p.Func(x)
	far, grad := make([]float64, len(x)), make([]float64, len(x))
	for i, v := range x {
		far[i] = 1e100 * v
	}
	if got := p.Func(far); !math.IsInf(got, 1) {
		t.Errorf("loss %v where the inversion diverges, want +Inf", got)
	}
	var diverged *DivergenceError
	if !errors.As(p.Err(), &diverged) {
		t.Errorf("the reason is %v, want a DivergenceError", p.Err())
	}
	p.Grad(grad, far)
	if !math.IsNaN(grad[0]) {
		t.Errorf("gradient %v where the inversion diverges, want NaN", grad[0])
	}
	if got := p.Func(x); got != want || p.Err() != nil {
		t.Errorf("back at the start the loss is %v with error %v, want %v", got, p.Err(), want)
	}
}

// TestLBFGSNeedsFewerEvaluations: on the notebook's problem L-BFGS is lower after
// 12 evaluations than the notebook's gradient descent after all its 2,000.
func TestLBFGSNeedsFewerEvaluations(t *testing.T) {
	n := newNotebook[float64](t)
	p, err := NewProblem(n.model, n.data, SoftmaxCrossEntropy{}, Variables[float64]{})
	if err != nil {
		t.Fatal(err)
	}
	const most = 12
	evaluations, best := 0, math.Inf(1)
	counted := optimize.Problem{
		Func: func(x []float64) float64 {
			f := p.Func(x)
			if evaluations++; evaluations <= most {
				best = min(best, f)
			}
			return f
		},
		Grad: p.Grad,
	}
	if _, err := optimize.Minimize(counted, p.Get(), &optimize.Settings{FuncEvaluations: most}, &optimize.LBFGS{}); err != nil {
		t.Fatal(err)
	}
	if want := readGolden(t).FinalLoss; !(best < want) {
		t.Errorf("loss %v after %d evaluations, gradient descent has %v after 2,000", best, most, want)
	}
}

func TestProblemAllocatesNothing(t *testing.T) {
	n := newNotebook[float64](t)
	p, err := NewProblem(n.model, n.data, SoftmaxCrossEntropy{}, Variables[float64]{Compute: Compute[float64]{Threads: 1}})
	if err != nil {
		t.Fatal(err)
	}
	x, grad := p.Get(), make([]float64, p.Dim())
	p.Func(x)
	if got := testing.AllocsPerRun(5, func() {
		x[0] += 1e-6
		p.Func(x)
		p.Grad(grad, x)
	}); got != 0 {
		t.Errorf("an evaluation allocates %v times", got)
	}
}
