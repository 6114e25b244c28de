package kernels

import "fmt"

// mostClasses is how many classes an assembly call may walk, three times over:
// some 50 µs. More are left to the reference, which the runtime can interrupt.
const mostClasses = 1 << 12

// Softmax turns logits into probabilities, for each sample of the first vecs
// vectors, over the rows of a panel:
//
//	largest = max_c logits[c]              Σ = Σ_c exp(logits[c] − largest)
//	p[c] = exp(logits[c] − largest)/Σ      logSum = log Σ
//
// The cross entropy of targets t that add up to 1 is
//
//	logSum + Σ_c t[c]·(largest − logits[c])
//
// and its gradient by the logits p − t. All its terms are at least 0, and nothing
// cancels, as it does where the two are added up to log Σ_c exp(logits[c]) first.
//
// largest and logSum are panels of one row; 0 ≤ logSum ≤ log classes, and a small
// logSum has all its digits. The sum runs over the classes in order. p may be the same
// slice as logits. A sample whose logits hold NaN or +Inf, or nothing but −Inf, gets
// NaN. Softmax panics, before it writes, when a slice is too short, vecs is not 1 or 2
// or there is no class.
func (t *Table[T]) Softmax(p, largest, logSum, logits []T, classes, vecs int) {
	width := t.Width()
	if classes < 1 {
		panic(fmt.Sprintf("kernels: softmax over %d classes, want at least 1", classes))
	}
	t.checkMap(classes, vecs, "p", p, "logits", logits, "", nil)
	checkPanel("largest", largest, 1, width)
	checkPanel("logSum", logSum, 1, width)
	raceReadPanel(t, logits, classes, vecs)
	raceWritePanel(t, p, classes, vecs)
	raceWritePanel(t, largest, 1, vecs)
	raceWritePanel(t, logSum, 1, vecs)
	if classes > mostClasses {
		softmaxLanes(p, largest, logSum, logits, classes, vecs*t.lanes, width)
		return
	}
	for n := 0; n < vecs*t.lanes; n += t.lanes {
		t.softmax(&p[n], &largest[n], &logSum[n], &logits[n], classes)
	}
}

// Logistic computes, on the first vecs vectors of each panel row,
//
//	p = 1/(1 + exp(−o))      tail = log(1 + exp(−|o|))      o = logits
//
// both without overflow for any o, and tail with all its digits. The binary cross
// entropy of an answer t is
//
//	tail + (1−t)·o  where o > 0      tail − t·o  elsewhere
//
// and its gradient by the logit p − t. For 0 ≤ t ≤ 1 nothing cancels, as it does in
// log(1 + exp(o)) − t·o. p or tail may be the same slice as logits. Logistic panics,
// before it writes, when a slice is too short or vecs is not 1 or 2.
func (t *Table[T]) Logistic(p, tail, logits []T, rows, vecs int) {
	t.checkMap(rows, vecs, "p", p, "tail", tail, "logits", logits)
	raceReadPanel(t, logits, rows, vecs)
	raceWritePanel(t, p, rows, vecs)
	raceWritePanel(t, tail, rows, vecs)
	for c := t.start(rows, vecs); c.next(); {
		t.logistic(&p[c.at], &tail[c.at], &logits[c.at], c.vectors, c.step)
	}
}
