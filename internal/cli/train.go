package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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

	checkpoint      string
	checkpointEvery int
	command         []string // words of the command line, without the program
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
tested, unless --train-rows and --test-rows say otherwise. Labels can be any whole
numbers; each that occurs becomes a class. Rows that are no images want
--image 1xN, and are not distorted then.

With --checkpoint a training is saved as it goes on, and continues from the file
if it is there: the same command line again ends with the same model, to the bit,
as one that was never interrupted. Ctrl-C saves too.

The same settings, data and seed give the same model on any number of threads.

Recipes, whose settings the other flags override:
` + describeRecipes(),
		Example: `  inversenet train
  inversenet train --seed 1 --epochs 20 --report run.json
  inversenet train --recipe linear --out linear
  inversenet train --recipe notebook --train-rows 0:10 --outer-lr 10 --outer-steps 200
  inversenet train labelled.csv --train-rows 0:80 --test-rows 80: --epochs 5 --out own
  inversenet train --epochs 20 --checkpoint run.checkpoint`,
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
			o.command = wordsOf(c, args)
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
	f.StringArrayVar(&o.reports, "report", nil, "`FILE`.html to write a page with results and pictures to, or FILE.json for the numbers alone; may be given twice")
	f.StringVar(&o.checkpoint, "checkpoint", "", "`FILE` to save the training to as it goes on, and to continue from")
	f.IntVar(&o.checkpointEvery, "checkpoint-every", 0, "iterations between two checkpoints; 0 for a twentieth of all")
	return c
}

func runTrain(s Streams, r recipe, o trainOptions) error {
	isa, err := instructionSet()
	if err != nil {
		return err
	}
	job, err := newTrainJob(s.In, r, o)
	if err != nil {
		return err
	}
	files := slices.Concat(trainFiles[:], job.pictureFiles())
	undo, err := prepareFolder(o.out, files...)
	if err != nil {
		return err
	}
	defer undo()
	if err := checkReports(o.reports); err != nil {
		return err
	}
	if err := job.planCheckpoints(s, o); err != nil {
		return err
	}

	signals, stop := catchInterrupts()
	defer stop()
	job.interrupt, job.release = signals, stop
	fmt.Fprintln(s.Out, job.headline(isa))
	show := newReporter(s.Err, job.settings.steps(job.train.rows))
	job.progress = show.show
	result, err := job.run()
	show.done()
	if err != nil {
		return err
	}
	return finish(s, &job, result, o, isa)
}

// finish writes what a training gave and says where it is.
func finish(s Streams, job *trainJob, result *trained, o trainOptions, isa kernels.ISA) error {
	if err := result.writeFiles(o.out, job); err != nil {
		return err
	}
	readings, err := result.readings(job)
	if err != nil {
		return err
	}
	if err := result.writePictures(o.out, job, readings); err != nil {
		return err
	}
	for _, path := range o.reports {
		if filepath.Ext(path) == ".html" {
			err = writePage(path, pageOf(job, result, readings, isa, o.command))
		} else {
			err = newReport(job, result, isa).write(path)
		}
		if err != nil {
			return err
		}
	}
	if isTerminal(s.Out) {
		if err := result.showPictures(s.Out, job, readings); err != nil {
			return err
		}
	}
	result.summarize(s.Out, job, o)
	return nil
}

// planCheckpoints checks where checkpoints go to, before any work.
func (j *trainJob) planCheckpoints(s Streams, o trainOptions) error {
	if o.checkpointEvery < 0 {
		return usagef("--checkpoint-every %d: want a number of at least 0", o.checkpointEvery)
	}
	j.checkpoint = checkpointPlan{
		path: o.checkpoint, every: o.checkpointEvery, fallback: filepath.Join(o.out, checkpointName), args: o.command,
		started: func(done, steps int) {
			fmt.Fprintf(s.Err, "continuing after %d of %d iterations from %s\n", done, steps, o.checkpoint)
		},
	}
	if o.checkpoint == "" {
		return nil
	}
	j.checkpoint.removeLeftovers()
	return writable(o.checkpoint)
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
func (j *trainJob) cores() int {
	if j.threads == 0 {
		return runtime.GOMAXPROCS(0)
	}
	return j.threads
}

func (j *trainJob) headline(isa kernels.ISA) string {
	s := &j.settings
	return fmt.Sprintf("recipe %s: %d rows of %s, %d latents, %d inner × %d outer steps, %s on %v, %s",
		j.recipe, j.train.rows, j.train.name, j.latents(), s.innerSteps, s.steps(j.train.rows), s.precision, isa, plural(j.cores(), "thread"))
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// written lists the files of a training.
func (o trainOptions) written(j *trainJob) []string {
	var paths []string
	for _, f := range slices.Concat(trainFiles[:], j.pictureFiles()) {
		paths = append(paths, filepath.Join(o.out, f))
	}
	return append(paths, o.reports...)
}

// wordsOf is the command line that a command was given, without the program.
func wordsOf(c *cobra.Command, args []string) []string {
	words := append([]string{c.Name()}, args...)
	c.Flags().Visit(func(f *pflag.Flag) {
		values := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok {
			values = list.GetSlice()
		}
		for _, v := range values {
			if f.Value.Type() == "bool" {
				words = append(words, "--"+f.Name+"="+v)
				continue
			}
			words = append(words, "--"+f.Name, v)
		}
	})
	return words
}
