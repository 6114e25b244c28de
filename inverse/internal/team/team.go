// Package team shares numbered jobs among goroutines.
package team

import (
	"errors"
	"sync"
	"sync/atomic"
)

// A Team hands numbered jobs to goroutines. Which one takes which job is left to
// chance, so jobs must not share what they write. The calling goroutine works
// too; starting the others allocates nothing.
//
// A job that panics, in a user's code say, ends the run: no further job begins,
// and when the goroutines are back the panic goes on in the caller, with its value.
// Code that ends its goroutine by runtime.Goexit is no better than that.
type Team struct {
	size int
	job  func(worker, job int)
	next atomic.Int64
	jobs int
	busy sync.WaitGroup
	runs []func()

	failed atomic.Bool
	lock   sync.Mutex
	value  any // of the first panic
}

// New returns a team of at most the given size for one kind of job.
func New(size int, job func(worker, job int)) *Team { return &Team{size: size, job: job} }

// Grow raises the size.
func (t *Team) Grow(size int) { t.size = max(t.size, size) }

// recruit makes room for as many goroutines besides the caller's.
func (t *Team) recruit(others int) {
	for worker := len(t.runs) + 1; worker <= others; worker++ {
		t.runs = append(t.runs, func() {
			defer t.busy.Done()
			t.work(worker)
		})
	}
}

// worthSharing is how many multiply-adds a run must take before it is shared
// among goroutines: waking one takes as long as some millions of them.
const worthSharing = 4 << 20

// Do runs jobs 0…n-1, which take about so many multiply-adds together, and
// returns when all are done.
func (t *Team) Do(n int, work float64) {
	t.jobs = n
	t.next.Store(0)
	t.failed.Store(false)
	others := 0
	if work >= worthSharing {
		others = max(0, min(t.size, n)-1)
	}
	t.recruit(others)
	t.share(others)
	if t.failed.Load() {
		value := t.value
		t.value = nil
		panic(value)
	}
}

// share works together with others, and waits for them whatever happens.
func (t *Team) share(others int) {
	defer t.busy.Wait()
	for _, run := range t.runs[:others] {
		t.busy.Add(1)
		go run()
	}
	t.work(0)
}

func (t *Team) work(worker int) {
	done := false
	defer t.catch(&done)
	for !t.failed.Load() {
		i := int(t.next.Add(1)) - 1
		if i >= t.jobs {
			break
		}
		t.job(worker, i)
	}
	done = true
}

// catch keeps the first panic of work that is not done for the caller.
func (t *Team) catch(done *bool) {
	if *done {
		return
	}
	value := recover()
	if value == nil {
		value = errGoexit
	}
	t.lock.Lock()
	defer t.lock.Unlock()
	if !t.failed.Load() {
		t.value = value
		t.failed.Store(true)
	}
}

var errGoexit = errors.New("inverse: a function that was called ended its goroutine")
