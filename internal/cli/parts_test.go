package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

func TestRowRange(t *testing.T) {
	for _, c := range []struct {
		text     string
		from, to int // of 100 rows
		ok       bool
	}{
		{"0:100", 0, 100, true},
		{"10:11", 10, 11, true},
		{":", 0, 100, true},
		{"0:5", 0, 5, true},
		{"95:", 95, 100, true},
		{"none", 0, 0, true},
		{"", 0, 0, false},
		{"5", 0, 0, false},
		{"-5:5", 0, 0, false},
		{"5:4", 0, 0, false},
		{"0:101", 0, 0, false},
		{"100:", 0, 0, false},
		{"a:b", 0, 0, false},
		{"1:2:3", 0, 0, false},
		{"0:99999999999999999999", 0, 0, false},
	} {
		var r rowRange
		err := r.Set(c.text)
		var from, to int
		if err == nil {
			if c.ok && r.String() != c.text {
				t.Errorf("%q is written as %q", c.text, r)
			}
			from, to, err = r.of("rows", 100)
		}
		if from != c.from || to != c.to || (err == nil) != c.ok {
			t.Errorf("%q is %d:%d, %v, want %d:%d", c.text, from, to, err, c.from, c.to)
		}
	}
}

func TestRowRangeFromTheStart(t *testing.T) {
	var r rowRange
	if err := r.Set(":5"); err != nil || r != (rowRange{from: 0, to: 5}) {
		t.Errorf(":5 is %v, %v", r, err)
	}
}

// Lines come every five seconds, and at the end.
func TestProgressLines(t *testing.T) {
	var b bytes.Buffer
	l := newReporter(&b, 10)
	for i := 1; i <= 10; i++ {
		l.show(progress{Progress: inverse.Progress{Step: i, Steps: 10, Loss: 1 / float64(i), Elapsed: time.Duration(i) * 2 * time.Second}})
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
	bar.show(progress{inverse.Progress{Step: 1000, Steps: 2000, Loss: 2.25, Elapsed: 3 * time.Second}, &accuracy})
	bar.done()
	for _, want := range []string{"loss 2.250000, accuracy 98.7 %, 3.00 s left", "50%", "1000/2000", "█░"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("%q is not in %q", want, &b)
		}
	}
}

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "0.00 s",
		9990 * time.Millisecond: "9.99 s",
		9999 * time.Millisecond: "10.0 s",
		99 * time.Second:        "99.0 s",
		100 * time.Second:       "1m40s",
	} {
		if got := short(d); got != want {
			t.Errorf("%v is written as %q, want %q", d, got, want)
		}
	}
}
