package command

import (
	"errors"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/usage"
)

// oneLine is an error's text without line breaks and what a terminal would act on.
func oneLine(err error) string { return printable(strings.Join(strings.Fields(err.Error()), " ")) }

// flagError says what is wrong with a flag and what would be right.
func flagError(c *cobra.Command, err error) error {
	var invalid *pflag.InvalidValueError
	if errors.As(err, &invalid) {
		name, value := invalid.GetFlag().Name, invalid.GetValue()
		switch invalid.GetFlag().Value.Type() {
		case "int":
			return usage.Errorf("--%s %q: want a whole number", name, value)
		case "uint32":
			return usage.Errorf("--%s %q: want a whole number from 0 to 4294967295", name, value)
		case "float64", "float64Slice":
			return usage.Errorf("--%s %q: want a number", name, value)
		case "bool":
			return usage.Errorf("--%s %q: want true or false", name, value)
		}
		return usage.Errorf("--%s %q: %v", name, value, invalid.Unwrap())
	}
	var required *pflag.ValueRequiredError
	if errors.As(err, &required) {
		return usage.Errorf("--%s: a value is missing: %s", required.GetSpecifiedName(), required.GetFlag().Usage)
	}
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) && unknown.GetSpecifiedShortnames() == "" {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		name := "--" + unknown.GetSpecifiedName()
		return usage.Errorf("unknown flag %s: %s", name, suggestion(name, names, "see "+c.CommandPath()+" --help"))
	}
	return usage.Errorf("%v: see %s --help", err, c.CommandPath())
}

// suggestion asks whether the nearest of the known names was meant; without a
// near one it is otherwise.
func suggestion(name string, known []string, otherwise string) string {
	nearest, least := "", 1+len(name)/3
	for _, k := range known {
		if d := editDistance(name, k); d <= least {
			nearest, least = k, d-1
		}
	}
	if nearest == "" {
		return otherwise
	}
	return "did you mean " + nearest + "?"
}

// editDistance is the least number of bytes to insert, delete or replace to
// turn a into b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replace := diagonal
			if a[i] != b[j] {
				replace++
			}
			diagonal = row[j+1]
			row[j+1] = min(replace, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
