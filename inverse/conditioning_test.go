package inverse

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"

	"gonum.org/v1/gonum/mat"

	"github.com/inversenet/inversenet/kernels"
)

// conditioned is an inversion problem whose WᵀW has the condition number kappa.
type conditioned[T Float] struct {
	w, x, z0, lambda Matrix[T]
	step             float64 // 1/λmax
}

// newConditioned builds W = U·diag(σ)·Vᵀ with random orthogonal U and V and σ
// falling geometrically from 3 to 3/√kappa.
func newConditioned[T Float](kappa float64) *conditioned[T] {
	const pixels, latents, samples = 64, 10, 8
	rng := rand.New(rand.NewPCG(41, 42))
	u, v := orthogonal(rng, pixels, latents), orthogonal(rng, latents, latents)
	for k := range latents {
		sigma := 3 * math.Pow(kappa, -0.5*float64(k)/(latents-1))
		for j := range pixels {
			u.Set(j, k, u.At(j, k)*sigma)
		}
	}
	var w mat.Dense
	w.Mul(u, v.T())
	random := func(rows, cols int) Matrix[T] {
		return FromFloat64[T](rows, cols, randomMatrix(rng, rows, cols, 1).Data)
	}
	return &conditioned[T]{
		w: FromMat[T](&w), x: random(samples, pixels), z0: random(samples, latents), lambda: random(samples, latents),
		step: 1.0 / 9,
	}
}

func orthogonal(rng *rand.Rand, rows, cols int) *mat.Dense {
	var qr mat.QR
	qr.Factorize(randomMatrix(rng, rows, cols, 1).Dense())
	var q mat.Dense
	qr.QTo(&q)
	return mat.DenseCopyOf(q.Slice(0, rows, 0, cols))
}

// run returns the relative errors, in the Frobenius norm, of the latents after n
// steps and of the gradient of ⟨λ, z_n⟩ in W.
func (c *conditioned[T]) run(t *testing.T, table *kernels.Table[T], form Form, n int, wantZ, wantW []float64) (z, dw float64) {
	t.Helper()
	g := &Linear[T]{W: c.w}
	s, err := NewSolver(g, Inner{Steps: n, LearningRate: c.step / 2, Form: form}, Compute[T]{Kernels: table})
	if err != nil {
		t.Fatal(err)
	}
	got := c.z0.clone()
	if err := s.Invert(got, c.x); err != nil {
		t.Fatal(err)
	}
	grad, lambda := NewLinear[T](g.Pixels(), g.Latents(), false), c.lambda.clone()
	if err := s.Backpropagate(&Gradients[T]{Generator: grad, Start: lambda}, lambda, c.z0, c.x); err != nil {
		t.Fatal(err)
	}
	return relativeError(got.Data, wantZ), relativeError(grad.W.Data, wantW)
}

func relativeError[T Float](got []T, want []float64) float64 {
	var diff, size float64
	for i, w := range want {
		d := float64(got[i]) - w
		diff += d * d
		size += w * w
	}
	return math.Sqrt(diff / size)
}

// conditioningRow is one line of the table in docs/conditioning.md.
type conditioningRow struct {
	element string
	kappa   float64
	steps   int
	errors  [6]float64 // of latents and gradient: direct, Gram, closed; NaN where not run
}

func (r conditioningRow) String() string {
	line := fmt.Sprintf("| %s | %.0e | %d |", r.element, r.kappa, r.steps)
	for _, e := range r.errors {
		if math.IsNaN(e) {
			line += " – |"
		} else {
			line += fmt.Sprintf(" %.1e |", e)
		}
	}
	return line
}

// parseConditioningRow reads a line of the table.
func parseConditioningRow(line string) (r conditioningRow, ok bool) {
	fields := strings.Split(strings.Trim(line, "| "), "|")
	if len(fields) != 9 || !strings.HasPrefix(line, "| float") {
		return r, false
	}
	var err error
	number := func(i int) float64 {
		field := strings.TrimSpace(fields[i])
		if field == "–" {
			return math.NaN()
		}
		v, parseErr := strconv.ParseFloat(field, 64)
		err = errors.Join(err, parseErr)
		return v
	}
	r = conditioningRow{element: strings.TrimSpace(fields[0]), kappa: number(1), steps: int(number(2))}
	for i := range r.errors {
		r.errors[i] = number(3 + i)
	}
	return r, err == nil
}

// bound is the error that the package documentation states for column i.
func (r conditioningRow) bound(i int) float64 {
	const eps32, eps64 = 0x1p-24, 0x1p-53
	eps := eps64
	if r.element == "float32" {
		eps = eps32
	}
	reach := min(float64(r.steps), r.kappa)
	switch {
	case i >= 4: // closed
		return 4*eps + eps64*reach
	case i%2 == 0: // latents
		return eps * reach
	default: // gradient
		return 5 * eps * reach
	}
}

// TestConditioning measures the forms against the exact result, for condition
// numbers of WᵀW up to 1e6: every error is within its stated bound, and is that
// of the table in docs/conditioning.md up to a factor of two.
func TestConditioning(t *testing.T) {
	raw, err := os.ReadFile("../docs/conditioning.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(raw)) {
		want, ok := parseConditioningRow(strings.TrimSpace(line))
		if !ok {
			continue
		}
		rows++
		t.Run(fmt.Sprintf("%s/%.0e/%d", want.element, want.kappa, want.steps), func(t *testing.T) {
			got := conditioningRow{element: want.element, kappa: want.kappa, steps: want.steps}
			if want.element == "float32" {
				measure[float32](t, &got)
			} else {
				measure[float64](t, &got)
			}
			t.Log(got)
			got.compare(t, want)
		})
	}
	if rows != 20 {
		t.Errorf("the table has %d rows, want 20", rows)
	}
}

func (r conditioningRow) compare(t *testing.T, printed conditioningRow) {
	t.Helper()
	for i, e := range r.errors {
		name := fmt.Sprintf("%v, %s", DirectForm+Form(i/2), [...]string{"latents", "gradient"}[i%2])
		if math.IsNaN(e) != math.IsNaN(printed.errors[i]) {
			t.Errorf("%s: measured %.2g, the table prints %.2g", name, e, printed.errors[i])
		}
		if e > r.bound(i) {
			t.Errorf("%s: error %.2g, stated are at most %.2g", name, e, r.bound(i))
		}
		if e > 2*printed.errors[i] || e < printed.errors[i]/2 {
			t.Errorf("%s: error %.2g, the table prints %.2g", name, e, printed.errors[i])
		}
	}
}

// measure fills a row with the worst errors over the instruction sets. Long runs
// take the default one alone, and the longest the closed form alone, which remembers
// no path.
func measure[T Float](t *testing.T, r *conditioningRow) {
	t.Helper()
	c := newConditioned[T](r.kappa)
	z, dw := exactInversion(exactly(c.w), exactly(c.x).transposed(), exactly(c.z0).transposed(), exactly(c.lambda).transposed(), c.step, r.steps)
	wantZ, wantW := z.transposed().rounded(), dw.rounded()
	tables := []*kernels.Table[T]{kernels.Default[T]()}
	if r.steps <= 2000 {
		tables = tables[:0]
		for _, isa := range kernels.Available() {
			table, err := kernels.For[T](isa)
			if err != nil {
				t.Fatal(err)
			}
			tables = append(tables, table)
		}
	}
	for form := DirectForm; form <= ClosedForm; form++ {
		i := 2 * int(form-DirectForm)
		if r.steps > 100_000 && form != ClosedForm {
			r.errors[i], r.errors[i+1] = math.NaN(), math.NaN()
			continue
		}
		for _, table := range tables {
			z, dw := c.run(t, table, form, r.steps, wantZ, wantW)
			r.errors[i], r.errors[i+1] = max(r.errors[i], z), max(r.errors[i+1], dw)
		}
	}
}
