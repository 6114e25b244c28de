package modelfile

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/inversenet/inversenet/internal/safetensors"
)

// Values of the metadata format and format_version.
const (
	Format  = "inversenet"
	Version = "2"
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
	// TrainSamples is the number of samples the model was trained on: with the
	// reduction MeanAll, the step depends on it.
	TrainSamples            int
	ImageHeight, ImageWidth int

	// Scaling is what the data went through on the way to the model.
	Scaling Scaling
	// PixelMin and PixelMax are the range of the training data before scaling;
	// equal when it is not known.
	PixelMin, PixelMax float64
	// Classes are what the outputs stand for, one for each; nil where they stand
	// for their own numbers, from 0.
	Classes []string
	// Training holds the settings of the training, a JSON object, or is empty.
	Training string
}

// write adds the strings and arrays of the info.
func (i Info) write(d *draft) error {
	classes := ""
	if i.Classes != nil {
		text, err := json.Marshal(i.Classes)
		if err != nil {
			return err
		}
		classes = string(text)
	}
	d.set("recipe", i.Recipe)
	d.set("seed", strconv.FormatUint(uint64(i.Seed), 10))
	d.set("start", i.Start)
	d.set("train_samples", strconv.Itoa(i.TrainSamples))
	d.set("image_height", strconv.Itoa(i.ImageHeight))
	d.set("image_width", strconv.Itoa(i.ImageWidth))
	d.set("pixel_min", number(i.PixelMin))
	d.set("pixel_max", number(i.PixelMax))
	d.set("classes", classes)
	d.set("training", i.Training)
	d.add(scalingOffset, i.Scaling.Offset)
	d.add(scalingScale, i.Scaling.Scale)
	return nil
}

// readInfo is the inverse of write.
func readInfo(f *safetensors.File, p *fields) (i Info, err error) {
	i.Recipe = p.values["recipe"]
	i.Seed = p.seed("seed")
	i.Start = p.oneOf("start", StartZeros, StartNotebook)
	i.TrainSamples = p.integer("train_samples", 1, most)
	i.ImageHeight = p.integer("image_height", 1, most)
	i.ImageWidth = p.integer("image_width", 1, most)
	if p.version == "1" {
		return i, p.err
	}
	i.PixelMin, i.PixelMax = p.float("pixel_min"), p.float("pixel_max")
	if text := p.values["classes"]; text != "" {
		if err := json.Unmarshal([]byte(text), &i.Classes); err != nil {
			return i, fmt.Errorf("its metadata: classes: %w, want a list of strings", err)
		}
	}
	i.Training = p.values["training"]
	if i.Training != "" && !json.Valid([]byte(i.Training)) {
		return i, fmt.Errorf("its metadata: training is not JSON")
	}
	if p.err != nil {
		return i, p.err
	}
	i.Scaling, err = readScaling(f)
	return i, err
}

// check wants what fits a model of the given shape.
func (i Info) check(pixels, outputs int) error {
	if int64(i.ImageHeight)*int64(i.ImageWidth) != int64(pixels) {
		return fmt.Errorf("its metadata: images of %d×%d, but the generator has %d pixels", i.ImageHeight, i.ImageWidth, pixels)
	}
	if i.Classes != nil && len(i.Classes) != outputs {
		return fmt.Errorf("its metadata: %d classes, but the model has %d outputs", len(i.Classes), outputs)
	}
	return i.Scaling.check(pixels)
}

// Class is what output k stands for.
func (i Info) Class(k int) string {
	if k < len(i.Classes) {
		return i.Classes[k]
	}
	return strconv.Itoa(k)
}
