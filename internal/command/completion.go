package command

import (
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/experiment"
)

// fileEndings are what the values of flags that name files end in.
var fileEndings = map[string][]string{
	"report":     {"html", "json"},
	"npz":        {"npz"},
	"checkpoint": {"checkpoint", "safetensors"},
	"data":       {"csv", "npy", "npz", "gz"},
	"labels":     {"csv", "npy", "npz", "gz"},
}

// completeValues tells shells what flags and arguments can be: the names that a
// choice allows, models, and files of data.
func completeValues(c *cobra.Command) {
	c.Flags().VisitAll(func(f *pflag.Flag) {
		var values []string
		switch {
		case f.Name == "recipe":
			for _, r := range experiment.Recipes {
				values = append(values, r.Name+"\t"+r.About)
			}
		case f.Name == "output":
			values = predictOutputs
		case f.Name == "format":
			values = predictFormats
		default:
			if choice, ok := f.Value.(interface{ Allowed() []string }); ok {
				values = choice.Allowed()
			}
		}
		if values != nil {
			must(c.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)))
		} else if endings := fileEndings[f.Name]; endings != nil {
			must(c.MarkFlagFilename(f.Name, endings...))
		}
	})
	switch c.Name() {
	case "evaluate", "predict", "invert", "generate", "show", "export":
		c.ValidArgsFunction = completeModel
	case "toy", "info", "version":
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
}

// completeModel completes MODEL by the ending of models, and DATA by any file.
func completeModel(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return []string{"safetensors"}, cobra.ShellCompDirectiveFilterFileExt
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// must is for errors that only a mistake in this package can cause.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
