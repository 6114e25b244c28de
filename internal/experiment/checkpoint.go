package experiment

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
	"github.com/inversenet/inversenet/inverse/optim"
)

// An interrupted training is kept as a safetensors file. Its arrays, F32 or F64
// like the model but for the history, are
//
//	parameter.NAME        a parameter, as inverse.State names it
//	optimizer.NAME        what the optimiser remembers, as optim.State names it
//	history.loss          F64, the loss before each iteration
//	history.accuracy      F64, rows of an iteration and the accuracy after it
//
// and the metadata are strings:
//
//	format                inversenet-checkpoint
//	format_version        1
//	precision             f32 or f64
//	step, pass, seen      the position, see inverse.State
//	optimizer             gradient-descent, momentum or adam
//	job                   which training it belongs to, a text to compare
//	elapsed               nanoseconds spent so far
const (
	checkpointFormat  = "inversenet-checkpoint"
	checkpointVersion = "1"

	parameterPrefix = "parameter."
	optimizerPrefix = "optimizer."
	lossName        = "history.loss"
	accuracyName    = "history.accuracy"
)

// checkpoint is where a training stands.
type checkpoint[T inverse.Float] struct {
	// Job tells trainings apart: two continue each other only if theirs are equal.
	Job   string
	State inverse.State[T]
	// Loss is that before each iteration, so it has State.Step elements.
	Loss []float64
	// Accuracy holds pairs of an iteration and the accuracy after it.
	Accuracy [][2]float64
	Elapsed  time.Duration
}

// writeCheckpoint writes a checkpoint to path, whole or not at all.
func writeCheckpoint[T inverse.Float](path string, c checkpoint[T]) error {
	arrays := []safetensors.Array{safetensors.New(lossName, c.Loss, len(c.Loss))}
	accuracy := make([]float64, 0, 2*len(c.Accuracy))
	for _, a := range c.Accuracy {
		accuracy = append(accuracy, a[:]...)
	}
	arrays = append(arrays, safetensors.New(accuracyName, accuracy, len(c.Accuracy), 2))
	for prefix, list := range map[string][]optim.Array[T]{parameterPrefix: c.State.Parameters, optimizerPrefix: c.State.Optimizer.Arrays} {
		for _, a := range list {
			arrays = append(arrays, safetensors.New(prefix+a.Name, a.Values, len(a.Values)))
		}
	}
	metadata := map[string]string{
		"format":         checkpointFormat,
		"format_version": checkpointVersion,
		"precision":      precisionOf[T](),
		"step":           strconv.Itoa(c.State.Step),
		"pass":           strconv.FormatUint(c.State.Pass, 10),
		"seen":           strconv.Itoa(c.State.Seen),
		"optimizer":      c.State.Optimizer.Optimizer,
		"job":            c.Job,
		"elapsed":        strconv.FormatInt(int64(c.Elapsed), 10),
	}
	return atomicfile.Write(path, 0o666, func(w io.Writer) error { return safetensors.Write(w, arrays, metadata) })
}

// readCheckpoint reads the checkpoint of a training. The error names the path and says what
// about it is no checkpoint of this job.
func readCheckpoint[T inverse.Float](path, job string) (checkpoint[T], error) {
	f, err := safetensors.ReadFile(path)
	if err != nil {
		return checkpoint[T]{}, err
	}
	c, err := parseCheckpoint[T](f, job)
	if err != nil {
		return c, fmt.Errorf("cannot continue from %s: %w", path, err)
	}
	return c, nil
}

func parseCheckpoint[T inverse.Float](f *safetensors.File, job string) (c checkpoint[T], err error) {
	m := f.Metadata
	switch {
	case m["format"] != checkpointFormat:
		return c, fmt.Errorf("its metadata names the format %q, want %q: it is no checkpoint", m["format"], checkpointFormat)
	case m["format_version"] != checkpointVersion:
		return c, fmt.Errorf("it has the format version %q, this build reads version %s", m["format_version"], checkpointVersion)
	case m["precision"] != precisionOf[T]() || m["job"] != job:
		return c, fmt.Errorf("it belongs to a training with other settings or other data: want those that it began with, or another file")
	}
	c.Job = job
	if err := c.position(m); err != nil {
		return c, err
	}
	for _, name := range f.Names() {
		values, isParameter := strings.CutPrefix(name, parameterPrefix)
		state, isState := strings.CutPrefix(name, optimizerPrefix)
		switch {
		case isParameter:
			c.State.Parameters, err = appendArray(c.State.Parameters, f, name, values)
		case isState:
			c.State.Optimizer.Arrays, err = appendArray(c.State.Optimizer.Arrays, f, name, state)
		case name != lossName && name != accuracyName:
			err = fmt.Errorf("it has an array %q, which no checkpoint has", name)
		}
		if err != nil {
			return c, err
		}
	}
	return c, c.history(f)
}

func (c *checkpoint[T]) position(m map[string]string) error {
	var elapsed int64
	var err error
	for key, read := range map[string]func(string) error{
		"step":    func(s string) error { c.State.Step, err = strconv.Atoi(s); return err },
		"pass":    func(s string) error { c.State.Pass, err = strconv.ParseUint(s, 10, 64); return err },
		"seen":    func(s string) error { c.State.Seen, err = strconv.Atoi(s); return err },
		"elapsed": func(s string) error { elapsed, err = strconv.ParseInt(s, 10, 64); return err },
	} {
		if read(m[key]) != nil {
			return fmt.Errorf("its metadata: %s is %q, want a whole number", key, m[key])
		}
	}
	c.State.Optimizer = optim.State[T]{Optimizer: m["optimizer"], Steps: c.State.Step}
	c.Elapsed = time.Duration(elapsed)
	return nil
}

func (c *checkpoint[T]) history(f *safetensors.File) (err error) {
	if c.Loss, err = safetensors.Floats[float64](f, lossName, c.State.Step); err != nil {
		return err
	}
	accuracy, err := safetensors.Floats[float64](f, accuracyName, -1, 2)
	if err != nil {
		return err
	}
	for i := 0; i < len(accuracy); i += 2 {
		c.Accuracy = append(c.Accuracy, [2]float64{accuracy[i], accuracy[i+1]})
	}
	return nil
}

func appendArray[T inverse.Float](list []optim.Array[T], f *safetensors.File, name, own string) ([]optim.Array[T], error) {
	if a, _ := f.Lookup(name); precisionOf[T]() != map[string]string{"F32": "f32", "F64": "f64"}[a.DType] {
		return nil, fmt.Errorf("%s holds %s, but its metadata say %s", name, a.DType, precisionOf[T]())
	}
	values, err := safetensors.Floats[T](f, name, -1)
	return append(list, optim.Array[T]{Name: own, Values: values}), err
}

func precisionOf[T inverse.Float]() string {
	if _, ok := any(T(0)).(float32); ok {
		return "f32"
	}
	return "f64"
}
