package engine

import "math"

// trail remembers the latents of a walk. Forward alone needs those a step looks
// back on; going back needs Z_0 … Z_N, or, with checkpoints, some of them and
// those of the segment in progress, from which the segment's steps are taken
// again: memory √N, one more walk forward.
type trail[T Float] struct {
	ring    [][]T // Z_n stands at n modulo its length
	segment int   // steps in a row that the ring holds for the way back
	saved   [][]T // Z_n and Z_{n−1} at the start of each segment; nil without checkpoints
	looks   int   // how many latents before Z_n a step looks back on: 0, or 1 with momentum
}

func newTrail[T Float](s *Settings, size int, remember bool) trail[T] {
	t := trail[T]{}
	if !s.Method.plain() {
		t.looks = 1
	}
	if !remember {
		t.ring = panels[T](2+t.looks, size)
		return t
	}
	t.segment = s.Steps
	if a := s.Adjoint; a.Checkpoint {
		t.segment = max(1, int(math.Ceil(math.Sqrt(float64((1+t.looks)*s.Steps)))))
	}
	if t.segment < s.Steps {
		segments := (s.Steps + t.segment - 1) / t.segment
		t.saved = panels[T](segments*(1+t.looks), size)
	}
	t.ring = panels[T](t.segment+1+t.looks, size)
	return t
}

func (t *trail[T]) z(n int) []T { return t.ring[n%len(t.ring)] }

// save keeps what step n starts from where a segment begins.
func (t *trail[T]) save(n int) {
	if t.saved == nil || n%t.segment != 0 {
		return
	}
	at := n / t.segment * (1 + t.looks)
	copy(t.saved[at], t.z(n))
	if t.looks > 0 && n > 0 {
		copy(t.saved[at+1], t.z(n-1))
	}
}

// rewind brings back Z_n, and Z_{n−1}, for the first step n of a segment.
func (t *trail[T]) rewind(n int) {
	at := n / t.segment * (1 + t.looks)
	copy(t.z(n), t.saved[at])
	if t.looks > 0 && n > 0 {
		copy(t.z(n-1), t.saved[at+1])
	}
}

// start is the first step of the segment that step n is in.
func (t *trail[T]) start(n int) int { return n / t.segment * t.segment }
