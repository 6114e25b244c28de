package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/inversenet/inversenet/kernels"
)

// trainOptions are the flags of train that no recipe sets.
type trainOptions struct {
	recipe  string
	path    string // of DATA, empty for the built-in digits
	data    dataOptions
	image   imageFlag
	threads int
	out     string
	reports []string
}

func newTrain(s Streams) *cobra.Command {
	var o trainOptions
	defaults := recipes[0].settings
	c := &cobra.Command{
		Use:   "train [DATA]",
		Short: "Train a model on images; without arguments, on the built-in digits",
		Long: `Train a model on images and write it into a folder, with its loss curve and with
pictures of its atoms: the images that its latents add up to.

` + dataHelp + ` Its label follows
them, unless the flags say otherwise. All rows of DATA are trained on, and none
tested, unless --train-rows and --test-rows say otherwise.

Recipes, whose settings the other flags override:
` + describeRecipes(),
		Example: `  inversenet train
  inversenet train --train-rows 0:10 --outer-lr 10 --outer-steps 200
  inversenet train --precision f32 --out run32 --report run32.json`,
		Args: arguments(0, 1, "DATA, or none for the built-in digits"),
		RunE: func(c *cobra.Command, args []string) error {
			r, err := findRecipe(o.recipe)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				o.path = args[0]
				r.settings.trainRows, r.settings.testRows = allRows, noRows
			}
			if err := r.settings.override(c.Flags()); err != nil {
				return err
			}
			return runTrain(s, r, o)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.recipe, "recipe", recipes[0].name, "`NAME` of the settings to start from: "+recipeNames())
	f.AddFlagSet(defaults.flags())
	o.data.flags(f)
	f.Var(&o.image, "image", "height and width of the images, if the pixels alone do not say it")
	f.IntVar(&o.threads, "threads", 0, "goroutines that work; 0 for one on each core")
	f.StringVar(&o.out, "out", "inversenet-out", "`FOLDER` to write to")
	f.StringArrayVar(&o.reports, "report", nil, "`FILE`.json to write settings and results to")
	return c
}

func runTrain(s Streams, r recipe, o trainOptions) error {
	isa, err := instructionSet()
	if err != nil {
		return err
	}
	job, err := newTrainJob(s, r, o)
	if err != nil {
		return err
	}
	undo, err := prepareFolder(o.out, trainFiles[:]...)
	if err != nil {
		return err
	}
	defer undo()
	if err := checkReports(o.reports); err != nil {
		return err
	}

	fmt.Fprintln(s.Out, job.headline(isa))
	show := newReporter(s.Err, r.settings.outerSteps)
	job.progress = show.show
	result, err := job.run()
	show.done()
	if err != nil {
		return err
	}
	if err := result.writeFiles(o.out, job); err != nil {
		return err
	}
	for _, path := range o.reports {
		if err := newReport(job, result, isa).write(path); err != nil {
			return err
		}
	}
	result.summarize(s.Out, job, o)
	return nil
}

// newTrainJob loads the data and checks that it goes with the settings.
func newTrainJob(s Streams, r recipe, o trainOptions) (trainJob, error) {
	set := r.settings
	job := trainJob{recipe: r.name, settings: set, threads: o.threads}
	if err := set.validate(); err != nil {
		return job, err
	}
	if err := checkThreads(o.threads); err != nil {
		return job, err
	}
	data, err := o.load(s.In)
	if err != nil {
		return job, err
	}
	if job.train, err = data.slice("train-rows", set.trainRows); err != nil {
		return job, err
	}
	if job.test, err = data.slice("test-rows", set.testRows); err != nil {
		return job, err
	}
	if err := job.train.checkLabels(set.latents); err != nil {
		return job, err
	}
	return job, job.test.checkLabels(set.latents)
}

// load reads the data with its labels.
func (o trainOptions) load(stdin io.Reader) (dataset, error) {
	d, err := o.data.read(o.path, stdin)
	if err != nil {
		return d, err
	}
	if d.labels == nil {
		if d.images {
			return d, usagef("train: %s holds images without labels: want --labels FILE", d.name)
		}
		if err := d.takeLabels(); err != nil {
			return d, err
		}
	}
	return d, o.image.apply(&d)
}

func checkThreads(threads int) error {
	const most = 4096 // beyond this, more help on no machine
	if threads < 0 || threads > most {
		return usagef("--threads %d: want 0 for one on each core, or a number up to %d", threads, most)
	}
	return nil
}

// cores is the number of goroutines that --threads asks for.
func (j trainJob) cores() int {
	if j.threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return j.threads
}

func (j trainJob) headline(isa kernels.ISA) string {
	s := j.settings
	return fmt.Sprintf("recipe %s: %d rows of %s, %d latents, %d inner × %d outer steps, %s on %v, %s",
		j.recipe, j.train.rows, j.train.name, s.latents, s.innerSteps, s.outerSteps, s.precision, isa, plural(j.cores(), "thread"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// written lists the files of a training.
func (o trainOptions) written() []string {
	var paths []string
	for _, f := range trainFiles {
		paths = append(paths, filepath.Join(o.out, f))
	}
	return append(paths, o.reports...)
}
