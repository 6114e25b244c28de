package inverse

import (
	"context"
	"encoding/json"
	"math"
	"os"
	"strconv"
	"testing"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/internal/randomstate"
)

// golden is testdata/golden.json: values computed with NumPy in float64 from
// the article's formulas.
type golden struct {
	Loss      map[string]float64 `json:"loss_before_update"`
	FinalLoss float64            `json:"loss_after_last_update"`
	Accuracy  float64            `json:"test_accuracy_percent"`
	Published struct {
		Index1800 float64 `json:"index_1800_loss_float32"`
	} `json:"published_in_seed"`
}

func readGolden(t testing.TB) golden {
	t.Helper()
	raw, err := os.ReadFile("testdata/golden.json")
	if err != nil {
		t.Fatal(err)
	}
	var g golden
	if err := json.Unmarshal(raw, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// notebook is the article's digits training, as it starts.
type notebook[T Float] struct {
	model      *Model[T]
	data       Data[T]
	testX      Matrix[T]
	testStart  Matrix[T]
	testLabels []int
}

func newNotebook[T Float](t testing.TB) *notebook[T] {
	t.Helper()
	pixels, labels, err := digits.Load()
	if err != nil {
		t.Fatal(err)
	}
	const train, test, latents = 1000, 1500, 10
	all := FromFloat64[T](digits.Rows, digits.Pixels, pixels)
	z0, w0, testZ0 := randomstate.NotebookStart(42, latents, digits.Pixels, train, test-train)
	return &notebook[T]{
		model: &Model[T]{
			Generator: &Linear[T]{W: FromFloat64[T](digits.Pixels, latents, w0)},
			Inner:     Inner{Steps: 250, LearningRate: 1e-2, Reduction: MeanAll},
		},
		data: Data[T]{
			X:      all.Slice(0, train),
			Start:  FromFloat64[T](latents, train, z0).Transposed(),
			Labels: labels[:train],
		},
		testX:      all.Slice(train, test),
		testStart:  FromFloat64[T](latents, test-train, testZ0).Transposed(),
		testLabels: labels[train:test],
	}
}

// compare fails where a history differs from the golden losses by more than
// allowed; it returns how many it compared.
func (g golden) compare(t *testing.T, history []float64, allowed float64) (compared int) {
	t.Helper()
	for key, want := range g.Loss {
		i, err := strconv.Atoi(key)
		if err != nil {
			t.Fatal(err)
		}
		if i >= len(history) {
			continue
		}
		compared++
		if diff := math.Abs(history[i] - want); !(diff <= allowed) {
			t.Errorf("loss at %d: %.16g, want %.16g: apart by %.2g", i, history[i], want, diff)
		}
	}
	return compared
}

// TestNotebook carries the notebook's training to its end in the closed form,
// in float64.
func TestNotebook(t *testing.T) {
	onEveryISA(t, func(t *testing.T, c Compute[float64]) {
		g, n := readGolden(t), newNotebook[float64](t)
		r, err := Fit(context.Background(), n.model, n.data, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 2000, GeneratorRate: 1e2, Compute: c})
		if err != nil {
			t.Fatal(err)
		}
		if r.Form != ClosedForm {
			t.Errorf("the planner chose the form %v, want closed", r.Form)
		}
		n.checkEnd(t, g, r)
	})
}

// TestNotebook32 is the same in float32, against the loss the article prints.
func TestNotebook32(t *testing.T) {
	n := newNotebook[float32](t)
	r, err := Fit(context.Background(), n.model, n.data, SoftmaxCrossEntropy{}, Outer[float32]{Steps: 1801, GeneratorRate: 1e2})
	if err != nil {
		t.Fatal(err)
	}
	checkPublished(t, r)
}

// TestNotebookBegins compares the first iterations of the other forms.
func TestNotebookBegins(t *testing.T) {
	for _, form := range []Form{DirectForm, GramForm} {
		t.Run(form.String(), func(t *testing.T) {
			n := newNotebook[float64](t)
			n.model.Inner.Form = form
			r, err := Fit(context.Background(), n.model, n.data, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 21, GeneratorRate: 1e2})
			if err != nil {
				t.Fatal(err)
			}
			if got := readGolden(t).compare(t, r.LossHistory, 1e-9); got != 6 {
				t.Errorf("compared %d losses, want 6", got)
			}
		})
	}
}

// slow skips a test that takes minutes unless INVERSENET_SLOW=1.
func slow(t *testing.T) {
	t.Helper()
	if os.Getenv("INVERSENET_SLOW") != "1" {
		t.Skip("takes minutes: set INVERSENET_SLOW=1, or run make test-slow")
	}
}

// TestNotebookStepByStep carries the notebook's training to its end with every
// inner step taken as it is written.
func TestNotebookStepByStep(t *testing.T) {
	slow(t)
	g, n := readGolden(t), newNotebook[float64](t)
	n.model.Inner.Form = DirectForm
	r, err := Fit(context.Background(), n.model, n.data, SoftmaxCrossEntropy{}, Outer[float64]{Steps: 2000, GeneratorRate: 1e2})
	if err != nil {
		t.Fatal(err)
	}
	n.checkEnd(t, g, r)
}

// TestNotebookStepByStep32 is the same in float32, against the loss that the
// article prints.
func TestNotebookStepByStep32(t *testing.T) {
	slow(t)
	n := newNotebook[float32](t)
	n.model.Inner.Form = DirectForm
	r, err := Fit(context.Background(), n.model, n.data, SoftmaxCrossEntropy{}, Outer[float32]{Steps: 1801, GeneratorRate: 1e2})
	if err != nil {
		t.Fatal(err)
	}
	checkPublished(t, r)
}

// checkEnd compares a whole training with the golden one.
func (n *notebook[T]) checkEnd(t *testing.T, g golden, r *Report) {
	t.Helper()
	if got := g.compare(t, r.LossHistory, 1e-9); got != len(g.Loss) {
		t.Errorf("compared %d losses, want %d", got, len(g.Loss))
	}
	if diff := math.Abs(r.FinalLoss - g.FinalLoss); !(diff <= 1e-9) {
		t.Errorf("final loss %.16g, want %.16g", r.FinalLoss, g.FinalLoss)
	}
	if got := n.accuracy(t); got != g.Accuracy/100 {
		t.Errorf("test accuracy %v, want %v", got, g.Accuracy/100)
	}
}

func checkPublished(t *testing.T, r *Report) {
	t.Helper()
	want := readGolden(t).Published.Index1800
	if diff := math.Abs(r.LossHistory[1800] - want); !(diff <= 2e-6) {
		t.Errorf("loss at 1800: %.16g, want %.16g: apart by %.2g", r.LossHistory[1800], want, diff)
	}
}

func (n *notebook[T]) accuracy(t *testing.T) float64 {
	t.Helper()
	out, err := n.model.Predict(n.testX, n.testStart, Compute[T]{})
	if err != nil {
		t.Fatal(err)
	}
	return Accuracy(out, n.testLabels)
}
