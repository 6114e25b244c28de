// Package activeset finds the exact minimiser of
//
//	f(z) = ½‖Wz + b − x‖² + ½·ridge‖z‖² + Σ_j λ_j·|z_j|      lower ≤ z ≤ upper
//
// for many samples x that share W: non-negative and bounded least squares, ridge
// regression, lasso, elastic net, and what lies between them. It sees of W and x
// only
//
//	A = WᵀW + ridge·I      c = Wᵀ(x − b)      ‖x − b‖²
//
// of which ½zᵀAz − cᵀz + Σ λ|z| is what depends on z. A [Gram] holds A and is
// shared, a [Problem] adds penalty and bounds and is shared, a [Solver] works on one
// sample at a time, and is for one goroutine.
//
// # The method
//
// Each latent's penalty is linear between breakpoints: its bounds, and 0 where λ > 0.
// In the support S are the latents inside of a piece; the others are held at a
// breakpoint, or at 0 where nothing has moved them yet. With σ the slope of the
// penalty over λ, z is the minimiser if, with r = c − Az,
//
//	r_j = λ_j·σ_j for j in S          that is A_SS·z_S = c_S − λ_S·σ_S − A_SB·z_B, B the others
//	−down_j ≤ r_j ≤ up_j elsewhere    λ_j on each side of 0; infinite towards a bound's outside
//
// A latent that breaks its bound on r enters the support, the one that exceeds most
// first. The support then moves to its minimum, along a straight line; what would be
// carried beyond the end of its piece stops there, and leaves. The objective falls
// strictly in each round, so that no support is seen twice and the rounds end: this is
// C. L. Lawson and R. J. Hanson's active set (1974), on the Gram matrix as
// R. Bro and S. de Jong (1997) run it, with signs as in feature-sign search
// (H. Lee, A. Battle, R. Raina and A. Y. Ng, 2007). Where supports are large, several
// latents enter at once, as in L. F. Portugal, J. J. Júdice and L. N. Vicente (1994)
// and J. Kim and H. Park (2011), but along the line, so that the fall stays strict.
//
// A_SS is held as a Cholesky factor that grows by a row (one triangular solve) and
// shrinks by rotations. A column that depends on those of the support leaves no Schur
// complement; its latent then slides along the null vector, at the same Wz, until
// something arrives at an end. Such a latent replaces one of the support, or cannot
// move. The correlation r is computed from z each time and never updated, so
// that errors do not add up.
//
// # Bits
//
// When no latent wants to enter, the support is factored again, in ascending order,
// and solved for: the bits of z depend on A, c, the terms and on which latents are
// in S, and on nothing else: not on the start, the order of pivots, other samples or
// threads. What the start can still decide is which of several supports is found
// where the minimiser has more than one: where it is not unique, or where a latent is 0,
// or at a bound, and its r at the limit, both to within rounding. From the same start
// the bits are always the same.
//
// # Precision
//
// All is float64. A is scaled to a diagonal between ½ and 2 by powers of two, which
// makes tolerances independent of the size of columns. A gradient counts as being on the
// wrong side beyond 128·2⁻⁵²·(2·Σ|z| + max|c|), in these units, some 3e-14.
//
// A knows columns no better than to the square root of its rounding: columns of unit
// length that differ by less than about 8e-8 are one to it. If the sample tells them
// apart, the status is [Unresolved], and the objective above its minimum by up
// to r²/(2s), where r is the gradient that is left and √s the distance of the
// columns. Close to that limit, rounding could lead from support to support for
// ever; after 2K + 32 pivots the limit rises, slowly, until it does not.
//
// Columns of zeros (without ridge) leave their latent where it costs least, nearest to 0.
//
// # The certificate
//
// For any θ in the dual, P(z) − D(θ) bounds the distance of z from the optimum. With
// W̃ = (W; √ridge·I), the residual r̃ = (x − b, 0) − W̃z and θ = r̃, the gap is
//
//	Σ_j λ_j|z_j| − r_j·z_j + sup_t { r_j·t − λ_j|t| − ½·ridge·(t − z_j)² }      lower_j ≤ t ≤ upper_j
//
// each term of which is not negative, and 0 at the minimiser; the last part is strong
// convexity. Without ridge, a latent that is unbounded makes it infinite where
// |r_j| > λ_j. Then θ = s·r̃ with s ≤ λ_j/|r_j| adds ½(1−s)²‖r̃‖², and with
// non-negative latents, where λ may be 0, θ = r̃ − t·W̃·1 adds ½t²·1ᵀA1 and lowers r by
// t·A·1. The latter needs positive row sums of A, which non-negative W has.
//
// # Derivatives
//
// While the support stays as it is, z depends smoothly on everything. For a loss L with
// v = ∂L/∂z, and u_S = A_SS⁻¹·v_S, u = 0 elsewhere (see [Solver.Adjoint]),
//
//	∂L/∂c = u        ∂L/∂A = −u·zᵀ        ∂L/∂λ_j = −σ_j·u_j        ∂L/∂ridge = −uᵀz
//	∂L/∂(x − b) = W·u        ∂L/∂W = e·uᵀ − (W·u)·zᵀ,  e = x − b − Wz        ∂L/∂bound_j = (v − A·u)_j
//
// the last for latents that are held at a bound.
package activeset
