package modelfile

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/inversenet/inversenet/internal/randomstate"
)

// fromOlder fills what files of versions 1 and 2 say in other words.
func (f *File) fromOlder(p *fields) error {
	if p.version == Version {
		return nil
	}
	start := p.oneOf("start", "zeros", "notebook")
	if p.err != nil {
		return p.err
	}
	f.Inner.Samples = f.batchTrainedOn()
	if start == "notebook" {
		return f.drawStart()
	}
	return nil
}

// batchTrainedOn is the size of the batches of a training: of all samples, unless
// its settings name another.
func (f *File) batchTrainedOn() int {
	var settings struct{ Batch string }
	if f.Training != "" && json.Unmarshal([]byte(f.Training), &settings) == nil {
		if batch, err := strconv.Atoi(settings.Batch); err == nil && batch > 0 && batch < f.TrainSamples {
			return batch
		}
	}
	return f.TrainSamples
}

// drawStart draws what the notebook draws first for the prediction of one row,
// after z0 and w0 of its training; see randomstate.NotebookStart.
func (f *File) drawStart() error {
	const most = 1 << 26 // numbers that come before; more take seconds
	before := int64(f.Latents)*int64(f.TrainSamples) + int64(f.Pixels)*int64(f.Latents)
	if before > most {
		return fmt.Errorf("its metadata: a start of the notebook's after %d numbers, want at most %d", before, most)
	}
	state := randomstate.New(f.Seed)
	for range before {
		state.NormFloat64()
	}
	f.Start = make([]float64, f.Latents)
	for k := range f.Start {
		f.Start[k] = math.Abs(state.NormFloat64()) / 100
	}
	return nil
}
