package modelfile_test

import (
	"bytes"
	"fmt"
	"log"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

// digitRow is a row of the digits as it stands in the data: greys from 0 to 16.
func digitRow(i int) []float64 {
	x, _, err := digits.Load()
	if err != nil {
		log.Fatal(err)
	}
	return x[i*digits.Pixels : (i+1)*digits.Pixels]
}

func ExampleOpen() {
	p, err := modelfile.Open[float64]("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	class, probability, err := p.Classify(digitRow(1000))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("%s (%.0f %%)\n", class, 100*probability)
	// Output: 1 (80 %)
}

// What a row lacks is an error.
func ExamplePredictor_Classify() {
	p, err := modelfile.Open[float32]("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	row := make([]float32, p.Model().Pixels)
	row[7] /= row[7] // NaN
	_, _, err = p.Classify(row)
	fmt.Println(err)
	_, _, err = p.Classify(row[:7])
	fmt.Println(err)
	// Output:
	// x: row 0, column 7 is NaN, want a finite number
	// a row of 7 numbers, want 64 as the model has pixels
}

// Many rows at once, into memory that is used again and again.
func ExamplePredictor_Predict() {
	p, err := modelfile.Open[float64]("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	f := p.Model()
	const rows = 3
	x := inverse.NewMatrix[float64](rows, f.Pixels)
	into := modelfile.Prediction[float64]{
		Classes:         make([]int, rows),
		Probabilities:   inverse.NewMatrix[float64](rows, f.Outputs),
		Reconstructions: inverse.NewMatrix[float64](rows, f.Pixels),
	}
	for batch := range 2 {
		for i := range rows {
			copy(x.Row(i), digitRow(1000+batch*rows+i))
		}
		if err := p.Predict(&into, x); err != nil {
			log.Fatal(err)
		}
		for i, k := range into.Classes {
			fmt.Printf("%s (%.0f %%), pixel 20 is %.0f, reconstructed as %.1f\n",
				f.Class(k), 100*into.Probabilities.Row(i)[k], x.Row(i)[20], into.Reconstructions.Row(i)[20])
		}
	}
	// Output:
	// 1 (80 %), pixel 20 is 10, reconstructed as 11.1
	// 4 (100 %), pixel 20 is 8, reconstructed as 9.6
	// 0 (100 %), pixel 20 is 0, reconstructed as 1.3
	// 5 (100 %), pixel 20 is 3, reconstructed as 4.7
	// 3 (99 %), pixel 20 is 16, reconstructed as 11.1
	// 6 (100 %), pixel 20 is 0, reconstructed as -0.6
}

// NewPredictor on one goroutine is for services that answer many at once.
func ExampleNewPredictor() {
	f, err := modelfile.ReadFile("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	p, err := modelfile.NewPredictor[float32](f, 1)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(p.Model().Recipe, p.Model().Precision)
	// Output: linear f32
}

func ExamplePredictor_NewPrediction() {
	p, err := modelfile.Open[float64]("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	into := p.NewPrediction(1)
	x := inverse.Matrix[float64]{Rows: 1, Cols: 64, Stride: 64, Data: digitRow(1003)}
	if err := p.Predict(into, x); err != nil {
		log.Fatal(err)
	}
	fmt.Println(into.Classes, len(into.Latents.Row(0)), len(into.Reconstructions.Row(0)))
	// Output: [5] 16 64
}

func ExampleReadFile() {
	f, err := modelfile.ReadFile("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("images of %d×%d, %d latents, classes %v\n", f.ImageHeight, f.ImageWidth, f.Latents, f.Classes)
	// Output: images of 8×8, 16 latents, classes [0 1 2 3 4 5 6 7 8 9]
}

// Load gives the model itself: here its second atom, the image that an element of
// the latent adds.
func ExampleLoad() {
	f, err := modelfile.ReadFile("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	m, err := modelfile.Load[float64](f)
	if err != nil {
		log.Fatal(err)
	}
	w := m.Generator.(*inverse.Linear[float64]).W
	fmt.Println(w.Rows, w.Cols, m.Inner.Steps)
	// Output: 64 16 32
}

// A model that was put together or trained by hand, saved for the command too.
func ExampleWrite() {
	g := inverse.NewLinear[float64](3, 2, false)
	copy(g.W.Data, []float64{1, 0, 0, 1, 1, 1})
	m := &inverse.Model[float64]{Generator: g, Inner: inverse.Inner{Steps: 100, LearningRate: 0.2}}
	var b bytes.Buffer
	err := modelfile.Write(&b, m, modelfile.Info{
		Classes: []string{"left", "right"},
		Scaling: modelfile.Scaling{Offset: []float64{10}, Scale: []float64{2}},
	})
	if err != nil {
		log.Fatal(err)
	}
	f, err := modelfile.Read(&b)
	if err != nil {
		log.Fatal(err)
	}
	p, err := modelfile.NewPredictor[float64](f, 0)
	if err != nil {
		log.Fatal(err)
	}
	class, _, err := p.Classify([]float64{12, 18, 20}) // 1, 4 and 5 when scaled
	fmt.Println(class, err)
	// Output: right <nil>
}

func ExampleScaling() {
	s := modelfile.Scaling{Offset: []float64{10, 100}, Scale: []float64{2, 50}}
	x := []float64{12, 150, 14, 200} // two rows of two pixels
	s.Apply(x, 2)
	fmt.Println(x)
	s.Undo(x, 2)
	fmt.Println(x)
	// Output:
	// [1 1 2 2]
	// [12 150 14 200]
}

func ExampleValues() {
	f, err := modelfile.ReadFile("testdata/digits.safetensors")
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range f.Arrays() {
		if a.Name != "scaling.scale" {
			continue
		}
		scale, err := modelfile.Values[float64](f, a)
		fmt.Println(a.DType, a.Shape, scale, err)
	}
	// Output: F64 [1] [16] <nil>
}
