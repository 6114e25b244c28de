package kernels

// Exp computes dst = exp(src) on the first vecs vectors of each panel row, within
// one unit in the last place, with the special cases of [math.Exp]. Results below
// the normal numbers lose precision gradually. dst may be the same slice as src.
// Exp panics, before it writes, when a slice is too short or vecs is not 1 or 2.
func (t *Table[T]) Exp(dst, src []T, rows, vecs int) {
	t.checkMap(rows, vecs, "dst", dst, "src", src, "", nil)
	raceReadPanel(t, src, rows, vecs)
	raceWritePanel(t, dst, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.exp(&dst[p.at], &src[p.at], p.vectors, p.step)
	}
}

// Log computes dst = log(src) like [Table.Exp], with the special cases of
// [math.Log]. Arguments below the normal numbers are as good as any.
func (t *Table[T]) Log(dst, src []T, rows, vecs int) {
	t.checkMap(rows, vecs, "dst", dst, "src", src, "", nil)
	raceReadPanel(t, src, rows, vecs)
	raceWritePanel(t, dst, rows, vecs)
	for p := t.start(rows, vecs); p.next(); {
		t.log(&dst[p.at], &src[p.at], p.vectors, p.step)
	}
}
