package modelfile

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// fileOf is a model as a file gives it back.
func fileOf[P inverse.Float](t *testing.T, m *inverse.Model[P], info Info) *File {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, m, info); err != nil {
		t.Fatal(err)
	}
	f, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// forPrediction are the models of the tests with steps that converge, and one
// more that takes its step from a mean over all pixels of a batch.
func forPrediction[P inverse.Float]() map[string]*inverse.Model[P] {
	all := models[P]()
	learned := all["learned"]
	learned.Inner.StepSizes = []float64{0.05, 0.025, 0.01}
	mean := *all["bias"]
	mean.Inner.Reduction, mean.Inner.Samples = inverse.MeanAll, 7
	all["mean over all"] = &mean
	meanLearned := *learned
	meanLearned.Inner.Reduction, meanLearned.Inner.Samples = inverse.MeanAll, 7
	all["learned, mean over all"] = &meanLearned
	return all
}

func infoOf[P inverse.Float](m *inverse.Model[P]) Info {
	info := infoFor(3)
	info.Classes = nil
	return info
}

func randomRows[T inverse.Float](rows, cols int) inverse.Matrix[T] {
	rng := rand.New(rand.NewPCG(3, 4))
	x := inverse.NewMatrix[T](rows, cols)
	for i := range x.Data {
		x.Data[i] = T(3 + rng.NormFloat64())
	}
	return x
}

// everything is the prediction for rows, all of it.
func everything[T inverse.Float](t *testing.T, p *Predictor[T], x inverse.Matrix[T]) *Prediction[T] {
	t.Helper()
	into := p.NewPrediction(x.Rows)
	if err := p.Predict(into, x); err != nil {
		t.Fatal(err)
	}
	return into
}

// A prediction is what the library finds with the step of training, for data that
// is scaled as in training.
func testPredictor[T, P inverse.Float](t *testing.T) {
	for name, m := range forPrediction[P]() {
		t.Run(name, func(t *testing.T) {
			info := infoOf(m)
			f := fileOf(t, m, info)
			p, err := NewPredictor[T](f, 1)
			if err != nil {
				t.Fatal(err)
			}
			const rows = 19
			x := randomRows[T](rows, 6)
			got := everything(t, p, x)

			scaled := inverse.FromMat[float64](x.Dense())
			info.Scaling.Apply(scaled.Data, 6)
			z0 := inverse.NewMatrix[P](rows, 2)
			for i := range rows {
				z0.Row(i)[0], z0.Row(i)[1] = P(info.Start[0]), P(info.Start[1])
			}
			want := *m
			if m.Inner.Reduction == inverse.MeanAll {
				// α·2/(J·B) with B = 7, whatever the rows.
				want.Inner.Reduction, want.Inner.LearningRate = inverse.Sum, m.Inner.LearningRate/(6*7)
				want.Inner.StepSizes = slices.Clone(m.Inner.StepSizes)
				for n := range want.Inner.StepSizes {
					want.Inner.StepSizes[n] /= 6 * 7
				}
			}
			z, err := want.Invert(inverse.FromFloat64[P](rows, 6, scaled.Data), z0, inverse.Compute[P]{})
			if err != nil {
				t.Fatal(err)
			}
			out := z
			if m.Head != nil {
				out = inverse.NewMatrix[P](rows, 3)
				m.Head.Generate(out, z)
			}
			again := inverse.NewMatrix[P](rows, 6)
			m.Generator.Generate(again, z)
			reconstructed := inverse.FromMat[float64](again.Dense())
			info.Scaling.Undo(reconstructed.Data, 6)

			near(t, "latents", got.Latents, inverse.FromMat[float64](z.Dense()), epsilon[T]()+epsilon[P]())
			near(t, "outputs", got.Outputs, inverse.FromMat[float64](out.Dense()), epsilon[T]()+epsilon[P]())
			near(t, "reconstructions", got.Reconstructions, reconstructed, epsilon[T]()+epsilon[P]())
			for i := range rows {
				var sum float64
				for k, probability := range got.Probabilities.Row(i) {
					sum += float64(probability)
					if probability > got.Probabilities.Row(i)[got.Classes[i]] {
						t.Errorf("row %d is read as %d, but %d is more probable", i, got.Classes[i], k)
					}
				}
				if math.Abs(sum-1) > 4*epsilon[T]() {
					t.Errorf("row %d: probabilities of %v together", i, sum)
				}
				class, probability, err := p.Classify(x.Row(i))
				if k := got.Classes[i]; err != nil || class != fmt.Sprint(k) || T(probability) != got.Probabilities.Row(i)[k] {
					t.Errorf("row %d alone is %s with %v, %v; among others %d with %v", i, class, probability, err, k, got.Probabilities.Row(i)[k])
				}
			}
		})
	}
}

func epsilon[T inverse.Float]() float64 {
	if precisionOf[T]() == "f32" {
		return 0x1p-23
	}
	return 0x1p-52
}

// near wants relative differences, to the largest number of a row, of at most 64
// units of rounding: some products of six pixels one after the other.
func near[T inverse.Float](t *testing.T, name string, got inverse.Matrix[T], want inverse.Matrix[float64], unit float64) {
	t.Helper()
	for i := range want.Rows {
		var size float64
		for _, v := range want.Row(i) {
			size = max(size, math.Abs(v))
		}
		for j, v := range want.Row(i) {
			if diff := math.Abs(float64(got.Row(i)[j]) - v); !(diff <= 64*unit*size) {
				t.Errorf("%s: row %d, element %d is %v, want %v", name, i, j, got.Row(i)[j], v)
			}
		}
	}
}

func TestPredictor(t *testing.T) {
	t.Run("f32 rows, f32 model", testPredictor[float32, float32])
	t.Run("f32 rows, f64 model", testPredictor[float32, float64])
	t.Run("f64 rows, f32 model", testPredictor[float64, float32])
	t.Run("f64 rows, f64 model", testPredictor[float64, float64])
}

// What a row gives does not depend on the rows beside it, on its place, nor on
// the number of goroutines.
func testIndependence[T, P inverse.Float](t *testing.T) {
	width := kernels.Default[P]().Width()
	rows := blockRows + width + 1
	x := randomRows[T](rows, 6)
	for name, m := range forPrediction[P]() {
		t.Run(name, func(t *testing.T) {
			f := fileOf(t, m, infoOf(m))
			p, err := NewPredictor[T](f, 1)
			if err != nil {
				t.Fatal(err)
			}
			want := everything(t, p, x)
			for _, threads := range []int{0, 3} {
				shared, err := NewPredictor[T](f, threads)
				if err != nil {
					t.Fatal(err)
				}
				same(t, fmt.Sprintf("%d threads", threads), everything(t, shared, x), want.part(0, rows))
			}
			for _, part := range [][2]int{{0, 1}, {1, 2}, {5, 5 + width - 1}, {6, 6 + width}, {7, 8 + width}, {blockRows - 2, blockRows + 3}, {rows - 1, rows}} {
				got := everything(t, p, x.Slice(part[0], part[1]))
				same(t, fmt.Sprintf("rows %v", part), got, want.part(part[0], part[1]))
			}
		})
	}
}

// same wants equal bits.
func same[T inverse.Float](t *testing.T, name string, got *Prediction[T], want Prediction[T]) {
	t.Helper()
	if !slices.Equal(got.Classes, want.Classes) {
		t.Errorf("%s: other classes", name)
	}
	for what, pair := range map[string][2]inverse.Matrix[T]{
		"probabilities": {got.Probabilities, want.Probabilities}, "outputs": {got.Outputs, want.Outputs},
		"latents": {got.Latents, want.Latents}, "reconstructions": {got.Reconstructions, want.Reconstructions},
	} {
		if pair[0].Rows != pair[1].Rows {
			t.Fatalf("%s: %d rows of %s, want %d", name, pair[0].Rows, what, pair[1].Rows)
		}
		for i := range pair[0].Rows {
			if !slices.Equal(pair[0].Row(i), pair[1].Row(i)) {
				t.Errorf("%s: row %d has the %s %v, want %v", name, i, what, pair[0].Row(i), pair[1].Row(i))
				break
			}
		}
	}
}

func TestRowsAreIndependent(t *testing.T) {
	t.Run("f32", testIndependence[float32, float32])
	t.Run("f64", testIndependence[float64, float64])
}

func TestPredictAllocatesNothing(t *testing.T) {
	for name, m := range forPrediction[float32]() {
		for _, threads := range []int{1, 2} {
			p, err := NewPredictor[float64](fileOf(t, m, infoOf(m)), threads)
			if err != nil {
				t.Fatal(err)
			}
			x := randomRows[float64](300, 6)
			into := p.NewPrediction(300)
			one, alone := p.NewPrediction(1), x.Slice(3, 4)
			if n := testing.AllocsPerRun(20, func() {
				if err := errors.Join(p.Predict(into, x), p.Predict(one, alone)); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s on %d threads: %v allocations", name, threads, n)
			}
		}
	}
}

// Goroutines beside each other get what one gets alone.
func TestConcurrentPredictions(t *testing.T) {
	for name, m := range forPrediction[float64]() {
		p, err := NewPredictor[float64](fileOf(t, m, infoOf(m)), 1)
		if err != nil {
			t.Fatal(err)
		}
		x := randomRows[float64](60, 6)
		want := everything(t, p, x)
		var group sync.WaitGroup
		for g := range 8 {
			group.Go(func() {
				from := 5 * g
				into := p.NewPrediction(20)
				for range 20 {
					if err := p.Predict(into, x.Slice(from, from+20)); err != nil {
						t.Error(err)
						return
					}
					same(t, name, into, want.part(from, from+20))
				}
			})
		}
		group.Wait()
	}
}

func TestPredictWantsLittle(t *testing.T) {
	m := models[float64]()["activated"]
	p, err := NewPredictor[float64](fileOf(t, m, infoOf(m)), 0)
	if err != nil {
		t.Fatal(err)
	}
	x := randomRows[float64](5, 6)
	want := everything(t, p, x)
	// One matrix, with room between its rows.
	latents := inverse.Matrix[float64]{Rows: 5, Cols: 2, Stride: 3, Data: make([]float64, 14)}
	if err := p.Predict(&Prediction[float64]{Latents: latents}, x); err != nil {
		t.Fatal(err)
	}
	for i := range 5 {
		if !slices.Equal(latents.Row(i), want.Latents.Row(i)) || i < 4 && latents.Data[3*i+2] != 0 {
			t.Errorf("row %d: latents %v, want %v", i, latents.Row(i), want.Latents.Row(i))
		}
	}
	// Reconstructions in place.
	if err := p.Predict(&Prediction[float64]{Reconstructions: x}, x); err != nil || !slices.Equal(x.Data, want.Reconstructions.Data) {
		t.Errorf("reconstructed in place: %v, want %v (%v)", x.Data, want.Reconstructions.Data, err)
	}
	// Nothing at all.
	if err := p.Predict(p.NewPrediction(0), inverse.Matrix[float64]{}); err != nil {
		t.Error(err)
	}
	if err := p.Predict(&Prediction[float64]{}, x); err != nil {
		t.Error(err)
	}
}

func TestPredictRefusesData(t *testing.T) {
	m := models[float64]()["bias"]
	p, err := NewPredictor[float64](fileOf(t, m, infoOf(m)), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		x := randomRows[float64](5000, 6)
		x.Row(4990)[2] = v
		into := p.NewPrediction(5000)
		err := p.Predict(into, x)
		var bad *inverse.NonFiniteError
		if !errors.As(err, &bad) || bad.Row != 4990 || bad.Col != 2 {
			t.Errorf("%v in the data: %v", v, err)
		}
		if slices.ContainsFunc(into.Latents.Data, func(v float64) bool { return v != 0 }) {
			t.Errorf("%v in the data: something was written", v)
		}
		if _, _, err := p.Classify([]float64{1, 2, v, 4, 5, 6}); !errors.As(err, &bad) || bad.Row != 0 || bad.Col != 2 {
			t.Errorf("%v in a row: %v", v, err)
		}
	}
}

func TestClassifyRefuses(t *testing.T) {
	m := models[float64]()["bias"]
	p, err := NewPredictor[float32](fileOf(t, m, infoOf(m)), 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []int{0, 5, 7} {
		if _, _, err := p.Classify(make([]float32, n)); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("a row of %d numbers, want 6", n)) {
			t.Errorf("%d numbers: %v", n, err)
		}
	}
}

// What leaves the finite numbers on its way is an error that names the row.
func TestPredictOverflows(t *testing.T) {
	const rows, bad = 5000, 4500
	x := randomRows[float64](rows, 6)
	x.Row(bad)[5] = 1e30
	head := inverse.NewLinear[float32](3, 2, true)
	copy(head.W.Data, []float32{1e10, 1, 1, 1, 1, 1})
	steep := models[float32]()["plain"]
	steep.Inner.LearningRate = 1e30
	plain := inverse.Inner{Steps: 3, LearningRate: 0.1}
	unit := inverse.NewLinear[float32](6, 2, false)
	for i := range unit.W.Data {
		unit.W.Data[i] = 0.3
	}
	unit64 := inverse.NewLinear[float64](6, 2, false)
	for i := range unit64.W.Data {
		unit64.W.Data[i] = 0.3
	}
	for _, c := range []struct {
		name string
		file *File
		x    float64
		want string
	}{
		{"in the scaling", fileOf(t, &inverse.Model[float32]{Generator: unit, Inner: plain}, Info{Scaling: Scaling{[]float64{0}, []float64{1e-10}}}), 1e30,
			"row 4500, column 5: 1e+30 is not finite in f32"},
		{"in the head", fileOf(t, &inverse.Model[float32]{Generator: unit, Head: head, Inner: plain}, Info{}), 1e30, "row 4500: the head's outputs are not finite in f32"},
		{"in the inversion", fileOf(t, steep, Info{}), 1e30, "diverged"},
	} {
		x.Row(bad)[5] = c.x
		p, err := NewPredictor[float64](c.file, 1)
		if err != nil {
			t.Fatal(err)
		}
		if err := p.Predict(p.NewPrediction(rows), x); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
	// Numbers of a model in float64 that float32 has no place for.
	wide := fileOf(t, &inverse.Model[float64]{Generator: unit64, Inner: plain}, Info{Scaling: Scaling{[]float64{0}, []float64{1e-10}}})
	p, err := NewPredictor[float32](wide, 1)
	if err != nil {
		t.Fatal(err)
	}
	far := randomRows[float32](3, 6)
	far.Row(2)[0] = 1e30
	for what, into := range map[string]*Prediction[float32]{
		"its outputs": {Outputs: inverse.NewMatrix[float32](3, 2)},
		"its latents": {Latents: inverse.NewMatrix[float32](3, 2)},
	} {
		if err := p.Predict(into, far); err == nil || !strings.Contains(err.Error(), "row 2: "+what+" are not finite in f32") {
			t.Errorf("%s: %v", what, err)
		}
	}
	narrow := fileOf(t, &inverse.Model[float64]{Generator: unit64, Inner: plain}, Info{Scaling: Scaling{[]float64{1e300}, []float64{1}}})
	if p, err = NewPredictor[float32](narrow, 1); err != nil {
		t.Fatal(err)
	}
	err = p.Predict(&Prediction[float32]{Reconstructions: inverse.NewMatrix[float32](3, 6)}, randomRows[float32](3, 6))
	if err == nil || !strings.Contains(err.Error(), "row 0, column 0: its reconstruction is not finite in f32") {
		t.Errorf("reconstruction: %v", err)
	}
}

func TestPredictPanics(t *testing.T) {
	m := models[float64]()["bias"]
	p, err := NewPredictor[float64](fileOf(t, m, infoOf(m)), 1)
	if err != nil {
		t.Fatal(err)
	}
	matrix := inverse.NewMatrix[float64]
	for name, c := range map[string]struct {
		into Prediction[float64]
		x    inverse.Matrix[float64]
		want string
	}{
		"other pixels":         {Prediction[float64]{}, matrix(2, 5), "x is 2×5, want 2×6"},
		"memory that is short": {Prediction[float64]{}, inverse.Matrix[float64]{Rows: 2, Cols: 6, Stride: 6, Data: make([]float64, 11)}, "but has 11 elements"},
		"a stride that is":     {Prediction[float64]{}, inverse.Matrix[float64]{Rows: 2, Cols: 6, Stride: 5, Data: make([]float64, 12)}, "with stride 5"},
		"other classes":        {Prediction[float64]{Classes: make([]int, 3)}, matrix(2, 6), "Classes has 3 elements for 2 rows"},
		"other rows":           {Prediction[float64]{Outputs: matrix(3, 6)}, matrix(2, 6), "Outputs is 3×6, want 2×2"},
		"other columns":        {Prediction[float64]{Latents: matrix(2, 3)}, matrix(2, 6), "Latents is 2×3, want 2×2"},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if r := recover(); r == nil || !strings.Contains(fmt.Sprint(r), c.want) {
					t.Errorf("panicked with %v, want %q", r, c.want)
				}
			}()
			p.Predict(&c.into, c.x)
		})
	}
}

// Settings that the library refuses are refused when a predictor is made.
func TestPredictorRefuses(t *testing.T) {
	m, info := models[float64]()["perceptron"], infoOf[float64](nil)
	m.Inner.Form = inverse.GramForm
	f := fileOf(t, m, info)
	if _, err := NewPredictor[float32](f, 0); err == nil {
		t.Error("a Gram form of a perceptron was taken")
	}
	if _, err := NewPredictor[float64](fileOf(t, models[float64]()["bias"], infoOf(m)), -1); err == nil {
		t.Error("−1 threads were taken")
	}
	if _, err := Open[float64]("testdata/missing.safetensors"); err == nil || !strings.Contains(err.Error(), "missing.safetensors") {
		t.Errorf("a missing file: %v", err)
	}
	path := t.TempDir() + "/refused"
	if err := WriteFile(path, m, info); err != nil {
		t.Fatal(err)
	}
	if _, err := Open[float64](path); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("a model that cannot be used: %v", err)
	}
}

// digitRows are rows of the digits as they stand in the data.
func digitRows[T inverse.Float](t *testing.T, from, to int) (x inverse.Matrix[T], labels []int) {
	t.Helper()
	values, labels, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	return inverse.FromFloat64[T](to-from, digits.Pixels, values[from*digits.Pixels:to*digits.Pixels]), labels[from:to]
}

// The model in testdata is one that the command trained, on the rows up to 1000.
func TestTrainedModel(t *testing.T) {
	p, err := Open[float32]("testdata/digits.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	x, labels := digitRows[float32](t, 1000, 1500)
	got := everything(t, p, x)
	right := 0
	for i, k := range got.Classes {
		if p.Model().Class(k) == fmt.Sprint(labels[i]) {
			right++
		}
	}
	if right < 475 {
		t.Errorf("%d of 500 digits are read right, want 479 or so", right)
	}
	var wrong float64
	for i, v := range x.Data {
		wrong += math.Abs(float64(got.Reconstructions.Data[i]-v)) / float64(len(x.Data))
	}
	if wrong > 3 {
		t.Errorf("reconstructions differ by %.2f greys of 16 on average", wrong)
	}
}

// A model of the notebook recipe as version 2 had it reads a row, alone or among
// others, as that version read it alone.
func TestOlderModel(t *testing.T) {
	p, err := Open[float64]("testdata/notebook-version2.safetensors")
	if err != nil {
		t.Fatal(err)
	}
	x, _ := digitRows[float64](t, 1000, 1500)
	got := everything(t, p, x)
	if want := []int{1, 4, 0, 5, 3, 6, 9, 6, 1, 7}; !slices.Equal(got.Classes[:10], want) {
		t.Errorf("read as %v, want %v", got.Classes[:10], want)
	}
	for k, want := range oldLatent {
		if v := got.Latents.Row(0)[k]; math.Abs(v-want) > 5e-6*math.Abs(want) {
			t.Errorf("latent %d of row 1000 is %v, want %v", k, v, want)
		}
	}
}

// oldLatent is what version 2 printed as the latent of row 1000.
var oldLatent = []float64{-0.0328096, 0.0604925, 0.0407555, 0.0343021, -0.0163944, -0.0233509, 0.0349545, -0.0436063, 0.0143327, 0.00639004}
