package cli

import (
	"encoding/json"
	"io"
	"path/filepath"

	"github.com/inversenet/inversenet/internal/atomicfile"
)

// jsonReport is what --report FILE.json writes.
type jsonReport struct {
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
	RestRows        *string         `json:"rest_rows"`
	RestAccuracy    *float64        `json:"rest_accuracy"`
	AccuracyHistory []accuracyAt    `json:"accuracy_history"` // of the test rows
	Settings        json.RawMessage `json:"settings"`         // by the names of their flags
}

// checkReports wants report names of a kind that can be written, in folders
// that can be written to.
func checkReports(paths []string) error {
	for _, path := range paths {
		if ext := filepath.Ext(path); ext != ".json" && ext != ".html" {
			return usagef("--report %s: want a name that ends in .html or .json", path)
		}
		if err := writable(path); err != nil {
			return err
		}
	}
	return nil
}

func (r jsonReport) write(path string) error {
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	})
}
