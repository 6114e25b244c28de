package inverse_test

import (
	"fmt"

	"gonum.org/v1/gonum/blas/blas64"
	"gonum.org/v1/gonum/mat"

	"github.com/inversenet/inversenet/inverse"
)

// Rows are samples, and rows and slices share the matrix's memory.
func ExampleMatrix() {
	m := inverse.FromFloat64[float32](3, 2, []float64{
		1, 2,
		3, 4,
		5, 6,
	})
	m.Row(1)[0] = 30
	last := m.Slice(1, 3)
	fmt.Println(last.Rows, last.Row(0), last.Row(1))
	fmt.Println(m.Transposed().Row(0))
	// Output:
	// 2 [30 4] [5 6]
	// [1 30 5]
}

// The fields are those of gonum's General: a conversion shares the data.
func ExampleMatrix_blas() {
	general := blas64.General{Rows: 1, Cols: 2, Stride: 2, Data: []float64{1, 2}}
	m := inverse.Matrix[float64](general)
	m.Data[0] = 10
	fmt.Println(general.Data)
	// Output:
	// [10 2]
}

// FromMat and Dense copy from and to gonum's matrices, of any kind and layout.
func ExampleFromMat() {
	diagonal := mat.NewDiagDense(2, []float64{3, 4})
	m := inverse.FromMat[float32](diagonal)
	fmt.Println(m.Rows, m.Cols, m.Data)
	fmt.Println(mat.Formatted(m.Dense()))
	// Output:
	// 2 2 [3 0 0 4]
	// ⎡3  0⎤
	// ⎣0  4⎦
}

func ExampleNewMatrix() {
	m := inverse.NewMatrix[float64](2, 3)
	fmt.Println(m.Rows, m.Cols, m.Stride, m.Data)
	// Output:
	// 2 3 3 [0 0 0 0 0 0]
}

// FromFloat64 rounds to the element type.
func ExampleFromFloat64() {
	m := inverse.FromFloat64[float32](1, 2, []float64{0.5, 0.1})
	fmt.Println(float64(m.Data[0]), float64(m.Data[1]))
	// Output:
	// 0.5 0.10000000149011612
}

// brightness works for both element types that models can have.
func brightness[T inverse.Float](images inverse.Matrix[T]) (sum T) {
	for i := range images.Rows {
		for _, v := range images.Row(i) {
			sum += v
		}
	}
	return sum
}

func ExampleFloat() {
	data := []float64{0.5, 1, 1.5}
	fmt.Println(brightness(inverse.FromFloat64[float32](1, 3, data)), brightness(inverse.FromFloat64[float64](1, 3, data)))
	// Output: 3 3
}
