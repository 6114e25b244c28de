package inverse

import (
	"fmt"

	"github.com/inversenet/inversenet/inverse/internal/engine"
)

// Model reads observations by inverting a generator: z = the latents that N
// inner steps find for x, o = F(z).
type Model[T Float] struct {
	// Generator is G: a [Linear], an [Activated], an [MLP] or a [Physics].
	Generator Generator[T]
	// Head is F, a map from latents to outputs: a [Linear], an [Activated] or an
	// [MLP], or nil for the identity.
	Head Generator[T]
	// Inner says how G is inverted.
	Inner Inner
}

// Outputs is the number of elements of o.
func (m *Model[T]) Outputs() int {
	if m.Head == nil {
		return m.Generator.Latents()
	}
	return m.Head.Pixels()
}

// check panics when the parameters do not fit each other, and returns an error
// when one is not usable.
func (m *Model[T]) check() error {
	if err := checkGenerator("generator", m.Generator); err != nil {
		return err
	}
	if err := checkHead(m.Head); err != nil {
		return err
	}
	var generator, head engine.Generator[T]
	describe(&generator, m.Generator)
	if m.Head != nil {
		describe(&head, m.Head)
		if head.Latents != generator.Latents {
			panic(fmt.Sprintf("inverse: the head reads %d latents, the generator has %d", head.Latents, generator.Latents))
		}
		if err := checkParameters(m.Head); err != nil {
			return fmt.Errorf("head: %w", err)
		}
	}
	if err := checkParameters(m.Generator); err != nil {
		return fmt.Errorf("generator: %w", err)
	}
	return nil
}

// manySamples is the size of batch that models are read in, by default.
const manySamples = 1 << 10

// Invert returns the latents of the observations in x, samples as rows, found
// from the starts in z0; a z0 without rows stands for zeros. Where the form is left
// to choose, it is that for large batches, however many rows x has, unless c says
// what else, so that a row is always read alike.
func (m *Model[T]) Invert(x, z0 Matrix[T], c Compute[T]) (Matrix[T], error) {
	if err := m.check(); err != nil {
		return Matrix[T]{}, err
	}
	if c.Samples == 0 {
		c.Samples = manySamples
	}
	s, err := NewSolver(m.Generator, m.Inner, c)
	if err != nil {
		return Matrix[T]{}, err
	}
	z := NewMatrix[T](x.Rows, m.Generator.Latents())
	if z0.Rows > 0 {
		z0.mustBe("z0", x.Rows, m.Generator.Latents())
		z = z0.clone()
	}
	return z, s.Invert(z, x)
}

// Predict returns the outputs o for the observations in x; arguments and errors
// are those of [Model.Invert]. Outputs that are not finite, of a head with weights
// too large for its type, are a [NonFiniteError].
func (m *Model[T]) Predict(x, z0 Matrix[T], c Compute[T]) (Matrix[T], error) {
	z, err := m.Invert(x, z0, c)
	if err != nil || m.Head == nil {
		return z, err
	}
	out := NewMatrix[T](x.Rows, m.Head.Pixels())
	m.Head.Generate(out, z)
	return out, out.checkFinite("outputs of the head")
}

// Classes returns, for each row of outputs, the index of the largest; of equal
// ones the first.
func Classes[T Float](outputs Matrix[T]) []int {
	classes := make([]int, outputs.Rows)
	for i := range classes {
		row := outputs.Row(i)
		for j, v := range row {
			if v > row[classes[i]] {
				classes[i] = j
			}
		}
	}
	return classes
}

// Accuracy is the fraction of rows whose largest output is the label's. It panics
// when the numbers of rows and labels differ, and is NaN without rows.
func Accuracy[T Float](outputs Matrix[T], labels []int) float64 {
	if outputs.Rows != len(labels) {
		panic(fmt.Sprintf("inverse: %d rows of outputs for %d labels", outputs.Rows, len(labels)))
	}
	right := 0
	for i, class := range Classes(outputs) {
		if class == labels[i] {
			right++
		}
	}
	return float64(right) / float64(len(labels))
}
