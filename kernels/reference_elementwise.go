package kernels

// reach is the number of elements from the first vector to the end of the last.
func reach[T Float](vectors, step int) int {
	return (vectors-1)*(step/sizeof[T]()) + goLanes[T]()
}

// addScaledGo:
//
//	for each vector, each lane n:  dst[n] += c·src[n]
func addScaledGo[T Float](dst, src *T, c T, vectors, step int) {
	all, lanes := reach[T](vectors, step), goLanes[T]()
	ds, ss := view(dst, all), view(src, all)
	for at, gap := 0, step/sizeof[T](); at < vectors*gap; at += gap {
		addScaled(ds[at:at+lanes], c, ss[at:])
	}
}

// multiplyGo:
//
//	for each vector, each lane n:  dst[n] = a[n]·b[n]
func multiplyGo[T Float](dst, a, b *T, vectors, step int) {
	all, lanes := reach[T](vectors, step), goLanes[T]()
	ds, as, bs := view(dst, all), view(a, all), view(b, all)
	for at, gap := 0, step/sizeof[T](); at < vectors*gap; at += gap {
		for n := at; n < at+lanes; n++ {
			ds[n] = as[n] * bs[n]
		}
	}
}

// extrapolateGo:
//
//	for each vector, each lane n:  dst[n] = z[n] + mu·(z[n] − last[n])
func extrapolateGo[T Float](dst, z, last *T, mu T, vectors, step int) {
	all, lanes := reach[T](vectors, step), goLanes[T]()
	ds, zs, ls := view(dst, all), view(z, all), view(last, all)
	for at, gap := 0, step/sizeof[T](); at < vectors*gap; at += gap {
		for n := at; n < at+lanes; n++ {
			ds[n] = zs[n] + T(mu*(zs[n]-ls[n]))
		}
	}
}

// gateGo is the gate on panels of vecs vectors:
//
//	for each row r and sample n:
//	    if z[r][n] is bound:  lambda[r][n] = 0
//	    scaled[r][n] = scale·lambda[r][n]
func gateGo[T Float](vecs int) gateFunc[T] {
	stride := 2 * goLanes[T]()
	width := vecs * goLanes[T]()
	return func(lambda, scaled, z, lo, hi *T, scale T, prox, rows int) {
		ls, ss, zs := view(lambda, rows*stride), view(scaled, rows*stride), view(z, rows*stride)
		los, his := view(lo, rows), view(hi, rows)
		for r := range rows {
			for n := r * stride; n < r*stride+width; n++ {
				switch {
				case Prox(prox) == ProxClamp && !(zs[n] > los[r] && zs[n] < his[r]):
					ls[n] = 0
				case Prox(prox) == ProxShrink && zs[n] == 0:
					ls[n] = 0
				}
				ss[n] = scale * ls[n]
			}
		}
	}
}

// dotRowsGo is the sum over rows on panels of vecs vectors:
//
//	for each sample n:
//	    for r = 0, 1, … rows-1:  acc[n] += a[r][n]·b[r][n]
func dotRowsGo[T Float](vecs int) dotRowsFunc[T] {
	stride := 2 * goLanes[T]()
	width := vecs * goLanes[T]()
	return func(acc, a, b *T, rows int) {
		sums, as, bs := view(acc, width), view(a, rows*stride), view(b, rows*stride)
		for r := range rows {
			for n := range sums {
				sums[n] += T(as[r*stride+n] * bs[r*stride+n])
			}
		}
	}
}

// distanceGo is the sum over rows on panels of vecs vectors:
//
//	for each sample n:
//	    for r = 0, 1, … rows-1:
//	        d = (a[r][n] − b[r][n])·scale[r];  acc[n] += d·d
func distanceGo[T Float](vecs int) distanceFunc[T] {
	stride := 2 * goLanes[T]()
	width := vecs * goLanes[T]()
	return func(acc, a, b, scale *T, rows int) {
		sums, as, bs, scales := view(acc, width), view(a, rows*stride), view(b, rows*stride), view(scale, rows)
		for r := range rows {
			for n := range sums {
				d := T((as[r*stride+n] - bs[r*stride+n]) * scales[r])
				sums[n] += T(d * d)
			}
		}
	}
}

// finiteGo counts what is not finite:
//
//	for each element v:  if v − v ≠ 0:  others++
func finiteGo[T Float](s *T, vectors int) (others int) {
	for _, v := range view(s, vectors*goLanes[T]()) {
		if v-v != 0 {
			others++
		}
	}
	return others
}

// rowSumsGo sums each row by halves:
//
//	for each row r:
//	    v = panel[r], with zeros from lane samples on
//	    for h = width/2, width/4, … 1:
//	        for n < h:  v[n] += v[n+h]
//	    dst[r] += v[0]
func rowSumsGo[T Float](dst, panel *T, rows, samples int) {
	width := 2 * goLanes[T]()
	sums, ps := view(dst, rows), view(panel, rows*width)
	var row [16]T
	for r := range rows {
		v := row[:width]
		clear(v)
		copy(v, ps[r*width:r*width+samples])
		for h := width / 2; h > 0; h /= 2 {
			for n := range h {
				v[n] += v[n+h]
			}
		}
		sums[r] += v[0]
	}
}
