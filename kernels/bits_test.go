package kernels

import (
	"encoding/binary"
	"hash/fnv"
	"math"
	"testing"
)

// referenceBits are hashes of what the reference makes of the trials of each
// subject, in float32 and in float64. They are the same on every architecture.
var referenceBits = map[string][2]uint64{
	"Activate identity":       {0xb871eff2eced06a0, 0xf55564e946e1c50e},
	"Activate relu":           {0x1cefb93411f303d9, 0x8366e20a8375f396},
	"Activate sigmoid":        {0x8e7f7a35cd22afab, 0xbf4a49655e5048ee},
	"Activate softplus":       {0x02b637bd983f0ea0, 0x61a6b7cb9726b9c2},
	"Activate tanh":           {0x91657d4703ff4b8e, 0xe7e1572ecd67fa05},
	"Adam":                    {0x16a9cdc466460cbe, 0x1d3d79662a586fe9},
	"AddScaled":               {0x6ea8fe94239a135d, 0x56fa223678611252},
	"AllFinite":               {0x33e81a0dcc8f3478, 0x33e81a0dcc8f3478},
	"Apply identity in place": {0xa4013aaf41259644, 0xdf71ff694bdafe2d},
	"Apply identity":          {0xa4013aaf41259644, 0xdf71ff694bdafe2d},
	"Apply relu in place":     {0x2dc5ebe32db85f69, 0x0ffdf350ca3a2750},
	"Apply relu":              {0x2dc5ebe32db85f69, 0x0ffdf350ca3a2750},
	"Apply sigmoid in place":  {0x803076870f2e50bf, 0x24991d37be7122d6},
	"Apply sigmoid":           {0x803076870f2e50bf, 0x24991d37be7122d6},
	"Apply softplus in place": {0xd9dc7cd03110aa12, 0x7d5ce2f9ca24b4e0},
	"Apply softplus":          {0xd9dc7cd03110aa12, 0x7d5ce2f9ca24b4e0},
	"Apply tanh in place":     {0x83f5ad9490be0806, 0x1ce3237d04782c89},
	"Apply tanh":              {0x83f5ad9490be0806, 0x1ce3237d04782c89},
	"DotRows":                 {0x3411bb82cc819256, 0x59e04c2974327409},
	"Exp in place":            {0xd0db1e002a055d8a, 0x9939758273eeb856},
	"Exp":                     {0xd0db1e002a055d8a, 0x9939758273eeb856},
	"Extrapolate over last":   {0x89ad26511a8c849b, 0xa2948afe678ff15c},
	"Extrapolate":             {0x0adc71aad53e52ae, 0x8df5a7fbd93a7f3d},
	"Gate clamp":              {0x53ef7d81ef69f9f1, 0xc8245f20781b17c9},
	"Gate none":               {0x80a592e947fe2663, 0x4af05e7766814e61},
	"Gate shrink":             {0xf36e4eeff3e3a7f8, 0x676dffa1b5916453},
	"Log in place":            {0xb76e9bb14a57cde4, 0xab59cd7ebfbfd06c},
	"Log":                     {0xb76e9bb14a57cde4, 0xab59cd7ebfbfd06c},
	"Logistic p in place":     {0x803076870f2e50bf, 0x24991d37be7122d6},
	"Logistic p":              {0x803076870f2e50bf, 0x24991d37be7122d6},
	"Logistic tail in place":  {0xd24ce164b8c5b066, 0xb1be73a48c14e3d3},
	"Logistic tail":           {0xd24ce164b8c5b066, 0xb1be73a48c14e3d3},
	"Multiply in place":       {0x0577ae796de4e27a, 0xbf0a6cc8db9ae9e1},
	"Multiply":                {0x46e37a20408509a5, 0xfdc9a42c792ad3dc},
	"Outer":                   {0x9aaf709fa7e62ce2, 0x61f59ecb01be331f},
	"Pack":                    {0x4a6cedf266ea29e6, 0xf853e633020927a3},
	"PackNegated":             {0xc55cc13e4077e1e6, 0xe176f8cfcaab34a3},
	"Product":                 {0x68516f4ebc96201f, 0x5f4fd856ae37fec0},
	"RowSums":                 {0x76522464bd911f53, 0xb698b5ff54e23686},
	"SampleMajor":             {0x70242b3b457786e6, 0x4b46a187d84ebecd},
	"Softmax":                 {0x8ee2a05ef21a655d, 0x5df45036dcd633fa},
	"Unpack":                  {0x0b452c17e4fa25a7, 0x75b34f1b8df3258c},
	"WeightedDistance":        {0xf0d7a952931e1fa5, 0x49e41019b9bbf387},
	"Weights.Pack":            {0xdb1a1e3c96d286e1, 0xbed325f6724d83c0},
	"Weights.PackTransposed":  {0x6e91d4eb78f77761, 0xd4075d55cc66df67},
}

// TestReferenceBits holds the bits of the reference on this architecture against
// those on all others.
func TestReferenceBits(t *testing.T) {
	hashes := map[string][2]uint64{}
	hashReference[float32](t, hashes, 0)
	hashReference[float64](t, hashes, 1)
	for name, got := range hashes {
		if want := referenceBits[name]; got != want {
			t.Errorf("the reference's results have the hashes\n\t%q: {%#016x, %#016x},\nwant {%#016x, %#016x}", name, got[0], got[1], want[0], want[1])
		}
	}
	for name := range referenceBits {
		if _, ok := hashes[name]; !ok {
			t.Errorf("there is a hash, but no subject %q", name)
		}
	}
}

func hashReference[T Float](t *testing.T, hashes map[string][2]uint64, at int) {
	table, err := For[T](Go)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range subjects(table) {
		hash := fnv.New64a()
		subject.trials(newShapes(table, false), func(tr trial[T]) {
			p := make([][]T, len(tr.operands))
			for k, o := range tr.operands {
				p[k] = append([]T(nil), o.data...)
			}
			tr.call(p)
			for k, o := range tr.operands {
				for i, v := range p[k] {
					if o.written != nil && o.written(i) {
						hash.Write(bitsOf(v))
					}
				}
			}
		})
		both := hashes[subject.name]
		both[at] = hash.Sum64()
		hashes[subject.name] = both
	}
}

// bitsOf gives the bits of v, lowest first, and the same ones for any NaN: which NaN
// an operation makes depends on the architecture.
func bitsOf[T Float](v T) []byte {
	bits := math.Float64bits(float64(v)) // exact, so that it differs where v does
	if v != v {
		bits = math.Float64bits(math.NaN())
	}
	return binary.LittleEndian.AppendUint64(nil, bits)
}
