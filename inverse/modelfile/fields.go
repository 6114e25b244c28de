package modelfile

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/inversenet/inversenet/internal/safetensors"
	"github.com/inversenet/inversenet/inverse"
)

// draft is a file being put together.
type draft struct {
	arrays   []safetensors.Array
	metadata map[string]string
	err      error // about the first number that is not finite
}

func (d *draft) set(key, value string) { d.metadata[key] = value }

// add adds a vector of float64, unless it is nil.
func (d *draft) add(name string, values []float64) {
	if values != nil {
		addArray(d, name, values, len(values))
	}
}

// addArray adds numbers, which must be finite.
func addArray[T inverse.Float](d *draft, name string, values []T, shape ...int) {
	if err := checkFinite(name, values); err != nil && d.err == nil {
		d.err = err
	}
	d.arrays = append(d.arrays, safetensors.New(name, values, shape...))
}

// number writes v with the digits that it takes to read it back.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

// fields reads metadata and keeps the first error.
type fields struct {
	version string
	values  map[string]string
	err     error
}

// most is the largest number that a file may hold: far beyond use, and small
// enough that products of two fit an int64.
const most = 1 << 30

func (f *fields) integer(key string, least, most int) int {
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

func (f *fields) float(key string) float64 {
	v, err := strconv.ParseFloat(f.values[key], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		f.fail(key, "a number")
	}
	return v
}

// weight is a number of at least 0.
func (f *fields) weight(key string) float64 {
	v := f.float(key)
	if v < 0 {
		f.fail(key, "a number of at least 0")
	}
	return v
}

func (f *fields) rate(key string) float64 {
	v, err := strconv.ParseFloat(f.values[key], 64)
	if err != nil || !(v > 0) || math.IsInf(v, 0) {
		f.fail(key, "a positive number")
	}
	return v
}

func (f *fields) bool(key string) bool { return f.oneOf(key, "true", "false") == "true" }

func (f *fields) oneOf(key string, allowed ...string) string {
	v := f.values[key]
	if !slices.Contains(allowed, v) {
		last := len(allowed) - 1
		f.fail(key, strings.Join(allowed[:last], ", ")+" or "+allowed[last])
	}
	return v
}

// parsed is a value with a name, by the function that knows the names.
func parsed[V any](f *fields, key string, parse func(string) (V, error)) V {
	v, err := parse(f.values[key])
	if err != nil && f.err == nil {
		f.err = fmt.Errorf("its metadata: %s: %w", key, err)
	}
	return v
}

func (f *fields) fail(key, want string) {
	if f.err == nil {
		f.err = fmt.Errorf("its metadata: %s is %q, want %s", key, f.values[key], want)
	}
}

func checkFinite[T inverse.Float](name string, values []T) error {
	for i, v := range values {
		if v-v != 0 {
			return fmt.Errorf("%s: element %d is %v, want finite numbers", name, i, v)
		}
	}
	return nil
}
