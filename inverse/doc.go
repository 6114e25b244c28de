// Package inverse inverts generative models by gradient descent and trains them
// through that inversion.
//
// A generator G maps a latent z of K numbers to an observation x of J numbers (the
// pixels of an image, say). To predict is to run it backwards: N inner steps on
//
//	f(z) = ½‖G(z) − x‖² + ½·Ridge·‖z‖² + Sparse·‖z‖₁
//
// from a start z₀, and a head that reads the latent they end at. To train is to take
// the gradient of an outer loss through all N steps and move the generator, the head
// and, where asked for, the steps themselves. To generate is to run it forwards. The
// field calls this unrolled optimisation, deep unfolding, bilevel learning or
// analysis by synthesis.
//
// # Where to begin
//
//	what can be inverted    Linear, Activated, MLP, Physics of one's own
//	how                     Inner, with Momentum, Prox, Form and Differentiation
//	invert                  Model.Invert and Model.Predict; Solver to do it often
//	gradients               Solver.Backpropagate, for losses of one's own
//	train                   Fit; Trainer, step by step; Problem, by gonum's optimisers
//	losses                  SoftmaxCrossEntropy, LogisticCrossEntropy, SquaredError, LossFunc
//	look inside             Stats, Trace, DivergenceError, MinimumError
//
// Package optim has the optimisers, package gradcheck tells whether derivatives of
// one's own are right, and package modelfile opens and saves what was trained.
//
// # If you look for
//
// Each has an example that solves a problem whose answer is known.
//
//	ridge regression, Tikhonov          Inner.Ridge                     Example_ridgeRegression
//	non-negative least squares (NNLS)   Prox NonNegativeLatents         Example_nonNegativeLeastSquares
//	bounded least squares               Prox Box                        ExampleProx
//	lasso, basis pursuit, ISTA          Inner.Sparse                    Example_lasso
//	FISTA, Nesterov, heavy ball         Momentum                        Example_deconvolution, ExampleMomentum
//	elastic net                         Ridge and Sparse                Example_elasticNet
//	LISTA, deep unfolding               LearnSteps, LearnThresholds     Example_lista
//	dictionary learning, sparse coding  the generator as its own head   Example_dictionaryLearning
//	non-negative matrix factorisation   the same, with a constraint     Example_nonNegativeMatrixFactorisation
//	deconvolution                       Linear with a banded W          Example_deconvolution
//	learning a regulariser, bilevel     Gradients.Ridge and Sparse      Example_learningARegulariser
//	fitting a physical model            Physics                         ExamplePhysics, Example_physics
//	implicit differentiation            Implicit                        ExampleDifferentiation, ExampleMinimumError
//	a loss of one's own                 LossFunc                        ExampleLossFunc
//	sample and class weights            Data                            ExampleData
//	is it solved?                       InvertContext, Stats            ExampleStats
//	gradient checkpointing              Unrolled{Checkpoint: true}      ExampleUnrolled
//	gradients in x, steps, thresholds   Gradients                       ExampleGradients
//	L-BFGS                              Problem                         ExampleProblem
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
// Ridge·Z to WᵀD, a sparse prior s·Sparse to the threshold of the prox. An [MLP]
// takes the same two passes through every layer; a [Physics] supplies Jᵀ·r and, for
// gradients, the derivatives of ⟨v, Jᵀ·r⟩ ([SecondOrder]).
//
// With Y = Z + μ·(Z − Z⁻), the heavy ball steps from Y with the gradient at Z, and
// [Nesterov] and [FISTA] with the gradient at Y. Plain descent shrinks the error
// along an eigenvalue λ of WᵀW by 1 − s·λ a step, momentum at its best by 1 − √(s·λ):
// for the article's scalar example of slope 0.05, 919 steps instead of 55,256, see
// docs/momentum.md and the example of [Momentum].
//
// With L = λmax(WᵀW) + Ridge, plain steps converge below 2/L, with a heavy ball below
// 2(1+μ)/L, with Nesterov below 2(1+μ)/((1+2μ)·L), with FISTA up to 4/(3·L).
// Inner.AutoStep takes 1/L, and a [DivergenceError] says which bound was broken.
//
// # Three forms of a linear generator
//
// All are the same mathematics; see [Form]. [Auto] takes the one that an estimate of
// the time finds cheapest for the size of the batch.
//
// Direct: the step as it is written, 2·J·K multiply-adds a sample.
//
// Gram: with A = WᵀW + Ridge and C = Wᵀ(X − b),
//
//	Z⁺ = prox(Z − s·(A·Z − C))      K² a sample and step
//
// whose gradient needs the K×K sum S = Σ Z_n·Λ̂ₙᵀ and L = Σ Λ̂ₙ over the steps, with
// Λ̂ = s·Λ̃, because every residual is W·Z_n + b − X:
//
//	∂W = −W·(S + Sᵀ) + (X − b)·Lᵀ      ∂b = −W·L·1
//
// Closed: without a prox, a sparse prior and a tolerance, all N steps are one affine
// map,
//
//	Z_N = P·Z₀ + Q·C      P = Mᴺ      Q = s·Σ_{k<N} Mᵏ      M = I − s·A
//
// found from (I, 0) by doubling, (P, Q) → (P², P·Q + Q), and, for each bit of N that
// is set, a step, (P, Q) → (M·P, M·Q + s·I). log₂N products of K×K matrices replace N
// steps of B samples; the exact gradient is the same list in reverse, and momentum
// the same on 2K numbers. Where steps differ in size, or in momentum as FISTA's do,
// it takes a product for each of the N steps. The algebra is float64 also for float32
// models.
//
// # Which solver, which differentiation, when
//
// A nil Differentiation is exact: [Closed] where the closed form runs, [Unrolled]
// elsewhere. What cannot be combined is refused at construction, with a reason.
//
//	situation                         form              differentiation  why; limits
//	--------------------------------  ----------------  ---------------  -------------------------------------------
//	linear, equal steps, plain,       Auto: often       nil: Closed or   exact in log₂N products of K×K matrices
//	  heavy ball or Nesterov          closed              Unrolled       (2K×2K with momentum); ClosedForm forces it
//	linear, steps that differ, FISTA  Auto              nil              exact; closed takes N products here
//	linear, prox, sparse prior,       Auto: often       nil: Unrolled    exact, back through the steps that each
//	  tolerance                       Gram                               sample took; closed does not apply
//	linear, ill-conditioned, float64  DirectForm        Unrolled         the last digits, see Accuracy; slowest
//	very many steps, exact gradient   direct or Gram    Unrolled with    memory for 2·√N steps instead of N, one
//	                                                    Checkpoint       more walk forward, the same bits
//	near a minimiser                  direct or Gram    Implicit         remembers no step; as near to exact as z_N
//	                                                                     to the minimiser; see below
//	far from a minimiser              direct or Gram    Truncated{T}     back through T steps and not N; what is left
//	                                                                     out falls as (1 − s·λmin)^T for plain steps
//	a fast method near its fixed      direct or Gram    OneStep          the cheapest; error like the contraction of
//	  point                                                              one step
//	a handful of parameters           direct or Gram    Forward          exact, one recursion for each parameter;
//	                                                                     linear only, no other gradients;
//	                                                                     Forward{Steps} is the article's
//	learned step sizes                Auto              nil              exact; not AutoStep, Implicit or Forward
//	learned thresholds                direct or Gram    nil: Unrolled    exact; Soft or NonNegativeSoft
//	Activated, MLP                    direct            nil: Unrolled    also Truncated, OneStep and Implicit; set
//	                                                                     LearningRate: they have no LambdaMax
//	Physics of one's own              direct            nil: Unrolled    the same; any gradient needs SecondOrder,
//	                                                                     one in x Tangent
//	full batches, to the minimum      as above          as above         Problem with L-BFGS in place of Fit; not
//	                                                                     AutoStep
//
// [Implicit] takes z_N as a minimiser of f: on the latents that no bound holds
// ∇f = 0, and with H = ∇²f there
//
//	H·u = ∂L/∂z      ∂L/∂φ = −⟨u, ∂φ∇f⟩
//
// It does not apply where that minimiser is not unique: where more latents are free
// than there are pixels and there is no ridge (K > J without a prior, say), or where
// the curvature is singular or not positive. That is a [MinimumError] with the
// sample, not a number. Fixed thresholds, which are a prior for one step size only,
// are refused; starts get the derivative 0, step sizes and thresholds none.
//
// # Parameters and rules
//
// [Outer] has a rate for the generator, one for the head and one for what the inner
// loop learns; its Constraint applies to every weight matrix of the generator. A
// [Rule] gives a parameter, by name, a rate, a weight decay and a constraint of its
// own. A rate of 0 means that nothing touches the parameter. An update happens whole
// or not at all: one that would not be finite leaves the model as it was.
//
// # Tolerance and statistics
//
// Inner.Tolerance stops each sample by itself, at a result where the optimality
// residual
//
//	ρ = (z − prox(z − s·∇f(z)))/s
//
// is for every latent at most Tolerance·√(‖W_k‖² + Ridge)·‖x − G(0)‖: neither a short
// step nor the units of x and z can pass for an answer. [Solver.InvertContext] tells
// of each sample the steps, a [Status], the loss and ‖ρ‖, with or without a tolerance.
//
// # Contexts
//
// [Fit], [Trainer], [Problem.Minimize] and [Solver.InvertContext] end soon after their
// context does, and return its error. An inversion ends within an inner step and leaves
// what it reached in z; a training ends before the iteration in progress is over, and
// leaves the model as the last whole one left it.
//
// # What is kept between calls
//
// A [Solver] copies its settings. Weights are not copied: every call takes over the
// whole generator, also where its slices were replaced, and panics when shapes changed. What follows from weights (λmax, the Gram matrix, the closed
// map, packed weights) it keeps while they are the same bit by bit; of a [Physics] it
// keeps nothing. A form that [Auto] has chosen stays.
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
// # Layout and concurrency
//
// Public matrices are row-major with samples as rows. Inside, samples are lanes:
// the batch is cut into panels of a few vectors of samples, and a panel's latents,
// residuals and adjoints stay in the caches for all N steps; package kernels has
// the layout. A sample's result depends on no other sample: it is the same to the
// bit alone and in any batch of a solver, also when a tolerance stops its neighbours,
// as long as the step is the same, which under [MeanAll] depends on the size of the
// batch unless Inner.Samples fixes that.
//
// Panels go to goroutines without a barrier between steps. Gradients are summed in
// at most 16 shards, whose bounds depend on the number of panels alone, and the
// shards in a fixed tree: any number of threads gives the same bits. Instruction
// sets differ in the last digits: pure Go fuses no multiplication into an addition,
// and panels of other widths group the sums over samples differently.
//
// A [Solver], [Trainer] or [Problem] is for one goroutine at a time, and allocates
// nothing once its buffers have grown, but for λmax of new weights under AutoStep, a
// [Solver.Backpropagate] without a Generator to set, what [Solver.Trace] returns, and
// watching a context that can end. Many solvers may share a generator, each in a
// goroutine of its own, as long as nobody trains it.
//
// Shapes that do not fit panic before anything is written, as in gonum. Data that
// cannot be used, settings that do not go together and divergence are errors.
package inverse
