// Command generate writes the generated files of package kernels, given the package's
// folder, and removes generated files that no emitter writes any more. With a second
// folder they are written there.
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
	if len(os.Args) != 2 && len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate KERNELS [INTO]")
		os.Exit(2)
	}
	if err := write(os.Args[1], os.Args[len(os.Args)-1]); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

// write generates the files for the package in kernels, and writes them into folder.
func write(kernels, folder string) error {
	files, err := asmgen.Generate(kernels)
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
