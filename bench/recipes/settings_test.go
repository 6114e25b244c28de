package main

import (
	"strings"
	"testing"
)

func TestWith(t *testing.T) {
	base := settings{Latents: 10, Prox: "none", Bias: true}
	tests := []struct {
		variant string
		want    settings
	}{
		{"", base},
		{"latents=20", settings{Latents: 20, Prox: "none", Bias: true}},
		{"bias=false,prox=non-negative", settings{Latents: 10, Prox: "non-negative"}},
		{"AtomNorm=0.5,generatorrate=1e-3", settings{Latents: 10, Prox: "none", Bias: true, AtomNorm: 0.5, GeneratorRate: 1e-3}},
	}
	for _, test := range tests {
		got, err := base.with(test.variant)
		if err != nil || got != test.want {
			t.Errorf("%q: %+v, %v, want %+v", test.variant, got, err, test.want)
		}
	}
}

func TestWithRefuses(t *testing.T) {
	for variant, part := range map[string]string{
		"latent=3":           "atomnorm", // the names there are
		"latents":            "setting=value",
		"latents=many":       "latents=many",
		"bias=perhaps":       "bias=perhaps",
		"epochs=1,decay=low": "decay=low",
	} {
		if _, err := (settings{}).with(variant); err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%q: error %v, want one with %q", variant, err, part)
		}
	}
}

func TestNeighboursAreVariants(t *testing.T) {
	for _, r := range recipes {
		for _, v := range r.neighbours {
			if s, err := r.settings.with(v); err != nil || s == r.settings {
				t.Errorf("recipe %s, %q: %v, or nothing changed", r.name, v, err)
			}
		}
	}
}
