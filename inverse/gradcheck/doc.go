// Package gradcheck tells whether hand-written derivatives are right. It knows
// functions and slices only, so that it can be pointed at a generator of one's
// own, at a loss, or at anything else:
//
//	FiniteDifference  ∇f of a scalar f, component by component
//	Taylor            ∇f of a scalar f along one direction, by the order of the remainder
//	Directional       J·v of a vector map, output by output
//	DotProduct        Jᵀ·w against J·v: ⟨J·v, w⟩ = ⟨v, Jᵀ·w⟩
//
// FiniteDifference says which component is wrong and costs 20 evaluations of f
// for each. Taylor costs 31 evaluations in all and says only that one is wrong.
// A map with both products is right when Directional and DotProduct pass: the
// first compares J·v with the map, the second Jᵀ·w with J·v.
//
// Every check returns a report that prints as a table, also when it fails. The
// error is nil when the derivatives are right, [ErrMismatch] when they are
// wrong, and [ErrUnresolved] when the function is too rough or too coarsely
// rounded to tell; other errors are about the arguments.
//
// # Functions in float32
//
// A function that computes in float32 is noisy where derivatives are measured.
// Set Noise to 0x1p-23 or a few times that, and Tolerance to about 1e-3.
package gradcheck
