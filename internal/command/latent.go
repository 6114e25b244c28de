package command

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/inversenet/inversenet/internal/usage"
)

// parseLatent reads all numbers of a latent, or those of some of its elements.
func parseLatent(text string, latents int) ([]float64, error) {
	fields := strings.Split(text, ",")
	z := make([]float64, latents)
	if !strings.Contains(text, ":") && len(fields) != latents {
		return nil, usage.Errorf("--z: got %s, want %d as the model has latents, or INDEX:NUMBER for some of them", plural(len(fields), "number"), latents)
	}
	for i, field := range fields {
		k, number := i, field
		if index, value, ok := strings.Cut(field, ":"); ok || strings.Contains(text, ":") {
			n, err := strconv.Atoi(strings.TrimSpace(index))
			if err != nil || !ok || n < 0 || n >= latents {
				return nil, usage.Errorf("--z: %q: want INDEX:NUMBER with an index from 0 to %d", field, latents-1)
			}
			k, number = n, value
		}
		v, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil {
			return nil, usage.Errorf("--z %q: want numbers", text)
		}
		if !finite(v) {
			return nil, usage.Errorf("--z: number %d is %v, want finite numbers", i+1, v)
		}
		z[k] = v
	}
	return z, nil
}

// magnitude is the largest |v|.
func magnitude(values []float64) (top float64) {
	for _, v := range values {
		top = max(top, v, -v)
	}
	return top
}

// latentText writes a latent as --z takes it: all of a short one, the elements
// that are not 0 of a sparse one, and of a long one the largest.
func latentText(z []float64) string {
	const short, shown = 32, 12
	if len(z) <= short {
		return joinElements(z, nil)
	}
	var elements []int
	for k, v := range z {
		if v != 0 {
			elements = append(elements, k)
		}
	}
	if len(elements) == 0 {
		return "0:0"
	}
	if len(elements) <= short {
		return joinElements(z, elements)
	}
	slices.SortStableFunc(elements, func(a, b int) int { return cmp.Compare(math.Abs(z[b]), math.Abs(z[a])) })
	return fmt.Sprintf("%s (the largest of %d that are not 0)", joinElements(z, elements[:shown]), len(elements))
}

// joinElements writes some elements with their indices, or all numbers for nil.
func joinElements(z []float64, elements []int) string {
	var text []string
	for _, k := range elements {
		text = append(text, strconv.Itoa(k)+":"+strconv.FormatFloat(z[k], 'g', 6, 64))
	}
	if elements == nil {
		for _, v := range z {
			text = append(text, strconv.FormatFloat(v, 'g', 6, 64))
		}
	}
	return strings.Join(text, ",")
}
