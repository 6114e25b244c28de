package main

import (
	"fmt"
	"strings"
)

// recipe is chosen settings, with the neighbours to show beside them.
type recipe struct {
	name       string
	settings   settings
	neighbours []string
}

// recipes are those of the train command; the first is its default.
var recipes = []recipe{
	{
		name: "unfolded",
		settings: settings{
			Latents: 384, Steps: 3, Prox: "non-negative-soft", Momentum: "plain", Bias: true, Head: true,
			Atoms: "normal", AtomNorm: 0.1, Step: 1, HeadNorm: 1,
			Epochs: 150, Batch: 128, GeneratorRate: 0.001, HeadRate: 0.003, InnerRate: 0.003,
			Decay: 0.01, Smoothing: 0.15,
			Scale: 0.15, Shear: 0.15, Rotation: 0.1, Shift: 0.5, Bicubic: true,
		},
		neighbours: []string{
			"latents=256", "latents=512", "steps=2", "steps=5", "epochs=60", "smoothing=0",
			"scale=0,shear=0,rotation=0,shift=0", "bicubic=false", "bias=false",
			"generatorrate=0.003", "innerrate=0", "atomnorm=1,generatorrate=0.01,headrate=0.03",
		},
	},
	{
		name: "linear",
		settings: settings{
			Latents: 32, Steps: 32, Prox: "none", Momentum: "plain", Bias: true, Head: true,
			Atoms: "normal", AtomNorm: 1, Step: 1, HeadNorm: 1,
			Epochs: 150, Batch: 100, GeneratorRate: 0.005, HeadRate: 0.005,
			Scale: 0.1, Shear: 0.1, Rotation: 0.1, Shift: 0.2,
		},
		neighbours: []string{
			"latents=16", "latents=64", "steps=8", "steps=128", "epochs=50",
			"scale=0,shear=0,rotation=0,shift=0", "shift=0.5", "smoothing=0.1", "decay=0.5",
			"generatorrate=0.01,headrate=0.01", "generatorrate=0.002,headrate=0.002", "head=false,latents=10",
		},
	},
}

func findRecipe(name string) (recipe, error) {
	for _, r := range recipes {
		if r.name == name {
			return r, nil
		}
	}
	return recipe{}, fmt.Errorf("-recipe %q: want one of %s", name, recipeNames())
}

func recipeNames() string {
	names := make([]string, len(recipes))
	for i, r := range recipes {
		names[i] = r.name
	}
	return strings.Join(names, ", ")
}
