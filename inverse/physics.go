package inverse

import "fmt"

// Physics is a generator of the user's own, on one sample at a time. Its methods
// are called from several goroutines at once and must not keep or share memory. A
// panic of one of them ends the call in progress and reaches its caller.
//
// One that knows the largest eigenvalue of JᵀJ can have a method LambdaMax()
// float64 besides, for [Inner] with AutoStep; gradients through the inversion need
// [SecondOrder], and those in x [Tangent].
type Physics[T Float] interface {
	// Generate can be one line, see [GenerateRows].
	Generator[T]
	// Forward sets x = G(z).
	Forward(x, z []T)
	// Gradient sets dz = Jᵀ·r for the Jacobian J of G at z.
	Gradient(dz, z, r []T)
}

// SecondOrder is what differentiation through the inner steps needs besides: the
// derivatives, with v and x held fixed, of
//
//	h = ⟨v, J(z)ᵀ·r⟩ = Σ_j (J_j·v)·r_j      r = G(z) − x
//
// where J_j is row j of the Jacobian. Because r moves too, they have two terms:
// with H_j the second derivatives of x_j in z,
//
//	∂h/∂z = Σ_j r_j·(H_j·v) + (J_j·v)·J_j
//	∂h/∂φ = Σ_j r_j·∂(J_j·v)/∂φ + (J_j·v)·∂G_j/∂φ
type SecondOrder[T Float] interface {
	// Differentiate sets dz = ∂h/∂z and adds ∂h/∂φ to dparams, in the order of
	// Parameters. A nil dparams is not wanted.
	Differentiate(dz []T, dparams [][]T, z, r, v []T)
}

// Tangent is what the gradient in x, see [Gradients], needs of a [Physics] besides.
type Tangent[T Float] interface {
	// Tangent sets dx = J·v for the Jacobian J of G at z.
	Tangent(dx, z, v []T)
}

// GenerateRows calls g.Forward on every row of z, to set the same row of dst; it is
// what Generate has to do in a [Physics]. It panics, before it writes, unless z has
// rows of g's latents and dst as many rows of its pixels.
func GenerateRows[T Float](g Physics[T], dst, z Matrix[T]) {
	z.mustBe("latents", -1, g.Latents())
	dst.mustBe("dst", z.Rows, g.Pixels())
	mustBeApart("dst", dst, "latents", z)
	for i := range z.Rows {
		g.Forward(dst.Row(i), z.Row(i))
	}
}

// differentiable returns an error for generators that can be inverted but not
// trained through the inversion.
func differentiable[T Float](g Generator[T]) error {
	if _, ok := ownOf(g); ok {
		return nil
	}
	if _, ok := g.(SecondOrder[T]); !ok {
		return fmt.Errorf("generator %T: gradients through the inversion need its method Differentiate, see SecondOrder", g)
	}
	return nil
}
