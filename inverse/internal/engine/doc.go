// Package engine is how inversions and trainings run: on panels of samples, shared
// among goroutines, in the form that is cheapest. It knows slices, shapes and weights,
// not the types that users see; package inverse checks what users give and describes
// it in a [Generator], [Settings], [Data] and a [Loss].
//
// # The map
//
// What everything stands on:
//
//	batch.go      matrices whose rows are samples, and small helpers
//	panel.go      a group of samples in the layout of package kernels
//	generator.go  layers or a user's physics, and the copy of weights that tells whether they changed
//	settings.go   the inner steps, the adjoint, what is wanted and where it goes
//	shards.go     the parts that gradients are summed in, and the tree that adds them
//	engine.go     Engine, runner and worker: an inner loop in one form
//
// Fields, the gradient of ½‖G(z) − x‖² and its adjoint:
//
//	field.go      what a field is
//	direct.go     layers as they are written; layers.go, activation.go: their passes
//	gram.go       a linear generator by its normal equations
//	physics.go    a user's generator, sample by sample
//	target.go     b − X, which residuals start from
//	atoms.go      ‖W_k‖, which residuals of latents are measured by
//
// The walk, which takes the steps of any field and goes back through them:
//
//	walk.go       forward
//	method.go     where a step starts, and what momentum sends back
//	trail.go      the latents that are remembered, all or √N checkpoints
//	stopping.go   when a sample stops; certify.go: the optimality residual
//	adjoint.go    back through the steps; learned.go: to step sizes, thresholds and priors
//	implicit.go   back by the condition of a minimum; factor.go, conjugate.go: solved exactly, iteratively
//	tangents.go   derivatives carried forward with the steps
//
// In place of a walk:
//
//	closed.go     all steps as one affine map
//
// Ends, what stands behind the latents:
//
//	head.go       outputs from latents, and back; reader.go: forwards alone
//	loss.go       losses and their gradients; entropy.go: the cross entropies
//
// Runs, what package inverse calls:
//
//	inversion.go  batches in, latents out, and traces; judge.go: how each sample ended
//	backpropagation.go  ∂L/∂z_N in, derivatives out
//	training.go   loss and gradient of a model; dataset.go: its samples in panels
//	plan.go       which form is cheapest
//	spectrum.go   λmax; finite.go: whether all numbers are
//
// # Data flow
//
// A call hands over the whole generator ([Engine.Load]) and a batch. A job packs one
// panel, takes it forward by its worker, and unpacks the latents; or it goes on through
// head and loss and backward into the partial gradient of its shard. The tree adds the
// partials, and the runner makes the derivatives in the parameters of their sum.
// Arrows point down this list: runs know ends, walk and closed; these know fields;
// fields know the ground. Of a step a field knows no more than its number, and the walk
// looks at weights for implicit gradients only.
//
// # Memory and concurrency
//
// The caller owns what it hands over; nothing of it is kept after a call but a copy of
// the weights, and by a [Training] its data. A runner is loaded by one goroutine and read-only while workers use it.
// A worker owns its panels, and with them z, residuals and the trail; there is one for
// each goroutine. What forward returns is valid until the next call. A shard has one
// partial, which one goroutine at a time writes to. An [Inversion] or a [Training] runs
// one call at a time; only Halt and Resume may come from elsewhere meanwhile.
package engine
