// Package optim moves parameters against their gradients: gradient descent,
// momentum and Adam with decoupled weight decay, learning-rate schedules, and
// clipping of the gradient's norm. It works on plain slices and knows nothing of
// the models they belong to.
//
// # A step
//
// Settings are plain values, whose zero value works, and [New] makes an
// [Optimizer] of them for a list of parameters. With g the gradient of parameter
// x, η the rate passed to Step times the parameter's own Rate, and λ the
// settings' WeightDecay (0 where the parameter's Decay is false):
//
//	GradientDescent   x ← x − η·(λ·x + g)
//	Momentum          u ← μ·u + g                    x ← x − η·(λ·x + u)
//	  with Nesterov                                  x ← x − η·(λ·x + g + μ·u)
//	Adam              m ← m + (1−β₁)·(g − m)
//	                  v ← v + (1−β₂)·(g² − v)        x ← x − η·(λ·x + m̂/(√v̂ + ε))
//	                  m̂ = m/(1−β₁ᵗ), v̂ = v/(1−β₂ᵗ), t = 1 at the first step
//
// Weight decay is decoupled from the gradient's history (I. Loshchilov and
// F. Hutter, "Decoupled weight decay regularization", 2019), so that Adam with a
// WeightDecay is AdamW. Adam is D. P. Kingma and J. Ba's (2015), momentum that of
// I. Sutskever et al. (2013) as PyTorch writes it, with the rate outside of u.
//
// # Bits
//
// Every operation of a step rounds once to the type of the parameter, products
// are never fused into sums, and coefficients that depend on the step alone are
// computed in float64: a step gives the same bits on every architecture and with
// every kernel. At every 64th step, what an optimiser remembers is set to zero
// where it is smaller than the smallest normal number: parameters that nothing
// uses any more would otherwise leave numbers behind whose arithmetic costs
// hundreds of cycles on some processors.
//
// # Concurrency
//
// An Optimizer is for one goroutine at a time.
package optim
