package command

import (
	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/experiment"
)

// addSettings adds a flag for each setting, with the present values as defaults.
func addSettings(f *pflag.FlagSet, s *experiment.Settings) {
	for _, field := range s.Fields() {
		flag := f.VarPF(field.Value, field.Name, "", field.Help)
		if field.Value.Type() == "bool" {
			flag.NoOptDefVal = "true"
		}
	}
}

// given are the flags that the command line has, as texts by name.
func given(f *pflag.FlagSet) map[string]string {
	all := map[string]string{}
	f.Visit(func(flag *pflag.Flag) { all[flag.Name] = flag.Value.String() })
	return all
}

// addSource adds the flags that say how to read a data file.
func addSource(f *pflag.FlagSet, s *dataset.Source) {
	f.StringVar(&s.LabelFile, "labels", "", "`FILE` of the labels, one for each row, if they are not in DATA")
	f.StringVar(&s.LabelColumn, "label-column", "", "`COLUMN` of the labels by name, first or last; of an NPZ the array (default last)")
	f.StringVar(&s.Array, "array", "", "of an NPZ with several arrays, the `NAME` of that with the samples")
	f.StringArrayVar(&s.Drop, "drop", nil, "a `COLUMN` to leave out, by name or by number, from 1; may be given again")
}

// dataHelp says in a command's help what DATA can be.
const dataHelp = `DATA is a CSV, NPY, NPZ or IDX (MNIST) file, also gzipped, or - for standard
input: one sample in each row, its pixels as numbers. Or it is a folder of images
(PNG, JPEG, GIF) of one size, or with a folder of them for each class.`
