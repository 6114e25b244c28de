package command

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/report"
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A reporter shows how a training goes on: show after every iteration, done when
// it is over, well or not.
type reporter interface {
	show(experiment.Progress)
	done()
}

func newReporter(w io.Writer, steps int) reporter {
	if isTerminal(w) && steps > 0 {
		return newBar(w, steps)
	}
	return &lines{w: w}
}

// bar draws on one line of a terminal.
type bar struct {
	*progressbar.ProgressBar
	last time.Duration
}

func newBar(w io.Writer, steps int) *bar {
	return &bar{ProgressBar: progressbar.NewOptions(steps,
		progressbar.OptionSetWriter(w),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionSetDescription("training"),
		progressbar.OptionSetWidth(30),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionSetTheme(progressbar.Theme{Saucer: "█", SaucerPadding: "░"}),
	)}
}

// show draws ten times a second.
func (b *bar) show(p experiment.Progress) {
	const every = time.Second / 10
	if p.Elapsed-b.last < every {
		return
	}
	b.last = p.Elapsed
	b.Describe(fmt.Sprintf("loss %.6f%s, %s left", p.Loss, reading(p), report.Short(left(p))))
	b.Set(p.Step)
}

func (b *bar) done() { b.Clear() }

// lines writes a line every few seconds and one at the end.
type lines struct {
	w    io.Writer
	last time.Duration
}

func (l *lines) show(p experiment.Progress) {
	const every = 5 * time.Second
	if p.Elapsed-l.last < every && p.Step < p.Steps {
		return
	}
	l.last = p.Elapsed
	fmt.Fprintf(l.w, "iteration %d of %d, loss %.6f%s, %s, %s left\n", p.Step, p.Steps, p.Loss, reading(p), report.Short(p.Elapsed), report.Short(left(p)))
}

func (l *lines) done() {}

// reading is the accuracy, where it is known.
func reading(p experiment.Progress) string {
	if p.Accuracy == nil {
		return ""
	}
	return fmt.Sprintf(", accuracy %.1f %%", 100**p.Accuracy)
}

// left is the time to the end at the pace so far.
func left(p experiment.Progress) time.Duration {
	return time.Duration(float64(p.Elapsed) / float64(p.Step) * float64(p.Steps-p.Step))
}
