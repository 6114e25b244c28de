package cli

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
)

// identity tells trainings apart whose iterations would differ: by recipe-made
// settings and training data. Test rows are among the settings, for the history
// of accuracies is theirs.
func (j *trainJob) identity() string {
	h := sha256.New()
	fmt.Fprintln(h, j.settings.json(), j.train.rows, j.train.pixels, j.train.imaging, j.classes)
	var b [8]byte
	for _, d := range []dataset{j.train, j.test} {
		for _, v := range d.x {
			binary.LittleEndian.PutUint64(b[:], math.Float64bits(v))
			h.Write(b[:])
		}
		for _, l := range d.labels {
			binary.LittleEndian.PutUint64(b[:], uint64(l))
			h.Write(b[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}
