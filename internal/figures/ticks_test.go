package figures

import (
	"strings"
	"testing"

	"gonum.org/v1/plot"
)

func labels(ticks []plot.Tick) string {
	var text []string
	for _, tick := range ticks {
		text = append(text, tick.Label)
	}
	return strings.Join(text, " ")
}

func TestTicks(t *testing.T) {
	tests := []struct {
		ticker    plot.Ticker
		low, high float64
		want      string
	}{
		{roundTicks{}, 0, 2000, "0 500 1,000 1,500 2,000"},
		{roundTicks{}, 0, 6, "0 1 2 3 4 5 6"},
		{roundTicks{}, -2.2, 2.2, "−2 −1 0 1 2"},
		{roundTicks{}, 2.2473, 2.3046, "2.25 2.26 2.27 2.28 2.29 2.30"},
		{roundTicks{}, 0, 0.3, "0.00 0.05 0.10 0.15 0.20 0.25 0.30"},
		{roundTicks{}, 0, 1_200_000, "0 200,000 400,000 600,000 800,000 1,000,000 1,200,000"},
		{roundTicks{}, 1e7, 1.3e7, "1.00e7 1.05e7 1.10e7 1.15e7 1.20e7 1.25e7 1.30e7"},
		{logTicks{}, 0.9, 110, "1 2 5 10 20 50 100"},
		{logTicks{}, 1e-6, 10, "1e−6 1e−5 0.0001 0.001 0.01 0.1 1 10"},
		{logTicks{}, 2, 3, "2.0 2.2 2.4 2.6 2.8 3.0"},
	}
	for _, test := range tests {
		if got := labels(test.ticker.Ticks(test.low, test.high)); got != test.want {
			t.Errorf("%T from %v to %v: %q, not %q", test.ticker, test.low, test.high, got, test.want)
		}
	}
}
