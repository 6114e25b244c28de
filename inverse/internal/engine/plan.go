package engine

import (
	"math"
	"math/bits"

	"github.com/inversenet/inversenet/kernels"
)

// A Form is a way to compute the inner steps.
type Form int

const (
	Auto Form = iota
	Direct
	Gram
	Closed
)

// A Workload is what an engine is planned for.
type Workload struct {
	Samples  int // of a batch
	Calls    int // with the same weights; those of a training change every time
	Training bool
	FromZero bool // the latents start at zero, whose first step needs no product W·Z
}

// cheapest picks the form that takes the least time for a workload.
func cheapest[T Float](t *kernels.Table[T], g *Generator[T], s *Settings, w Workload) Form {
	if !g.Affine() {
		return Direct
	}
	best, least := Direct, math.Inf(1)
	for _, form := range []Form{Direct, Gram, Closed} {
		if form == Closed && (!s.affine() || s.Adjoint.Stepwise) {
			continue
		}
		if c := newCosts(t, g, s).of(form, w); c < least {
			best, least = form, c
		}
	}
	return best
}

// costs estimates the time of each form, with vector multiply-adds at the core's
// best rate as the unit. What is the same for all forms is left out.
type costs struct {
	j, k, n float64
	squares float64 // ops of the closed form's map
	steps   float64
	state   float64 // its size, in units of k
	narrow  tiles   // products in the element type
	wide    tiles   // and in float64
}

// tiles are the register tiles of products.
type tiles struct{ rows, width int }

func newCosts[T Float](t *kernels.Table[T], g *Generator[T], s *Settings) *costs {
	c := &costs{j: float64(g.Pixels), k: float64(g.Latents), n: float64(s.Steps), state: 1}
	c.narrow = tiles{t.TileRows(), t.Width()}
	c.wide = tiles{t.TileRows(), max(1, t.Width()*sizeof[T]()/8)}
	c.steps = c.n - 1
	if s.uniform() {
		c.squares, c.steps = float64(bits.Len(uint(s.Steps))-1), float64(bits.OnesCount(uint(s.Steps))-1)
	}
	if !s.Method.plain() {
		c.state = 2
	}
	return c
}

// What is not a multiply-add costs as measured, per element or call.
const (
	latencyBound = 8    // multiply-adds that must be under way to keep the core busy
	perTile      = 25   // for each of a tile's vectors per row
	perProduct   = 130  // a call
	packing      = 5    // an element into a left factor, or from one type to the other
	turning      = 2    // an element into a transposed one
	perAlgebra   = 1500 // an operation on K×K matrices, however small
)

// product is the time of rows × depth weights on one panel row of so many vectors.
func (t tiles) product(rows, depth float64, vecs int) float64 {
	n := math.Ceil(rows / float64(t.rows))
	v := float64(vecs)
	return n*(depth*max(rows/n*v, latencyBound)+perTile*v) + perProduct
}

// panels visits the panels of a batch: how many vectors, how many such panels.
func (t tiles) panels(samples int, visit func(vecs, count int)) {
	visit(2, samples/t.width)
	switch rest := samples % t.width; {
	case rest > t.width/2:
		visit(2, 1)
	case rest > 0:
		visit(1, 1)
	}
}

// matmul is the time of a rows × depth × cols product in float64.
func (c *costs) matmul(rows, depth, cols float64) (sum float64) {
	c.wide.panels(int(cols), func(vecs, count int) { sum += float64(count) * c.wide.product(rows, depth, vecs) })
	return sum + packing*rows*depth
}

// symmetric is the time of a product of which half is computed.
func (c *costs) symmetric(size, depth float64) float64 {
	return 0.55*c.matmul(size, depth, size) + turning*size*size
}

// of is the time of a call, what is done once for all of them shared out.
func (c *costs) of(form Form, w Workload) (total float64) {
	once, each := c.direct, c.directSamples
	switch form {
	case Gram:
		once, each = c.gram, c.gramSamples
	case Closed:
		once, each = c.closed, c.closedSamples
	}
	c.narrow.panels(w.Samples, func(vecs, count int) { total += float64(count) * each(vecs, w) })
	if w.Training {
		return total + once(true)
	}
	return total + once(false)/float64(max(1, w.Calls))
}

// direct packs W twice, and unpacks its gradient.
func (c *costs) direct(training bool) float64 {
	if training {
		return c.j * c.k * (packing + 2*turning)
	}
	return c.j * c.k * (packing + turning)
}

// directSamples: W·Z and Wᵀ·R in each step; on the way back W·Λ and WᵀU, and two
// outer products of as many multiply-adds.
func (c *costs) directSamples(vecs int, w Workload) float64 {
	down, up := c.narrow.product(c.k, c.j, vecs), c.narrow.product(c.j, c.k, vecs)
	if !w.Training {
		return c.n * (up + down)
	}
	outer := c.outer(c.k, c.j, vecs)
	step := 2*(up+down) + 2*outer
	if w.FromZero {
		return (c.n-1)*step + down + outer
	}
	return c.n * step
}

// outer is the time of a rows × cols outer product over the samples of a panel,
// with what it takes to turn one factor.
func (c *costs) outer(rows, cols float64, vecs int) float64 {
	return rows*cols*float64(vecs)*1.1 + cols*float64(vecs)*4 + perProduct*math.Ceil(rows/float64(c.narrow.rows))
}

// gram forms A; its gradient is a product with W.
func (c *costs) gram(training bool) float64 {
	once := 2*perAlgebra + c.symmetric(c.k, c.j) + 4*packing*c.j*c.k + 3*packing*c.k*c.k
	if training {
		once += 2*perAlgebra + c.matmul(c.k, c.k, c.j) + 4*packing*c.j*c.k + 3*packing*c.k*c.k
	}
	return once
}

// gramSamples: C once, A·Z in each step; on the way back A·Λ and an outer product.
func (c *costs) gramSamples(vecs int, w Workload) float64 {
	step := c.narrow.product(c.k, c.k, vecs)
	once := c.narrow.product(c.k, c.j, vecs)
	if !w.Training {
		return once + c.n*step
	}
	return once + c.outer(c.k, c.j, vecs) + c.n*(2*step+c.outer(c.k, c.k, vecs)+4*c.k*float64(vecs))
}

// closed forms A, its map and H = Q·Wᵀ, and takes the same back.
func (c *costs) closed(training bool) float64 {
	ops := c.squares + c.steps
	size := c.state * c.k
	product := c.matmul(size, size, size)
	forward := 2 * ops * c.symmetric(size, size)
	backward := (3*c.squares+4*c.steps)*product + 4*ops*turning*size*size
	if c.state > 1 {
		forward, backward = 2*ops*product, 4*ops*product
	}
	once := (3+2*ops)*perAlgebra + c.symmetric(c.k, c.j) + c.matmul(c.k, c.k, c.j) + forward +
		2*packing*c.j*c.k + c.k*(c.k+c.j)*(2*packing+turning)
	if training {
		once += (4+4*ops)*perAlgebra + backward + 3*c.matmul(c.k, c.k, c.j) + 4*packing*c.j*c.k
	}
	return once
}

// closedSamples: one product with the data, on the way back one outer product.
func (c *costs) closedSamples(vecs int, w Workload) float64 {
	one := c.narrow.product(c.k, c.k+c.j, vecs)
	if w.Training {
		return one + c.outer(c.k, c.k+c.j, vecs)
	}
	return one
}

// work is about how many multiply-adds each sample takes, forward alone and with
// the adjoint: what tells whether a run is worth sharing.
type work struct{ forward, training float64 }

func (e *Engine[T]) work() (w work) {
	if e.shape.Physics != nil { // nobody knows
		return work{forward: math.Inf(1), training: math.Inf(1)}
	}
	weights := 0.0
	for _, l := range e.shape.Layers {
		weights += float64(l.Rows) * float64(l.Cols)
	}
	j, k, n := float64(e.shape.Pixels), float64(e.shape.Latents), float64(e.settings.Steps)
	switch e.form {
	case Gram:
		return work{j*k + n*k*k, 2*j*k + 3*n*k*k}
	case Closed:
		return work{k * (j + k), 2 * k * (j + k)}
	default:
		return work{2 * n * weights, 6 * n * weights}
	}
}

// of is the work on so many samples.
func (w work) of(samples int, training bool) float64 {
	if training {
		return w.training * float64(samples)
	}
	return w.forward * float64(samples)
}
