// Package command is the inversenet command: one file for each subcommand, and
// beside them what several share. What they do is in other packages; here are
// flags, words and terminals.
//
// [Run] is the whole command without the process around it: it takes arguments
// and streams, and returns the exit code.
package command

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/kernels"
)

// Exit codes of the command.
const (
	exitOK      = 0
	exitFailure = 1 // files, data, divergence, environment
	exitUsage   = 2 // arguments and flags
	// exitInterrupted is 128 and the number of SIGINT, as shells have it.
	exitInterrupted = 130
)

// Streams are what the command reads and writes besides files.
type Streams struct {
	In       io.Reader
	Out, Err io.Writer
}

// Run runs the command and returns its exit code. An error is one line on
// s.Err.
func Run(args []string, s Streams) int {
	started := false
	root := newRoot(s, &started)
	root.SetArgs(args)
	err := root.Execute()
	if err == nil {
		return exitOK
	}
	fmt.Fprintf(s.Err, "inversenet: %s\n", oneLine(err))
	if errors.As(err, new(interruptError)) {
		return exitInterrupted
	}
	// Whatever cobra finds wrong before a command starts is about its usage.
	if !started || usage.Is(err) {
		return exitUsage
	}
	return exitFailure
}

func newRoot(s Streams, started *bool) *cobra.Command {
	root := &cobra.Command{
		Use:   "inversenet",
		Short: "Train models that read images by running a generator backwards",
		Long: `inversenet trains models that read by generating: to say what an image shows,
a model searches the latent z whose generated image G(z) comes closest to it,
by gradient descent, and training differentiates through that search.

Exit codes: 0 done, 1 something failed (a file, the data, a divergence, the
environment), 2 the command line was wrong, 130 interrupted and saved.

Environment: ` + kernels.EnvISA + `=go|avx2|avx512 lowers the instruction set in use.`,
		Example: `  inversenet train                                       # learn the built-in digits
  inversenet evaluate inversenet-out/model.safetensors   # say how well it reads them
  inversenet invert inversenet-out/model.safetensors     # watch it read one
  inversenet toy                                         # the smallest example there is`,
		Args:          knownCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(newTrain(s), newEvaluate(s), newPredict(s), newInvert(s), newGenerate(s), newShow(s), newExport(s), newToy(s), newInfo(s), newVersion(s))
	for _, c := range root.Commands() {
		completeValues(c)
		run := c.RunE
		c.RunE = func(c *cobra.Command, args []string) error {
			*started = true
			return run(c, args)
		}
	}
	return root
}

// knownCommand refuses an argument of the root, which is no subcommand.
func knownCommand(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := make([]string, 0, len(c.Commands()))
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return usage.Errorf("unknown command %q: %s", args[0], suggestion(args[0], names, "the commands are "+strings.Join(names, ", ")))
}

// arguments wants between least and most arguments, described by what.
func arguments(least, most int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) >= least && len(args) <= most {
			return nil
		}
		return usage.Errorf("%s: got %s, want %s", c.CommandPath(), plural(len(args), "argument"), what)
	}
}

// instructionSet is the one in use. Commands that compute ask before they do
// anything, so that a value of INVERSENET_ISA that cannot be met stops them.
func instructionSet() (kernels.ISA, error) { return kernels.Active() }
