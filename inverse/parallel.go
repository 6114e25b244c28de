package inverse

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/inversenet/inversenet/kernels"
)

// Compute says what a computation runs on. The zero value is all cores and the
// widest instruction set.
type Compute[T Float] struct {
	// Threads is the number of goroutines that share the panels; 0 stands for
	// GOMAXPROCS. The result is the same to the bit for any number.
	Threads int
	// Kernels is the dispatch table to use; nil stands for the default one.
	Kernels *kernels.Table[T]
}

func (c Compute[T]) validate() error {
	if c.Threads < 0 {
		return fmt.Errorf("threads: %d, want 0 for all cores or a positive number", c.Threads)
	}
	return nil
}

func (c Compute[T]) threads() int {
	if c.Threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return c.Threads
}

func (c Compute[T]) table() *kernels.Table[T] {
	if c.Kernels == nil {
		return kernels.Default[T]()
	}
	return c.Kernels
}

// A team hands numbered jobs to goroutines. Which one takes which job is left to
// chance, so jobs must not share what they write. The calling goroutine works
// too; starting the others allocates nothing.
type team struct {
	size int
	job  func(worker, job int)
	next atomic.Int64
	jobs int
	busy sync.WaitGroup
	runs []func()
}

// newTeam prepares a team of the given size for one kind of job.
func newTeam(size int, job func(worker, job int)) *team {
	t := &team{size: size, job: job}
	for worker := 1; worker < size; worker++ {
		t.runs = append(t.runs, func() {
			t.work(worker)
			t.busy.Done()
		})
	}
	return t
}

// do runs jobs 0…n-1, which take about so many multiply-adds together, and
// returns when all are done.
func (t *team) do(n int, work float64) {
	t.jobs = n
	t.next.Store(0)
	others := max(0, min(len(t.runs), n-1))
	if work < worthSharing {
		others = 0
	}
	for _, run := range t.runs[:others] {
		t.busy.Add(1)
		go run()
	}
	t.work(0)
	t.busy.Wait()
}

func (t *team) work(worker int) {
	for {
		i := int(t.next.Add(1)) - 1
		if i >= t.jobs {
			return
		}
		t.job(worker, i)
	}
}
