package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/inversenet/inversenet/inverse"
)

var errInterrupted = errors.New("interrupted")

// interruptError is a training that was stopped, and how to go on with it.
type interruptError struct {
	done, steps int
	path        string // of the checkpoint
	command     string
}

func (e *interruptError) Error() string {
	return fmt.Sprintf("interrupted after %d of %d iterations, which are saved in %s; continue with: %s", e.done, e.steps, e.path, e.command)
}

func (e *interruptError) Unwrap() error { return errInterrupted }

// patience is how long an interrupt waits for work to end. What takes less is not
// interrupted.
const patience = 300 * time.Millisecond

// patiently does work that may be long, like an iteration or a reading of all
// rows. Should an interrupt come while it is, it returns errInterrupted without
// its end, and the training stands where it stood before. How long the work took
// the last time, in last, says whether it may be long.
func (f *fit[T]) patiently(last *time.Duration, work func() error) error {
	start := time.Now()
	defer func() { *last = time.Since(start) }()
	if f.job.interrupt == nil || *last < patience {
		return work()
	}
	state := f.trainer.State()
	ended := make(chan error, 1)
	go func() { ended <- work() }()
	select {
	case err := <-ended:
		return err
	case <-f.job.interrupt:
	}
	f.before = &state
	select {
	case <-ended: // the state is the one from before all the same
	case <-time.After(patience):
	}
	return errInterrupted
}

// interrupted saves where the training stands.
func (f *fit[T]) interrupted() error {
	f.stopClock()
	var state inverse.State[T]
	if f.before != nil {
		state = *f.before
	} else {
		state = f.trainer.State()
	}
	plan := &f.job.checkpoint
	path := plan.whenInterrupted()
	if err := f.save(path, state); err != nil {
		return err
	}
	return &interruptError{done: f.done, steps: f.steps, path: path, command: plan.command(path)}
}

// catchInterrupts sends the first SIGINT or SIGTERM on the channel; after that
// they end the process as they do without.
func catchInterrupts() (signals <-chan os.Signal, stop func()) {
	all, first := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(all, os.Interrupt, syscall.SIGTERM)
	go func() {
		if s, ok := <-all; ok {
			signal.Stop(all)
			first <- s
		}
	}()
	return first, sync.OnceFunc(func() {
		signal.Stop(all)
		close(all)
	})
}

// checkpointPlan says where and when a training is saved.
type checkpointPlan struct {
	path     string // empty for none
	every    int    // iterations; 0 for twenty times in all
	fallback string // for an interrupted training without a path
	args     []string
	started  func(done, steps int) // told where a training continues
}

// due says whether a checkpoint is written after so many iterations.
func (p *checkpointPlan) due(done, steps int) bool {
	every := p.every
	if every == 0 {
		every = max(1, steps/20)
	}
	return p.path != "" && (done%every == 0 || done == steps)
}

// existing is the checkpoint to continue from, if there is one.
func (p *checkpointPlan) existing() (path string, ok bool) {
	if p.path == "" {
		return "", false
	}
	_, err := os.Stat(p.path)
	return p.path, err == nil
}

func (p *checkpointPlan) continued(done, steps int) {
	if p.started != nil {
		p.started(done, steps)
	}
}

func (p *checkpointPlan) whenInterrupted() string {
	if p.path != "" {
		return p.path
	}
	return p.fallback
}

// command is the command line that continues from path.
func (p *checkpointPlan) command(path string) string {
	words := []string{"inversenet"}
	for _, a := range p.args {
		words = append(words, quoted(a))
	}
	if p.path == "" {
		words = append(words, "--checkpoint", quoted(path))
	}
	return strings.Join(words, " ")
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`!*?[]{}()<>|&;#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// removeLeftovers removes the temporary files that a killed training has left
// beside its checkpoint.
func (p *checkpointPlan) removeLeftovers() {
	if p.path == "" {
		return
	}
	folder, base := filepath.Split(p.path)
	entries, err := os.ReadDir(filepath.Dir(p.path))
	if err != nil {
		return // the checkpoint itself will say why
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+base+".") && strings.HasSuffix(e.Name(), ".tmp") {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
