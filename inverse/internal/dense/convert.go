package dense

import "github.com/inversenet/inversenet/kernels"

// SetRow sets elements (i, j), (i, j+1), … to c times the values of src.
func SetRow[T kernels.Float](m *Matrix, i, j int, c float64, src []T) {
	for len(src) > 0 {
		n := min(len(src), m.width-j%m.width)
		row := m.data[m.at(i, j):][:n]
		for l, v := range src[:n] {
			row[l] = c * float64(v)
		}
		src, j = src[n:], j+n
	}
}

// GetRow sets dst to c times the elements (i, j), (i, j+1), … of m.
func GetRow[T kernels.Float](dst []T, m *Matrix, i, j int, c float64) {
	for len(dst) > 0 {
		n := min(len(dst), m.width-j%m.width)
		row := m.data[m.at(i, j):][:n]
		for l, v := range row {
			dst[l] = T(c * v)
		}
		dst, j = dst[n:], j+n
	}
}
