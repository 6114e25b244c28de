package report

import (
	"encoding/json"
	"io"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/experiment"
)

// Numbers is a training as JSON.
type Numbers struct {
	Recipe        string    `json:"recipe"`
	ISA           string    `json:"isa"`
	Precision     string    `json:"precision"`
	Threads       int       `json:"threads"`
	Solver        string    `json:"solver"`
	LossHistory   []float64 `json:"loss_history"`   // before each update
	FinalLoss     float64   `json:"final_loss"`     // after the last
	TrainAccuracy float64   `json:"train_accuracy"` // fractions
	TestAccuracy  *float64  `json:"test_accuracy"`  // null without test rows
	TrainSeconds  float64   `json:"train_seconds"`

	Seed       uint32 `json:"seed"`
	Iterations int    `json:"iterations"`
	// The rows from the first test row to the end of the data; null without.
	RestRows        *string                 `json:"rest_rows"`
	RestAccuracy    *float64                `json:"rest_accuracy"`
	ModelAccuracy   *float64                `json:"model_accuracy"`   // of the saved model on the test rows, each by itself
	AccuracyHistory []experiment.AccuracyAt `json:"accuracy_history"` // of the test rows
	Settings        json.RawMessage         `json:"settings"`         // by the names of their flags
}

// NumbersOf are those of a training that ran on the named instruction set.
func NumbersOf(t *experiment.Result, isa string) Numbers {
	j := t.Job
	n := Numbers{
		Recipe:        j.Recipe,
		ISA:           isa,
		Precision:     j.Precision(),
		Threads:       j.Cores(),
		Solver:        t.Solver,
		LossHistory:   t.History,
		FinalLoss:     t.FinalLoss,
		TrainAccuracy: t.TrainAccuracy,
		TestAccuracy:  t.TestAccuracy,
		ModelAccuracy: t.ModelAccuracy,
		TrainSeconds:  t.Elapsed.Seconds(),

		Seed:            j.Seed(),
		Iterations:      len(t.History),
		RestAccuracy:    t.RestAccuracy,
		AccuracyHistory: t.Accuracies,
		Settings:        json.RawMessage(j.Settings.JSON()),
	}
	if rest := j.RestRows(); !rest.None {
		text := rest.String()
		n.RestRows = &text
	}
	return n
}

// Save writes the numbers to path.
func (n Numbers) Save(path string) error {
	return atomicfile.Write(path, 0o666, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(n)
	})
}
