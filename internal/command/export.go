package command

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/internal/arrayfile"
	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/inverse/modelfile"
)

func newExport(s Streams) *cobra.Command {
	var npz string
	c := &cobra.Command{
		Use:   "export MODEL",
		Short: "Write a model's arrays for NumPy",
		Long: `Write the arrays of a model into an NPZ file, which numpy.load reads: the same
names as in the model, and the array metadata, the bytes of a JSON object with the
rest:

  model = numpy.load("model.npz")
  W = model["generator.weight"]
  settings = json.loads(model["metadata"].tobytes())`,
		Example: `  inversenet export inversenet-out/model.safetensors --npz model.npz`,
		Args:    arguments(1, 1, "MODEL"),
		RunE:    func(_ *cobra.Command, args []string) error { return runExport(s, args[0], npz) },
	}
	c.Flags().StringVar(&npz, "npz", "", "`FILE`.npz to write to")
	return c
}

func runExport(s Streams, path, npz string) error {
	if !strings.HasSuffix(npz, ".npz") {
		return usage.Errorf("--npz %q: want the name of a file to write to, which ends in .npz", npz)
	}
	f, err := modelfile.ReadFile(path)
	if err != nil {
		return err
	}
	if err := atomicfile.Check(npz); err != nil {
		return err
	}
	arrays, err := npzArrays(f)
	if err != nil {
		return err
	}
	err = atomicfile.Write(npz, 0o666, func(w io.Writer) error { return arrayfile.WriteNPZ(w, arrays...) })
	if err != nil {
		return err
	}
	fmt.Fprintf(s.Out, "written  %s\n", npz)
	return nil
}

// npzArrays are the arrays of a model, of its own element types, and the metadata.
func npzArrays(f *modelfile.File) ([]arrayfile.Array, error) {
	metadata, err := json.Marshal(f.Metadata())
	if err != nil {
		return nil, err
	}
	arrays := []arrayfile.Array{arrayfile.NewArray("metadata", metadata, len(metadata))}
	for _, a := range f.Arrays() {
		var next arrayfile.Array
		switch a.DType {
		case "F32":
			values, err := modelfile.Values[float32](f, a)
			if err != nil {
				return nil, err
			}
			next = arrayfile.NewArray(a.Name, values, a.Shape...)
		case "F64":
			values, err := modelfile.Values[float64](f, a)
			if err != nil {
				return nil, err
			}
			next = arrayfile.NewArray(a.Name, values, a.Shape...)
		default: // not an array of a model
			continue
		}
		arrays = append(arrays, next)
	}
	return arrays, nil
}
