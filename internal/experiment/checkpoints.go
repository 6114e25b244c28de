package experiment

import (
	"os"
	"path/filepath"
	"strings"
)

// Checkpoints says where and when a training is saved.
type Checkpoints struct {
	Path     string // empty for none
	Every    int    // iterations; 0 for twenty times in all
	Fallback string // for an interrupted training without a path
	// Continued, when not nil, is told where a training continues.
	Continued func(done, steps int)
}

// due says whether a checkpoint is written after so many iterations.
func (p *Checkpoints) due(done, steps int) bool {
	every := p.Every
	if every == 0 {
		every = max(1, steps/20)
	}
	return p.Path != "" && (done%every == 0 || done == steps)
}

// existing is the checkpoint to continue from, if there is one.
func (p *Checkpoints) existing() (path string, ok bool) {
	if p.Path == "" {
		return "", false
	}
	_, err := os.Stat(p.Path)
	return p.Path, err == nil
}

func (p *Checkpoints) continued(done, steps int) {
	if p.Continued != nil {
		p.Continued(done, steps)
	}
}

func (p *Checkpoints) whenInterrupted() string {
	if p.Path != "" {
		return p.Path
	}
	return p.Fallback
}

// RemoveLeftovers removes the temporary files that a killed training has left
// beside its checkpoint.
func (p *Checkpoints) RemoveLeftovers() {
	if p.Path == "" {
		return
	}
	folder, base := filepath.Split(p.Path)
	entries, err := os.ReadDir(filepath.Dir(p.Path))
	if err != nil {
		return // the checkpoint itself will say why
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+base+".") && strings.HasSuffix(e.Name(), ".tmp") {
			os.Remove(filepath.Join(folder, e.Name()))
		}
	}
}
