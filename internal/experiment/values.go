package experiment

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/inversenet/inversenet/internal/usage"
)

// whole is a whole number from least to most.
type whole struct {
	at          *int
	least, most int
}

func (w whole) String() string { return strconv.Itoa(*w.at) }

// Type names the value in help texts.
func (w whole) Type() string { return "int" }

// Set parses a whole number, within its limits or not.
func (w whole) Set(text string) (err error) {
	*w.at, err = strconv.Atoi(text)
	return err
}

func (w whole) check(name string) error {
	if v := *w.at; v < w.least || v > w.most {
		return usage.Errorf("--%s %d: want a number from %d to %d", name, v, w.least, w.most)
	}
	return nil
}

// real is a number from 0 to below a limit.
type real struct {
	at    *float64
	below float64
}

func (r real) String() string { return strconv.FormatFloat(*r.at, 'g', -1, 64) }

// Type names the value in help texts.
func (r real) Type() string { return "float64" }

// Set parses a number, within its limits or not.
func (r real) Set(text string) (err error) {
	*r.at, err = strconv.ParseFloat(text, 64)
	return err
}

func (r real) check(name string) error {
	switch v := *r.at; {
	case v >= 0 && v < r.below:
		return nil
	case math.IsInf(r.below, 1):
		return usage.Errorf("--%s %v: want a number of at least 0", name, v)
	default:
		return usage.Errorf("--%s %v: want a number from 0 to below %.6g", name, v, r.below)
	}
}

// signed is any finite number.
type signed struct{ at *float64 }

func (s signed) String() string        { return real{at: s.at}.String() }
func (s signed) Type() string          { return "float64" }
func (s signed) Set(text string) error { return real{at: s.at}.Set(text) }

func (s signed) check(name string) error {
	if v := *s.at; v-v != 0 {
		return usage.Errorf("--%s %v: want a finite number", name, v)
	}
	return nil
}

// seed is what a Mersenne Twister can be seeded with.
type seed struct{ at *uint32 }

func (s seed) String() string { return strconv.FormatUint(uint64(*s.at), 10) }

// Type names the value in help texts.
func (s seed) Type() string { return "uint32" }

// Set parses a whole number of 32 bits.
func (s seed) Set(text string) error {
	n, err := strconv.ParseUint(text, 10, 32)
	if err == nil {
		*s.at = uint32(n)
	}
	return err
}

// truth is true or false.
type truth struct{ at *bool }

func (t truth) String() string { return strconv.FormatBool(*t.at) }

// Type names the value in help texts.
func (t truth) Type() string { return "bool" }

// Set parses true or false.
func (t truth) Set(text string) (err error) {
	*t.at, err = strconv.ParseBool(text)
	return err
}

// choice is one of several names.
type choice struct {
	value   string
	kind    string
	allowed []string
}

// chosen is a choice that a recipe makes.
func chosen(value string) choice { return choice{value: value} }

// bind says what is allowed, and returns the choice.
func (c *choice) bind(kind string, allowed ...string) *choice {
	c.kind, c.allowed = kind, allowed
	return c
}

func (c choice) is(value string) bool { return c.value == value }

func (c choice) String() string { return c.value }

// Type names the value in help texts.
func (c choice) Type() string { return c.kind }

// Allowed are the names that Set accepts.
func (c choice) Allowed() []string { return c.allowed }

// Set accepts what is allowed.
func (c *choice) Set(text string) error {
	if !slices.Contains(c.allowed, text) {
		last := len(c.allowed) - 1
		return fmt.Errorf("want %s or %s", strings.Join(c.allowed[:last], ", "), c.allowed[last])
	}
	c.value = text
	return nil
}

type headKind int

const (
	headNone headKind = iota
	headLinear
	headPerceptron
)

// head is what reads the latents.
type head struct {
	kind   headKind
	hidden []int
}

func (h head) String() string {
	switch h.kind {
	case headNone:
		return "none"
	case headLinear:
		return "linear"
	}
	text := make([]string, len(h.hidden))
	for i, n := range h.hidden {
		text[i] = strconv.Itoa(n)
	}
	return strings.Join(text, ",")
}

// Type names the value in help texts.
func (h head) Type() string { return "none|linear|WIDTHS" }

// Set accepts none, linear, or the widths of hidden layers.
func (h *head) Set(text string) error {
	switch text {
	case "none":
		*h = head{}
		return nil
	case "linear":
		*h = head{kind: headLinear}
		return nil
	}
	p := head{kind: headPerceptron}
	for _, field := range strings.Split(text, ",") {
		n, err := strconv.Atoi(field)
		if err != nil || n < 1 || n > maxLatents || len(p.hidden) == 16 {
			return fmt.Errorf("want none, linear, or up to 16 widths of hidden layers, such as 64 or 128,64")
		}
		p.hidden = append(p.hidden, n)
	}
	*h = p
	return nil
}
