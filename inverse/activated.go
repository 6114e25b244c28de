package inverse

import (
	"github.com/inversenet/inversenet/inverse/internal/engine"
	"github.com/inversenet/inversenet/kernels"
)

// Activated is the generator x = σ(W·z + b); as a head, it reads o = σ(W·z + b).
//
// It has no LambdaMax: how steep ‖G(z) − x‖² is depends on z, so its step sizes
// are the caller's to choose. With |σ'| ≤ 1, and where the residuals are small,
// s < 2/λmax(WᵀW) keeps plain descent from diverging.
type Activated[T Float] struct {
	// Linear is W·z + b.
	Linear Linear[T]
	// Activation is σ; the zero value is the identity.
	Activation kernels.Activation
}

// Pixels is the number of elements of an observation x.
func (g *Activated[T]) Pixels() int { return g.Linear.Pixels() }

// Latents is the number of elements of a latent z.
func (g *Activated[T]) Latents() int { return g.Linear.Latents() }

// Parameters lists W and, if there is one, the bias.
func (g *Activated[T]) Parameters() []Parameter[T] { return g.Linear.Parameters() }

// Generate computes x = σ(W·z + b) for every row z of the latents; dst has a row
// of pixels for each. It panics, before it writes, when shapes do not fit or dst
// and z share memory.
func (g *Activated[T]) Generate(dst, z Matrix[T]) { generate[T](g, dst, z) }

// describe sets dst to a perceptron of one layer.
func (g *Activated[T]) describe(dst *engine.Generator[T]) {
	g.Linear.describe(dst)
	dst.Output = g.Activation
}

func (g *Activated[T]) appendValues(dst [][]T) [][]T { return g.Linear.appendValues(dst) }

func (g *Activated[T]) finite() bool { return g.Linear.finite() }
