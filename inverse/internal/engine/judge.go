package engine

import "math"

// A mirror is what a form needs besides to tell how its samples ended: the
// generator forwards, and, for a form without steps, the gradient.
type mirror[T Float] struct {
	direct *direct[T] // nil for a Physics
	walk   *walk[T]   // nil where the form has one
}

// reflect makes the mirror show the generator.
func (v *Inversion[T]) reflect(g *Generator[T]) {
	if v.mirror == nil {
		v.mirror = &mirror[T]{}
		if g.Physics == nil {
			v.mirror.direct = newDirect(v.table, &v.shape)
		}
		if v.form == Closed {
			v.mirror.walk = newWalk(v.table, field[T](v.mirror.direct), &v.settings, &v.shape, Want{})
		}
	}
	switch m := v.mirror; {
	case m.walk != nil:
		m.walk.load(g, false, v.sizes)
	case m.direct != nil:
		m.direct.load(g, false)
	}
}

// judge tells how the samples of a lane's panels ended.
type judge[T Float] struct {
	reader *reader[T]
	walk   *walker[T]
	norm   []float64
}

func (v *Inversion[T]) newJudge(w worker[T]) *judge[T] {
	j := &judge[T]{walk: walkerOf(w), norm: make([]float64, v.table.Width())}
	var n *layers[T]
	if v.mirror.direct != nil {
		n = v.mirror.direct.layers
	}
	j.reader = newReader(v.table, v.call.generator, n)
	if j.walk == nil && v.mirror.walk != nil {
		j.walk = v.mirror.walk.newWorker(false, &v.halt)
	}
	return j
}

// judge records the outcome of a lane's panel, whose latents are z.
func (v *Inversion[T]) judge(l *lane[T], z []T) {
	if l.judge == nil {
		l.judge = v.newJudge(l.solve)
	}
	j, p := l.judge, &l.panel
	own := walkerOf(l.solve)
	exact, _ := l.solve.(*exactWorker[T])
	switch {
	case exact != nil:
	case own == nil:
		j.walk.panel = p
		j.walk.field.begin(p)
		copy(j.walk.z(0), z) // whole vectors of rows, zero beyond the latents
		z = j.walk.z(0)
		fallthrough
	default:
		var worst []float64
		if own != nil && own.stops != nil {
			worst = own.stops.worst
		}
		j.walk.certify(z, v.settings.Steps-1, j.norm, worst)
	}
	images := j.reader.read(z, p.samples)
	for i := range p.samples {
		o := v.outcome(own, p, z, images, i)
		if exact != nil {
			exact.assess(&o, p, i)
		} else {
			o.Optimality = j.norm[i]
		}
		v.call.record(p.first+i, o)
	}
}

// outcome is how sample i ended, but for its optimality and gap.
func (v *Inversion[T]) outcome(own *walker[T], p *panel[T], z, images []T, i int) Outcome {
	width := v.table.Width()
	o := Outcome{Iterations: v.settings.Steps, Gap: math.NaN()}
	if own != nil {
		o.Iterations = own.end
		if own.end < v.settings.Steps && own.halt.Load() {
			o.Status = Stopped
		}
		switch stops := own.stops; {
		case stops == nil:
		case stops.at[i] != never:
			o.Iterations, o.Status = stops.at[i], Converged
		case stops.worst[i] <= v.settings.Tolerance*stops.extent[i]: // since the last look
			o.Status = Converged
		}
	}
	for k := range v.shape.Latents {
		held := holds(&v.settings, k, z[k*width+i])
		z := float64(z[k*width+i])
		if z-z != 0 {
			o.Status = Diverged
		}
		if !held {
			o.Support++
		}
		o.Loss += float64(v.settings.Ridge*z*z/2) + float64(v.settings.Sparse*max(z, -z))
	}
	for row := range v.shape.Pixels {
		e := float64(images[row*width+i]) + float64(p.negX[row*width+i])
		o.Loss += float64(e * e / 2)
	}
	return o
}
