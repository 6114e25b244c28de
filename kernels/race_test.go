//go:build race

package kernels

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// pairsVariable makes TestUndisciplinedPairs race, in a process of its own: the
// detector fails the one in which it reports something.
const pairsVariable = "INVERSENET_RACE_PAIRS"

// A pair is a kernel and a goroutine beside it that reads or writes one element of one
// of its operands, with nothing that orders the two.
type pair[T Float] struct {
	tr    trial[T]
	k, i  int  // operand and element
	write bool // what the other goroutine does with it
	race  bool // whether that is one
}

// TestRaceDetectorSeesKernels: every kernel tells the race detector what it reads and
// writes, and no more than that.
func TestRaceDetectorSeesKernels(t *testing.T) {
	child := exec.Command(os.Args[0], "-test.run=^TestUndisciplinedPairs$")
	child.Env = append(os.Environ(), pairsVariable+"=1",
		"GORACE=exitcode=0 suppress_equal_stacks=0 suppress_equal_addresses=0")
	output, _ := child.CombinedOutput() // the test in it fails
	pairs := strings.Split(string(output), pairMark)[1:]
	if len(pairs) < 1000 {
		t.Fatalf("%d pairs, want more than 1000:\n%s", len(pairs), output)
	}
	for _, text := range pairs {
		what, report, _ := strings.Cut(text, "\n")
		reported := strings.Contains(report, "WARNING: DATA RACE")
		if race := strings.HasSuffix(what, ": that is a race"); race != reported {
			t.Errorf("%s; reported: %v", what, reported)
		}
	}
}

const pairMark = "pair: "

func TestUndisciplinedPairs(t *testing.T) {
	if os.Getenv(pairsVariable) == "" {
		t.Skip("run by TestRaceDetectorSeesKernels")
	}
	onEveryISA(t, testUndisciplinedPairs[float32], testUndisciplinedPairs[float64])
}

func testUndisciplinedPairs[T Float](t *testing.T, table *Table[T]) {
	for _, subject := range subjects(table) {
		var trials []trial[T]
		subject.trials(newShapes(table, false), func(tr trial[T]) { trials = append(trials, tr) })
		for _, tr := range []trial[T]{trials[len(trials)/2], trials[len(trials)-1]} {
			for _, p := range pairsOf(subject.name, tr) {
				verb, race := "reads", "no race"
				if p.write {
					verb = "writes"
				}
				if p.race {
					race = "a race"
				}
				fmt.Fprintf(os.Stderr, "%s%s, %v, %T, %s: another goroutine %s element %d of %s: that is %s\n",
					pairMark, subject.name, table.isa, T(0), tr.shape, verb, p.i, tr.operands[p.k].name, race)
				p.run()
				p.run() // the detector now and then forgets an access
			}
		}
	}
}

// pairsOf takes the first and the last element that a kernel reads or writes in each
// of its operands, and one that it leaves alone.
func pairsOf[T Float](name string, tr trial[T]) []pair[T] {
	var all []pair[T]
	for k, o := range tr.operands {
		first, last, none := -1, -1, -1
		for i, v := range o.data {
			switch {
			case o.written != nil && o.written(i), o.written == nil && !SameBits([]T{v}, []T{canary[T]()}):
				last = i
				if first < 0 {
					first = i
				}
			default:
				none = i
			}
		}
		reads, writes := true, o.written != nil
		if name == "Gate none" { // leaves lambda as it is, and does not look at z
			reads, writes = k < 2, k == 1
		}
		for _, i := range []int{first, last} {
			if i >= 0 {
				all = append(all, pair[T]{tr, k, i, true, reads}, pair[T]{tr, k, i, false, writes})
			}
		}
		if none >= 0 {
			all = append(all, pair[T]{tr, k, none, true, false})
		}
	}
	return all
}

// run calls the kernel and touches the element on two goroutines. Neither ends before
// both have done so: the detector reports nothing of one whose history it has dropped.
func (p pair[T]) run() {
	operands := make([][]T, len(p.tr.operands))
	for k, o := range p.tr.operands {
		operands[k] = append([]T(nil), o.data...)
	}
	done, end := make(chan bool), make(chan bool)
	go func() {
		p.tr.call(operands)
		done <- true
		<-end
	}()
	go func() {
		if p.write {
			operands[p.k][p.i] = 0
		} else {
			sink = float64(operands[p.k][p.i])
		}
		done <- true
		<-end
	}()
	<-done
	<-done
	close(end)
}

var sink float64
