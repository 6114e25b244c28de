package engine

import "math"

// atoms: ‖W_1's column k‖ times the largest gain of each layer above. With all
// slopes of the activations at most 1 that bounds the image of latent k.
func (n *layers[T]) atoms(dst []float64) {
	first := n.linear[0]
	columnNorms(dst, first.W, first.Rows, first.Cols)
	for l := range n.linear[1:] {
		layer := n.linear[l+1]
		gain := math.Sqrt(LargestEigenvalue(layer.W, layer.Rows, layer.Cols))
		for k := range dst {
			dst[k] *= gain
		}
	}
}

// columnNorms sets dst to the norms of the columns of a row-major matrix, scaled
// on the way so that squares neither overflow nor vanish.
func columnNorms[T Float](dst []float64, w []T, rows, cols int) {
	var largest float64
	for _, v := range w[:rows*cols] {
		largest = max(largest, math.Abs(float64(v)))
	}
	clear(dst)
	if largest == 0 {
		return
	}
	for j := range rows {
		for k, v := range w[j*cols : (j+1)*cols] {
			v := float64(v) / largest
			dst[k] += float64(v * v)
		}
	}
	for k, v := range dst {
		dst[k] = largest * math.Sqrt(v)
	}
}
