package inverse

import "math/rand/v2"

// order says which samples each iteration trains on: runs of a permutation of all
// that is drawn anew for each pass over the data, from the seed and the pass alone.
// Batches of all samples keep their order.
type order struct {
	samples   []int
	batchSize int // 0 for all samples
	seed      uint64
	position

	drawn  uint64 // the pass that samples is in the order of; 0 for none
	source rand.PCG
	rng    *rand.Rand
}

// position is where in the passes over the data a training stands.
type position struct {
	pass uint64 // passes begun
	seen int    // samples of the current pass that were trained on
}

func newOrder(samples, batchSize int, seed uint64) *order {
	o := &order{samples: make([]int, samples), batchSize: batchSize, seed: seed}
	o.rng = rand.New(&o.source)
	o.seen = samples
	return o
}

// draw returns the samples of the next iteration, and the pass they are of.
func (o *order) draw() ([]int, uint64) {
	if o.seen == len(o.samples) {
		o.seen = 0
		o.pass++
	}
	if o.drawn != o.pass {
		o.shuffle()
	}
	n := len(o.samples) - o.seen
	if o.batchSize > 0 {
		n = min(n, o.batchSize)
	}
	batch := o.samples[o.seen : o.seen+n]
	o.seen += n
	return batch, o.pass
}

// seek makes draw go on from a position.
func (o *order) seek(p position) { o.position = p }

func (o *order) shuffle() {
	o.drawn = o.pass
	for i := range o.samples {
		o.samples[i] = i
	}
	if o.batchSize == 0 {
		return
	}
	o.source.Seed(o.seed, o.pass)
	o.rng.Shuffle(len(o.samples), func(i, j int) { o.samples[i], o.samples[j] = o.samples[j], o.samples[i] })
}
