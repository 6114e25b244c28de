package cli

import (
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// isTerminal reports whether w is a terminal.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}

// A reporter shows how a training goes on: show after every iteration, done when
// it is over, well or not.
type reporter interface {
	show(progress)
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
func (b *bar) show(p progress) {
	const every = time.Second / 10
	if p.Elapsed-b.last < every {
		return
	}
	b.last = p.Elapsed
	b.Describe(fmt.Sprintf("loss %.6f%s, %s left", p.Loss, p.reading(), short(left(p))))
	b.Set(p.Step)
}

func (b *bar) done() { b.Clear() }

// lines writes a line every few seconds and one at the end.
type lines struct {
	w    io.Writer
	last time.Duration
}

func (l *lines) show(p progress) {
	const every = 5 * time.Second
	if p.Elapsed-l.last < every && p.Step < p.Steps {
		return
	}
	l.last = p.Elapsed
	fmt.Fprintf(l.w, "iteration %d of %d, loss %.6f%s, %s, %s left\n", p.Step, p.Steps, p.Loss, p.reading(), short(p.Elapsed), short(left(p)))
}

func (l *lines) done() {}

// reading is the accuracy, where it is known.
func (p progress) reading() string {
	if p.accuracy == nil {
		return ""
	}
	return fmt.Sprintf(", accuracy %.1f %%", 100**p.accuracy)
}

// left is the time to the end at the pace so far.
func left(p progress) time.Duration {
	return time.Duration(float64(p.Elapsed) / float64(p.Step) * float64(p.Steps-p.Step))
}

// short writes a duration to three digits or so: 0.42 s, 12.3 s, 3m05s.
func short(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 9.995:
		return fmt.Sprintf("%.2f s", s)
	case s < 99.95:
		return fmt.Sprintf("%.1f s", s)
	default:
		return d.Round(time.Second).String()
	}
}
