// Package inverse inverts generative models by gradient descent and trains them
// through that inversion.
//
// A generator G maps a latent z of K numbers to an observation x of J numbers (the
// pixels of an image, say). To predict is to run it backwards: N inner steps on
// ‖G(z) − x‖² from a start z₀, and a head that reads the latent they end at. To
// train is to take the gradient of an outer loss through all N steps and move the
// generator, the head and, where asked for, the steps themselves. To generate is
// to run it forwards. The field calls this unrolled optimisation, deep unfolding,
// bilevel learning or analysis by synthesis.
//
// [Model], [Fit] and [Model.Predict] are the short way; [Solver] inverts and
// differentiates for losses of one's own; [Trainer] takes training steps one at a
// time, and [Problem] hands the loss to the optimisers of gonum.
//
// # A step and its adjoint
//
// Formulas have samples as columns: X is J×B, Z is K×B, W is J×K. The step taken is
// s = α·r, with the learning rate α and r from the [Reduction] of the squared error
// (2, 2/J or 2/(J·B)). With the output activation σ and the prox of the constraint:
//
//	A = W·Z + b      R = σ(A) − X      D = R ⊙ σ'(A)      Z⁺ = prox(Z − s·WᵀD)
//
// and back, given Λ⁺ = ∂L/∂Z⁺:
//
//	Λ̃ = Λ⁺ ⊙ prox'      U = W·Λ̃      V = U ⊙ (σ'(A)² + R ⊙ σ''(A))
//	Λ = Λ̃ − s·WᵀV       ∂W −= s·(D·Λ̃ᵀ + V·Zᵀ)       ∂b −= s·V·1       ∂s −= ⟨WᵀD, Λ̃⟩
//
// For a [Linear] generator σ is the identity, D = R and V = U. A ridge adds
// ridge·Z to WᵀD, a sparse prior s·Sparse to the threshold of the prox. An [MLP]
// takes the same two passes through every layer; a [Physics] of one's own supplies
// Jᵀ·r and, for gradients, the derivatives of ⟨v, Jᵀ·r⟩ ([SecondOrder]). Package
// gradcheck tells whether they are right.
//
// # Momentum
//
// With Y = Z + μ·(Z − Z⁻), the heavy ball steps from Y with the gradient at Z, and
// [Nesterov] and [FISTA] with the gradient at Y. Their adjoints send back, besides
// ∂Z, the part of ∂Z⁻ that the step before picks up, −μ·Λ̃ for the heavy ball.
// Plain descent shrinks the error along an eigenvalue λ of WᵀW by 1 − s·λ a step,
// momentum at its best by 1 − √(s·λ): for the article's scalar example of slope
// 0.05, 919 steps instead of 55,256. docs/momentum.md has the table, and the
// example of [Momentum] prints it.
//
// Steps converge below 2/λmax(WᵀW), with a heavy ball below 2(1+μ)/λmax.
// Inner.AutoStep takes 1/λmax, and a [DivergenceError] says which bound was broken.
//
// # Three forms of a linear generator
//
// All are the same mathematics; see [Form].
//
// Direct: the step as it is written, 2·J·K multiply-adds a sample.
//
// Gram: with A = WᵀW + ridge and C = Wᵀ(X − b),
//
//	Z⁺ = prox(Z − s·(A·Z − C))      K² a sample and step
//
// whose gradient needs the K×K sum S = Σ Z_n·Λ̂ₙᵀ and L = Σ Λ̂ₙ over the steps, with
// Λ̂ = s·Λ̃, because every residual is W·Z_n + b − X:
//
//	∂W = −W·(S + Sᵀ) + (X − b)·Lᵀ      ∂b = −W·L·1
//
// Closed: without a prox all N steps are one affine map,
//
//	Z_N = P·Z₀ + Q·C      P = Mᴺ      Q = s·Σ_{k<N} Mᵏ      M = I − s·A
//
// found from (I, 0) by doubling and, for each bit of N that is set, a step:
//
//	(P, Q) → (P², P·Q + Q)      (P, Q) → (M·P, M·Q + s·I)
//
// log₂N products of K×K matrices replace N steps of B samples. The exact gradient
// is the same list in reverse. With G = ∂L/∂Z_N it begins at ∂P = G·Z₀ᵀ and
// ∂Q = G·Cᵀ, goes back over
//
//	doubling    ∂P ← ∂P·Pᵀ + Pᵀ·∂P + ∂Q·Qᵀ      ∂Q ← ∂Q + Pᵀ·∂Q
//	step        ∂P ← Mᵀ·∂P    ∂Q ← Mᵀ·∂Q        ∂M += ∂P·Pᵀ + ∂Q·Qᵀ  (of the old ∂P, ∂Q)
//
// and ends with ∂A = −s·∂M, ∂W = W·(∂A + ∂Aᵀ) + (X − b)·(Qᵀ·G)ᵀ and
// ∂b = −W·Qᵀ·G·1. Momentum is the same on the state (Z_n, Z_{n−1}) of 2K numbers. Where steps differ in size, or in
// momentum as FISTA's do, nothing can be squared: one product for each of the N
// steps. The algebra is float64 also for float32 models.
//
// It does not apply to any [Prox], a sparse prior, a tolerance or a nonlinear
// generator: those steps are not affine, or not all taken.
//
// # Accuracy
//
// With ε the rounding unit of the element type (2⁻²⁴ or 2⁻⁵³), ε₆₄ that of float64
// and κ the condition number of WᵀW, errors in the Frobenius norm relative to the
// exact result of N plain steps with s = 1/λmax are at most
//
//	               latents                  gradient in W
//	direct, Gram   ε·min(N, κ)              5·ε·min(N, κ)
//	closed         4·ε + ε₆₄·min(N, κ)      4·ε + ε₆₄·min(N, κ)
//
// as measured up to κ = 1e6 for 64 pixels and 10 latents; docs/conditioning.md has
// the table. In float32 the closed form is therefore more accurate than the steps,
// and in float64 direct is the most accurate for ill-conditioned W.
//
// # Implicit gradients
//
// As N grows, z_N tends to where ∇f(z) = 0 on the latents that no bound holds, and
// its gradient to that condition's: with H = ∇²f there,
//
//	H·u = ∂L/∂z      ∂L/∂φ = −⟨u, ∂φ∇f⟩
//
// [Implicit] solves for u by conjugate gradients, each sample for itself, and
// remembers no step.
//
// # Which solver, which differentiation, when
//
// A nil Differentiation is exact: [Closed] where the closed form runs, [Unrolled]
// elsewhere. The form [Auto] takes the cheapest that applies by a count of
// multiply-adds. What cannot be combined is refused at construction, with a reason.
//
//	situation                         form              differentiation  why; limits
//	--------------------------------  ----------------  ---------------  -------------------------------------------
//	linear, equal steps, plain,       Auto: closed,     nil: Closed or   exact in log₂N products of K×K matrices
//	  heavy ball or Nesterov          Gram for a few      Unrolled       (2K×2K with momentum); ClosedForm forces it
//	                                  samples
//	linear, steps that differ, FISTA  Auto: closed for  nil              exact; closed takes N products here, worth
//	                                  large batches                      it for large B only
//	linear, prox, sparse prior        Auto: Gram when   nil: Unrolled    exact; closed does not apply
//	                                  K < 2J
//	linear, tolerance                 Auto: Gram        nil: Unrolled    back through the steps each sample took; or
//	                                                                     Implicit, when the tolerance is small
//	linear, ill-conditioned, float64  DirectForm        Unrolled         the last digits, see Accuracy; slowest
//	very many steps with a prox       Auto: Gram        Implicit         memory does not grow with N; as near to
//	                                                                     exact as z_N to a minimiser; no fixed
//	                                                                     thresholds; starts, step sizes and
//	                                                                     thresholds get no gradient
//	the same, far from a minimiser    Auto: Gram        Truncated{T}     back through T steps and not N; what older
//	                                                                     steps add, and is left out, falls as
//	                                                                     (1 − s·λmin)ᵀ for plain steps
//	a fast method near its fixed      Auto: Gram        OneStep          the cheapest; error like the contraction of
//	  point                                                              one step
//	a handful of parameters           direct or Gram    Forward          exact, one recursion for each parameter;
//	                                                                     linear only; Forward{Steps} is the article's
//	learned step sizes                Auto              nil              exact; not Implicit or Forward
//	learned thresholds                Auto: Gram        nil: Unrolled    exact; Soft or NonNegativeSoft
//	Activated, MLP                    direct            nil: Unrolled    also Truncated, OneStep and Implicit; set
//	                                                                     LearningRate, AutoStep needs a LambdaMax
//	Physics of one's own              direct            nil: Unrolled    the same; any gradient needs SecondOrder
//	small steps, small θ, slow        as above, with    as above         see Momentum
//	  convergence                     momentum
//	full batches, to the minimum      as above          as above         Problem with L-BFGS in place of Fit
//
// # Layout and concurrency
//
// Public matrices are row-major with samples as rows. Inside, samples are lanes:
// the batch is cut into panels of a few vectors of samples, and a panel's latents,
// residuals and adjoints stay in the caches for all N steps; package kernels has
// the layout. A sample's result depends on no other sample: it is the same to the
// bit alone and in any batch, also when a tolerance stops its neighbours, as long as
// the step is the same, which under [MeanAll] depends on the size of the batch.
//
// Panels go to goroutines without a barrier between steps. Gradients are summed in
// at most 16 shards, whose bounds depend on the number of panels alone, and the
// shards in a fixed tree: any number of threads gives the same bits. Instruction
// sets differ in the last digits: pure Go fuses no multiplication into an addition,
// and panels of other widths group the sums over samples differently.
//
// A [Solver], [Trainer] or [Problem] is for one goroutine at a time, and allocates
// nothing once its buffers have grown, but for the power iteration of AutoStep and
// what [Solver.Trace] returns. Many solvers may share a generator, each in
// a goroutine of its own, as long as nobody trains it.
//
// Shapes that do not fit panic before anything is written, as in gonum. Data that
// cannot be used, settings that do not go together and divergence are errors.
package inverse
