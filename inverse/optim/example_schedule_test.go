package optim_test

import (
	"fmt"
	"math"

	"github.com/inversenet/inversenet/inverse/optim"
)

func ExampleSchedule() {
	for _, schedule := range []optim.Schedule{
		optim.Constant{},
		optim.Cosine{},
		optim.Cosine{Final: 0.5},
		optim.WarmUp{Steps: 2},
	} {
		fmt.Printf("%v:", schedule)
		for step := range 4 {
			fmt.Printf(" %.2f", schedule.At(step, 4))
		}
		fmt.Println()
	}
	// Output:
	// constant: 1.00 1.00 1.00 1.00
	// cosine: 1.00 0.85 0.50 0.15
	// cosine to 0.5: 1.00 0.93 0.75 0.57
	// warm-up over 2 steps, then constant: 0.33 0.67 1.00 1.00
}

// Any function is a schedule: here one that halves the rate every ten steps.
func ExampleScheduleFunc() {
	schedule := optim.ScheduleFunc(func(step, _ int) float64 { return math.Pow(0.5, float64(step/10)) })
	fmt.Println(schedule.At(0, 100), schedule.At(15, 100), schedule.At(25, 100))
	// Output:
	// 1 0.5 0.25
}

// Settings out of range are found before a training begins.
func ExampleCheckSchedule() {
	fmt.Println(optim.CheckSchedule(optim.WarmUp{Steps: 10, Then: optim.Cosine{Final: 0.1}}))
	fmt.Println(optim.WarmUp{Steps: -1}.Validate())
	fmt.Println(optim.Cosine{Final: -0.1}.Validate())
	// Output:
	// <nil>
	// optim: WarmUp.Steps is -1, want at least 0
	// optim: Cosine.Final is -0.1, want a finite number of at least 0
}
