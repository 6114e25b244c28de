package distort

// linear writes the image that m makes of the padded one, interpolating between
// the four pixels around each point.
func (d *Distorter[T]) linear(dst []T, m affine) {
	for ; len(dst) >= d.width; dst = dst[d.width:] {
		linearLine(dst[:d.width], d.padded, d.stride, d.height, m.x0, m.y0, m.xx, m.yx)
		m.x0 += m.xy
		m.y0 += m.yy
	}
}

// linearLine samples along a line from (x, y) in steps of (dx, dy).
func linearLine[T Float](line, padded []T, stride, height int, x, y, dx, dy fixed) {
	// Points whose pixel up and left lies beyond these see nothing but zeros.
	right, bottom := uint(len(line)), uint(height)
	for i := range line {
		var v T
		column, row := uint(x>>32), uint(y>>32)
		if column <= right && row <= bottom {
			k := int(row)*stride + int(column)
			fx, fy := fraction[T](x), fraction[T](y)
			above, below := padded[k:k+2], padded[k+stride:k+stride+2]
			a, b := above[0], below[0]
			a += T(fx * (above[1] - a))
			b += T(fx * (below[1] - b))
			v = a + T(fy*(b-a))
		}
		line[i] = v
		x += dx
		y += dy
	}
}

// cubic does the same with the sixteen pixels around each point.
func (d *Distorter[T]) cubic(dst []T, m affine) {
	for ; len(dst) >= d.width; dst = dst[d.width:] {
		// From the first of the four columns and rows.
		cubicLine(dst[:d.width], d.padded, d.stride, d.height, m.x0-one, m.y0-one, m.xx, m.yx)
		m.x0 += m.xy
		m.y0 += m.yy
	}
}

func cubicLine[T Float](line, padded []T, stride, height int, x, y, dx, dy fixed) {
	right, bottom := uint(len(line)+2), uint(height+2)
	for i := range line {
		var v T
		column, row := uint(x>>32), uint(y>>32)
		if column <= right && row <= bottom {
			w0, w1, w2, w3 := keys(fraction[T](x))
			p := padded[int(row)*stride+int(column):]
			q, r, s := p[stride:], p[2*stride:], p[3*stride:]
			p, q, r, s = p[:4], q[:4], r[:4], s[:4]
			v0 := T(w0*p[0]) + T(w1*p[1]) + T(w2*p[2]) + T(w3*p[3])
			v1 := T(w0*q[0]) + T(w1*q[1]) + T(w2*q[2]) + T(w3*q[3])
			v2 := T(w0*r[0]) + T(w1*r[1]) + T(w2*r[2]) + T(w3*r[3])
			v3 := T(w0*s[0]) + T(w1*s[1]) + T(w2*s[2]) + T(w3*s[3])
			w0, w1, w2, w3 = keys(fraction[T](y))
			v = T(w0*v0) + T(w1*v1) + T(w2*v2) + T(w3*v3)
		}
		line[i] = v
		x += dx
		y += dy
	}
}

// fraction is the part of a coordinate beyond the pixel before it, in [0, 1].
func fraction[T Float](x fixed) T { return T(T(x&(one-1)) * (1.0 / (1 << 32))) }

// keys gives the weights of the pixels at −1, 0, 1 and 2 for a point at f in
// [0, 1]: R. Keys, "Cubic convolution interpolation for digital image
// processing" (1981), with a = −1/2. They add up to one.
func keys[T Float](f T) (before, at, after, beyond T) {
	g := 1 - f
	return -f * g * g / 2, 1 + T(f*f*(T(3*f)-5)/2), 1 + T(g*g*(T(3*g)-5)/2), -g * f * f / 2
}
