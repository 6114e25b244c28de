package command

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/inverse"
)

// Lines come every five seconds, and at the end.
func TestProgressLines(t *testing.T) {
	var b bytes.Buffer
	l := newReporter(&b, 10)
	for i := 1; i <= 10; i++ {
		l.show(experiment.Progress{Progress: inverse.Progress{Step: i, Steps: 10, Loss: 1 / float64(i), Elapsed: time.Duration(i) * 2 * time.Second}})
	}
	l.done()
	const want = `iteration 3 of 10, loss 0.333333, 6.00 s, 14.0 s left
iteration 6 of 10, loss 0.166667, 12.0 s, 8.00 s left
iteration 9 of 10, loss 0.111111, 18.0 s, 2.00 s left
iteration 10 of 10, loss 0.100000, 20.0 s, 0.00 s left
`
	if b.String() != want {
		t.Errorf("wrote\n%swant\n%s", &b, want)
	}
}

func TestProgressBar(t *testing.T) {
	var b bytes.Buffer
	bar := newBar(&b, 2000)
	accuracy := 0.987
	bar.show(experiment.Progress{Progress: inverse.Progress{Step: 1000, Steps: 2000, Loss: 2.25, Elapsed: 3 * time.Second}, Accuracy: &accuracy})
	bar.done()
	for _, want := range []string{"loss 2.250000, accuracy 98.7 %, 3.00 s left", "50%", "1000/2000", "█░"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in %q", want, &b)
		}
	}
}
