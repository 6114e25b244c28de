package modelfile

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"

	"github.com/inversenet/inversenet/internal/safetensors"
)

// Values of the metadata format and format_version.
const (
	Format  = "inversenet"
	Version = "3"
)

// Info is what a file says about a model besides its parameters and the settings
// of its inversion. The zero value goes with every model.
type Info struct {
	// Recipe and Seed name the training, Training holds its settings, a JSON
	// object, or is empty.
	Recipe   string
	Seed     uint32
	Training string
	// TrainSamples is the number of samples trained on, 0 where it is not known.
	TrainSamples int
	// Start is the latent that inversions start from; nil stands for zeros.
	Start []float64

	// ImageHeight and ImageWidth say how the pixels of a row make an image, row by
	// row. Both 0 stand for an image of one line.
	ImageHeight, ImageWidth int
	// Scaling is what the data goes through on the way to the model.
	Scaling Scaling
	// PixelMin and PixelMax are the range of the training data before scaling;
	// equal when it is not known.
	PixelMin, PixelMax float64
	// Mean is the mean row of the training data before scaling; nil when it is not
	// known.
	Mean []float64
	// Classes are what the outputs stand for, one for each, no two the same; nil
	// where they stand for their own numbers, from 0.
	Classes []string
}

// Class is what output k stands for.
func (i Info) Class(k int) string {
	if k < len(i.Classes) {
		return i.Classes[k]
	}
	return strconv.Itoa(k)
}

// completed is the info with the shape that a zero one stands for.
func (i Info) completed(pixels int) Info {
	if i.ImageHeight == 0 && i.ImageWidth == 0 {
		i.ImageHeight, i.ImageWidth = 1, pixels
	}
	return i
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
	d.set("train_samples", strconv.Itoa(i.TrainSamples))
	d.set("image_height", strconv.Itoa(i.ImageHeight))
	d.set("image_width", strconv.Itoa(i.ImageWidth))
	d.set("pixel_min", number(i.PixelMin))
	d.set("pixel_max", number(i.PixelMax))
	d.set("classes", classes)
	d.set("training", i.Training)
	d.add(innerStart, i.Start)
	d.add(dataMean, i.Mean)
	d.add(scalingOffset, i.Scaling.Offset)
	d.add(scalingScale, i.Scaling.Scale)
	return nil
}

// readInfo is the inverse of write.
func readInfo(f *safetensors.File, p *fields) (i Info, err error) {
	i.Recipe = p.values["recipe"]
	i.Seed = p.seed("seed")
	i.ImageHeight = p.integer("image_height", 1, most)
	i.ImageWidth = p.integer("image_width", 1, most)
	if p.version == Version {
		i.TrainSamples = p.integer("train_samples", 0, most)
	} else {
		i.TrainSamples = p.integer("train_samples", 1, most)
	}
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
	if p.err != nil {
		return i, p.err
	}
	if i.Start, err = vector(f, innerStart); err != nil {
		return i, err
	}
	if i.Mean, err = vector(f, dataMean); err != nil {
		return i, err
	}
	i.Scaling, err = readScaling(f)
	return i, err
}

// check wants what fits a model of the given shape.
func (i Info) check(pixels, latents, outputs int) error {
	if i.ImageHeight < 1 || i.ImageWidth < 1 || int64(i.ImageHeight)*int64(i.ImageWidth) != int64(pixels) {
		return fmt.Errorf("its metadata: images of %d×%d, but the generator has %d pixels", i.ImageHeight, i.ImageWidth, pixels)
	}
	switch {
	case i.TrainSamples < 0 || i.TrainSamples > most:
		return fmt.Errorf("its metadata: train_samples is %d, want a number from 0 to %d", i.TrainSamples, most)
	case i.Start != nil && len(i.Start) != latents:
		return fmt.Errorf("%s has %d elements, want one for each of %d latents", innerStart, len(i.Start), latents)
	case i.Mean != nil && len(i.Mean) != pixels:
		return fmt.Errorf("%s has %d elements, want one for each of %d pixels", dataMean, len(i.Mean), pixels)
	case !isFinite(i.PixelMin) || !isFinite(i.PixelMax):
		return fmt.Errorf("its metadata: pixel_min and pixel_max are %v and %v, want finite numbers", i.PixelMin, i.PixelMax)
	case i.Training != "" && !json.Valid([]byte(i.Training)):
		return fmt.Errorf("its metadata: training is not JSON")
	}
	if err := i.checkClasses(outputs); err != nil {
		return err
	}
	return i.Scaling.check(pixels)
}

// checkClasses wants a name of its own for each output.
func (i Info) checkClasses(outputs int) error {
	if i.Classes == nil {
		return nil
	}
	if len(i.Classes) != outputs {
		return fmt.Errorf("its metadata: %d classes, but the model has %d outputs", len(i.Classes), outputs)
	}
	first := make(map[string]int, outputs)
	for k, name := range i.Classes {
		if before, ok := first[name]; ok {
			return fmt.Errorf("its metadata: the classes %d and %d are both called %q", before, k, name)
		}
		first[name] = k
	}
	return nil
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
