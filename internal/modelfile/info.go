// Package modelfile reads and writes trained models as safetensors files.
//
// The arrays are generator.weight (pixels × latents) and, where the model has
// them, generator.bias (pixels), head.weight (outputs × latents) and head.bias
// (outputs), as F32 or F64. The metadata hold the rest, as [Info] lists it; all
// values are strings, as the format wants it.
package modelfile

import (
	"fmt"
	"math"
	"strconv"

	"github.com/inversenet/inversenet/inverse"
)

// Values of the metadata format and format_version.
const (
	Format  = "inversenet"
	Version = "1"
)

// Where the inversions of a model start from.
const (
	// StartZeros is the latent of zeros.
	StartZeros = "zeros"
	// StartNotebook is what the article's notebook draws for prediction, after
	// what it drew for training; see randomstate.NotebookStart.
	StartNotebook = "notebook"
)

// Info is what a file says about a model besides its parameters and the settings
// of its inversion.
type Info struct {
	Recipe string
	Seed   uint32
	Start  string // StartZeros or StartNotebook
	// TrainSamples is the number of samples the model was trained on, all in one
	// batch: with the reduction MeanAll, the step depends on it.
	TrainSamples            int
	ImageHeight, ImageWidth int
}

// metadata are the strings of a file.
func metadata(inner inverse.Inner, info Info, precision string) map[string]string {
	return map[string]string{
		"format":              Format,
		"format_version":      Version,
		"precision":           precision,
		"inner_steps":         strconv.Itoa(inner.Steps),
		"inner_learning_rate": strconv.FormatFloat(inner.LearningRate, 'g', -1, 64),
		"reduction":           inner.Reduction.String(),
		"recipe":              info.Recipe,
		"seed":                strconv.FormatUint(uint64(info.Seed), 10),
		"start":               info.Start,
		"train_samples":       strconv.Itoa(info.TrainSamples),
		"image_height":        strconv.Itoa(info.ImageHeight),
		"image_width":         strconv.Itoa(info.ImageWidth),
	}
}

// parseMetadata is the inverse of metadata.
func parseMetadata(m map[string]string) (inner inverse.Inner, info Info, err error) {
	if m["format"] != Format {
		return inner, info, fmt.Errorf("its metadata names the format %q, want %q: it is no model of this program", m["format"], Format)
	}
	if m["format_version"] != Version {
		return inner, info, fmt.Errorf("it has the format version %q, this build reads version %s", m["format_version"], Version)
	}
	p := fields{values: m}
	inner.Steps = p.number("inner_steps", 1)
	inner.LearningRate = p.rate("inner_learning_rate")
	info.Recipe = m["recipe"]
	info.Seed = p.seed("seed")
	info.Start = m["start"]
	info.TrainSamples = p.number("train_samples", 1)
	info.ImageHeight = p.number("image_height", 1)
	info.ImageWidth = p.number("image_width", 1)
	if p.err != nil {
		return inner, info, p.err
	}
	if inner.Reduction, err = inverse.ParseReduction(m["reduction"]); err != nil {
		return inner, info, fmt.Errorf("its metadata: %w", err)
	}
	if info.Start != StartZeros && info.Start != StartNotebook {
		return inner, info, fmt.Errorf("its metadata: start is %q, want %s or %s", info.Start, StartZeros, StartNotebook)
	}
	return inner, info, nil
}

// fields reads metadata and keeps the first error.
type fields struct {
	values map[string]string
	err    error
}

// most is the largest number that a file may hold: far beyond use, and small
// enough that products of two fit an int64.
const most = 1 << 30

func (f *fields) number(key string, least int) int {
	n, err := strconv.Atoi(f.values[key])
	if err != nil || n < least || n > most {
		f.fail(key, fmt.Sprintf("a whole number from %d to %d", least, most))
	}
	return n
}

func (f *fields) seed(key string) uint32 {
	n, err := strconv.ParseUint(f.values[key], 10, 32)
	if err != nil {
		f.fail(key, "a whole number from 0 to 4294967295")
	}
	return uint32(n)
}

func (f *fields) rate(key string) float64 {
	v, err := strconv.ParseFloat(f.values[key], 64)
	if err != nil || !(v > 0) || math.IsInf(v, 0) {
		f.fail(key, "a positive number")
	}
	return v
}

func (f *fields) fail(key, want string) {
	if f.err == nil {
		f.err = fmt.Errorf("its metadata: %s is %q, want %s", key, f.values[key], want)
	}
}
