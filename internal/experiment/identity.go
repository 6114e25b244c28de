package experiment

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"

	"github.com/inversenet/inversenet/internal/dataset"
)

// identity tells trainings apart whose iterations would differ: by recipe-made
// settings and training data. Test rows are among the settings, for the history
// of accuracies is theirs.
func (j *Job) identity() string {
	h := sha256.New()
	fmt.Fprintln(h, j.Settings.JSON(), j.Train.Rows, j.Train.Pixels, j.Train.Shape, j.Classes)
	var b [8]byte
	for _, d := range []dataset.Dataset{j.Train, j.Test} {
		for _, v := range d.X {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			h.Write(b[:])
		}
		for _, l := range d.Labels {
			binary.LittleEndian.PutUint64(b[:], uint64(l))
			h.Write(b[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
