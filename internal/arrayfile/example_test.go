package arrayfile_test

import (
	"fmt"
	"os"
	"strings"

	"github.com/inversenet/inversenet/internal/arrayfile"
)

func ExampleRead() {
	csv := "width,height,class\n1.5,2,0\n3,4.25,1\n"
	table, err := arrayfile.Read[float32](arrayfile.Stdin, arrayfile.Options{
		Stdin:       strings.NewReader(csv),
		LabelColumn: "class",
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(table.Rows, table.Columns, table.Names)
	fmt.Println(table.Samples, table.Labels)
	// Output:
	// 2 2 [width height]
	// [1.5 2 3 4.25] [0 1]
}

func ExampleWriteCSV() {
	err := arrayfile.WriteCSV(os.Stdout,
		arrayfile.NewColumns([]string{"label"}, []int{1, 0}),
		arrayfile.NewColumns([]string{"p0", "p1"}, []float32{0.1, 0.9, 0.75, 0.25}),
	)
	if err != nil {
		fmt.Println(err)
	}
	// Output:
	// label,p0,p1
	// 1,0.1,0.9
	// 0,0.75,0.25
}
