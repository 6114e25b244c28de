package kernels

import (
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/inversenet/inversenet/internal/testkit"
)

// complaints stands in for a test and keeps what it is told.
type complaints struct {
	testing.TB
	text strings.Builder
}

type stopped struct{}

func (c *complaints) Helper() {}
func (c *complaints) Errorf(format string, args ...any) {
	c.text.WriteString(format)
}
func (c *complaints) Fatalf(format string, args ...any) {
	c.text.WriteString(format)
	panic(stopped{})
}

// TestTrustNotices gives the sweeps kernels with one defect each.
func TestTrustNotices(t *testing.T) {
	good := Default[float64]()
	step := func(vectors, step int) int { return (vectors-1)*step/8 + good.lanes }
	for _, c := range []struct {
		defect, complaint string
		multiply          multiplyFunc[float64]
		isolation         bool
	}{
		{"none", "", good.multiply, false},
		{"none, samples", "", good.multiply, true},
		{"an error of two eps", "off by", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*dst *= 1 + 0x1p-51
		}, false},
		{"a NaN", "off by", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*offset(dst, step(vectors, bytes)-1) = canary[float64]()
		}, false},
		{"a read past the end", "memory fault", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*dst += 0 * min(0, *offset(a, (vectors*bytes)/8))
		}, false},
		{"a read before the start", "memory fault", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*dst += 0 * min(0, *offset(b, -1))
		}, false},
		{"a write before the start", "wrote outside", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			if uintptrOf(dst)%uintptr(os.Getpagesize()) != 0 { // where no guard page is
				*offset(dst, -1) = 0
			}
		}, false},
		{"a write beyond the vectors", "wrote element", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*offset(dst, step(vectors, bytes)) = 0
		}, false},
		{"a changed input", "changed the input", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*b = -*b
		}, false},
		{"a result that depends on the place", "differs at place", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			if uintptrOf(a)%64 == 8 {
				*dst *= 1 + 0x1p-52
			}
		}, false},
		{"a sample in another's", "changed element", func(dst, a, b *float64, vectors, bytes int) {
			good.multiply(dst, a, b, vectors, bytes)
			*dst += 0 * *offset(a, 1)
		}, true},
	} {
		t.Run(c.defect, func(t *testing.T) {
			if c.complaint == "memory fault" && !testkit.Guarded {
				t.Skip("this operating system has no guard pages")
			}
			table := *good
			table.multiply = c.multiply
			told := &complaints{TB: t}
			try := (&sweep[float64]{t: told, places: allPlaces, arenas: map[arenaKey]*arena[float64]{}}).run
			if c.isolation {
				try = (&isolation[float64]{t: told, rng: rand.New(rand.NewPCG(1, 1)), full: true}).run
			}
			s := newShapes(&table, false)
			func() {
				defer func() {
					if err := recover(); err != nil && err != (stopped{}) {
						panic(err)
					}
				}()
				multiply := mapCases[float64]()[1]
				vecs := 2
				if strings.Contains(c.defect, "beyond") {
					vecs = 1
				}
				try(mapTrial(s, multiply, 3, vecs))
			}()
			if got := told.text.String(); !strings.Contains(got, c.complaint) || (c.complaint == "") != (got == "") {
				t.Errorf("complained %q, want %q", got, c.complaint)
			}
		})
	}
}
