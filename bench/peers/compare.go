package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// comparison is a workload on a number of threads, measured by all sides.
type comparison struct {
	work    workload
	threads int
	rounds  [][]measurement // round, side; no seconds where the side has none
	errs    []error         // of each side, the first
}

// measureCase lets the sides take turns, so that what else the machine does
// meets all of them alike. A side that fails is not asked again.
func measureCase(w workload, threads int, sides []side, rounds int, d time.Duration) comparison {
	c := comparison{work: w, threads: threads, errs: make([]error, len(sides))}
	for range rounds {
		row := make([]measurement, len(sides))
		for i, s := range sides {
			if c.errs[i] != nil {
				continue
			}
			m, err := s.Measure(w, threads, d)
			if err == nil {
				err = w.verify(m.Checksum)
			}
			if err != nil {
				c.errs[i] = err
				continue
			}
			row[i] = m
		}
		c.rounds = append(c.rounds, row)
	}
	return c
}

// seconds is the median of a side over the rounds, and false without one.
func (c comparison) seconds(side int) (float64, bool) {
	if c.errs[side] != nil {
		return 0, false
	}
	var s []float64
	for _, row := range c.rounds {
		s = append(s, row[side].Seconds)
	}
	return median(s), true
}

// ratio is a range of ratios: how many times as long as the first side another
// takes, over the rounds.
type ratio struct{ median, low, high float64 }

func (c comparison) ratio(side int) (ratio, bool) {
	if c.errs[0] != nil || c.errs[side] != nil {
		return ratio{}, false
	}
	var r []float64
	for _, row := range c.rounds {
		r = append(r, row[side].Seconds/row[0].Seconds)
	}
	return ratio{median(r), slices.Min(r), slices.Max(r)}, true
}

// variant is what a side ran in the round that was its fastest.
func (c comparison) variant(side int) string {
	best := slices.MinFunc(c.rounds, func(a, b []measurement) int {
		if a[side].Seconds < b[side].Seconds {
			return -1
		}
		return 1
	})
	return best[side].Variant
}

// failed returns the errors of sides but for those that cannot do the workload.
func (c comparison) failed() error {
	var errs []error
	for _, err := range c.errs {
		if err != nil && !errors.Is(err, errUnsupported) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// progress is a line about a comparison that is done.
func (c comparison) progress(sides []side) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d threads:", c.work.Name, c.threads)
	for i, s := range sides {
		if v, ok := c.seconds(i); ok {
			fmt.Fprintf(&b, " %s %s ms", s.Name(), milliseconds(v))
		} else {
			fmt.Fprintf(&b, " %s: %v", s.Name(), c.errs[i])
		}
	}
	return b.String()
}
