package modelfile

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/inversenet/inversenet/internal/randomstate"
	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/kernels"
)

// sample is a model of 6 pixels, 2 latents and 3 outputs.
func sample[T inverse.Float]() (*inverse.Model[T], Info) {
	generator, head := inverse.NewLinear[T](6, 2, true), inverse.NewLinear[T](3, 2, true)
	for i := range generator.W.Data {
		generator.W.Data[i] = 1 / T(i+3)
	}
	generator.Bias[5], head.W.Data[4], head.Bias[2] = -1.5, 0.25, 3
	m := &inverse.Model[T]{
		Generator: generator,
		Head:      head,
		Inner:     inverse.Inner{Steps: 7, LearningRate: 0.1, Reduction: inverse.MeanPixels},
	}
	return m, Info{Recipe: "notebook", Seed: 1<<32 - 1, Start: []float64{0.5, -1}, TrainSamples: 1000, ImageHeight: 2, ImageWidth: 3}
}

// models are all kinds of generators, heads and inversions.
func models[T inverse.Float]() map[string]*inverse.Model[T] {
	rng := rand.New(rand.NewPCG(1, 2))
	linear := func(rows, cols int, bias bool) *inverse.Linear[T] {
		l := inverse.NewLinear[T](rows, cols, bias)
		for i := range l.W.Data {
			l.W.Data[i] = T(rng.NormFloat64())
		}
		for i := range l.Bias {
			l.Bias[i] = T(rng.NormFloat64())
		}
		return l
	}
	mlp := func(act, out kernels.Activation, sizes ...int) *inverse.MLP[T] {
		m := inverse.NewMLP[T](sizes, act, rng)
		m.Output = out
		return m
	}
	bare := mlp(kernels.Softplus, kernels.Identity, 2, 4, 6)
	bare.Layers[0].Bias = nil
	plain := inverse.Inner{Steps: 3, LearningRate: 0.1}
	return map[string]*inverse.Model[T]{
		"plain":          {Generator: linear(6, 2, false), Inner: plain},
		"bias":           {Generator: linear(6, 2, true), Inner: plain},
		"activated":      {Generator: &inverse.Activated[T]{Linear: *linear(6, 2, true), Activation: kernels.Sigmoid}, Head: linear(3, 2, true), Inner: plain},
		"perceptron":     {Generator: mlp(kernels.Tanh, kernels.Sigmoid, 2, 5, 6), Head: linear(3, 2, false), Inner: plain},
		"perceptrons":    {Generator: bare, Head: mlp(kernels.ReLU, kernels.Identity, 2, 7, 4, 3), Inner: plain},
		"automatic step": {Generator: linear(6, 2, true), Inner: inverse.Inner{Steps: 9, AutoStep: true, Reduction: inverse.MeanPixels}},
		"learned": {Generator: linear(6, 2, true), Head: linear(3, 2, true), Inner: inverse.Inner{
			Steps: 3, StepSizes: []float64{1. / 3, 0.25, 1e-300}, Form: inverse.GramForm,
			Prox: inverse.Prox{Kind: inverse.NonNegativeSoft, Thresholds: []float64{-0.1, math.Pi}}}},
		"box": {Generator: linear(6, 2, true), Inner: inverse.Inner{Steps: 3, LearningRate: 0.2,
			Prox:     inverse.Prox{Kind: inverse.Box, Lower: []float64{-1}, Upper: []float64{1, 2}},
			Momentum: inverse.Momentum{Method: inverse.HeavyBall, Mu: 0.9}}},
		"priors": {Generator: linear(6, 2, true), Inner: inverse.Inner{Steps: 3, LearningRate: 0.2,
			Ridge: 0.1, Sparse: 0.01, Tolerance: 1e-6, Momentum: inverse.Momentum{Method: inverse.FISTA}}},
	}
}

func infoFor(outputs int) Info {
	_, info := sample[float64]()
	info.Scaling = Scaling{Offset: []float64{1, 2, 3, 4, 5, 6}, Scale: []float64{16, 16, 16, 16, 16, 0.1}}
	info.PixelMin, info.PixelMax = -1, 1./3
	info.Mean = []float64{1, 2, 3, 4, 5, 6.5}
	info.Classes = []string{"null", "eins \"1\"", "zwei"}[:outputs]
	info.Training = `{"epochs":100}`
	return info
}

func testRoundTrip[T inverse.Float](t *testing.T, precision string) {
	for name, m := range models[T]() {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.safetensors")
			info := infoFor(m.Outputs())
			if m.Outputs() == 6 {
				info.Classes = nil
			}
			if err := WriteFile(path, m, info); err != nil {
				t.Fatal(err)
			}
			f, err := ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(f.Info, info) || f.Precision != precision || f.Pixels != 6 || f.Latents != 2 || f.Outputs != m.Outputs() || f.Version != Version {
				t.Errorf("read %+v, wrote %+v", f, info)
			}
			back, err := Load[T](f)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(back, m) {
				t.Errorf("read %+v, wrote %+v", back, m)
			}
		})
	}
}

func TestRoundTrip(t *testing.T) {
	t.Run("f32", func(t *testing.T) { testRoundTrip[float32](t, "f32") })
	t.Run("f64", func(t *testing.T) { testRoundTrip[float64](t, "f64") })
}

// The same model gives the same bytes.
func TestBytesRepeat(t *testing.T) {
	m, info := sample[float32]()
	a, b := filepath.Join(t.TempDir(), "a"), filepath.Join(t.TempDir(), "b")
	if err := errors.Join(WriteFile(a, m, info), WriteFile(b, m, info)); err != nil {
		t.Fatal(err)
	}
	first, _ := os.ReadFile(a)
	second, _ := os.ReadFile(b)
	if len(first) == 0 || !bytes.Equal(first, second) {
		t.Errorf("%d and %d bytes differ", len(first), len(second))
	}
}

// What a program in another language sees: a header of JSON, and the numbers of
// each array at its offsets, little endian and row-major.
func TestArraysByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	m := models[float32]()["learned"]
	if err := WriteFile(path, m, infoFor(3)); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	size := binary.LittleEndian.Uint64(raw)
	var header map[string]json.RawMessage
	if err := json.Unmarshal(raw[8:8+size], &header); err != nil {
		t.Fatal(err)
	}
	body := raw[8+size:]
	w, head := m.Generator.(*inverse.Linear[float32]), m.Head.(*inverse.Linear[float32])
	want := map[string]struct {
		dtype  string
		shape  []int
		values any
	}{
		"generator.weight": {"F32", []int{6, 2}, w.W.Data},
		"generator.bias":   {"F32", []int{6}, w.Bias},
		"inner.start":      {"F64", []int{2}, infoFor(3).Start},
		"data.mean":        {"F64", []int{6}, infoFor(3).Mean},
		"head.weight":      {"F32", []int{3, 2}, head.W.Data},
		"head.bias":        {"F32", []int{3}, head.Bias},
		"inner.step_sizes": {"F64", []int{3}, m.Inner.StepSizes},
		"inner.thresholds": {"F64", []int{2}, m.Inner.Prox.Thresholds},
		"scaling.offset":   {"F64", []int{6}, infoFor(3).Scaling.Offset},
		"scaling.scale":    {"F64", []int{6}, infoFor(3).Scaling.Scale},
	}
	if len(header) != len(want)+1 {
		t.Errorf("%d entries in the header, want %d arrays and the metadata", len(header), len(want))
	}
	for name, c := range want {
		var entry struct {
			DType   string
			Shape   []int
			Offsets [2]int `json:"data_offsets"`
		}
		if err := json.Unmarshal(header[name], &entry); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		var numbers bytes.Buffer
		if err := binary.Write(&numbers, binary.LittleEndian, c.values); err != nil {
			t.Fatal(err)
		}
		if got := body[entry.Offsets[0]:entry.Offsets[1]]; entry.DType != c.dtype || !slices.Equal(entry.Shape, c.shape) || !bytes.Equal(got, numbers.Bytes()) {
			t.Errorf("%s: %+v", name, entry)
		}
	}
}

// physics is a generator of a user's own.
type physics struct{ *inverse.Linear[float64] }

func TestWriteRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(*inverse.Model[float64], *Info)
		want   string
	}{
		{"a generator of one's own", func(m *inverse.Model[float64], _ *Info) {
			m.Generator = physics{inverse.NewLinear[float64](6, 2, true)}
		}, "not modelfile.physics"},
		{"images of another size", func(_ *inverse.Model[float64], i *Info) { i.ImageWidth = 4 }, "images of 2×4"},
		{"too few classes", func(_ *inverse.Model[float64], i *Info) { i.Classes = []string{"a"} }, "1 classes, but the model has 3 outputs"},
		{"too few step sizes", func(m *inverse.Model[float64], _ *Info) { m.Inner.StepSizes = []float64{1} }, "inner step sizes: 1 for 7 steps"},
		{"no steps", func(m *inverse.Model[float64], _ *Info) { m.Inner.Steps = 0 }, "inner steps: 0"},
		{"a rate of 0", func(m *inverse.Model[float64], _ *Info) { m.Inner.LearningRate = 0 }, "inner learning rate: 0"},
		{"a rate that is NaN", func(m *inverse.Model[float64], _ *Info) { m.Inner.LearningRate = math.NaN() }, "inner learning rate: NaN"},
		{"an infinite ridge", func(m *inverse.Model[float64], _ *Info) { m.Inner.Ridge = math.Inf(1) }, "inner ridge: +Inf"},
		{"an unknown reduction", func(m *inverse.Model[float64], _ *Info) { m.Inner.Reduction = 7 }, "reduction: 7, want"},
		{"an unknown prox", func(m *inverse.Model[float64], _ *Info) { m.Inner.Prox.Kind = -1 }, "prox"},
		{"an unknown form", func(m *inverse.Model[float64], _ *Info) { m.Inner.Form = 9 }, "form"},
		{"an unknown momentum", func(m *inverse.Model[float64], _ *Info) { m.Inner.Momentum.Method = 9 }, "method"},
		{"a threshold that is NaN", func(m *inverse.Model[float64], _ *Info) {
			m.Inner.Prox = inverse.Prox{Kind: inverse.Soft, Thresholds: []float64{math.NaN()}}
		}, "threshold 0 of the prox soft: NaN"},
		{"bounds in disorder", func(m *inverse.Model[float64], _ *Info) {
			m.Inner.Prox = inverse.Prox{Kind: inverse.Box, Lower: []float64{2}, Upper: []float64{3, 1}}
		}, "want lower <= upper"},
		{"one class twice", func(_ *inverse.Model[float64], i *Info) { i.Classes = []string{"a", "b", "a"} }, `classes 0 and 2 are both called "a"`},
		{"a weight that is NaN", func(m *inverse.Model[float64], _ *Info) {
			m.Generator.(*inverse.Linear[float64]).W.Data[3] = math.NaN()
		}, "generator.weight: element 3 is NaN"},
		{"a bias that is infinite", func(m *inverse.Model[float64], _ *Info) {
			m.Head.(*inverse.Linear[float64]).Bias[1] = math.Inf(-1)
		}, "head.bias: element 1 is -Inf"},
		{"a head for other latents", func(m *inverse.Model[float64], _ *Info) { m.Head = inverse.NewLinear[float64](3, 3, false) }, "the head reads 3 latents"},
		{"no generator", func(m *inverse.Model[float64], _ *Info) { m.Generator = nil }, "without a generator"},
		{"a mean of other rows", func(_ *inverse.Model[float64], i *Info) { i.Mean = []float64{1} }, "data.mean has 1 elements"},
		{"a mean that is infinite", func(_ *inverse.Model[float64], i *Info) { i.Mean = []float64{1, 2, 3, 4, 5, math.Inf(1)} }, "data.mean: element 5 is +Inf"},
		{"a start for other latents", func(_ *inverse.Model[float64], i *Info) { i.Start = []float64{1} }, "inner.start has 1 elements"},
		{"a start that is NaN", func(_ *inverse.Model[float64], i *Info) { i.Start = []float64{1, math.NaN()} }, "inner.start: element 1 is NaN"},
		{"mean-all of no samples", func(m *inverse.Model[float64], _ *Info) { m.Inner.Reduction = inverse.MeanAll }, "inner samples: 0, but the reduction mean-all"},
		{"samples below 0", func(m *inverse.Model[float64], _ *Info) { m.Inner.Samples = -1 }, "inner samples: -1"},
		{"more samples than anyone has", func(m *inverse.Model[float64], _ *Info) { m.Inner.Samples = 1 << 31 }, "inner samples: 2147483648, want at most"},
		{"more steps than anyone takes", func(m *inverse.Model[float64], _ *Info) { m.Inner.Steps = 1_000_001 }, "inner steps: 1000001, want at most"},
		{"training samples below 0", func(_ *inverse.Model[float64], i *Info) { i.TrainSamples = -1 }, "train_samples is -1"},
		{"a range that is NaN", func(_ *inverse.Model[float64], i *Info) { i.PixelMax = math.NaN() }, "pixel_max"},
		{"settings that are no JSON", func(_ *inverse.Model[float64], i *Info) { i.Training = "x" }, "training is not JSON"},
		{"a scale of 0", func(_ *inverse.Model[float64], i *Info) { i.Scaling = Scaling{[]float64{0}, []float64{0}} }, "scaling.scale: element 0 is 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "model.safetensors")
			m, info := sample[float64]()
			c.damage(m, &info)
			if err := WriteFile(path, m, info); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q in it", err, c.want)
			}
			if _, err := os.Stat(path); err == nil {
				t.Error("the refused model was written")
			}
		})
	}
}

// asOlder is a model of an older version, which said less and in other words.
func asOlder(t *testing.T, version string, m *inverse.Model[float64], info Info, start string) *File {
	t.Helper()
	info.Start = nil
	d, err := compose(m, info)
	if err != nil {
		t.Fatal(err)
	}
	d.set("format_version", version)
	d.set("start", start)
	delete(d.metadata, "inner_samples")
	if version == "1" {
		for _, key := range []string{"generator", "head", "auto_step", "momentum", "momentum_mu", "prox", "ridge", "sparse", "tolerance", "form", "pixel_min", "pixel_max", "classes", "training"} {
			delete(d.metadata, key)
		}
	}
	path := filepath.Join(t.TempDir(), "old.safetensors")
	writeArrays(t, path, d.arrays, d.metadata)
	f, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestReadOlderVersions(t *testing.T) {
	for _, version := range []string{"1", "2"} {
		m, info := sample[float64]()
		f := asOlder(t, version, m, info, "zeros")
		back, err := Load[float64](f)
		info.Start, m.Inner.Samples = nil, 1000
		if err != nil || !reflect.DeepEqual(back, m) || !reflect.DeepEqual(f.Info, info) || f.Version != version {
			t.Errorf("version %s: read %+v of %+v, %v", version, back, f.Info, err)
		}
	}
}

// A start of the notebook's is what predictions of one row began with: the first
// draws after those of training.
func TestOlderStarts(t *testing.T) {
	m, info := sample[float64]()
	_, _, want := randomstate.NotebookStart(info.Seed, 2, 6, info.TrainSamples, 1)
	if f := asOlder(t, "2", m, info, "notebook"); !slices.Equal(f.Start, want) {
		t.Errorf("starts from %v, want %v", f.Start, want)
	}
}

// Older files do not name the batch that a mean over all pixels divides by; their
// trainings do.
func TestOlderSteps(t *testing.T) {
	m, info := sample[float64]()
	m.Inner.Reduction, m.Inner.Samples = inverse.MeanAll, 1
	for training, samples := range map[string]int{
		"": 1000, "{}": 1000, `{"batch":"0"}`: 1000, `{"batch":"50"}`: 50, `{"batch":"2000"}`: 1000, `{"batch":7}`: 1000,
	} {
		info.Training = training
		f := asOlder(t, "2", m, info, "zeros")
		if f.Inner.Samples != samples {
			t.Errorf("training %q: divides by %d samples, want %d", training, f.Inner.Samples, samples)
		}
		if got, want := f.Inner.Step(6, 17), 2*m.Inner.LearningRate/float64(6*samples); math.Abs(got/want-1) > 1e-15 {
			t.Errorf("training %q: a step of %v, want %v", training, got, want)
		}
	}
}

func TestOlderFilesRefused(t *testing.T) {
	m, info := sample[float64]()
	for _, c := range []struct{ start, samples, want string }{
		{"ones", "1000", `start is "ones"`},
		{"notebook", "1073741824", "a start of the notebook's after 2147483660 numbers"},
		{"zeros", "0", "train_samples is"},
	} {
		d, err := compose(m, info)
		if err != nil {
			t.Fatal(err)
		}
		d.set("format_version", "2")
		d.set("start", c.start)
		d.set("train_samples", c.samples)
		path := filepath.Join(t.TempDir(), "old.safetensors")
		writeArrays(t, path, d.arrays, d.metadata)
		if _, err := ReadFile(path); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("error %v, want %q", err, c.want)
		}
	}
}

// Bytes after a model, bytes that are missing, and readers that fail are errors.
func TestReadWantsAWholeModel(t *testing.T) {
	m, info := sample[float32]()
	var b bytes.Buffer
	if err := Write(&b, m, info); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for name, r := range map[string]io.Reader{
		"nothing": bytes.NewReader(nil), "a part": bytes.NewReader(whole[:len(whole)-1]),
		"a byte too many": io.MultiReader(bytes.NewReader(whole), strings.NewReader("x")),
		"twice":           io.MultiReader(bytes.NewReader(whole), bytes.NewReader(whole)),
		"a failure":       io.MultiReader(bytes.NewReader(whole), iotest.ErrReader(io.ErrClosedPipe)),
	} {
		if f, err := Read(r); err == nil {
			t.Errorf("%s: read %+v", name, f)
		}
	}
	if _, err := Read(iotest.OneByteReader(bytes.NewReader(whole))); err != nil {
		t.Error(err)
	}
}

// The zero Info goes with any model that has no mean over all pixels of a batch.
func TestZeroInfo(t *testing.T) {
	for name, m := range models[float64]() {
		f := fileOf(t, m, Info{})
		if f.ImageHeight != 1 || f.ImageWidth != 6 || f.Class(2) != "2" || f.Start != nil {
			t.Errorf("%s: %+v", name, f.Info)
		}
	}
}

func writeArrays(t *testing.T, path string, arrays []safetensors.Array, metadata map[string]string) {
	t.Helper()
	var b bytes.Buffer
	if err := safetensors.Write(&b, arrays, metadata); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestScaling(t *testing.T) {
	for _, c := range []struct {
		s    Scaling
		want []float64
	}{
		{Scaling{}, []float64{1, 2, 3, 4}},
		{Scaling{[]float64{1}, []float64{2}}, []float64{0, 0.5, 1, 1.5}},
		{Scaling{[]float64{1, 2}, []float64{2, 4}}, []float64{0, 0, 1, 0.5}},
	} {
		x := []float64{1, 2, 3, 4}
		c.s.Apply(x, 2)
		if !slices.Equal(x, c.want) {
			t.Errorf("%v gives %v, want %v", c.s, x, c.want)
		}
		if c.s.Undo(x, 2); !slices.Equal(x, []float64{1, 2, 3, 4}) {
			t.Errorf("%v undone gives %v", c.s, x)
		}
	}
}

func TestNoRoundingToFloat32(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	m, info := sample[float64]()
	if err := WriteFile(path, m, info); err != nil {
		t.Fatal(err)
	}
	f, err := ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load[float32](f); err == nil {
		t.Error("a float64 file gave a float32 model")
	}
}

// TestReadRefuses damages one thing at a time.
func TestReadRefuses(t *testing.T) {
	good, info := sample[float64]()
	good.Head = nil
	sound, err := compose(good, info)
	if err != nil {
		t.Fatal(err)
	}
	meta := sound.metadata
	nan := 0.0
	nan /= nan
	weight := safetensors.New("generator.weight", make([]float64, 12), 6, 2)
	for _, c := range []struct {
		name   string
		key    string
		value  string
		arrays []safetensors.Array
		want   string // part of the message
	}{
		{"another format", "format", "pt", []safetensors.Array{weight}, `format "pt"`},
		{"a later version", "format_version", "4", []safetensors.Array{weight}, `format version "4", this build reads versions 1 to 3`},
		{"no version", "format_version", "", []safetensors.Array{weight}, `format version "", this build`},
		{"an unknown generator", "generator", "gan", []safetensors.Array{weight}, `generator is "gan", want linear, activated or mlp`},
		{"an activation that is missing", "generator", "activated", []safetensors.Array{weight}, "generator_activation"},
		{"layers that are missing", "generator", "mlp", []safetensors.Array{weight}, "generator_activation"},
		{"a head that is missing", "head", "linear", []safetensors.Array{weight}, "no matrix head.weight"},
		{"an unknown prox", "prox", "hard", []safetensors.Array{weight}, `unknown prox "hard"`},
		{"a soft prox without thresholds", "prox", "soft", []safetensors.Array{weight}, "thresholds: 0 values"},
		{"a box without bounds", "prox", "box", []safetensors.Array{weight}, "lower bounds: 0 values"},
		{"a momentum out of range", "momentum_mu", "1", []safetensors.Array{weight}, "momentum"},
		{"a ridge out of range", "ridge", "-1", []safetensors.Array{weight}, "ridge is"},
		{"more steps than anyone takes", "inner_steps", "1000001", []safetensors.Array{weight}, "inner_steps is"},
		{"step sizes for other steps", "", "", []safetensors.Array{weight, safetensors.New("inner.step_sizes", []float64{1}, 1)}, "inner step sizes: 1 for 7 steps"},
		{"a step size of 0", "inner_steps", "1", []safetensors.Array{weight, safetensors.New("inner.step_sizes", []float64{0}, 1)}, "inner step size 0: 0"},
		{"an offset without a scale", "", "", []safetensors.Array{weight, safetensors.New("scaling.offset", []float64{0}, 1)}, "go together"},
		{"a scaling of other pixels", "", "", []safetensors.Array{weight, safetensors.New("scaling.offset", []float64{0, 1}, 2), safetensors.New("scaling.scale", []float64{1, 1}, 2)}, "has 2 elements"},
		{"classes that are no list", "classes", "{}", []safetensors.Array{weight}, "want a list of strings"},
		{"other classes", "classes", `["a"]`, []safetensors.Array{weight}, "1 classes, but the model has 2 outputs"},
		{"settings that are no JSON", "training", "epochs", []safetensors.Array{weight}, "training is not JSON"},
		{"no steps", "inner_steps", "0", []safetensors.Array{weight}, `inner_steps is "0"`},
		{"steps that are no number", "inner_steps", "many", []safetensors.Array{weight}, `inner_steps is "many"`},
		{"a negative rate", "inner_learning_rate", "-1", []safetensors.Array{weight}, "want a positive number"},
		{"a rate that is no number", "inner_learning_rate", "NaN", []safetensors.Array{weight}, "want a positive number"},
		{"a seed too large", "seed", "4294967296", []safetensors.Array{weight}, "seed is"},
		{"an unknown reduction", "reduction", "median", []safetensors.Array{weight}, `unknown reduction "median"`},
		{"mean-all of no samples", "reduction", "mean-all", []safetensors.Array{weight}, "inner samples: 0, but the reduction mean-all"},
		{"samples that are no number", "inner_samples", "-1", []safetensors.Array{weight}, "inner_samples is"},
		{"a start for other latents", "", "", []safetensors.Array{weight, safetensors.New("inner.start", make([]float64, 3), 3)}, "inner.start has 3 elements"},
		{"a start that is not finite", "", "", []safetensors.Array{weight, safetensors.New("inner.start", []float64{0, nan}, 2)}, "inner.start: element 1 is NaN"},
		{"one class twice", "classes", `["a","a"]`, []safetensors.Array{weight}, `classes 0 and 1 are both called "a"`},
		{"images of another size", "image_width", "4", []safetensors.Array{weight}, "images of 2×4, but the generator has 6 pixels"},
		{"no generator", "", "", nil, "no matrix generator.weight"},
		{"a generator of one dimension", "", "", []safetensors.Array{safetensors.New("generator.weight", make([]float64, 6), 6)}, "no matrix generator.weight"},
		{"a bias of another length", "", "", []safetensors.Array{weight, safetensors.New("generator.bias", make([]float64, 5), 5)}, "generator.bias"},
		{"a head for other latents", "head", "linear", []safetensors.Array{weight, safetensors.New("head.weight", make([]float64, 9), 3, 3)}, "the head reads 3 latents"},
		{"a generator of whole numbers", "", "", []safetensors.Array{safetensors.New("generator.weight", make([]int64, 12), 6, 2)}, "I64"},
		{"a NaN", "", "", []safetensors.Array{weight, safetensors.New("generator.bias", []float64{0, 0, nan, 0, 0, 0}, 6)}, "generator.bias: element 2 is NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			damaged := maps.Clone(meta)
			if c.key != "" {
				damaged[c.key] = c.value
			}
			path := filepath.Join(t.TempDir(), "damaged.safetensors")
			writeArrays(t, path, c.arrays, damaged)
			_, err := ReadFile(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %q and the path in it", err, c.want)
			}
		})
	}
}
