package cli

import (
	"fmt"

	"github.com/spf13/pflag"
)

// dataOptions say how to read a data file.
type dataOptions struct {
	labels string
}

func (o *dataOptions) flags(f *pflag.FlagSet) {
	f.StringVar(&o.labels, "labels", "", "file of the labels, if they are not in DATA's last column")
}

// read reads the data file, or gives the built-in digits for no file.
func (o dataOptions) read(files []string) (dataset, error) {
	if len(files) == 0 {
		if o.labels != "" {
			return dataset{}, usagef("--labels: the built-in digits have labels, want it together with DATA")
		}
		return embeddedDigits()
	}
	return dataset{}, fmt.Errorf("%s: data files cannot be read yet", files[0])
}

// dataErrorf is an error about a data file.
func dataErrorf(name, format string, args ...any) error {
	return fmt.Errorf("%s: %s", name, fmt.Sprintf(format, args...))
}
