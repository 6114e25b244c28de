package command

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"

	"github.com/inversenet/inversenet/kernels"
)

// TestToy compares with the numbers that the article prints, on every
// instruction set.
func TestToy(t *testing.T) {
	for _, isa := range kernels.Available() {
		t.Run(isa.String(), func(t *testing.T) {
			inFolder(t)
			r := runProcess(t, isa.String(), "toy")
			if r.code != exitOK || r.err != "" {
				t.Fatalf("exit code %d: %s", r.code, r.err)
			}
			for name, want := range map[string]float64{
				"y_opt": 1.9998351365905256,
				"a":     1.9999268051752905,
				"b":     -3.9998536215926457,
			} {
				line := regexp.MustCompile(`(?m)^` + name + ` = (\S+)$`).FindStringSubmatch(r.out)
				if line == nil {
					t.Errorf("no line %s = … in\n%s", name, r.out)
					continue
				}
				got, err := strconv.ParseFloat(line[1], 64)
				if err != nil || !(math.Abs(got-want) <= 1e-12) {
					t.Errorf("%s = %s, want %v", name, line[1], want)
				}
			}
			for _, figure := range []string{"toy-inversion", "toy-loss", "toy-line"} {
				if got, want := pictureSize(t, "inversenet-toy/"+figure+".png"), [2]int{880, 560}; got != want {
					t.Errorf("%s is %v, want %v", figure, got, want)
				}
				if _, err := os.Stat("inversenet-toy/" + figure + ".svg"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
