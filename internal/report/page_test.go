package report

import (
	"testing"
	"time"
)

func TestShort(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                       "0.00 s",
		9990 * time.Millisecond: "9.99 s",
		9999 * time.Millisecond: "10.0 s",
		99 * time.Second:        "99.0 s",
		100 * time.Second:       "1m40s",
	} {
		if got := Short(d); got != want {
			t.Errorf("%v is written as %q, want %q", d, got, want)
		}
	}
}
