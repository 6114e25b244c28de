package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse"
)

// workload is an entry of workloads.json; workloads.py says what it stands for,
// and how its inputs are computed.
type workload struct {
	Name     string  `json:"name"`
	Kind     string  `json:"kind"` // forward or train
	Pixels   int     `json:"pixels"`
	Latents  int     `json:"latents"`
	Samples  int     `json:"samples"`
	Steps    int     `json:"steps"`
	Step     float64 `json:"step"`
	Prox     string  `json:"prox"` // nonneg, or empty for none
	Head     string  `json:"head"` // linear, or empty for the identity
	Rate     float64 `json:"rate"`
	Checksum float64 `json:"checksum"` // in float64
}

const (
	classes      = 10
	checkedSteps = 3
	idleRate     = 1e-12
	// tolerance bounds the relative difference of a float32 checksum from the one
	// in float64: some hundred rounding errors.
	tolerance = 1e-5
)

//go:embed workloads.json
var workloadsJSON []byte

func workloads() []workload {
	var all []workload
	if err := json.Unmarshal(workloadsJSON, &all); err != nil {
		panic(fmt.Sprintf("workloads.json: %v", err))
	}
	return all
}

// verify returns an error when a checksum is not that of the workload.
func (w workload) verify(checksum float64) error {
	if !(math.Abs(checksum-w.Checksum) <= tolerance*math.Abs(w.Checksum)) {
		return fmt.Errorf("%s: checksum %.9g, want %.9g", w.Name, checksum, w.Checksum)
	}
	return nil
}

// forwardFlops counts the multiplications and additions of the two products in
// all inner steps.
func (w workload) forwardFlops() float64 {
	return 4 * float64(w.Pixels) * float64(w.Latents) * float64(w.Steps) * float64(w.Samples)
}

func (w workload) generator() *inverse.Linear[float32] {
	g := &inverse.Linear[float32]{W: matrix(1, w.Pixels, w.Latents, centred(w.Pixels))}
	if w.Head == "linear" {
		g.Bias = make([]float32, w.Pixels)
	}
	return g
}

func (w workload) head() *inverse.Linear[float32] {
	if w.Head != "linear" {
		return nil
	}
	return &inverse.Linear[float32]{W: matrix(5, classes, w.Latents, centred(w.Latents)), Bias: make([]float32, classes)}
}

func (w workload) x() inverse.Matrix[float32] {
	return matrix(2, w.Samples, w.Pixels, func(u float64) float64 { return u })
}

func (w workload) z0() inverse.Matrix[float32] {
	return matrix(3, w.Samples, w.Latents, func(u float64) float64 { return u / 10 })
}

func (w workload) labels() []int {
	labels := make([]int, w.Samples)
	for i := range labels {
		labels[i] = int(classes * uniform(4, uint64(i)))
	}
	return labels
}

// forwardChecksum is Σ (k+1)/K·z² over all samples and latents k.
func (w workload) forwardChecksum(z inverse.Matrix[float32]) float64 {
	var sum float64
	for i := range z.Rows {
		for k, v := range z.Row(i) {
			sum += float64(k+1) / float64(z.Cols) * float64(v) * float64(v)
		}
	}
	return sum
}

func centred(n int) func(float64) float64 {
	return func(u float64) float64 { return (2*u - 1) / math.Sqrt(float64(n)) }
}

func matrix(tag uint64, rows, cols int, value func(u float64) float64) inverse.Matrix[float32] {
	m := inverse.NewMatrix[float32](rows, cols)
	for i := range m.Data {
		m.Data[i] = float32(value(uniform(tag, uint64(i))))
	}
	return m
}

// uniform is element i of the sequence of a tag: splitmix64, its upper 24 bits.
func uniform(tag, i uint64) float64 {
	h := tag + (i+1)*0x9E3779B97F4A7C15
	h = (h ^ h>>30) * 0xBF58476D1CE4E5B9
	h = (h ^ h>>27) * 0x94D049BB133111EB
	return float64((h^h>>31)>>40) / (1 << 24)
}
