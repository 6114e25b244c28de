package cli

import (
	"strings"

	"github.com/inversenet/inversenet/inverse"
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
		name:  "notebook",
		about: "the published notebook's run: 10 latents read as the 10 digits, plain gradient descent",
		settings: settings{
			trainRows:  rowRange{from: 0, to: 1000},
			testRows:   rowRange{from: 1000, to: 1500},
			latents:    10,
			innerSteps: 250,
			innerLR:    1e-2,
			reduction:  reductionFlag(inverse.MeanAll),
			outerLR:    1e2,
			outerSteps: 2000,
			seed:       42,
			precision:  float64Precision,
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
