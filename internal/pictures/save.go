package pictures

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/inversenet/inversenet/internal/atomicfile"
)

// CheckAnimationName wants a path whose ending [WriteInversion] knows.
func CheckAnimationName(path string) error {
	switch filepath.Ext(path) {
	case ".gif", ".png", ".apng":
		return nil
	}
	return fmt.Errorf("%s: want a name that ends in .gif, or in .png or .apng for an animated PNG", path)
}

// WriteInversion writes the inversion at about forty of its steps as an animation,
// whole or not at all: a GIF for a path that ends in .gif, an animated PNG for
// .png and .apng. It panics when the parts of v do not fit each other.
func WriteInversion(path string, v Inversion) error {
	if err := CheckAnimationName(path); err != nil {
		return err
	}
	animation := v.Animate(Moments(len(v.Generated)-1, 40))
	return atomicfile.Write(path, 0o644, func(w io.Writer) error {
		if filepath.Ext(path) == ".gif" {
			return animation.WriteGIF(w)
		}
		return animation.WriteAPNG(w)
	})
}
