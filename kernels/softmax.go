package kernels

import "fmt"

// mostClasses is how many classes an assembly call may walk, three times over:
// some 50 µs. More are left to the reference, which the runtime can interrupt.
const mostClasses = 1 << 12

// Softmax turns logits into probabilities, for each sample of the first vecs
// vectors, over the rows of a panel:
//
//	p[c] = exp(logits[c] − m)/Σ      lse = m + log Σ
//	m = max_c logits[c]              Σ = Σ_c exp(logits[c] − m)
//
// The cross entropy of class c is lse − logits[c], and its gradient by the logits
// p less one at c. The sum runs over the classes in order. p may be the same slice
// as logits, lse is a panel of one row. A sample whose logits hold NaN or +Inf, or
// nothing but −Inf, gets NaN. Softmax panics, before it writes, when a slice is too
// short, vecs is not 1 or 2 or there is no class.
func (t *Table[T]) Softmax(p, lse, logits []T, classes, vecs int) {
	width := t.Width()
	if classes < 1 {
		panic(fmt.Sprintf("kernels: softmax over %d classes, want at least 1", classes))
	}
	t.checkMap(classes, vecs, "p", p, "logits", logits, "", nil)
	checkPanel("lse", lse, 1, width)
	raceMap(classes*width, p, logits, nil, nil)
	raceMap(width, lse, nil, nil, nil)
	if classes > mostClasses {
		softmaxLanes(p, lse, logits, classes, vecs*t.lanes, width)
		return
	}
	for n := 0; n < vecs*t.lanes; n += t.lanes {
		t.softmax(&p[n], &lse[n], &logits[n], classes)
	}
}

// Logistic computes, on the first vecs vectors of each panel row,
//
//	p = 1/(1 + exp(−o))      softplus = log(1 + exp(o))      o = logits
//
// both without overflow for any o. The binary cross entropy of a label y is
// softplus − y·o, and its gradient by the logit p − y. p or softplus may be the
// same slice as logits. Logistic panics, before it writes, when a slice is too
// short or vecs is not 1 or 2.
func (t *Table[T]) Logistic(p, softplus, logits []T, rows, vecs int) {
	t.checkMap(rows, vecs, "p", p, "softplus", softplus, "logits", logits)
	raceMap(rows*t.Width(), p, logits, nil, nil)
	raceMap(rows*t.Width(), softplus, nil, nil, nil)
	for c := t.start(rows, vecs); c.next(); {
		t.logistic(&p[c.at], &softplus[c.at], &logits[c.at], c.vectors, c.step)
	}
}
