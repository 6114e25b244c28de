package modelfile

import (
	"fmt"
	"strconv"

	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// Parts of a model, which are also the first part of their arrays' names.
const (
	generatorPart = "generator"
	headPart      = "head"
)

// Kinds of parts.
const (
	linearKind    = "linear"
	activatedKind = "activated"
	mlpKind       = "mlp"
	noKind        = "none"
)

// maxLayers is the most layers of a perceptron in a file.
const maxLayers = 1000

// writePart adds a generator or a head.
func writePart[T inverse.Float](d *draft, part string, g inverse.Generator[T]) error {
	switch g := g.(type) {
	case *inverse.Linear[T]:
		d.set(part, linearKind)
		addLayer(d, part, g)
	case *inverse.Activated[T]:
		d.set(part, activatedKind)
		d.set(part+"_activation", g.Activation.String())
		addLayer(d, part, &g.Linear)
	case *inverse.MLP[T]:
		d.set(part, mlpKind)
		d.set(part+"_activation", g.Activation.String())
		d.set(part+"_output", g.Output.String())
		d.set(part+"_layers", strconv.Itoa(len(g.Layers)))
		for l, layer := range g.Layers {
			addLayer(d, layerName(part, l), layer)
		}
	case nil:
		d.set(part, noKind)
	default:
		return fmt.Errorf("files hold linear generators, activated ones and perceptrons, not %T", g)
	}
	return nil
}

func layerName(part string, l int) string { return fmt.Sprintf("%s.%d", part, l+1) }

func addLayer[T inverse.Float](d *draft, name string, l *inverse.Linear[T]) {
	values := make([]T, 0, l.W.Rows*l.W.Cols)
	for i := range l.W.Rows {
		values = append(values, l.W.Row(i)...)
	}
	addArray(d, name+".weight", values, l.W.Rows, l.W.Cols)
	if l.Bias != nil {
		addArray(d, name+".bias", l.Bias, len(l.Bias))
	}
}

// readPart is the inverse of writePart, with nil for none. Version 1 had heads
// where there was an array of that name.
func readPart[T inverse.Float](f *safetensors.File, p *fields, part string) (inverse.Generator[T], error) {
	kind := p.oneOfKinds(f, part)
	if p.err != nil {
		return nil, p.err
	}
	switch kind {
	case noKind:
		return nil, nil
	case linearKind:
		return layer[T](f, part)
	case activatedKind:
		act := parsed(p, part+"_activation", kernels.ParseActivation)
		if p.err != nil {
			return nil, p.err
		}
		l, err := layer[T](f, part)
		if err != nil {
			return nil, err
		}
		return &inverse.Activated[T]{Linear: *l, Activation: act}, nil
	default:
		return perceptron[T](f, p, part)
	}
}

func (f *fields) oneOfKinds(file *safetensors.File, part string) string {
	if f.version == "1" {
		if _, ok := file.Lookup(part + ".weight"); !ok && part == headPart {
			return noKind
		}
		return linearKind
	}
	kinds := []string{linearKind, activatedKind, mlpKind}
	if part == headPart {
		kinds = append(kinds, noKind)
	}
	return f.oneOf(part, kinds...)
}

func perceptron[T inverse.Float](f *safetensors.File, p *fields, part string) (inverse.Generator[T], error) {
	m := &inverse.MLP[T]{
		Activation: parsed(p, part+"_activation", kernels.ParseActivation),
		Output:     parsed(p, part+"_output", kernels.ParseActivation),
	}
	layers := p.integer(part+"_layers", 1, maxLayers)
	if p.err != nil {
		return nil, p.err
	}
	for l := range layers {
		next, err := layer[T](f, layerName(part, l))
		if err != nil {
			return nil, err
		}
		if l > 0 && next.Latents() != m.Layers[l-1].Pixels() {
			return nil, fmt.Errorf("%s.weight has %d columns, want %d as the layer before has rows",
				layerName(part, l), next.Latents(), m.Layers[l-1].Pixels())
		}
		m.Layers = append(m.Layers, next)
	}
	return m, nil
}

// layer reads one weight matrix and its bias, if it has one.
func layer[T inverse.Float](f *safetensors.File, name string) (*inverse.Linear[T], error) {
	weight, bias := name+".weight", name+".bias"
	a, ok := f.Lookup(weight)
	if !ok || len(a.Shape) != 2 || a.Shape[0] < 1 || a.Shape[1] < 1 {
		return nil, fmt.Errorf("it has no matrix %s", weight)
	}
	rows, cols := a.Shape[0], a.Shape[1]
	w, err := safetensors.Floats[T](f, weight, rows, cols)
	if err != nil {
		return nil, err
	}
	l := &inverse.Linear[T]{W: inverse.Matrix[T]{Rows: rows, Cols: cols, Stride: cols, Data: w}}
	if err := checkFinite(weight, w); err != nil {
		return nil, err
	}
	if _, ok := f.Lookup(bias); ok {
		if l.Bias, err = safetensors.Floats[T](f, bias, rows); err != nil {
			return nil, err
		}
	}
	return l, checkFinite(bias, l.Bias)
}
