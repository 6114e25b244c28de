package experiment

import (
	"strings"

	"github.com/inversenet/inversenet/internal/dataset"
	"github.com/inversenet/inversenet/internal/distort"
	"github.com/inversenet/inversenet/internal/usage"
)

// A Recipe is a named set of settings to train with.
type Recipe struct {
	Name     string
	About    string // in one line
	Settings Settings
}

// Recipes lists all there are; the first is the default.
var Recipes = []Recipe{
	{
		Name:  "unfolded",
		About: "an overcomplete non-negative code in few steps, whose sizes and thresholds are learned, read by a linear head",
		Settings: Settings{
			trainRows: dataset.Range{From: 0, To: 1000},
			testRows:  dataset.Range{From: 1000, To: 1500},
			scaling:   chosen(scalingRange),
			precision: chosen(float32Precision),

			latents:    384,
			head:       head{kind: headLinear},
			bias:       chosen(biasMean),
			innerSteps: 3,
			innerStep:  1,
			reduction:  chosen("sum"),
			prox:       chosen("non-negative-soft"),
			momentum:   chosen("plain"),
			initial:    chosen(startNormal),
			atomNorm:   0.1,
			headNorm:   1,

			outerSteps:     -1,
			epochs:         150,
			batch:          128,
			outerLR:        1e-3,
			headLR:         3e-3,
			learnLR:        3e-3,
			learnSteps:     true,
			learnThreshold: true,
			optimizer:      chosen(optimizerAdam),
			decay:          0.01,
			schedule:       chosen(scheduleCosine),
			smoothing:      0.15,
			distort:        distort.Settings{Scale: 0.15, Shear: 0.15, Rotation: 0.1, Shift: 0.5, Bicubic: true},
		},
	},
	{
		Name:  "linear",
		About: "a code without constraints, whose inversion is one affine map, read by a linear head: softmax through the closed form",
		Settings: Settings{
			trainRows: dataset.Range{From: 0, To: 1000},
			testRows:  dataset.Range{From: 1000, To: 1500},
			scaling:   chosen(scalingRange),
			precision: chosen(float32Precision),

			latents:    32,
			head:       head{kind: headLinear},
			bias:       chosen(biasMean),
			innerSteps: 32,
			innerStep:  1,
			reduction:  chosen("sum"),
			prox:       chosen("none"),
			momentum:   chosen("plain"),
			initial:    chosen(startNormal),
			atomNorm:   1,
			headNorm:   1,

			outerSteps: -1,
			epochs:     150,
			batch:      100,
			outerLR:    0.005,
			headLR:     0.005,
			optimizer:  chosen(optimizerAdam),
			schedule:   chosen(scheduleCosine),
			distort:    distort.Settings{Scale: 0.1, Shear: 0.1, Rotation: 0.1, Shift: 0.2},
		},
	},
	{
		Name:  "notebook",
		About: "the published notebook's run: 10 latents read as the 10 digits, plain gradient descent",
		Settings: Settings{
			trainRows: dataset.Range{From: 0, To: 1000},
			testRows:  dataset.Range{From: 1000, To: 1500},
			scaling:   chosen(scalingNone),
			precision: chosen(float64Precision),
			seed:      42,

			latents:    10,
			bias:       chosen(biasNone),
			innerSteps: 250,
			innerLR:    1e-2,
			reduction:  chosen("mean-all"),
			prox:       chosen("none"),
			momentum:   chosen("plain"),
			initial:    chosen(startNotebook),

			outerSteps: 2000,
			outerLR:    1e2,
			optimizer:  chosen(optimizerGradient),
			schedule:   chosen(scheduleConstant),
		},
	},
}

// RecipeNames lists the names of the recipes.
func RecipeNames() string {
	names := make([]string, len(Recipes))
	for i, r := range Recipes {
		names[i] = r.Name
	}
	return strings.Join(names, ", ")
}

// FindRecipe is a copy of the recipe of that name.
func FindRecipe(name string) (Recipe, error) {
	for _, r := range Recipes {
		if r.Name == name {
			return r, nil
		}
	}
	return Recipe{}, usage.Errorf("--recipe %q: want one of %s", name, RecipeNames())
}
