package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/inverse"
)

// The machine and the tables of peers are the part of the results file between
// these lines. The rest is written by hand.
const (
	beginMark = "<!-- peers: begin, written by go run ./bench/peers -->"
	endMark   = "<!-- peers: end -->"
)

// results is all that a run found.
type results struct {
	machine machine
	sides   []side
	absent  []string
	cases   []comparison
	rounds  int
	seconds float64
	date    time.Time
}

func (r *results) failed() error {
	var errs []error
	for _, c := range r.cases {
		errs = append(errs, c.failed())
	}
	return errors.Join(errs...)
}

func (r *results) markdown() string {
	var b strings.Builder
	fmt.Fprintf(&b, "## Machine\n\n%s, %s.\n\n## Peers\n\n", r.machine, r.date.Format("2006-01-02"))
	fmt.Fprintf(&b, "Compared with: %s.\n", strings.Join(r.versions(), ", "))
	fmt.Fprintf(&b, "Left out: %s.\n\n", orNone(r.absent))
	fmt.Fprintf(&b, "Median milliseconds of %d rounds, in each of which every side measured for %g s, in turn. "+
		"In parentheses how many times as long as %s it took: the median of the rounds, and their range. "+
		"A framework's samples are rows, or columns where that is faster for it.\n\n", r.rounds, r.seconds, r.sides[0].Name())
	r.timings(&b)
	r.scaling(&b)
	if r.hasForward() {
		r.speed(&b)
	}
	return b.String()
}

func (r *results) versions() []string {
	var v []string
	for _, s := range r.sides {
		if p, ok := s.(*peer); ok {
			v = append(v, p.name+" "+p.version)
		}
	}
	if v == nil {
		return []string{"none"}
	}
	return v
}

func (r *results) timings(b *strings.Builder) {
	b.WriteString("| workload (float32) | threads |")
	for _, s := range r.sides {
		fmt.Fprintf(b, " %s |", s.Name())
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(r.sides)) + "\n")
	for _, c := range r.cases {
		fmt.Fprintf(b, "| %s | %d |", c.work.Name, c.threads)
		for i := range r.sides {
			fmt.Fprintf(b, " %s |", c.cell(i))
		}
		b.WriteString("\n")
	}
}

func (c comparison) cell(side int) string {
	s, ok := c.seconds(side)
	switch {
	case !ok && errors.Is(c.errs[side], errUnsupported):
		return c.errs[side].Error()
	case !ok:
		return "failed"
	}
	text := milliseconds(s)
	if v := c.variant(side); v != "" {
		text += " " + v
	}
	if q, ok := c.ratio(side); ok && side > 0 {
		text += fmt.Sprintf(" (**%s×**, %s–%s)", short(q.median), short(q.low), short(q.high))
	}
	return text
}

// scaling tells how much faster each side is on the most threads than on one.
func (r *results) scaling(b *strings.Builder) {
	one := map[string]comparison{}
	var rows strings.Builder
	for _, c := range r.cases {
		if c.threads == 1 {
			one[c.work.Name] = c
			continue
		}
		single, ok := one[c.work.Name]
		if !ok {
			continue
		}
		fmt.Fprintf(&rows, "| %s | %d |", c.work.Name, c.threads)
		for i := range r.sides {
			s, ok1 := single.seconds(i)
			m, ok2 := c.seconds(i)
			if ok1 && ok2 {
				fmt.Fprintf(&rows, " %.2f× |", s/m)
			} else {
				rows.WriteString(" |")
			}
		}
		rows.WriteString("\n")
	}
	if rows.Len() == 0 {
		return
	}
	b.WriteString("\nSpeed-up over one thread:\n\n| workload | threads |")
	for _, s := range r.sides {
		fmt.Fprintf(b, " %s |", s.Name())
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(r.sides)) + "\n" + rows.String())
}

func (r *results) hasForward() bool {
	for _, c := range r.cases {
		if c.work.Kind == "forward" {
			return true
		}
	}
	return false
}

// speed sets the inversions beside the peak, of the sides that take every step:
// what the planner saves is no speed of the processor.
func (r *results) speed(b *strings.Builder) {
	fmt.Fprintf(b, "\nGFLOP/s of inversion, counting the two products of each step")
	if r.machine.peak > 0 {
		fmt.Fprintf(b, ", and percent of the peak, which is %.1f GFLOP/s for each core", r.machine.peak/1e9)
	}
	b.WriteString(":\n\n")
	var steppers []int
	header, rule := "| workload | threads |", "|---|---|"
	for i, s := range r.sides {
		if s, ok := s.(ours); ok && s.form != inverse.DirectForm {
			continue
		}
		steppers = append(steppers, i)
		header += fmt.Sprintf(" %s |", s.Name())
		rule += "---|"
	}
	fmt.Fprintf(b, "%s\n%s\n", header, rule)
	for _, c := range r.cases {
		if c.work.Kind != "forward" {
			continue
		}
		fmt.Fprintf(b, "| %s | %d |", c.work.Name, c.threads)
		for _, i := range steppers {
			fmt.Fprintf(b, " %s |", r.speedCell(c, i))
		}
		b.WriteString("\n")
	}
}

func (r *results) speedCell(c comparison, side int) string {
	s, ok := c.seconds(side)
	if !ok {
		return ""
	}
	rate := c.work.forwardFlops() / s
	if r.machine.peak == 0 {
		return short(rate / 1e9)
	}
	return fmt.Sprintf("%s (%.0f %%)", short(rate/1e9), 100*rate/(r.machine.peak*float64(c.threads)))
}

// milliseconds has three significant digits.
func milliseconds(s float64) string { return short(s * 1000) }

func short(v float64) string {
	if math.Abs(v) >= 100 {
		return strconv.FormatFloat(v, 'f', 0, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

// checkResults returns an error when writeResults could not use the file.
func checkResults(path string) error {
	if info, err := os.Stat(filepath.Dir(path)); err != nil || !info.IsDir() {
		return fmt.Errorf("-out %s: there is no folder %s here; start in the root of the module, or give another file", path, filepath.Dir(path))
	}
	_, _, err := readResults(path)
	return err
}

// readResults returns the parts of the file before and after the table.
func readResults(path string) (before, after []byte, err error) {
	old, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return []byte("# Results\n\n"), []byte("\n"), nil
	}
	if err != nil {
		return nil, nil, err
	}
	before, rest, ok := bytes.Cut(old, []byte(beginMark))
	if ok {
		_, after, ok = bytes.Cut(rest, []byte(endMark))
	}
	if !ok {
		return nil, nil, fmt.Errorf("%s has no lines %q and %q for the table to stand between; add them or name another file with -out", path, beginMark, endMark)
	}
	return before, after, nil
}

func writeResults(path, table string) error {
	before, after, err := readResults(path)
	if err != nil {
		return err
	}
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "%s%s\n\n%s\n%s%s", before, beginMark, table, endMark, after)
		return err
	})
}
