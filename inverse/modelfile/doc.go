// Package modelfile opens and saves trained models, and reads data with them.
//
// [Open] is the short way to what a trained model says about rows as they stand in
// the data: it returns a [Predictor], which scales them as training did, inverts
// the generator with the step that it was trained with, and gives classes,
// probabilities, latents and reconstructions. [ReadFile] and [Read] give the
// [File] behind it, and [Load] the model itself, to go on training or to look at.
// [WriteFile] and [Write] save one.
//
// A file is in the safetensors format, which Python reads with the packages
// safetensors and NumPy.
//
// # Arrays
//
// The arrays hold every number that training moves, row-major, as F32 or F64 like
// the model; an array that a model does not have is left out:
//
//	generator.weight     pixels × latents, for the kinds linear and activated
//	generator.bias       pixels
//	generator.1.weight   width × latents, for the kind mlp: layer 1, 2, …
//	generator.1.bias     width
//	head.weight          outputs × latents, and so on as for the generator
//	head.bias            outputs
//
// and, always as F64, what belongs to the inversion and to the data:
//
//	inner.step_sizes     α of each inner step
//	inner.thresholds     of the soft thresholds, one or one for each latent
//	inner.lower          bounds of the box, one or one for each latent
//	inner.upper
//	inner.start          the latent that inversions start from, zeros if missing
//	data.mean            mean row of the training data, before scaling
//	scaling.offset       one, or one for each pixel: the model reads
//	scaling.scale        (x − offset)/scale
//
// # Metadata
//
// The rest are strings in the metadata, as the format wants it:
//
//	format               inversenet
//	format_version       3
//	precision            f32 or f64
//	generator            linear, activated or mlp
//	generator_activation of activated, or of the hidden layers of mlp
//	generator_output     the activation of mlp's last layer
//	generator_layers     of mlp
//	head, head_…         the same, or none
//	inner_steps          N
//	inner_learning_rate  α, 0 where inner.step_sizes or auto_step replace it
//	reduction            sum, mean-pixels or mean-all
//	inner_samples        B of mean-all, whatever the batch: a step is α·2/(J·B)
//	auto_step            true or false
//	momentum             plain, heavy-ball, nesterov or fista
//	momentum_mu          μ
//	prox                 none, non-negative, soft, non-negative-soft or box
//	ridge, sparse        weights of the priors
//	tolerance            at which a sample stops by itself, 0 for never
//	form                 auto, direct, gram or closed
//	recipe, seed         of the training
//	train_samples        number of samples trained on, 0 where it is not known
//	image_height, image_width
//	pixel_min, pixel_max range of the training data before scaling
//	classes              what outputs stand for, a JSON list of strings; may be empty
//	training             settings of the training, a JSON object; may be empty
//
// Versions 1 and 2 are still read. Version 1 had linear generators and heads and
// plain steps of one size only. Both had no inner_samples, for which the size of
// the batches trained on is taken, and in place of inner.start a string start,
// zeros or notebook: the latent that the article's notebook, after what it draws
// for training, draws first for the prediction of one row.
package modelfile
