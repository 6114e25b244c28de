package command

import (
	"strings"
	"testing"
)

// What shells ask for with the hidden command __complete.
func TestCompletion(t *testing.T) {
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"ev"}, []string{"evaluate\t"}},
		{[]string{"train", "--recipe", ""}, []string{"unfolded\t", "linear\t", "notebook\t"}},
		{[]string{"train", "--prox", "non"}, []string{"none\n", "non-negative\n", "non-negative-soft\n"}},
		{[]string{"train", "--che"}, []string{"--checkpoint\t", "--checkpoint-every\t"}},
		{[]string{"train", "--report", ""}, []string{"html\n", "json\n"}},
		{[]string{"predict", "--output", ""}, []string{"labels\n", "probabilities\n", "latents\n"}},
		{[]string{"show", ""}, []string{"safetensors\n:8\n"}},
	} {
		r := succeed(t, append([]string{"__complete"}, c.args...)...)
		for _, want := range c.want {
			if !strings.Contains("\n"+r.out, "\n"+want) {
				t.Errorf("%v completes to %q, want %q in it", c.args, r.out, want)
			}
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if r := succeed(t, "completion", shell); !strings.Contains(r.out, "inversenet") {
			t.Errorf("the script for %s is %.100q", shell, r.out)
		}
	}
}
