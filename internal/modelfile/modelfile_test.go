package modelfile

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
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
	return m, Info{Recipe: "notebook", Seed: 1<<32 - 1, Start: StartNotebook, TrainSamples: 1000, ImageHeight: 2, ImageWidth: 3}
}

func testRoundTrip[T inverse.Float](t *testing.T, precision string) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	m, info := sample[T]()
	if err := Write(path, m, info); err != nil {
		t.Fatal(err)
	}
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if f.Info != info || f.Precision != precision || f.Pixels != 6 || f.Latents != 2 || f.Outputs != 3 {
		t.Errorf("read %+v", f)
	}
	back, err := Model[T](f)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back, m) {
		t.Errorf("read %+v, wrote %+v", back, m)
	}
}

func TestRoundTrip(t *testing.T) {
	t.Run("f32", func(t *testing.T) { testRoundTrip[float32](t, "f32") })
	t.Run("f64", func(t *testing.T) { testRoundTrip[float64](t, "f64") })
}

func TestWriteRefusesWhatAFileCannotHold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	m, info := sample[float64]()
	m.Inner.Ridge = 0.5
	if err := Write(path, m, info); err == nil || !strings.Contains(err.Error(), "plain steps") {
		t.Errorf("a ridge: error %v", err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the refused model was written")
	}
}

func TestNoRoundingToFloat32(t *testing.T) {
	path := filepath.Join(t.TempDir(), "model.safetensors")
	m, info := sample[float64]()
	if err := Write(path, m, info); err != nil {
		t.Fatal(err)
	}
	f, err := Read(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Model[float32](f); err == nil {
		t.Error("a float64 file gave a float32 model")
	}
}

// TestReadRefuses damages one thing at a time.
func TestReadRefuses(t *testing.T) {
	good, info := sample[float64]()
	meta := metadata(good.Inner, info, "f64")
	nan := 0.0
	nan /= nan
	weight := safetensors.New(generatorWeight, make([]float64, 12), 6, 2)
	for _, c := range []struct {
		name   string
		key    string
		value  string
		arrays []safetensors.Array
		want   string // part of the message
	}{
		{"another format", "format", "pt", []safetensors.Array{weight}, `format "pt"`},
		{"a later version", "format_version", "2", []safetensors.Array{weight}, `format version "2", this build reads version 1`},
		{"no steps", "inner_steps", "0", []safetensors.Array{weight}, `inner_steps is "0"`},
		{"steps that are no number", "inner_steps", "many", []safetensors.Array{weight}, `inner_steps is "many"`},
		{"a negative rate", "inner_learning_rate", "-1", []safetensors.Array{weight}, "want a positive number"},
		{"a rate that is no number", "inner_learning_rate", "NaN", []safetensors.Array{weight}, "want a positive number"},
		{"a seed too large", "seed", "4294967296", []safetensors.Array{weight}, "seed is"},
		{"an unknown reduction", "reduction", "median", []safetensors.Array{weight}, `unknown reduction "median"`},
		{"an unknown start", "start", "ones", []safetensors.Array{weight}, `start is "ones"`},
		{"images of another size", "image_width", "4", []safetensors.Array{weight}, "images of 2×4, but the generator has 6 pixels"},
		{"no generator", "", "", nil, "no matrix generator.weight"},
		{"a generator of one dimension", "", "", []safetensors.Array{safetensors.New(generatorWeight, make([]float64, 6), 6)}, "no matrix generator.weight"},
		{"a bias of another length", "", "", []safetensors.Array{weight, safetensors.New(generatorBias, make([]float64, 5), 5)}, "generator.bias"},
		{"a head for other latents", "", "", []safetensors.Array{weight, safetensors.New(headWeight, make([]float64, 9), 3, 3)}, "head.weight"},
		{"a generator of whole numbers", "", "", []safetensors.Array{safetensors.New(generatorWeight, make([]int64, 12), 6, 2)}, "I64"},
		{"a NaN", "", "", []safetensors.Array{weight, safetensors.New(generatorBias, []float64{0, 0, nan, 0, 0, 0}, 6)}, "generator.bias: element 2 is NaN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			damaged := maps.Clone(meta)
			if c.key != "" {
				damaged[c.key] = c.value
			}
			var b bytes.Buffer
			if err := safetensors.Write(&b, c.arrays, damaged); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(t.TempDir(), "damaged.safetensors")
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err := Read(path)
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %q and the path in it", err, c.want)
			}
		})
	}
}
