package command

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/kernels"
)

func newInfo(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "info",
		Short: "Say what this machine offers and what of it is in use",
		Example: `  inversenet info
  ` + kernels.EnvISA + `=go inversenet info`,
		Args: arguments(0, 0, "none"),
		RunE: func(*cobra.Command, []string) error { return runInfo(s) },
	}
}

func runInfo(s Streams) error {
	isa, err := instructionSet()
	if err != nil {
		return err
	}
	names := make([]string, 0, 3)
	for _, a := range kernels.Available() {
		names = append(names, a.String())
	}
	t := tabwriter.NewWriter(s.Out, 0, 0, 2, ' ', 0)
	for _, line := range [][2]string{
		{"processor", processor()},
		{"instruction set", fmt.Sprintf("%v, %s", isa, whyISA(isa))},
		{"available", strings.Join(names, ", ")},
		{"panel width", fmt.Sprintf("%d samples in float32, %d in float64",
			kernels.Default[float32]().Width(), kernels.Default[float64]().Width())},
		{"cores", fmt.Sprintf("%d, of which Go uses %d (GOMAXPROCS)", runtime.NumCPU(), runtime.GOMAXPROCS(0))},
		{"Go", fmt.Sprintf("%s %s/%s", runtime.Version(), runtime.GOOS, runtime.GOARCH)},
	} {
		fmt.Fprintf(t, "%s\t%s\n", line[0], line[1])
	}
	return t.Flush()
}

// whyISA says what decided the choice.
func whyISA(isa kernels.ISA) string {
	if os.Getenv(kernels.EnvISA) != "" {
		return "as " + kernels.EnvISA + " says"
	}
	if isa != kernels.Go {
		return "the widest that the processor offers"
	}
	return goISA()
}
