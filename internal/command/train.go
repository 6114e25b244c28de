package command

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/inversenet/inversenet/internal/atomicfile"
	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/experiment"
	"github.com/inversenet/inversenet/internal/report"
	"github.com/inversenet/inversenet/internal/usage"
	"github.com/inversenet/inversenet/kernels"
)

// trainOptions are the flags of train that no recipe sets.
type trainOptions struct {
	recipe  string
	path    string // of DATA, empty for the built-in digits
	source  dataset.Source
	image   dataset.Shape
	threads int
	out     string
	reports []string

	checkpoint      string
	checkpointEvery int
	command         []string // words of the command line, without the program
	given           map[string]string
}

func newTrain(s Streams) *cobra.Command {
	var o trainOptions
	defaults := experiment.Recipes[0].Settings
	c := &cobra.Command{
		Use:   "train [DATA]",
		Short: "Train a model on images; without arguments, on the built-in digits",
		Long: `Train a model on images and write it into a folder, with its loss curve and with
pictures of its atoms: the images that its latents add up to.

` + dataHelp + ` Its label follows
them, unless the flags say otherwise; a single column of text holds the labels. All
rows of DATA are trained on, and none tested, unless --train-rows and --test-rows
say otherwise, or an NPZ names its arrays x_train, y_train, x_test and y_test.
Labels can be whole numbers or text; each that occurs becomes a class.

Rows are images where the file says so, where --image does, or where whole numbers
make a square. Other rows are not distorted, and their columns are scaled each by
its mean and deviation, unless --scaling says otherwise.

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
			r, err := experiment.FindRecipe(o.recipe)
			if err != nil {
				return err
			}
			if len(args) > 0 {
				o.path = args[0]
			}
			o.given = given(c.Flags())
			if err := r.Settings.Override(o.given); err != nil {
				return err
			}
			o.command = wordsOf(c, args)
			return runTrain(s, r, o)
		},
	}
	f := c.Flags()
	f.SortFlags = false
	f.StringVar(&o.recipe, "recipe", experiment.Recipes[0].Name, "`NAME` of the settings to start from: "+experiment.RecipeNames())
	addSettings(f, &defaults)
	addSource(f, &o.source)
	f.Var(&o.image, "image", "height and width of the images, if the pixels alone do not say it")
	f.IntVar(&o.threads, "threads", 0, "goroutines that work; 0 for one on each core")
	f.StringVar(&o.out, "out", "inversenet-out", "`FOLDER` to write to")
	f.StringArrayVar(&o.reports, "report", nil, "`FILE`.html to write a page with results and pictures to, or FILE.json for the numbers alone; may be given twice")
	f.StringVar(&o.checkpoint, "checkpoint", "", "`FILE` to save the training to as it goes on, and to continue from")
	f.IntVar(&o.checkpointEvery, "checkpoint-every", 0, "iterations between two checkpoints; 0 for a twentieth of all")
	return c
}

func runTrain(s Streams, r experiment.Recipe, o trainOptions) error {
	isa, err := instructionSet()
	if err != nil {
		return err
	}
	job, err := o.prepare(s.In, r)
	if err != nil {
		return err
	}
	undo, err := prepareFolder(o.out, report.FolderFiles(job)...)
	if err != nil {
		return err
	}
	defer undo()
	if err := checkReports(o.reports); err != nil {
		return err
	}
	if err := o.planCheckpoints(s, job); err != nil {
		return err
	}

	ctx, stop := untilInterrupted()
	defer stop()
	fmt.Fprintln(s.Out, headline(job, isa))
	o.describe(s, job)
	show := newReporter(s.Err, job.OuterSteps())
	job.Progress, job.Trained = show.show, stop
	result, err := job.Run(ctx)
	show.done()
	if err != nil {
		return o.explain(err)
	}
	return o.finish(s, result, isa)
}

// prepare loads the data and checks that it goes with the settings.
func (o trainOptions) prepare(stdin io.Reader, r experiment.Recipe) (*experiment.Job, error) {
	if err := r.Settings.Validate(); err != nil {
		return nil, err
	}
	if err := experiment.CheckThreads(o.threads); err != nil {
		return nil, err
	}
	if o.checkpointEvery < 0 {
		return nil, usage.Errorf("--checkpoint-every %d: want a number of at least 0", o.checkpointEvery)
	}
	data, err := o.load(stdin)
	if err != nil {
		return nil, err
	}
	if o.path != "" {
		r.Settings.Suit(data, o.given)
	}
	return experiment.NewJob(r, data, o.threads)
}

// load reads the data with its labels.
func (o trainOptions) load(stdin io.Reader) (dataset.Dataset, error) {
	if o.path != "" && dataset.IsImages(o.path) {
		return o.loadImages()
	}
	d, err := o.source.Read(o.path, stdin)
	if err != nil {
		return d, err
	}
	if d.Labels == nil {
		if d.Images {
			return d, usage.Errorf("train: %s holds images without labels: want --labels FILE", d.Name)
		}
		if err := d.TakeLabels(); err != nil {
			return d, err
		}
	}
	return d, d.Reshape(o.image)
}

// loadImages reads a folder with a folder of images for each class.
func (o trainOptions) loadImages() (dataset.Dataset, error) {
	if err := o.source.NotForImages(o.path); err != nil {
		return dataset.Dataset{}, err
	}
	const white = 255 // as people know greys
	d, err := dataset.ReadImages(o.path, dataset.Shape{}, dataset.Greys{High: white})
	if err != nil {
		return d, err
	}
	if d.Labels == nil {
		return d, usage.Errorf("train: %s holds images without labels: want a folder with a folder of images for each class", d.Name)
	}
	return d, d.Reshape(o.image)
}

// planCheckpoints checks where checkpoints go to, before any work.
func (o trainOptions) planCheckpoints(s Streams, j *experiment.Job) error {
	j.Checkpoints = experiment.Checkpoints{
		Path: o.checkpoint, Every: o.checkpointEvery, Fallback: filepath.Join(o.out, report.CheckpointName),
		Continued: func(done, steps int) {
			fmt.Fprintf(s.Err, "continuing after %d of %d iterations from %s\n", done, steps, o.checkpoint)
		},
	}
	if o.checkpoint == "" {
		return nil
	}
	atomicfile.RemoveLeftovers(o.checkpoint) // of a training that was killed
	return atomicfile.Check(o.checkpoint)
}

// finish writes what a training gave and says where it is.
func (o trainOptions) finish(s Streams, t *experiment.Result, isa kernels.ISA) error {
	readings, err := t.Readings()
	if err != nil {
		return err
	}
	if err := report.WriteFolder(o.out, t, readings); err != nil {
		return err
	}
	for _, path := range o.reports {
		if filepath.Ext(path) == ".html" {
			command := "inversenet " + strings.Join(o.command, " ")
			err = report.SavePage(path, report.RunOf(t, readings, command, machine(t, isa)))
		} else {
			err = report.NumbersOf(t, isa.String()).Save(path)
		}
		if err != nil {
			return err
		}
	}
	if isTerminal(s.Out) {
		if err := showTraining(s.Out, t, readings); err != nil {
			return err
		}
	}
	summarize(s.Out, t, o)
	return nil
}

// checkReports wants report names of a kind that can be written, in folders
// that can be written to.
func checkReports(paths []string) error {
	for _, path := range paths {
		if ext := filepath.Ext(path); ext != ".json" && ext != ".html" {
			return usage.Errorf("--report %s: want a name that ends in .html or .json", path)
		}
		if err := atomicfile.Check(path); err != nil {
			return err
		}
	}
	return nil
}

// describeRecipes is the help text's list.
func describeRecipes() string {
	var b strings.Builder
	for _, r := range experiment.Recipes {
		b.WriteString("  " + r.Name + ": " + r.About + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
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
