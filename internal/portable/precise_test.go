package portable

import (
	"math"
	"math/big"
)

// The functions here judge the others: they compute with 200 bits.

func number(x float64) *big.Float { return new(big.Float).SetPrec(200).SetFloat64(x) }

// ulps is the distance of got from want in units in the last place of want.
func ulps(got float64, want *big.Float) float64 {
	rounded, _ := want.Float64()
	if got == rounded {
		return 0
	}
	unit := math.Nextafter(math.Abs(rounded), math.Inf(1)) - math.Abs(rounded)
	off, _ := number(0).Sub(number(got), want).Float64()
	return math.Abs(off) / unit
}

// preciseExp halves x until it is small, sums the series, and squares.
func preciseExp(x *big.Float) *big.Float {
	const halvings = 24
	small := number(0).SetMantExp(x, -halvings)
	sum, term := number(1), number(1)
	for n := 1.0; n < 15; n++ {
		term.Quo(term.Mul(term, small), number(n))
		sum.Add(sum, term)
	}
	for range halvings {
		sum.Mul(sum, sum)
	}
	return sum
}

// preciseLog takes three of Newton's steps y + x·e⁻ʸ − 1.
func preciseLog(x *big.Float) *big.Float {
	rough, _ := x.Float64()
	y := number(math.Log(rough))
	if math.Abs(rough-1) < 0.5 {
		y = number(math.Log1p(rough - 1))
	}
	for range 3 {
		step := number(0).Quo(x, preciseExp(y))
		y.Add(y, step.Sub(step, number(1)))
	}
	return y
}

// preciseTanh is (u − 1)/(u + 1) with u = e²ˣ, for x not tiny beside the digits.
func preciseTanh(x *big.Float) *big.Float {
	u := preciseExp(number(0).Add(x, x))
	return number(0).Quo(number(0).Sub(u, number(1)), number(0).Add(u, number(1)))
}

// preciseSine sums the series of x less whole turns, preciseCosine that of x + π/2.
func preciseSine(x *big.Float) *big.Float {
	turn := number(0).Mul(number(2), pi)
	turns, _ := number(0).Quo(x, turn).Float64()
	x = number(0).Sub(x, turn.Mul(turn, number(math.Round(turns))))
	square := number(0).Mul(x, x)
	sum, term := number(0), number(0).Set(x)
	for n := 2.0; n < 60; n += 2 {
		sum.Add(sum, term)
		term.Quo(term.Mul(term, square), number(-n*(n+1)))
	}
	return sum
}

func preciseCosine(x *big.Float) *big.Float {
	return preciseSine(number(0).Add(x, number(0).Quo(pi, number(2))))
}

var pi, _ = number(0).SetString("3.1415926535897932384626433832795028841971693993751058209749445923")
