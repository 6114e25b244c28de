// Recipes compares settings for training on the built-in digits, by
// cross-validation inside the rows that the command trains on. It is how the
// recipes of the train command were chosen; README.md tells the story.
//
//	go run ./bench/recipes                          # the default recipe and its neighbours
//	go run ./bench/recipes -recipe linear
//	go run ./bench/recipes -seeds 5 steps=5 latents=512,epochs=100
//	go run ./bench/recipes -curve                   # the course of one training
//	go run ./bench/recipes -test                    # the chosen recipe on the test rows
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/pprof"

	"github.com/inversenet/inversenet/internal/digits"
	"github.com/inversenet/inversenet/inverse"
)

// options are the flags.
type options struct {
	recipe        string
	folds, seeds  int
	jobs, threads int
	curve, test   bool
	profile       string
	variants      []string
}

func main() {
	var o options
	flag.StringVar(&o.recipe, "recipe", recipes[0].name, "the `name` of the recipe to vary: "+recipeNames())
	flag.IntVar(&o.folds, "folds", 5, "parts that the training rows are cut into, each left out once")
	flag.IntVar(&o.seeds, "seeds", 3, "trainings of each fold, with the seeds 0, 1, …")
	flag.IntVar(&o.jobs, "jobs", 0, "trainings at a time; 0 is one for each core, and one with -test")
	flag.IntVar(&o.threads, "threads", 0, "threads of each training; 0 is one, and all cores with -test")
	flag.BoolVar(&o.curve, "curve", false, "print the course of one training, without the first fold")
	flag.BoolVar(&o.test, "test", false, "train on all training rows and read the test rows; takes no variants")
	flag.StringVar(&o.profile, "cpuprofile", "", "write a CPU profile to this `file`")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "usage: recipes [flags] [variant ...]\n\n"+
			"A variant is the recipe with other settings, as in latents=128,epochs=60.\nSettings: %s.\n\n", settingNames())
		flag.PrintDefaults()
	}
	flag.Parse()
	o.variants = flag.Args()
	if err := profiled(o, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "recipes:", err)
		os.Exit(1)
	}
}

// profiled runs with the CPU profile that was asked for.
func profiled(o options, out io.Writer) error {
	if o.profile == "" {
		return run(o, out)
	}
	f, err := os.Create(o.profile)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := pprof.StartCPUProfile(f); err != nil {
		return err
	}
	defer pprof.StopCPUProfile()
	return run(o, out)
}

func run(o options, out io.Writer) error {
	r, err := findRecipe(o.recipe)
	if err != nil {
		return err
	}
	if o.seeds < 1 || o.folds < 2 || o.folds > trainRows || o.jobs < 0 || o.threads < 0 {
		return fmt.Errorf("-seeds %d, -folds %d, -jobs %d, -threads %d: want at least 1 seed, 2 to %d folds, and nothing negative",
			o.seeds, o.folds, o.jobs, o.threads, trainRows)
	}
	data, err := load()
	if err != nil {
		return err
	}
	if o.test {
		if len(o.variants) > 0 {
			return fmt.Errorf("-test takes no variants: settings are not chosen on the test rows")
		}
		return testTable(out, r, data, o)
	}
	o.threads = max(o.threads, 1)
	if o.jobs == 0 {
		o.jobs = runtime.GOMAXPROCS(0)
	}
	if o.curve {
		return curve(out, r, data, o)
	}
	return compare(out, r, data, o)
}

// load is the digits with pixels from 0 to 1.
func load() (inverse.Data[float32], error) {
	pixels, labels, err := digits.Load()
	if err != nil {
		return inverse.Data[float32]{}, err
	}
	for i := range pixels {
		pixels[i] /= digits.MaxGrey
	}
	return inverse.Data[float32]{X: inverse.FromFloat64[float32](digits.Rows, digits.Pixels, pixels), Labels: labels}, nil
}
