package experiment

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

func sampleCheckpoint[T inverse.Float]() checkpoint[T] {
	w := optim.Array[T]{Name: "generator.W", Values: []T{1, 2, T(math.Pi)}}
	return checkpoint[T]{
		Job: "job",
		State: inverse.State[T]{Step: 2, Pass: 1 << 63, Seen: 20, Parameters: []optim.Array[T]{w},
			Optimizer: optim.State[T]{Optimizer: "momentum", Steps: 2, Arrays: []optim.Array[T]{{Name: "velocity.generator.W", Values: []T{4, 5, 6}}}}},
		Loss:     []float64{2.5, 1. / 3},
		Accuracy: [][2]float64{{1, 0.5}},
		Elapsed:  3 * time.Second,
	}
}

func testCheckpoint[T inverse.Float](t *testing.T) {
	path := filepath.Join(t.TempDir(), "c")
	want := sampleCheckpoint[T]()
	if err := writeCheckpoint(path, want); err != nil {
		t.Fatal(err)
	}
	got, err := readCheckpoint[T](path, "job")
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v, wrote %+v", got, err, want)
	}
}

func TestCheckpointRoundTrip(t *testing.T) {
	testCheckpoint[float32](t)
	testCheckpoint[float64](t)
}

func TestReadCheckpointRefuses(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(arrays map[string]safetensors.Array, metadata map[string]string)
		want   string
	}{
		{"a model", func(_ map[string]safetensors.Array, m map[string]string) { m["format"] = "inversenet" }, "it is no checkpoint"},
		{"a later version", func(_ map[string]safetensors.Array, m map[string]string) { m["format_version"] = "2" }, `format version "2", this build reads version 1`},
		{"another job", func(_ map[string]safetensors.Array, m map[string]string) { m["job"] = "x" }, "other settings or other data"},
		{"another precision", func(_ map[string]safetensors.Array, m map[string]string) { m["precision"] = "f32" }, "other settings or other data"},
		{"steps that are no number", func(_ map[string]safetensors.Array, m map[string]string) { m["step"] = "two" }, `step is "two"`},
		{"no pass", func(_ map[string]safetensors.Array, m map[string]string) { delete(m, "pass") }, `pass is ""`},
		{"more steps than losses", func(_ map[string]safetensors.Array, m map[string]string) { m["step"] = "3" }, "history.loss"},
		{"no losses", func(a map[string]safetensors.Array, _ map[string]string) { delete(a, "history.loss") }, "history.loss"},
		{"accuracies of another shape", func(a map[string]safetensors.Array, _ map[string]string) {
			a["history.accuracy"] = safetensors.New("history.accuracy", []float64{1}, 1)
		}, "history.accuracy"},
		{"an array too many", func(a map[string]safetensors.Array, _ map[string]string) {
			a["x"] = safetensors.New("x", []float64{1}, 1)
		}, `array "x"`},
		{"another element type", func(a map[string]safetensors.Array, _ map[string]string) {
			a["parameter.b"] = safetensors.New("parameter.b", []float32{1}, 1)
		}, "parameter.b holds F32"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c")
			if err := writeCheckpoint(path, sampleCheckpoint[float64]()); err != nil {
				t.Fatal(err)
			}
			f, err := safetensors.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			arrays := map[string]safetensors.Array{}
			for _, name := range f.Names() {
				arrays[name], _ = f.Lookup(name)
			}
			c.damage(arrays, f.Metadata)
			var list []safetensors.Array
			for _, a := range arrays {
				list = append(list, a)
			}
			var b bytes.Buffer
			if err := safetensors.Write(&b, list, f.Metadata); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			_, err = readCheckpoint[float64](path, "job")
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("error %v, want %q and the path in it", err, c.want)
			}
		})
	}
}

// FuzzReadCheckpoint wants an error, not a panic, for whatever a file holds.
func FuzzReadCheckpoint(f *testing.F) {
	path := filepath.Join(f.TempDir(), "c")
	if err := writeCheckpoint(path, sampleCheckpoint[float64]()); err != nil {
		f.Fatal(err)
	}
	good, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add(good[:len(good)-1])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		file, err := safetensors.Read(bytes.NewReader(raw), int64(len(raw)))
		if err != nil {
			return
		}
		if c, err := parseCheckpoint[float64](file, "job"); err == nil && len(c.Loss) != c.State.Step {
			t.Errorf("%d losses after %d steps", len(c.Loss), c.State.Step)
		}
	})
}
