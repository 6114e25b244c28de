package experiment

import "os"

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
