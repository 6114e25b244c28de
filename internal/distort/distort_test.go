package distort

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

func newRand(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

func mustNew[T Float](t *testing.T, height, width int, s Settings) *Distorter[T] {
	t.Helper()
	d, err := New[T](height, width, s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func noise[T Float](n int) []T {
	rng := newRand(99)
	s := make([]T, n)
	for i := range s {
		s[i] = T(rng.NormFloat64())
	}
	return s
}

// blob is an image of a round spot in the middle, far from the edges.
func blob(height, width int, deviation float64) []float64 {
	s := make([]float64, height*width)
	for i := range s {
		y, x := float64(i/width)-float64(height-1)/2, float64(i%width)-float64(width-1)/2
		s[i] = math.Exp(-(x*x + y*y) / (2 * deviation * deviation))
	}
	return s
}

func sum(s []float64) float64 {
	total := 0.0
	for _, v := range s {
		total += v
	}
	return total
}

func TestNoDistortionChangesNoBit(t *testing.T) {
	for _, bicubic := range []bool{false, true} {
		for _, size := range [][2]int{{8, 8}, {5, 9}, {1, 1}, {1, 7}} {
			t.Run(fmt.Sprintf("%d×%d/bicubic=%v", size[0], size[1], bicubic), func(t *testing.T) {
				const images = 3
				src := noise[float32](images * size[0] * size[1])
				dst := make([]float32, len(src))
				mustNew[float32](t, size[0], size[1], Settings{Bicubic: bicubic}).Apply(dst, src, images, newRand(1))
				for i, want := range src {
					if dst[i] != want {
						t.Fatalf("value %d: %v, not %v", i, dst[i], want)
					}
				}
			})
		}
	}
}

// apply distorts one image by a map of its own: the centre stays, but for a shift
// (tx, ty).
func apply(d *Distorter[float64], image []float64, xx, xy, yx, yy, tx, ty float64) []float64 {
	dst := make([]float64, len(image))
	d.load(image)
	m := d.about(xx, xy, yx, yy, tx, ty)
	if d.settings.Bicubic {
		d.cubic(dst, m)
	} else {
		d.linear(dst, m)
	}
	return dst
}

func TestWholeShiftsMovePixels(t *testing.T) {
	const height, width = 5, 7
	image := noise[float64](height * width)
	for _, bicubic := range []bool{false, true} {
		for _, s := range [][2]int{{1, 0}, {0, 1}, {-1, 0}, {0, -1}, {2, -3}, {6, 4}, {-7, 0}, {0, 5}, {-1000, 1000}} {
			t.Run(fmt.Sprintf("%v/bicubic=%v", s, bicubic), func(t *testing.T) {
				d := mustNew[float64](t, height, width, Settings{Bicubic: bicubic})
				got := apply(d, image, 1, 0, 0, 1, float64(s[0]), float64(s[1]))
				for i, v := range got {
					x, y, want := i%width+s[0], i/width+s[1], 0.0
					if x >= 0 && x < width && y >= 0 && y < height {
						want = image[y*width+x]
					}
					if v != want {
						t.Fatalf("pixel (%d, %d): %v, not %v", i%width, i/width, v, want)
					}
				}
			})
		}
	}
}

func TestQuarterTurn(t *testing.T) {
	const side = 6
	image := noise[float64](side * side)
	for _, bicubic := range []bool{false, true} {
		got := apply(mustNew[float64](t, side, side, Settings{Bicubic: bicubic}), image, 0, -1, 1, 0, 0, 0)
		for y := range side {
			for x := range side {
				if want := image[x*side+side-1-y]; got[y*side+x] != want {
					t.Fatalf("pixel (%d, %d): %v, not %v", x, y, got[y*side+x], want)
				}
			}
		}
	}
}

// Both interpolations are exact on a slope, bilinear by construction, Keys' cubic
// to third order.
func TestInterpolatesASlopeExactly(t *testing.T) {
	const side = 12
	image := make([]float64, side*side)
	slope := func(x, y float64) float64 { return 3 + 2*x - 0.5*y }
	for i := range image {
		image[i] = slope(float64(i%side), float64(i/side))
	}
	const xx, xy, yx, yy, tx, ty = 0.9, 0.08, -0.1, 1.07, 0.3, -0.4
	const c = (side - 1) / 2.0
	for _, bicubic := range []bool{false, true} {
		got := apply(mustNew[float64](t, side, side, Settings{Bicubic: bicubic}), image, xx, xy, yx, yy, tx, ty)
		for y := 3; y < side-3; y++ {
			for x := 3; x < side-3; x++ {
				dx, dy := float64(x)-c, float64(y)-c
				want := slope(c+xx*dx+xy*dy+tx, c+yx*dx+yy*dy+ty)
				if v := got[y*side+x]; !(math.Abs(v-want) <= 1e-8) {
					t.Errorf("bicubic=%v, pixel (%d, %d): %v, not %v", bicubic, x, y, v, want)
				}
			}
		}
	}
}

// Half a pixel between two pixels is their mean, and at the edge half of the last.
func TestHalfAPixel(t *testing.T) {
	got := apply(mustNew[float64](t, 1, 3, Settings{}), []float64{2, 4, 8}, 1, 0, 0, 1, 0.5, 0)
	for i, want := range []float64{3, 6, 4} {
		if got[i] != want {
			t.Errorf("pixel %d: %v, not %v", i, got[i], want)
		}
	}
}

func TestMassIsConserved(t *testing.T) {
	const side = 24
	image := blob(side, side, 2)
	mass := sum(image)
	for _, bicubic := range []bool{false, true} {
		t.Run(fmt.Sprintf("bicubic=%v", bicubic), func(t *testing.T) {
			// A shift keeps it, the map's determinant divides it.
			d := mustNew[float64](t, side, side, Settings{Bicubic: bicubic})
			got := sum(apply(d, image, 1, 0, 0, 1, 0.37, -1.81))
			if !(math.Abs(got-mass) <= 1e-6*mass) {
				t.Errorf("shifted: %v, not %v", got, mass)
			}
			const xx, xy, yx, yy = 1.1, 0.12, -0.07, 0.95
			got = sum(apply(d, image, xx, xy, yx, yy, 0.2, 0.3)) * (xx*yy - xy*yx)
			if !(math.Abs(got-mass) <= 2e-3*mass) {
				t.Errorf("distorted: %v, not %v", got, mass)
			}
			// Drawn maps keep it on average.
			d = mustNew[float64](t, side, side, Settings{Scale: 0.1, Shear: 0.1, Rotation: 0.2, Shift: 0.5, Bicubic: bicubic})
			const images = 400
			src := make([]float64, 0, images*len(image))
			for range images {
				src = append(src, image...)
			}
			dst := make([]float64, len(src))
			d.Apply(dst, src, images, newRand(3))
			if mean := sum(dst) / images; !(math.Abs(mean-mass) <= 0.02*mass) {
				t.Errorf("mean of drawn distortions: %v, not %v", mean, mass)
			}
		})
	}
}

// Drawn maps stay in their range and fill it.
func TestDrawsFillTheirRange(t *testing.T) {
	const side = 9
	d := mustNew[float32](t, side, side, Settings{Scale: 0.1, Shear: 0.2, Shift: 1.5})
	rng := newRand(4)
	low, high := [4]float64{9, 9, 9, 9}, [4]float64{-9, -9, -9, -9}
	for range 5000 {
		m := d.draw(rng)
		const c = (side - 1) / 2
		shift := float64(m.x0+c*m.xx+c*m.xy-(c+1)*one) / float64(one)
		for i, v := range [4]float64{float64(m.xx)/float64(one) - 1, float64(m.yy)/float64(one) - 1, float64(m.yx) / float64(one), shift} {
			low[i], high[i] = min(low[i], v), max(high[i], v)
		}
	}
	for i, limit := range [4]float64{0.1, 0.1, 0.2, 1.5} {
		if low[i] < -limit-1e-8 || high[i] > limit+1e-8 {
			t.Errorf("coefficient %d in [%v, %v], beyond %v", i, low[i], high[i], limit)
		}
		if low[i] > -0.99*limit || high[i] < 0.99*limit {
			t.Errorf("coefficient %d in [%v, %v], does not fill ±%v", i, low[i], high[i], limit)
		}
	}
}

// A drawn turn keeps right angles and lengths; stretches are drawn for each axis.
func TestDrawsTurnsAndStretches(t *testing.T) {
	real := func(x fixed) float64 { return float64(x) / float64(one) }
	d := mustNew[float32](t, 8, 8, Settings{Scale: 0.2, Rotation: 1})
	rng := newRand(5)
	largest, apart := 0.0, 0.0
	for range 500 {
		m := d.draw(rng)
		// The images of the two axes.
		ax, ay, bx, by := real(m.xx), real(m.yx), real(m.xy), real(m.yy)
		a, b := math.Hypot(ax, ay), math.Hypot(bx, by)
		if dot := ax*bx + ay*by; !(math.Abs(dot) <= 1e-8) {
			t.Fatalf("axes at a cosine of %v", dot)
		}
		if det := ax*by - ay*bx; !(math.Abs(det-a*b) <= 1e-8) {
			t.Fatalf("determinant %v, not %v: mirrored", det, a*b)
		}
		if !(a >= 0.8-1e-8 && a <= 1.2+1e-8) {
			t.Fatalf("stretch %v, beyond ±0.2", a)
		}
		largest = max(largest, math.Abs(math.Atan2(ay, ax)))
		apart = max(apart, math.Abs(a-b))
	}
	if largest > 1 || largest < 0.98 {
		t.Errorf("angles up to %v, not 1", largest)
	}
	if apart < 0.3 {
		t.Errorf("the stretches of the axes differ by %v at most, want nearly 0.4", apart)
	}
}

// A shear by at most 1 lengthens an axis to √2 at most, and the turn after it
// changes no length.
func TestDrawsShearsBeforeTheTurn(t *testing.T) {
	real := func(x fixed) float64 { return float64(x) / float64(one) }
	d := mustNew[float32](t, 8, 8, Settings{Shear: 1, Rotation: math.Pi})
	rng := newRand(6)
	for range 500 {
		m := d.draw(rng)
		for _, axis := range [][2]fixed{{m.xx, m.yx}, {m.xy, m.yy}} {
			if length := math.Hypot(real(axis[0]), real(axis[1])); !(length >= 1-1e-8 && length <= math.Sqrt2+1e-8) {
				t.Fatalf("an axis of length %v, want 1 to √2", length)
			}
		}
	}
}

func TestSameSeedSameImages(t *testing.T) {
	const side, images = 8, 10
	settings := Settings{Scale: 0.1, Shear: 0.1, Rotation: 0.1, Shift: 0.5}
	src := noise[float32](images * side * side)
	run := func(seed uint64, batch int) []float32 {
		dst := make([]float32, len(src))
		d, rng := mustNew[float32](t, side, side, settings), newRand(seed)
		for i := 0; i < images; i += batch {
			at := i * side * side
			d.Apply(dst[at:], src[at:], min(batch, images-i), rng)
		}
		return dst
	}
	first, again, other := run(1, images), run(1, 3), run(2, images)
	same := true
	for i := range first {
		if first[i] != again[i] {
			t.Fatalf("value %d: %v and %v from the same seed in other batches", i, first[i], again[i])
		}
		same = same && first[i] == other[i]
	}
	if same {
		t.Error("another seed gave the same images")
	}
	// In place.
	place := append([]float32(nil), src...)
	mustNew[float32](t, side, side, settings).Apply(place, place, images, newRand(1))
	for i := range first {
		if place[i] != first[i] {
			t.Fatalf("value %d: %v in place, not %v", i, place[i], first[i])
		}
	}
}

func TestApplyDoesNotAllocate(t *testing.T) {
	src, dst, rng := noise[float32](6400), make([]float32, 6400), newRand(1)
	for _, bicubic := range []bool{false, true} {
		d := mustNew[float32](t, 8, 8, Settings{Scale: 0.1, Shift: 1, Bicubic: bicubic})
		if n := testing.AllocsPerRun(10, func() { d.Apply(dst, src, 100, rng) }); n != 0 {
			t.Errorf("bicubic=%v: %v allocations", bicubic, n)
		}
	}
}

func TestRefuses(t *testing.T) {
	for _, test := range []struct {
		height, width int
		settings      Settings
		want          string
	}{
		{0, 8, Settings{}, "0×8 pixels, want sides from 1 to 32768"},
		{8, 1 << 16, Settings{}, "8×65536 pixels"},
		{8, 8, Settings{Scale: 1}, "Scale is 1"},
		{8, 8, Settings{Scale: -0.1}, "Scale is -0.1"},
		{8, 8, Settings{Shear: 1.5}, "Shear is 1.5, want a number from 0 to 1"},
		{8, 8, Settings{Rotation: 45}, "Rotation is 45, want a number from 0 to 3.14159"},
		{8, 8, Settings{Shift: math.NaN()}, "Shift is NaN"},
	} {
		if _, err := New[float32](test.height, test.width, test.settings); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("error %v, want one with %q", err, test.want)
		}
	}
}

func TestApplyPanicsOnShortSlices(t *testing.T) {
	d := mustNew[float32](t, 2, 2, Settings{})
	for _, n := range [][3]int{{7, 8, 2}, {8, 7, 2}, {8, 8, -1}} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("no panic for dst, src, rows of %v", n)
				}
			}()
			d.Apply(make([]float32, n[0]), make([]float32, n[1]), n[2], newRand(1))
		}()
	}
}
