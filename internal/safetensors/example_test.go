package safetensors_test

import (
	"bytes"
	"fmt"

	"github.com/inversenet/inversenet/internal/safetensors"
)

func Example() {
	arrays := []safetensors.Array{
		safetensors.New("weights", []float32{1, 2, 3, 4, 5, 6}, 2, 3),
		safetensors.New("step", []int64{100}),
	}
	var model bytes.Buffer
	if err := safetensors.Write(&model, arrays, map[string]string{"format_version": "1"}); err != nil {
		fmt.Println(err)
		return
	}

	file, err := safetensors.Read(bytes.NewReader(model.Bytes()), int64(model.Len()))
	if err != nil {
		fmt.Println(err)
		return
	}
	weights, err := safetensors.Floats[float32](file, "weights", 2, -1)
	fmt.Println(file.Metadata["format_version"], file.Names(), weights, err)
	// Output: 1 [step weights] [1 2 3 4 5 6] <nil>
}
