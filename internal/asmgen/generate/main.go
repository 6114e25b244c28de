// Command generate writes the generated files of package kernels into the
// folder given as its argument, and removes generated files that no emitter
// writes any more.
//
//	go run ./internal/asmgen/generate kernels
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/inversenet/inversenet/internal/asmgen"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: generate FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(folder string) error {
	files, err := asmgen.Generate()
	if err != nil {
		return err
	}
	old, err := filepath.Glob(filepath.Join(folder, "z*_amd64.*"))
	if err != nil {
		return err
	}
	for _, path := range old {
		if _, kept := files[filepath.Base(path)]; !kept {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
