//go:build goexperiment.simd && amd64

package bench

import (
	"simd/archsimd"

	"github.com/inversenet/inversenet/inverse"
)

func init() {
	if archsimd.X86.AVX512() {
		solvers32 = append(solvers32, archsimdSolver())
	}
}

// archsimdSolver does what package kernels does, with the same panels of two
// vectors of samples and the same packed weights, but leaves the registers to the
// compiler. Tiles have four rows, or two where four do not
// divide the rows: with more, the compiler runs out of the fifteen registers that
// it gives to vectors, and a spill costs two thirds of the speed.
func archsimdSolver() solver[float32] {
	return solver[float32]{
		form:    "archsimd",
		isa:     "avx512",
		peak:    widest[float32],
		sweep:   true,
		prepare: prepareArchsimd,
	}
}

// panelRow is a row of a panel: a value of each of 32 samples.
type panelRow = [32]float32

func prepareArchsimd(p *problem[float32], threads int) (inversion[float32], bool) {
	if threads > 1 || !tileable(p.pixels) || !tileable(p.latents) {
		return inversion[float32]{}, false
	}
	w := packTiles(p.w.Data, p.pixels, p.latents, p.latents, 1)
	wt := packTiles(p.w.Data, p.latents, p.pixels, 1, p.latents)
	negX, z0 := packPanels(p.x.Data, p.pixels), packPanels(p.z0.Data, p.latents)
	z, r := packPanels(p.z0.Data, p.latents), make([]panelRow, p.pixels)
	for _, panel := range negX {
		for i := range panel {
			for n := range panel[i] {
				panel[i][n] *= -1
			}
		}
	}
	return inversion[float32]{
		run: func() {
			for i := range z {
				copy(z[i], z0[i])
				for range p.steps {
					w.product(r, negX[i], z[i], 1)
					wt.product(z[i], z[i], r, -p.step)
				}
			}
		},
		latents: func() []float32 { return unpackPanels(z, p.samples, p.latents) },
		ran:     inverse.DirectForm,
	}, true
}

func tileable(rows int) bool { return rows%2 == 0 }

// tiles is a matrix in tiles of four or of two rows, each depth-major.
type tiles struct {
	four [][][4]float32
	two  [][][2]float32
}

func packTiles(a []float32, rows, depth, rowStep, depthStep int) tiles {
	var t tiles
	if rows%4 == 0 {
		t.four = make([][][4]float32, rows/4)
	} else {
		t.two = make([][][2]float32, rows/2)
	}
	for row := range rows {
		for d := range depth {
			v := a[row*rowStep+d*depthStep]
			if t.four != nil {
				if row%4 == 0 && d == 0 {
					t.four[row/4] = make([][4]float32, depth)
				}
				t.four[row/4][d][row%4] = v
			} else {
				if row%2 == 0 && d == 0 {
					t.two[row/2] = make([][2]float32, depth)
				}
				t.two[row/2][d][row%2] = v
			}
		}
	}
	return t
}

// packPanels cuts samples of cols values into panels; lanes that are left over
// hold zeros.
func packPanels(rows []float32, cols int) [][]panelRow {
	var panels [][]panelRow
	for sample := range len(rows) / cols {
		if sample%32 == 0 {
			panels = append(panels, make([]panelRow, cols))
		}
		for c := range cols {
			panels[sample/32][c][sample%32] = rows[sample*cols+c]
		}
	}
	return panels
}

func unpackPanels(panels [][]panelRow, samples, cols int) []float32 {
	rows := make([]float32, samples*cols)
	for i := range rows {
		rows[i] = panels[i/cols/32][i%cols][i/cols%32]
	}
	return rows
}

// product: out = base + scale·A·B on a panel. out may be the base.
func (t tiles) product(out, base, b []panelRow, scale float32) {
	for i, a := range t.four {
		tile4(out[4*i:4*i+4], base[4*i:4*i+4], a, b, &scale)
	}
	for i, a := range t.two {
		tile2(out[2*i:2*i+2], base[2*i:2*i+2], a, b, &scale)
	}
}

// tile4 takes the scale by its address: as a value it would hold a register
// through the loop, and there is none left.
func tile4(out, base []panelRow, a [][4]float32, b []panelRow, scale *float32) {
	var l0, h0, l1, h1, l2, h2, l3, h3 archsimd.Float32x16
	b = b[:len(a)]
	for d := range a {
		low, high := load(&b[d])
		w0 := archsimd.BroadcastFloat32x16(a[d][0])
		l0, h0 = w0.MulAdd(low, l0), w0.MulAdd(high, h0)
		w1 := archsimd.BroadcastFloat32x16(a[d][1])
		l1, h1 = w1.MulAdd(low, l1), w1.MulAdd(high, h1)
		w2 := archsimd.BroadcastFloat32x16(a[d][2])
		l2, h2 = w2.MulAdd(low, l2), w2.MulAdd(high, h2)
		w3 := archsimd.BroadcastFloat32x16(a[d][3])
		l3, h3 = w3.MulAdd(low, l3), w3.MulAdd(high, h3)
	}
	c := archsimd.BroadcastFloat32x16(*scale)
	store(&out[0], &base[0], c, l0, h0)
	store(&out[1], &base[1], c, l1, h1)
	store(&out[2], &base[2], c, l2, h2)
	store(&out[3], &base[3], c, l3, h3)
}

func tile2(out, base []panelRow, a [][2]float32, b []panelRow, scale *float32) {
	var l0, h0, l1, h1 archsimd.Float32x16
	b = b[:len(a)]
	for d := range a {
		low, high := load(&b[d])
		w0 := archsimd.BroadcastFloat32x16(a[d][0])
		l0, h0 = w0.MulAdd(low, l0), w0.MulAdd(high, h0)
		w1 := archsimd.BroadcastFloat32x16(a[d][1])
		l1, h1 = w1.MulAdd(low, l1), w1.MulAdd(high, h1)
	}
	c := archsimd.BroadcastFloat32x16(*scale)
	store(&out[0], &base[0], c, l0, h0)
	store(&out[1], &base[1], c, l1, h1)
}

func load(row *panelRow) (low, high archsimd.Float32x16) {
	return archsimd.LoadFloat32x16((*[16]float32)(row[:16])), archsimd.LoadFloat32x16((*[16]float32)(row[16:]))
}

// store: out = base + c·sum.
func store(out, base *panelRow, c, low, high archsimd.Float32x16) {
	baseLow, baseHigh := load(base)
	c.MulAdd(low, baseLow).Store((*[16]float32)(out[:16]))
	c.MulAdd(high, baseHigh).Store((*[16]float32)(out[16:]))
}
