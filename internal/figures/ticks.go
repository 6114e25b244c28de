package figures

import (
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
)

// roundTicks labels an axis at multiples of 1, 2 or 5 times a power of ten, at
// most seven of them, all with the same number of decimals.
type roundTicks struct{}

// Ticks implements plot.Ticker.
func (roundTicks) Ticks(low, high float64) []plot.Tick {
	step := roundStep((high - low) / 6)
	if step == 0 || math.IsInf(step, 0) || math.IsNaN(step) {
		return nil
	}
	// A bound that misses a multiple by rounding only counts as one.
	const slack = 1e-9
	first := math.Ceil(low/step - slack)
	last := math.Floor(high/step + slack)
	var ticks []plot.Tick
	for i := first; i <= last && len(ticks) < 10; i++ {
		value := i * step
		ticks = append(ticks, plot.Tick{Value: value, Label: tickLabel(value, step)})
	}
	return ticks
}

// roundStep returns the smallest 1, 2 or 5 times a power of ten that is at least
// width.
func roundStep(width float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(width)))
	for _, digit := range []float64{1, 2, 5} {
		if digit*power >= width*(1-1e-9) {
			return digit * power
		}
	}
	return 10 * power
}

// tickLabel writes value with the decimals that step has, and a comma every three
// digits; values beyond that in powers of ten.
func tickLabel(value, step float64) string {
	if math.Abs(value) >= 1e7 || step < 1e-6 {
		digits := math.Floor(math.Log10(max(math.Abs(value), step))) - math.Floor(math.Log10(step))
		return shortExponent(strconv.FormatFloat(value, 'e', max(int(digits), 0), 64))
	}
	decimals := max(0, -int(math.Floor(math.Log10(step)+1e-9)))
	text := strconv.FormatFloat(math.Abs(value), 'f', decimals, 64)
	whole, fraction, hasFraction := strings.Cut(text, ".")
	for i := len(whole) - 3; i > 0; i -= 3 {
		whole = whole[:i] + "," + whole[i:]
	}
	if hasFraction {
		whole += "." + fraction
	}
	if value < -step/2 {
		return "−" + whole
	}
	return whole
}

// shortExponent turns 1e-05 into 1e−5 and 2e+07 into 2e7.
func shortExponent(text string) string {
	mantissa, exponent, ok := strings.Cut(text, "e")
	mantissa = strings.Replace(mantissa, "-", "−", 1)
	if !ok {
		return mantissa
	}
	sign := ""
	if exponent[0] == '-' {
		sign = "−"
	}
	return mantissa + "e" + sign + strings.TrimLeft(exponent, "+-0")
}

// logTicks labels the powers of ten, and 2 and 5 times them on an axis of few
// powers.
type logTicks struct{}

// Ticks implements plot.Ticker. low is positive.
func (logTicks) Ticks(low, high float64) []plot.Tick {
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	if math.Log10(high/low) < 0.7 {
		return roundTicks{}.Ticks(low, high)
	}
	digits := []float64{1}
	if math.Log10(high/low) <= 3 {
		digits = []float64{1, 2, 5}
	}
	every := math.Max(1, math.Ceil((last-first)/8))
	var ticks []plot.Tick
	for exponent := first; exponent <= last; exponent += every {
		for _, digit := range digits {
			value := digit * math.Pow(10, exponent)
			if value >= low*(1-1e-9) && value <= high*(1+1e-9) {
				ticks = append(ticks, plot.Tick{Value: value, Label: shortExponent(strconv.FormatFloat(value, 'g', 6, 64))})
			}
		}
	}
	return ticks
}

// Ticks are the values, with their labels, that an axis of figures shows from low
// to high; a logarithmic one wants low > 0.
func Ticks(low, high float64, log bool) []plot.Tick {
	if log {
		return logTicks{}.Ticks(low, high)
	}
	return roundTicks{}.Ticks(low, high)
}
