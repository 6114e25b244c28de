package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"

	"github.com/inversenet/inversenet/internal/experiment"
)

// untilInterrupted is a context that the first SIGINT or SIGTERM cancels; after
// that, and after stop, signals end the process as they do without.
func untilInterrupted() (ctx context.Context, stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		if _, ok := <-signals; ok {
			signal.Stop(signals)
			cancel()
		}
	}()
	return ctx, sync.OnceFunc(func() {
		signal.Stop(signals)
		close(signals)
	})
}

// interruptError is a training that was stopped, and how to go on with it.
type interruptError struct {
	*experiment.Interrupted
	command string
}

func (e interruptError) Error() string {
	return fmt.Sprintf("%v; continue with: %s", e.Interrupted, e.command)
}

// explain adds, to the error of a training that was interrupted, the command line
// that continues it.
func (o trainOptions) explain(err error) error {
	var stopped *experiment.Interrupted
	if !errors.As(err, &stopped) {
		return err
	}
	words := []string{"inversenet"}
	for _, a := range o.command {
		words = append(words, quoted(a))
	}
	if o.checkpoint == "" {
		words = append(words, "--checkpoint", quoted(stopped.Path))
	}
	return interruptError{stopped, strings.Join(words, " ")}
}

// quoted is a word as a shell takes it.
func quoted(word string) string {
	if word != "" && !strings.ContainsAny(word, " \t\n'\"\\$`!*?[]{}()<>|&;#~") {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
