package cli

import (
	"strings"

	"github.com/inversenet/inversenet/internal/distort"
)

// A recipe is a named set of settings to train with.
type recipe struct {
	name     string
	about    string // one line for the help text
	settings settings
}

// recipes lists what --recipe knows; the first is the default.
var recipes = []recipe{
	{
		name:  "unfolded",
		about: "an overcomplete non-negative code in few steps, whose sizes and thresholds are learned, read by a linear head",
		settings: settings{
			trainRows: rowRange{from: 0, to: 1000},
			testRows:  rowRange{from: 1000, to: 1500},
			scaling:   chosen(scalingRange),
			precision: chosen(float32Precision),

			latents:    384,
			head:       headFlag{kind: headLinear},
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
		name:  "linear",
		about: "a code without constraints, whose inversion is one affine map, read by a linear head: softmax through the closed form",
		settings: settings{
			trainRows: rowRange{from: 0, to: 1000},
			testRows:  rowRange{from: 1000, to: 1500},
			scaling:   chosen(scalingRange),
			precision: chosen(float32Precision),

			latents:    32,
			head:       headFlag{kind: headLinear},
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
		name:  "notebook",
		about: "the published notebook's run: 10 latents read as the 10 digits, plain gradient descent",
		settings: settings{
			trainRows: rowRange{from: 0, to: 1000},
			testRows:  rowRange{from: 1000, to: 1500},
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

func recipeNames() string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return strings.Join(names, ", ")
}

func findRecipe(name string) (recipe, error) {
	for _, r := range recipes {
		if r.name == name {
			return r, nil
		}
	}
	return recipe{}, usagef("--recipe %q: want one of %s", name, recipeNames())
}

// describeRecipes is the help text's list.
func describeRecipes() string {
	var b strings.Builder
	for _, r := range recipes {
		b.WriteString("  " + r.name + ": " + r.about + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}
