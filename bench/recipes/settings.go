package main

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// settings are all that a training depends on besides its rows and its seed.
type settings struct {
	Latents  int     // K
	Steps    int     // N
	Prox     string  // what ends each inner step, as inverse.ParseProxKind knows it
	Momentum string  // of the inner steps, as inverse.ParseMethod knows it
	Mu       float64 // its μ
	Bias     bool    // of the generator; the mean of the training images at the start
	Head     bool    // a linear head; without, the latents are the outputs

	// Starting values.
	Atoms     string  // "normal": random directions; "images": training images less their mean
	AtomNorm  float64 // norm of every atom, a column of W
	Step      float64 // s·λmax(WᵀW), the same in each step
	Threshold float64
	HeadNorm  float64 // of every row of the head's weights, on average

	// The training, by AdamW with rates that fall to zero along a cosine.
	Epochs, Batch int // a batch of 0 is all samples
	GeneratorRate float64
	HeadRate      float64
	InnerRate     float64 // of the logarithms of step sizes, and of thresholds; 0 learns neither
	Decay         float64
	Beta2         float64 // 0 stands for 0.999
	WarmUp        int     // batches
	Clip          float64 // norm of the gradient; 0 does not clip
	Smoothing     float64 // of labels

	// The largest distortions of training images, as in distort.Settings.
	Scale, Shear, Rotation, Shift float64
	Bicubic                       bool
}

// with returns the settings after assignments like "latents=128,epochs=60".
func (s settings) with(variant string) (settings, error) {
	for assignment := range strings.SplitSeq(variant, ",") {
		if assignment == "" {
			continue
		}
		if err := s.set(assignment); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (s *settings) set(assignment string) error {
	name, value, found := strings.Cut(assignment, "=")
	field := reflect.ValueOf(s).Elem().FieldByNameFunc(func(f string) bool { return strings.EqualFold(f, name) })
	if !found || !field.IsValid() {
		return fmt.Errorf("%q: want setting=value with one of the settings %s", assignment, settingNames())
	}
	var err error
	switch field.Kind() {
	case reflect.Int:
		var v int
		v, err = strconv.Atoi(value)
		field.SetInt(int64(v))
	case reflect.Float64:
		var v float64
		v, err = strconv.ParseFloat(value, 64)
		field.SetFloat(v)
	case reflect.Bool:
		var v bool
		v, err = strconv.ParseBool(value)
		field.SetBool(v)
	default:
		field.SetString(value)
	}
	if err != nil {
		return fmt.Errorf("%q: %w", assignment, err)
	}
	return nil
}

func settingNames() string {
	t := reflect.TypeFor[settings]()
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = strings.ToLower(t.Field(i).Name)
	}
	return strings.Join(names, ", ")
}

// list writes the settings as assignments, leaving out those that are zero.
func (s settings) list() string {
	v := reflect.ValueOf(s)
	var parts []string
	for i := range v.NumField() {
		if f := v.Field(i); !f.IsZero() {
			parts = append(parts, fmt.Sprintf("%s=%v", strings.ToLower(v.Type().Field(i).Name), f))
		}
	}
	return strings.Join(parts, " ")
}
