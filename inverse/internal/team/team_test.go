package team

import (
	"runtime"
	"sync/atomic"
	"testing"
)

// TestEveryJobOnce runs jobs on teams of every size and counts them.
func TestEveryJobOnce(t *testing.T) {
	for size := 1; size <= 9; size++ {
		done := make([]atomic.Int32, 100)
		team := New(1, func(worker, job int) {
			if worker < 0 || worker >= size {
				t.Errorf("worker %d of %d", worker, size)
			}
			done[job].Add(1)
		})
		team.Grow(size)
		for range 3 {
			team.Do(len(done), worthSharing)
		}
		for i := range done {
			if n := done[i].Load(); n != 3 {
				t.Errorf("size %d: job %d ran %d times, want 3", size, i, n)
			}
		}
	}
}

// TestPanicReachesTheCaller: with its value, after the others have stopped; the
// team works afterwards.
func TestPanicReachesTheCaller(t *testing.T) {
	var jobs atomic.Int32
	fail := true
	team := New(4, func(_, job int) {
		jobs.Add(1)
		if fail && job == 2 {
			panic("job 2")
		}
		runtime.Gosched()
	})
	for range 100 {
		func() {
			defer func() {
				if got := recover(); got != "job 2" {
					t.Fatalf("recovered %v, want the panic of job 2", got)
				}
			}()
			team.Do(1<<20, worthSharing)
		}()
		before := jobs.Load()
		runtime.Gosched()
		if after := jobs.Load(); after != before {
			t.Fatalf("%d jobs ran after the panic", after-before)
		}
	}
	fail = false
	jobs.Store(0)
	team.Do(50, worthSharing)
	if jobs.Load() != 50 {
		t.Errorf("%d of 50 jobs after panics", jobs.Load())
	}
}
